//! Files that cannot be right: an agent's phone on everybody, everybody born on 1 January, numbers given to other people,
//! everybody sent twice. Nobody is mixed up, an alarm is raised, and the queue stays usable.

use dankun::operations::link::link_pending;
use dankun::operations::quality;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Server, expect};

/// People with the phone of one agent, all born on 1 January.
const AGENT: std::ops::Range<u32> = 1..151;
/// People whom UTM sends under two numbers.
const TWICE: std::ops::Range<u32> = 301..341;
/// People whom CANAM gives the national numbers of others.
const REUSED: std::ops::Range<u32> = 401..441;
/// People who are a man by UTM and a woman by CANAM.
const SEXES: std::ops::Range<u32> = 501..506;

fn people(numbers: std::ops::Range<u32>) -> Vec<Invented> {
    numbers.map(Invented::new).collect()
}

/// The text of a file without its header, which alone is not ASCII.
fn rows(people: &[Invented]) -> String {
    let file = utm(people);
    let rows = file.iter().copied().skip_while(|byte| *byte != b'\n').skip(1);
    String::from_utf8(rows.collect()).unwrap()
}

fn of_utm() -> Vec<u8> {
    let mut agent = people(AGENT);
    agent.iter_mut().for_each(|one| one.phone = "70000001".to_owned());
    let mut text = rows(&agent);
    for one in &agent {
        let birth = one.birth();
        let year = birth.rsplit('/').next().unwrap();
        text = text.replacen(&format!(";{birth};"), &format!(";01/01/{year};"), 1);
    }
    let twice = people(TWICE);
    text.push_str(&rows(&twice));
    text.push_str(&rows(&twice).replace("UTM-014-0", "UTM-014-9"));
    text.push_str(&rows(&people(SEXES)));
    let mut file = utm([]);
    file.extend(text.into_bytes());
    file
}

fn of_canam() -> Vec<u8> {
    let reused = people(REUSED);
    let others = people(AGENT);
    let mut text = String::from_utf8(canam(reused.iter().chain(&people(SEXES)))).unwrap();
    for (one, other) in reused.iter().zip(&others) {
        text = text.replace(&one.nina(), &other.nina());
    }
    for one in people(SEXES) {
        let name = format!("<prenom>{}</prenom><sexe>", one.given);
        text = text.replace(&format!("{name}1"), &format!("{name}2"));
    }
    text.into_bytes()
}

fn alarm<'r>(report: &'r Value, kind: &str) -> Option<&'r Value> {
    report["alarms"].as_array().unwrap().iter().find(|alarm| alarm["kind"] == kind)
}

cluster::both! {
    async fn what_cannot_be_right_raises_alarms_and_mixes_nobody_up(place: cluster::Place) {
        let server = Server::start(&place).await;
        let mut received = 0;
        for (scheme, file) in [("ml-utm", of_utm()), ("ml-canam", of_canam())] {
            let key = server.scheme_key(scheme).await;
            let receipt = expect(server.post(&format!("/v1/schemes/{scheme}/records"), &key).body(file), 200).await;
            assert_eq!(receipt["refused"], 0, "{receipt:#}");
            received += receipt["received"].as_u64().unwrap();
        }
        link_pending(&server.hub).await.unwrap();
        let clusters = server.hub.index().clusters();
        let records: usize = clusters.iter().map(|cluster| cluster.records.len()).sum();
        assert_eq!(records as u64, received);
        assert!(clusters.iter().all(|cluster| cluster.records.len() <= 2), "a giant");

        let key = server.admin_key().await;
        let report = expect(server.post("/v1/identity/quality", &key), 200).await;
        let phone = alarm(&report, "shared_phone").unwrap();
        assert_eq!((&phone["cases"], &phone["of"]), (&json!(1), &json!(AGENT.len())));
        for kind in ["default_dates", "sent_twice"] {
            assert_eq!(alarm(&report, kind).unwrap()["scheme"], "ml-utm", "{report:#}");
        }
        assert_eq!(alarm(&report, "default_dates").unwrap()["cases"], json!(AGENT.len()));
        assert_eq!(alarm(&report, "two_sexes").unwrap()["cases"], json!(SEXES.len()));
        let several = alarm(&report, "number_of_several").unwrap();
        assert_eq!(several["cases"], json!(REUSED.len()), "{several:#}");
        assert_eq!(alarm(&report, "reused_numbers").unwrap()["cases"], several["cases"]);
        assert_eq!(several["examples"].as_array().unwrap().len(), 5);
        let page = server.get("/metrics", "").send().await.unwrap().text().await.unwrap();
        assert!(page.contains("dankun_identity_alarms{kind=\"shared_phone\"}"), "{page}");

        let public = quality::last_in_public(&server.hub).await.unwrap().unwrap();
        assert!(public.alarms.iter().all(|alarm| alarm.examples.is_empty() && alarm.cases >= 5));

        // No flood from the phone that all have.
        let all = expect(server.get("/v1/reviews?limit=500", &key), 200).await;
        let waiting = all["items"].as_array().unwrap().len();
        assert!(waiting < records, "{waiting} questions about {records} records");
    }
}
