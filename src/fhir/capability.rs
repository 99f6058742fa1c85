//! What this server can do, as a CapabilityStatement.

use serde_json::{Value, json};

/// Since when it can: the day on which this list last changed.
const DATE: &str = "2026-11-27";

/// The statement for a server at this address.
#[must_use]
pub fn statement(base: &str) -> Value {
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": { "name": "dankun", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "dankun", "url": base },
        "fhirVersion": "4.0.1",
        "format": ["json", "xml"],
        "instantiates": [
            "https://profiles.ihe.net/ITI/PIXm/CapabilityStatement/IHE.PIXm.Manager",
            "https://profiles.ihe.net/ITI/PDQm/CapabilityStatement/IHE.PDQm.Supplier"
        ],
        "rest": [{
            "mode": "server",
            "documentation": "Who sees what is decided by agreements between schemes; whatever is not granted is not shown.",
            "security": {
                "cors": false,
                "description": "Authorization: Bearer, with a key of this hub. The purpose is the key's, or that of the header X-Purpose-Of-Use."
            },
            "interaction": [
                { "code": "batch" },
                { "code": "transaction", "documentation": "Creates and updates of Patients of one scheme." }
            ],
            "resource": [patient(), coverage(), request(), subscription()],
            "operation": [{ "name": "process-message", "definition": "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message" }]
        }],
        "messaging": [{
            "endpoint": [{
                "protocol": { "system": "http://terminology.hl7.org/CodeSystem/message-transport", "code": "http" },
                "address": format!("{base}/$process-message")
            }],
            "supportedMessage": [{ "mode": "receiver", "definition": "https://profiles.ihe.net/ITI/PMIR/MessageDefinition/IHE.PMIR.MessageDefinition" }]
        }]
    })
}

fn patient() -> Value {
    json!({
        "type": "Patient",
        "profile": "http://hl7.org/fhir/StructureDefinition/Patient",
        "supportedProfile": ["https://profiles.ihe.net/ITI/PIXm/StructureDefinition/IHE.PIXm.Patient"],
        "documentation": "A source writes under the identifiers of its own domain only, by such an identifier or by the id of its record (rec-…).",
        "interaction": [
            { "code": "read" }, { "code": "vread" }, { "code": "create" }, { "code": "update" }, { "code": "delete" },
            { "code": "history-instance", "documentation": "Of a record (rec-…), as its scheme sent it." }, { "code": "search-type" }
        ],
        "versioning": "versioned",
        "updateCreate": false,
        "conditionalCreate": true,
        "conditionalUpdate": true,
        "conditionalDelete": "single",
        "searchParam": search_parameters(&[
            ("_id", "token"), ("identifier", "token"), ("family", "string"), ("given", "string"), ("birthdate", "date"),
            ("gender", "token"), ("telecom", "token"), ("phone", "token"), ("active", "token"), ("address", "string"),
            ("address-city", "string"), ("address-country", "string"), ("address-state", "string"), ("_lastUpdated", "date"),
        ]),
        "operation": [
            { "name": "match", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-match" },
            { "name": "ihe-pix", "definition": "https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix" }
        ]
    })
}

fn coverage() -> Value {
    json!({
        "type": "Coverage",
        "interaction": [{ "code": "read" }, { "code": "search-type" }],
        "searchParam": search_parameters(&[("_id", "token"), ("beneficiary", "reference"), ("patient", "reference")]),
    })
}

fn subscription() -> Value {
    json!({
        "type": "Subscription",
        "documentation": "Of the changes of Patients, by rest-hook at an address of the agreement; called with nothing in the message: what changed is read under the agreement of that moment.",
        "interaction": [{ "code": "create" }, { "code": "read" }, { "code": "delete" }],
    })
}

fn search_parameters(known: &[(&str, &str)]) -> Value {
    known.iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect()
}

fn request() -> Value {
    json!({
        "type": "CoverageEligibilityRequest",
        "interaction": [{
            "code": "create",
            "documentation": "Answered at once with the CoverageEligibilityResponse; the request is not kept."
        }],
        "referencePolicy": ["literal", "logical"],
        "operation": [{ "name": "submit", "definition": "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit" }]
    })
}
