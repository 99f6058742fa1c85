//! What is wrong with a record, said so that its sender can mend it.

use super::{Value, find, text};
use crate::model::{Expected, Issue, IssueCode, Language, Place};

/// An issue in the words of one language.
#[derive(Clone, PartialEq, Eq)]
pub struct IssueText {
    /// A few words: « Date impossible ».
    pub title: String,
    /// What is wrong, with the value: « 45/13/1987 » n'est pas une date possible. Personal.
    pub detail: String,
    /// What was expected, when it is known: `jj/MM/aaaa`.
    pub expected: Option<String>,
    /// How to mend it.
    pub mend: String,
    /// Where: « ligne 1842, bénéficiaire UTM-001-0000457/2, champ Date de naissance ».
    pub place: String,
    /// Place and detail as one line.
    pub line: String,
}

/// How many codes of a list are shown: a list of regions fits, a list of mutuals does not.
const CODES_SHOWN: usize = 12;

/// Says an issue.
#[must_use]
pub fn issue(issue: &Issue, language: Language) -> IssueText {
    let key = format!("issue-{}", issue.code.name());
    let given =
        if issue.value.as_deref().is_some_and(|value| !value.is_empty()) { "yes" } else { "no" };
    let mut value = issue.value.as_deref().map(visible).unwrap_or_default();
    if issue.code == IssueCode::ColumnCount {
        // The value is a count with an English word, for machines: `22 columns`.
        value.retain(|c| c.is_ascii_digit());
    }
    let detail = text(language, &key, &[("given", given.into()), ("value", value.into())]);
    let place = place(issue, language);
    IssueText {
        title: text(language, &format!("{key}.title"), &[]),
        mend: text(language, &format!("{key}.mend"), &[]),
        expected: issue.expected.as_ref().map(|expected| say_expected(expected, language)),
        line: text(
            language,
            "place-detail",
            &[("place", Value::from(&*place)), ("detail", Value::from(&*detail))],
        ),
        detail,
        place,
    }
}

/// A value that can stand in one line of a terminal: control characters of hostile or broken input
/// become a visible mark.
fn visible(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn place(issue: &Issue, language: Language) -> String {
    let say = |key: &str, name: &str, value: String| text(language, key, &[(name, value.into())]);
    let Place { line, column, path, .. } = &issue.place;
    let mut parts = Vec::new();
    if *line > 0 {
        parts.push(say("place-line", "line", line.to_string()));
    }
    if *column > 0 && issue.field.is_none() {
        parts.push(say("place-column", "column", column.to_string()));
    }
    if let (0, Some(path)) = (*line, path) {
        parts.push(say("place-path", "path", visible(path)));
    }
    if let Some(record) = &issue.record_id {
        parts.push(say("place-record", "record", visible(record)));
    }
    match issue.field.as_deref() {
        None => {}
        Some("(row)") => parts.push(text(language, "place-row", &[])),
        Some("(bytes)") => parts.push(text(language, "place-bytes", &[])),
        Some(field) => parts.push(say("place-field", "field", visible(field))),
    }
    if parts.is_empty() {
        parts.push(text(language, "place-file", &[]));
    }
    parts.join(", ")
}

fn say_expected(expected: &Expected, language: Language) -> String {
    let say = |key: &str, args: &[(&str, Value<'_>)]| text(language, key, args);
    match expected {
        Expected::Form(form) => say_form(form, language),
        Expected::OneOf(codes) => {
            let shown =
                codes.iter().take(CODES_SHOWN).map(|code| visible(code)).collect::<Vec<_>>();
            let shown = shown.join(", ");
            if codes.len() > CODES_SHOWN {
                say(
                    "expected-one-of-more",
                    &[("codes", shown.into()), ("count", codes.len().into())],
                )
            } else {
                say("expected-one-of", &[("codes", shown.into())])
            }
        }
        Expected::Type(name) => {
            let known = find(language, &format!("type-{name}"), &[]);
            say("expected-type", &[("type", known.unwrap_or_else(|| name.clone()).into())])
        }
        Expected::Columns(count) => say("expected-columns", &[("count", (*count).into())]),
        Expected::Range { min, max } => match (min.as_deref(), max.as_deref()) {
            (Some(min), Some(max)) => {
                say("expected-between", &[("min", min.into()), ("max", max.into())])
            }
            (Some(min), None) => say("expected-at-least", &[("min", min.into())]),
            (_, max) => say("expected-at-most", &[("max", max.unwrap_or("∞").into())]),
        },
        Expected::AtMost(count) => say("expected-limit", &[("count", (*count).into())]),
        Expected::Check(name) => say("expected-check", &[("check", name.to_uppercase().into())]),
        Expected::Condition(condition) => say_condition(condition, language),
        Expected::Stated { fr, en } => {
            let stated = match language {
                Language::French => fr,
                Language::English => en,
            };
            say("expected-condition", &[("condition", stated.as_str().into())])
        }
    }
}

/// A condition for people: the usual ones in words, others as the mapping writes them.
fn say_condition(condition: &str, language: Language) -> String {
    if let Some(known) = find(language, &format!("condition-{}", condition.replace(' ', "-")), &[])
    {
        return text(language, "expected-condition", &[("condition", known.into())]);
    }
    match condition.strip_prefix("<= ") {
        Some(date) => text(language, "expected-until", &[("date", date.into())]),
        None => text(language, "expected-rule", &[("condition", condition.into())]),
    }
}

/// A form for people: dates in the letters of the language, plain runs of digits in words, any
/// other pattern as it stands in the schema.
fn say_form(form: &str, language: Language) -> String {
    if let Some(count) = digits_only(form) {
        return text(language, "expected-digits", &[("count", count.into())]);
    }
    if form.starts_with('^') {
        return text(language, "expected-pattern", &[("form", form.into())]);
    }
    text(language, "expected-form", &[("form", date_form(form, language).into())])
}

/// The number of digits that a pattern such as `^[0-9]{13}$` wants.
fn digits_only(pattern: &str) -> Option<u32> {
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let inner = inner.strip_prefix("[0-9]").or_else(|| inner.strip_prefix("\\d"))?;
    inner.strip_prefix('{')?.strip_suffix('}')?.parse().ok()
}

/// A date form in the letters of a language: `dd/MM/yyyy` is `jj/MM/aaaa` in French, and back.
/// Whatever is not a date form is returned as it is.
#[must_use]
pub fn date_form(form: &str, language: Language) -> String {
    let is_date = form.contains("MM") && form.chars().all(|c| "djMya/-. 0'".contains(c));
    if !is_date {
        return form.to_owned();
    }
    let letter = |c: char| match (language, c) {
        (Language::French, 'd') => 'j',
        (Language::French, 'y') => 'a',
        (Language::English, 'j') => 'd',
        (Language::English, 'a') => 'y',
        (_, other) => other,
    };
    form.chars().map(letter).collect()
}
