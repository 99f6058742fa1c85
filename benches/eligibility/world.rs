//! A hub that knows so many people, as intake and linker leave them, and the questions about them.

use std::net::SocketAddr;

use dankun::delivery::address::Reach;
use dankun::delivery::client::{Client, Timeouts};
use dankun::http::{App, Limits};
use dankun::model::{Caller, Holder, RecordId, Scope};
use dankun::operations::keys::{self, NewKey};
use dankun::operations::{Hub, HubConfig};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cluster::Place;
use crate::crowd::{self, born, id, nina, person, record_id};
use crate::load::{Request, post};
use crate::people::Dice;

/// Records in one transaction.
const PAGE: usize = 2_000;

/// Every question is about a day in the middle of what everybody has paid for.
const DAY: &str = "2026-02-01";

pub struct World {
    hub: Hub,
    people: usize,
    key: String,
}

impl World {
    /// Fills the store and the index of a hub.
    pub async fn fill(place: &Place, people: usize) -> Self {
        let mut config = HubConfig::new(&place.url);
        config.key_file = Some(place.key_file());
        let hub = Hub::open(config).await.unwrap();
        let numbers: Vec<usize> = (0..people).collect();
        for page in numbers.chunks(PAGE) {
            crowd::put(&hub, &crowd::records(page, people)).await;
        }
        hub.index_mut().settle();
        let new = NewKey {
            title: "bench".to_owned(),
            holder: Holder::Partner("ci-cnam".to_owned()),
            scopes: vec![Scope::EligibilityAsk],
            purposes: Vec::new(),
            valid_days: None,
        };
        let (_, key) = keys::create(&hub, &Caller::local_operator(), new).await.unwrap();
        Self { hub, people, key: key.to_string() }
    }

    /// Serves on a free port, with every layer of the interface.
    pub async fn serve(&self) -> SocketAddr {
        let client = Client::new(Reach::Anywhere, Timeouts::default()).unwrap();
        let app = App::new(self.hub.clone(), client, Limits::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(dankun::http::serve_requests(listener, app, stop));
        address
    }

    /// What the bare handler is asked: one record each.
    pub fn bare_requests(&self, count: usize) -> Vec<Request> {
        let ids = self.chosen(count).map(|number| RecordId::from_bytes(id(number, 0)));
        ids.map(|id| post("/", None, &hex::encode(id.as_bytes()))).collect()
    }

    /// By the number of a scheme, and every third by the national one.
    pub fn by_identifier(&self, count: usize) -> Vec<Request> {
        let number = |number: usize| match number % 3 {
            0 => json!({ "type": "NINA", "value": nina(number) }),
            _ => json!({ "type": "ML-UTM", "value": record_id(number, 0) }),
        };
        let asked = self.chosen(count).map(|one| json!({ "identifiers": [number(one)] }));
        asked.map(|subject| self.question(&subject)).collect()
    }

    /// By name, sex and day of birth.
    pub fn by_demographics(&self, count: usize) -> Vec<Request> {
        let asked = self.chosen(count).map(|number| {
            let somebody = person(number, self.people);
            json!({ "demographics": {
                "family": somebody.family,
                "given": somebody.given,
                "sex": if somebody.is_female { "female" } else { "male" },
                "birth_date": born(&somebody),
            } })
        });
        asked.map(|subject| self.question(&subject)).collect()
    }

    fn question(&self, subject: &serde_json::Value) -> Request {
        let question = json!({
            "purpose": "CARE_AUTHORISATION", "as_of": DAY, "country_of_care": "CI", "signed": "answer",
            "subject": subject,
        });
        post("/v1/eligibility", Some(&self.key), &question.to_string())
    }

    /// People by chance, the same every time.
    fn chosen(&self, count: usize) -> impl Iterator<Item = usize> {
        let (mut dice, people) = (Dice::new(99), self.people as u64);
        (0..count).map(move |_| usize::try_from(dice.roll(people)).unwrap())
    }
}
