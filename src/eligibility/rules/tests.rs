use std::sync::LazyLock;

use super::*;
use crate::eligibility::question::{Number, Subject};
use crate::eligibility::registry::tests::shipped;
use proptest::prelude::*;
use serde_json::json;

/// Reading the files takes longer than a thousand answers.
static REGISTRY: LazyLock<Registry> = LazyLock::new(shipped);

const PERSON: PersonId = PersonId::from_bytes([1; 16]);

/// Facts of one record from its statement; the record's id is `number`.
fn facts(number: u8, says: serde_json::Value) -> RecordFacts {
    RecordFacts {
        record: RecordId::from_bytes([number; 16]),
        recorded_at: Instant::from_millis(1_000),
        replaced_at: None,
        says: serde_json::from_value(says).unwrap(),
    }
}

/// A mutual's coverage with some members replaced.
fn utm(change: serde_json::Value) -> serde_json::Value {
    let mut coverage = json!({
        "scheme": "ml-utm", "package": "CP", "enrolled_on": "2025-01-10",
        "start": "2025-04-10", "end": "2026-03-31",
    });
    for (key, value) in change.as_object().into_iter().flatten() {
        coverage[key] = value.clone();
    }
    json!({ "scheme": "ml-utm", "relationship": "head", "birth_date": "1990-05-02", "coverages": [coverage] })
}

fn cmu() -> serde_json::Value {
    json!({ "scheme": "ci-cnam", "birth_date": "1990-05-02", "coverages": [{
        "scheme": "ci-cnam", "package": "RGB", "enrolled_on": "2025-01-01",
        "start": "2025-04-01", "end": "2026-12-31",
    }] })
}

fn question(as_of: &str) -> Question {
    let number = Number { kind: None, value: "UTM-001-0000001/00".to_owned().into() };
    Question {
        asked_by: "ci-cnam".into(),
        purpose: "CARE_AUTHORISATION".into(),
        as_of: as_of.parse().unwrap(),
        known_at: None,
        country_of_care: None,
        scheme: None,
        subject: Subject::Identifiers(vec![number]),
    }
}

fn ask(question: &Question, records: Vec<RecordFacts>) -> Answer {
    let found = Found::Person(Some(PERSON), records);
    decide(question, &found, &REGISTRY, Instant::from_millis(10_000))
}

/// The reason for one record on one day.
fn reason(says: serde_json::Value, as_of: &str) -> Reason {
    ask(&question(as_of), vec![facts(1, says)]).reason
}

#[test]
fn each_reason_holds_from_and_to_its_day() {
    let suspended = json!({ "suspensions": [["2025-06-01", "2025-07-01"]] });
    let closed = json!({ "closed_on": "2025-06-01" });
    for (change, as_of, expected) in [
        (json!({}), "2025-01-09", Reason::NotYetEnrolled),
        (json!({}), "2025-01-10", Reason::WaitingPeriod),
        (json!({}), "2025-04-09", Reason::WaitingPeriod),
        (json!({}), "2025-04-10", Reason::InForce),
        (json!({}), "2026-03-31", Reason::InForce),
        (json!({}), "2026-04-01", Reason::Expired),
        (suspended.clone(), "2025-05-31", Reason::InForce),
        (suspended.clone(), "2025-06-01", Reason::Suspended),
        (suspended.clone(), "2025-06-30", Reason::Suspended),
        (suspended, "2025-07-01", Reason::InForce),
        (closed.clone(), "2025-05-31", Reason::InForce),
        (closed, "2025-06-01", Reason::Closed),
    ] {
        assert_eq!(reason(utm(change), as_of), expected, "{as_of}");
    }
}

#[test]
fn an_earlier_rule_hides_a_later_one() {
    let all = json!({ "closed_on": "2025-02-01", "suspensions": [["2025-01-10", null]] });
    assert_eq!(reason(utm(all.clone()), "2025-01-09"), Reason::NotYetEnrolled);
    assert_eq!(reason(utm(all.clone()), "2025-01-15"), Reason::WaitingPeriod);
    assert_eq!(reason(utm(all.clone()), "2025-02-15"), Reason::Closed);
    let mut dead = utm(all);
    dead["death_date"] = json!("2025-01-01");
    assert_eq!(reason(dead, "2025-01-05"), Reason::Deceased);
}

#[test]
fn a_child_outgrows_each_scheme_by_its_own_rule() {
    let child = |scheme: &str, package: &str, born: &str, extra: serde_json::Value| {
        let mut coverage = json!({ "scheme": scheme, "package": package, "start": "2020-01-01" });
        for (key, value) in extra.as_object().into_iter().flatten() {
            coverage[key] = value.clone();
        }
        json!({ "scheme": scheme, "relationship": "child", "birth_date": born, "coverages": [coverage] })
    };
    let none = || json!({});
    let school = || json!({ "student": true });
    let disabled = || json!({ "disabled": true });
    for (says, as_of, expected) in [
        (child("ml-utm", "CP", "2007-06-15", none()), "2025-06-14", Reason::InForce),
        (child("ml-utm", "CP", "2007-06-15", none()), "2025-06-15", Reason::AgeLimit),
        (child("ml-utm", "CP", "2007-06-15", school()), "2025-06-15", Reason::AgeLimit),
        (child("ml-canam", "AMO", "2011-06-15", none()), "2025-06-14", Reason::InForce),
        (child("ml-canam", "AMO", "2011-06-15", none()), "2025-06-15", Reason::AgeLimit),
        (child("ml-canam", "AMO", "2011-06-15", school()), "2025-06-15", Reason::InForce),
        (child("ml-anam", "RAMED", "2004-06-15", school()), "2025-06-15", Reason::AgeLimit),
        (child("ml-anam", "RAMED", "2004-06-15", disabled()), "2025-06-15", Reason::InForce),
        (child("ml-canam", "AMO", "2011", none()), "2025-01-01", Reason::AgeLimit),
        (child("ci-cnam", "RGB", "1990-01-01", none()), "2025-06-15", Reason::InForce),
    ] {
        assert_eq!(reason(says, as_of), expected, "{as_of}");
    }
}

#[test]
fn a_child_of_29_february_is_a_year_older_on_1_march() {
    let born = "2008-02-29".parse().unwrap();
    assert_eq!(birthday(born, 17), "2025-03-01".parse().ok());
    assert_eq!(birthday(born, 16), "2024-02-29".parse().ok());
}

#[test]
fn a_death_reported_by_any_scheme_counts_even_by_a_membership_list() {
    let list = json!({ "scheme": "ml-synd", "death_date": "2025-08-01" });
    let records = vec![facts(1, utm(json!({}))), facts(2, list)];
    assert_eq!(ask(&question("2025-07-31"), records.clone()).reason, Reason::InForce);
    assert_eq!(ask(&question("2025-08-01"), records.clone()).reason, Reason::Deceased);
    let one = Question { scheme: "ml-utm".parse().ok(), ..question("2025-08-01") };
    assert_eq!(ask(&one, records).reason, Reason::Deceased);
}

#[test]
fn the_country_of_care_answers_first_then_the_order_of_payers() {
    let records = || vec![facts(1, utm(json!({}))), facts(2, cmu())];
    let scheme = |country: Option<&str>, as_of: &str| {
        let asked = Question { country_of_care: country.map(str::to_owned), ..question(as_of) };
        ask(&asked, records()).scheme.unwrap().to_string()
    };
    assert_eq!(scheme(None, "2025-06-01"), "ci-cnam");
    assert_eq!(scheme(Some("ML"), "2025-06-01"), "ml-utm");
    assert_eq!(scheme(Some("CI"), "2025-06-01"), "ci-cnam");
    // Expired at home, still covered abroad: what is in force goes before what is near.
    assert_eq!(scheme(Some("ML"), "2026-06-01"), "ci-cnam");
    let answer = ask(&question("2025-06-01"), records());
    let schemes: Vec<String> = answer.eligible_schemes.iter().map(ToString::to_string).collect();
    assert_eq!(schemes, ["ci-cnam", "ml-utm"]);
}

#[test]
fn the_answer_names_package_rates_period_and_institution() {
    let right = ask(&question("2025-06-01"), vec![facts(1, utm(json!({})))]).right.unwrap();
    assert_eq!(right.package.as_deref(), Some("CP"));
    assert_eq!(right.start, "2025-04-10".parse().ok());
    assert_eq!(right.end, "2026-03-31".parse().ok());
    assert_eq!(right.institution, "UTM");
    assert_eq!(json!(right.coverage), json!({ "ambulatory": 0.6, "hospital": 0.75 }));
    assert_eq!(json!(right.copay), json!({ "ambulatory": 0.4, "hospital": 0.25 }));
}

#[test]
fn known_without_coverage_is_not_eligible() {
    let list = json!({ "scheme": "ml-synd" });
    assert_eq!(reason(list.clone(), "2025-06-01"), Reason::NoCoverage);
    let other = Question { scheme: "ng-nhia".parse().ok(), ..question("2025-06-01") };
    let answer = ask(&other, vec![facts(1, utm(json!({})))]);
    assert_eq!((answer.verdict, answer.reason), (Verdict::NotEligible, Reason::NotInScheme));
    assert_eq!(answer.scheme, other.scheme);
    assert!(answer.right.is_none() && answer.person == Some(PERSON));
}

#[test]
fn who_cannot_be_told_is_unknown() {
    for (found, expected) in [
        (Found::TooLittle, Reason::InsufficientIdentification),
        (Found::Nobody, Reason::NotFound),
        (Found::Several, Reason::Ambiguous),
    ] {
        let answer = decide(&question("2025-06-01"), &found, &REGISTRY, Instant::from_millis(1));
        assert_eq!((answer.verdict, answer.reason), (Verdict::Unknown, expected));
        assert!(answer.person.is_none() && answer.scheme.is_none());
    }
}

#[test]
fn a_right_that_a_scheme_registered_twice_is_one_right() {
    let mut twin = utm(json!({ "suspensions": [["2025-06-01", null]] }));
    let records = vec![facts(1, utm(json!({}))), facts(2, twin.clone())];
    let answer = ask(&question("2025-06-15"), records);
    assert_eq!(answer.reason, Reason::Suspended);
    assert_eq!(answer.grounds.len(), 1);
    assert_eq!(answer.grounds[0].records.len(), 2);
    // A contract of its own stands for itself.
    twin["coverages"][0]["enrolled_on"] = json!("2024-12-01");
    let records = vec![facts(1, utm(json!({}))), facts(2, twin)];
    assert_eq!(ask(&question("2025-06-15"), records).reason, Reason::InForce);
}

#[test]
fn an_answer_given_then_can_be_derived_again_now() {
    let before =
        RecordFacts { replaced_at: Some(Instant::from_millis(5_000)), ..facts(1, utm(json!({}))) };
    let after = RecordFacts {
        recorded_at: Instant::from_millis(5_000),
        ..facts(1, utm(json!({ "closed_on": "2025-05-01" })))
    };
    let known_at = |millis| Question {
        known_at: Some(Instant::from_millis(millis)),
        ..question("2025-06-01")
    };
    let records = || vec![before.clone(), after.clone()];
    assert_eq!(ask(&known_at(4_999), records()).reason, Reason::InForce);
    assert_eq!(ask(&known_at(5_000), records()).reason, Reason::Closed);
    assert_eq!(ask(&known_at(999), records()).reason, Reason::NotFound);
    assert_eq!(ask(&question("2025-06-01"), records()).reason, Reason::Closed);
}

#[test]
fn rights_open_after_the_waiting_period_when_the_scheme_does_not_say_when() {
    let silent = json!({ "start": null });
    assert_eq!(reason(utm(silent.clone()), "2025-04-09"), Reason::WaitingPeriod);
    assert_eq!(reason(utm(silent), "2025-04-10"), Reason::InForce);
}

#[test]
fn the_answer_says_until_when_it_holds() {
    let until = |says: serde_json::Value, as_of: &str| {
        ask(&question(as_of), vec![facts(1, says)]).holds_until.map(|day| day.to_string())
    };
    assert_eq!(until(utm(json!({})), "2025-02-01").as_deref(), Some("2025-04-09"));
    assert_eq!(until(utm(json!({})), "2025-06-01").as_deref(), Some("2026-03-31"));
    assert_eq!(until(utm(json!({})), "2026-06-01"), None);
    let suspended = json!({ "suspensions": [["2025-07-01", "2025-08-01"]] });
    assert_eq!(until(utm(suspended), "2025-06-01").as_deref(), Some("2025-06-30"));
    // Not yet enrolled is another answer than waiting, with the same verdict.
    assert_eq!(until(utm(json!({})), "2024-12-01").as_deref(), Some("2025-01-09"));
}

#[test]
fn the_answer_says_since_when_it_holds_and_what_follows() {
    let answer = ask(&question("2025-02-01"), vec![facts(1, utm(json!({})))]);
    assert_eq!(answer.holds_from, "2025-01-10".parse().ok());
    assert_eq!(answer.then, Some((Verdict::Eligible, Reason::InForce)));
    // Covered by the mutual alone, then by both: another scheme pays first, which is another answer.
    let records = vec![facts(1, utm(json!({ "start": "2025-01-10" }))), facts(2, cmu())];
    let both = ask(&question("2025-02-01"), records);
    assert_eq!(
        (both.holds_from, both.holds_until),
        ("2025-01-10".parse().ok(), "2025-03-31".parse().ok())
    );
    let last = ask(&question("2026-06-01"), vec![facts(1, utm(json!({})))]);
    assert_eq!((last.holds_from, last.then), ("2026-04-01".parse().ok(), None));
}

#[test]
fn a_name_alone_finds_nobody() {
    use crate::eligibility::question::Demographics;
    use crate::model::record::Sex;
    let person = |birth: Option<&str>, sex: Option<Sex>, phone: Option<&str>| {
        Subject::Demographics(Demographics {
            family: "Keita".to_owned().into(),
            given: "Awa".to_owned().into(),
            sex,
            birth_date: birth.map(|date| date.parse().unwrap()),
            phone: phone.map(|phone| phone.to_owned().into()),
        })
    };
    assert!(!person(None, Some(Sex::Female), Some("+22370000000")).suffices());
    assert!(person(Some("1990-05-02"), None, None).suffices());
    assert!(person(Some("1990"), Some(Sex::Female), Some("+22370000000")).suffices());
    assert!(!person(Some("1990"), None, Some("+22370000000")).suffices());
    assert!(person(Some("1990"), Some(Sex::Female), None).suffices());
    assert!(!Subject::Identifiers(Vec::new()).suffices());
}

#[test]
fn a_reason_that_the_data_cannot_tell_from_others_says_so() {
    let says = json!({ "scheme": "ml-openimis", "coverages": [{
        "scheme": "ml-openimis", "package": "BASE", "start": "2024-01-01", "end": "2025-01-31",
    }] });
    let answer = ask(&question("2025-06-01"), vec![facts(1, says)]);
    assert_eq!(answer.reason, Reason::Expired);
    assert_eq!(answer.or_else, [Reason::Suspended, Reason::Closed]);
    assert!(ask(&question("2027-06-01"), vec![facts(1, utm(json!({})))]).or_else.is_empty());
}

/// A statement with everything that the rules read, in small numbers so that rights often coincide.
fn any_statement() -> impl Strategy<Value = serde_json::Value> {
    let month =
        |name: &'static str| (1..=12_u8).prop_map(move |m| (name, format!("2025-{m:02}-01")));
    let dates = prop::collection::vec(
        prop_oneof![month("start"), month("end"), month("closed_on"), month("enrolled_on")],
        0..3,
    );
    let scheme =
        prop_oneof![Just(("ml-utm", "CP")), Just(("ci-cnam", "RGB")), Just(("ml-canam", "AMO"))];
    (
        scheme,
        dates,
        2005..2015_i16,
        any::<bool>(),
        any::<bool>(),
        prop::option::weighted(0.2, 1..=12_u8),
    )
        .prop_map(|((scheme, package), dates, born, child, student, death)| {
            let mut coverage = json!({ "scheme": scheme, "package": package, "student": student });
            for (name, date) in dates {
                coverage[name] = json!(date);
            }
            let relationship = if child { "child" } else { "head" };
            let mut says = json!({
                "scheme": scheme, "relationship": relationship, "birth_date": born.to_string(),
                "coverages": [coverage],
            });
            if let Some(month) = death {
                says["death_date"] = json!(format!("2025-{month:02}-15"));
            }
            says
        })
}

proptest! {
    #[test]
    fn the_order_of_the_records_does_not_matter(
        (records, shuffled) in prop::collection::vec(any_statement(), 1..5).prop_flat_map(|says| {
            let records: Vec<RecordFacts> = (1..).zip(says).map(|(n, says)| facts(n, says)).collect();
            (Just(records.clone()), Just(records).prop_shuffle())
        }),
        month in 1..=12_u8,
    ) {
        let question = question(&format!("2025-{month:02}-10"));
        prop_assert!(ask(&question, records) == ask(&question, shuffled));
    }

    #[test]
    fn the_answer_holds_as_long_as_it_says(
        says in prop::collection::vec(any_statement(), 1..4),
        (month, later) in (1..=12_u8, 0..400_i32),
    ) {
        let records: Vec<RecordFacts> = (1..).zip(says).map(|(n, says)| facts(n, says)).collect();
        let first = question(&format!("2025-{month:02}-10"));
        let answer = ask(&first, records.clone());
        let then = first.as_of.checked_add(later.days()).unwrap();
        let told = |answer: &Answer| (answer.reason, answer.scheme.clone(), answer.right.clone());
        let on = |as_of| ask(&Question { as_of, ..first.clone() }, records.clone());
        match answer.holds_until {
            Some(last) if last < then => {
                let turned = on(last.tomorrow().unwrap());
                prop_assert!(told(&turned) != told(&answer));
                prop_assert!(answer.then == Some((turned.verdict, turned.reason)));
            }
            _ => prop_assert!(told(&on(then)) == told(&answer)),
        }
        if let Some(began) = answer.holds_from {
            prop_assert!(told(&on(began)) == told(&answer));
            prop_assert!(told(&on(began.yesterday().unwrap())) != told(&answer));
        }
    }

    #[test]
    fn one_more_report_of_a_death_never_makes_anybody_eligible(
        says in prop::collection::vec(any_statement(), 1..4),
        month in 1..=12_u8,
    ) {
        let records: Vec<RecordFacts> = (1..).zip(says).map(|(n, says)| facts(n, says)).collect();
        let question = question(&format!("2025-{month:02}-10"));
        let before = ask(&question, records.clone());
        let report = facts(99, json!({ "scheme": "ml-synd", "death_date": "2025-06-15" }));
        let after = ask(&question, records.into_iter().chain([report]).collect());
        prop_assert!(before.verdict == Verdict::Eligible || after.verdict == before.verdict);
        prop_assert!(question.as_of < "2025-06-15".parse().unwrap() || after.reason == Reason::Deceased);
    }
}
