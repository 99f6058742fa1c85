//! From the spanned tree to the typed mapping, with every mistake on the way.

use crate::model::Severity;

use super::super::diagnostic::Diagnostics;
use super::super::yaml::Node;
use super::pieces::{
    Map, bad_value, entries, issue_code, items, plain_words, positive, severity, title, word,
    word_of,
};
use super::source::source;
use super::{CheckSpec, ExpectedIssue, SampleSpec, Spec, TestSpec, keys, rule};

/// Reads a whole mapping; `None` when a part without which nothing can be said is missing.
#[must_use]
pub fn read(root: &Node, problems: &mut Diagnostics) -> Option<Spec> {
    let map = Map::of(root, keys::MAPPING, problems)?;
    let id = map.need_word("mapping", problems);
    let version = map.need_word("version", problems);
    let title = map.need("title", problems).map(|node| title(node, problems));
    let source = map.need("source", problems).and_then(|node| source(node, problems));
    let target = map.need_word("target", problems);
    let fields = map.need("fields", problems);
    let pairs = |key: &str| map.get(key).map_or(&[][..], |node| entries(node));
    if let Some(id) = &id {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !id.value.chars().all(plain) {
            bad_value(problems, &id.span, &id.value, "a-z 0-9 -").meant(plain_id(&id.value));
        }
    }
    if let Some(version) = &version {
        let parts: Vec<&str> = version.value.split('.').collect();
        let number = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        if parts.len() != 3 || !parts.iter().all(number) {
            let problem = bad_value(problems, &version.span, &version.value, "1.0.0");
            if parts.len() < 3 && parts.iter().all(number) {
                let zeros = ".0".repeat(3 - parts.len());
                problem.meant(format!("{}{zeros}", version.value));
            }
        }
    }
    let tables =
        pairs("tables").iter().filter_map(|e| Some((word_of(e), rule::table(&e.value, problems)?)));
    let tables = tables.collect();
    let values =
        pairs("values").iter().filter_map(|e| Some((word_of(e), rule::rule(&e.value, problems)?)));
    let values = values.collect();
    let mut back = Vec::new();
    for entry in pairs("back") {
        // Several rules for one field: the first that has something to say.
        let list = items(Some(&entry.value)).iter().filter_map(|node| rule::rule(node, problems));
        back.extend(list.map(|rule| (word_of(entry), rule)));
    }
    let (rules, groups) = rule::fields(fields, problems);
    let checks = items(map.get("checks")).iter().filter_map(|n| check(n, problems)).collect();
    let samples = items(map.get("samples")).iter().filter_map(|n| sample(n, problems)).collect();
    let tests = items(map.get("tests")).iter().filter_map(|n| test(n, problems)).collect();
    Some(Spec {
        id: id?,
        version: version?.value,
        title: title?,
        source: source?,
        target: target?,
        on_error: severity(map.get("on_error"), problems),
        tables,
        values,
        fields: rules,
        groups,
        checks,
        back,
        hold: map.get("hold").and_then(|node| hold(node, problems)),
        sample: map.get("sample").cloned(),
        tests,
        samples,
    })
}

/// An id made of any text.
fn plain_id(text: &str) -> String {
    let plain = super::super::table::folded(text);
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

fn hold(node: &Node, problems: &mut Diagnostics) -> Option<f64> {
    let word = word(node, problems)?;
    let inner = word.value.trim().strip_prefix('>').and_then(|t| t.trim().strip_suffix("refused"));
    let percent =
        inner.and_then(|t| t.trim().strip_suffix('%')).and_then(|t| t.trim().parse().ok());
    if percent.is_none() {
        let digits: String = word.value.chars().filter(|c| c.is_ascii_digit()).collect();
        let share = if digits.is_empty() { "20" } else { &digits };
        bad_value(problems, &word.span, &word.value, "> 20 % refused")
            .meant(format!("> {share} % refused"));
    }
    percent
}

fn check(node: &Node, problems: &mut Diagnostics) -> Option<CheckSpec> {
    let map = Map::of(node, keys::CHECK, problems)?;
    let (when, code, at) = (
        map.need_word("when", problems),
        map.need_word("code", problems).and_then(|word| issue_code(&word, problems)),
        map.need_word("at", problems),
    );
    Some(CheckSpec {
        span: node.span.clone(),
        when: when?,
        code: code?,
        at: at?,
        severity: severity(map.get("severity"), problems).unwrap_or(Severity::Error),
        title: map.get("title").map(|node| title(node, problems)),
    })
}

fn test(node: &Node, problems: &mut Diagnostics) -> Option<TestSpec> {
    let map = Map::of(node, keys::TEST, problems)?;
    let round_trip = map.get("round_trip").map(|node| match node.text() {
        Some("true") => Vec::new(),
        _ => Map::of(node, keys::ROUND_TRIP, problems)
            .map(|map| plain_words(map.get("except"), problems))
            .unwrap_or_default(),
    });
    Some(TestSpec {
        span: node.span.clone(),
        name: map.need("name", problems).map(|node| title(node, problems))?,
        given: map.get("given").cloned(),
        record: map.word("record", problems).map(|word| word.value),
        expect: map.get("expect").cloned(),
        issues: items(map.get("expect_issue"))
            .iter()
            .filter_map(|n| expected(n, problems))
            .collect(),
        round_trip,
    })
}

fn sample(node: &Node, problems: &mut Diagnostics) -> Option<SampleSpec> {
    let map = Map::of(node, keys::SAMPLE, problems)?;
    let file = map.need_word("file", problems);
    let accepted = map.word("accepted", problems).map_or(100.0, |word| {
        let number = word.value.trim_start_matches(['>', '=', ' ']).trim_end_matches(['%', ' ']);
        match number.parse() {
            Ok(share) if (0.0..=100.0).contains(&share) => share,
            _ => {
                bad_value(problems, &word.span, &word.value, "98 %");
                100.0
            }
        }
    });
    let records = map.word("records", problems).map(|word| positive(&word, problems));
    Some(SampleSpec { file: file?, accepted, records })
}

fn expected(node: &Node, problems: &mut Diagnostics) -> Option<ExpectedIssue> {
    let map = Map::of(node, keys::ISSUE, problems)?;
    Some(ExpectedIssue {
        code: issue_code(&map.need_word("code", problems)?, problems)?,
        at: map.word("at", problems).map(|word| word.value),
        severity: severity(map.get("severity"), problems),
    })
}
