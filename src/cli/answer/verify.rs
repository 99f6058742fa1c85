//! Whether a signed answer may be relied on: its signature, for whom, about whom, until when, and not cancelled.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::read;
use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::eligibility::question::{Demographics, Number};
use crate::eligibility::{Question, Registry, Subject};
use crate::model::{Instant, PartialDate};
use crate::operations::library::Library;
use crate::proof::claims::{About, Claims};
use crate::proof::{Expected, KeySet, check};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The signed answer, the card from its QR code, or a whole answer of the hub; - for standard input
    #[arg(default_value = "-", value_name = "FILE")]
    answer: PathBuf,
    /// The hub's keys, saved from /.well-known/jwks.json
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
    /// Who relies on the answer, by its id in the agreements
    #[arg(long = "for", value_name = "PARTNER")]
    audience: String,
    /// The list of cancelled answers, saved from /.well-known/dankun-cancelled.jwt
    #[arg(long, value_name = "FILE")]
    cancelled: Option<PathBuf>,
    /// The moment at which it was relied on, such as 2026-03-01T10:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The number that was asked about, such as NINA=12859000100001Q or ML-UTM=UTM-001-0000001/00
    #[arg(long = "number", value_name = "TYPE=NUMBER", conflicts_with = "family")]
    number: Option<String>,
    /// The family name that was asked about
    #[arg(long, value_name = "NAME", requires = "given")]
    family: Option<String>,
    /// The given names that were asked about
    #[arg(long, value_name = "NAMES")]
    given: Option<String>,
    /// The birth date that was asked about
    #[arg(long, value_name = "DATE")]
    birth_date: Option<PartialDate>,
}

/// Checks, and says what the answer says.
///
/// # Errors
/// When a file cannot be read or is no key set. An answer that may not be relied on is an outcome.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let path = args.keys.display().to_string();
    let keys = KeySet::parse(read(&args.keys, screen)?.as_bytes())
        .map_err(|_| Failure::usage("answer-no-keys", &[("path", &path)]))?;
    let cancelled = args.cancelled.as_deref().map(|path| read(path, screen)).transpose()?;
    let about = args.about(common)?;
    let at = args.at.map_or_else(super::now, |at| Instant::from_millis(at.as_millisecond()));
    let expected = Expected {
        audience: &args.audience.to_lowercase(),
        about: about.as_ref(),
        at,
        cancelled: cancelled.as_deref(),
    };
    let text = read(&args.answer, screen)?;
    match check(&token(&text), &keys, &expected) {
        Ok(claims) => {
            told(&claims, cancelled.is_some(), screen)?;
            Ok(Outcome::Done)
        }
        Err(refused) => {
            let code = refused.code();
            if screen.json() {
                screen.value(&json!({ "verified": false, "code": code }))?;
            } else {
                let reason = screen.text(&format!("proof-{code}"), &[]);
                screen.say("answer-not-verified", &[("reason", reason.into())])?;
            }
            Ok(Outcome::SomeRefused)
        }
    }
}

/// The signed text: alone, or inside a whole answer of the hub.
fn token(text: &str) -> String {
    let inside = |document: Value| document["signed"]["token"].as_str().map(str::to_owned);
    serde_json::from_str(text).ok().and_then(inside).unwrap_or_else(|| text.trim().to_owned())
}

fn told(claims: &Claims, listed: bool, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(&json!({
            "verified": true,
            "checked_for_cancellation": listed,
            "claims": claims,
        }));
    }
    let moment = |seconds: i64| Instant::from_millis(seconds.saturating_mul(1000)).to_string();
    let part = |name: &str| claims.answer[name].as_str().unwrap_or("-").to_owned();
    let verdict = screen.text(&format!("verdict-{}", part("answer")), &[]);
    let reason = screen.text(&format!("reason-{}", part("reason")), &[]);
    screen.say(
        "answer-verified",
        &[
            ("id", claims.jti.as_str().into()),
            ("given", moment(claims.iat).into()),
            ("until", moment(claims.exp).into()),
        ],
    )?;
    screen.say("answer-day", &[("day", part("as_of").into())])?;
    screen.say(
        "ask-answer",
        &[("verdict", screen.bold(&verdict).into()), ("reason", reason.into())],
    )?;
    for (name, key, variable) in
        [("scheme", "ask-scheme", "scheme"), ("package", "ask-package", "package")]
    {
        if claims.answer[name].is_string() {
            screen.say(key, &[(variable, part(name).into())])?;
        }
    }
    if listed { Ok(()) } else { screen.say("answer-no-list", &[]) }
}

impl Args {
    /// Whom the answer must be about, when that was said.
    fn about(&self, common: &Common) -> Result<Option<About>, Failure> {
        let subject = match (&self.number, &self.family) {
            (Some(number), _) => {
                let (kind, value) =
                    number.split_once('=').ok_or_else(|| Failure::usage("answer-number", &[]))?;
                let library = Library::load(common.mappings.as_deref(), common.schemas.as_deref())
                    .map_err(|problems| {
                        crate::cli::library::refuse(&problems, common.language())
                    })?;
                Subject::Identifiers(vec![self::number(library.registry(), kind, value)?])
            }
            (None, Some(family)) => Subject::Demographics(Demographics {
                family: family.clone().into(),
                given: self.given.clone().unwrap_or_default().into(),
                birth_date: self.birth_date,
                ..Demographics::default()
            }),
            (None, None) => return Ok(None),
        };
        Ok(Some(About::of(&Question {
            asked_by: String::new(),
            purpose: String::new(),
            as_of: super::now().date(),
            known_at: None,
            country_of_care: None,
            scheme: None,
            subject,
        })))
    }
}

fn number(registry: &Registry, kind: &str, value: &str) -> Result<Number, Failure> {
    let known = registry.number_kind(kind.trim());
    if known.is_none() {
        return Err(Failure::usage("answer-number", &[]));
    }
    Ok(Number { kind: known, value: value.to_owned().into() })
}
