//! `dankun doctor`: is this installation well, and if not, what is to be done?

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant as Stopwatch;

use serde_json::json;

use super::arguments::Common;
use super::connection::Connection;
use super::failure::{Failure, Outcome};
use super::screen::Screen;
use crate::messages::Value;
use crate::operations::checkup::{Checkup, checkup};
use crate::operations::library::Library;
use crate::operations::{Hub, HubConfig};

/// Look after the health of an installation.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    connection: Connection,
}

/// Free space under which a hub should not be left alone: a nightly file of a national scheme, its
/// revisions and the database's own journal need about this much.
const LEAST_FREE_GIGABYTES: u64 = 2;

/// What was looked at, and how it is.
struct Finding {
    good: bool,
    name: &'static str,
    said: String,
}

/// Looks at everything, and says what it found.
///
/// # Errors
/// When no database is named. What is not well is a finding, and exit code 1.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let config = args.connection.config(common)?;
    let (library, finding) = library(common, screen);
    let mut findings = vec![finding, key_file(&config, screen)];
    let began = Stopwatch::now();
    match Hub::open(config).await {
        Ok(hub) => {
            let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            let shown = without_password(args.connection.address()?);
            let args = [("url", shown.into()), ("took", took.into())];
            let said = screen.text("doctor-database", &args);
            findings.push(Finding { good: true, name: "database", said });
            if let Some(library) = library {
                findings.extend(inside(&hub, &library, screen).await?);
            }
        }
        Err(error) => {
            let reason = Failure::operation(error).say(screen.language());
            let said = screen.text("doctor-database-failed", &[("reason", reason.into())]);
            findings.push(Finding { good: false, name: "database", said });
        }
    }
    findings.extend(disk(args.connection.address()?, screen));
    for finding in &findings {
        print(finding, screen)?;
    }
    if !screen.json() {
        screen.line("")?;
        screen.say("doctor-key-backup", &[])?;
    }
    let bad = findings.iter().filter(|finding| !finding.good).count();
    Ok(Outcome::of_refusals(bad as u64))
}

fn library(common: &Common, screen: &Screen) -> (Option<Library>, Finding) {
    let name = "data files";
    match Library::load(common.mappings.as_deref(), common.schemas.as_deref()) {
        Ok(library) => {
            let counts = [
                ("mappings", Value::from(library.mappings().count())),
                ("schemes", library.registry().schemes().count().into()),
                ("agreements", library.agreements().iter().count().into()),
                ("hash", library.hash().into()),
            ];
            let said = screen.text("doctor-library", &counts);
            (Some(library), Finding { good: true, name, said })
        }
        Err(problems) => {
            let first = problems.first().map(|problem| problem.say(screen.language()));
            let args =
                [("count", problems.len().into()), ("reason", first.unwrap_or_default().into())];
            (None, Finding { good: false, name, said: screen.text("doctor-library-failed", &args) })
        }
    }
}

fn key_file(config: &HubConfig, screen: &Screen) -> Finding {
    let path = config.key_path();
    let shown = [("path", path.display().to_string().into())];
    let (good, key) = match std::fs::metadata(&path) {
        Err(_) => (true, "doctor-key-file-missing"),
        Ok(about) if about.permissions().mode() & 0o077 == 0 => (true, "doctor-key-file"),
        Ok(_) => (false, "doctor-key-file-open"),
    };
    Finding { good, name: "key file", said: screen.text(key, &shown) }
}

async fn inside(hub: &Hub, shipped: &Library, screen: &Screen) -> Result<Vec<Finding>, Failure> {
    let Checkup { totals, differing } = checkup(hub, shipped).await.map_err(Failure::operation)?;
    let published = if differing == 0 {
        screen.text("doctor-published", &[])
    } else {
        screen.text("doctor-published-differ", &[("count", differing.into())])
    };
    let counts = [
        ("records", totals.records.into()),
        ("people", totals.people.into()),
        ("waiting", totals.waiting.into()),
        ("quarantine", totals.quarantine.into()),
    ];
    let now = hub.now();
    let last = totals.last_write.filter(|last| *last > now);
    let clock = match last {
        None => screen.text("doctor-clock", &[("now", now.to_string().into())]),
        Some(last) => screen.text(
            "doctor-clock-wrong",
            &[("now", now.to_string().into()), ("last", last.to_string().into())],
        ),
    };
    Ok(vec![
        Finding { good: true, name: "published files", said: published },
        Finding { good: true, name: "content", said: screen.text("doctor-counts", &counts) },
        Finding { good: last.is_none(), name: "clock", said: clock },
    ])
}

/// Free space where an embedded database lives; a server's disk is its own business.
fn disk(address: &str, screen: &Screen) -> Option<Finding> {
    let file = address.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next()?;
    let parent = Path::new(file).parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or_else(|| Path::new("."));
    let free = free_gigabytes(directory)?;
    let good = free >= LEAST_FREE_GIGABYTES;
    let key = if good { "doctor-disk" } else { "doctor-disk-low" };
    let args = [("free", free.into()), ("path", directory.display().to_string().into())];
    Some(Finding { good, name: "disk", said: screen.text(key, &args) })
}

/// Free space for this user, as POSIX `df` tells it in blocks of 1,024 bytes.
fn free_gigabytes(directory: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(directory).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let free: u64 = text.lines().last()?.split_whitespace().nth(3)?.parse().ok()?;
    Some(free / (1024 * 1024))
}

/// An address as it may be shown.
fn without_password(address: &str) -> String {
    reqwest::Url::parse(address).map_or_else(
        |_| address.to_owned(),
        |mut url| {
            // An address without a host takes no password.
            let _ = url.set_password(None);
            url.to_string()
        },
    )
}

fn print(finding: &Finding, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(&json!({
            "what": finding.name,
            "good": finding.good,
            "detail": finding.said,
        }));
    }
    let state = screen.text(if finding.good { "doctor-good" } else { "doctor-bad" }, &[]);
    screen.line(&format!("[{state}] {}", finding.said))
}
