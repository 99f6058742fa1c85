//! Mends the faults of a partner's message whose mending is certain, and names each.
//!
//! For partners whose agreement says `reading: lenient`; everybody else is read to the letter. What is known of the faults
//! comes from openIMIS' module for SPDCI and from the specification's own examples. The signature is checked before: it
//! holds for what was sent, not for what is made of it. Deliberately nothing is guessed: who is meant, what is asked and
//! whose the message is are never mended.

use serde_json::{Value, json};

/// Mends a message in its place; answers the paths of what was mended.
pub fn mend(body: &mut Value) -> Vec<String> {
    let mut mended = Vec::new();
    count(body, &mut mended);
    walk("", body, &mut mended);
    mended
}

/// How many requests a message holds can be counted.
fn count(body: &mut Value, mended: &mut Vec<String>) {
    let stated = &body["header"]["total_count"];
    if stated.is_u64() || !body["header"].is_object() {
        return;
    }
    let lists = body["message"].as_object().into_iter().flat_map(|message| message.values());
    let counted = lists.filter_map(Value::as_array).map(Vec::len).next().unwrap_or(1);
    body["header"]["total_count"] = json!(counted);
    mended.push("header.total_count".to_owned());
}

fn walk(path: &str, value: &mut Value, mended: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                walk(&format!("{path}[{at}]"), item, mended);
            }
        }
        Value::Object(members) => {
            // In a predicate the name of an attribute stands beside its value.
            let attribute = members.get("attribute_name").and_then(Value::as_str).map(last);
            let attribute = attribute.map(str::to_owned);
            let shape = members.get("query").or(members.get("filter")).and_then(kind_of_query);
            for (name, member) in members.iter_mut() {
                let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let meant = match (name.as_str(), &attribute) {
                    ("attribute_value", Some(attribute)) => attribute.as_str(),
                    (name, _) => last(name),
                };
                if let Some(right) = right(meant, member, shape) {
                    *member = right;
                    mended.push(place);
                } else {
                    walk(&place, member, mended);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// What stands there rightly; none where it is right, or nobody can tell.
fn right(name: &str, value: &Value, shape: Option<&str>) -> Option<Value> {
    let text = value.as_str();
    match name {
        "message_ts" | "timestamp" => text.and_then(zoned).map(Value::from),
        "birth_date" | "date_of_birth" => match value {
            // `{"birth_date": {"eq": "1985-06-14T00:00:00"}}`
            Value::Object(operators) => match operators.iter().next() {
                Some((operator, inner)) if operators.len() == 1 => {
                    let day = inner.as_str().and_then(day)?;
                    Some(json!({ operator.as_str(): day }))
                }
                _ => None,
            },
            _ => text.and_then(day).map(Value::from),
        },
        "locale" => text.and_then(locale).map(Value::from),
        "page_size" | "page_number" => {
            text.and_then(|text| text.parse::<u64>().ok()).map(Value::from)
        }
        "txn_type" if text == Some("subscibe") => Some(json!("subscribe")),
        "query_type" | "filter_type" if matches!(text, Some("sync" | "async")) => {
            shape.map(Value::from)
        }
        _ => None,
    }
}

/// A moment without a zone is read as UTC, in which registries keep theirs.
fn zoned(text: &str) -> Option<String> {
    let bare = text.parse::<jiff::Timestamp>().is_err();
    let moment = bare.then(|| text.parse::<jiff::civil::DateTime>().ok()).flatten()?;
    Some(format!("{moment}Z"))
}

fn day(text: &str) -> Option<String> {
    let (day, _) = text.split_once('T')?;
    day.parse::<jiff::civil::Date>().ok().map(|day| day.to_string())
}

/// The three letters of the languages of the region that are written with two, or in capitals.
fn locale(text: &str) -> Option<&'static str> {
    let right = match text.to_lowercase().split(['-', '_']).next()? {
        "en" | "eng" => "eng",
        "fr" | "fra" | "fre" => "fra",
        "pt" | "por" => "por",
        _ => return None,
    };
    (right != text).then_some(right)
}

/// Which kind of query this is, by its shape.
fn kind_of_query(query: &Value) -> Option<&'static str> {
    match query {
        Value::Array(_) => Some("predicate"),
        Value::Object(members) if members.get("value").is_some_and(Value::is_string) => {
            Some("idtype-value")
        }
        Value::Object(_) => Some("expression"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openimis_sends_is_mended_and_named() {
        let mut body = json!({
            "header": { "message_ts": "2026-01-01T10:00:00", "total_count": "1" },
            "message": { "txnstatus_request": { "txn_type": "subscibe" }, "search_request": [
                { "timestamp": "2026-01-01T10:00:00Z", "locale": "EN", "search_criteria": {
                    "query_type": "sync", "query": { "type": "UIN", "value": "1" },
                    "pagination": { "page_size": "10" } } },
                { "search_criteria": { "query_type": "async", "query": [{ "expression1": {
                    "attribute_name": "demographic_info.birth_date", "attribute_value": "1985-06-14T00:00:00" } }] } },
                { "search_criteria": { "query": { "birth_date": { "eq": "1985-06-14T00:00:00" } } } },
            ] },
        });
        let mut mended = mend(&mut body);
        mended.sort();
        assert_eq!(
            mended,
            [
                "header.message_ts",
                "header.total_count",
                "message.search_request[0].locale",
                "message.search_request[0].search_criteria.pagination.page_size",
                "message.search_request[0].search_criteria.query_type",
                "message.search_request[1].search_criteria.query[0].expression1.attribute_value",
                "message.search_request[1].search_criteria.query_type",
                "message.search_request[2].search_criteria.query.birth_date",
                "message.txnstatus_request.txn_type",
            ]
        );
        let request = &body["message"]["search_request"];
        assert_eq!(body["header"]["total_count"], 3);
        assert_eq!(body["header"]["message_ts"], "2026-01-01T10:00:00Z");
        assert_eq!(request[0]["search_criteria"]["query_type"], "idtype-value");
        assert_eq!(request[1]["search_criteria"]["query_type"], "predicate");
        assert_eq!(request[2]["search_criteria"]["query"]["birth_date"]["eq"], "1985-06-14");
        assert_eq!(mend(&mut body), Vec::<String>::new(), "what is mended is right");
    }

    #[test]
    fn what_nobody_can_tell_is_left() {
        let wrong = json!({
            "header": { "message_ts": "yesterday", "total_count": 1 },
            "message": { "locale": "xx", "birth_date": "once", "page_size": "many", "query_type": "graphql" },
        });
        let mut body = wrong.clone();
        assert!(mend(&mut body).is_empty());
        assert_eq!(body, wrong);
    }
}
