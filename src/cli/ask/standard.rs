//! The same question in each of the standards that the hub speaks, over its own interface; the answer of each is shown
//! alike, so that a partner sees that they say the same.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{Args, print};
use crate::cli::arguments::Common;
use crate::cli::door::Ask;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::model::SchemeId;
use crate::model::record::Sex;
use crate::operations::link;

/// A standard in which the hub is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Standard {
    /// The hub's own interface
    Rest,
    /// HL7 FHIR R4: a CoverageEligibilityRequest
    Fhir,
    /// SPDCI: is she enrolled
    Spdci,
}

/// What every answer says, as far as the agreement lets it.
const SAID: [&str; 11] = [
    "answer",
    "reason",
    "scheme",
    "eligible_schemes",
    "package",
    "coverage_rate",
    "copay_rate",
    "rights_start",
    "rights_end",
    "responsible_institution",
    "person_id",
];

/// Where FHIR says what R4 has no place for.
const OURS: &str = "urn:dankun:";

/// Asks a hub, or the database of this machine as if it were one.
///
/// # Errors
/// When the hub does not open or answer, or does not understand the question.
pub async fn run(
    standard: Standard,
    args: &Args,
    common: &Common,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let door = args.which.open(common, screen).await?.speaking_as(&args.asked_by.to_lowercase());
    if let Some(hub) = door.hub() {
        link::follow(hub).await.map_err(Failure::operation)?;
    }
    let now = Timestamp::now();
    let today = args.on.unwrap_or_else(|| now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let asked = match standard {
        Standard::Rest => door.put(Ask::post("eligibility", rest(args, today)?)).await?,
        Standard::Fhir => {
            let path = "../fhir/R4/CoverageEligibilityRequest/$submit";
            let ask = Ask::post(path, fhir(args, today)?);
            door.put(Ask { purpose: Some(&args.purpose), ..ask }).await?
        }
        Standard::Spdci => {
            let ask = Ask::post("../spdci/registry/sync/enrolled", spdci(args, today, now)?);
            door.put(Ask { purpose: Some(&args.purpose), ..ask }).await?
        }
    };
    let answer = match asked {
        Ok(answer) => answer,
        Err(reason) => {
            screen.say("ask-refused", &[("reason", reason.into())])?;
            return Ok(Outcome::SomeRefused);
        }
    };
    let line = match standard {
        Standard::Rest => said(&answer),
        Standard::Fhir => of_fhir(&answer),
        Standard::Spdci => said(&answer["enrolled_response"][0]["additional_attributes"]),
    };
    if screen.json() {
        screen.value(&line)?
    } else {
        print(&line, screen)?
    }
    Ok(Outcome::Done)
}

/// The type of a number, when one is given.
fn number(args: &Args) -> Result<Option<(&str, &str)>, Failure> {
    let Some(value) = args.identifier.as_deref() else { return Ok(None) };
    let scheme = args.scheme.as_ref().map(SchemeId::as_str);
    let kind = args.identifier_type.as_deref().or(scheme);
    let kind = kind.ok_or_else(|| Failure::usage("ask-subject", &[]))?;
    Ok(Some((kind, value)))
}

/// The scheme to which the question is narrowed: a number's own type is no wish to hear of that scheme only.
fn narrowed(args: &Args) -> Option<&SchemeId> {
    args.scheme.as_ref().filter(|_| args.identifier_type.is_some())
}

const fn sex(sex: Option<Sex>) -> Option<&'static str> {
    match sex {
        Some(Sex::Female) => Some("female"),
        Some(Sex::Male) => Some("male"),
        Some(Sex::Unknown) | None => None,
    }
}

/// The members of an object that are there.
fn object<'n>(members: impl IntoIterator<Item = (&'n str, Option<Value>)>) -> Value {
    let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect::<Map<_, _>>())
}

fn text(text: Option<&str>) -> Option<Value> {
    text.map(Value::from)
}

fn rest(args: &Args, as_of: Date) -> Result<Value, Failure> {
    let subject = match number(args)? {
        Some((kind, value)) => json!({ "identifiers": [{ "type": kind, "value": value }] }),
        None => json!({ "demographics": object([
            ("family", text(args.family.as_deref())),
            ("given", text(args.given.as_deref())),
            ("sex", text(sex(args.sex))),
            ("birth_date", args.birth_date.map(|date| json!(date))),
            ("phone", text(args.phone.as_deref())),
        ]) }),
    };
    Ok(object([
        ("purpose", Some(json!(args.purpose))),
        ("as_of", Some(json!(as_of))),
        ("country_of_care", text(args.country.as_deref())),
        ("scheme", narrowed(args).map(|scheme| json!(scheme))),
        ("subject", Some(subject)),
    ]))
}

fn fhir(args: &Args, as_of: Date) -> Result<Value, Failure> {
    let named = number(args)?.map(|(kind, value)| {
        json!({ "identifier": { "system": format!("{OURS}id:{kind}"), "value": value } })
    });
    let described = named.is_none().then(|| {
        let telecom =
            args.phone.as_ref().map(|phone| json!([{ "system": "phone", "value": phone }]));
        json!([object([
            ("resourceType", Some(json!("Patient"))),
            ("id", Some(json!("p"))),
            (
                "name",
                Some(json!([object([
                    ("family", text(args.family.as_deref())),
                    ("given", args.given.as_ref().map(|given| json!([given]))),
                ])]))
            ),
            ("gender", text(sex(args.sex))),
            ("birthDate", args.birth_date.map(|date| json!(date))),
            ("telecom", telecom),
        ])])
    });
    let country = args
        .country
        .as_ref()
        .map(|country| json!([{ "url": format!("{OURS}country-of-care"), "valueCode": country }]));
    let insurer = narrowed(args).map_or("dankun", SchemeId::as_str);
    Ok(object([
        ("resourceType", Some(json!("CoverageEligibilityRequest"))),
        ("extension", country),
        ("contained", described),
        ("status", Some(json!("active"))),
        ("purpose", Some(json!(["benefits"]))),
        ("created", Some(json!(as_of))),
        ("servicedDate", Some(json!(as_of))),
        ("insurer", Some(json!({ "identifier": { "value": insurer } }))),
        ("patient", Some(named.unwrap_or_else(|| json!({ "reference": "#p" })))),
    ]))
}

fn spdci(args: &Args, as_of: Date, now: Timestamp) -> Result<Value, Failure> {
    let named = number(args)?;
    let equal = |value: Value| json!({ "eq": value });
    let person = |value: Option<Value>| value.filter(|_| named.is_none());
    let all = [
        ("identifier_type", text(named.map(|(kind, _)| kind))),
        ("person_identifier", text(named.map(|(_, value)| value))),
        ("surname", person(text(args.family.as_deref()))),
        ("given_name", person(text(args.given.as_deref()))),
        ("sex", person(text(sex(args.sex)))),
        ("birth_date", person(args.birth_date.map(|date| json!(date)))),
        ("phone_number", person(text(args.phone.as_deref()))),
        ("programme_identifier", narrowed(args).map(|scheme| json!(scheme))),
        ("as_of", Some(json!(as_of))),
        ("country_of_care", text(args.country.as_deref())),
    ];
    let query = object(all.map(|(name, value)| (name, value.map(equal))));
    Ok(json!({
        "signature": "",
        "header": {
            "version": "1.0.0", "message_id": format!("ask-{now}"), "message_ts": now.to_string(),
            "action": "search", "sender_id": args.asked_by, "receiver_id": "dankun", "total_count": 1,
        },
        "message": { "transaction_id": format!("ask-{now}"), "enrolled_criteria": {
            "query_type": "expression", "response_entity": "Member", "query": query } },
    }))
}

/// What an answer in the hub's own words says.
fn said(answer: &Value) -> Value {
    object(SAID.map(|name| (name, answer.get(name).cloned())))
}

/// The same of a CoverageEligibilityResponse.
fn of_fhir(response: &Value) -> Value {
    let extensions = response["extension"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours = |name: &str| {
        let url = format!("{OURS}{name}");
        let named = extensions.iter().filter(move |extension| extension["url"] == url.as_str());
        named.filter_map(|extension| {
            let mut values = extension.as_object()?.iter();
            values.find(|(name, _)| name.starts_with("value")).map(|(_, value)| value.clone())
        })
    };
    let one = |name: &str| ours(name).next();
    let upper = |value: &Value| value.as_str().map(|text| json!(text.to_ascii_uppercase()));
    let insurance = &response["insurance"][0];
    let insurer = &response["insurer"]["identifier"]["value"];
    let package = insurance["coverage"]["display"].as_str().filter(|package| *package != "-");
    let patient = response["patient"]["reference"].as_str();
    let person = patient.and_then(|reference| reference.strip_prefix("Patient/per-"));
    let schemes: Vec<Value> = ours("eligible-scheme").filter_map(|scheme| upper(&scheme)).collect();
    object([
        ("answer", one("answer")),
        ("reason", one("reason")),
        ("scheme", upper(insurer).filter(|scheme| scheme != "DANKUN")),
        ("eligible_schemes", (!schemes.is_empty()).then(|| json!(schemes))),
        ("package", text(package)),
        ("coverage_rate", rates(insurance, "covered-percent")),
        ("copay_rate", rates(insurance, "copay-percent")),
        ("rights_start", insurance["benefitPeriod"].get("start").cloned()),
        ("rights_end", insurance["benefitPeriod"].get("end").cloned()),
        ("responsible_institution", one("responsible-institution")),
        ("person_id", person.map(|id| json!(format!("per_{id}")))),
    ])
}

/// Shares by kind of care; FHIR counts in percent.
fn rates(insurance: &Value, kind: &str) -> Option<Value> {
    let items = insurance["item"].as_array().map(Vec::as_slice).unwrap_or_default();
    let shares = items.iter().filter_map(|item| {
        let care = item["category"]["coding"][0]["code"].as_str()?;
        let benefits = item["benefit"].as_array()?.iter();
        let mut fitting = benefits.filter(|one| one["type"]["coding"][0]["code"] == kind);
        let benefit = fitting.next()?;
        let written = benefit["allowedString"].as_str().and_then(|text| text.parse::<f64>().ok());
        let percent = benefit["allowedUnsignedInt"].as_f64().or(written)?;
        Some((care.to_owned(), json!(percent / 100.0)))
    });
    let shares: Map<String, Value> = shares.collect();
    (!shares.is_empty()).then_some(Value::Object(shares))
}
