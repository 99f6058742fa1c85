//! Choosing among the items of a repeated group, and records below several repeated groups.

use serde_json::{Value as Json, json};

use super::world::{check, issues, mapping, records, run};

fn schema() -> Json {
    let text = || json!({ "type": "string" });
    let list = |item: Json| json!({ "type": "array", "items": item });
    let object = |properties: Json| json!({ "type": "object", "properties": properties });
    let carte = object(json!({ "n": text(), "le": text() }));
    let droit = object(
        json!({ "type": text(), "debut": text(), "montant": text(), "fin": text(), "cartes": list(carte) }),
    );
    let membre = object(json!({ "rang": text(), "nom": text() }));
    object(json!({
        "id": text(), "droits": list(droit),
        "familles": list(object(json!({ "code": text(), "membres": list(membre) })))
    }))
}

fn chosen(path: &str, record: &str) -> Option<String> {
    let text = format!(
        "mapping: s\nversion: 1.0.0\ntitle: t\nsource: {{ format: ndjson, schema: s/1, record_id: \"{{id}}\" }}\ntarget: beneficiary/1\nfields:\n  person.names[official].family: {{ from: id }}\n  person.birth_place: {{ from: \"{path}\", do: [{{ join: \" \" }}] }}\n"
    );
    let found = records(&mapping(&schema(), &text), record);
    found[0]["person"]["birth_place"].as_str().map(str::to_owned)
}

const RIGHTS: &str = r#"{"id":"1","droits":[
{"type":"A","debut":"2024-05-01","montant":"9","fin":"01/02/2025","cartes":[{"n":"a1","le":"2"},{"n":"a2","le":"1"}]},
{"type":"B","debut":"2024-01-01","montant":"10","fin":"03/01/2025","cartes":[{"n":"b1"}]},
{"type":"A","debut":"2024-09-01","montant":"100","fin":"02/12/2024","cartes":[{"n":"c1","le":"1"},{"n":"c2","le":"2"}]},
{"type":"B"}]}"#;

#[test]
fn an_item_is_chosen_by_order_by_condition_and_by_both() {
    let record = RIGHTS.replace('\n', "");
    let cases = [
        ("droits[first by debut].type", Some("B")),
        ("droits[first by debut].debut", Some("2024-01-01")),
        ("droits[last by debut].debut", Some("2024-09-01")),
        // Numbers compare as numbers.
        ("droits[last by montant].montant", Some("100")),
        // Days as days, in the sender's layout.
        ("droits[last by fin as dd/MM/yyyy].fin", Some("01/02/2025")),
        ("droits[first by fin as dd/MM/yyyy].fin", Some("02/12/2024")),
        ("droits[?type == 'A'].debut", Some("2024-05-01")),
        ("droits[?type == 'A'][last].debut", Some("2024-09-01")),
        ("droits[?type == 'A'][first].debut", Some("2024-05-01")),
        ("droits[?type == 'A'][first by debut].debut", Some("2024-05-01")),
        ("droits[?type == 'B'][last by debut].debut", Some("2024-01-01")),
        ("droits[?type == 'A'][].debut", Some("2024-05-01 2024-09-01")),
        ("droits[?type == 'Z'][last by debut].debut", None),
        ("droits[last].type", Some("B")),
        // Several in one path.
        ("droits[?type == 'A'][last].cartes[first by le].n", Some("c1")),
        ("droits[last by debut].cartes[?le == '2'].n", Some("c2")),
        ("droits[?type == 'A'][].cartes[].n", Some("a1 a2 c1 c2")),
    ];
    for (path, expected) in cases {
        assert_eq!(chosen(path, &record).as_deref(), expected, "{path}");
    }
}

#[test]
fn a_choice_that_cannot_be_read_is_a_mistake() {
    let deep = format!("a{}", ".a".repeat(1000));
    let choices = "droits[?a == 'b']".to_owned() + &".x[?a == 'b']".repeat(10);
    for path in [
        "droits[first by ].debut",
        "droits[last by fin as q].fin",
        "droits[?type == 'A'][3].fin",
        "droits[?type == 'A'",
        "droits[best].fin",
        "droits[].cartes[last by le].n",
        &deep,
        &choices,
    ] {
        let text = format!(
            "mapping: s\nversion: 1.0.0\ntitle: t\nsource: {{ format: ndjson, schema: s/1, record_id: \"{{id}}\" }}\ntarget: beneficiary/1\nfields:\n  person.birth_place: {{ from: \"{path}\" }}\n"
        );
        let (mapping, found) = check(&schema(), &text);
        assert!(mapping.is_none(), "{path}");
        assert!(found.iter().any(|d| d.code.number() == "B203"), "{path}: {found:?}");
    }
}

#[test]
fn records_stand_below_several_repeated_groups() {
    for each in ["familles.membres", "familles[].membres"] {
        let text = format!(
            "mapping: s\nversion: 1.0.0\ntitle: t\nsource: {{ format: ndjson, schema: s/1, records: [{{ each: \"{each}\", record_id: \"{{^.^.id}}/{{^.code}}/{{rang}}\" }}] }}\ntarget: beneficiary/1\nfields:\n  person.names[official].family: {{ from: nom }}\n  household.id: {{ from: ^.code }}\n  household.relationship: {{ value: other }}\n"
        );
        let record = r#"{"id":"1","familles":[{"code":"F","membres":[{"rang":"1","nom":"A"},{"rang":"2","nom":"B"}]},{"code":"G","membres":[{"rang":"1","nom":"C"},{"rang":"2","nom":7}]}]}"#;
        let (outcomes, _) = run(&mapping(&schema(), &text), record);
        let ids: Vec<_> = outcomes.iter().map(|o| o.record_id().unwrap_or("-")).collect();
        assert_eq!(ids, ["1/F/1", "1/F/2", "1/G/1", "1/G/2"], "{each}");
        let wrong: Vec<usize> = outcomes.iter().map(|o| issues(o).len()).collect();
        assert_eq!(wrong, [0, 0, 0, 1], "a violation belongs to its own record");
    }
}
