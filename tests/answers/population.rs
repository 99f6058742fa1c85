//! A population with its exports in a hub, and what is true of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use dankun::model::{Holder, Scope};
use dankun::operations::export::{Export, export};
use dankun::operations::link::link_pending;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::cluster::Place;
use crate::expected::Query;
use crate::server::{Server, expect};
use crate::text;

/// Which file is of which scheme.
const EXPORTS: [(&str, &str); 8] = [
    ("ml-canam", "canam_amo.xml"),
    ("ci-cnam", "ci_cmu.ndjson"),
    ("ng-nhia", "ng_nhia.csv"),
    ("ml-anam", "anam_ramed.json"),
    ("ml-utm", "utm_mutuelles.csv"),
    ("ml-openimis", "fhir_bundle.json"),
    ("ci-necab", "necab_coop.csv"),
    ("ml-synd", "syndicat.csv"),
];

/// Everything that the generator tells has happened by then.
const ALL_EVENTS_SENT: Duration = Duration::from_secs(300 * 24 * 60 * 60);

/// A key of the generator's own: source in capitals and record id.
type Name = (String, String);

pub struct Population {
    pub server: Server,
    folder: tempfile::TempDir,
    /// The hub's people behind the valid records of a person.
    found: BTreeMap<String, BTreeSet<String>>,
    /// The generator's people behind the records of one of the hub's.
    meant: BTreeMap<String, BTreeSet<String>>,
    keys: Mutex<BTreeMap<String, String>>,
}

/// How many people: few in `make test`.
pub fn persons() -> u32 {
    std::env::var("DANKUN_PROOF_PERSONS").map_or(1_500, |text| text.parse().unwrap())
}

pub fn seeds() -> Vec<u32> {
    let given = std::env::var("DANKUN_PROOF_SEEDS").unwrap_or_else(|_| "5".to_owned());
    given.split(',').map(|seed| seed.trim().parse().unwrap()).collect()
}

fn generator() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("DANKUN_SHARED")
        .map_or_else(|| root.join("../shared"), PathBuf::from)
        .join("tools/gen_population.py")
}

impl Population {
    /// Makes a population and gives its exports to a hub; none, said aloud, without the generator.
    pub async fn load(place: &Place, seed: u32) -> Option<Self> {
        if !generator().exists() {
            eprintln!("skipped: no generator in {}", generator().display());
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let count = persons();
        let made = Command::new("python3")
            .arg(generator())
            .arg("--out")
            .arg(folder.path())
            .args(["--persons", &count.to_string(), "--seed", &seed.to_string()])
            .args([
                "--profile",
                "realistic",
                "--queries",
                &(count / 10).clamp(250, 2_000).to_string(),
            ])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let server = Server::start(place).await;
        for (scheme, file) in EXPORTS {
            let key = server.scheme_key(scheme).await;
            let path = format!("/v1/schemes/{scheme}/records?recorded_at=2025-12-31");
            let body = std::fs::read(folder.path().join(file)).unwrap();
            expect(server.post(&path, &key).body(body), 200).await;
        }
        server.wait(ALL_EVENTS_SENT);
        let events = std::fs::read(folder.path().join("events.ndjson")).unwrap();
        let admin = server.admin_key().await;
        let request =
            server.post("/v1/events", &admin).header("content-type", "application/x-ndjson");
        expect(request.body(events), 200).await;
        while link_pending(&server.hub).await.unwrap().records > 0 {}
        let mut population = Self {
            server,
            folder,
            found: BTreeMap::new(),
            meant: BTreeMap::new(),
            keys: Mutex::default(),
        };
        population.compare_links().await;
        Some(population)
    }

    /// Learns from the links of the hub and the truth of the generator who is who.
    async fn compare_links(&mut self) {
        let mut links = Vec::new();
        export(&self.server.hub, Export::Links, &mut links).await.unwrap();
        let mut home: BTreeMap<Name, String> = BTreeMap::new();
        for row in csv::Reader::from_reader(links.as_slice()).records() {
            let row = row.unwrap();
            home.insert((row[0].to_uppercase(), row[1].to_owned()), row[2].to_owned());
        }
        let truth = std::fs::read(self.folder.path().join("truth.csv")).unwrap();
        let truth = truth.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&truth);
        for row in csv::Reader::from_reader(truth).records() {
            let row = row.unwrap();
            let (name, person) = ((row[0].to_owned(), row[1].to_owned()), row[2].to_owned());
            if let Some(ours) = home.get(&name).filter(|_| &row[3] == "1") {
                self.found.entry(person.clone()).or_default().insert(ours.clone());
                self.meant.entry(ours.clone()).or_default().insert(person);
            }
        }
    }

    fn lines(&self, file: &str) -> Vec<Query> {
        let text = std::fs::read_to_string(self.folder.path().join(file)).unwrap();
        text.lines().map(|line| Query::read(serde_json::from_str(line).unwrap())).collect()
    }

    /// The questions that agreements allow.
    pub fn queries(&self) -> Vec<Query> {
        self.lines("eligibility_queries.ndjson")
    }

    /// The questions that none allows.
    pub fn refusals(&self) -> Vec<Query> {
        self.lines("policy_queries.ndjson")
    }

    /// The key with which an asker asks.
    pub async fn key(&self, asker: &str) -> String {
        let mut keys = self.keys.lock().await;
        if !keys.contains_key(asker) {
            let holder = Holder::Partner(asker.to_owned());
            let key = self.server.key(holder, &[Scope::EligibilityAsk]).await;
            keys.insert(asker.to_owned(), key);
        }
        keys[asker].clone()
    }

    /// Whether an answer names the person whom the question means; an answer about nobody names nobody.
    pub fn is_person(&self, query: &Query, answer: &Value) -> bool {
        let meant = text(&query.expected["person_id"]);
        match answer["person_id"].as_str() {
            None => meant.is_empty() || query.kind == "national_id",
            Some(ours) => self.meant.get(ours).is_some_and(|people| people.contains(meant)),
        }
    }

    /// Whether the records of the person whom a question means are not all one person's in the hub.
    pub fn lacks_a_link(&self, query: &Query) -> bool {
        let meant = text(&query.expected["person_id"]);
        let Some(ours) = self.found.get(meant) else { return false };
        let alone = |person: &String| self.meant[person].len() == 1;
        ours.len() > 1 || !ours.iter().all(alone)
    }
}
