//! Repeated groups of the target.

use dankun::mapping::{Mapping, Outcome};
use dankun::model::{IssueCode, Severity};
use serde_json::{Value as Json, json};

use super::world::{canonical, check, codes_of, issues, mapping, records, run};

fn text() -> Json {
    json!({ "type": "string" })
}

/// People with contracts, which have pauses.
fn schema() -> Json {
    let pause = json!({ "type": "object", "properties": { "du": text(), "au": text() } });
    let contract = json!({
        "type": "object",
        "properties": {
            "numero": text(), "debut": text(), "etat": text(), "cartes": { "type": "array", "items": text() },
            "pauses": { "type": "array", "items": pause }
        }
    });
    json!({
        "type": "object",
        "properties": {
            "id": text(), "nom": text(),
            "contrats": { "type": "array", "items": contract }
        }
    })
}

const JSON: &str = r#"
mapping: s
version: 1.0.0
title: groups
source: { format: ndjson, schema: s/1, record_id: "{id}" }
target: beneficiary/1
on_error: error
tables:
  status: { rows: { A: active, S: suspended, F: ended } }
fields:
  person.names[official].family: { from: nom }
  coverages[]:
    each: contrats
    key: numero
    when: "etat != 'X'"
    fields:
      contract_id: { from: numero }
      policy_number: { template: "{^.id}/{numero}" }
      status: { from: etat, table: status }
      period.start: { from: debut, do: [{ date: dd/MM/yyyy }], on_error: warning }
      suspensions[]:
        each: pauses
        fields:
          from: { from: du, do: [{ date: dd/MM/yyyy }] }
          to: { from: au, do: [{ date: dd/MM/yyyy }] }
          
  extensions.s.first: { from: "contrats[0].cartes[]", do: [{ join: "," }] }
"#;

fn json_mapping() -> Mapping {
    mapping(&schema(), JSON)
}

/// The mapping of the scheme whose records these are.
fn own_mapping() -> Mapping {
    mapping(&schema(), &JSON.replace("mapping: s", "mapping: demo"))
}

#[test]
fn every_item_of_a_group_becomes_an_element_of_the_target() {
    let line = r#"{"id":"1","nom":"A","contrats":[{"numero":"C1","debut":"01/02/2024","etat":"A","pauses":[{"du":"01/03/2024","au":"02/03/2024"},{"du":"05/03/2024"}]},{"numero":"C2","debut":"01/01/2025","etat":"S","cartes":["x"]},{"numero":"C3","etat":"X"}]}"#;
    let found = records(&json_mapping(), line);
    let expected = json!([
        {
            "scheme": "demo", "contract_id": "C1", "policy_number": "1/C1",
            "period": { "start": "2024-02-01" }, "status": "active",
            "suspensions": [{ "from": "2024-03-01", "to": "2024-03-02" }, { "from": "2024-03-05" }]
        },
        {
            "scheme": "demo", "contract_id": "C2", "policy_number": "1/C2",
            "period": { "start": "2025-01-01" }, "status": "suspended"
        }
    ]);
    assert_eq!(found[0]["coverages"], expected);
}

#[test]
fn a_record_without_items_has_no_list() {
    for line in [r#"{"id":"1","nom":"A"}"#, r#"{"id":"1","nom":"A","contrats":[]}"#] {
        let found = records(&json_mapping(), line);
        assert_eq!(found[0].get("coverages"), None, "{line}");
    }
}

#[test]
fn an_issue_names_the_item_and_its_own_place() {
    let file = "{\"id\":\"1\",\"nom\":\"A\",\"contrats\":[{\"numero\":\"C1\",\"etat\":\"A\",\"debut\":\"01/02/2024\"},{\"numero\":\"C2\",\"etat\":\"A\",\"debut\":\"x\",\"pauses\":[{\"du\":\"01/01/2024\"},{\"du\":\"31/02/2024\"}]}]}";
    let (outcomes, _) = run(&json_mapping(), file);
    let found = issues(&outcomes[0]);
    let fields: Vec<_> = found
        .iter()
        .map(|issue| (issue.code, issue.severity, issue.field.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        fields,
        [
            (IssueCode::BadDate, Severity::Warning, "contrats[1].debut"),
            (IssueCode::BadDate, Severity::Error, "contrats[1].pauses[1].du"),
        ]
    );
    let column = |text: &str| file.find(text).expect("the cell") as u64 + 1;
    assert_eq!(found[0].place.column, column("\"x\""));
    assert_eq!(found[1].place.column, column("\"31/02/2024\""));
}

const XML: &str = r#"
mapping: s
version: 1.0.0
title: groups
source: { format: xml, schema: s/1, record_element: assure, record_id: "{@id}" }
target: beneficiary/1
on_error: error
fields:
  person.names[official].family: { from: nom }
  person.identifiers[]:
    each: pieces.piece
    fields:
      system: { from: "@type", do: [lower, { prefix: "ml-" }] }
      value: { from: "." }
  coverages[]:
    each: famille[].droit
    fields:
      contract_id: { from: "@num" }
      policy_number: { from: "^.@code" }
      programme: { from: "^.^.nom" }
      status: { value: active }
"#;

fn xml_schema() -> Json {
    let list = |item: Json| json!({ "type": "array", "items": item });
    let object = |properties: Json| json!({ "type": "object", "properties": properties });
    let piece = object(json!({ "@type": text(), "#text": text() }));
    let droit = object(json!({ "@num": text() }));
    let famille = object(json!({ "@code": text(), "droit": list(droit) }));
    object(json!({
        "@id": text(), "nom": text(),
        "pieces": object(json!({ "piece": list(piece) })), "famille": list(famille)
    }))
}

#[test]
fn in_xml_the_same_holds_for_repeated_elements_and_their_text() {
    let mapping = mapping(&xml_schema(), XML);
    let file = r#"<e><assure id="1"><nom>A</nom><pieces><piece type="NINA">11</piece><piece type="CNI">22</piece></pieces>
<famille code="F1"><droit num="1"/><droit num="2"/></famille><famille code="F2"><droit num="3"/></famille></assure></e>"#;
    let found = records(&mapping, file);
    assert_eq!(
        found[0]["person"]["identifiers"],
        json!([{ "system": "ml-nina", "value": "11" }, { "system": "ml-cni", "value": "22" }])
    );
    let coverages: Vec<String> = found[0]["coverages"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| format!("{} {} {}", c["contract_id"], c["policy_number"], c["programme"]))
        .collect();
    assert_eq!(coverages, [r#""1" "F1" "A""#, r#""2" "F1" "A""#, r#""3" "F2" "A""#]);
}

#[test]
fn a_repeated_group_on_the_way_is_known_from_the_schema() {
    let text = XML.replace("famille[].droit", "famille.droit");
    let file = r#"<e><assure id="1"><nom>A</nom><famille code="F1"><droit num="1"/></famille><famille code="F2"><droit num="3"/></famille></assure></e>"#;
    let found = records(&mapping(&xml_schema(), &text), file);
    assert_eq!(found[0]["coverages"][1]["policy_number"], "F2");
}

#[test]
fn groups_stand_beside_elements_with_names() {
    let text = JSON.replace(
        "  coverages[]:\n",
        "  coverages[main].status: { value: active }\n  coverages[main].contract_id: { from: id }\n  coverages[]:\n",
    );
    let line =
        r#"{"id":"1","nom":"A","contrats":[{"numero":"C1","etat":"A","debut":"01/02/2024"}]}"#;
    let found = records(&mapping(&schema(), &text), line);
    let ids: Vec<&Json> = found[0]["coverages"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|coverage| &coverage["contract_id"])
        .collect();
    assert_eq!(ids, ["1", "C1"]);
}

#[test]
fn mistakes_in_a_group_are_found_where_they_are() {
    let cases = [
        ("      contract_id: { from: numero }\n", "      contract_id: { from: numro }\n", "B201"),
        ("each: contrats\n", "each: contrat\n", "B201"),
        ("each: contrats\n", "each: \"^.contrats\"\n", "B203"),
        ("      status: { from: etat, table: status }\n", "", "T402"),
        ("      contract_id: {", "      contrat: {", "T401"),
        ("  coverages[]:\n", "  coverages:\n", "T404"),
        ("  coverages[]:\n", "  person.phones[]:\n", "T404"),
        ("  coverages[]:\n", "  person.things[]:\n", "T401"),
        ("    key: numero\n", "    kee: numero\n", "A102"),
        ("    each: contrats\n", "", "A105"),
    ];
    for (old, new, code) in cases {
        assert!(JSON.contains(old), "{old}");
        let found = codes_of(&schema(), &JSON.replacen(old, new, 1));
        assert!(found.contains(&code), "{new}: {found:?}");
    }
}

#[test]
fn a_required_key_of_a_list_must_be_filled() {
    let text =
        XML.replace("      system: { from: \"@type\", do: [lower, { prefix: \"ml-\" }] }\n", "");
    assert!(codes_of(&xml_schema(), &text).contains(&"T402"));
}

#[test]
fn the_way_of_a_value_names_its_item() {
    let mapping = json_mapping();
    let file = r#"{"id":"1","nom":"A","contrats":[{"numero":"C1","etat":"X"},{"numero":"C2","etat":"A","pauses":[{"du":"01/01/2024"},{"du":"02/01/2024"}]},{"numero":"C3","etat":"A"}]}"#;
    let reader = dankun::format::Reader::new(
        Box::new(std::io::Cursor::new(file.as_bytes().to_vec())),
        &mapping.read_options(),
    );
    let mut elements = mapping.elements(reader);
    let frame = elements.next().expect("a record").expect("a record that can be read");
    let today = "2026-07-01".parse().expect("a date");
    let fields = |wanted: &str| {
        let ways = mapping.explain(&frame, Some(wanted), today).remove(0).ways;
        ways.into_iter().map(|way| (way.field, way.steps[0].value.clone())).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        fields("coverages[].contract_id"),
        [
            ("coverages[0].contract_id".to_owned(), some("C2")),
            ("coverages[1].contract_id".to_owned(), some("C3"))
        ]
    );
    assert_eq!(
        fields("coverages[0].suspensions[1].from"),
        [("coverages[0].suspensions[1].from".to_owned(), some("02/01/2024"))]
    );
}

#[test]
fn thousands_of_items_are_mapped_and_too_many_are_refused() {
    let text = JSON.replace("debut, do", "debut, if: \"etat == 'Z'\", do");
    let mapping = mapping(&schema(), &text);
    let file = |count: usize| {
        let items = vec![r#"{"numero":"C","etat":"A"}"#; count].join(",");
        format!(r#"{{"id":"1","nom":"A","contrats":[{items}]}}"#)
    };
    let (outcomes, _) = run(&mapping, &file(2_000));
    let found = canonical(&outcomes[0]);
    assert_eq!(found["coverages"].as_array().map(Vec::len), Some(2_000));
    let empty = format!(r#"{{"id":"1","nom":"A","contrats":[{}]}}"#, vec!["{}"; 100_000].join(","));
    for file in [file(30_000), file(100_000), empty] {
        let (outcomes, _) = run(&mapping, &file);
        assert!(matches!(&outcomes[0], Outcome::Refused(_)));
        let code = issues(&outcomes[0])[0].code;
        assert!(matches!(code, IssueCode::TooManyFields | IssueCode::RecordTooLong), "{code:?}");
    }
}

#[test]
fn what_a_group_makes_comes_back_item_by_item() {
    let line = r#"{"id":"1","nom":"A","contrats":[{"numero":"C1","debut":"01/02/2024","etat":"A","pauses":[{"du":"01/03/2024","au":"02/03/2024"},{"du":"05/03/2024"}]},{"numero":"C2","etat":"S"}]}"#;
    let mapping = own_mapping();
    let (outcomes, _) = run(&mapping, line);
    let Outcome::Accepted(record) = &outcomes[0] else { panic!("refused") };
    let mut sink = dankun::format::JsonSink::default();
    let loss = mapping.reverse(&record.canonical, &mut sink).expect("a document");
    assert!(loss.lost.is_empty(), "{:?}", loss.lost);
    let back: Json = serde_json::from_slice(sink.as_bytes()).expect("JSON");
    let sent: Json = serde_json::from_str(line).expect("JSON");
    assert_eq!(back, sent);
}

#[test]
fn onto_an_earlier_document_the_key_tells_which_item_is_which() {
    let mapping = own_mapping();
    let today = "2026-07-01".parse().expect("a day");
    let sent = r#"{"id":"1","nom":"A","contrats":[{"numero":"X0","etat":"X"},{"numero":"C1","etat":"A","cartes":["k1"]},{"numero":"C2","etat":"A","cartes":["k2"]}]}"#;
    let base =
        mapping.base(sent.as_bytes(), &dankun::mapping::Around::default(), today).expect("a base");
    let (outcomes, _) = run(&mapping, sent);
    let mut record = canonical(&outcomes[0]);
    // C1 is gone, C2 is suspended, C9 is new and stands first.
    let mut second = record["coverages"][1].clone();
    second["status"] = json!("suspended");
    let mut new = second.clone();
    new["contract_id"] = json!("C9");
    new["policy_number"] = json!("1/C9");
    record["coverages"] = json!([new, second]);
    let gathered = dankun::mapping::Gathered::of_one(&mapping, record.to_string().as_bytes())
        .expect("a record");
    let back = mapping.build_onto(&gathered, &base).document();
    let items = back["contrats"].as_array().expect("a list");
    let find = |number: &str| items.iter().find(|item| item["numero"] == number);
    let kept = find("C2").expect("C2 is there");
    assert_eq!((&kept["cartes"], &kept["etat"]), (&json!(["k2"]), &json!("S")));
    assert!(find("C9").is_some_and(|item| item.get("cartes").is_none()), "{back}");
    assert!(find("C1").is_none(), "{back}");
    assert!(find("X0").is_some(), "{back}");
}

#[test]
fn deep_groups_are_refused_with_a_diagnostic() {
    let mut fields = String::new();
    for depth in 0..20 {
        let pad = "  ".repeat(depth + 1);
        fields.push_str(&format!("{pad}coverages[]:\n{pad}  each: a\n{pad}  fields:\n"));
    }
    let text = format!(
        "mapping: s\nversion: 1.0.0\ntitle: t\nsource: {{ format: ndjson, schema: s/1, record_id: \"{{id}}\" }}\ntarget: beneficiary/1\nfields:\n{fields}{}x: {{ from: id }}\n",
        " ".repeat(60)
    );
    let (mapping, found) = check(&schema(), &text);
    assert!(mapping.is_none() && !found.is_empty());
}
