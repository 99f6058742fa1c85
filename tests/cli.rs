//! The program as people run it: every command, its exit codes, both languages.

#[path = "cli/program.rs"]
mod program;

use std::fs;

use program::{Program, demo_file, told};

#[test]
fn the_manual_names_every_command() {
    let run = Program::new().run(&["--help"]);
    run.ends_with_code(0);
    for command in [
        "demo",
        "serve",
        "push",
        "validate",
        "translate",
        "link",
        "ask",
        "export",
        "mapping",
        "review",
        "person",
        "identity",
        "keys",
        "doctor",
    ] {
        assert!(run.output.contains(&format!("\n  {command} ")), "{command}: {}", run.output);
    }
}

#[test]
fn the_manual_speaks_the_language_of_its_reader() {
    let french = Program::new().run(&["push", "--lang", "fr", "--help"]);
    french.ends_with_code(0);
    assert!(
        french.output.contains("Envoyer à un carrefour les fichiers d’un régime"),
        "{}",
        french.output
    );
    assert!(french.output.contains("[par défaut\u{a0}: 300]"), "{}", french.output);
    let english = Program::new().with("DANKUN_LANG", "en").run(&["push", "--help"]);
    assert!(english.output.contains("Send files of a scheme to a hub"), "{}", english.output);
    assert!(english.output.contains("[default: 300]"), "{}", english.output);
}

#[test]
fn wrong_use_ends_with_2_and_says_what_is_known() {
    let run = Program::new().run(&["--lang", "en", "validate", "--scheme", "nobody", "x.csv"]);
    run.ends_with_code(2);
    assert!(run.errors.contains("ml-utm"), "{}", run.errors);
    let run = Program::new().run(&["--lang", "fr", "validate", "--scheme", "ml-utm", "absent.csv"]);
    run.ends_with_code(2);
    assert!(run.errors.contains("n’existe pas"), "{}", run.errors);
    Program::new().run(&["no-such-command"]).ends_with_code(2);
    Program::new().run(&["export", "links"]).ends_with_code(2);
}

#[test]
fn the_locale_chooses_the_language_and_french_is_the_default() {
    let command = ["validate", "--scheme", "ml-utm", "absent.csv"];
    let english = Program::new().with("LC_ALL", "en_GB.UTF-8").run(&command);
    assert!(english.errors.contains("does not exist"), "{}", english.errors);
    let neither = Program::new().with("LC_ALL", "C.UTF-8").run(&command);
    assert!(neither.errors.contains("n’existe pas"), "{}", neither.errors);
}

#[test]
fn validate_tells_place_value_expectation_and_advice() {
    let file = demo_file("utm_mutuelles.csv");
    let run = Program::new().run(&["--lang", "fr", "validate", "--scheme", "ml-utm", &file]);
    run.ends_with_code(1);
    for words in ["D203 Date impossible", "attendu\u{a0}: jj/MM/aaaa", "à faire\u{a0}:", "ligne "]
    {
        assert!(run.output.contains(words), "{words}: {}", run.output);
    }
    let run =
        Program::new().run(&["--lang", "en", "--json", "validate", "--scheme", "ml-utm", &file]);
    run.ends_with_code(1);
    let values = run.values();
    let summary = values.last().expect("a summary");
    let errors = values.iter().filter(|value| value["severity"] == "error").count();
    assert!(errors as u64 >= summary["refused"].as_u64().expect("a count"));
    assert!(
        values.iter().any(|value| value["code"] == "bad_date" && value["expected"] == "dd/MM/yyyy")
    );
}

#[test]
fn a_file_without_faults_ends_with_0() {
    let run =
        Program::new().run(&["validate", "--scheme", "ci-necab", &demo_file("necab_coop.csv")]);
    run.ends_with_code(0);
}

#[test]
fn translate_streams_to_canonical_and_back_to_the_scheme() {
    let program = Program::new();
    let canonical = program.path("canonical.ndjson");
    let refused = program.path("refused.csv");
    let run = program.run(&[
        "translate",
        "--from",
        "ci-cnam",
        "--to",
        "canonical",
        &demo_file("ci_cmu.ndjson"),
        "-o",
        &canonical,
        "--refused",
        &refused,
    ]);
    run.ends_with_code(1);
    let lines = told(&canonical);
    assert!(lines.len() > 200, "{} lines", lines.len());
    assert!(lines.iter().all(|line| line["source"]["scheme"] == "ci-cnam"));
    let refusals = fs::read_to_string(&refused).expect("a list of refusals");
    assert!(refusals.starts_with("source,source_record_id,file,line,severity,code,field,value,"));
    let back = program.path("back.ndjson");
    let loss = program.path("loss.json");
    let run = program.run(&[
        "translate",
        "--from",
        "canonical",
        "--to",
        "ci-cnam",
        &canonical,
        "-o",
        &back,
        "--loss",
        &loss,
    ]);
    assert!(run.code <= 1, "{}", run.errors);
    assert!(told(&back).iter().all(|line| line["num_secu"].is_string()));
    // Everything has its place in its own format, though some of it with less than it says.
    let loss = fs::read_to_string(&loss).expect("a report");
    assert!(loss.contains("\"partial\"") && !loss.contains("\"lost\""), "{loss}");
}

#[test]
fn records_that_name_a_missing_record_are_refused_by_translate() {
    let program = Program::new();
    let (first, second) = (program.path("canonical.ndjson"), program.path("piped.ndjson"));
    let file = demo_file("ng_nhia.csv");
    let run = ["--json", "translate", "--from", "ng-nhia", "--to", "canonical"];
    let read = program.run(&[&run[..], &[&file, "-o", &first]].concat());
    let piped = program.run_with_input(&[&run[..], &["-", "-o", &second]].concat(), &file);
    assert_eq!(read.code, 1);
    assert_eq!(piped.code, 1);
    assert_eq!(told(&first), told(&second), "a pipe is read like a file");
}

#[test]
fn the_shipped_mappings_have_no_errors_and_their_examples_pass() {
    Program::new().run(&["mapping", "check"]).ends_with_code(0);
    let run = Program::new().run(&["--json", "mapping", "test"]);
    run.ends_with_code(0);
    assert!(run.values().len() >= 8);
}

#[test]
fn a_broken_mapping_is_shown_with_its_line_in_both_languages() {
    let program = Program::new();
    let path = program.path("broken.yaml");
    fs::write(&path, "mapping: broken\nversion: 1.0.0\nsorce: {}\n").expect("written");
    for (language, word) in [("fr", "erreur"), ("en", "error")] {
        let run = program.run(&["--lang", language, "mapping", "check", &path]);
        run.ends_with_code(1);
        assert!(
            run.output.contains(word) && run.output.contains("broken.yaml:3"),
            "{}",
            run.output
        );
    }
}

#[test]
fn explain_shows_the_steps_of_one_record() {
    let run = Program::new().run(&[
        "mapping",
        "explain",
        "--scheme",
        "ci-cnam",
        &demo_file("ci_cmu.ndjson"),
        "--line",
        "2",
        "--field",
        "person.birth_date",
    ]);
    run.ends_with_code(0);
    assert!(
        run.output.contains("person.birth_date") && run.output.contains(" → "),
        "{}",
        run.output
    );
    let run = Program::new().run(&[
        "mapping",
        "explain",
        "--scheme",
        "ci-cnam",
        &demo_file("ci_cmu.ndjson"),
        "--record",
        "0",
    ]);
    run.ends_with_code(2);
}

/// Arguments that name the example formats of the language's page.
fn walkthrough() -> [String; 4] {
    let folder = |name: &str| format!("{}/docs/walkthrough/{name}", env!("CARGO_MANIFEST_DIR"));
    ["--schemas".to_owned(), folder("schemas"), "--mappings".to_owned(), folder("mappings")]
}

#[test]
fn explain_tells_of_the_record_and_the_field_that_were_asked_for_alone() {
    let data = format!("{}/docs/walkthrough/data/lares.xml", env!("CARGO_MANIFEST_DIR"));
    let folders = walkthrough();
    let explain = |field: &str| {
        let mut command = vec!["--lang", "en"];
        command.extend(folders.iter().map(String::as_str));
        command.extend(["mapping", "explain", "--scheme", "xx-lares", &data, "--record", "L7-1"]);
        command.extend(["--field", field]);
        Program::new().run(&command)
    };
    let run = explain("coverages[main].period.start");
    run.ends_with_code(0);
    let lines: Vec<&str> = run.output.lines().map(str::trim).collect();
    // The value on which it rests, from the second of the periods of the second person, then the field.
    let expected = [
        "start",
        "periodo[1].@inicio (line 17)",
        "from 15-01-2026 → date 2026-01-15",
        "coverages[main].period.start",
        "start",
        "from 2026-01-15",
    ];
    let told: Vec<&str> =
        lines.iter().copied().filter(|line| !line.contains("xx-lares.yaml")).collect();
    assert_eq!(told, expected, "{}", run.output);
    let run = explain("coverage");
    run.ends_with_code(2);
    assert!(run.errors.contains("did you mean"), "{}", run.errors);
    // A group is all its fields.
    let run = explain("coverages");
    assert!(run.output.contains("coverages[main].status"), "{}", run.output);
    assert!(!run.output.contains("person.sex"), "{}", run.output);
}

#[test]
fn translate_tells_of_what_was_left_out_once_for_each_defect() {
    let program = Program::new();
    let data = format!("{}/docs/walkthrough/data/lares.xml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(data).expect("the example");
    let person = |nr: usize| {
        format!(
            "<x:lar codigo='M{nr}'><x:titular nr='M{nr}-0'><x:nome>Eva Gomes</x:nome>\
             <x:apelido>Gomes</x:apelido><x:telefone>923 123 456</x:telefone><x:telefone>{nr}</x:telefone>\
             </x:titular></x:lar>"
        )
    };
    let more: String = (1..=15).map(person).collect();
    let file = program.path("lares.xml");
    std::fs::write(&file, text.replace("</x:lista>", &format!("{more}</x:lista>")))
        .expect("a file");
    let folders = walkthrough();
    let mut command = vec!["--lang", "en"];
    command.extend(folders.iter().map(String::as_str));
    command.extend(["translate", "--from", "xx-lares", "--to", "canonical", &file]);
    let run = program.run(&command);
    run.ends_with_code(0);
    let said = &run.errors;
    assert!(said.contains("17 records read, 17 translated, 0 refused, 15 warnings"), "{said}");
    assert_eq!(said.matches("D206").count(), 1, "{said}");
    assert!(said.contains("14 other records have the same defect"), "{said}");
    assert_eq!(run.output.matches("+244923123456").count(), 16, "{}", run.output);
}

#[test]
fn keys_are_given_listed_and_withdrawn() {
    let program = Program::new();
    let run = program.run(&[
        "--json",
        "keys",
        "create",
        "--scheme",
        "ml-utm",
        "--database",
        &program.database(),
    ]);
    run.ends_with_code(0);
    let created = run.values().pop().expect("the key");
    let id = created["id"].as_str().expect("an id").to_owned();
    assert!(created["key"].as_str().is_some_and(|key| key.len() > 20));
    let listed = program.run(&["--json", "keys", "list", "--database", &program.database()]);
    let listed = listed.values();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].get("key").is_none(), "secrets are told once");
    program.run(&["keys", "revoke", &id, "--database", &program.database()]).ends_with_code(0);
    program.run(&["keys", "revoke", &id, "--database", &program.database()]).ends_with_code(2);
    program.run(&["keys", "create", "--database", &program.database()]).ends_with_code(2);
}

#[test]
fn doctor_finds_a_key_file_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new();
    let doctor = ["--json", "doctor", "--database", &program.database()].map(str::to_owned);
    let doctor: Vec<&str> = doctor.iter().map(String::as_str).collect();
    program.run(&doctor).ends_with_code(0);
    let key = program.path("hub.db.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("permissions");
    let run = program.run(&doctor);
    let bad: Vec<_> = run.values().into_iter().filter(|value| value["good"] == false).collect();
    assert!(bad.iter().any(|value| value["what"] == "key file"), "{}", run.output);
}

#[test]
fn the_story_is_told_in_both_languages() {
    let french =
        ["Ce qui a été refusé", "Ce que fait une correction", "une fiche tient par sa correction"];
    let english =
        ["What was refused", "What a correction does", "one record held by its correction"];
    for (language, told) in [("fr", french), ("en", english)] {
        let run = Program::new().run(&["--lang", language, "demo", "--once"]);
        run.ends_with_code(0);
        for words in told {
            assert!(run.output.contains(words), "{words}: {}", run.output);
        }
        assert!(!run.output.contains("demo-"), "a key that nobody says: {}", run.output);
    }
}

#[test]
fn the_numbers_of_the_demo_are_those_of_its_exports() {
    let program = Program::new();
    let database = program.database();
    let run = program.run(&["demo", "--once", "--database", &database, "--json"]);
    run.ends_with_code(0);
    let summary = run.values().pop().expect("a summary");
    let number = |name: &str| summary[name].as_u64().expect("a number") as usize;
    assert!(summary["schemes"].as_object().is_some_and(|schemes| schemes.len() == 9));
    assert!(number("people") < number("records"));

    let links = program.path("links.csv");
    program.run(&["export", "links", "--database", &database, "--out", &links]).ends_with_code(0);
    let links = fs::read_to_string(&links).expect("links");
    assert!(links.starts_with("source,source_record_id,person_id\n"));
    assert_eq!(links.lines().count(), number("links") + 1);

    let refusals = program.run(&["export", "refusals", "--database", &database]);
    assert!(
        refusals
            .output
            .starts_with("source,source_record_id,file,line,severity,code,field,value\n")
    );
    assert!(
        refusals
            .output
            .lines()
            .any(|line| line.starts_with("ml-utm,") && line.contains(",utm_mutuelles.csv,"))
    );
    let people = program.run(&["export", "people", "--database", &database]);
    assert_eq!(people.output.lines().count(), number("people") + 1);
    let pairs = program.run(&["export", "pairs", "--database", &database]);
    assert!(pairs.output.starts_with("source_a,id_a,source_b,id_b,probability,decision\n"));
    let records = program.run(&["export", "records", "--database", &database]);
    assert!(records.output.lines().count() >= number("records"));

    let again = program.run(&["demo", "--once", "--database", &database, "--json"]);
    let again = again.values().pop().expect("a summary");
    assert_eq!(again["people"], summary["people"], "told twice, nothing is doubled");
    let told = program.run(&["--lang", "en", "demo", "--once", "--database", &database]);
    assert!(told.output.contains("nothing is corrected in it"), "{}", told.output);
    let after = program.run(&["export", "refusals", "--database", &database]);
    assert_eq!(after.output, refusals.output, "a database that stays is not corrected");

    questions(&program, &database, &records.output);
}

/// Asks about a record of the export, one by one and in a batch.
fn questions(program: &Program, database: &str, records: &str) {
    let insured = records
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find(|record| record["source"]["scheme"] == "ml-utm")
        .expect("an insured person");
    let number = insured["source"]["record_id"].as_str().expect("an id").to_owned();
    let one = program.run(&[
        "--json",
        "ask",
        "--as",
        "ci-cnam",
        "--scheme",
        "ml-utm",
        "--identifier",
        &number,
        "--on",
        "2026-01-15",
        "--database",
        database,
    ]);
    one.ends_with_code(0);
    let answer = one.values().pop().expect("an answer");
    assert!(answer["answer"].is_string(), "{answer}");
    says_the_same_in_every_standard(program, database, &number, &answer);
    let refused = program.run(&[
        "ask",
        "--as",
        "ci-cnam",
        "--purpose",
        "MARKETING",
        "--scheme",
        "ml-utm",
        "--identifier",
        &number,
        "--database",
        database,
    ]);
    refused.ends_with_code(1);

    let (queries, answers) = (program.path("queries.ndjson"), program.path("answers.ndjson"));
    let query = |id: &str, purpose: &str| {
        serde_json::json!({
            "query_id": id, "asked_by": "CI-CNAM", "purpose": purpose, "as_of": "2026-01-15",
            "subject": { "identifiers": [{ "type": "ML-UTM", "value": number }] },
        })
    };
    let text = format!(
        "{}\n{}\nnot a question\n",
        query("q1", "CARE_AUTHORISATION"),
        query("q2", "MARKETING")
    );
    fs::write(&queries, text).expect("written");
    let batch =
        program.run(&["ask", "--batch", &queries, "--out", &answers, "--database", database]);
    batch.ends_with_code(1);
    let answers = told(&answers);
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["query_id"], "q1");
    assert_eq!(answers[0]["answer"], answer["answer"]);
    assert_eq!(answers[1]["outcome"], "refused");
    assert_eq!(answers[1]["reason"], "purpose_not_allowed");
}

#[test]
fn a_mapping_as_a_whole_is_explained() {
    let command = ["--lang", "en", "mapping", "explain", "--scheme", "ml-utm"];
    let run = Program::new().run(&command);
    run.ends_with_code(0);
    for words in
        ["What it reads", "What it writes", "D203 bad_date", "refuses the record", "ml-utm.yaml:"]
    {
        assert!(run.output.contains(words), "{words}: {}", run.output);
    }
}

#[test]
fn a_list_of_codes_becomes_a_shared_table() {
    let program = Program::new();
    let list = program.path("list.csv");
    fs::write(&list, "code;iso;nom\n01;ML-1;Kayes\n02;ML-2;Koulikoro\n").expect("a file");
    let table = program.path("mappings/codes/xx-regions.yaml");
    let command = ["--lang", "en", "mapping", "codes", "import", &list, "--name", "xx-regions"];
    let more = ["--delimiter", ";", "--label-fr", "nom", "--source", "Bureau", "-o", &table];
    let run = program.run(&[&command[..], &more[..]].concat());
    run.ends_with_code(0);
    assert!(run.output.contains("2 rows"), "{}", run.output);
    program.run(&["mapping", "check", &table]).ends_with_code(0);
    let run = program.run(&[&command[..], &["--delimiter", ";", "--to", "nothing"]].concat());
    run.ends_with_code(2);
    assert!(run.errors.contains("code, iso, nom"), "{}", run.errors);
}

#[test]
fn onto_an_earlier_file_only_the_differences_are_written() {
    let program = Program::new();
    let file = demo_file("necab_coop.csv");
    let (canonical, back, loss) =
        (program.path("c.ndjson"), program.path("back.csv"), program.path("loss.json"));
    let to_canonical = ["translate", "--from", "ci-necab", "--to", "canonical", &file];
    program.run(&[&to_canonical[..], &["-o", &canonical]].concat()).ends_with_code(0);
    let to_scheme = ["translate", "--from", "canonical", "--to", "ci-necab", &canonical];
    let more = ["--base", &file, "-o", &back, "--loss", &loss];
    program.run(&[&to_scheme[..], &more[..]].concat()).ends_with_code(0);
    let text = |path: &str| String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned();
    let plain = program.path("plain.csv");
    program.run(&[&to_scheme[..], &["-o", &plain]].concat()).ends_with_code(0);
    assert_eq!(text(&back).lines().count(), text(&plain).lines().count());
    // Number, parcel, area and harvest, which the mapping leaves out, come back with the earlier file
    // only.
    let cells = |text: &str| text.split([';', '\n']).filter(|cell| !cell.trim().is_empty()).count();
    let records = text(&canonical).lines().count();
    assert!(cells(&text(&back)) >= cells(&text(&plain)) + 4 * records);
    let report: serde_json::Value = serde_json::from_str(&text(&loss)).expect("JSON");
    assert!(report["classes"].as_array().is_some_and(|classes| !classes.is_empty()), "{report}");
    assert!(report["fields"].is_array());
}

#[test]
fn a_refusal_of_translate_names_the_line_of_the_mapping_and_who_shares_the_defect() {
    let file = demo_file("utm_mutuelles.csv");
    let command =
        ["--lang", "en", "translate", "--from", "ml-utm", "--to", "canonical", &file, "-o"];
    let program = Program::new();
    let run = program.run(&[&command[..], &[&program.path("out")]].concat());
    run.ends_with_code(1);
    assert!(run.errors.contains("ml-utm.yaml:"), "{}", run.errors);
    assert!(run.errors.contains("same defect"), "{}", run.errors);
}

/// The same question in each standard, by its own messages: the same answer, and the same words for a person.
fn says_the_same_in_every_standard(
    program: &Program,
    database: &str,
    number: &str,
    expected: &serde_json::Value,
) {
    let question = ["ask", "--as", "ci-cnam", "--scheme", "ml-utm", "--identifier", number];
    let asked = [&question[..], &["--on", "2026-01-15", "--database", database]].concat();
    let plain = program.run(&asked);
    plain.ends_with_code(0);
    for standard in ["rest", "fhir", "spdci"] {
        let asked = [&asked[..], &["--standard", standard]].concat();
        let run = program.run(&[&["--json"][..], &asked].concat());
        run.ends_with_code(0);
        let answer = run.values().pop().expect("an answer");
        let told = answer.as_object().expect("an object");
        assert!(told.len() > 2, "{standard}: {answer}");
        for (name, value) in expected.as_object().expect("an object") {
            // What is not said is null in one standard and absent in another.
            let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            if name != "query_id" && !empty {
                assert_eq!(&answer[name], value, "{standard}: {name} in {answer}");
            }
        }
        let run = program.run(&asked);
        assert_eq!(run.output, plain.output, "{standard}");
        let marketing = [&asked[..], &["--purpose", "MARKETING"]].concat();
        program.run(&marketing).ends_with_code(1);
    }
}
