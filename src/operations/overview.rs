//! What needs a person now, what flows, how each scheme does: the first view of the page.
//!
//! What waits is counted anew each time, up to ten thousand of a kind. Counting everything that is kept takes long where
//! there are millions: that goes on beside the view ([`count_until`]), which shows the last figures and how old they are.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::Date;
use tokio::sync::{Notify, watch};
use tracing::error;

pub use crate::store::overview::Tally;

use super::quality::{self, Alarm};
use super::{Hub, StoreError, versions};
use crate::model::{Caller, Holder, Instant, SchemeId, Scope};
use crate::store::Session;
use crate::store::overview::Arrived;

/// How old the figures of everything kept may grow before they are counted anew, in milliseconds.
const FRESH: i64 = 60_000;
/// Counting may take one hundredth of the time: what takes a second is done every two minutes at most.
const SHARE: i64 = 100;
/// How long a view waits for figures: a small hub is counted by then.
const PATIENCE: Duration = Duration::from_millis(40);
/// Days of arrivals that are shown.
pub const DAYS: usize = 14;

/// The first view.
#[derive(Debug)]
pub struct Overview {
    /// Refused records that wait.
    pub refused: Tally,
    /// Batches that are held until a person releases them.
    pub held: u64,
    /// Reviews that wait.
    pub reviews: Tally,
    /// Deliveries that were given up.
    pub abandoned: Tally,
    /// Changed files that wait for a second person's word.
    pub to_approve: u64,
    /// What cannot be right in all the records together.
    pub alarms: Vec<Alarm>,
    /// Everything that is kept, and when it was counted; for those who run the hub, once it was.
    pub kept: Option<(Instant, Kept)>,
    /// The last [`DAYS`] days, the oldest first.
    pub days: Vec<Day>,
    /// Each scheme that the caller may see.
    pub schemes: Vec<Health>,
}

/// How much is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Records that count.
    pub records: u64,
    /// People who have at least one.
    pub people: u64,
    /// Records that wait for the linker.
    pub waiting: u64,
}

/// What arrived on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Records received.
    pub received: u64,
    /// Of them, refused.
    pub refused: u64,
}

/// How a scheme does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Health {
    /// Which.
    pub scheme: SchemeId,
    /// Its records that count, once they were counted.
    pub records: Option<u64>,
    /// Its refused records that wait.
    pub refused: Tally,
    /// When it last sent something.
    pub last: Option<Instant>,
}

/// Figures of everything that is kept, and who asks for newer ones.
#[derive(Debug)]
pub(super) struct Figures {
    last: watch::Sender<Option<Arc<Counted>>>,
    wanted: Notify,
}

/// Figures as they were at a moment.
#[derive(Debug)]
struct Counted {
    at: Instant,
    took_ms: i64,
    kept: Kept,
    records: BTreeMap<SchemeId, u64>,
}

impl Default for Figures {
    fn default() -> Self {
        Self { last: watch::channel(None).0, wanted: Notify::new() }
    }
}

/// The first view, as far as a caller may see it.
///
/// # Errors
/// When the store fails.
pub async fn overview(hub: &Hub, caller: &Caller) -> Result<Overview, StoreError> {
    let scheme = match &caller.holder {
        Holder::Scheme(scheme) => Some(scheme),
        Holder::Operator(_) | Holder::Partner(_) => None,
    };
    let figures = figures(hub).await;
    let mut session = hub.store().read().await?;
    let held = session.count_held(scheme).await?;
    let abandoned = session.count_abandoned(scheme).await?;
    let reviews = session.count_open_reviews(scheme).await?;
    let since = hub.today().saturating_sub((DAYS as i64 - 1).days());
    let arrived = session.arrived_since(scheme, Instant::start_of(since)).await?;
    let library = hub.library();
    let mut schemes = Vec::new();
    for known in library.registry().schemes().filter(|known| caller.sees(&known.id)) {
        schemes.push(health(&mut session, &known.id, figures.as_deref()).await?);
    }
    drop(session);
    Ok(Overview {
        refused: schemes.iter().map(|one| one.refused).sum(),
        held,
        reviews,
        abandoned,
        to_approve: versions::to_approve(hub, caller).await?,
        alarms: alarms(hub, caller).await?,
        kept: figures.filter(|_| scheme.is_none()).map(|figures| (figures.at, figures.kept)),
        days: days(since, &arrived),
        schemes,
    })
}

async fn health(
    session: &mut Session,
    scheme: &SchemeId,
    figures: Option<&Counted>,
) -> Result<Health, StoreError> {
    Ok(Health {
        scheme: scheme.clone(),
        records: figures.map(|figures| figures.records.get(scheme).copied().unwrap_or(0)),
        refused: session.count_refused(scheme).await?,
        last: session.last_sending(scheme).await?,
    })
}

/// Every day from the first on, also those on which nothing arrived.
fn days(first: Date, arrived: &[Arrived]) -> Vec<Day> {
    let day = |at: usize| {
        let date = first.saturating_add((at as i64).days());
        let number = Instant::start_of(date).as_millis() / 86_400_000;
        let found = arrived.iter().find(|one| one.day == number);
        let (received, refused) = found.map_or((0, 0), |one| (one.received, one.refused));
        Day { date, received, refused }
    };
    (0..DAYS).map(day).collect()
}

/// The alarms of the last measurement that a caller may see.
async fn alarms(hub: &Hub, caller: &Caller) -> Result<Vec<Alarm>, StoreError> {
    let report = if caller.may(Scope::IdentityRead) { quality::last(hub).await? } else { None };
    let mut alarms = report.map_or_else(Vec::new, |report| report.alarms);
    alarms.retain(|alarm| match &alarm.scheme {
        Some(scheme) => caller.sees(scheme),
        None => caller.runs_the_hub(),
    });
    Ok(alarms)
}

/// The last figures. Whoever finds them old asks for new ones, and waits for them no longer than a view may.
async fn figures(hub: &Hub) -> Option<Arc<Counted>> {
    let mut last = hub.figures().last.subscribe();
    let known = last.borrow_and_update().clone();
    let old =
        |counted: &Counted| counted.at.plus_millis(FRESH.max(counted.took_ms * SHARE)) <= hub.now();
    if known.as_deref().is_none_or(old) {
        hub.figures().wanted.notify_one();
        // What comes too late is shown by the next view.
        let _ = tokio::time::timeout(PATIENCE, last.changed()).await;
    }
    last.borrow().clone()
}

/// Counts everything that is kept whenever a view finds its figures old.
pub async fn count_until(hub: &Hub) -> Infallible {
    loop {
        hub.figures().wanted.notified().await;
        match count(hub).await {
            Ok(counted) => drop(hub.figures().last.send_replace(Some(Arc::new(counted)))),
            Err(failed) => error!(cause = %failed, "what is kept could not be counted"),
        }
    }
}

async fn count(hub: &Hub) -> Result<Counted, StoreError> {
    let began = hub.now();
    let mut session = hub.store().read().await?;
    let records: BTreeMap<SchemeId, u64> = session.count_records().await?.into_iter().collect();
    let kept = Kept {
        records: records.values().sum(),
        people: session.count_people().await?,
        waiting: session.count_waiting().await?,
    };
    let at = hub.now();
    Ok(Counted { at, took_ms: at.as_millis() - began.as_millis(), kept, records })
}
