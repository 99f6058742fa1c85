//! The requirements of the specification that every server must meet, each with the message that tries it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::cluster;
use crate::follow::{subscription, unsubscription};
use crate::invented::Invented;
use crate::later::agreed;
use crate::message::{by_number, hand_in, send};
use crate::receiver::Receiver;

/// A requirement: the message that tries it, whether it must be taken, and the test that looks at its subject closely.
struct Case {
    id: &'static str,
    path: &'static str,
    taken: bool,
    body: Value,
    test: &'static str,
}

fn at(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

fn cases() -> Vec<Case> {
    const ONE: &str = "/message/search_request/0";
    let good = || by_number("NINA", &Invented::new(1).nina());
    let search = |name: &str, value: Value| at(good(), &format!("{ONE}/{name}"), value);
    let page = |page: Value| search("search_criteria/pagination", page);
    let case = |id, path, taken, body, test| Case { id, path, taken, body, test };
    let told = "what_is_wrong_with_a_message_is_told_in_its_acknowledgement";
    let answered = "a_search_is_acknowledged_and_answered_where_it_was_agreed";
    let form = "everything_that_is_wrong_is_told_with_its_path";
    let pages = "pages_are_counted_from_one";
    let followed = "what_happens_to_somebody_is_told_to_who_follows_them";
    let ended = "a_subscription_ends_once_and_by_its_owner";
    vec![
        case("DCI-VAL-FMT-TS-01", "search", false, search("timestamp", json!("yesterday")), form),
        case(
            "DCI-VAL-FMT-TS-02",
            "search",
            true,
            search("timestamp", json!("2026-01-01T00:00:00+01:00")),
            answered,
        ),
        case(
            "DCI-VAL-FMT-TS-03",
            "subscribe",
            false,
            at(
                subscription("death", json!({ "type": "NINA", "value": "1" })),
                "/message/subscribe_request/0/timestamp",
                json!("2026-01-01T00:00:00"),
            ),
            followed,
        ),
        case("DCI-VAL-FMT-LOC-01", "search", true, search("locale", json!("fra")), answered),
        case("DCI-VAL-FMT-LOC-02", "search", false, search("locale", json!("fr")), form),
        case("DCI-VAL-FMT-LOC-03", "search", false, search("locale", json!("FRA")), form),
        case(
            "DCI-VAL-BND-TXN-01",
            "search",
            true,
            at(good(), "/message/transaction_id", json!("t".repeat(99))),
            form,
        ),
        case(
            "DCI-VAL-BND-TXN-02",
            "search",
            false,
            at(good(), "/message/transaction_id", json!("t".repeat(100))),
            told,
        ),
        case(
            "DCI-VAL-BND-REF-01",
            "search",
            true,
            search("reference_id", json!("r".repeat(36))),
            answered,
        ),
        case("DCI-VAL-BND-SUB-01", "unsubscribe", true, unsubscription(&["s".repeat(99)]), ended),
        case("DCI-VAL-BND-SUB-02", "unsubscribe", false, unsubscription(&["s".repeat(100)]), ended),
        case(
            "DCI-CORE-PAG-01",
            "search",
            true,
            page(json!({ "page_size": 10, "page_number": 1 })),
            answered,
        ),
        case(
            "DCI-CORE-PAG-02",
            "sync/search",
            true,
            page(json!({ "page_size": 10, "page_number": 1 })),
            pages,
        ),
        case(
            "DCI-CORE-PAG-03",
            "search",
            true,
            page(json!({ "page_size": 10, "page_number": 2 })),
            pages,
        ),
        case(
            "DCI-VAL-PAG-01",
            "search",
            false,
            page(json!({ "page_size": 0, "page_number": 1 })),
            told,
        ),
        case(
            "DCI-VAL-PAG-02",
            "search",
            false,
            page(json!({ "page_size": 10, "page_number": 0 })),
            pages,
        ),
        case(
            "DCI-VAL-PAG-03",
            "search",
            false,
            page(json!({ "page_size": -1, "page_number": 1 })),
            pages,
        ),
    ]
}

/// The requirements of a server, by id; those of clients alone are none of ours.
fn requirements() -> Option<BTreeMap<String, Value>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared =
        std::env::var_os("DANKUN_SHARED").map_or_else(|| root.join("../shared"), Into::into);
    let text =
        std::fs::read_to_string(shared.join("artefacts/spdci/common/requirements.json")).ok()?;
    let document: Value = serde_json::from_str(&text).unwrap();
    let all = document["requirements"].as_array().unwrap().iter();
    // The hub is a registry; a requirement of another profile would need its reason here.
    let ours = all.inspect(|one| assert_eq!(one["profile"], "registry", "{one}"));
    Some(ours.map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone())).collect())
}

#[test]
fn every_requirement_has_a_case_and_every_case_a_test() {
    let sources = [
        include_str!("later.rs"),
        include_str!("refused.rs"),
        include_str!("search.rs"),
        include_str!("follow.rs"),
    ]
    .concat();
    for case in cases() {
        assert!(
            sources.contains(&format!("fn {}(", case.test)),
            "{}: no test `{}`",
            case.id,
            case.test
        );
    }
    let Some(required) = requirements() else {
        eprintln!("skipped: no requirements of SPDCI");
        return;
    };
    let tried: BTreeMap<String, Case> =
        cases().into_iter().map(|case| (case.id.to_owned(), case)).collect();
    let missing: Vec<&String> = required.keys().filter(|id| !tried.contains_key(*id)).collect();
    assert!(missing.is_empty(), "requirements that nothing tries: {missing:?}");
    for (id, case) in &tried {
        let requirement = &required[id];
        assert_eq!(requirement["path"], format!("/registry/{}", case.path), "{id}");
        assert_eq!(requirement["kind"] == "happy", case.taken, "{id}");
    }
}

cluster::both! {
    async fn every_requirement_of_the_specification_is_met(place: cluster::Place) {
        let (_, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        for case in cases() {
            let body = at(case.body, "/header/message_id", json!(case.id));
            if case.path.starts_with("sync/") {
                let status = if case.taken { 200 } else { 400 };
                send(&asked, case.path, &key, &body, status, "SearchResponse").await;
                continue;
            }
            let ack = hand_in(&asked, case.path, &key, &body).await;
            let expected = if case.taken { "ACK" } else { "ERR" };
            assert_eq!(ack["ack_status"], expected, "{}: {ack}", case.id);
        }
    }
}
