//! `dankun link` as people run it: on labelled sets of others, on bad files, with wrong models, and
//! whatever the order of the rows.

#![allow(clippy::unwrap_used)]

#[path = "cli/program.rs"]
mod program;

#[path = "linkage/input.rs"]
mod input;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dankun::linkage::kind::Kind;
use dankun::linkage::weigh::Weigher;
use dankun::linkage::{Draft, Field, Settings, Table, link};
use program::{Program, Run};
use proptest::prelude::*;

fn model(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/linkage/models");
    path.join(name).display().to_string()
}

/// The shared labelled sets, when they are beside this package; says so when they are not.
fn sets() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/linkage");
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: no ../shared/data/linkage");
    None
}

/// Precision and F1 over pairs of a set, with a model or with the one that is inferred.
fn measured(set: &str, model_file: Option<&str>) -> Option<(f64, f64)> {
    let sets = sets()?;
    let path = |name: String| sets.join(name).display().to_string();
    let (input, truth) = (path(format!("{set}.csv")), path(format!("{set}_truth.csv")));
    let mut arguments = vec!["--json", "link", &input, "--truth", &truth, "--out", "clusters.csv"];
    let model_path = model_file.map(model);
    if let Some(path) = &model_path {
        arguments.extend(["--model", path]);
    }
    let run = Program::new().run(&arguments);
    run.ends_with_code(0);
    let pairs = &run.values()[0]["measured"]["pairwise"];
    let of = |name: &str| pairs[name].as_f64().expect("a number");
    println!("{set} {model_file:?}: precision {} F1 {}", of("precision"), of("f1"));
    Some((of("precision"), of("f1")))
}

#[track_caller]
fn reaches(set: &str, model_file: Option<&str>, precision: f64, f1: f64) {
    let Some(found) = measured(set, model_file) else { return };
    assert!(found.0 >= precision && found.1 >= f1, "{set}: {found:?} below {precision} or {f1}");
}

#[test]
fn febrl_is_linked_without_labels() {
    reaches("febrl1", Some("febrl.yaml"), 0.999, 0.999);
    reaches("febrl3", Some("febrl.yaml"), 0.999, 0.999);
}

#[test]
fn historical_persons_are_linked_without_labels() {
    reaches("historical_dev", Some("historical.yaml"), 0.97, 0.94);
}

#[test]
fn simulated_households_are_linked_without_labels() {
    reaches("pseudopeople_dev", Some("pseudopeople.yaml"), 0.98, 0.985);
}

#[test]
fn small_sets_are_linked_without_labels_and_without_a_model() {
    reaches("splink_fake_1000", Some("splink_fake.yaml"), 0.97, 0.93);
    reaches("splink_fake_1000", None, 0.97, 0.9);
    reaches("febrl1", None, 0.99, 0.99);
}

const PEOPLE: &str = "\
id,given,family,born,town
1,Aissata,Traore,1984-03-12,Segou
2,Aïssata,Traoré,1984-03-12,Ségou
3,Moussa,Keita,1979-11-02,Kayes
4,Mousa,Keita,1979-11-02,Kayes
5,Fanta,Diarra,1991-07-23,Mopti
";

const MODEL: &str = "\
link: people
record_id: id
fields:
  given: given_name
  family: family_name
  born: date
  town: { kind: place, shared: false }
";

/// Links a file with a model; both stand in the program's folder.
fn linked(program: &Program, csv: &[u8], model: &str) -> Run {
    fs::write(program.path("in.csv"), csv).expect("written");
    fs::write(program.path("m.yaml"), model).expect("written");
    program.run(&["--lang", "en", "link", "in.csv", "--model", "m.yaml", "--out", "out.csv"])
}

/// The records of each cluster of a file of clusters.
fn clusters(program: &Program) -> Vec<Vec<String>> {
    let text = fs::read_to_string(program.path("out.csv")).expect("clusters");
    let mut by_cluster: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        by_cluster.entry(cells[1].to_owned()).or_default().push(cells[0].to_owned());
    }
    by_cluster.into_values().collect()
}

#[test]
fn clusters_pairs_report_and_trained_model_are_written_and_the_model_reads_back() {
    let program = Program::new();
    fs::write(program.path("in.csv"), PEOPLE).expect("written");
    fs::write(program.path("m.yaml"), MODEL).expect("written");
    let files =
        ["--out", "out.csv", "--pairs", "p.csv", "--report", "r.html", "--save-model", "t.yaml"];
    let arguments = [&["--lang", "fr", "link", "in.csv", "--model", "m.yaml"], &files[..]].concat();
    program.run(&arguments).ends_with_code(0);
    assert_eq!(clusters(&program), [vec!["1", "2"], vec!["3", "4"], vec!["5"]]);
    let pairs = fs::read_to_string(program.path("p.csv")).expect("pairs");
    assert!(pairs.starts_with("record_id_l,record_id_r,weight,probability\n"), "{pairs}");
    let report = fs::read_to_string(program.path("r.html")).expect("a report");
    assert!(report.contains("montre des valeurs de personnes"), "{report}");
    assert!(report.contains("Aïssata") && report.contains("<svg"), "{report}");
    assert!(!report.contains("http"), "nothing comes from outside");
    let before = fs::read_to_string(program.path("out.csv")).expect("clusters");
    program.run(&["link", "in.csv", "--model", "t.yaml", "--out", "out.csv"]).ends_with_code(0);
    assert_eq!(fs::read_to_string(program.path("out.csv")).expect("clusters"), before);
}

#[test]
fn several_files_are_several_sources() {
    let program = Program::new();
    fs::write(program.path("a.csv"), PEOPLE).expect("written");
    fs::write(program.path("b.csv"), PEOPLE.replace(',', ";")).expect("written");
    fs::write(program.path("m.yaml"), MODEL).expect("written");
    let run = program.run(&["link", "a.csv", "b.csv", "--model", "m.yaml", "--out", "out.csv"]);
    run.ends_with_code(0);
    let text = fs::read_to_string(program.path("out.csv")).expect("clusters");
    assert!(text.starts_with("record_id,cluster_id,source\n1,c1,a\n"), "{text}");
    assert!(text.contains("\n1,c1,b\n"), "{text}");
}

#[test]
fn a_model_is_proposed_with_reasons_and_can_be_used_at_once() {
    let program = Program::new();
    fs::write(program.path("in.csv"), PEOPLE).expect("written");
    program
        .run(&["--lang", "en", "link", "in.csv", "--infer", "--out", "m.yaml"])
        .ends_with_code(0);
    let proposed = fs::read_to_string(program.path("m.yaml")).expect("a model");
    insta::assert_snapshot!("proposed_model", proposed);
    program.run(&["link", "in.csv", "--model", "m.yaml", "--out", "out.csv"]).ends_with_code(0);
    let run = program.run(&["--lang", "en", "link", "in.csv", "--out", "other.csv"]);
    run.ends_with_code(0);
    assert!(run.errors.contains("4 fields were inferred"), "{}", run.errors);
}

#[test]
fn every_mistake_of_a_model_is_told_at_once_in_both_languages() {
    let program = Program::new();
    fs::write(program.path("in.csv"), PEOPLE).expect("written");
    let wrong = "link: people\nrecordid: id\nfields:\n  given: given_nam\n  born: { kind: date, shard: yes }\n  town: { colum: town }\nthreshold: high\n";
    fs::write(program.path("m.yaml"), wrong).expect("written");
    for language in ["en", "fr"] {
        let arguments =
            ["--lang", language, "link", "in.csv", "--model", "m.yaml", "--out", "o.csv"];
        let run = program.run(&arguments);
        run.ends_with_code(2);
        insta::assert_snapshot!(format!("model_mistakes_{language}"), run.errors);
    }
    program.run(&["mapping", "check", "m.yaml"]).ends_with_code(1);
    fs::write(program.path("m.yaml"), MODEL).expect("written");
    program.run(&["mapping", "check", "m.yaml"]).ends_with_code(0);
}

#[test]
fn a_column_that_is_not_there_is_told_with_the_nearest() {
    let program = Program::new();
    let run = linked(&program, PEOPLE.as_bytes(), &MODEL.replace("born: date", "borne: date"));
    run.ends_with_code(2);
    assert!(run.errors.contains("\"borne\"") && run.errors.contains("\"born\""), "{}", run.errors);
}

#[test]
fn an_empty_file_is_told_and_so_is_one_with_a_header_alone() {
    let program = Program::new();
    for csv in ["", "\n", "id,given,family,born,town\n"] {
        let run = linked(&program, csv.as_bytes(), MODEL);
        run.ends_with_code(2);
        assert!(run.errors.contains("holds no records"), "{}", run.errors);
    }
}

#[test]
fn ragged_rows_are_read_as_far_as_they_go_and_counted() {
    let program = Program::new();
    let csv = format!("{PEOPLE}6,Awa\n7,Awa,Cisse,1990-01-05,Gao,extra,more\n");
    let run = linked(&program, csv.as_bytes(), MODEL);
    run.ends_with_code(0);
    assert!(run.errors.contains("2 rows have more or fewer cells"), "{}", run.errors);
    assert!(run.errors.contains("line 7"), "{}", run.errors);
    assert_eq!(clusters(&program).concat().len(), 7);
}

#[test]
fn names_of_ten_thousand_letters_constants_and_repeated_ids_do_no_harm() {
    let program = Program::new();
    let long = "Diallo ".repeat(1_500);
    let csv = format!("{PEOPLE}5,{long},{long},1990-01-05,Gao\n");
    let run = linked(&program, csv.as_bytes(), MODEL);
    run.ends_with_code(0);
    assert!(run.errors.contains("one record has an id that came before"), "{}", run.errors);
    let same: String = (0..300).map(|id| format!("{id},Awa,Cisse,1990-01-01,Gao\n")).collect();
    let run = linked(&program, format!("id,given,family,born,town\n{same}").as_bytes(), MODEL);
    run.ends_with_code(0);
    assert!(run.errors.contains("shared by too many records"), "{}", run.errors);
}

#[test]
fn other_encodings_are_read() {
    let program = Program::new();
    let latin: Vec<u8> =
        PEOPLE.chars().map(|letter| u8::try_from(letter).expect("Latin")).collect();
    let run = linked(&program, &latin, MODEL);
    run.ends_with_code(0);
    assert!(run.errors.contains("read as Windows-1252"), "{}", run.errors);
    assert_eq!(clusters(&program).len(), 3);
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(PEOPLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    linked(&program, &wide, MODEL).ends_with_code(0);
    assert_eq!(clusters(&program).len(), 3);
}

/// People of a village with a slip here and there: enough alike for joins to be in doubt.
fn village() -> Vec<Vec<String>> {
    let given = ["Awa", "Fanta", "Moussa", "Mousa", "Issa", "Adama", "Adama", "Fatou"];
    let family = ["Traore", "Traoré", "Diarra", "Diara", "Keita"];
    (0_usize..160)
        .map(|number| {
            let mixed = number.wrapping_mul(2_654_435_761) >> 7;
            vec![
                given[mixed % given.len()].to_owned(),
                family[mixed / 8 % family.len()].to_owned(),
                format!(
                    "19{:02}-{:02}-{:02}",
                    50 + mixed / 3 % 9,
                    1 + mixed / 5 % 4,
                    1 + mixed % 3
                ),
                ["Kayes", "Segou"][mixed / 11 % 2].to_owned(),
            ]
        })
        .collect()
}

/// A table of these people, in an order.
fn table_of(people: &[Vec<String>], order: &[usize], threads: usize) -> Table {
    let kinds = [Kind::GivenName, Kind::FamilyName, Kind::Date, Kind::Place];
    let field = |kind: Kind| Field { name: kind.name().to_owned(), kind, shared: kind.is_shared() };
    let mut draft = Draft::new(kinds.map(field).to_vec());
    for place in order {
        draft.push(&[&place.to_string()], people[*place].iter().map(String::as_str));
    }
    draft.finish(threads)
}

#[test]
fn giving_a_pair_up_early_changes_no_weight() {
    let people = village();
    let order: Vec<usize> = (0..people.len()).collect();
    let table = table_of(&people, &order, 1);
    let settings = Settings { threshold: 0.0, threads: 1, trained: None };
    let linked = link(&table, &settings, &|_, _, _| {});
    let mut weigher = Weigher::new(&table, &linked.mixture, &linked.commonness);
    let mut given_up = 0;
    for one in 0..u32::try_from(people.len()).expect("few") {
        for other in 0..one {
            let whole = weigher.weight(other, one, f32::MIN);
            let early = weigher.weight(other, one, -6.0);
            assert_eq!(early, whole.filter(|(weight, _)| *weight >= -6.0));
            given_up += usize::from(early.is_none());
        }
    }
    assert!(given_up > 1_000, "only {given_up} of 12,720 pairs");
}

/// The partition of records that linkage makes of them in an order.
fn partition(people: &[Vec<String>], order: &[usize], threads: usize) -> Vec<Vec<usize>> {
    let table = table_of(people, order, threads);
    let linked = link(&table, &Settings { threshold: 0.0, threads, trained: None }, &|_, _, _| {});
    let mut clusters: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, cluster) in table.places.iter().zip(linked.clusters) {
        clusters.entry(cluster).or_default().push(order[*place as usize]);
    }
    let mut clusters: Vec<Vec<usize>> = clusters.into_values().collect();
    clusters.iter_mut().for_each(|cluster| cluster.sort_unstable());
    clusters.sort();
    clusters
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn neither_the_order_of_rows_nor_the_number_of_threads_changes_anything(
        order in Just((0..160).collect::<Vec<usize>>()).prop_shuffle(),
        threads in 1_usize..4,
    ) {
        let people = village();
        let straight: Vec<usize> = (0..people.len()).collect();
        prop_assert_eq!(partition(&people, &order, threads), partition(&people, &straight, 1));
    }
}

#[test]
fn the_schema_of_models_takes_the_models_that_the_program_takes() {
    let text = include_str!("../schemas/link.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/linkage/models");
    let mut models: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    models.push(MODEL.to_owned());
    for model in models {
        let value: serde_json::Value = serde_saphyr::from_str(&model).unwrap();
        assert!(schema.is_valid(&value), "{model}");
        assert!(dankun::linkage::model::parse("m.yaml", &model).is_ok(), "{model}");
    }
    let wrong: serde_json::Value =
        serde_saphyr::from_str("link: a\nfields: { a: nothing }").unwrap();
    assert!(!schema.is_valid(&wrong));
}
