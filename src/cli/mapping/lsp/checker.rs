//! Checks documents after every pause of the writer, and tells the editor what was found.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tower_lsp_server::Client;
use tower_lsp_server::ls_types::Uri;

use super::desk::Desk;
use super::said;

/// The pause after which a text is checked: shorter than it takes to look up from the keyboard.
const PAUSE: Duration = Duration::from_millis(120);
/// Who writes on without a pause still sees the problems this often.
const LONGEST: Duration = Duration::from_secs(1);

/// Checks what changes, for ever.
pub async fn run(desk: &Arc<Desk>, client: &Client) {
    loop {
        desk.changed.notified().await;
        pause(desk).await;
        for uri in desk.waiting() {
            check(desk, client, &uri).await;
        }
    }
}

/// Waits until nothing has changed for a while.
async fn pause(desk: &Desk) {
    let last = Instant::now() + LONGEST;
    while Instant::now() < last {
        let until = (Instant::now() + PAUSE).min(last);
        if timeout_at(until, desk.changed.notified()).await.is_err() {
            return;
        }
    }
}

/// Checks one document. Findings of a text that has changed meanwhile are dropped: it waits again
/// already.
async fn check(desk: &Arc<Desk>, client: &Client, uri: &Uri) {
    let Some(sheet) = desk.sheet(uri) else { return };
    let version = sheet.version;
    let work = tokio::task::spawn_blocking(move || (said::diagnostics(&sheet), sheet));
    let Ok((found, sheet)) = work.await else { return };
    if desk.is_current(uri, &sheet) {
        client.publish_diagnostics(uri.clone(), found, Some(version)).await;
    }
}

/// Takes back what was said of a document that was closed.
pub async fn forget(client: &Client, uri: Uri) {
    client.publish_diagnostics(uri, Vec::new(), None).await;
}
