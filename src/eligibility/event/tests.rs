use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::record::{CoverageStatus, NameUse, Relationship};
use crate::model::{IssueCode, Place};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A mutual's record as exported at the end of 2025.
fn record(extra: serde_json::Value) -> BeneficiaryRecord {
    let mut document = json!({
        "source": { "scheme": "ml-utm", "record_id": "UTM-001-0000001/00" },
        "person": {
            "names": [{ "use": "official", "family": "KEITA", "given": ["Awa"] }],
            "sex": "female",
            "birth_date": "1990-05-02",
        },
        "household": { "id": "UTM-001-0000001", "relationship": "head" },
        "coverages": [{
            "scheme": "ml-utm",
            "contract_id": "UTM-001-0000001",
            "package": "CP",
            "enrolled_on": "2024-01-10",
            "period": { "start": "2024-04-10", "end": "2026-12-31" },
            "status": "active",
        }],
    });
    for (pointer, value) in extra.as_object().into_iter().flatten() {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    serde_json::from_value(document).unwrap()
}

fn event(id: &str, kind: &str, on: &str, payload: serde_json::Value) -> Event {
    let line = json!({
        "sequence": 1, "event_id": id, "type": kind, "source": "ML-UTM",
        "source_record_id": "UTM-001-0000001/00", "date_effet": on, "date_envoi": on,
        "payload": payload,
    });
    parse(line.to_string().as_bytes(), &Place::at_line(1)).unwrap()
}

fn suspension(id: &str, on: &str) -> Event {
    event(id, "SUSPENSION", on, json!({ "motif": "COTISATION_IMPAYEE", "portee": "famille" }))
}

fn reinstatement(id: &str, on: &str) -> Event {
    event(id, "REINSTATEMENT", on, json!({ "motif": "REGULARISATION", "portee": "famille" }))
}

fn death(id: &str, on: &str) -> Event {
    event(id, "DEATH", on, json!({ "date_deces": on }))
}

fn scheme_move(id: &str, on: &str) -> Event {
    event(
        id,
        "SCHEME_MOVE",
        on,
        json!({
            "de": "ML-UTM", "vers": "ML-CANAM", "motif": "PASSAGE_FORMEL", "portee": "famille",
            "cloture": on,
            "nouveaux": [
                {
                    "source": "ML-CANAM", "source_record_id": "9990000000097", "lien": "ASS",
                    "scolarise": false, "handicap": false,
                    "identite": { "nom": "Keïta", "prenoms": "Awa Fanta", "sexe": "F", "naissance": "1990-05-02" },
                    "droits": { "etat": "O", "immatriculation": on, "ouverture": on, "fin": "2026-12-31" },
                    "precedent": { "source": "ML-UTM", "source_record_id": "UTM-001-0000001/00" }
                },
                {
                    "source": "ML-CANAM", "source_record_id": "9990000000097-01", "lien": "ENF",
                    "scolarise": true, "handicap": true,
                    "identite": { "nom": "Diarra", "prenoms": "Issa", "sexe": "M", "naissance": "2012" },
                    "droits": { "etat": "O", "immatriculation": on, "ouverture": on, "fin": "2026-12-31" },
                    "precedent": null
                }
            ]
        }),
    )
}

/// Folds events into a base of the end of 2025.
fn after(events: &[Event]) -> BeneficiaryRecord {
    folded(&record(json!({})), "2025-12-31", events)
}

fn folded(record: &BeneficiaryRecord, data_as_of: &str, events: &[Event]) -> BeneficiaryRecord {
    derive(Base { record, data_as_of: Some(day(data_as_of)) }, events)
}

fn suspensions(record: &BeneficiaryRecord) -> Vec<(String, Option<String>)> {
    let told =
        |s: &crate::model::record::Suspension| (s.from.to_string(), s.to.map(|d| d.to_string()));
    record.coverages[0].suspensions.iter().map(told).collect()
}

fn problems(line: serde_json::Value) -> Vec<(IssueCode, String)> {
    let issues = parse(line.to_string().as_bytes(), &Place::at_line(7)).unwrap_err();
    assert!(issues.iter().all(|issue| issue.place.line == 7));
    issues.into_iter().map(|issue| (issue.code, issue.field.unwrap())).collect()
}

#[test]
fn an_unknown_type_is_an_unknown_code_in_type() {
    let line = json!({
        "event_id": "E1", "type": "TELEPORTATION", "source": "ML-UTM", "source_record_id": "x",
        "date_effet": "2026-01-05", "payload": {},
    });
    assert_eq!(problems(line), [(IssueCode::UnknownCode, "type".into())]);
}

#[test]
fn a_payload_without_its_shape_is_a_wrong_type_in_payload() {
    for (kind, payload) in [
        ("ADDRESS_CHANGE", json!({ "localite": 12 })),
        ("ADDRESS_CHANGE", json!({})),
        ("DEATH", json!({ "date_deces": "31/02/2026" })),
        ("DEATH", json!([])),
        ("SUSPENSION", json!({ "portee": "village" })),
        ("NAME_CHANGE", json!({ "nouveau": {} })),
        (
            "SCHEME_MOVE",
            json!({ "de": "ML-ANAM", "vers": "ML-CANAM", "cloture": "2026-01-01", "nouveaux": [] }),
        ),
    ] {
        let line = json!({
            "event_id": "E1", "type": kind, "source": "ML-UTM", "source_record_id": "x",
            "date_effet": "2026-01-05", "payload": payload,
        });
        assert_eq!(problems(line), [(IssueCode::WrongType, "payload".into())], "{kind}");
    }
}

#[test]
fn every_fault_of_the_envelope_is_told_at_once_under_the_event_id() {
    let line = json!({
        "event_id": "E1", "type": "X", "source": 3, "date_effet": "2026-02-30", "payload": {},
    });
    let issues = parse(line.to_string().as_bytes(), &Place::at_line(1)).unwrap_err();
    assert!(issues.iter().all(|issue| issue.record_id.as_deref() == Some("E1")));
    let told: Vec<_> = issues.iter().map(|i| (i.code, i.field.as_deref().unwrap())).collect();
    assert_eq!(
        told,
        [
            (IssueCode::UnknownCode, "type"),
            (IssueCode::WrongType, "source"),
            (IssueCode::MissingMandatory, "source_record_id"),
            (IssueCode::BadDate, "date_effet"),
        ]
    );
}

#[test]
fn a_line_that_is_no_object_is_bad_syntax() {
    for line in ["", "[]", "{\"event_id\":", "\u{0}"] {
        let issues = parse(line.as_bytes(), &Place::at_line(1)).unwrap_err();
        assert_eq!(issues[0].code, IssueCode::BadSyntax);
    }
}

#[test]
fn a_death_dates_the_person_and_leaves_the_coverage() {
    let dead = after(&[death("E1", "2026-02-03")]);
    assert_eq!(dead.person.death_date.map(|date| date.to_string()).as_deref(), Some("2026-02-03"));
    assert!(dead.coverages == record(json!({})).coverages);
}

#[test]
fn an_event_about_another_record_changes_nothing() {
    let mut other = death("E1", "2026-02-03");
    other.about.record_id = "UTM-001-0000001/01".into();
    assert!(after(&[other]) == record(json!({})));
}

#[test]
fn a_family_event_reaches_the_other_records_of_the_contract() {
    let mut other = suspension("E1", "2026-02-03");
    other.about.record_id = "UTM-001-0000001/01".into();
    assert_eq!(suspensions(&after(&[other])), [("2026-02-03".into(), None)]);
}

#[test]
fn a_reinstatement_ends_the_suspension_even_when_it_arrives_first() {
    let expected = [("2026-02-03".to_owned(), Some("2026-03-01".to_owned()))];
    let both = [reinstatement("E0", "2026-03-01"), suspension("E1", "2026-02-03")];
    let derived = after(&both);
    assert_eq!(suspensions(&derived), expected);
    assert_eq!(derived.coverages[0].status, CoverageStatus::Active);
}

#[test]
fn a_reinstatement_ends_a_suspension_that_the_export_only_gave_as_a_status() {
    let base = record(
        json!({ "/coverages/0/status": "suspended", "/coverages/0/status_since": "2025-10-01" }),
    );
    let derived = folded(&base, "2025-12-31", &[reinstatement("E1", "2026-03-01")]);
    assert_eq!(suspensions(&derived), [("2025-10-01".into(), Some("2026-03-01".into()))]);
}

#[test]
fn a_married_name_comes_first_and_the_old_one_becomes_maiden() {
    let renamed = after(&[event(
        "E1",
        "NAME_CHANGE",
        "2026-02-03",
        json!({
            "motif": "MARIAGE",
            "ancien": { "nom": "Keita", "prenoms": "Awa" },
            "nouveau": { "nom": "Keita épouse Cissé", "prenoms": "Awa" },
        }),
    )]);
    let names: Vec<_> =
        renamed.person.names.iter().map(|n| (n.usage, n.family.as_deref().unwrap())).collect();
    assert_eq!(names, [(NameUse::Official, "Keita épouse Cissé"), (NameUse::Maiden, "KEITA")]);
}

#[test]
fn the_newest_address_and_phone_come_first() {
    let moved = |id: &str, on: &str, place: &str| {
        event(
            id,
            "ADDRESS_CHANGE",
            on,
            json!({
                "localite": place, "commune": "C", "subdivision": "ML-2", "telephone": "+22370000000",
            }),
        )
    };
    let derived = after(&[moved("E2", "2026-05-01", "Nara"), moved("E1", "2026-03-01", "Kati")]);
    let places: Vec<_> =
        derived.person.addresses.iter().map(|a| a.locality.as_deref().unwrap()).collect();
    assert_eq!(places, ["Nara", "Kati"]);
    assert_eq!(derived.person.addresses[0].country.as_deref(), Some("ML"));
    assert_eq!(derived.person.phones, ["+22370000000"]);
}

#[test]
fn a_move_closes_the_old_contract_and_opens_records_in_the_new_scheme() {
    let moved = scheme_move("E1", "2026-04-05");
    assert_eq!(after(std::slice::from_ref(&moved)).coverages[0].closed_on, Some(day("2026-04-05")));
    let opened = new_records(&moved);
    assert_eq!(opened.len(), 2);
    let (head, precedent) = &opened[0];
    assert_eq!(head.source.record_id, "9990000000097");
    assert_eq!(head.person.names[0].given, ["Awa", "Fanta"]);
    assert_eq!(precedent.as_ref().unwrap().record_id, "UTM-001-0000001/00");
    let (child, precedent) = &opened[1];
    assert!(precedent.is_none());
    let household = child.household.as_ref().unwrap();
    assert_eq!(
        (household.id.as_str(), household.relationship),
        ("9990000000097", Relationship::Child)
    );
    assert_eq!(child.coverages[0].disabled, Some(true));
}

#[test]
fn what_a_newer_export_already_says_is_not_doubled() {
    let base = record(
        json!({ "/coverages/0/suspensions": [{ "from": "2026-02-03" }], "/coverages/0/status": "suspended" }),
    );
    let derived = folded(&base, "2026-06-30", &[suspension("E1", "2026-02-03")]);
    assert_eq!(suspensions(&derived), [("2026-02-03".into(), None)]);
}

#[test]
fn a_suspension_that_a_newer_export_no_longer_shows_ended_by_then() {
    let derived = folded(&record(json!({})), "2026-06-30", &[suspension("E1", "2026-02-03")]);
    assert_eq!(suspensions(&derived), [("2026-02-03".into(), Some("2026-06-30".into()))]);
    assert_eq!(derived.coverages[0].status, CoverageStatus::Active);
}

#[test]
fn a_newer_export_overtakes_a_closure_a_reinstatement_and_a_name() {
    let base = record(
        json!({ "/coverages/0/suspensions": [{ "from": "2026-02-03" }], "/coverages/0/status": "suspended" }),
    );
    let derived = folded(
        &base,
        "2026-06-30",
        &[reinstatement("E1", "2026-03-01"), scheme_move("E2", "2026-04-05")],
    );
    assert_eq!(suspensions(&derived), [("2026-02-03".into(), None)]);
    assert_eq!(derived.coverages[0].closed_on, None);
    let renamed = folded(
        &record(json!({})),
        "2026-06-30",
        &[event(
            "E3",
            "NAME_CHANGE",
            "2026-02-03",
            json!({
                "motif": "MARIAGE", "nouveau": { "nom": "Cissé", "prenoms": "Awa" },
            }),
        )],
    );
    assert_eq!(renamed.person.names[0].family.as_deref(), Some("KEITA"));
    assert_eq!(renamed.person.names[1].usage, NameUse::Alias);
}

#[test]
fn silence_of_a_newer_export_is_no_sign_of_life() {
    let derived = folded(&record(json!({})), "2026-06-30", &[death("E1", "2026-02-03")]);
    assert!(derived.person.death_date.is_some());
    let corrected = record(json!({ "/person/death_date": "2026-02-04" }));
    let derived = folded(&corrected, "2026-06-30", &[death("E1", "2026-02-03")]);
    assert!(derived.person.death_date == corrected.person.death_date);
}

#[test]
fn debug_shows_no_name_and_no_record_id() {
    let shown = format!("{:?}", scheme_move("E1", "2026-04-05"));
    assert!(
        !shown.contains("Awa") && !shown.contains("999000") && !shown.contains("0000001"),
        "{shown}"
    );
}

/// Any event about our record, with an id that fixes its content.
fn any_event() -> impl Strategy<Value = Event> {
    (0..6_u8, 0..300_i32, 0..4_u8).prop_map(|(kind, offset, copy)| {
        let on = day("2025-10-01").checked_add(jiff::Span::new().days(offset)).unwrap().to_string();
        let id = format!("E{kind}-{offset}-{copy}");
        match kind {
            0 => death(&id, &on),
            1 => suspension(&id, &on),
            2 => reinstatement(&id, &on),
            3 => scheme_move(&id, &on),
            4 => event(&id, "ADDRESS_CHANGE", &on, json!({ "localite": format!("L{offset}") })),
            _ => event(&id, "NAME_CHANGE", &on, json!({
                "motif": "MARIAGE", "nouveau": { "nom": format!("N{offset}"), "prenoms": "Awa" },
            })),
        }
    })
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        (events, shuffled) in prop::collection::vec(any_event(), 0..8)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        dated in prop::option::of(0..300_i32),
    ) {
        let record = record(json!({}));
        let data_as_of = dated.map(|offset| {
            day("2025-10-01").checked_add(jiff::Span::new().days(offset)).unwrap()
        });
        let base = Base { record: &record, data_as_of };
        prop_assert!(derive(base, &events) == derive(base, &shuffled));
    }

    #[test]
    fn an_event_that_arrives_twice_counts_once(events in prop::collection::vec(any_event(), 0..8)) {
        let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
        prop_assert!(after(&events) == after(&twice));
    }

    #[test]
    fn any_bytes_are_an_event_or_have_an_issue(line in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Err(issues) = parse(&line, &Place::at_line(1)) {
            prop_assert!(!issues.is_empty());
        }
    }
}
