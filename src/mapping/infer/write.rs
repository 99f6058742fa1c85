//! The draft as YAML, each line with its reason.

use serde_json::Value;

use super::Ask;
use super::plan::{Line, Plan};
use super::reasons::{Reason, percent};
use super::survey::Survey;
use super::yaml_text::{quoted, scalar};
use crate::messages;
use crate::model::Language;

/// Writes the mapping; `expect` is the canonical record that the sample gives, for the first test.
#[must_use]
pub fn mapping(
    ask: &Ask<'_>,
    survey: &Survey,
    plan: &Plan,
    sample: &Value,
    expect: Option<&Value>,
) -> String {
    let mut out = String::new();
    let say = |key: &str, language: Language| {
        let records = ("records", survey.records.into());
        messages::text(language, key, &[("scheme", ask.scheme.into()), records])
    };
    for key in ["infer-opening", "infer-opening-check"] {
        out.push_str(&format!("# {}\n", say(key, ask.language)));
    }
    let title = |key: &str| {
        let [fr, en] = [Language::French, Language::English].map(|l| quoted(&say(key, l)));
        format!("{{ fr: {fr}, en: {en} }}")
    };
    out.push_str(&format!(
        "mapping: {}\nversion: 0.1.0\ntitle: {}\n",
        ask.scheme,
        title("infer-title")
    ));
    source(&mut out, ask, plan);
    out.push_str("target: beneficiary/1\non_error: error\n");
    section(&mut out, "values", &plan.values, ask.language);
    section(&mut out, "fields", &plan.fields, ask.language);
    if !plan.checks.is_empty() {
        out.push_str("checks:\n");
        plan.checks.iter().for_each(|check| out.push_str(&format!("  - {check}\n")));
    }
    out.push_str(&format!("sample: {sample}\n"));
    if let Some(expect) = expect {
        out.push_str(&format!(
            "tests:\n  - name: {}\n    expect: {expect}\n",
            title("infer-first-test")
        ));
    }
    out
}

fn source(out: &mut String, ask: &Ask<'_>, plan: &Plan) {
    out.push_str("source:\n");
    for (key, yaml, reasons) in &plan.source {
        comment(out, "  ", None, reasons, ask.language);
        out.push_str(&format!("  {key}: {yaml}\n"));
    }
    if plan.undecided.is_empty() {
        return;
    }
    out.push_str("  ignore:\n");
    for undecided in &plan.undecided {
        let targets: Vec<&str> =
            undecided.might.iter().map(|(target, _)| target.as_str()).collect();
        let said = match targets.as_slice() {
            [] => messages::text(ask.language, "infer-unknown", &[]),
            several => {
                let targets = several.join(", ");
                messages::text(ask.language, "infer-might", &[("targets", targets.as_str().into())])
            }
        };
        let reasons = undecided.reasons.iter().map(|reason| reason.say(ask.language));
        let said = one_line(&std::iter::once(said).chain(reasons).collect::<Vec<_>>().join(" · "));
        out.push_str(&format!("    - {} # {said}\n", scalar(&undecided.path)));
    }
}

fn section(out: &mut String, name: &str, lines: &[Line], language: Language) {
    if lines.is_empty() {
        if name == "fields" {
            out.push_str("fields: {}\n");
        }
        return;
    }
    out.push_str(&format!("{name}:\n"));
    for line in lines {
        comment(out, "  ", Some(line.score), &line.reasons, language);
        out.push_str(&format!("  {}: {}\n", key(&line.target), line.rule));
    }
}

/// Target paths stand as they are; YAML reads brackets inside a key as text.
fn key(target: &str) -> String {
    if target.starts_with('[') { quoted(target) } else { target.to_owned() }
}

fn comment(
    out: &mut String,
    indent: &str,
    score: Option<f64>,
    reasons: &[Reason],
    language: Language,
) {
    let score = score.map(|score| format!("{} %", percent(score.min(1.0))));
    let said: Vec<String> =
        score.into_iter().chain(reasons.iter().map(|reason| reason.say(language))).collect();
    if !said.is_empty() {
        out.push_str(&format!("{indent}# {}\n", one_line(&said.join(" · "))));
    }
}

/// A comment ends at the end of its line, whatever a column is called.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
