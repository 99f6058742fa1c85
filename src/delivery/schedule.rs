//! What follows from a failed attempt: another one later, or the end.

use std::time::Duration;

use super::Reason;

/// Pauses before each further attempt, in seconds: the schedule that Standard Webhooks proposes.
/// It sums to a little over three days, so that a weekend without power loses nothing.
const PAUSES: [u64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How many attempts a message gets before it is given up.
pub const ATTEMPTS: u32 = 1 + PAUSES.len() as u32;

/// How an attempt failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// An answer that is no success, with its `Retry-After` when it had a readable one.
    Status { status: u16, retry_after: Option<Duration> },
    /// No answer in time.
    TimedOut,
    /// No connection, or one that broke.
    Unreachable,
    /// The address is none, or may not be called.
    ForbiddenAddress,
}

impl Failure {
    /// A short name for the log and for the list of deliveries, such as `status_503`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Status { status, .. } => format!("status_{status}"),
            Self::TimedOut => "timed_out".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
            Self::ForbiddenAddress => "forbidden_address".to_owned(),
        }
    }
}

/// What to do with the message now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Try again after this pause.
    Retry(Duration),
    /// Give up.
    Abandon(Reason),
}

/// What follows when attempt number `attempt` (from 1) failed; `jitter` lies in `0.0..1.0` and
/// spreads the attempts of many messages over a tenth of their pause.
///
/// `Retry-After` is honoured between one and two times the pause of the schedule: a subscriber can
/// ask for more air, but neither hurry the hub nor park a message for a year.
#[must_use]
pub fn next(attempt: u32, failure: Failure, jitter: f64) -> Next {
    let retry_after = match failure {
        Failure::ForbiddenAddress => return Next::Abandon(Reason::ForbiddenAddress),
        Failure::Status { status: 410, .. } => return Next::Abandon(Reason::Gone),
        Failure::Status { retry_after, .. } => retry_after,
        Failure::TimedOut | Failure::Unreachable => None,
    };
    let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(pause) = PAUSES.get(step).copied().map(Duration::from_secs) else {
        return Next::Abandon(Reason::Exhausted);
    };
    let asked = retry_after.map_or(pause, |asked| asked.clamp(pause, pause * 2));
    Next::Retry(asked + pause.mul_f64(jitter.clamp(0.0, 1.0) / 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, retry_after: Option<u64>) -> Failure {
        Failure::Status { status, retry_after: retry_after.map(Duration::from_secs) }
    }

    fn seconds(next: Next) -> u64 {
        match next {
            Next::Retry(pause) => pause.as_secs(),
            Next::Abandon(reason) => panic!("abandoned: {reason:?}"),
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut last = 0;
        for attempt in 1..ATTEMPTS {
            let pause = seconds(next(attempt, Failure::Unreachable, 0.0));
            assert!(pause > last);
            last = pause;
        }
        for attempt in [ATTEMPTS, ATTEMPTS + 1, u32::MAX] {
            assert_eq!(next(attempt, Failure::TimedOut, 0.0), Next::Abandon(Reason::Exhausted));
        }
    }

    #[test]
    fn retry_after_is_honoured_within_bounds() {
        assert_eq!(seconds(next(2, status(503, Some(400)), 0.0)), 400);
        assert_eq!(seconds(next(2, status(429, Some(1)), 0.0)), 300);
        assert_eq!(seconds(next(2, status(503, Some(31_536_000)), 0.0)), 600);
        assert_eq!(seconds(next(2, status(500, None), 0.0)), 300);
    }

    #[test]
    fn jitter_adds_at_most_a_tenth() {
        assert_eq!(seconds(next(2, Failure::Unreachable, 0.999)), 329);
        assert_eq!(seconds(next(2, Failure::Unreachable, 99.0)), 330);
    }

    #[test]
    fn gone_and_forbidden_are_not_tried_again() {
        assert_eq!(next(1, status(410, None), 0.5), Next::Abandon(Reason::Gone));
        assert_eq!(
            next(1, Failure::ForbiddenAddress, 0.5),
            Next::Abandon(Reason::ForbiddenAddress)
        );
    }

    #[test]
    fn a_refusal_of_the_receiver_is_tried_again() {
        assert_eq!(seconds(next(1, status(404, None), 0.0)), 5);
        assert_eq!(seconds(next(1, status(302, None), 0.0)), 5);
    }
}
