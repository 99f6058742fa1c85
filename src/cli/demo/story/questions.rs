//! Four questions: covered across the border, not yet or no longer, deceased, and one that may not
//! be asked.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{masked, title};
use crate::cli::ask;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::eligibility::agreement::Grant;
use crate::eligibility::question::{Number, Question, Subject};
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Reason, Registry};
use crate::model::access::Caller;
use crate::model::{BeneficiaryRecord, SchemeId, Sensitive};
use crate::operations::Hub;
use crate::operations::ask::{Outcome, ask_all};
use crate::operations::demo::Everybody;
use crate::operations::library::Library;

/// Days after the day of the data on which the questions are asked: the first events have happened.
const DAYS_LATER: i32 = 60;

/// Questions asked in one go while an example is looked for, and in all.
const AT_ONCE: usize = 200;
const AT_MOST: usize = 4_000;

/// A purpose that no agreement should grant.
const UNGRANTED: &str = "MARKETING";

/// A question that agreements allow, about a record of the data.
#[derive(Clone)]
struct Candidate<'d> {
    question: Question,
    record: &'d BeneficiaryRecord,
}

/// What an example is to show.
struct Wanted {
    key: &'static str,
    reasons: &'static [Reason],
}

const WANTED: [Wanted; 3] = [
    Wanted { key: "reason-in_force", reasons: &[Reason::InForce] },
    Wanted { key: "reason-expired", reasons: &[Reason::WaitingPeriod, Reason::Expired] },
    Wanted { key: "reason-deceased", reasons: &[Reason::Deceased] },
];

/// Asks, and shows the answers.
///
/// # Errors
/// When the store fails.
pub async fn tell(
    hub: &Hub,
    everybody: &Everybody,
    day: Date,
    screen: &Screen,
) -> Result<(), Failure> {
    screen.heading(&screen.text("demo-questions", &[]))?;
    let library = hub.library();
    let on = day.saturating_add(DAYS_LATER.days());
    let candidates = candidates(&library, everybody, on);
    let mut found: [Option<(Candidate<'_>, Outcome)>; 3] = [None, None, None];
    for chunk in candidates.chunks(AT_ONCE).take(AT_MOST / AT_ONCE) {
        for (candidate, outcome) in chunk.iter().zip(put(hub, chunk).await?) {
            let place = WANTED.iter().position(|wanted| wanted.fits(&outcome));
            if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
                slot.get_or_insert((candidate.clone(), outcome));
            }
        }
        if found.iter().all(Option::is_some) {
            break;
        }
    }
    for (wanted, example) in WANTED.iter().zip(&found) {
        match example {
            Some((candidate, outcome)) => show(candidate, outcome, library.registry(), screen)?,
            None => {
                let reason = screen.text(wanted.key, &[]);
                screen.say("demo-question-none", &[("reason", reason.into())])?;
            }
        }
    }
    let Some(mut ungranted) = candidates.first().cloned() else {
        return Ok(());
    };
    ungranted.question.purpose = UNGRANTED.to_owned();
    for outcome in put(hub, std::slice::from_ref(&ungranted)).await? {
        show(&ungranted, &outcome, library.registry(), screen)?;
    }
    Ok(())
}

/// One question about each record of which an agreement lets a partner of another country ask.
fn candidates<'d>(library: &Library, everybody: &'d Everybody, on: Date) -> Vec<Candidate<'d>> {
    let grants: Vec<_> =
        library.agreements().iter().flat_map(|agreement| agreement.grants.iter()).collect();
    let records = everybody.values().flatten();
    records.filter_map(|record| candidate(library.registry(), &grants, record, on)).collect()
}

fn candidate<'d>(
    registry: &Registry,
    grants: &[&Grant],
    record: &'d BeneficiaryRecord,
    on: Date,
) -> Option<Candidate<'d>> {
    let insured = &record.source.scheme;
    let country = |id: &SchemeId| registry.scheme(id).map(|scheme| scheme.country.as_str());
    let home = country(insured)?;
    let (asker, purpose) =
        grants.iter().filter(|grant| grant.insured.contains(insured)).find_map(|grant| {
            let abroad = |asker: &&SchemeId| country(asker).is_some_and(|country| country != home);
            Some((grant.askers.iter().find(abroad)?, grant.purposes.first()?))
        })?;
    let number = Number {
        kind: Some(NumberKind::Record(insured.clone())),
        value: Sensitive::new(record.source.record_id.clone()),
    };
    let question = Question {
        asked_by: asker.as_str().to_owned(),
        purpose: purpose.clone(),
        as_of: on,
        known_at: None,
        country_of_care: country(asker).map(str::to_owned),
        scheme: None,
        subject: Subject::Identifiers(vec![number]),
    };
    Some(Candidate { question, record })
}

async fn put(hub: &Hub, candidates: &[Candidate<'_>]) -> Result<Vec<Outcome>, Failure> {
    let questions: Vec<_> = candidates.iter().map(|candidate| candidate.question.clone()).collect();
    ask_all(hub, &Caller::local_operator(), &questions).await.map_err(Failure::operation)
}

impl Wanted {
    fn fits(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Answered(answer, _) => self.reasons.contains(&answer.reason),
            Outcome::Refused(_) => false,
        }
    }
}

fn show(
    candidate: &Candidate<'_>,
    outcome: &Outcome,
    registry: &Registry,
    screen: &Screen,
) -> Result<(), Failure> {
    let Candidate { question, record } = candidate;
    let asked = [
        ("asker", title(&question.asked_by, registry, screen).into()),
        ("purpose", question.purpose.as_str().into()),
        ("day", question.as_of.to_string().into()),
        ("number", masked(&record.source.record_id).into()),
        ("scheme", title(record.source.scheme.as_str(), registry, screen).into()),
    ];
    screen.line("")?;
    screen.say("demo-question", &asked)?;
    ask::print_outcome(outcome, &ask::line("demo", outcome), screen)
}
