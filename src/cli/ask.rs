//! `dankun ask`: is this person covered? One question, or a file of them.

mod batch;
mod standard;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value;

use super::arguments::Common;
use super::door::Which;
use super::failure::{Failure, Outcome};
use super::input;
use super::screen::Screen;
use crate::eligibility::query;
use crate::eligibility::question::{Demographics, Number, Question, Subject};
use crate::messages;
use crate::model::access::Caller;
use crate::model::record::Sex;
use crate::model::{Issue, PartialDate, Place, SchemeId, Sensitive};
use crate::operations::Hub;
use crate::operations::ask::{self, Outcome as Answered};
use crate::operations::link;
use crate::proof::qr;
use standard::Standard;

/// Ask whether a person is covered.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Ask over the hub's interface in this standard [default with --hub: rest]
    #[arg(long, value_name = "STANDARD", conflicts_with_all = ["batch", "signed"])]
    standard: Option<Standard>,
    /// File of questions, one JSON object a line; each is asked by its `asked_by`
    #[arg(long, value_name = "FILE", requires = "out")]
    batch: Option<PathBuf>,
    /// File of answers to the questions of --batch, one JSON object a line
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Who asks, by its id in the agreements
    #[arg(long = "as", value_name = "PARTNER", default_value = "ml-canam")]
    asked_by: String,
    /// Why
    #[arg(long, value_name = "PURPOSE", default_value = "CARE_AUTHORISATION")]
    purpose: String,
    /// The day asked about [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
    /// Country of the place of care: its schemes answer first
    #[arg(long, value_name = "ML|CI|NG")]
    country: Option<String>,
    /// Only this scheme
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<SchemeId>,
    /// A number of the person; its type is that of --type, else of --scheme
    #[arg(long, value_name = "NUMBER")]
    identifier: Option<String>,
    /// Type of the number: a scheme, or NINA, NNI, CNI, NIN
    #[arg(long = "type", value_name = "TYPE")]
    identifier_type: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    family: Option<String>,
    /// Given names
    #[arg(long, value_name = "NAMES")]
    given: Option<String>,
    /// Birth date: 1985-06-14, 1985-06 or 1985
    #[arg(long, value_name = "DATE")]
    birth_date: Option<PartialDate>,
    /// F or M
    #[arg(long, value_name = "F|M", value_parser = sex)]
    sex: Option<Sex>,
    /// Phone number in international form
    #[arg(long, value_name = "PHONE")]
    phone: Option<String>,
    /// Sign the answer, and write it here
    #[arg(long, value_name = "FILE", conflicts_with = "batch")]
    signed: Option<PathBuf>,
    /// Write the card for the insured here, as a QR code (SVG)
    #[arg(long, value_name = "FILE", requires = "signed")]
    card: Option<PathBuf>,
}

fn sex(text: &str) -> Result<Sex, String> {
    match text.to_ascii_uppercase().as_str() {
        "F" => Ok(Sex::Female),
        "M" => Ok(Sex::Male),
        _ => Err("F, M".to_owned()),
    }
}

/// Asks.
///
/// # Errors
/// When the hub does not open, nobody is described, or a file cannot be read or written.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    if let (Some(questions), Some(answers)) = (&args.batch, &args.out) {
        let hub = args.which.connection().open(common).await?;
        link::follow(&hub).await.map_err(Failure::operation)?;
        return batch::run(&hub, questions, answers, screen).await;
    }
    if args.identifier.is_none() && args.family.is_none() {
        return Err(Failure::usage("ask-subject", &[]));
    }
    let elsewhere = args.which.is_elsewhere().then_some(Standard::Rest);
    if let Some(standard) = args.standard.or(elsewhere) {
        return standard::run(standard, args, common, screen).await;
    }
    let hub = args.which.connection().open(common).await?;
    link::follow(&hub).await.map_err(Failure::operation)?;
    let question = args.question(&hub)?;
    let caller = Caller::local_operator();
    let outcome = if let Some(path) = &args.signed {
        let (outcome, signed) =
            ask::ask_signed(&hub, &caller, &question).await.map_err(Failure::operation)?;
        if let Some(signed) = signed {
            write(path, &format!("{}\n", signed.token))?;
            if let Some(path) = &args.card {
                let drawing = qr::svg(&signed.card())
                    .map_err(|_| Failure::usage("answer-card-too-long", &[]))?;
                write(path, &drawing)?;
            }
        }
        outcome
    } else {
        ask::ask(&hub, &caller, &question).await.map_err(Failure::operation)?
    };
    let line = line("ask", &outcome);
    if screen.json() {
        screen.value(&line)?;
    } else {
        print_outcome(&outcome, &line, screen)?;
    }
    Ok(match outcome {
        Answered::Answered(..) => Outcome::Done,
        Answered::Refused(_) => Outcome::SomeRefused,
    })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut out = input::create(path)?;
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)
}

impl Args {
    fn question(&self, hub: &Hub) -> Result<Question, Failure> {
        let registry = hub.library();
        let subject = match &self.identifier {
            Some(value) => {
                let scheme = self.scheme.as_ref().map(SchemeId::as_str);
                let kind = self.identifier_type.as_deref().or(scheme);
                let kind = kind.ok_or_else(|| Failure::usage("ask-subject", &[]))?;
                Subject::Identifiers(vec![Number {
                    kind: registry.registry().number_kind(kind),
                    value: Sensitive::new(value.clone()),
                }])
            }
            None => Subject::Demographics(Demographics {
                family: Sensitive::new(self.family.clone().unwrap_or_default()),
                given: Sensitive::new(self.given.clone().unwrap_or_default()),
                sex: self.sex,
                birth_date: self.birth_date,
                phone: self.phone.clone().map(Sensitive::new),
            }),
        };
        Ok(Question {
            asked_by: self.asked_by.to_lowercase(),
            purpose: self.purpose.clone(),
            as_of: self.on.unwrap_or_else(|| hub.today()),
            known_at: None,
            country_of_care: self.country.clone(),
            // A number's own type is no wish to hear of that scheme only.
            scheme: self.scheme.clone().filter(|_| self.identifier_type.is_some()),
            subject,
        })
    }
}

/// An outcome as the batch form writes it: only what the asker may see.
pub(super) fn line(query_id: &str, outcome: &Answered) -> Value {
    match outcome {
        Answered::Answered(answer, permission) => query::answer_line(query_id, answer, permission),
        Answered::Refused(refusal) => query::refusal_line(query_id, *refusal),
    }
}

/// Says an outcome to a person, from its line: what the asker may not see is not there.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn print_outcome(
    outcome: &Answered,
    line: &Value,
    screen: &Screen,
) -> Result<(), Failure> {
    if let Answered::Refused(refusal) = outcome {
        let issue = Issue::error(refusal.code(), Place::default());
        let said = messages::issue(&issue, screen.language());
        screen.say("ask-refused", &[("reason", said.detail.into())])?;
        return screen.say("ask-refused-mend", &[("mend", said.mend.into())]);
    }
    print(line, screen)
}

/// Says an answer to a person.
fn print(line: &Value, screen: &Screen) -> Result<(), Failure> {
    let part = |name: &str| line.get(name).and_then(Value::as_str);
    let verdict = screen.text(&format!("verdict-{}", part("answer").unwrap_or("unknown")), &[]);
    let reason = screen.text(&format!("reason-{}", part("reason").unwrap_or("not_found")), &[]);
    screen.say(
        "ask-answer",
        &[("verdict", screen.bold(&verdict).into()), ("reason", reason.into())],
    )?;
    for (name, key, variable) in [
        ("scheme", "ask-scheme", "scheme"),
        ("package", "ask-package", "package"),
        ("responsible_institution", "ask-institution", "institution"),
    ] {
        if let Some(value) = part(name) {
            screen.say(key, &[(variable, value.into())])?;
        }
    }
    if let Some(rates) = line.get("coverage_rate").filter(|rates| !rates.is_null()) {
        let percent = |care: &str| {
            let share = rates.get(care).and_then(Value::as_f64).unwrap_or(0.0);
            (share * 100.0).round()
        };
        let (ambulatory, hospital) = (percent("ambulatory"), percent("hospital"));
        screen.say(
            "ask-rates",
            &[("ambulatory", ambulatory.into()), ("hospital", hospital.into())],
        )?;
    }
    match (part("rights_start"), part("rights_end")) {
        (Some(start), Some(end)) => {
            screen.say("ask-rights", &[("start", start.into()), ("end", end.into())])
        }
        (Some(start), None) => screen.say("ask-rights-open", &[("start", start.into())]),
        (None, _) => Ok(()),
    }
}
