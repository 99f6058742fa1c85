//! `dankun mapping`: check, test, explain and help to write the files that describe schemes.

mod check;
mod codes;
mod diff;
mod distant;
mod explain;
mod folder;
mod held;
mod infer;
mod lsp;
mod named;
mod preview;
mod publish;
mod pull;
mod reference;
mod replay;
mod roundtrip;
mod shown;
mod steps;
mod test;
mod what_if;

use super::arguments::Common;
use super::failure::{Failure, Outcome};
use super::screen::Screen;

/// Check, test, explain and publish the files under mappings/.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Report every problem of mappings, code tables, schemes, agreements and match models
    Check(check::Args),
    /// Run the examples that stand in mappings
    Test(test::Args),
    /// Show step by step how one record is translated
    Explain(explain::Args),
    /// Serve an editor over standard input and output: problems, completion, explanations, quick fixes
    Lsp(lsp::Args),
    /// Draft a schema and a mapping from a sample file
    Infer(infer::Args),
    /// Make code tables that mappings share
    Codes(codes::Args),
    /// Say what a verb, a key, a target field or a code means
    Reference(reference::Args),
    /// Show what publishing the files of --mappings would change, or what changed between two versions
    Diff(diff::Args),
    /// Bring the files that count in a hub into the directory of --mappings
    Pull(pull::Args),
    /// Show what a mapping would change among the records of a hub
    Preview(preview::Args),
    /// Make the history of a hub again with the mapping in force
    Replay(replay::Args),
    /// Show what of each field comes back, and how a file comes back through its own mapping
    Roundtrip(roundtrip::Args),
    /// Put files in force in a hub, all together or none
    Publish(publish::Args),
    /// Go back to a version that counted before
    Rollback(steps::Rollback),
    /// List the versions of a file, the newest first
    Versions(steps::Versions),
    /// Agree to a version that somebody else wrote
    Approve(steps::Version),
    /// Give up a draft, or take back what is published for later
    Withdraw(steps::Version),
}

/// Does one of them.
///
/// # Errors
/// When a file cannot be read, or a hub does not open.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    match &args.verb {
        Verb::Check(args) => check::run(args, common, screen),
        Verb::Test(args) => test::run(args, common, screen),
        Verb::Explain(args) => explain::run(args, common, screen),
        Verb::Roundtrip(args) => roundtrip::run(args, common, screen),
        Verb::Lsp(args) => lsp::run(args, common, screen).await,
        Verb::Infer(args) => infer::run(args, common, screen),
        Verb::Codes(args) => codes::run(args, common, screen),
        Verb::Reference(args) => reference::run(args, common, screen),
        Verb::Diff(args) => diff::run(args, common, screen).await,
        Verb::Pull(args) => pull::run(args, common, screen).await,
        Verb::Preview(args) => preview::run(args, common, screen).await,
        Verb::Replay(args) => replay::run(args, common, screen).await,
        Verb::Publish(args) => publish::run(args, common, screen).await,
        Verb::Rollback(args) => steps::rollback(args, common, screen).await,
        Verb::Versions(args) => steps::versions(args, common, screen).await,
        Verb::Approve(args) => steps::approve(args, common, screen).await,
        Verb::Withdraw(args) => steps::withdraw(args, common, screen).await,
    }
}
