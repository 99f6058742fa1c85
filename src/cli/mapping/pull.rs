//! What counts in a hub comes into a directory. A file that was edited here is left alone: a text that the hub has
//! never seen exists nowhere else.

use serde_json::json;

use super::folder::Folder;
use super::held::Files;
use crate::cli::arguments::Common;
use crate::cli::door::Which;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::operations::library::FileId;

/// Bring the files that count in a hub into the directory of --mappings.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Names of files, such as ml-utm [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write over files that were edited here
    #[arg(long)]
    force: bool,
}

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Done {
    Created,
    Updated,
    Same,
    /// Edited here, therefore left alone.
    Kept,
}

impl Done {
    const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Same => "same",
            Self::Kept => "kept",
        }
    }

    const fn message(self) -> Option<&'static str> {
        match self {
            Self::Created => Some("life-pull-created"),
            Self::Updated => Some("life-pull-updated"),
            Self::Same => None,
            Self::Kept => Some("life-pull-kept"),
        }
    }
}

/// Pulls.
///
/// # Errors
/// When the hub does not answer, or a file cannot be written.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let mut folder = Folder::open(common)?;
    let hub = Files::open(&args.which, common, screen).await?;
    let (mut written, mut same, mut kept) = (0_u64, 0_u64, 0_u64);
    for held in hub.all().await? {
        let (Some(id), Some(version)) = (held.id(), &held.in_force) else { continue };
        if !args.names.is_empty() && !args.names.contains(&id.name) {
            continue;
        }
        let done = pull(&hub, &mut folder, &id, &version.hash, args.force).await?;
        match done {
            Done::Created | Done::Updated => written += 1,
            Done::Same => same += 1,
            Done::Kept => kept += 1,
        }
        print(&folder, &id, done, screen)?;
    }
    folder.keep_notes()?;
    if !screen.json() {
        screen.say(
            "life-pull-summary",
            &[("written", written.into()), ("same", same.into()), ("kept", kept.into())],
        )?;
    }
    Ok(Outcome::of_refusals(kept))
}

async fn pull(
    hub: &Files,
    folder: &mut Folder,
    id: &FileId,
    hash: &str,
    force: bool,
) -> Result<Done, Failure> {
    let here = folder.file(id).map(|file| file.hash().to_hex().to_string());
    let done = match &here {
        None => Done::Created,
        Some(here) if here == hash => Done::Same,
        Some(here) => {
            let unedited = force
                || folder.base(id) == Some(here.as_str())
                || hub.version(id, here).await?.is_some();
            if unedited { Done::Updated } else { Done::Kept }
        }
    };
    if matches!(done, Done::Created | Done::Updated) {
        let told = hub.version(id, hash).await?;
        if let Some(text) = told.and_then(|told| told.text) {
            folder.write(id, &text)?;
        }
    }
    if done != Done::Kept {
        folder.note(id, hash);
    }
    Ok(done)
}

fn print(folder: &Folder, id: &FileId, done: Done, screen: &Screen) -> Result<(), Failure> {
    let place = folder.place(id).display().to_string();
    if screen.json() {
        return screen.value(&json!({
            "kind": id.kind.name(), "name": id.name, "file": place, "done": done.name()
        }));
    }
    match done.message() {
        Some(key) => screen.say(key, &[("file", place.into())]),
        None => Ok(()),
    }
}
