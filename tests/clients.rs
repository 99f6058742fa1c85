//! Programs that partners write, with the libraries they use, against a hub that listens: see `tests/clients/README.md`.

#![allow(clippy::unwrap_used)]

#[path = "fhir/asked.rs"]
mod asked;
mod cluster;
mod invented;
mod r4;
#[path = "http/server.rs"]
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use invented::Invented;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Where libraries are installed, once for all runs.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Says aloud that something was skipped; fails where it must not be.
fn skipped(what: &str) {
    eprintln!("skipped: {what}");
    let required = std::env::var("DANKUN_TEST_CLIENTS").is_ok_and(|value| value == "required");
    assert!(!required, "{what}");
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// A Python with the libraries.
fn python() -> Option<PathBuf> {
    let folder = installed().join("python");
    let (python, wanted) = (folder.join("bin/python"), sources().join("requirements.txt"));
    let complete = folder.join("requirements.txt");
    if fs::read(&complete).ok() != fs::read(&wanted).ok() {
        let made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        if !made || !succeeds(Command::new(&python).args(pip).arg(&wanted)) {
            return None;
        }
        fs::copy(&wanted, &complete).unwrap();
    }
    Some(python)
}

/// A folder with the libraries of Node and the programs.
fn node() -> Option<PathBuf> {
    let folder = installed().join("node");
    fs::create_dir_all(&folder).unwrap();
    let (wanted, complete) = (sources().join("package.json"), folder.join("complete.json"));
    for program in ["ask.mjs", "feed.mjs"] {
        fs::copy(sources().join(program), folder.join(program)).unwrap();
    }
    if fs::read(&complete).ok() != fs::read(&wanted).ok() {
        fs::copy(&wanted, folder.join("package.json")).unwrap();
        let install = ["install", "--silent", "--no-audit", "--no-fund"];
        if !succeeds(Command::new("npm").args(install).current_dir(&folder)) {
            return None;
        }
        fs::copy(&wanted, &complete).unwrap();
    }
    Some(folder)
}

/// Runs a program to its end, off the threads that answer it. What fails inside the hub is said beside what the program
/// says.
async fn finish(mut command: Command) {
    let errors = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer();
    let _ = errors.try_init();
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (said, wrong) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{wrong}");
}

/// Installed once, whichever test comes first.
static PYTHON: LazyLock<Option<PathBuf>> = LazyLock::new(python);
static NODE: LazyLock<Option<PathBuf>> = LazyLock::new(node);

/// What the hub says of itself is held against what it answers, by requests that are made of the description: sound ones
/// and broken ones, the same in every run. One check is left out: that every request of the described form is taken. A
/// name of a scheme, or the place in a list, is right only when the hub gave it, and no schema says that.
#[tokio::test(flavor = "multi_thread")]
async fn the_hub_answers_as_it_describes_itself() {
    let Some(python) = &*PYTHON else { return skipped("no Python with schemathesis") };
    let place = cluster::Place::sqlite();
    let asked = asked::Asked::new(&place).await;
    let key = asked.server.admin_key().await;
    let mut command = Command::new(python.with_file_name("schemathesis"));
    command.args(["run", &format!("http://{}/v1/openapi.json", asked.server.address)]);
    command.args(["--url", &format!("http://{}", asked.server.address)]);
    command.args(["-H", &format!("Authorization: Bearer {key}")]);
    command.args(["--include-path-regex", r"^/(v1|\.well-known|healthz|readyz|metrics)"]);
    // Lines of JSON are a form that it does not know by itself.
    command.env("PYTHONPATH", sources()).env("SCHEMATHESIS_HOOKS", "forms");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.args(["--mode", "all", "--phases", "coverage,fuzzing", "--max-examples", "2"]);
    command.args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"]);
    command.args(["--suppress-health-check", "all", "--generation-deterministic", "--no-color"]);
    command.current_dir(place.folder());
    finish(command).await;
}

cluster::both! {
    async fn partners_programs_in_python_ask(place: cluster::Place) {
        let Some(python) = &*PYTHON else {
            return skipped("no Python with fhirpy, fhirclient and fhir.resources");
        };
        let asked = asked::Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let described = asked::described(1);
        let mut command = Command::new(python);
        command.arg(sources().join("ask.py"));
        command.arg(format!("http://{}/fhir/R4", asked.server.address));
        command.args([key, Invented::new(1).nina()]);
        let name = &described["name"][0];
        for value in [&name["family"], &name["given"][0], &described["birthDate"]] {
            command.arg(value.as_str().unwrap());
        }
        finish(command).await;
    }

    async fn partners_programs_in_javascript_ask(place: cluster::Place) {
        let Some(folder) = &*NODE else { return skipped("no Node with fhir-kit-client") };
        let asked = asked::Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let mut command = Command::new("node");
        command.arg(folder.join("ask.mjs"));
        command.arg(format!("http://{}/fhir/R4", asked.server.address));
        command.args([key, Invented::new(1).nina()]);
        finish(command).await;
    }

    async fn schemes_programs_in_python_feed(place: cluster::Place) {
        let Some(python) = &*PYTHON else { return skipped("no Python with fhirpy and fhirclient") };
        let mut command = Command::new(python);
        command.arg(sources().join("feed.py"));
        fed(command, &place).await;
    }

    async fn schemes_programs_in_javascript_feed(place: cluster::Place) {
        let Some(folder) = &*NODE else { return skipped("no Node with fhir-kit-client") };
        let mut command = Command::new("node");
        command.arg(folder.join("feed.mjs"));
        fed(command, &place).await;
    }
}

/// Lets a program of UTM feed two people whom nobody knows yet.
async fn fed(mut command: Command, place: &cluster::Place) {
    let asked = asked::Asked::new(place).await;
    command.arg(format!("http://{}/fhir/R4", asked.server.address));
    command.args([asked.utm.clone(), Invented::new(7).utm_id(), Invented::new(8).utm_id()]);
    finish(command).await;
}
