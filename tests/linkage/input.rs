//! What people hand over: compressed, through a pipe, without a header, below titles, in the words of
//! other countries.

use std::fs::{self, File};
use std::io::Write;

use super::{MODEL, PEOPLE, Program, clusters};

const JOINED: [[&str; 2]; 2] = [["1", "2"], ["3", "4"]];

#[track_caller]
fn joins_two(program: &Program) {
    let found = clusters(program);
    assert_eq!(found[..2], JOINED, "{found:?}");
}

#[test]
fn compressed_files_and_standard_input_are_read() {
    let program = Program::new();
    fs::write(program.path("m.yaml"), MODEL).expect("written");
    let packed = File::create(program.path("in.csv.gz")).expect("a file");
    let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::default());
    packed.write_all(PEOPLE.as_bytes()).and_then(|()| packed.try_finish()).expect("written");
    let frame = zstd::encode_all(PEOPLE.as_bytes(), 0).expect("packed");
    fs::write(program.path("in.csv.zst"), frame).expect("written");
    for name in ["in.csv.gz", "in.csv.zst"] {
        let arguments = ["link", name, "--model", "m.yaml", "--out", "out.csv"];
        program.run(&arguments).ends_with_code(0);
        joins_two(&program);
        // The head, the records and the examples of the report are read one after the other.
        let arguments =
            ["link", "-", "--model", "m.yaml", "--out", "out.csv", "--report", "r.html"];
        program.run_with_input(&arguments, &program.path(name)).ends_with_code(0);
        joins_two(&program);
        let report = fs::read_to_string(program.path("r.html")).expect("a report");
        assert!(report.contains("Aïssata"), "{report}");
    }
}

#[test]
fn a_file_that_breaks_off_within_its_compression_is_told() {
    let program = Program::new();
    fs::write(program.path("m.yaml"), MODEL).expect("written");
    let frame = zstd::encode_all(PEOPLE.as_bytes(), 0).expect("packed");
    fs::write(program.path("in.csv"), &frame[..frame.len() / 2]).expect("written");
    let run = program.run(&["link", "in.csv", "--model", "m.yaml", "--out", "out.csv"]);
    run.ends_with_code(3);
    assert!(run.errors.contains("in.csv"), "{}", run.errors);
}

#[test]
fn a_file_without_a_header_is_told_in_both_languages() {
    let program = Program::new();
    let below: String = PEOPLE.lines().skip(1).map(|line| format!("{line}\n")).collect();
    fs::write(program.path("in.csv"), below).expect("written");
    for (language, said) in [("en", "must name the columns"), ("fr", "doit nommer les colonnes")] {
        let run = program.run(&["--lang", language, "link", "in.csv", "--out", "out.csv"]);
        run.ends_with_code(2);
        assert!(run.errors.contains(said) && run.errors.contains("1984-03-12"), "{}", run.errors);
    }
}

#[test]
fn titles_above_the_header_are_passed_over_and_the_separator_is_told_from_all_lines() {
    let program = Program::new();
    let rows = PEOPLE.replace(',', "|");
    let csv = format!("LISTE DES PRODUCTEURS 2026||||\n||||\n{rows}");
    fs::write(program.path("in.csv"), csv).expect("written");
    fs::write(program.path("m.yaml"), MODEL).expect("written");
    program.run(&["link", "in.csv", "--model", "m.yaml", "--out", "out.csv"]).ends_with_code(0);
    joins_two(&program);
}

/// Two hundred persons of Spain, each with a number of the row.
fn spain() -> String {
    let mut csv = "nr,nombre,apellido1,apellido2,nacido,dni,sello\n".to_owned();
    for person in 0..200_u32 {
        let mixed = person.wrapping_mul(2_654_435_761) >> 8;
        let family = ["Garcia", "Lopez", "Ruiz", "Moreno", "Vidal"];
        let name = ["Ana", "Luis", "Eva", "Juan", "Marta", "Pablo", "Rosa"];
        let family = |shift: u32| family[(mixed >> shift) as usize % family.len()];
        csv.push_str(&format!(
            "{},{},{},{},{},{:08},{:016x}\n",
            person + 1,
            name[mixed as usize % name.len()],
            family(3),
            family(9),
            1940 + mixed % 70,
            mixed / 2 * 2,
            u64::from(mixed) << 20 | u64::from(person),
        ));
    }
    csv
}

#[test]
fn columns_in_other_languages_years_and_numbers_of_rows_are_told() {
    let program = Program::new();
    fs::write(program.path("in.csv"), spain()).expect("written");
    let run = program.run(&["--json", "link", "in.csv", "--infer"]);
    run.ends_with_code(0);
    let chosen: Vec<String> =
        run.values().iter().map(|value| value["choice"].as_str().unwrap().to_owned()).collect();
    let expected = ["record_id", "given_name", "family_name", "text", "year", "number", "unused"];
    assert_eq!(chosen, expected);
}

#[test]
fn the_same_id_in_two_files_still_numbers_the_records_of_each() {
    let program = Program::new();
    fs::write(program.path("a.csv"), PEOPLE).expect("written");
    fs::write(program.path("b.csv"), PEOPLE).expect("written");
    let run = program.run(&["--json", "link", "a.csv", "b.csv", "--infer"]);
    assert_eq!(run.values()[0]["choice"], "record_id");
}

#[test]
fn one_record_and_two_columns_of_one_name_are_linked_like_any() {
    let program = Program::new();
    fs::write(program.path("in.csv"), "id,name,name\n1,Awa Cisse,Diarra\n").expect("written");
    let run = program.run(&["--lang", "en", "link", "in.csv", "--out", "out.csv"]);
    run.ends_with_code(0);
    assert_eq!(clusters(&program), [["1"]]);
    let run = program.run(&["--json", "link", "in.csv", "--infer"]);
    assert_eq!(run.values()[2]["column"], "name-2");
}
