//! Numbers: the URI of a system in FHIR, and the system that a partner means by what they write.
//!
//! A system of the registry is `urn:dankun:id:<system>` unless the registry gives it a URI of its own. openIMIS writes
//! no system but a code of the type, which is taken as well.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::eligibility::Registry;
use crate::eligibility::question::Number;
use crate::eligibility::registry::{NumberKind, NumberSystem};
use crate::model::SchemeId;

/// The systems of the registry without a URI of their own begin so.
pub const PREFIX: &str = "urn:dankun:id:";

/// The URI of a system.
#[must_use]
pub fn uri(number: &NumberSystem) -> String {
    number.uri.clone().unwrap_or_else(|| format!("{PREFIX}{}", number.system))
}

/// The URI of the record numbers of a scheme.
#[must_use]
pub fn record_uri(registry: &Registry, scheme: &SchemeId) -> String {
    let known = registry.scheme(scheme);
    known.map_or_else(|| format!("{PREFIX}{scheme}"), |scheme| uri(&scheme.record_number))
}

/// What the mapping `fhir-r4` writes as a system, as this interface writes it.
#[must_use]
pub fn published(registry: &Registry, scheme: &SchemeId, written: &str) -> String {
    if written == super::feed::RECORD {
        return record_uri(registry, scheme);
    }
    let named = written.strip_prefix(PREFIX).unwrap_or(written);
    let mut all = registry.schemes().flat_map(|scheme| &scheme.identifiers);
    all.find(|number| number.system == named).map_or_else(|| written.to_owned(), uri)
}

/// What a system stands for: by its URI, or by the name that partners give it.
#[must_use]
pub fn kind(registry: &Registry, system: &str) -> Option<NumberKind> {
    for scheme in registry.schemes() {
        if scheme.record_number.uri.as_deref() == Some(system) {
            return Some(NumberKind::Record(scheme.id.clone()));
        }
        let own = scheme.identifiers.iter().find(|number| number.uri.as_deref() == Some(system));
        if let Some(number) = own {
            return Some(NumberKind::System(number.system.clone()));
        }
    }
    registry.number_kind(system.strip_prefix(PREFIX).unwrap_or(system))
}

/// Every kind of number that the registry knows: for whoever names no system.
#[must_use]
pub fn kinds(registry: &Registry) -> BTreeSet<NumberKind> {
    let mut all = BTreeSet::new();
    for scheme in registry.schemes() {
        all.insert(NumberKind::Record(scheme.id.clone()));
        all.extend(scheme.identifiers.iter().map(|one| NumberKind::System(one.system.clone())));
    }
    all
}

/// The number that an `Identifier` is; none without a value.
#[must_use]
pub fn read(registry: &Registry, identifier: &Value) -> Option<Number> {
    let value = identifier["value"].as_str()?;
    let codes = identifier["type"]["coding"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = std::iter::once(&identifier["system"]).chain(codes.iter().map(|c| &c["code"]));
    let kind = names.filter_map(Value::as_str).find_map(|name| kind(registry, name));
    Some(Number { kind, value: value.to_owned().into() })
}

/// An `Identifier`.
#[must_use]
pub fn write(system: &str, value: &str) -> Value {
    json!({ "system": system, "value": value })
}

/// A token parameter, `system|value`, taken apart; no system is none.
#[must_use]
pub fn token(text: &str) -> (Option<&str>, &str) {
    match text.split_once('|') {
        Some((system, value)) => (Some(system), value),
        None => (None, text),
    }
}
