//! `dankun mapping lsp` as an editor sees it: the real program, spoken to in frames over its
//! standard input and output, in both languages.

mod editor;

use editor::{Editor, at};
use serde_json::{Value, json};

/// A mapping with the cursor at the mark `‸` of one line.
const MAPPING: &str = "\
mapping: ml-utm
version: 1.0.0
title: { fr: \"Éléphant 𝔸\", en: x }
source:
  format: csv
  delimiter: \";\"
  schema: ml-utm/1
  record_id: \"{N° adhérent}/{Rang}\"
  ignore: [Lien, Prénoms, Né(e) vers, Localité, Commune, Téléphone, NINA, Code mutuelle, Garantie, \"Date d'adhésion\", Ouverture des droits, Fin des droits, Statut, Date du statut, Cotisation mensuelle (FCFA)]
target: beneficiary/1
on_error: error
values:
  born: { from: Date de naissance, do: [{ date: dd/MM/yyyy }] }
fields:
  person.names[official].family: { from: Nom, do: [squeeze] }
  person.sex: { from: Sexe, table: { M: male, F: female } }
  person.birth_date: { from: born }
  person.addresses[home].region: { from: Région, table: { codes: ml-regions } }
sample: { N° adhérent: A, Rang: \"00\", Nom: TRAORÉ, Sexe: F, Région: \"05\" }
tests:
  - name: { fr: exemple, en: example }
    expect: { person: { sex: female } }
";

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn labels(items: &Value) -> Vec<&str> {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| text(&item["label"])).collect()
}

#[test]
fn problems_are_told_on_opening_and_after_a_change_in_the_editor_s_language() {
    for (locale, wrong, meant) in [
        ("fr-FR", "n'existe pas dans ml-utm/1", "vouliez-vous dire « Nom » ?"),
        ("en-GB", "no field \"Nomm\" in ml-utm/1", "did you mean \"Nom\"?"),
    ] {
        let mut editor = Editor::start(&[], locale);
        let broken = MAPPING.replace("from: Nom,", "from: Nomm,");
        editor.open("mappings/ml-utm.yaml", &broken);
        let found = editor.problems(1);
        let codes: Vec<&str> = found.iter().map(|problem| text(&problem["code"])).collect();
        // That nothing reads `Nom` any more follows from the same slip.
        assert_eq!(codes, ["B201"]);
        let (problem, (line, character)) = (&found[0], at(&broken, "Nomm"));
        assert_eq!((text(&problem["code"]), &problem["severity"]), ("B201", &json!(1)));
        assert!(text(&problem["message"]).contains(wrong), "{problem}");
        assert!(text(&problem["message"]).contains(meant), "{problem}");
        let start = json!({ "line": line, "character": character });
        let end = json!({ "line": line, "character": character + 4 });
        assert_eq!(problem["range"], json!({ "start": start, "end": end }));

        editor.change(2, json!([{ "range": problem["range"], "text": "Nom" }]));
        assert_eq!(editor.problems(2), Vec::<Value>::new());
        editor.change(3, json!([{ "text": "mapping: [" }]));
        assert_eq!(text(&editor.problems(3)[0]["code"]), "A101");
        editor.close();
        assert_eq!(editor.end(), Some(0));
    }
}

#[test]
fn the_language_asked_for_on_the_command_line_stands() {
    let mut editor = Editor::start(&["--lang", "fr"], "en");
    editor.open("mappings/ml-utm.yaml", &MAPPING.replace("from: Nom,", "from: Nomm,"));
    assert!(text(&editor.problems(1)[0]["message"]).contains("le champ"));
}

#[test]
fn a_quick_fix_puts_the_problem_right() {
    for (locale, title) in [("fr", "remplacer par « Nom »"), ("en", "replace by \"Nom\"")] {
        let mut editor = Editor::start(&[], locale);
        let broken = MAPPING.replace("from: Nom,", "from: Nomm,");
        editor.open("mappings/ml-utm.yaml", &broken);
        let problem = editor.problems(1).remove(0);
        let actions = editor.ask(
            "textDocument/codeAction",
            json!({ "range": problem["range"], "context": { "diagnostics": [problem] } }),
        );
        let action = &actions[0];
        assert!(text(&action["title"]).contains(title), "{action}");
        assert_eq!(action["kind"], "quickfix");
        assert_eq!(action["diagnostics"][0]["code"], "B201");
        let edits =
            action["edit"]["changes"].as_object().and_then(|changes| changes.values().next());
        editor.change(2, edits.cloned().map(editor::as_changes).expect("edits"));
        assert_eq!(editor.problems(2), Vec::<Value>::new());
    }
}

#[test]
fn a_position_counts_utf_16_units() {
    let mut editor = Editor::start(&[], "fr");
    editor.open("mappings/ml-utm.yaml", MAPPING);
    let (line, character) = at(MAPPING, "en: x");
    // `é` has two bytes and one unit, `𝔸` four bytes and two units.
    assert_eq!(character, "title: { fr: \"Elephant AA\", ".len());
    let hover = editor.at("textDocument/hover", line, character);
    assert!(text(&hover["contents"]["value"]).contains("en anglais"), "{hover}");
}

#[test]
fn fields_verbs_and_codes_are_explained() {
    for (locale, sex, verb, source) in [
        ("fr", "Codes\u{a0}: `female`", "retour\u{a0}:", "texte · obligatoire"),
        ("en", "Codes: `female`", "way back:", "Family name"),
    ] {
        let mut editor = Editor::start(&[], locale);
        editor.open("mappings/ml-utm.yaml", MAPPING);
        for (word, wanted) in [("person.sex", sex), ("squeeze", verb), ("Nom,", source)] {
            let (line, character) = at(MAPPING, word);
            let hover = editor.at("textDocument/hover", line, character + 1);
            assert_eq!(hover["contents"]["kind"], "markdown");
            assert!(text(&hover["contents"]["value"]).contains(wanted), "{word}: {hover}");
            assert_eq!(hover["range"]["start"]["character"], json!(character));
        }
    }
}

#[test]
fn what_can_be_written_is_proposed_also_while_the_text_is_broken() {
    for (locale, meaning) in [("fr", "chemin à lire"), ("en", "path to read")] {
        let mut editor = Editor::start(&[], locale);
        let writing = MAPPING.replace(
            "  person.birth_date: { from: born }\n",
            "  person.birth_date: { from: \n  person.nationality: { fr\n",
        );
        editor.open("mappings/ml-utm.yaml", &writing);
        let (line, character) = at(&writing, "from: \n");
        let found = editor.at("textDocument/completion", line, character + 6);
        assert!(labels(&found).contains(&"born"), "{found}");
        assert!(labels(&found).contains(&"Date de naissance"));

        let (line, character) = at(&writing, "{ fr\n");
        let found = editor.at("textDocument/completion", line, character + 4);
        let from = found.as_array().and_then(|found| found.iter().find(|i| i["label"] == "from"));
        let from = from.expect("`from`");
        assert!(text(&from["documentation"]["value"]).contains(meaning), "{from}");
        assert_eq!(from["textEdit"]["newText"], "from: ");
        assert_eq!(from["textEdit"]["range"]["start"]["character"], json!(character + 2));
    }
}

#[test]
fn names_and_cells_lead_to_their_definitions() {
    let mut editor = Editor::start(&[], "fr");
    editor.open("mappings/ml-utm.yaml", MAPPING);
    let (line, character) = at(MAPPING, "born }\n  person.addresses");
    let found = editor.at("textDocument/definition", line, character);
    assert_eq!(found["range"]["start"]["line"], json!(at(MAPPING, "born: {").0));

    let (line, character) = at(MAPPING, "F, Région");
    let row = editor.at("textDocument/definition", line, character);
    let (line, character) = at(MAPPING, "F: female");
    assert_eq!(row["range"]["start"], json!({ "line": line, "character": character }));

    let (line, character) = at(MAPPING, "05");
    let shared = editor.at("textDocument/definition", line, character);
    assert!(text(&shared["uri"]).ends_with("/mappings/codes/ml-regions.yaml"), "{shared}");
    assert!(shared["range"]["start"]["line"].as_u64() > Some(4), "{shared}");
}

#[test]
fn the_parts_of_a_file_are_listed() {
    let mut editor = Editor::start(&[], "en");
    editor.open("mappings/ml-utm.yaml", MAPPING);
    let symbols = editor.ask("textDocument/documentSymbol", json!({}));
    let names = |symbols: &Value| -> Vec<String> {
        let symbols = symbols.as_array().map(Vec::as_slice).unwrap_or_default();
        symbols.iter().map(|symbol| text(&symbol["name"]).to_owned()).collect()
    };
    assert_eq!(names(&symbols)[..4], ["mapping", "version", "title", "source"]);
    let fields = symbols.as_array().and_then(|all| all.iter().find(|s| s["name"] == "fields"));
    let fields = fields.expect("fields");
    assert!(names(&fields["children"]).contains(&"person.sex".to_owned()));
}

#[test]
fn other_files_of_the_hub_are_checked_and_those_of_others_left_alone() {
    let mut editor = Editor::start(&[], "fr");
    editor.open("mappings/codes/x.yaml", "codes: x\nrowz: {}\nrows: {}\n");
    assert_eq!(text(&editor.problems(1)[0]["code"]), "A102");
    editor.open("mappings/schemes/x.yaml", "scheme: x\n");
    assert!(!editor.problems(1).is_empty());
    editor.open("mappings/x.yaml", "maping: x\n");
    assert!(text(&editor.problems(1)[0]["message"]).contains("première clé"));
    editor.open("deploy/compose.yaml", "services: {}\n");
    assert_eq!(editor.problems(1), Vec::<Value>::new());
}

#[test]
fn a_document_too_large_is_said_to_be_and_the_server_goes_on() {
    let mut editor = Editor::start(&[], "en");
    let large = format!("mapping: x\n{}", "# filler\n".repeat(130_000));
    editor.open("mappings/x.yaml", &large);
    assert_eq!(text(&editor.problems(1)[0]["code"]), "A108");
    assert_eq!(editor.at("textDocument/hover", 0, 2), Value::Null);
    editor.change(2, json!([{ "text": large.repeat(4) }]));
    assert!(text(&editor.problems(2)[0]["message"]).contains("too long"));
    editor.change(3, json!([{ "text": MAPPING }]));
    assert_eq!(editor.problems(3), Vec::<Value>::new());
}

#[test]
fn the_program_ends_when_the_editor_says_so_or_goes_away() {
    let editor = Editor::start(&[], "fr");
    assert_eq!(editor.end(), Some(0));
    let editor = Editor::start(&[], "fr");
    assert_eq!(editor.vanish(), Some(0));
}
