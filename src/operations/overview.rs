//! What needs a person now, what flows, how each scheme does: the first view of the page.
//!
//! What waits is counted anew each time. Counting everything that is kept takes long where there are millions, so those
//! figures are up to a minute old.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::quality::{self, Alarm};
use super::{Hub, StoreError};
use crate::model::{Caller, Holder, Instant, SchemeId, Scope};

/// How old the figures of everything kept may grow, in milliseconds.
const FRESH: i64 = 60_000;
/// Days of arrivals that are shown.
pub const DAYS: usize = 14;

/// The first view.
#[derive(Debug)]
pub struct Overview {
    /// Refused records that wait.
    pub refused: u64,
    /// Batches that are held until a person releases them.
    pub held: u64,
    /// Reviews that wait.
    pub reviews: u64,
    /// Deliveries that were given up.
    pub abandoned: u64,
    /// What cannot be right in all the records together.
    pub alarms: Vec<Alarm>,
    /// Everything that is kept; for those who run the hub.
    pub kept: Option<Kept>,
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
    /// Its records that count.
    pub records: u64,
    /// Its refused records that wait.
    pub refused: u64,
    /// When it last sent something.
    pub last: Option<Instant>,
}

/// Figures of everything that is kept.
#[derive(Debug)]
pub(super) struct Figures {
    at: Instant,
    kept: Kept,
    records: BTreeMap<SchemeId, u64>,
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
    let figures = figures(hub).await?;
    let mut session = hub.store().read().await?;
    let refused: BTreeMap<SchemeId, u64> = session.refused_by_scheme().await?.into_iter().collect();
    let last: BTreeMap<SchemeId, Instant> = session.last_sendings().await?.into_iter().collect();
    let held = session.count_held(scheme).await?;
    let abandoned = session.count_abandoned(scheme).await?;
    let reviews = match scheme {
        None => session.open_reviews().await?,
        some => session.alike_reviews(some, u32::MAX >> 1).await?.iter().map(|(_, n)| n).sum(),
    };
    let since = hub.today().saturating_sub((DAYS as i64 - 1).days());
    let arrived = session.arrived_since(scheme, Instant::start_of(since)).await?;
    drop(session);
    let days = (0..DAYS).map(|at| {
        let date = since.saturating_add((at as i64).days());
        let number = Instant::start_of(date).as_millis() / 86_400_000;
        let found = arrived.iter().find(|one| one.day == number);
        let (received, refused) = found.map_or((0, 0), |one| (one.received, one.refused));
        Day { date, received, refused }
    });
    let health = |scheme: &SchemeId| Health {
        scheme: scheme.clone(),
        records: figures.records.get(scheme).copied().unwrap_or(0),
        refused: refused.get(scheme).copied().unwrap_or(0),
        last: last.get(scheme).copied(),
    };
    let library = hub.library();
    let known = library.registry().schemes().map(|known| &known.id);
    let schemes: Vec<Health> = known.filter(|id| caller.sees(id)).map(health).collect();
    Ok(Overview {
        refused: schemes.iter().map(|one| one.refused).sum(),
        held,
        reviews,
        abandoned,
        alarms: alarms(hub, caller).await?,
        kept: scheme.is_none().then_some(figures.kept),
        days: days.collect(),
        schemes,
    })
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

async fn figures(hub: &Hub) -> Result<Arc<Figures>, StoreError> {
    let now = hub.now();
    // Held while counting: a second reader waits for the first instead of counting too.
    let mut kept = hub.figures().lock().await;
    if let Some(figures) = kept.as_ref().filter(|figures| figures.at.plus_millis(FRESH) > now) {
        return Ok(Arc::clone(figures));
    }
    let mut session = hub.store().read().await?;
    let totals = session.totals().await?;
    let counts = session.record_counts().await?;
    let figures = Arc::new(Figures {
        at: now,
        kept: Kept { records: totals.records, people: totals.people, waiting: totals.waiting },
        records: counts
            .into_iter()
            .map(|count| (count.scheme, count.known.saturating_sub(count.absent)))
            .collect(),
    });
    *kept = Some(Arc::clone(&figures));
    Ok(figures)
}
