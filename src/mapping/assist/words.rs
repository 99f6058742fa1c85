//! What things mean, in the language of the reader, as Markdown.

use crate::messages::{self, Value};
use crate::model::{IssueCode, Language};
use crate::schema::{FieldInfo, Words};

use super::super::target::Takes;
use super::super::verb::Declaration;
use super::place::Group;

/// How many codes are listed.
const LISTED: usize = 24;

/// The sentence of a key, when there is one.
pub fn say(language: Language, key: &str, args: &[(&str, Value<'_>)]) -> Option<String> {
    messages::find(language, &format!("assist-{key}"), args)
}

/// What a key of the language means.
#[must_use]
pub fn key(language: Language, group: Group, key: &str) -> Option<String> {
    say(language, &format!("key-{}-{key}", group.name()), &[])
        .or_else(|| say(language, &format!("key-{key}"), &[]))
}

/// One of two texts.
#[must_use]
pub fn of(language: Language, words: &Words) -> &str {
    match language {
        Language::French if !words.fr.is_empty() => &words.fr,
        Language::French | Language::English => &words.en,
    }
}

/// A verb: meaning, example, what goes in and out, failure and way back.
#[must_use]
pub fn verb(language: Language, verb: &Declaration) -> String {
    let shape = |shape: super::super::value::Shape| {
        say(language, &format!("shape-{}", shape.name()), &[]).unwrap_or_default()
    };
    let class = say(language, &format!("class-{}", verb.class.name()), &[]).unwrap_or_default();
    let input = [("takes", shape(verb.takes).into()), ("gives", shape(verb.gives).into())];
    let mut lines = vec![
        format!("**{}**", verb.name),
        verb.meaning.text(language).to_owned(),
        format!("```yaml\ndo: {}\n```", steps(verb)),
        say(language, "verb-input", &input).unwrap_or_default(),
    ];
    if let Some(code) = verb.fails {
        lines.extend(say(language, "verb-fails", &[("code", code.name().into())]));
    }
    lines.extend(say(language, "verb-back", &[("class", class.into())]));
    if !verb.options.is_empty() {
        lines.extend(say(language, "verb-options", &[("options", verb.options.join(", ").into())]));
    }
    lines.join("\n\n")
}

/// The example of a verb as a list of steps, with what it makes of a text.
fn steps(verb: &Declaration) -> String {
    let example = &verb.example;
    let steps = match example.steps.starts_with('[') {
        true => example.steps.to_owned(),
        false => format!("[{}]", example.steps),
    };
    format!("{steps}  # {} → {}", example.given, example.result)
}

/// A field of a schema: its title, meaning, type, form, codes and examples.
#[must_use]
pub fn field(language: Language, shown: &str, field: &FieldInfo, takes: Option<Takes>) -> String {
    let mut lines = vec![format!("**{shown}** — {}", of(language, &field.title))];
    let meaning = of(language, &field.description);
    if !meaning.is_empty() && meaning != of(language, &field.title) {
        lines.push(meaning.to_owned());
    }
    lines.push(kind(language, field, takes));
    if !field.codes.is_empty() {
        lines.extend(say(language, "field-codes", &[("codes", listed(&field.codes).into())]));
    }
    if !field.examples.is_empty() {
        let examples = listed(&field.examples);
        lines.extend(say(language, "field-examples", &[("examples", examples.into())]));
    }
    lines.join("\n\n")
}

/// The type of a field, its bounds and whether it is required.
fn kind(language: Language, field: &FieldInfo, takes: Option<Takes>) -> String {
    let name = match takes {
        Some(Takes::PartialDate) => "partial-date",
        Some(Takes::Day) => "day",
        Some(Takes::Texts) => "texts",
        Some(Takes::Boolean) => "boolean",
        Some(Takes::Code(_)) => "code",
        Some(Takes::Hub) => "hub",
        Some(Takes::Text) | None => match field.types.first().map(String::as_str) {
            Some("number" | "integer") => "number",
            Some("boolean") => "boolean",
            Some("object") => "group",
            Some("array") => "list",
            _ if !field.codes.is_empty() => "code",
            _ => "text",
        },
    };
    let mut parts: Vec<String> = say(language, &format!("type-{name}"), &[]).into_iter().collect();
    if field.required {
        parts.extend(say(language, "field-required", &[]));
    }
    if let Some(pattern) = &field.pattern {
        parts.push(format!("`{pattern}`"));
    }
    if let Some(most) = field.max_length {
        parts.extend(say(language, "field-longest", &[("length", most.to_string().into())]));
    }
    parts.join(" · ")
}

/// The first codes, each marked as code.
#[must_use]
pub fn listed(codes: &[String]) -> String {
    let mut shown: Vec<String> =
        codes.iter().take(LISTED).map(|code| format!("`{code}`")).collect();
    if codes.len() > LISTED {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// A code of the catalogue of issues.
#[must_use]
pub fn issue(language: Language, code: IssueCode) -> String {
    let text = |part: &str| {
        messages::find(language, &format!("issue-{}.{part}", code.name()), &[]).unwrap_or_default()
    };
    format!("**{} {}** — {}\n\n{}", code.number(), code.name(), text("title"), text("mend"))
}
