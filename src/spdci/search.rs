//! Who is somebody: a batch of searches, each for one person, each with its own answer.

use serde_json::{Value, json};

use super::attributes::{Attributes, NotSomebody};
use super::faults::{form, id, missing, moment, one_of};
use crate::eligibility::{Registry, Subject};
use crate::model::{Instant, Issue};

/// Searches in one message: they are made one after the other.
pub const MOST: usize = 100;

/// What a message asks.
#[derive(Debug)]
pub struct Asked {
    /// The sender's id of the transaction.
    pub transaction: String,
    /// The searches.
    pub searches: Vec<Search>,
}

/// One search.
#[derive(Debug)]
pub struct Search {
    /// The sender's id of it.
    pub reference: String,
    /// Who is meant, or why nobody can be: the code of the specification.
    pub wanted: Result<Subject, &'static str>,
    /// Records on a page, and which page, counted from 1.
    pub page: Page,
    locale: Option<String>,
}

/// A page of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Page {
    /// Records on a page.
    pub size: usize,
    /// Which one, from 1.
    pub number: usize,
}

/// The ways of writing a query.
const QUERIES: [&str; 3] = ["idtype-value", "expression", "predicate"];

/// Reads a message.
///
/// # Errors
/// Everything that is wrong with its form. A query that names nobody is answered in its turn.
pub fn read(message: &Value, registry: &Registry) -> Result<Asked, Vec<Issue>> {
    let mut wrong = Vec::new();
    let transaction = id(&message["transaction_id"], "message.transaction_id", &mut wrong);
    let requests = message["search_request"].as_array().map(Vec::as_slice).unwrap_or_default();
    match requests.len() {
        0 => wrong.push(missing("message.search_request")),
        count if count > MOST => {
            wrong.push(form("message.search_request", &count.to_string(), "1..100"));
        }
        _ => {}
    }
    let requests = requests.iter().take(MOST).enumerate();
    let searches: Vec<Search> =
        requests.map(|(at, one)| Search::read(one, at, registry, &mut wrong)).collect();
    if wrong.is_empty() { Ok(Asked { transaction, searches }) } else { Err(wrong) }
}

impl Search {
    fn read(request: &Value, at: usize, registry: &Registry, wrong: &mut Vec<Issue>) -> Self {
        let place = |name: &str| format!("message.search_request[{at}].{name}");
        let reference = id(&request["reference_id"], &place("reference_id"), wrong);
        moment(&request["timestamp"], &place("timestamp"), wrong);
        let locale = request["locale"].as_str();
        if let Some(stated) = locale.filter(|text| !is_locale(text)) {
            wrong.push(form(&place("locale"), stated, "[a-z]{3}"));
        }
        let criteria = &request["search_criteria"];
        let inside = |name: &str| place(&format!("search_criteria.{name}"));
        let page = Page::read(&criteria["pagination"], &inside("pagination"), wrong);
        let wanted = match criteria["query_type"].as_str() {
            Some(kind) if QUERIES.contains(&kind) => meant(kind, &criteria["query"], registry),
            stated => {
                let path = inside("query_type");
                wrong.push(
                    stated.map_or_else(|| missing(&path), |text| one_of(&path, text, QUERIES)),
                );
                Err(CRITERIA)
            }
        };
        Self { reference, wanted, page, locale: locale.map(str::to_owned) }
    }
}

impl Page {
    /// As stated; everything on one page when nothing is.
    fn read(stated: &Value, path: &str, wrong: &mut Vec<Issue>) -> Self {
        let mut count = |name: &str, usual: usize| match &stated[name] {
            Value::Null => usual,
            value => match value.as_u64().and_then(|count| usize::try_from(count).ok()) {
                Some(count) if count > 0 => count,
                _ => {
                    wrong.push(form(&format!("{path}.{name}"), &value.to_string(), "1.."));
                    usual
                }
            },
        };
        Self { size: count("page_size", MOST), number: count("page_number", 1) }
    }
}

/// ISO 639-3.
fn is_locale(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The code of a query that cannot be answered.
const CRITERIA: &str = "rjct.search_criteria.invalid";

/// The code of a query with conditions that name nobody.
const FILTER: &str = "rjct.filter.invalid";

fn meant(kind: &str, query: &Value, registry: &Registry) -> Result<Subject, &'static str> {
    let attributes = Attributes::of_query(kind, query)
        .map_err(|NotSomebody(part)| if part.is_empty() { CRITERIA } else { FILTER })?;
    let subject = attributes.subject(registry, None);
    if subject.suffices() { Ok(subject) } else { Err(CRITERIA) }
}

/// The answer to one search: the records of the page, or the code that says why there are none.
#[must_use]
pub fn response(search: &Search, found: Result<Vec<Value>, &str>, now: Instant) -> Value {
    let mut response = json!({
        "reference_id": search.reference,
        "timestamp": now,
        "locale": search.locale.as_deref().unwrap_or("eng"),
    });
    match found {
        Err(code) => {
            response["status"] = json!("rjct");
            response["status_reason_code"] = json!(code);
        }
        Ok(records) => {
            let total = records.len();
            let Page { size, number } = search.page;
            let first = (number - 1).saturating_mul(size);
            let page: Vec<Value> = records.into_iter().skip(first).take(size).collect();
            response["status"] = json!("succ");
            response["data"] = json!({
                "version": super::envelope::VERSION,
                "reg_type": "ns:org:RegistryType:IBR",
                "reg_record_type": "Member",
                "reg_records": page,
            });
            response["pagination"] =
                json!({ "page_size": size, "page_number": number, "total_count": total });
        }
    }
    response
}

/// The answer to all of them.
#[must_use]
pub fn write(asked: &Asked, responses: Vec<Value>, correlation: &str) -> Value {
    json!({
        "transaction_id": asked.transaction,
        "correlation_id": correlation,
        "search_response": responses,
    })
}
