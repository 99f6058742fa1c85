//! What is different: between the hub and the files here, or between two versions of the hub.

use serde_json::json;

use super::folder::Folder;
use super::held::{Files, Held, Told};
use super::named;
use crate::cli::arguments::Common;
use crate::cli::door::Which;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::operations::library::{FileId, Kind};
use crate::operations::versions::{Change, ChangeKind, Difference, difference};

/// Show what publishing the files of --mappings would change, or what changed between two versions.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Name of a file, such as ml-utm [default: every file here]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What sort of file: mapping, codes, scheme, agreement, identity or schema
    #[arg(long, default_value = "mapping", value_name = "KIND", value_parser = named::kind)]
    kind: Kind,
    /// Compare from this version of the hub: a hash, in_force or draft
    #[arg(long, value_name = "VERSION", requires = "name")]
    from: Option<String>,
    /// Compare to this version of the hub, in place of the file here
    #[arg(long, value_name = "VERSION", requires = "name")]
    to: Option<String>,
}

/// Compares.
///
/// # Errors
/// When the hub does not answer or has no such version.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let hub = Files::open(&args.which, common, screen).await?;
    let from = args.from.as_deref().unwrap_or("in_force");
    let wanted = args.name.as_deref().map(|name| named::file(args.kind, name)).transpose()?;
    if let (Some(to), Some(id)) = (&args.to, wanted.clone()) {
        let (from, to) = (find(&hub, &id, from).await?, find(&hub, &id, to).await?);
        let names = (short(&id, &from), short(&id, &to));
        let found = compare(&from, to.text.as_deref().unwrap_or_default(), &names);
        show(&id, &found, screen)?;
        return Ok(Outcome::Done);
    }
    let folder = Folder::open(common)?;
    let held: Vec<FileId> = hub.all().await?.iter().filter_map(Held::id).collect();
    let mut different = 0_u64;
    for file in folder.files() {
        let id = file.id();
        if wanted.as_ref().is_some_and(|wanted| *wanted != id) {
            continue;
        }
        let told = if held.contains(&id) { hub.version(&id, from).await? } else { None };
        if told.as_ref().is_some_and(|told| told.text.as_ref() == Some(&file.text)) {
            continue;
        }
        let before = told.unwrap_or_else(nothing);
        let names = (short(&id, &before), file.path.clone());
        show(&id, &compare(&before, &file.text, &names), screen)?;
        different += 1;
    }
    if !screen.json() {
        screen.say("life-diff-summary", &[("count", different.into())])?;
    }
    Ok(Outcome::Done)
}

async fn find(hub: &Files, id: &FileId, named: &str) -> Result<Told, Failure> {
    let unknown = || Failure::usage("life-unknown", &[("file", &id.to_string())]);
    hub.version(id, named).await?.ok_or_else(unknown)
}

/// What stands for a file that the hub does not have.
fn nothing() -> Told {
    Told {
        hash: "∅".to_owned(),
        version: None,
        state: String::new(),
        written_by: String::new(),
        written_at: String::new(),
        text: Some(String::new()),
    }
}

/// `mapping/ml-utm@1f8a03d2`
fn short(id: &FileId, told: &Told) -> String {
    let hash: String = told.hash.chars().take(8).collect();
    format!("{}/{}@{hash}", id.kind.name(), id.name)
}

fn compare(before: &Told, after: &str, names: &(String, String)) -> Difference {
    difference(before.text.as_deref().unwrap_or_default(), after, (&names.0, &names.1))
}

fn show(id: &FileId, found: &Difference, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(&json!({
            "kind": id.kind.name(), "name": id.name,
            "changes": found.changes, "unified": found.unified
        }));
    }
    screen.heading(&id.to_string())?;
    for change in &found.changes {
        screen.line(&format!("  {}", line(change)))?;
    }
    screen.line(found.unified.trim_end())
}

/// `+ path: after`, `- path: before`, `~ path: before → after`
fn line(change: &Change) -> String {
    let (before, after) = (change.before.as_deref(), change.after.as_deref());
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    match change.kind {
        ChangeKind::Added => format!("+ {}: {after}", change.path),
        ChangeKind::Removed => format!("- {}: {before}", change.path),
        ChangeKind::Changed => format!("~ {}: {before} → {after}", change.path),
    }
}
