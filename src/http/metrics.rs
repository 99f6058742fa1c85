//! Counters for those who run the hub, in the text format of Prometheus.
//!
//! Labels are routes, codes and schemes: never an id, never anything personal, always few.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::Method;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::operations::quality::{AlarmKind, Report};

const REQUESTS: &str = "dankun_http_requests_total";
const DURATION: &str = "dankun_http_request_seconds";
const RECEIVED: &str = "dankun_records_received_total";
const REFUSED: &str = "dankun_records_refused_total";
const LINKED: &str = "dankun_records_linked_total";
const ANSWERS: &str = "dankun_eligibility_answers_total";
const DELIVERIES: &str = "dankun_deliveries_total";

const WAITING: &str = "dankun_linker_waiting";
const REVIEWS: &str = "dankun_reviews";
const QUALITY: &str = "dankun_identity_share";
const DRIFT: &str = "dankun_identity_drift_bits";
const ALARMS: &str = "dankun_identity_alarms";
const FALSE_JOINS: &str = "dankun_identity_false_joins_expected";

/// Upper bounds of the buckets for durations, in seconds: around the milliseconds in which a
/// question is to be answered, and up to the minutes that a nightly file takes.
const BUCKETS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 10.0, 60.0];

/// The recorder is the process's own (the `metrics` crate has one a process), so that every hub in
/// a process counts into the same figures.
static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting; later calls give the same handle. `None` when something else in the process
/// already counts.
pub fn install() -> Option<PrometheusHandle> {
    let handle = HANDLE.get_or_init(|| {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)
            .ok()?
            .install_recorder()
            .ok()?;
        describe();
        Some(handle)
    });
    handle.clone()
}

fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by method, route and status");
    describe_histogram!(DURATION, "Seconds from request to answer, by route");
    describe_counter!(RECEIVED, "Records received, by scheme");
    describe_counter!(REFUSED, "Records refused, by scheme");
    describe_counter!(LINKED, "Records given to a person by the linker");
    describe_counter!(ANSWERS, "Eligibility questions, by outcome");
    describe_gauge!(WAITING, "Changed records that no linker has taken up yet");
    describe_gauge!(REVIEWS, "Pairs before a steward, by state: open, held_back");
    describe_gauge!(
        QUALITY,
        "Shares of the last measurement, by measure and group, with their 95 % interval"
    );
    describe_gauge!(
        DRIFT,
        "Bits by which the weight of a level has drifted from the published model"
    );
    describe_gauge!(ALARMS, "Cases that a person should look at, by kind");
    describe_gauge!(FALSE_JOINS, "Records joined to a stranger by chance, as decoys say");
    describe_counter!(DELIVERIES, "Attempts to tell a subscriber, by outcome");
}

/// The page that Prometheus reads.
pub fn page(handle: &PrometheusHandle) -> String {
    handle.run_upkeep();
    handle.render()
}

/// Counts an answered request.
pub fn answered(method: &Method, route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    counter!(REQUESTS, "method" => method.to_string(), "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!(DURATION, "route" => route).record(took.as_secs_f64());
}

/// Counts what came in with a batch.
pub fn received(scheme: &str, received: u64, refused: u64) {
    counter!(RECEIVED, "scheme" => scheme.to_owned()).increment(received);
    counter!(REFUSED, "scheme" => scheme.to_owned()).increment(refused);
}

/// Counts records that the linker settled.
pub fn linked(records: u64) {
    counter!(LINKED).increment(records);
}

/// Counts a question by its outcome: `eligible`, `not_eligible`, `unknown` or `refused`.
pub fn asked(outcome: &str) {
    counter!(ANSWERS, "outcome" => outcome.to_owned()).increment(1);
}

/// Counts attempts to deliver by their outcome.
pub fn delivered(done: u64, retried: u64, abandoned: u64) {
    for (outcome, count) in [("done", done), ("retried", retried), ("abandoned", abandoned)] {
        counter!(DELIVERIES, "outcome" => outcome).increment(count);
    }
}

/// Shows how many changed records wait for the linker.
pub fn waiting(records: u64) {
    #[allow(clippy::cast_precision_loss, reason = "counts of records stay far below 2^52")]
    gauge!(WAITING).set(records as f64);
}

/// Shows how many pairs are before a steward.
pub fn queue(open: u64, held_back: u64) {
    for (state, count) in [("open", open), ("held_back", held_back)] {
        #[allow(clippy::cast_precision_loss, reason = "counts of pairs stay far below 2^52")]
        gauge!(REVIEWS, "state" => state).set(count as f64);
    }
}

/// Shows a measurement. Groups are schemes, sexes and age groups: few, and nobody in particular.
pub fn quality(report: &Report) {
    gauge!(FALSE_JOINS).set(report.false_joins_expected);
    for kind in AlarmKind::ALL {
        let of_kind = report.alarms.iter().filter(|alarm| alarm.kind == kind.name());
        let cases: u64 = of_kind.map(|alarm| alarm.cases).sum();
        #[allow(clippy::cast_precision_loss, reason = "counts of records stay far below 2^52")]
        gauge!(ALARMS, "kind" => kind.name()).set(cases as f64);
    }
    for rate in &report.rates {
        for (bound, value) in [("share", rate.share), ("low", rate.low), ("high", rate.high)] {
            gauge!(
                QUALITY,
                "measure" => rate.measure.clone(),
                "by" => rate.by.clone(),
                "group" => rate.group.clone(),
                "bound" => bound
            )
            .set(value);
        }
    }
    for drift in &report.drift {
        gauge!(DRIFT, "field" => drift.field.clone(), "level" => drift.level.clone())
            .set(drift.bits);
    }
}
