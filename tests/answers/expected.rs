//! A question of the generator and the answer that it expects.

use serde_json::Value;

use crate::text;

/// The fields of an answer that the generator knows.
const FIELDS: [&str; 10] = [
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
];

/// A question.
#[derive(Clone)]
pub struct Query {
    pub id: String,
    pub asked_by: String,
    pub kind: String,
    /// As it is put to `/v1/eligibility`, `asked_by` included.
    pub question: Value,
    pub expected: Value,
}

impl Query {
    pub fn read(mut line: Value) -> Self {
        let mut take = |name: &str| line.as_object_mut().unwrap().remove(name).unwrap_or_default();
        let (expected, kind, _) = (take("expected"), take("kind"), take("needs_link"));
        // An absent scheme is no scheme; the interface takes `null` for none too.
        Self {
            id: text(&line["query_id"]).to_owned(),
            asked_by: text(&line["asked_by"]).to_lowercase(),
            kind: text(&kind).to_owned(),
            question: line,
            expected,
        }
    }

    /// The fields that are not as expected.
    pub fn differences(&self, answer: &Value) -> Vec<String> {
        let differs = |field: &&&str| {
            let expected = &self.expected[**field];
            // What the generator leaves out, it does not know.
            !expected.is_null()
                && answer[**field] != *expected
                && !self.cannot_be_told(field, answer)
        };
        let told =
            |field: &&str| format!("{field}: {} for {}", answer[*field], self.expected[*field]);
        FIELDS.iter().filter(differs).map(told).collect()
    }

    /// The export of openIMIS keeps one end date: when a coverage is suspended or closed, the date on which it would have
    /// ended is lost, and with it which of the three it was (rule 6 of the generator's description).
    fn cannot_be_told(&self, field: &str, answer: &Value) -> bool {
        if self.expected["scheme"] != "ML-OPENIMIS" || answer["scheme"] != "ML-OPENIMIS" {
            return false;
        }
        match field {
            "reason" => answer["or_else"]
                .as_array()
                .is_some_and(|reasons| reasons.contains(&self.expected["reason"])),
            "rights_end" => text(&answer["rights_end"]) < text(&self.expected["rights_end"]),
            _ => false,
        }
    }
}
