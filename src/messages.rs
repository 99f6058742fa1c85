//! Every sentence that the hub says to a person, in French and in English.
//!
//! The sentences stand in `src/messages/{fr,en}/*.ftl` (Fluent), one file a topic; code holds keys
//! only. [`text`] says one key, [`issue()`] says what is wrong with a record. A key that one language
//! lacks, or that uses other variables there, fails a test, so nobody reads half a page in the
//! other language.

mod issue;
pub mod page;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue as Value;
pub use issue::{IssueText, date_form, issue};

use crate::model::Language;

type Bundle = FluentBundle<FluentResource>;

/// A topic: its file in French and in English.
struct Topic {
    name: &'static str,
    french: &'static str,
    english: &'static str,
}

macro_rules! topics {
    ($($name:literal),* $(,)?) => {
        &[$(Topic {
            name: $name,
            french: include_str!(concat!("messages/fr/", $name, ".ftl")),
            english: include_str!(concat!("messages/en/", $name, ".ftl")),
        },)*]
    };
}

/// To add a topic, write both files and name it here.
const TOPICS: &[Topic] = topics![
    "assist",
    "cli",
    "demo",
    "documents",
    "exchange",
    "infer",
    "issues",
    "life",
    "link",
    "page",
    "page-hub",
    "page-people",
    "page-records",
    "page-workshop",
    "problems",
    "stewards"
];

static FRENCH: LazyLock<Bundle> = LazyLock::new(|| compile(Language::French));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| compile(Language::English));

/// The sentence of `key`, or of `key.attribute`, in a language.
///
/// Numbers passed as numbers are grouped as the language does; ids and line numbers are passed as
/// text. A key that does not exist answers itself: the tests keep that from happening.
#[must_use]
pub fn text(language: Language, key: &str, args: &[(&str, Value<'_>)]) -> String {
    find(language, key, args).unwrap_or_else(|| key.to_owned())
}

/// As [`text`], or `None` when there is no such key.
#[must_use]
pub fn find(language: Language, key: &str, args: &[(&str, Value<'_>)]) -> Option<String> {
    let bundle = bundle(language);
    let (id, attribute) = match key.split_once('.') {
        Some((id, attribute)) => (id, Some(attribute)),
        None => (key, None),
    };
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        Some(attribute) => message.get_attribute(attribute)?.value(),
        None => message.value()?,
    };
    let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
    let mut errors = Vec::new();
    let said = bundle.format_pattern(pattern, Some(&args), &mut errors);
    debug_assert!(errors.is_empty(), "message `{key}` lacks a variable: {errors:?}");
    Some(said.into_owned())
}

/// Whether there is such a key.
#[must_use]
pub fn has(language: Language, key: &str) -> bool {
    bundle(language).has_message(key)
}

fn bundle(language: Language) -> &'static Bundle {
    match language {
        Language::French => &FRENCH,
        Language::English => &ENGLISH,
    }
}

fn compile(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().expect("`fr` and `en` are language tags");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Isolation marks are invisible characters around every value: they break copy and paste of an
    // id from a terminal, and both our languages are written left to right.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::French => |value, _| number(value, '\u{202f}', ','),
        Language::English => |value, _| number(value, ',', '.'),
    }));
    for topic in TOPICS {
        let source = match language {
            Language::French => topic.french,
            Language::English => topic.english,
        };
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(_, errors)| {
            panic!("{}/{}.ftl: {errors:?}", language.tag(), topic.name)
        });
        bundle.add_resource(resource).unwrap_or_else(|errors| {
            panic!("{}/{}.ftl says a key twice: {errors:?}", language.tag(), topic.name)
        });
    }
    bundle
}

/// A number with its digits in groups of three; `None` leaves other values to Fluent.
fn number(value: &FluentValue<'_>, group: char, decimal: char) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let plain = number.as_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", &*plain), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut said = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            said.push(group);
        }
        said.push(digit);
    }
    if !fraction.is_empty() {
        said.push(decimal);
        said.push_str(fraction);
    }
    Some(said)
}

#[cfg(test)]
mod tests;
