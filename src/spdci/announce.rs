//! What a civil registry announces: who died, by number, and when.

use serde_json::Value;

use super::attributes::Attributes;
use super::faults::{form, id, missing, moment};
use crate::eligibility::question::{NUMBERS, Number};
use crate::eligibility::{Registry, Subject};
use crate::model::{Issue, PartialDate};

/// Events in one message.
const MOST: usize = 1_000;

/// A death.
#[derive(Debug)]
pub struct Death {
    /// The sender's id of the event.
    pub reference: String,
    /// The numbers that the person bore.
    pub numbers: Vec<Number>,
    /// When.
    pub died_on: PartialDate,
}

/// Reads a notice; events of other kinds are passed over.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(message: &Value, registry: &Registry) -> Result<Vec<Death>, Vec<Issue>> {
    let mut wrong = Vec::new();
    id(&message["transaction_id"], "message.transaction_id", &mut wrong);
    let events = message["notify_event"].as_array().map(Vec::as_slice).unwrap_or_default();
    match events.len() {
        0 => wrong.push(missing("message.notify_event")),
        count if count > MOST => {
            wrong.push(form("message.notify_event", &count.to_string(), "1..1000"));
        }
        _ => {}
    }
    let mut deaths = Vec::new();
    for (at, event) in events.iter().take(MOST).enumerate() {
        let place = |name: &str| format!("message.notify_event[{at}].{name}");
        let reference = id(&event["reference_id"], &place("reference_id"), &mut wrong);
        moment(&event["timestamp"], &place("timestamp"), &mut wrong);
        let kind = event["data"]["reg_event_type"].as_str().unwrap_or_default().to_lowercase();
        if !kind.ends_with("death") {
            continue;
        }
        let records = &event["data"]["reg_records"];
        let people = match records {
            Value::Array(people) => people.as_slice(),
            one => std::slice::from_ref(one),
        };
        for person in people {
            let path = place("data.reg_records");
            let numbers = numbers(person, registry);
            match numbers.len() {
                0 => wrong.push(missing(&format!("{path}.identifier"))),
                count if count > NUMBERS => {
                    let most = format!("1..{NUMBERS}");
                    wrong.push(form(&format!("{path}.identifier"), &count.to_string(), &most));
                }
                _ => {}
            }
            let died = person["death_date"].as_str().unwrap_or_default();
            // A registry may say the hour, too.
            match died.split('T').next().and_then(|day| day.parse().ok()) {
                Some(died_on) => {
                    deaths.push(Death { reference: reference.clone(), numbers, died_on });
                }
                None => wrong.push(form(&format!("{path}.death_date"), died, "YYYY-MM-DD")),
            }
        }
    }
    if deaths.len() > MOST {
        wrong.push(form("message.notify_event", &deaths.len().to_string(), &format!("1..{MOST}")));
    }
    if wrong.is_empty() { Ok(deaths) } else { Err(wrong) }
}

/// The numbers of a person: one or a list, in either of the places where registries write them.
pub(super) fn numbers(person: &Value, registry: &Registry) -> Vec<Number> {
    let all = [&person["identifier"], &person["member_identifier"]];
    let lists = all.into_iter().flat_map(|stated| match stated {
        Value::Array(list) => list.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    });
    lists
        .filter_map(|one| {
            let (kind, value) =
                (one["identifier_type"].as_str()?, one["identifier_value"].as_str()?);
            Some(Attributes::number(kind, value).subject(registry, None))
        })
        .flat_map(|subject| match subject {
            Subject::Identifiers(numbers) => numbers,
            Subject::Demographics(_) | Subject::Person(_) | Subject::Record(_) => Vec::new(),
        })
        .collect()
}
