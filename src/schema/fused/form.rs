//! The form of a text: patterns and formats.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::super::formats;
use crate::model::PartialDate;

/// A `pattern` or a `format`.
#[derive(Debug)]
pub(super) enum Form {
    /// So many characters of one set of ASCII characters, from the first to the last.
    Letters { set: u128, least: usize, most: usize },
    /// Our `edtf`: a date that may lack a day or a month.
    Edtf,
    /// Another of the formats that the standard does not have.
    Own(fn(&str) -> bool),
    /// The standard's `date`: a plain day of our era is told at once, anything else by the crate.
    Day(Box<Validator>),
    /// Anything else: the crate itself, on the text alone.
    Library(Box<Validator>),
}

impl Form {
    /// Compiles a keyword with its value.
    pub(super) fn of(keyword: &str, value: &Value) -> Option<Self> {
        if let Some(letters) = value.as_str().filter(|_| keyword == "pattern").and_then(letters) {
            return Some(letters);
        }
        let schema = json!({ keyword: value });
        let options = formats::add(jsonschema::draft202012::options());
        let library = || options.build(&schema).ok().map(Box::new);
        match value.as_str().filter(|_| keyword == "format") {
            Some("edtf") => Some(Self::Edtf),
            Some("decimal") => Some(Self::Own(formats::is_decimal)),
            Some("e164") => Some(Self::Own(formats::is_e164)),
            Some("date") => library().map(Self::Day),
            Some(_) | None => library().map(Self::Library),
        }
    }

    /// Whether a text has the form.
    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Letters { set, least, most } => {
                (*least..=*most).contains(&text.len())
                    && text.bytes().all(|byte| byte < 128 && set >> byte & 1 == 1)
            }
            Self::Edtf => formats::is_edtf(text),
            Self::Own(holds) => holds(text),
            Self::Day(validator) => {
                let day =
                    text.len() == 10 && text.parse().is_ok_and(|date: PartialDate| date.year() > 0);
                day || validator.is_valid(&Value::String(text.to_owned()))
            }
            Self::Library(validator) => validator.is_valid(&Value::String(text.to_owned())),
        }
    }
}

/// Reads `^[A-Za-z0-9-]{2,40}$`, and the same with `{n}`, `+`, `*` or nothing after the brackets.
fn letters(pattern: &str) -> Option<Form> {
    let inside = pattern.strip_prefix("^[")?.strip_suffix('$')?;
    let (listed, times) = inside.split_once(']')?;
    let (least, most) = match times {
        "" => (1, 1),
        "+" => (1, usize::MAX),
        "*" => (0, usize::MAX),
        counted => {
            let counted = counted.strip_prefix('{')?.strip_suffix('}')?;
            match counted.split_once(',') {
                Some((least, "")) => (least.parse().ok()?, usize::MAX),
                Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
                None => (counted.parse().ok()?, counted.parse().ok()?),
            }
        }
    };
    Some(Form::Letters { set: set(listed.as_bytes())?, least, most })
}

/// The characters between brackets, as bits: letters, digits, their ranges, and a hyphen at the end.
fn set(listed: &[u8]) -> Option<u128> {
    let mut set = 0;
    let mut rest = listed;
    while let Some((&first, after)) = rest.split_first() {
        match after {
            [b'-', last, after @ ..]
                if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() =>
            {
                set |= (first..=*last).fold(0, |bits, byte| bits | 1_u128 << byte);
                rest = after;
            }
            _ if first.is_ascii_alphanumeric() || (first == b'-' && after.is_empty()) => {
                set |= 1_u128 << first;
                rest = after;
            }
            _ => return None,
        }
    }
    (set != 0).then_some(set)
}
