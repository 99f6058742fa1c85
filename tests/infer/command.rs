//! `dankun mapping infer` as people run it.

use std::fs;

use super::program::{Program, demo_file};

#[test]
fn what_infer_writes_passes_check_and_test() {
    let program = Program::new();
    let file = demo_file("utm_mutuelles.csv");
    let infer = ["--lang", "en", "mapping", "infer", "--from", &file, "--scheme", "ml-new"];
    let run = program.run(&infer);
    run.ends_with_code(0);
    assert!(run.output.contains("rules proposed"), "{}", run.output);
    let mapping = fs::read_to_string(program.path("mappings/ml-new.yaml")).unwrap();
    assert!(mapping.contains("reads like"), "every line has its reason\n{mapping}");
    let library = ["--lang", "en", "--schemas", "schemas"];
    for verb in ["check", "test"] {
        let command = [&library[..], &["mapping", verb, "mappings/ml-new.yaml"]].concat();
        program.run(&command).ends_with_code(0);
    }
    let again = program.run(&infer);
    again.ends_with_code(2);
    assert!(again.errors.contains("exists already"), "{}", again.errors);
}

#[test]
fn a_file_that_is_no_list_is_refused_in_words() {
    let program = Program::new();
    fs::write(program.path("letter.txt"), "Bonjour\n\nCordialement\n").unwrap();
    let run = program.run(&["--lang", "fr", "mapping", "infer", "--from", "letter.txt"]);
    run.ends_with_code(2);
    assert!(run.errors.contains("ni du CSV"), "{}", run.errors);
    let run = program.run(&["mapping", "infer", "--from", "letter.txt", "--scheme", "Ma Liste"]);
    run.ends_with_code(2);
}
