//! Steps in the life of a version: its versions are listed, one is approved, given up, or gone back to.

use serde_json::json;

use super::held::{Changed, Files};
use super::named::Named;
use super::publish;
use crate::cli::arguments::Common;
use crate::cli::door::Which;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;

/// List the versions of a file, the newest first.
#[derive(Debug, clap::Args)]
pub struct Versions {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    named: Named,
}

/// One version of a file.
#[derive(Debug, clap::Args)]
pub struct Version {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    named: Named,
    /// Its whole hash, as `versions` shows it: so nobody agrees to another text than the one they read
    #[arg(value_name = "HASH")]
    hash: String,
}

/// Go back to a version that counted before.
#[derive(Debug, clap::Args)]
pub struct Rollback {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    named: Named,
    /// To which version, by its hash [default: the one before the present one]
    #[arg(long, value_name = "HASH")]
    to: Option<String>,
}

/// Lists.
///
/// # Errors
/// When the hub does not answer.
pub async fn versions(
    args: &Versions,
    common: &Common,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let id = args.named.file()?;
    let found = Files::open(&args.which, common, screen).await?.versions(&id).await?;
    if found.is_empty() {
        return Err(Failure::usage("life-unknown", &[("file", &id.to_string())]));
    }
    for told in &found {
        if screen.json() {
            let told = serde_json::to_value(told).map_err(Failure::operation)?;
            screen.value(&told)?;
            continue;
        }
        let state = screen.text(&format!("life-state-{}", told.state), &[]);
        let version = told.version.as_deref().unwrap_or("-");
        screen.line(&format!(
            "{} · {version} · {state} · {} · {}",
            told.hash, told.written_at, told.written_by
        ))?;
    }
    Ok(Outcome::Done)
}

/// Agrees to a version that somebody else wrote.
///
/// # Errors
/// When the hub refuses.
pub async fn approve(args: &Version, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let id = args.named.file()?;
    Files::open(&args.which, common, screen).await?.approve(&id, &args.hash).await?;
    done(&id.to_string(), &args.hash, ("approved", "life-approved"), screen)
}

/// Gives up a draft, or takes back what is published for later.
///
/// # Errors
/// When the hub refuses.
pub async fn withdraw(
    args: &Version,
    common: &Common,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let id = args.named.file()?;
    Files::open(&args.which, common, screen).await?.withdraw(&id, &args.hash).await?;
    done(&id.to_string(), &args.hash, ("withdrawn", "life-given-up"), screen)
}

fn done(
    file: &str,
    hash: &str,
    (state, key): (&str, &str),
    screen: &Screen,
) -> Result<Outcome, Failure> {
    if screen.json() {
        screen.value(&json!({ "file": file, "hash": hash, "state": state }))?;
    } else {
        screen.say(key, &[("file", file.into()), ("hash", hash.into())])?;
    }
    Ok(Outcome::Done)
}

/// Goes back.
///
/// # Errors
/// When the hub refuses or there is nothing to go back to.
pub async fn rollback(
    args: &Rollback,
    common: &Common,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let id = args.named.file()?;
    let hub = Files::open(&args.which, common, screen).await?;
    let changes: Vec<Changed> = hub.rollback(&id, args.to.as_deref()).await?;
    if screen.json() {
        screen.value(&json!({ "published": changes.len(), "changes": changes }))?;
        return Ok(Outcome::Done);
    }
    for change in &changes {
        screen.line(&publish::line(change))?;
    }
    screen.say("mapping-published", &[("count", changes.len().into())])?;
    Ok(Outcome::Done)
}
