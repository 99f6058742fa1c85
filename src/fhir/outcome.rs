//! OperationOutcome: what went wrong, or what is worth knowing beside an answer.

use serde_json::{Value, json};

/// The system of the hub's own stable codes.
const CODES: &str = "urn:dankun:problem";

/// One issue, already in words.
#[derive(Clone, Debug)]
pub struct Said {
    /// `error`, `warning` or `information`.
    pub severity: &'static str,
    /// Of the value set `issue-type`.
    pub kind: &'static str,
    /// The hub's own code.
    pub code: &'static str,
    /// In the caller's language.
    pub text: String,
    /// Words that a standard prescribes, or the id of the request.
    pub diagnostics: Option<String>,
    /// Where in the caller's resource.
    pub expression: Option<String>,
}

/// The resource; never without an issue.
#[must_use]
pub fn outcome(issues: &[Said]) -> Value {
    let issue = |said: &Said| {
        let mut issue = json!({
            "severity": said.severity,
            "code": said.kind,
            "details": { "coding": [{ "system": CODES, "code": said.code }], "text": said.text },
        });
        if let Some(diagnostics) = &said.diagnostics {
            issue["diagnostics"] = json!(diagnostics);
        }
        if let Some(expression) = &said.expression {
            issue["expression"] = json!([expression]);
        }
        issue
    };
    let issues: Vec<Value> = issues.iter().map(issue).collect();
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}
