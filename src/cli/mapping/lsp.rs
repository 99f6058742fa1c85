//! `dankun mapping lsp`: the language server of mappings (LSP 3.17), for any editor that speaks it.
//!
//! [`desk`] holds the open documents and what they are checked against, [`checker`] checks them after
//! every pause of the writer, [`server`] answers requests with what [`crate::mapping::assist`]
//! knows. Nothing is written to disk and nothing leaves the machine.

mod checker;
mod desk;
mod document;
mod position;
mod said;
mod server;
mod streams;

use std::sync::Arc;

use tower_lsp_server::{LspService, Server};

use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;

use desk::Desk;
use server::MappingServer;

/// Serve an editor: problems, completion, explanations, quick fixes, definitions, outline.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Taken for granted: the only way there is to speak with an editor
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Serves until the editor says `exit` or closes the stream.
///
/// # Errors
/// When the files that mappings are checked against cannot be used.
pub async fn run(_: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let desk = Desk::new(common, screen.language())?;
    let desk = Arc::new(desk);
    let (service, socket) = LspService::new(|client| MappingServer::new(client, Arc::clone(&desk)));
    let client = service.inner().client().clone();
    let (stdout, pass_on) = streams::output();
    // One request after the other: a change must never overtake the one before it.
    let server = Server::new(streams::input(), stdout, socket).concurrency_level(1);
    let serving = async { tokio::join!(server.serve(service), pass_on) };
    tokio::select! {
        ((), ()) = serving => {}
        () = checker::run(&desk, &client) => {}
    }
    Ok(Outcome::Done)
}
