//! How right the links are, measured over HTTP: decoys, samples judged blind, drift, and all of it by group.

use dankun::operations::link::link_pending;
use dankun::operations::quality;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Document, Server, expect};

const PEOPLE: u32 = 60;

/// People of whom no two have given names that are alike: a decoy with the given name of one and the birth date of
/// another is then nobody.
fn unlike() -> Vec<Invented> {
    let mut people: Vec<Invented> = Vec::new();
    for one in (1..).map(Invented::new) {
        let is_alike = |other: &Invented| strsim::jaro_winkler(&one.given, &other.given) > 0.8;
        if !people.iter().any(is_alike) {
            people.push(one);
        }
        if people.len() == PEOPLE as usize {
            break;
        }
    }
    people
}

async fn populated(place: &cluster::Place) -> (Server, String) {
    let server = Server::start(place).await;
    let people = unlike();
    for (scheme, file) in [("ml-utm", utm(&people)), ("ml-canam", canam(&people))] {
        let key = server.scheme_key(scheme).await;
        expect(server.post(&format!("/v1/schemes/{scheme}/records"), &key).body(file), 200).await;
    }
    link_pending(&server.hub).await.unwrap();
    let key = server.admin_key().await;
    (server, key)
}

fn rate(report: &Value, measure: &str, by: &str, group: &str) -> Option<Value> {
    let rates = report["rates"].as_array().unwrap();
    let wanted =
        |rate: &&Value| rate["measure"] == measure && rate["by"] == by && rate["group"] == group;
    rates.iter().find(wanted).cloned()
}

cluster::both! {
    async fn the_links_are_measured_without_anybody_telling_the_truth(place: cluster::Place) {
        let (server, key) = populated(&place).await;
        let none = expect(server.get("/v1/identity/quality", &key), 404).await;
        assert_eq!(none["code"], "not_measured");
        let report = expect(server.post("/v1/identity/quality", &key), 200).await;
        assert_eq!(report["people"], json!(PEOPLE), "{report:#}");
        for decoy in ["decoy_stranger", "decoy_relative", "decoy_twin"] {
            let all = rate(&report, decoy, "all", "").unwrap();
            assert_eq!(all["cases"], json!(PEOPLE), "one of each for everybody: {all:#}");
            assert!(all["low"].as_f64() <= all["share"].as_f64() && all["share"].as_f64() <= all["high"].as_f64());
            assert!(rate(&report, decoy, "sex", "male").is_some());
        }
        let strangers = rate(&report, "decoy_stranger", "all", "").unwrap();
        assert_eq!(strangers["hits"], 0, "invented names are rare: {strangers:#}");
        // All are known to be one by their number; the names and dates alone say so too.
        let found = rate(&report, "found_without_number", "all", "").unwrap();
        assert_eq!((&found["cases"], &found["hits"]), (&json!(PEOPLE), &json!(PEOPLE)), "{found:#}");
        let by_scheme = rate(&report, "found_without_number", "scheme", "ml-utm").unwrap();
        assert_eq!(by_scheme["cases"], json!(PEOPLE));
        assert!(report["drift"].as_array().unwrap().iter().any(|one| one["field"] == "given"), "{report:#}");
        assert_eq!(expect(server.get("/v1/identity/quality", &key), 200).await, report);
        let page = server.get("/metrics", "").send().await.unwrap().text().await.unwrap();
        assert!(page.contains("dankun_identity_share{"), "{page}");
        // A run of seven digits may stand in any decimal fraction; a name or a date may not.
        let telling = |secret: &String| secret.chars().any(|c| !c.is_ascii_digit());
        for secret in Invented::new(1).secrets().into_iter().filter(telling) {
            assert!(!page.contains(&secret) && !report.to_string().contains(&secret), "{secret}");
        }
        assert_eq!(server.hub.index().len(), 2 * PEOPLE as usize, "decoys are nobody");
        let scheme = server.scheme_key("ml-utm").await;
        let seen = expect(server.get("/v1/identity/quality", &scheme), 200).await;
        let small = |rate: &Value| rate["cases"].as_u64().unwrap() < 5;
        assert!(!seen["rates"].as_array().unwrap().iter().any(small), "{seen:#}");
        expect(server.post("/v1/identity/quality", &scheme), 403).await;
    }

    async fn samples_are_judged_blind_and_tell_the_precision(place: cluster::Place) {
        let (server, key) = populated(&place).await;
        let drawn = expect(server.post("/v1/identity/samples", &key).document(&json!({ "waiting": 12 })), 200).await;
        let count = drawn["drawn"].as_u64().unwrap();
        assert!((1..=12).contains(&count), "{drawn}");
        let queue = expect(server.get("/v1/reviews?kind=sample", &key), 200).await;
        let items = queue["items"].as_array().unwrap();
        assert_eq!(items.len() as u64, count);
        for item in items {
            for blind in ["probability", "weight", "model", "evidence", "joined", "alike"] {
                assert!(item.get(blind).is_none(), "{blind}: {item:#}");
            }
            assert!(item["records"].as_array().unwrap().iter().all(|one| one.get("person_id").is_none()));
        }
        let banded = expect(server.get("/v1/reviews?least=0.5", &key), 200).await;
        assert_eq!(banded["items"], json!([]), "a band would tell");
        let mut wrong = 0;
        for (place, item) in items.iter().enumerate() {
            let id = item["id"].as_str().unwrap();
            // One of them was a mistake.
            let answer = if place == 0 { "different" } else { "same" };
            wrong += u64::from(answer == "different");
            let request = server.post(&format!("/v1/reviews/{id}/decide"), &key).header("if-match", "*");
            expect(request.document(&json!({ "answer": answer, "reason": "seen" })), 202).await;
        }
        link_pending(&server.hub).await.unwrap();
        let report = quality::measure(&server.hub).await.unwrap();
        let right = report.rates.iter().find(|rate| rate.measure == "sample_right" && rate.by == "all").unwrap();
        assert_eq!((right.cases, right.hits), (count, count - wrong));
        assert!(right.low < right.share && right.share < right.high, "{right:?}");
        let shown = expect(server.get("/v1/reviews?kind=sample&state=different", &key), 200).await;
        assert_eq!(shown["items"][0]["joined"], json!(true), "shown once it is judged: {shown:#}");
        // The word of a steward counts here as everywhere.
        let people: Vec<_> = shown["items"][0]["records"].as_array().unwrap().iter().map(|one| one["person_id"].clone()).collect();
        assert_ne!(people[0], people[1]);
    }

    async fn the_hub_measures_by_itself_once_a_day(place: cluster::Place) {
        let (server, key) = populated(&place).await;
        assert!(quality::step(&server.hub).await.unwrap().is_some());
        assert!(quality::step(&server.hub).await.unwrap().is_none(), "not twice on one day");
        let queue = expect(server.get("/v1/reviews?kind=sample", &key), 200).await;
        assert!(!queue["items"].as_array().unwrap().is_empty(), "samples wait");
        server.wait(std::time::Duration::from_secs(86_400));
        assert!(quality::step(&server.hub).await.unwrap().is_some());
    }
}
