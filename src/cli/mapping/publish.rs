//! Files put in force in a hub, at once or for later; or only looked at, as they would be.

mod rehearse;

use std::path::PathBuf;

use serde_json::json;

use super::check;
use super::folder::Folder;
use super::held::{Changed, Files, Held};
use crate::cli::arguments::Common;
use crate::cli::door::Which;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::model::Instant;
use crate::operations::library::{DataFile, FileId};

/// Put files in force in a hub, all together or none.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Files to publish [default: all that this program and --mappings bring]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// From when on they count, such as 2027-01-01T00:00:00Z [default: at once]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<Instant>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Publish also what was made from a version that the hub has meanwhile replaced
    #[arg(long)]
    force: bool,
}

fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text).ok_or_else(|| "2027-01-01T00:00:00Z".to_owned())
}

/// What is to be done with the files.
#[derive(Default)]
struct Sorted<'f> {
    /// To be published, with the version of the hub that they take the place of.
    new: Vec<(&'f DataFile, Option<String>)>,
    /// Counted before and were followed by others: going back is another command.
    older: Vec<FileId>,
}

/// Publishes.
///
/// # Errors
/// When a file cannot be read, the whole would not work, or the hub refuses: then nothing is published.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let (all, asked) = check::gather(&args.files, common)?;
    let files = if args.files.is_empty() { all } else { asked };
    let mut folder = Folder::open(common)?;
    let hub = Files::open(&args.which, common, screen).await?;
    let held = hub.all().await?;
    let sorted = sort(&hub, &held, &files, &folder, args.force).await?;
    let changes = if args.dry_run {
        rehearse::rehearse(&hub, &held, &sorted.new, screen).await?
    } else {
        let mut chosen = Vec::new();
        for (file, seen) in &sorted.new {
            let (id, hash) = (file.id(), hash(file));
            if seen.as_ref() != Some(&hash) {
                hub.draft(file, seen.as_deref()).await?;
                // Whatever becomes of the publication, the next edit starts from this draft.
                folder.note(&id, &hash);
                folder.keep_notes()?;
            }
            chosen.push((id, hash));
        }
        hub.publish(&chosen, args.at).await?
    };
    print(args, &changes, &sorted.older, screen)?;
    let left_out = if args.files.is_empty() { 0 } else { sorted.older.len() };
    Ok(Outcome::of_refusals(left_out as u64))
}

async fn sort<'f>(
    hub: &Files,
    held: &[Held],
    files: &'f [DataFile],
    folder: &Folder,
    force: bool,
) -> Result<Sorted<'f>, Failure> {
    let mut sorted = Sorted::default();
    let mut moved = Vec::new();
    for file in files {
        let (id, hash) = (file.id(), hash(file));
        let there = held.iter().find(|held| held.id().as_ref() == Some(&id));
        let in_force = there.and_then(|held| held.in_force.as_ref());
        if in_force.is_some_and(|version| version.hash == hash) {
            continue;
        }
        let known = if there.is_some() { hub.version(&id, &hash).await? } else { None };
        if known.is_some_and(|known| known.state == "superseded") {
            sorted.older.push(id);
            continue;
        }
        let current = there.and_then(Held::current);
        let base = folder.base(&id);
        if !force && current != Some(&hash) && base.is_some() && base != current {
            moved.push(id.to_string());
            continue;
        }
        sorted.new.push((file, current.map(str::to_owned)));
    }
    if moved.is_empty() {
        return Ok(sorted);
    }
    Err(Failure::usage("life-moved", &[("files", &moved.join(", "))]))
}

fn hash(file: &DataFile) -> String {
    file.hash().to_hex().to_string()
}

fn print(
    args: &Args,
    changes: &[Changed],
    older: &[FileId],
    screen: &Screen,
) -> Result<(), Failure> {
    if screen.json() {
        let older: Vec<String> = older.iter().map(ToString::to_string).collect();
        let published = if args.dry_run { 0 } else { changes.len() };
        return screen.value(&json!({
            "published": published, "at": args.at, "changes": changes, "older": older
        }));
    }
    for change in changes {
        screen.line(&line(change))?;
    }
    for file in older {
        screen.say("life-older", &[("file", file.to_string().into())])?;
    }
    let count = ("count", changes.len().into());
    match (args.dry_run, args.at) {
        (true, _) => screen.say("life-would-publish", &[count]),
        (false, Some(at)) => {
            screen.say("life-published-for", &[count, ("at", at.to_string().into())])
        }
        (false, None) => screen.say("mapping-published", &[count]),
    }
}

/// `mapping ml-utm 1.2.0 (1f8a03d2…, instead of 77ab01cd…)`
pub(super) fn line(change: &Changed) -> String {
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    let version = change.version.as_deref().unwrap_or("-");
    let before = change.before.as_deref().map_or_else(|| "∅".to_owned(), short);
    let hash = short(&change.hash);
    format!("{} {} {version}: {before} → {hash}", change.kind, change.name)
}
