//! How far long work is, told as it goes on (server-sent events), to a script that may be there or not.
//!
//! A connection is told for a few seconds and then ends; the browser comes again by itself. So nobody who walked away
//! holds the hub up, and a hub that stops waits for nobody.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};

use super::batches::own_batch;
use super::replays::{Row, seen};
use super::trials;
use super::visit::Member;
use crate::http::{App, Named, Problem};
use crate::model::{BatchId, ReplayId, Scope, WhatIfId};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// Looks of one connection.
const LOOKS: u32 = 15;

/// How far work is.
enum Stand {
    /// It goes on: texts by the name of their place, and a share in per cent.
    Runs(Value),
    /// It has ended.
    Ended,
}

/// How far a sending is.
pub async fn of_batch(
    member: Member,
    State(app): State<App>,
    Named(id): Named<BatchId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    told(move || batch(app.clone(), member.clone(), id), EVERY).await
}

async fn batch(app: App, member: Member, id: BatchId) -> Result<Stand, Problem> {
    let words = member.visit.words;
    let receipt = own_batch(&app, &member, id).await?;
    if !matches!(receipt.state, "receiving" | "releasing") {
        return Ok(Stand::Ended);
    }
    let (received, refused) = (receipt.counts.received, receipt.counts.refused);
    let texts = json!({ "received": words.number(received), "refused": words.number(refused) });
    let share = (received.saturating_sub(refused) * 100).checked_div(received).unwrap_or(0);
    Ok(Stand::Runs(json!({ "texts": texts, "share": share })))
}

/// How far a replay is.
pub async fn of_replay(
    member: Member,
    State(app): State<App>,
    Named(id): Named<ReplayId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    told(move || replay(app.clone(), member.clone(), id), EVERY).await
}

async fn replay(app: App, member: Member, id: ReplayId) -> Result<Stand, Problem> {
    let row = Row::of(member.visit.words, &seen(&app, &member, id).await?);
    if !row.runs {
        return Ok(Stand::Ended);
    }
    Ok(Stand::Runs(json!({ "texts": { "done": row.examined }, "share": row.share })))
}

/// How far the trial of a match model is.
pub async fn of_trial(
    member: Member,
    State(app): State<App>,
    Named(id): Named<WhatIfId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::Admin)?;
    told(move || trial(app.clone(), member.clone(), id), EVERY).await
}

async fn trial(app: App, member: Member, id: WhatIfId) -> Result<Stand, Problem> {
    let far = trials::far(member.visit.words, &trials::seen(&app, id).await?);
    if !far.runs {
        return Ok(Stand::Ended);
    }
    Ok(Stand::Runs(json!({ "texts": { "done": far.done }, "share": far.share })))
}

/// Tells what `look` sees, until the work has ended or the connection is old. What cannot be seen at the first look is a
/// problem as everywhere.
async fn told<L, F>(look: L, every: Duration) -> Result<Response, Problem>
where
    L: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<Stand, Problem>> + Send,
{
    let first = look().await?;
    let events =
        stream::unfold((look, Some(first), LOOKS), move |(look, stand, left)| async move {
            let stand = match stand {
                Some(stand) => stand,
                None if left == 0 => return None,
                None => {
                    tokio::time::sleep(every).await;
                    look().await.ok()?
                }
            };
            let (event, left) = match stand {
                Stand::Runs(how_far) => {
                    (Event::default().event("progress").data(how_far.to_string()), left - 1)
                }
                Stand::Ended => (Event::default().event("ended").data("-"), 0),
            };
            Some((Ok::<_, Infallible>(event.retry(every)), (look, None, left)))
        });
    Ok(Sse::new(events).into_response())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_goes_on_is_told_until_it_has_ended_and_never_for_ever() {
        async fn text(ends_at: u32) -> String {
            let looks = AtomicU32::new(0);
            let look = move || {
                let at = looks.fetch_add(1, Ordering::Relaxed);
                let stand =
                    if at < ends_at { Stand::Runs(json!({ "at": at })) } else { Stand::Ended };
                std::future::ready(Ok(stand))
            };
            let response = told(look, Duration::ZERO).await.expect("a first look");
            let body =
                axum::body::to_bytes(response.into_body(), 1 << 16).await.expect("a short stream");
            String::from_utf8(body.to_vec()).expect("text")
        }
        let short = text(2).await;
        assert_eq!(short.matches("event: progress").count(), 2, "{short}");
        assert!(short.contains("{\"at\":1}") && short.contains("event: ended"), "{short}");
        let long = text(u32::MAX).await;
        assert_eq!(long.matches("event: progress").count(), LOOKS as usize);
        assert!(!long.contains("event: ended"), "{long}");
    }
}
