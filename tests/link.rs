//! The linker through a whole hub, on both databases: people, merges, splits, takeover, followers.

#![allow(clippy::unwrap_used)]

mod cluster;
#[path = "link/stewards.rs"]
mod stewards;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use dankun::identity::{Demographics, Found};
use dankun::model::{BatchId, BeneficiaryRecord, Instant, PersonId, RecordId, SchemeId};
use dankun::model::{Caller, Holder, KeyId, Scope};
use dankun::operations::library::DataFile;
use dankun::operations::link::{LinkReport, follow, link_pending};
use dankun::operations::versions::{self, Chosen, Named, Seen};
use dankun::operations::{Clock, Hub, HubConfig};
use dankun::store::inbox::InboxChange;
use dankun::store::people::FactKind;
use dankun::store::records::{RecordState, StoredRecord, current_owner, record_key};
use serde_json::json;

async fn open(place: &cluster::Place) -> (Hub, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(1_780_000_000_000));
    let mut config = HubConfig::new(&place.url);
    config.key_file = Some(place.key_file());
    let turned = Arc::clone(&clock);
    config.clock = Clock::from_fn(move || Instant::from_millis(turned.load(Ordering::SeqCst)));
    (Hub::open(config).await.unwrap(), clock)
}

fn operator(name: &str) -> Caller {
    Caller {
        key: Some(KeyId::from_bytes([name.len() as u8; 16])),
        holder: Holder::Operator(name.to_owned()),
        scopes: vec![Scope::Admin],
        purposes: Vec::new(),
        account: None,
    }
}

/// Publishes a match model that joins nobody; one operator writes it and another approves it.
async fn publish_stricter_model(hub: &Hub) {
    // Its examples are of a model that joins.
    let text = include_str!("../mappings/identity.yaml").split("\ntests:").next().unwrap();
    let text =
        text.replace("  join: 5.75", "  join: 60").replace("  ceiling: 16.0", "  ceiling: 70");
    let renamed = |line: &str| match line.starts_with("identity: ") {
        true => "identity: \"2099.1\"\n".to_owned(),
        false => format!("{line}\n"),
    };
    let text: String = text.lines().map(renamed).collect();
    let file = DataFile::yaml("identity.yaml", text).unwrap();
    let id = file.id();
    let (awa, bintou) = (operator("awa"), operator("bintou"));
    let seen = versions::version(hub, &awa, &id, Named::InForce).await.unwrap().unwrap();
    let draft = versions::draft(hub, &awa, &file, Seen::Version(&seen.hash)).await.unwrap();
    versions::test(hub, &awa, &id, &draft.hash).await.unwrap();
    versions::approve(hub, &bintou, &id, &draft.hash).await.unwrap();
    let chosen = Chosen { file: id, hash: draft.hash };
    versions::publish(hub, &bintou, &[chosen], None).await.unwrap();
}

fn id(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

/// A record of a person, as a mapping would have made it.
fn record(
    number: u8,
    scheme: &str,
    family: &str,
    given: &str,
    birth: &str,
    nina: Option<&str>,
) -> BeneficiaryRecord {
    let identifiers: Vec<_> =
        nina.iter().map(|value| json!({ "system": "ml-nina", "value": value })).collect();
    serde_json::from_value(json!({
        "source": { "scheme": scheme, "record_id": format!("R-{number}") },
        "person": {
            "names": [{ "use": "official", "family": family, "given": [given] }],
            "sex": "female",
            "birth_date": birth,
            "identifiers": identifiers,
            "phones": ["+22370000001"],
            "addresses": [{ "country": "ML", "locality": "Fana" }],
        },
    }))
    .unwrap()
}

/// Puts records in the store and in the inbox, as intake leaves them.
async fn put(hub: &Hub, records: &[(u8, BeneficiaryRecord)]) {
    let keys = hub.store().keys();
    let now = hub.now();
    let mut tx = hub.store().begin().await.unwrap();
    for (number, record) in records {
        let id = id(*number);
        let scheme: SchemeId = record.source.scheme.clone();
        let plain = serde_json::to_vec(record).unwrap();
        tx.put_records(&[StoredRecord {
            id,
            key: record_key(keys, &scheme, &record.source.record_id),
            scheme,
            contract_key: None,
            state: RecordState::Live,
            revision: 1,
            content: vec![*number],
            recorded_at: now,
            batch_id: BatchId::from_bytes([1; 16]),
            current: keys.seal(current_owner(&id), &plain),
            created_at: now,
            updated_at: now,
            absent_since: None,
        }])
        .await
        .unwrap();
        tx.enqueue(&[id], None, InboxChange::Upsert, now).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn person(hub: &Hub, number: u8) -> Option<PersonId> {
    let people = hub.store().read().await.unwrap().people_of_records(&[id(number)]).await.unwrap();
    people.get(&id(number)).copied()
}

const NINA: &str = "12909000100001C";

fn seen_by_two_schemes() -> Vec<(u8, BeneficiaryRecord)> {
    vec![
        (1, record(1, "ml-utm", "Coulibaly", "Aïssata", "1990-05-17", Some(NINA))),
        (2, record(2, "ml-canam", "KOULIBALY", "Aichata", "1990-05-17", Some(NINA))),
        (3, record(3, "ml-canam", "COULIBALY", "Mariam", "1994-08-02", None)),
    ]
}

cluster::both! {
    async fn a_person_seen_by_two_schemes_is_one_person(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        put(&hub, &seen_by_two_schemes()).await;
        let report = link_pending(&hub).await.unwrap();
        assert_eq!((report.records, report.people_new), (3, 2));
        assert_eq!(person(&hub, 1).await, person(&hub, 2).await);
        assert_ne!(person(&hub, 1).await, person(&hub, 3).await);
        assert_eq!(link_pending(&hub).await.unwrap().records, 0);
    }

    async fn a_record_that_comes_later_joins_its_person(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        let records = seen_by_two_schemes();
        put(&hub, &records[..1]).await;
        link_pending(&hub).await.unwrap();
        let before = person(&hub, 1).await;
        put(&hub, &records[1..]).await;
        let report = link_pending(&hub).await.unwrap();
        assert_eq!((report.people_new, report.joined), (1, 1));
        assert_eq!(person(&hub, 2).await, before);
    }

    async fn a_word_merges_two_people_and_the_younger_id_leads_on(place: cluster::Place) {
        let (hub, clock) = open(&place).await;
        let records = seen_by_two_schemes();
        put(&hub, &records[..1]).await;
        link_pending(&hub).await.unwrap();
        clock.fetch_add(1_000, Ordering::SeqCst);
        put(&hub, &records[2..]).await;
        link_pending(&hub).await.unwrap();
        let (older, younger) = (person(&hub, 1).await.unwrap(), person(&hub, 3).await.unwrap());
        let mut tx = hub.store().begin().await.unwrap();
        tx.add_fact((id(3), id(1)), FactKind::Same, "review", "steward", hub.now()).await.unwrap();
        tx.enqueue(&[id(3)], None, InboxChange::Upsert, hub.now()).await.unwrap();
        tx.commit().await.unwrap();
        let report = link_pending(&hub).await.unwrap();
        assert_eq!(report.merged, 1);
        assert_eq!(report.touched, [older, younger]);
        let mut session = hub.store().read().await.unwrap();
        assert_eq!(session.redirect(younger).await.unwrap(), Some(older));
    }

    async fn evidence_that_turns_splits_a_person(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        put(&hub, &seen_by_two_schemes()).await;
        link_pending(&hub).await.unwrap();
        put(&hub, &[(2, record(2, "ml-canam", "Diarra", "Oumou", "1971-02-03", None))]).await;
        let report = link_pending(&hub).await.unwrap();
        assert_eq!(report.split, 1);
        assert_ne!(person(&hub, 1).await, person(&hub, 2).await);
    }

    async fn a_record_that_is_gone_belongs_to_nobody(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        put(&hub, &seen_by_two_schemes()).await;
        link_pending(&hub).await.unwrap();
        let mut tx = hub.store().begin().await.unwrap();
        tx.enqueue(&[id(3)], None, InboxChange::Remove, hub.now()).await.unwrap();
        tx.commit().await.unwrap();
        link_pending(&hub).await.unwrap();
        assert_eq!(person(&hub, 3).await, None);
        assert!(person(&hub, 1).await.is_some());
    }

    async fn a_process_that_only_asks_sees_what_was_linked(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        put(&hub, &seen_by_two_schemes()).await;
        link_pending(&hub).await.unwrap();
        let (other, _) = open(&place).await;
        follow(&other).await.unwrap();
        let asked = Demographics {
            family: "COULIBALY".to_owned(),
            given: "Aissata".to_owned(),
            sex: None,
            birth_date: "1990-05-17".parse().ok(),
            phone: Some("+22370000001".to_owned()),
        };
        assert_eq!(other.index().search(&asked), Found::One(vec![id(1), id(2)]));
        let sister = Demographics { given: "Kadiatou".to_owned(), ..asked };
        assert_eq!(other.index().search(&sister), Found::None);
    }

    async fn another_match_model_decides_everybody_again(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        let records = vec![
            (1, record(1, "ml-utm", "Coulibaly", "Aïssata", "1990-05-17", None)),
            (2, record(2, "ml-canam", "COULIBALY", "Aïssata", "1990-05-17", None)),
        ];
        put(&hub, &records).await;
        link_pending(&hub).await.unwrap();
        assert_eq!(person(&hub, 1).await, person(&hub, 2).await);
        publish_stricter_model(&hub).await;
        let report = link_pending(&hub).await.unwrap();
        assert_eq!(report.split, 1);
        assert_ne!(person(&hub, 1).await, person(&hub, 2).await);
        assert_eq!(link_pending(&hub).await.unwrap(), LinkReport::default());
    }

    async fn a_second_linker_waits_for_the_lease_and_takes_over_when_it_ends(place: cluster::Place) {
        let (hub, clock) = open(&place).await;
        put(&hub, &seen_by_two_schemes()).await;
        let now = hub.now();
        let mut tx = hub.store().begin().await.unwrap();
        let lease = tx.take_lease("linker", "first", now, now.plus_millis(1_000)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(link_pending(&hub).await.unwrap().busy);
        clock.fetch_add(2_000, Ordering::SeqCst);
        assert_eq!(link_pending(&hub).await.unwrap().records, 3);
        let mut tx = hub.store().begin().await.unwrap();
        let kept = tx.keep_lease(&lease.unwrap(), now.plus_millis(9_000)).await.unwrap();
        assert!(!kept, "the first holder may write no more");
    }
}
