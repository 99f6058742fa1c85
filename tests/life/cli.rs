//! The life of data files from the command line, over a database and over HTTP.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cluster;
use crate::program::{Program, Run};

const UTM: &str = include_str!("../../mappings/ml-utm.yaml");

/// A program, a folder of mappings, and the hub that it speaks to.
struct Desk {
    program: Program,
    hub: Vec<String>,
    folder: PathBuf,
}

impl Desk {
    fn at(place: &cluster::Place, name: &str) -> Self {
        let key_file = place.key_file().display().to_string();
        let hub = ["--database", &place.url, "--key-file", &key_file].map(str::to_owned);
        Self { program: Program::new(), hub: hub.to_vec(), folder: place.folder().join(name) }
    }

    fn mappings(&self) -> PathBuf {
        self.folder.join("mappings")
    }

    /// Runs `dankun mapping …` in English, on the folder and the hub.
    fn run(&self, arguments: &[&str]) -> Run {
        let mappings = self.mappings().display().to_string();
        let schemas = self.folder.join("schemas").display().to_string();
        let mut all = vec!["--lang", "en", "mapping"];
        all.extend(arguments);
        all.extend(["--mappings", &mappings, "--schemas", &schemas]);
        all.extend(self.hub.iter().map(String::as_str));
        self.program.run(&all)
    }

    fn utm(&self) -> PathBuf {
        self.mappings().join("ml-utm.yaml")
    }
}

fn edit(path: &Path, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(path).unwrap();
    let changed = change(&text);
    assert!(text != changed, "the edit changes something");
    fs::write(path, changed).unwrap();
}

fn raise(to: &'static str) -> impl Fn(&str) -> String {
    move |text| text.replacen("\nversion: ", &format!("\nversion: {to} # "), 1)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

cluster::both! {
    async fn a_folder_and_a_hub_are_kept_in_step(place: cluster::Place) {
        let desk = Desk::at(&place, "desk");
        desk.run(&["pull"]).ends_with_code(0);
        assert_eq!(fs::read_to_string(desk.utm()).unwrap(), UTM);
        assert!(desk.folder.join("schemas/ml-utm/1.json").is_file());
        assert!(desk.mappings().join("schemes/ml-utm.yaml").is_file());
        desk.run(&["diff"]).ends_with_code(0);
        edit(&desk.utm(), raise("9.0.0"));
        let diff = desk.run(&["diff", "ml-utm"]);
        diff.ends_with_code(0);
        assert!(diff.output.contains("~ version:") && diff.output.contains("+version: 9.0.0"), "{}", diff.output);
        let utm = shown(&desk.utm());
        let dry = desk.run(&["publish", "--dry-run", &utm, "--json"]);
        dry.ends_with_code(0);
        assert_eq!((&dry.values()[0]["published"], &dry.values()[0]["changes"][0]["name"]), (&0.into(), &"ml-utm".into()));
        desk.run(&["publish", &utm, "--json"]).ends_with_code(0);
        let again = desk.run(&["publish", &utm, "--json"]);
        assert_eq!(again.values()[0]["published"], 0);
        let versions = desk.run(&["versions", "ml-utm", "--json"]).values();
        let states: Vec<&Value> = versions.iter().map(|version| &version["state"]).collect();
        assert_eq!(states, ["in_force", "superseded"]);
        let back = desk.run(&["rollback", "ml-utm", "--json"]);
        assert_eq!(back.values()[0]["changes"][0]["hash"], versions[1]["hash"]);
        let older = desk.run(&["publish", &utm]);
        older.ends_with_code(1);
        assert!(older.output.contains("rollback"), "{}", older.output);
    }

    async fn pull_leaves_alone_what_was_edited_here(place: cluster::Place) {
        let desk = Desk::at(&place, "desk");
        desk.run(&["pull"]).ends_with_code(0);
        edit(&desk.utm(), raise("9.0.0"));
        let edited = fs::read_to_string(desk.utm()).unwrap();
        let kept = desk.run(&["pull", "ml-utm", "--json"]);
        kept.ends_with_code(1);
        assert!(kept.output.contains("\"kept\""), "{}", kept.output);
        assert_eq!(fs::read_to_string(desk.utm()).unwrap(), edited);
        desk.run(&["pull", "ml-utm", "--force"]).ends_with_code(0);
        assert_eq!(fs::read_to_string(desk.utm()).unwrap(), UTM);
    }

    async fn who_started_from_an_older_version_is_told_before_publishing(place: cluster::Place) {
        let (awa, ben) = (Desk::at(&place, "awa"), Desk::at(&place, "ben"));
        for desk in [&awa, &ben] {
                desk.run(&["pull"]).ends_with_code(0);
        }
        edit(&awa.utm(), raise("9.0.0"));
        awa.run(&["publish", &shown(&awa.utm())]).ends_with_code(0);
        edit(&ben.utm(), raise("9.1.0"));
        let refused = ben.run(&["publish", &shown(&ben.utm())]);
        refused.ends_with_code(2);
        assert!(refused.errors.contains("newer version") && refused.errors.contains("ml-utm"), "{}", refused.errors);
        ben.run(&["publish", &shown(&ben.utm()), "--force"]).ends_with_code(0);
    }

    async fn a_wrong_or_unraised_file_changes_nothing(place: cluster::Place) {
        let desk = Desk::at(&place, "desk");
        desk.run(&["pull"]).ends_with_code(0);
        edit(&desk.utm(), |text| format!("# changed\n{text}"));
        for arguments in [&["publish", "--dry-run"][..], &["publish"]] {
            let refused = desk.run(&[arguments, &[&shown(&desk.utm())]].concat());
            refused.ends_with_code(2);
            assert!(refused.errors.contains("Raise `version:`"), "{}", refused.errors);
        }
        edit(&desk.utm(), raise("9.0.0"));
        edit(&desk.utm(), |text| text.replacen("from: Sexe", "from: Sex", 1));
        for arguments in [&["publish", "--dry-run"][..], &["publish"]] {
            let refused = desk.run(&[arguments, &[&shown(&desk.utm())]].concat());
            refused.ends_with_code(2);
            assert!(refused.errors.contains("B201"), "{}", refused.errors);
        }
        let versions = desk.run(&["versions", "ml-utm", "--json"]).values();
        assert_eq!(versions.iter().filter(|version| version["state"] == "in_force").count(), 1);
        let soon = desk.run(&["publish", "--at", "2001-01-01T00:00:00Z", &shown(&desk.utm())]);
        soon.ends_with_code(2);
    }
}

#[test]
fn a_hub_that_serves_is_kept_in_step_over_http_and_shows_a_publication_of_another_process() {
    let program = Program::new();
    let created = program.run(&[
        "keys",
        "create",
        "--operator",
        "awa",
        "--json",
        "--database",
        &program.database(),
    ]);
    created.ends_with_code(0);
    let key = created.values()[0]["key"].as_str().unwrap().to_owned();
    let serving = program.serve();
    let (mappings, schemas) = (program.path("mappings"), program.path("schemas"));
    let http = |arguments: &[&str]| {
        let mut all = vec!["--lang", "fr", "mapping"];
        all.extend(arguments);
        all.extend([
            "--hub",
            &serving.url,
            "--key",
            &key,
            "--mappings",
            &mappings,
            "--schemas",
            &schemas,
        ]);
        program.run(&all)
    };
    http(&["pull"]).ends_with_code(0);
    let utm = Path::new(&mappings).join("ml-utm.yaml");
    assert_eq!(fs::read_to_string(&utm).unwrap(), UTM);
    edit(&utm, raise("9.0.0"));
    http(&["publish", "--dry-run", &shown(&utm)]).ends_with_code(0);
    http(&["publish", &shown(&utm)]).ends_with_code(0);
    let versions = http(&["versions", "ml-utm", "--json"]).values();
    assert_eq!(
        (&versions[0]["state"], &versions[0]["version"]),
        (&"in_force".into(), &"9.0.0".into())
    );
    let own = http(&["approve", "ml-utm", versions[0]["hash"].as_str().unwrap()]);
    own.ends_with_code(2);
    assert!(own.errors.contains("autre personne"), "{}", own.errors);
    let schema = http(&["versions", "ml-utm/1", "--kind", "schema", "--json"]);
    schema.ends_with_code(0);
    // Another process goes back; the one that serves answers from the same store.
    let database = program.database();
    program.run(&["mapping", "rollback", "ml-utm", "--database", &database]).ends_with_code(0);
    let versions = http(&["versions", "ml-utm", "--json"]).values();
    assert_eq!(versions[1]["state"], "in_force");
    assert!(serving.stop());
}
