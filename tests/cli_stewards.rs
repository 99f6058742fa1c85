//! Stewards at the command line, on the people of the demonstration.

#[path = "cli/program.rs"]
mod program;

use std::fs;

use program::{Program, Run};
use serde_json::Value;

/// A hub with the invented people of the demonstration.
struct Desk {
    program: Program,
    database: String,
}

impl Desk {
    fn run(&self, arguments: &[&str]) -> Run {
        let mut all = vec!["--lang", "en"];
        all.extend(arguments);
        all.extend(["--database", self.database.as_str()]);
        self.program.run(&all)
    }

    fn values(&self, arguments: &[&str]) -> Vec<Value> {
        let mut all = vec!["--json"];
        all.extend(arguments);
        let run = self.run(&all);
        run.ends_with_code(0);
        run.values()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value:#}")).to_owned()
}

#[test]
fn a_steward_works_through_the_queue_and_takes_everything_back() {
    let program = Program::new();
    let database = program.database();
    program.run(&["demo", "--once", "--database", &database]).ends_with_code(0);
    let desk = Desk { program, database };
    let queue = desk.values(&["review", "list", "--limit", "5"]);
    assert!(!queue.is_empty(), "the demonstration leaves questions");
    let id = text(&queue[0]["id"]);
    let shown = desk.run(&["review", "show", &id]);
    shown.ends_with_code(0);
    for words in ["person.names[0].family", "Evidence:", "given", "Version:"] {
        assert!(shown.output.contains(words), "{words}: {}", shown.output);
    }
    let french =
        desk.program.run(&["--lang", "fr", "review", "groups", "--database", &desk.database]);
    assert!(french.output.contains("questions attendent"), "{}", french.output);
    let claimed = desk.values(&["review", "claim", &id, "--minutes", "5"]);
    assert_eq!(claimed[0]["claimed_by"], "operator:local");
    desk.run(&["review", "release", &id]).ends_with_code(0);

    let before = desk.values(&["review", "show", &id]);
    let people: Vec<String> = before[0]["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["person_id"]))
        .collect();
    let decided = desk.values(&["review", "decide", &id, "same", "--reason", "seen together"]);
    assert_eq!(decided[0]["settled"], true);
    let after = desk.values(&["review", "show", &id]);
    assert_eq!(after[0]["state"], "same");
    let kept = text(&after[0]["records"][0]["person_id"]);
    assert_eq!(text(&after[0]["records"][1]["person_id"]), kept);
    let again = desk.run(&["review", "decide", &id, "different", "--reason", "no"]);
    again.ends_with_code(2);
    assert!(again.errors.contains("closed"), "{}", again.errors);

    let given_up = people.iter().find(|person| **person != kept).expect("one of the two");
    let history = desk.run(&["person", "history", given_up]);
    history.ends_with_code(0);
    for words in ["was given up for", "merged", "operator:local, seen together"] {
        assert!(history.output.contains(words), "{words}: {}", history.output);
    }
    let evidence = desk.run(&["person", "evidence", &kept]);
    evidence.ends_with_code(0);
    desk.run(&["person", "household", &kept]).ends_with_code(0);
    let decisions = desk.run(&["review", "decisions"]);
    assert!(decisions.output.contains("one person"), "{}", decisions.output);
    let decision = text(&decided[0]["id"]);
    desk.run(&["review", "undo", &decision, "--reason", "a mistake"]).ends_with_code(0);
    let back = desk.values(&["review", "show", &id]);
    let again: Vec<String> =
        back[0]["records"].as_array().unwrap().iter().map(|one| text(&one["person_id"])).collect();
    assert_eq!(again, people, "both ids mean again whom they meant");

    let merged = desk.values(&["person", "merge", &people[0], &people[1], "--reason", "yes"]);
    assert_eq!(merged[0]["kind"], "merge");
    let record = text(&back[0]["records"][0]["id"]);
    let split = desk.run(&["person", "split", &kept, &record, "--reason", "no"]);
    split.ends_with_code(2);
    assert!(split.errors.contains("Other decisions say the contrary"), "{}", split.errors);

    let table = desk.program.path("conflicts.csv");
    desk.run(&["identity", "conflicts", "--csv", &table]).ends_with_code(0);
    let table = fs::read_to_string(&table).expect("a table");
    assert!(table.starts_with("person_id,kind,scheme,record_id,"), "{table}");
    let listed = desk.values(&["identity", "conflicts"]);
    let lines: usize = listed.iter().map(|one| one["evidence"].as_array().unwrap().len()).sum();
    assert_eq!(table.lines().count(), lines + 1);
    desk.run(&["review", "show", "rev_0192f0c100007000800000000000000a"]).ends_with_code(2);
}
