//! Questions through the whole hub, on both databases: agreements, numbers, knowledge of then and now, the audit.

#![allow(clippy::unwrap_used)]

mod cluster;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use dankun::eligibility::facts::Statement;
use dankun::eligibility::question::Number;
use dankun::eligibility::registry::NumberKind;
use dankun::eligibility::{Answer, Question, Reason, Refusal, Subject, Verdict};
use dankun::model::access::{Caller, Holder, Scope};
use dankun::model::{BatchId, Instant, PersonId, RecordId, SchemeId};
use dankun::operations::ask::{AskError, Outcome, ask, ask_all};
use dankun::operations::indicators::indicators;
use dankun::operations::{Clock, Hub, HubConfig};
use dankun::store::identifiers::{StoredIdentifier, identifier_key};
use dankun::store::records::{RecordState, StoredRecord, record_key};
use serde_json::json;
use sqlx::Connection as _;

/// A hub whose clock the test turns.
struct World {
    hub: Hub,
    url: String,
    clock: Arc<AtomicI64>,
}

/// One record as the tests need it.
struct Card<'a> {
    number: u8,
    person: u8,
    scheme: &'a str,
    record_id: &'a str,
    nina: Option<&'a str>,
    says: serde_json::Value,
}

impl World {
    async fn new(place: &cluster::Place) -> Self {
        Self::with_mappings(place, None).await
    }

    async fn with_mappings(place: &cluster::Place, mappings: Option<&Path>) -> Self {
        let clock = Arc::new(AtomicI64::new(millis("2026-03-01")));
        let mut config = HubConfig::new(&place.url);
        config.key_file = Some(place.key_file());
        config.mappings = mappings.map(Path::to_path_buf);
        let turned = Arc::clone(&clock);
        config.clock = Clock::from_fn(move || Instant::from_millis(turned.load(Ordering::SeqCst)));
        Self { hub: Hub::open(config).await.unwrap(), url: place.url.clone(), clock }
    }

    fn turn_to(&self, day: &str) {
        self.clock.store(millis(day), Ordering::SeqCst);
    }

    /// Puts a record in the store, as intake and linker leave it.
    async fn put(&self, card: Card<'_>) {
        let keys = self.hub.store().keys();
        let now = self.hub.now();
        let id = RecordId::from_bytes([card.number; 16]);
        let scheme: SchemeId = card.scheme.parse().unwrap();
        let mut tx = self.hub.store().begin().await.unwrap();
        tx.put_records(&[StoredRecord {
            id,
            key: record_key(keys, &scheme, card.record_id),
            scheme,
            contract_key: None,
            state: RecordState::Live,
            revision: 1,
            content: vec![1],
            recorded_at: now,
            batch_id: BatchId::from_bytes([1; 16]),
            current: vec![1],
            created_at: now,
            updated_at: now,
            absent_since: None,
        }])
        .await
        .unwrap();
        let identifiers: Vec<StoredIdentifier> = card
            .nina
            .iter()
            .map(|nina| StoredIdentifier {
                key: identifier_key(keys, "ml-nina", nina),
                record_id: id,
                system: "ml-nina".to_owned(),
            })
            .collect();
        tx.put_identifiers(&[], &identifiers).await.unwrap();
        let says: Statement = serde_json::from_value(card.says).unwrap();
        tx.put_statements(keys, &[(id, says)], now).await.unwrap();
        tx.commit().await.unwrap();
        if card.person > 0 {
            self.link(id, person(card.person)).await;
        }
    }

    /// What a record says from now on.
    async fn learn(&self, number: u8, says: serde_json::Value) {
        let says: Statement = serde_json::from_value(says).unwrap();
        let mut tx = self.hub.store().begin().await.unwrap();
        let record = RecordId::from_bytes([number; 16]);
        tx.put_statements(self.hub.store().keys(), &[(record, says)], self.hub.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn link(&self, record: RecordId, person: PersonId) {
        let text =
            "insert into person_links (record_id, person_id, seq, linked_at) values ($1, $2, 1, 1)";
        let (record, person) = (record.as_bytes().to_vec(), person.as_bytes().to_vec());
        if self.url.starts_with("sqlite") {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            let query = sqlx::query(text).bind(record).bind(person);
            query.execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            let query = sqlx::query(text).bind(record).bind(person);
            query.execute(&mut connection).await.unwrap();
        }
    }

    async fn answer(&self, question: &Question) -> Answer {
        match ask(&self.hub, &Caller::local_operator(), question).await.unwrap() {
            Outcome::Answered(answer, _) => *answer,
            Outcome::Refused(refusal) => panic!("refused: {refusal}"),
        }
    }

    async fn refusal(&self, caller: &Caller, question: &Question) -> Refusal {
        match ask(&self.hub, caller, question).await.unwrap() {
            Outcome::Answered(..) => panic!("answered"),
            Outcome::Refused(refusal) => refusal,
        }
    }
}

fn millis(day: &str) -> i64 {
    Instant::start_of(day.parse().unwrap()).as_millis()
}

fn person(number: u8) -> PersonId {
    PersonId::from_bytes([100 + number; 16])
}

fn utm(record_id: &'static str, number: u8, person: u8) -> Card<'static> {
    Card { number, person, scheme: "ml-utm", record_id, nina: None, says: utm_says(json!({})) }
}

fn utm_says(change: serde_json::Value) -> serde_json::Value {
    let mut coverage = json!({
        "scheme": "ml-utm", "package": "CP", "enrolled_on": "2025-01-10",
        "start": "2025-04-10", "end": "2026-12-31",
    });
    for (key, value) in change.as_object().into_iter().flatten() {
        coverage[key] = value.clone();
    }
    json!({ "scheme": "ml-utm", "sex": "female", "birth_date": "1999-05-02", "coverages": [coverage] })
}

fn about(kind: NumberKind, value: &str) -> Question {
    let number = Number { kind: Some(kind), value: value.to_owned().into() };
    Question {
        asked_by: "ci-cnam".to_owned(),
        purpose: "CARE_AUTHORISATION".to_owned(),
        as_of: "2026-02-01".parse().unwrap(),
        known_at: None,
        country_of_care: Some("CI".to_owned()),
        scheme: None,
        subject: Subject::Identifiers(vec![number]),
    }
}

fn about_record(scheme: &str, record_id: &str) -> Question {
    about(NumberKind::Record(scheme.parse().unwrap()), record_id)
}

fn about_nina(nina: &str) -> Question {
    about(NumberKind::System("ml-nina".to_owned()), nina)
}

fn partner(id: &str, scopes: &[Scope]) -> Caller {
    Caller {
        key: None,
        holder: Holder::Partner(id.to_owned()),
        scopes: scopes.to_vec(),
        purposes: Vec::new(),
        account: None,
    }
}

const NINA: &str = "21999010000001A";

cluster::both! {
    async fn a_scheme_number_leads_to_everything_known_of_the_person(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(utm("UTM-001-0000001/00", 1, 1)).await;
        world.put(Card {
            number: 2, person: 1, scheme: "ci-cnam", record_id: "3849000000017", nina: None,
            says: json!({ "scheme": "ci-cnam", "coverages": [
                { "scheme": "ci-cnam", "package": "RGB", "start": "2025-01-01", "end": "2026-12-31" },
            ] }),
        }).await;
        let answer = world.answer(&about_record("ml-utm", "UTM-001-0000001/00")).await;
        assert_eq!(answer.verdict, Verdict::Eligible);
        assert_eq!(answer.scheme, "ci-cnam".parse().ok());
        assert_eq!(answer.eligible_schemes.len(), 2);
        assert_eq!(answer.person, Some(person(1)));
    }

    async fn a_number_that_nobody_bears_is_not_found(place: cluster::Place) {
        let world = World::new(&place).await;
        let answer = world.answer(&about_record("ml-utm", "UTM-001-0000009/00")).await;
        assert_eq!((answer.verdict, answer.reason), (Verdict::Unknown, Reason::NotFound));
    }

    async fn a_record_that_waits_for_the_linker_is_answered_without_a_person(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(utm("UTM-001-0000001/00", 1, 0)).await;
        let answer = world.answer(&about_record("ml-utm", "UTM-001-0000001/00")).await;
        assert_eq!((answer.reason, answer.person), (Reason::InForce, None));
    }

    async fn a_national_number_of_two_people_is_ambiguous_unless_they_agree(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(Card { nina: Some(NINA), ..utm("UTM-001-0000001/00", 1, 1) }).await;
        world.put(Card { nina: Some(NINA), ..utm("UTM-002-0000001/00", 2, 2) }).await;
        let alike = world.answer(&about_nina(" 21999010000001a ")).await;
        assert_eq!((alike.reason, alike.person), (Reason::InForce, None));
        world.learn(2, utm_says(json!({ "closed_on": "2026-01-01" }))).await;
        let unlike = world.answer(&about_nina(NINA)).await;
        assert_eq!((unlike.verdict, unlike.reason), (Verdict::Unknown, Reason::Ambiguous));
    }

    async fn two_numbers_must_lead_to_one_person(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(Card { nina: Some(NINA), ..utm("UTM-001-0000001/00", 1, 1) }).await;
        world.put(utm("UTM-002-0000001/00", 2, 2)).await;
        let numbers = |record: &str| {
            let both = [about_nina(NINA), about_record("ml-utm", record)].map(|question| {
                let Subject::Identifiers(numbers) = question.subject else { panic!("by number") };
                numbers
            });
            Question { subject: Subject::Identifiers(both.concat()), ..about_nina(NINA) }
        };
        assert_eq!(world.answer(&numbers("UTM-001-0000001/00")).await.person, Some(person(1)));
        assert_eq!(world.answer(&numbers("UTM-002-0000001/00")).await.reason, Reason::Ambiguous);
        assert_eq!(world.answer(&numbers("UTM-009-0000001/00")).await.person, Some(person(1)));
    }

    async fn an_answer_of_then_can_be_derived_again_now(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(utm("UTM-001-0000001/00", 1, 1)).await;
        world.turn_to("2026-04-01");
        world.learn(1, utm_says(json!({ "closed_on": "2026-01-01" }))).await;
        world.turn_to("2026-05-01");
        let now = about_record("ml-utm", "UTM-001-0000001/00");
        let at = |day: &str| Question {
            known_at: Some(Instant::start_of(day.parse().unwrap())),
            ..now.clone()
        };
        assert_eq!(world.answer(&now).await.reason, Reason::Closed);
        assert_eq!(world.answer(&at("2026-03-31")).await.reason, Reason::InForce);
        assert_eq!(world.answer(&at("2026-02-01")).await.reason, Reason::NotFound);
    }

    async fn what_no_agreement_covers_is_neither_shown_nor_counted(place: cluster::Place) {
        let shipped = include_str!("../mappings/agreements/ci-ng.yaml");
        let ended = shipped.replace("to: 2027-12-31", "to: 2025-12-31");
        let ended = ended.split("tests:").next().unwrap();
        std::fs::write(place.folder().join("ci-ng.yaml"), ended).unwrap();
        let world = World::with_mappings(&place, Some(place.folder())).await;
        world.put(utm("UTM-001-0000001/00", 1, 1)).await;
        world.put(Card {
            number: 2, person: 1, scheme: "ng-nhia", record_id: "NHIA/90000000-0", nina: None,
            says: json!({ "scheme": "ng-nhia", "coverages": [
                { "scheme": "ng-nhia", "package": "FSSHIP", "start": "2025-01-01", "end": "2026-12-31" },
            ] }),
        }).await;
        let answer = world.answer(&about_record("ml-utm", "UTM-001-0000001/00")).await;
        assert_eq!(answer.eligible_schemes, ["ml-utm".parse().unwrap()]);
        assert_eq!(answer.grounds.len(), 1);
        let named = Question { scheme: "ng-nhia".parse().ok(), ..about_nina(NINA) };
        let refused = world.refusal(&Caller::local_operator(), &named).await;
        assert_eq!(refused, Refusal::NoAgreement);
    }

    async fn a_refusal_does_not_tell_whether_the_person_exists(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(utm("UTM-001-0000001/00", 1, 1)).await;
        let operator = Caller::local_operator();
        for record in ["UTM-001-0000001/00", "UTM-001-0000009/00"] {
            let question = about_record("ml-utm", record);
            let stranger = Question { asked_by: "xx-inconnu".to_owned(), ..question.clone() };
            assert_eq!(world.refusal(&operator, &stranger).await, Refusal::UnknownPartner);
            let selling = Question { purpose: "MARKETING".to_owned(), ..question };
            assert_eq!(world.refusal(&operator, &selling).await, Refusal::PurposeNotAllowed);
        }
    }

    async fn who_may_not_know_that_somebody_exists_hears_what_it_hears_of_nobody(place: cluster::Place) {
        let agreement = "agreement: blind\nversion: 1.0.0\ntitle: { fr: a, en: a }\nbasis: { text: { fr: a, en: a } }\n\
            from: 2025-01-01\ngrants:\n  - { askers: [tt-blind], insured: [ml-utm], purposes: [CARE_AUTHORISATION], \
            fields: [scheme, eligible_schemes, person_id] }\n";
        std::fs::write(place.folder().join("blind.yaml"), agreement).unwrap();
        let world = World::with_mappings(&place, Some(place.folder())).await;
        let blind = |nina: &str| Question { asked_by: "tt-blind".to_owned(), ..about_nina(nina) };
        let seeing = Question { asked_by: "ml-canam".to_owned(), ..about_nina(NINA) };
        let nobody = world.answer(&blind("21999010000009Z")).await;
        assert_eq!(nobody.reason, Reason::NotFound);
        // Known by the list of a union only.
        world.put(Card {
            number: 1, person: 1, scheme: "ml-synd", record_id: "S0000001", nina: Some(NINA),
            says: json!({ "scheme": "ml-synd" }),
        }).await;
        assert_eq!(world.answer(&seeing).await.reason, Reason::NoCoverage);
        assert_eq!(world.answer(&blind(NINA)).await, nobody);
        let in_scheme = Question { scheme: "ml-utm".parse().ok(), ..blind(NINA) };
        assert_eq!(world.answer(&in_scheme).await, nobody);
        // Covered by a scheme that the agreement is not about.
        world.put(Card {
            number: 2, person: 1, scheme: "ml-canam", record_id: "9990000000000", nina: None,
            says: json!({ "scheme": "ml-canam", "coverages": [
                { "scheme": "ml-canam", "package": "AMO", "start": "2025-01-01", "end": "2026-12-31" },
            ] }),
        }).await;
        assert_eq!(world.answer(&seeing).await.reason, Reason::InForce);
        assert_eq!(world.answer(&blind(NINA)).await, nobody);
        // One of two people.
        world.put(Card { nina: Some(NINA), ..utm("UTM-001-0000001/00", 3, 2) }).await;
        assert_eq!(world.answer(&seeing).await.reason, Reason::Ambiguous);
        assert_eq!(world.answer(&blind(NINA)).await, nobody);
        // Whoever was asked about may read of it all the same.
        let mut session = world.hub.store().read().await.unwrap();
        let about = session.audit_about(world.hub.store().keys(), &person(1).to_string(), 10).await.unwrap();
        assert!(about.iter().any(|entry| entry.actor == "tt-blind" && entry.detail.contains("no_coverage")));
    }

    async fn a_partner_asks_as_itself_and_only_with_the_right_to(place: cluster::Place) {
        let world = World::new(&place).await;
        let question = about_record("ml-utm", "UTM-001-0000001/00");
        let stranger = partner("xx-inconnu", &[Scope::EligibilityAsk]);
        // The question pretends to come from ci-cnam.
        assert_eq!(world.refusal(&stranger, &question).await, Refusal::UnknownPartner);
        let silent = partner("ci-cnam", &[Scope::RecordsRead]);
        let denied = ask(&world.hub, &silent, &question).await;
        assert!(matches!(denied, Err(AskError::NotPermitted)));
        let narrow = Caller {
            purposes: vec!["BILLING".to_owned()],
            ..partner("ci-cnam", &[Scope::EligibilityAsk])
        };
        assert_eq!(world.refusal(&narrow, &question).await, Refusal::PurposeNotAllowed);
    }

    async fn every_disclosure_and_every_refusal_is_written_down(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(utm("UTM-001-0000001/00", 1, 1)).await;
        let question = about_record("ml-utm", "UTM-001-0000001/00");
        let selling = Question { purpose: "MARKETING".to_owned(), ..question.clone() };
        let questions = [question, selling];
        ask_all(&world.hub, &Caller::local_operator(), &questions).await.unwrap();
        let mut session = world.hub.store().read().await.unwrap();
        let keys = world.hub.store().keys();
        let about = session.audit_about(keys, &person(1).to_string(), 10).await.unwrap();
        assert_eq!(about.len(), 1);
        assert_eq!((about[0].actor.as_str(), about[0].outcome.as_str()), ("ci-cnam", "eligible"));
        assert!(about[0].agreement.as_deref().unwrap().contains("ci-ml/"));
        let all = session.audit(keys, Some("ci-cnam"), None, 10).await.unwrap();
        assert_eq!(all.len(), 2);
        let refused = all.iter().find(|entry| entry.outcome == "refused").unwrap();
        assert!(refused.detail.contains("purpose_not_allowed") && refused.subject.is_none());
        for entry in &all {
            assert!(!entry.detail.contains("0000001"), "no number is written down");
        }
    }

    async fn indicators_count_people_and_not_records(place: cluster::Place) {
        let world = World::new(&place).await;
        world.put(utm("UTM-001-0000001/00", 1, 1)).await;
        world.put(utm("UTM-001-0000001/07", 2, 1)).await;
        for (number, scheme, package) in [(3, "ml-canam", "AMO"), (4, "ml-anam", "RAMED")] {
            world.put(Card {
                number, person: 2, scheme, record_id: scheme, nina: None,
                says: json!({ "scheme": scheme, "sex": "male", "birth_date": "1960", "coverages": [
                    { "scheme": scheme, "package": package, "start": "2025-01-01", "end": "2026-12-31" },
                ] }),
            }).await;
        }
        world.put(Card {
            number: 5, person: 3, scheme: "ml-synd", record_id: "S0000001", nina: None,
            says: json!({ "scheme": "ml-synd", "sex": "female", "birth_date": "2000-01-01" }),
        }).await;
        let found = indicators(&world.hub, "2025-12-31".parse().unwrap()).await.unwrap();
        assert_eq!((found.insured.people, found.insured.women, found.insured.youth), (2, 1, 1));
        let of = |scheme: &str| found.by_scheme[&scheme.parse::<SchemeId>().unwrap()];
        assert_eq!((of("ml-utm").people, of("ml-synd").people), (1, 1));
        assert_eq!(found.double_coverage, 1);
    }
}
