//! From a listener to answers, until somebody says stop; and the workers beside it.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use super::App;
use super::router::router;
use crate::operations::answers::watch;
use crate::operations::{
    StoreError, deliver, exchange, link, overview, publish, quality, replay, reviews, what_if,
};

/// How long requests that are being worked on may go on after the hub was told to stop.
const GRACE: Duration = Duration::from_secs(20);
/// Pause of a worker that found nothing to do. Changes are pushed on within this time.
const IDLE: Duration = Duration::from_secs(1);
/// Pause of the linker that found nothing: a sender who waits for it waits no longer than this.
const LINKER_IDLE: Duration = Duration::from_millis(200);
/// Pause of a worker whose store failed.
const TROUBLED: Duration = Duration::from_secs(5);

/// How often it is looked whether a measurement is due.
const MEASURED: Duration = Duration::from_secs(60);

/// First pause after publications could not be followed; it doubles up to [`TROUBLED`].
const PATIENT: Duration = Duration::from_millis(250);

/// Why serving ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener failed.
    #[error("cannot serve")]
    Listener(#[from] io::Error),
}

/// Serves until `stop`, with the workers that carry on what requests began. When it returns,
/// nothing that it started is still running.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let tracker = TaskTracker::new();
    let workers = stop.child_token();
    tracker.spawn(link_until(app.clone(), workers.clone()));
    tracker.spawn(deliver_until(app.clone(), workers.clone()));
    tracker.spawn(exchange_until(app.clone(), workers.clone()));
    tracker.spawn(replay_until(app.clone(), workers.clone()));
    tracker.spawn(measure_until(app.clone(), workers.clone()));
    tracker.spawn(try_until(app.clone(), workers.clone()));
    tracker.close();
    let outcome = serve_requests(listener, app, stop).await;
    workers.cancel();
    tracker.wait().await;
    outcome
}

/// Answers requests until `stop`, without the workers that link and deliver: for nodes that only answer. They follow
/// publications all the same.
///
/// # Errors
/// When the listener fails.
pub async fn serve_requests(
    listener: TcpListener,
    app: App,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    info!(%address, "listening on {address}");
    let told = stop.clone();
    let following = follow_until(app.clone());
    let counting = app.hub.clone();
    let served = axum::serve(listener, router(app))
        .with_graceful_shutdown(async move { told.cancelled().await });
    tokio::select! {
        outcome = served => Ok(outcome?),
        never = following => match never {},
        never = overview::count_until(&counting) => match never {},
        () = overdue(&stop) => {
            warn!("requests were cut off after {} s of grace", GRACE.as_secs());
            Ok(())
        }
    }
}

async fn overdue(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GRACE).await;
}

/// Takes what is published elsewhere, within a second; as long as requests are answered.
async fn follow_until(app: App) -> Infallible {
    let mut trouble = PATIENT;
    loop {
        let pause = match publish::follow(&app.hub).await {
            Ok(pause) => {
                trouble = PATIENT;
                pause
            }
            Err(failed) => {
                error!(cause = %failed, "publications are not followed, the files of before stay in force");
                trouble = (trouble * 2).min(TROUBLED);
                trouble
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Gives records to people as they come.
async fn link_until(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match link::link_pending(&app.hub).await {
            Ok(report) => {
                super::metrics::linked(report.records);
                if report.records == 0 { LINKER_IDLE } else { Duration::ZERO }
            }
            Err(failed) => {
                error!(cause = %failed, "linking stopped");
                TROUBLED
            }
        };
        rest(&stop, pause).await;
    }
}

/// Goes on with replays that were begun here or elsewhere.
async fn replay_until(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        // Told to stop, it leaves the page at hand: whoever goes on repeats it.
        let pause = tokio::select! {
            () = stop.cancelled() => return,
            stepped = replay::step(&app.hub) => match stepped {
                Ok(()) => IDLE,
                Err(failed) => {
                    error!(cause = %failed, "a replay stopped");
                    TROUBLED
                }
            },
        };
        rest(&stop, pause).await;
    }
}

/// Runs trials of match models that were begun here or elsewhere.
async fn try_until(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        // Told to stop, it drops what it has: whoever goes on begins again.
        let pause = tokio::select! {
            () = stop.cancelled() => return,
            stepped = what_if::step(&app.hub) => match stepped {
                Ok(()) => IDLE,
                Err(failed) => {
                    error!(cause = %failed, "the trial of a match model stopped");
                    TROUBLED
                }
            },
        };
        rest(&stop, pause).await;
    }
}

/// Measures how right the links are, once a day, and shows how much waits for stewards.
async fn measure_until(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match measure(&app).await {
            Ok(()) => MEASURED,
            Err(failed) => {
                error!(cause = %failed, "the quality of the links was not measured");
                TROUBLED
            }
        };
        rest(&stop, pause).await;
    }
}

async fn measure(app: &App) -> Result<(), link::LinkError> {
    let summary = reviews::summary(&app.hub, None).await?;
    super::metrics::queue(summary.open, summary.held_back);
    if let Some(report) = quality::step(&app.hub).await? {
        super::metrics::quality(&report);
    }
    Ok(())
}

async fn rest(stop: &CancellationToken, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

/// Works on messages of other registries, and looks whom what happened concerns. Apart from what sends: a hundred searches
/// hold up no delivery.
async fn exchange_until(app: App, stop: CancellationToken) {
    let worker = format!("{}-{}", std::process::id(), hex::encode(app.hub.random::<4>()));
    while !stop.is_cancelled() {
        let pause = match answer_and_follow(&app, &worker).await {
            Ok(true) => IDLE,
            Ok(false) => Duration::ZERO,
            Err(failed) => {
                error!(cause = %failed, "the messages of other registries were not worked on");
                TROUBLED
            }
        };
        rest(&stop, pause).await;
    }
}

/// One round; whether there was nothing to do.
async fn answer_and_follow(app: &App, worker: &str) -> Result<bool, StoreError> {
    let followed = exchange::follow(&app.hub).await?;
    let answered = exchange::step(&app.hub, worker).await?;
    Ok(followed == 0 && !answered)
}

/// Sends what is due, again and again. A step that has begun is finished: its messages are leased.
async fn deliver_until(app: App, stop: CancellationToken) {
    let worker = format!("{}-{}", std::process::id(), hex::encode(app.hub.random::<4>()));
    while !stop.is_cancelled() {
        let pause = match plan_and_send(&app, &worker).await {
            Ok(true) => IDLE,
            Ok(false) => Duration::ZERO,
            Err(failed) => {
                error!(cause = %failed, "the delivery worker could not use the store");
                TROUBLED
            }
        };
        rest(&stop, pause).await;
    }
}

/// One round; whether there was nothing to do.
async fn plan_and_send(app: &App, worker: &str) -> Result<bool, StoreError> {
    // Cancelled answers are told by the step that follows.
    let watched = watch::step(&app.hub).await?;
    let planned = deliver::plan_pending(&app.hub).await?;
    let sent = deliver::step(&app.hub, &app.client, worker).await?;
    super::metrics::delivered(sent.done, sent.retried, sent.abandoned);
    Ok(watched.entries == 0 && planned.entries == 0 && sent.is_idle())
}
