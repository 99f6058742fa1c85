//! Files go to a hub that really serves: sent, sent again, sent with a wrong key.

#[path = "cli/program.rs"]
mod program;

use program::{Program, demo_file};

#[test]
fn push_sends_what_a_hub_then_knows_and_a_second_time_changes_nothing() {
    let program = Program::new();
    let create = ["--json", "keys", "create", "--scheme", "ci-cnam", "--database"];
    let database = program.database();
    let created = program.run(&[&create[..], &[&database]].concat()).values();
    let key = created[0]["key"].as_str().expect("a key").to_owned();
    let hub = program.serve();
    let file = demo_file("ci_cmu.ndjson");
    let push = |key: &str| {
        let run = ["--json", "push", "--scheme", "ci-cnam", "--hub", &hub.url, "--patience", "5"];
        program.run(&[&run[..], &["--key", key, &file]].concat())
    };
    let first = push(&key);
    first.ends_with_code(1);
    let first = &first.values()[0];
    assert!(first["new"].as_u64().is_some_and(|new| new > 200), "{first}");
    assert!(first["refused"].as_u64().is_some_and(|refused| refused > 0), "{first}");
    let second = push(&key);
    assert_eq!(&second.values()[0], first, "the same sending gets the same receipt");

    let wrong = push("dk_wrong");
    wrong.ends_with_code(3);
    assert!(wrong.errors.contains("401"), "{}", wrong.errors);
    assert!(hub.stop(), "told to stop, the hub ends well");
}

#[test]
fn a_hub_that_does_not_answer_is_given_up_with_advice() {
    let file = demo_file("ci_cmu.ndjson");
    let run = Program::new().run(&[
        "--lang",
        "en",
        "push",
        "--scheme",
        "ci-cnam",
        "--hub",
        "http://127.0.0.1:9",
        "--key",
        "k",
        "--patience",
        "0",
        &file,
    ]);
    run.ends_with_code(3);
    assert!(run.errors.contains("Run the same command again"), "{}", run.errors);
}
