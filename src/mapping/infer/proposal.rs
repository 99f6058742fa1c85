//! The draft as data, for pages and programs.

use serde_json::{Value, json};

use super::Ask;
use super::plan::Plan;
use super::survey::Survey;

/// One proposed rule.
#[derive(Clone, PartialEq, Debug)]
pub struct ProposedRule {
    /// Target path.
    pub target: String,
    /// Source paths.
    pub reads: Vec<String>,
    /// The rule as YAML.
    pub rule: String,
    /// 0 to 1.
    pub score: f64,
    /// Why, in the language asked for.
    pub reasons: Vec<String>,
}

/// One field that no rule reads.
#[derive(Clone, PartialEq, Debug)]
pub struct UndecidedField {
    /// Its path.
    pub path: String,
    /// Targets that it might fill, with scores.
    pub might: Vec<(String, f64)>,
}

/// What a file was taken for.
#[derive(Clone, PartialEq, Debug)]
pub struct Proposal {
    /// The scheme.
    pub scheme: String,
    /// The sender's country.
    pub country: Option<String>,
    /// Records that were looked at.
    pub records: u64,
    /// Records that could not be read.
    pub broken: u64,
    /// Fields that were not looked at, because there are too many.
    pub left_out: usize,
    /// Rules, in the order of the draft.
    pub rules: Vec<ProposedRule>,
    /// Fields to decide.
    pub undecided: Vec<UndecidedField>,
}

impl Proposal {
    pub(super) fn new(ask: &Ask<'_>, survey: &Survey, plan: &Plan, country: Option<&str>) -> Self {
        let rules = plan.fields.iter().map(|line| ProposedRule {
            target: line.target.clone(),
            reads: line.reads.clone(),
            rule: line.rule.clone(),
            score: line.score,
            reasons: line.reasons.iter().map(|reason| reason.say(ask.language)).collect(),
        });
        let undecided = plan.undecided.iter().map(|undecided| UndecidedField {
            path: undecided.path.clone(),
            might: undecided.might.clone(),
        });
        Self {
            scheme: ask.scheme.to_owned(),
            country: country.map(str::to_owned),
            records: survey.records,
            broken: survey.broken,
            left_out: survey.left_out,
            rules: rules.collect(),
            undecided: undecided.collect(),
        }
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let rounded = |score: f64| (score * 100.0).round() / 100.0;
        let rules: Vec<Value> = self
            .rules
            .iter()
            .map(|rule| {
                json!({
                    "target": rule.target,
                    "reads": rule.reads,
                    "rule": rule.rule,
                    "score": rounded(rule.score),
                    "reasons": rule.reasons,
                })
            })
            .collect();
        let undecided: Vec<Value> = self
            .undecided
            .iter()
            .map(|field| {
                let might: Vec<Value> = field
                    .might
                    .iter()
                    .map(|(target, score)| json!({ "target": target, "score": rounded(*score) }))
                    .collect();
                json!({ "field": field.path, "might": might })
            })
            .collect();
        json!({
            "scheme": self.scheme,
            "country": self.country,
            "records": self.records,
            "broken": self.broken,
            "fields_left_out": self.left_out,
            "rules": rules,
            "undecided": undecided,
        })
    }
}
