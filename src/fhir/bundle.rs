//! Bundles that answer: search results with their links, and the answers of a batch.

use serde_json::{Map, Value, json};

/// How an entry of a search came to be there.
pub enum Mode<'m> {
    /// It was found.
    Match,
    /// It was found with this probability and grade.
    Graded(f32, &'m str),
    /// It is told beside what was found.
    Outcome,
}

/// Results of a search.
#[must_use]
pub fn searchset(
    base: &str,
    total: usize,
    entries: Vec<(Value, Mode<'_>)>,
    self_url: &str,
) -> Value {
    let entries: Vec<Value> =
        entries.into_iter().map(|(resource, mode)| entry(base, resource, &mode)).collect();
    let mut bundle = Map::new();
    bundle.insert("resourceType".into(), json!("Bundle"));
    bundle.insert("type".into(), json!("searchset"));
    bundle.insert("total".into(), json!(total));
    bundle.insert("link".into(), json!([{ "relation": "self", "url": self_url }]));
    // FHIR has no empty lists.
    if !entries.is_empty() {
        bundle.insert("entry".into(), Value::Array(entries));
    }
    Value::Object(bundle)
}

/// Names the page after this one.
pub fn link_next(bundle: &mut Value, url: &str) {
    if let Some(links) = bundle["link"].as_array_mut() {
        links.push(json!({ "relation": "next", "url": url }));
    }
}

fn entry(base: &str, resource: Value, mode: &Mode<'_>) -> Value {
    let search = match mode {
        Mode::Match => json!({ "mode": "match" }),
        Mode::Outcome => json!({ "mode": "outcome" }),
        Mode::Graded(score, grade) => {
            let url = "http://hl7.org/fhir/StructureDefinition/match-grade";
            // Two decimals: more would say that the model knows more than it does.
            let score = (f64::from(*score) * 100.0).round() / 100.0;
            json!({ "extension": [{ "url": url, "valueCode": grade }], "mode": "match", "score": score })
        }
    };
    let mut entry = Map::new();
    if let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str()) {
        entry.insert("fullUrl".into(), json!(format!("{base}/{kind}/{id}")));
    }
    entry.insert("resource".into(), resource);
    entry.insert("search".into(), search);
    Value::Object(entry)
}

/// One moment of a resource.
pub struct Moment {
    /// How it came about.
    pub method: &'static str,
    /// How that was answered.
    pub status: u16,
    /// What it was from then on; nothing once it was removed.
    pub resource: Option<Value>,
    /// The number of that version.
    pub etag: Option<String>,
    /// When.
    pub at: Option<String>,
}

/// The history of one resource, newest first.
#[must_use]
pub fn history(
    base: &str,
    reference: &str,
    total: usize,
    moments: Vec<Moment>,
    self_url: &str,
) -> Value {
    let entry = |moment: Moment| {
        let Moment { method, status, resource, etag, at } = moment;
        // A creation is one at the address of the type.
        let url = if method == "POST" { reference.split('/').next() } else { Some(reference) };
        let mut entry = json!({
            "fullUrl": format!("{base}/{reference}"),
            "request": { "method": method, "url": url },
            "response": { "status": status.to_string() },
        });
        let told = [("etag", etag), ("lastModified", at)];
        for (name, value) in told.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            entry["response"][name] = json!(value);
        }
        if let Some(resource) = resource {
            entry["resource"] = resource;
        }
        entry
    };
    let entries: Vec<Value> = moments.into_iter().map(entry).collect();
    let mut bundle = json!({
        "resourceType": "Bundle", "type": "history", "total": total,
        "link": [{ "relation": "self", "url": self_url }],
    });
    if !entries.is_empty() {
        bundle["entry"] = Value::Array(entries);
    }
    bundle
}

/// Which version of a resource an interaction came to.
pub struct Version {
    /// Its address.
    pub location: String,
    /// Its number, as HTTP knows it.
    pub etag: String,
    /// When it came to be.
    pub modified: String,
}

/// What one interaction came to.
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// What was asked for; the OperationOutcome of what failed.
    pub resource: Option<Value>,
    /// Of a resource that was written.
    pub version: Option<Version>,
}

/// The answers of several interactions, in their order.
#[must_use]
pub fn response(kind: &str, answers: Vec<Answered>) -> Value {
    let entries: Vec<Value> = answers.into_iter().map(answer).collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": kind });
    if !entries.is_empty() {
        bundle["entry"] = Value::Array(entries);
    }
    bundle
}

fn answer(Answered { status, resource, version }: Answered) -> Value {
    let mut response = json!({ "status": status.to_string() });
    if let Some(Version { location, etag, modified }) = version {
        response["location"] = json!(location);
        response["etag"] = json!(etag);
        response["lastModified"] = json!(modified);
    }
    match resource {
        None => json!({ "response": response }),
        Some(resource) if status < 400 => json!({ "resource": resource, "response": response }),
        Some(outcome) => {
            response["outcome"] = outcome;
            json!({ "response": response })
        }
    }
}
