//! Decisions against whatever arrives: they hold, they are questioned, and taking all of them back leaves no trace.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use dankun::model::record::Sex;
use dankun::model::{BeneficiaryRecord, Caller, DecisionId, PersonId, RecordId};
use dankun::operations::Hub;
use dankun::operations::link::link_pending;
use dankun::operations::reviews::{self, Filter, ReviewKind};
use dankun::operations::stewardship::{self, DecisionKind, Steward, StewardError, Wanted};
use dankun::store::inbox::InboxChange;
use dankun::store::people::FactKind;

use crate::{NINA, cluster, id, open, person, put, record};

fn steward(caller: &Caller) -> Steward<'_> {
    Steward { caller, reason: "seen with their cards", idempotency_key: None }
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn record(&mut self, number: u8) -> BeneficiaryRecord {
        let family = ["Coulibaly", "KOULIBALY", "Diarra"][self.below(3) as usize];
        let given = ["Aïssata", "Aichata", "Oumou"][self.below(3) as usize];
        let birth = ["1990-05-17", "1990-05-17", "1990", "1971-02-03"][self.below(4) as usize];
        let nina = [None, None, Some(NINA), Some("12909000100002D")][self.below(4) as usize];
        let scheme = ["ml-utm", "ml-canam", "ml-anam"][usize::from(number) % 3];
        record(number, scheme, family, given, birth, nina)
    }
}

/// Who is together, whatever their ids.
async fn groups(hub: &Hub, numbers: &[u8]) -> BTreeSet<BTreeSet<u8>> {
    let mut groups: BTreeMap<PersonId, BTreeSet<u8>> = BTreeMap::new();
    for number in numbers {
        if let Some(person) = person(hub, *number).await {
            groups.entry(person).or_default().insert(*number);
        }
    }
    groups.into_values().collect()
}

async fn standing_decisions(hub: &Hub) -> Vec<DecisionId> {
    let caller = Caller::local_operator();
    let all = stewardship::decisions(hub, &caller, Wanted::default(), None, 500).await.unwrap();
    let stands = |decision: &&stewardship::Decision| {
        decision.undone_by.is_none() && decision.kind != DecisionKind::Undo
    };
    all.iter().filter(stands).map(|decision| decision.id).collect()
}

/// Every fact that holds is what the people say; every id that ever was leads to somebody, or to a told end.
async fn check(hub: &Hub, seen: &mut BTreeSet<PersonId>) {
    let mut session = hub.store().read().await.unwrap();
    for fact in session.held_facts().await.unwrap() {
        let people = session.people_of_records(&[fact.a, fact.b]).await.unwrap();
        if let (Some(a), Some(b)) = (people.get(&fact.a), people.get(&fact.b)) {
            assert_eq!(a == b, fact.same, "{} and {}", fact.a, fact.b);
        }
    }
    let all: Vec<RecordId> = (1..=8).map(id).collect();
    seen.extend(session.people_of_records(&all).await.unwrap().into_values());
    for person in seen.iter() {
        let chain = session.redirect_chain(*person).await.unwrap();
        let end = chain.last().map_or(*person, |hop| hop.to);
        let state = session.person_state(end).await.unwrap();
        assert!(matches!(state.as_deref(), Some("active" | "empty")), "{person} ends at {state:?}");
        if let Some(direct) = session.redirect(*person).await.unwrap() {
            assert_eq!(direct, end, "the short way leads where the chain does");
        }
        let members = session.members(end).await.unwrap();
        assert_eq!(members.is_empty(), state.as_deref() == Some("empty"), "{end}");
    }
}

/// One thing that happens.
async fn happen(hub: &Hub, chance: &mut Chance, records: &mut BTreeMap<u8, BeneficiaryRecord>) {
    let caller = Caller::local_operator();
    let number = u8::try_from(1 + chance.below(8)).unwrap();
    let other = u8::try_from(1 + chance.below(8)).unwrap();
    match chance.below(6) {
        0 | 1 => {
            let made = chance.record(number);
            records.insert(number, made.clone());
            put(hub, &[(number, made)]).await;
        }
        2 => {
            records.remove(&number);
            let mut tx = hub.store().begin().await.unwrap();
            tx.enqueue(&[id(number)], None, InboxChange::Remove, hub.now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        3 => {
            let people = (person(hub, number).await, person(hub, other).await);
            if let (Some(one), Some(two)) = people {
                allowed(stewardship::merge(hub, steward(&caller), (one, two)).await);
            }
        }
        4 => {
            if let Some(one) = person(hub, number).await {
                let off = [id(number)];
                allowed(stewardship::split(hub, steward(&caller), one, &off).await);
            }
        }
        _ => {
            let standing = standing_decisions(hub).await;
            if let Some(decision) = standing.first() {
                allowed(stewardship::undo(hub, steward(&caller), *decision).await);
            }
        }
    }
}

/// A decision may be refused for its contents, never fail.
fn allowed(decided: Result<stewardship::Decision, StewardError>) {
    match decided {
        Ok(_)
        | Err(
            StewardError::Contradiction { .. } | StewardError::NotAPart | StewardError::OnePerson,
        ) => {}
        Err(error) => panic!("{error}"),
    }
}

async fn a_life(place: &cluster::Place, fresh: &cluster::Place, seed: u64) {
    let (hub, clock) = open(place).await;
    let mut chance = Chance(seed);
    let mut records = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for number in 1..=8 {
        records.insert(number, chance.record(number));
    }
    let first: Vec<_> = records.iter().map(|(number, record)| (*number, record.clone())).collect();
    put(&hub, &first).await;
    link_pending(&hub).await.unwrap();
    for _ in 0..14 {
        clock.fetch_add(1_000, Ordering::SeqCst);
        happen(&hub, &mut chance, &mut records).await;
        link_pending(&hub).await.unwrap();
        check(&hub, &mut seen).await;
    }
    let caller = Caller::local_operator();
    for decision in standing_decisions(&hub).await {
        stewardship::undo(&hub, steward(&caller), decision).await.unwrap();
    }
    link_pending(&hub).await.unwrap();
    check(&hub, &mut seen).await;
    // The same records without any decision.
    let (bare, _) = open(fresh).await;
    let last: Vec<_> = records.iter().map(|(number, record)| (*number, record.clone())).collect();
    put(&bare, &last).await;
    link_pending(&bare).await.unwrap();
    let numbers: Vec<u8> = records.keys().copied().collect();
    assert_eq!(groups(&hub, &numbers).await, groups(&bare, &numbers).await, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_hold_whatever_arrives_and_leave_no_trace_once_taken_back() {
    for seed in 1..=8 {
        a_life(&cluster::Place::sqlite(), &cluster::Place::sqlite(), seed).await;
    }
    a_life(&cluster::Place::postgres().await, &cluster::Place::sqlite(), 9).await;
}

async fn questions(hub: &Hub, kind: ReviewKind) -> Vec<reviews::Review> {
    let filter =
        Filter { kind: Some(kind), state: Some(reviews::ReviewState::Open), ..Filter::default() };
    reviews::page(hub, filter, None, 500).await.unwrap()
}

fn man(record: BeneficiaryRecord) -> BeneficiaryRecord {
    let mut record = record;
    record.person.sex = Sex::Male;
    record
}

cluster::both! {
    async fn evidence_that_turns_against_a_decision_questions_it(place: cluster::Place) {
        let (hub, clock) = open(&place).await;
        let woman = |number, scheme, nina| {
            record(number, scheme, "Coulibaly", "Aïssata", "1990-05-17", nina)
        };
        put(&hub, &[(1, woman(1, "ml-utm", None)), (2, man(woman(2, "ml-canam", None)))]).await;
        link_pending(&hub).await.unwrap();
        let caller = Caller::local_operator();
        let people = (person(&hub, 1).await.unwrap(), person(&hub, 2).await.unwrap());
        let decided = stewardship::merge(&hub, steward(&caller), people).await.unwrap();
        link_pending(&hub).await.unwrap();
        assert!(questions(&hub, ReviewKind::Questioned).await.is_empty(), "nothing new speaks against it");
        clock.fetch_add(1_000, Ordering::SeqCst);
        let numbered = [
            (1, woman(1, "ml-utm", Some(NINA))),
            (2, man(woman(2, "ml-canam", Some("12909000100002D")))),
        ];
        put(&hub, &numbered).await;
        link_pending(&hub).await.unwrap();
        assert_eq!(person(&hub, 1).await, person(&hub, 2).await, "never overridden");
        let asked = questions(&hub, ReviewKind::Questioned).await;
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].reason, "evidence_turned");
        // Deciding the contrary needs the first decision taken back.
        let answer = stewardship::Answer::Different;
        let refused = stewardship::answer(&hub, steward(&caller), asked[0].id, None, answer).await;
        let Err(StewardError::Contradiction { chain }) = refused else { panic!("a contradiction") };
        assert_eq!(chain[0].decision, Some(decided.id));
        stewardship::undo(&hub, steward(&caller), decided.id).await.unwrap();
        link_pending(&hub).await.unwrap();
        assert_ne!(person(&hub, 1).await, person(&hub, 2).await);
        assert!(questions(&hub, ReviewKind::Questioned).await.is_empty(), "there is nothing to question");
    }

    async fn confirming_a_questioned_decision_settles_it_with_the_new_evidence(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        let one = |number, scheme, nina| record(number, scheme, "Coulibaly", "Aïssata", "1990-05-17", nina);
        put(&hub, &[(1, one(1, "ml-utm", None)), (2, one(2, "ml-canam", None))]).await;
        link_pending(&hub).await.unwrap();
        let caller = Caller::local_operator();
        let person_id = person(&hub, 1).await.unwrap();
        assert_eq!(person(&hub, 2).await, Some(person_id));
        stewardship::split(&hub, steward(&caller), person_id, &[id(2)]).await.unwrap();
        link_pending(&hub).await.unwrap();
        // One number for both speaks for one person, more than anything did before.
        put(&hub, &[(1, one(1, "ml-utm", Some(NINA))), (2, one(2, "ml-canam", Some(NINA)))]).await;
        link_pending(&hub).await.unwrap();
        assert_ne!(person(&hub, 1).await, person(&hub, 2).await, "never overridden");
        let asked = questions(&hub, ReviewKind::Questioned).await;
        assert_eq!(asked.len(), 1);
        let answer = stewardship::Answer::Different;
        stewardship::answer(&hub, steward(&caller), asked[0].id, None, answer).await.unwrap();
        link_pending(&hub).await.unwrap();
        put(&hub, &[(1, one(1, "ml-utm", Some(NINA)))]).await;
        link_pending(&hub).await.unwrap();
        assert!(questions(&hub, ReviewKind::Questioned).await.is_empty(), "it was confirmed");
        assert_ne!(person(&hub, 1).await, person(&hub, 2).await);
    }

    async fn an_event_gives_way_to_a_person_and_is_told(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        let records = [
            (1, record(1, "ml-utm", "Coulibaly", "Aïssata", "1990-05-17", None)),
            (2, record(2, "ml-canam", "Coulibaly", "Aïssata", "1990-05-17", None)),
        ];
        put(&hub, &records).await;
        link_pending(&hub).await.unwrap();
        let caller = Caller::local_operator();
        let person_id = person(&hub, 1).await.unwrap();
        stewardship::split(&hub, steward(&caller), person_id, &[id(2)]).await.unwrap();
        link_pending(&hub).await.unwrap();
        let mut tx = hub.store().begin().await.unwrap();
        let (pair, now) = ((id(1), id(2)), hub.now());
        tx.add_fact(pair, FactKind::Precedent, "E1", "scheme:ml-canam", now).await.unwrap();
        tx.enqueue(&[id(2)], None, InboxChange::Upsert, now).await.unwrap();
        tx.commit().await.unwrap();
        link_pending(&hub).await.unwrap();
        assert_ne!(person(&hub, 1).await, person(&hub, 2).await);
        let asked = questions(&hub, ReviewKind::Questioned).await;
        assert_eq!(asked.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(), ["event_contradicts"]);
    }

    async fn only_so_many_questions_about_one_person_wait_and_the_rest_comes_up_later(place: cluster::Place) {
        let (hub, _) = open(&place).await;
        let same = |number, nina: Option<&str>| {
            let scheme = ["ml-utm", "ml-canam", "ml-anam"][usize::from(number) % 3];
            record(number, scheme, "Coulibaly", "Aïssata", "1990-05-17", nina)
        };
        let mut records = vec![(1, same(1, None))];
        for number in 2..=13 {
            let nina = format!("129090001{number:05}X");
            records.push((number, man(same(number, Some(&nina)))));
        }
        put(&hub, &records).await;
        link_pending(&hub).await.unwrap();
        let about = async |hub: &Hub| {
            let asked = questions(hub, ReviewKind::Pair).await;
            asked.into_iter().filter(|one| one.sides.iter().any(|side| side.record == id(1))).collect::<Vec<_>>()
        };
        let asked = about(&hub).await;
        assert_eq!(asked.len(), 5, "twelve men look like her");
        let summary = reviews::summary(&hub, None).await.unwrap();
        assert_eq!(summary.held_back, 7, "{summary:?}");
        let caller = Caller::local_operator();
        let answer = stewardship::Answer::Different;
        stewardship::answer(&hub, steward(&caller), asked[0].id, None, answer).await.unwrap();
        link_pending(&hub).await.unwrap();
        let next = about(&hub).await;
        assert_eq!(next.len(), 5, "the next one comes up");
        assert!(!next.iter().any(|one| one.id == asked[0].id));
        assert_eq!(reviews::summary(&hub, None).await.unwrap().held_back, 6);
    }
}
