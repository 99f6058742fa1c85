//! The program dies in the middle of its work, again and again; a resend under the same key comes to the same end as
//! a sending that nothing disturbed. On both databases, with the real program and SIGKILL. A linker that dies in the
//! middle of a batch is taken over by another process, which comes to the same people.

#![allow(clippy::unwrap_used)]

mod cluster;
mod invented;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use invented::Invented;
use reqwest::{Body, Client, StatusCode};
use serde_json::Value;
use sqlx::PgPool;

/// Records in the file.
const RECORDS: u32 = 2_000;
/// The file is sent in so many pieces, with a pause after each.
const PIECES: usize = 40;
const PAUSE: Duration = Duration::from_millis(20);
/// Everything that CANAM knows too.
const SHARED: u32 = 200;

/// A running program.
struct Served {
    child: Child,
    url: String,
    /// The operator's key, printed at the first start only.
    key: Option<String>,
}

impl Served {
    fn start(place: &cluster::Place) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dankun"))
            .args(["serve", "--listen", "127.0.0.1:0", "--lang", "en", "--database", &place.url])
            .arg("--key-file")
            .arg(place.key_file())
            .current_dir(place.folder())
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut key = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let word = |start: &str| line.split_whitespace().find(|word| word.starts_with(start));
            key = key.or_else(|| word("dk_").map(ToOwned::to_owned));
            if let Some(url) = word("http://").filter(|url| !url.contains("/ui/")) {
                let url = url.trim_end_matches('.').to_owned();
                return Self { child, url, key };
            }
        }
        panic!("the program ended before it listened: {}", child.wait().unwrap());
    }
}

impl Drop for Served {
    /// SIGKILL: the program learns nothing of its end.
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A hub that can be killed and started again.
struct Hub {
    place: Arc<cluster::Place>,
    served: Option<Served>,
    http: Client,
    key: String,
}

impl Hub {
    fn new(place: cluster::Place) -> Self {
        let place = Arc::new(place);
        // Both hubs choose the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let served = Served::start(&place);
        let key = served.key.clone().expect("the first start prints a key");
        Self { place, served: Some(served), http: Client::new(), key }
    }

    /// Another process on the same database.
    fn beside(&self) -> Self {
        let served = Some(Served::start(&self.place));
        Self { place: Arc::clone(&self.place), served, http: Client::new(), key: self.key.clone() }
    }

    fn kill(&mut self) {
        self.served = None;
    }

    fn start(&mut self) {
        self.served = Some(Served::start(&self.place));
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.served.as_ref().expect("it runs").url)
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.http.get(self.url(path)).bearer_auth(&self.key).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    /// Changed records that no linker has taken up.
    async fn waiting(&self) -> u64 {
        let page = self.http.get(self.url("/metrics")).send().await.unwrap().text().await.unwrap();
        let line = page.lines().find_map(|line| line.strip_prefix("dankun_linker_waiting "));
        line.expect("the metric is there").parse().unwrap()
    }

    /// Sends a file and does not wait for the linker.
    async fn release(&self, scheme: &str, pieces: &[Bytes]) {
        let request = self.http.post(self.url(&format!("/v1/schemes/{scheme}/records")));
        let response = request.bearer_auth(&self.key).body(pieces.concat()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// Sends a file as slowly as a bad line does; `None` when the hub went away.
    async fn send(&self, scheme: &str, pieces: Vec<Bytes>) -> Option<(StatusCode, Value)> {
        let body = stream::unfold(pieces.into_iter(), |mut left| async {
            let piece = left.next()?;
            tokio::time::sleep(PAUSE).await;
            Some((Ok::<_, std::io::Error>(piece), left))
        });
        let url = self.url(&format!("/v1/schemes/{scheme}/records?wait=linked"));
        let request = self.http.post(url).bearer_auth(&self.key).header("idempotency-key", "night");
        let response = request.body(Body::wrap_stream(body)).send().await.ok()?;
        let status = response.status();
        let bytes = response.bytes().await.ok()?;
        Some((status, serde_json::from_slice(&bytes).unwrap()))
    }

    /// Sends a file and waits until its records are linked. After a crash that may take as long as the dead linker's
    /// lease; repeating the sending is how a sender waits on.
    async fn linked(&self, scheme: &str, pieces: Vec<Bytes>) -> Value {
        for _ in 0..4 {
            let receipt = self.send(scheme, pieces.clone()).await.expect("an answer");
            if receipt.0 == StatusCode::OK {
                return receipt.1;
            }
        }
        panic!("the linker does not come to an end");
    }

    /// Every item of a list, page by page.
    async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}?limit=500{after}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return items,
            }
        }
    }

    /// What the hub holds, in words that do not depend on the ids that it gave out.
    async fn holdings(&self) -> Holdings {
        let records = self.all("/v1/records").await;
        let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for record in &records {
            let source = &record["record"]["source"];
            let name = format!("{} {}", record["scheme"], source["record_id"]);
            let person = record["person_id"].as_str().expect("everybody is linked").to_owned();
            assert!(people.entry(person).or_default().insert(name), "a record is there once");
            assert_eq!(record["revision"], 1, "a record that was resent has not changed");
        }
        let refusals = self.all("/v1/quarantine").await.iter().map(shown).collect();
        Holdings { records: records.len(), people: people.into_values().collect(), refusals }
    }
}

/// A refusal without its ids and times.
fn shown(refusal: &Value) -> String {
    let mut refusal = refusal.clone();
    for name in ["id", "batch", "received_at"] {
        refusal.as_object_mut().unwrap().remove(name);
    }
    refusal.to_string()
}

#[derive(PartialEq, Eq, Debug)]
struct Holdings {
    records: usize,
    /// The records of each person.
    people: BTreeSet<BTreeSet<String>>,
    refusals: BTreeSet<String>,
}

/// A file of UTM with some impossible dates in it.
fn utm() -> Vec<Bytes> {
    let people: Vec<Invented> = (0..RECORDS)
        .map(|number| Invented {
            status_on: if number % 100 == 99 { "31/02/2022" } else { "27/01/2022" },
            ..Invented::new(number)
        })
        .collect();
    let file = invented::utm(&people);
    file.chunks(file.len() / PIECES + 1).map(Bytes::copy_from_slice).collect()
}

fn canam() -> Vec<Bytes> {
    let people: Vec<Invented> = (0..SHARED).map(|number| Invented::new(number * 7)).collect();
    vec![Bytes::from(invented::canam(&people))]
}

/// When the program dies: in the middle of the file, near its end, and when it has all of it.
const DEATHS: [usize; 3] = [PIECES / 3, PIECES - 4, PIECES + 8];

async fn disturbed(place: cluster::Place) -> Holdings {
    let mut hub = Hub::new(place);
    for pauses in DEATHS {
        let sending = hub.send("ml-utm", utm());
        let life = PAUSE * u32::try_from(pauses).unwrap();
        let answered = tokio::time::timeout(life, sending).await;
        hub.kill();
        hub.start();
        if pauses < PIECES {
            assert!(answered.is_err(), "the file was not interrupted");
            let batches = hub.get("/v1/batches").await;
            assert_eq!(batches["items"][0]["state"], "receiving", "{batches:#}");
            assert_eq!(hub.all("/v1/records").await, Vec::<Value>::new(), "half a file counts");
        }
    }
    let receipt = hub.linked("ml-utm", utm()).await;
    assert_eq!(receipt["received"], RECORDS, "{receipt:#}");
    // Dies again while the linker has work.
    let sending = hub.send("ml-canam", canam());
    let _ = tokio::time::timeout(Duration::from_millis(700), sending).await;
    hub.kill();
    hub.start();
    hub.linked("ml-canam", canam()).await;
    hub.holdings().await
}

async fn undisturbed(place: cluster::Place) -> Holdings {
    let hub = Hub::new(place);
    let receipt = hub.linked("ml-utm", utm()).await;
    assert_eq!(receipt["received"], RECORDS, "{receipt:#}");
    hub.linked("ml-canam", canam()).await;
    hub.holdings().await
}

async fn compare(one: cluster::Place, other: cluster::Place) {
    let (calm, killed) = tokio::join!(undisturbed(one), disturbed(other));
    assert_eq!(calm.refusals.len(), RECORDS as usize / 100);
    assert_eq!(calm.records, (RECORDS - RECORDS / 100 + SHARED) as usize);
    assert!(calm.people.iter().any(|records| records.len() == 2), "somebody is in both schemes");
    assert!(calm == killed, "{} and {} records", calm.records, killed.records);
}

cluster::both! {
    async fn a_killed_program_loses_and_doubles_nothing(place: cluster::Place) {
        let other = match place.url.starts_with("sqlite") {
            true => cluster::Place::sqlite(),
            false => cluster::Place::postgres().await,
        };
        compare(place, other).await;
    }
}

/// How often one looks whether a linker has begun, and whether it has come to its end.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: u32 = 3_000;

/// Until a linker has begun after those before it; answers how many there were.
async fn until_linking(database: &PgPool, before: i64) -> i64 {
    let held = "select epoch from leases where name = 'linker' and until > $1 and epoch > $2";
    for _ in 0..LOOKS {
        let now = jiff::Timestamp::now().as_millisecond();
        let held = sqlx::query_scalar(held).bind(now).bind(before);
        if let Some(epoch) = held.fetch_optional(database).await.unwrap() {
            return epoch;
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("nobody links");
}

/// Changed records that no linker has taken up, as the database says.
async fn waiting(database: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from inbox").fetch_one(database).await.unwrap()
}

/// Until nothing waits for a linker.
async fn until_linked(hub: &Hub) {
    for _ in 0..LOOKS {
        if hub.waiting().await == 0 {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("nobody took over");
}

/// The linker dies at work, and whoever takes over dies too; a third process comes to an end. Nobody sends anything
/// again.
async fn taken_over(place: cluster::Place) -> Holdings {
    let database = PgPool::connect(&place.url).await.unwrap();
    let mut first = Hub::new(place);
    first.release("ml-utm", &utm()).await;
    let linkers = until_linking(&database, 0).await;
    first.kill();
    assert!(waiting(&database).await > 0, "the first linker was not in the middle of its work");
    let mut second = first.beside();
    second.release("ml-canam", &canam()).await;
    until_linking(&database, linkers).await;
    second.kill();
    assert!(waiting(&database).await > 0, "the second linker was not in the middle of its work");
    let third = second.beside();
    until_linked(&third).await;
    third.holdings().await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_takes_over_from_a_linker_that_dies_at_work() {
    let (one, other) = (cluster::Place::postgres().await, cluster::Place::postgres().await);
    let (calm, taken) = tokio::join!(undisturbed(one), taken_over(other));
    assert!(calm == taken, "{} and {} records", calm.records, taken.records);
}
