//! From pointers and paths to the names that the sender would use, and to places in the file.

mod finder;

use std::borrow::Cow;

use crate::format::events::{Events, Scalar};

use super::path::{SourcePath, Step};
use super::spec::Format;

pub use finder::Finder;

/// The field of a path in a Bundle: `Coverage.beneficiary` for `Coverage[0].beneficiary.reference`.
#[must_use]
pub fn bundle_field(path: &SourcePath) -> String {
    let mut steps = path.steps.clone();
    if steps.last() == Some(&Step::Key("reference".to_owned())) {
        steps.pop();
    }
    if matches!(steps.get(1), Some(Step::Nth(0))) {
        steps.remove(1);
    }
    SourcePath::of(steps).shown('.')
}

/// The tokens of a JSON pointer.
#[must_use]
pub fn tokens(pointer: &str) -> Vec<String> {
    let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(unescape).collect()
}

/// The sender's name of what a pointer names.
#[must_use]
pub fn field_of(tokens: &[String], format: Format) -> String {
    if format == Format::Csv {
        return tokens.first().cloned().unwrap_or_default();
    }
    let number = |token: &String| token.parse::<u32>().ok();
    let mut steps: Vec<Step> = Vec::new();
    for token in tokens {
        match number(token) {
            Some(n) if !steps.is_empty() => steps.push(Step::Nth(n)),
            _ => steps.push(Step::Key(token.clone())),
        }
    }
    shown(&SourcePath::of(steps), format)
}

/// The sender's name of what stands at a path from the record.
#[must_use]
pub fn shown(path: &SourcePath, format: Format) -> String {
    match format {
        Format::Fhir => bundle_field(path),
        Format::Xml => path.shown('/'),
        Format::Csv | Format::Json | Format::Ndjson | Format::Canonical => path.shown('.'),
    }
}

/// Finds the offset of what stands at a pointer: of itself, or of the nearest group around it.
pub struct Locator<'p> {
    wanted: &'p [String],
    /// The keys down to the current value, with the occurrence of each.
    stack: Vec<Level>,
    key: Option<String>,
    best: Option<(usize, u32)>,
}

struct Level {
    /// Whether the group lies on the wanted path, and how many of its tokens lead to it.
    matched: Option<usize>,
    array: bool,
    items: usize,
    last_key: Option<(String, usize)>,
}

impl<'p> Locator<'p> {
    /// For the tokens of a pointer.
    #[must_use]
    pub const fn new(wanted: &'p [String]) -> Self {
        Self { wanted, stack: Vec::new(), key: None, best: None }
    }

    /// The offset that was found.
    #[must_use]
    pub fn found(&self) -> Option<u32> {
        self.best.map(|(_, at)| at)
    }

    /// How many tokens lead to the value that comes now, when it lies on the way.
    fn arrive(&mut self) -> Option<usize> {
        let key = self.key.take();
        let Some(level) = self.stack.last_mut() else { return Some(0) };
        let matched = level.matched?;
        let token = self.wanted.get(matched)?;
        if level.array {
            let index = level.items;
            level.items += 1;
            return (token.parse() == Ok(index)).then_some(matched + 1);
        }
        let key = key?;
        let occurrence = match &mut level.last_key {
            Some((last, times)) if *last == key => {
                *times += 1;
                *times
            }
            other => {
                *other = Some((key.clone(), 0));
                0
            }
        };
        if *token != key {
            return None;
        }
        // XML repeats the key where the document has an array.
        match self.wanted.get(matched + 1).and_then(|next| next.parse::<usize>().ok()) {
            Some(index) if index == occurrence && occurrence > 0 => Some(matched + 2),
            Some(_) if occurrence > 0 => None,
            _ => Some(matched + 1),
        }
    }

    fn open(&mut self, array: bool) {
        let mut matched = self.arrive();
        // The one element of a repeated group may come without its array.
        if let (Some(at), false) = (matched, array) {
            let single = self.wanted.get(at).is_some_and(|token| token == "0");
            let in_array = self.stack.last().is_some_and(|level| level.array);
            if single && !in_array && at > 0 {
                matched = Some(at + 1);
            }
        }
        self.stack.push(Level { matched, array, items: 0, last_key: None });
    }
}

impl<'r> Events<'r> for Locator<'_> {
    fn begin_object(&mut self) {
        self.open(false);
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.key = Some(name.into_owned());
    }

    fn end_object(&mut self) {
        self.stack.pop();
    }

    fn begin_array(&mut self) {
        self.open(true);
    }

    fn end_array(&mut self) {
        self.stack.pop();
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        let around = self.stack.iter().rev().find_map(|level| level.matched).unwrap_or(0);
        let depth = self.arrive().unwrap_or(around);
        if self.best.is_none_or(|(best, _)| depth > best) {
            self.best = Some((depth, scalar.at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_the_senders_names() {
        let field = |pointer: &str, format| field_of(&tokens(pointer), format);
        assert_eq!(field("/DATE NAISS.", Format::Csv), "DATE NAISS.");
        assert_eq!(field("/droits/@fin", Format::Xml), "droits/@fin");
        assert_eq!(field("/identite/naissance/date", Format::Json), "identite.naissance.date");
        assert_eq!(
            field("/Coverage/0/beneficiary/reference", Format::Fhir),
            "Coverage.beneficiary"
        );
        assert_eq!(field("/a~1b", Format::Json), "a/b");
    }
}
