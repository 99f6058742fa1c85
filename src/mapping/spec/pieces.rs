//! The pieces of which every part of a mapping is made: maps with known keys, lists, texts, words out
//! of closed lists. What is not as it should be is reported where it stands.

use crate::model::{IssueCode, Severity};

use super::super::diagnostic::{Code, Diagnostic, Diagnostics};
use super::super::yaml::{Entry, Kind, Node, Span};
use super::{Spanned, Title, Word, keys, synonyms};

/// A map of which the known keys are read.
pub(in crate::mapping) struct Map<'n> {
    node: &'n Node,
}

impl<'n> Map<'n> {
    /// Reports keys that are not `known`, and anything that is no map.
    pub(in crate::mapping) fn of(
        node: &'n Node,
        known: &[&str],
        problems: &mut Diagnostics,
    ) -> Option<Self> {
        for entry in map_entries(node, problems) {
            if !known.contains(&entry.key.as_str()) {
                let problem = problems.error(Code::UnknownKey, entry.key_span.clone());
                problem.arg("key", &entry.key).arg("known", known.join(", "));
                match synonyms::key(&entry.key, known) {
                    Some(key) => problem.meant(key),
                    None => problem.nearest(&entry.key, known.iter().copied()),
                };
                let place = keys::elsewhere(&entry.key);
                if let Some(place) = place.filter(|_| synonyms::key(&entry.key, known).is_none()) {
                    problem.arg("variant", "elsewhere").arg("place", place);
                    problem.nearest = None;
                    problem.corrections.clear();
                }
            }
        }
        matches!(node.kind, Kind::Map(_)).then_some(Self { node })
    }

    /// Whether it has only keys that are known.
    pub(super) fn all_known(&self, known: &[&str]) -> bool {
        entries(self.node).iter().all(|entry| known.contains(&entry.key.as_str()))
    }

    /// The value of a key, when there.
    pub(in crate::mapping) fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key).filter(|node| !node.is_null())
    }

    /// The value of a key that must be there.
    pub(in crate::mapping) fn need(
        &self,
        key: &str,
        problems: &mut Diagnostics,
    ) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            let start = self.node.span.start;
            problems.error(Code::MissingKey, start..start).arg("key", key);
        }
        found
    }

    /// The text of a key, when there.
    pub(in crate::mapping) fn word(&self, key: &str, problems: &mut Diagnostics) -> Option<Word> {
        self.get(key).and_then(|node| word(node, problems))
    }

    /// The text of a key that must be there.
    pub(in crate::mapping) fn need_word(
        &self,
        key: &str,
        problems: &mut Diagnostics,
    ) -> Option<Word> {
        self.need(key, problems).and_then(|node| word(node, problems))
    }
}

pub(super) fn map_entries<'n>(node: &'n Node, problems: &mut Diagnostics) -> &'n [Entry] {
    if let Kind::Map(entries) = &node.kind {
        return entries;
    }
    wrong_type(problems, node, "map");
    &[]
}

pub(super) fn entries(node: &Node) -> &[Entry] {
    match &node.kind {
        Kind::Map(entries) => entries,
        Kind::Null | Kind::Text(_) | Kind::List(_) => &[],
    }
}

/// The items of a list; one thing alone is a list of one.
pub(super) fn items(node: Option<&Node>) -> &[Node] {
    match node {
        None => &[],
        Some(Node { kind: Kind::List(items), .. }) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

pub(in crate::mapping) fn word_of(entry: &Entry) -> Word {
    Spanned::new(entry.key.clone(), entry.key_span.clone())
}

pub(in crate::mapping) fn word(node: &Node, problems: &mut Diagnostics) -> Option<Word> {
    match node.text() {
        Some(text) => Some(Spanned::new(text.to_owned(), node.span.clone())),
        None => {
            wrong_type(problems, node, "text");
            None
        }
    }
}

pub(in crate::mapping) fn words(node: Option<&Node>, problems: &mut Diagnostics) -> Vec<Word> {
    items(node).iter().filter_map(|item| word(item, problems)).collect()
}

pub(super) fn plain_words(node: Option<&Node>, problems: &mut Diagnostics) -> Vec<String> {
    words(node, problems).into_iter().map(|word| word.value).collect()
}

pub(super) fn word_pairs(node: Option<&Node>, problems: &mut Diagnostics) -> Vec<(Word, Word)> {
    let entries = node.map_or(&[][..], |node| map_entries(node, problems));
    entries.iter().filter_map(|e| Some((word_of(e), word(&e.value, problems)?))).collect()
}

pub(super) fn wrong_type(problems: &mut Diagnostics, node: &Node, expected: &str) {
    problems.error(Code::WrongType, node.span.clone()).arg("expected", expected);
}

pub(super) fn bad_value<'p>(
    problems: &'p mut Diagnostics,
    span: &Span,
    value: &str,
    expected: &str,
) -> &'p mut Diagnostic {
    problems.error(Code::BadValue, span.clone()).arg("value", value).arg("expected", expected)
}

/// A word out of a closed list.
pub(super) fn one_of(word: &Word, known: &[&str], problems: &mut Diagnostics) -> bool {
    let found = known.contains(&word.value.as_str());
    if !found {
        let problem = bad_value(problems, &word.span, &word.value, &known.join(", "));
        match synonyms::value(&word.value, known) {
            Some(meant) => problem.meant(meant),
            None => problem.nearest(&word.value, known.iter().copied()),
        };
    }
    found
}

pub(super) fn severity(node: Option<&Node>, problems: &mut Diagnostics) -> Option<Severity> {
    let word = word(node?, problems)?;
    one_of(&word, keys::SEVERITIES, problems).then_some(if word.value == "error" {
        Severity::Error
    } else {
        Severity::Warning
    })
}

pub(super) fn issue_code(word: &Word, problems: &mut Diagnostics) -> Option<IssueCode> {
    let code = IssueCode::find(&word.value);
    if code.is_none() {
        let names = IssueCode::ALL.iter().map(|code| code.name());
        let expected = "bad_date, wrong_type, period_inverted …";
        let problem = bad_value(problems, &word.span, &word.value, expected);
        match IssueCode::ALL.iter().find(|code| code.number() == word.value) {
            Some(code) => problem.meant(code.name()),
            None => problem.nearest(&word.value, names),
        };
    }
    code
}

pub(super) fn positive(word: &Word, problems: &mut Diagnostics) -> u64 {
    match word.value.parse() {
        Ok(number) if number > 0 => number,
        _ => {
            bad_value(problems, &word.span, &word.value, "1, 2, 3 …");
            1
        }
    }
}

pub(in crate::mapping) fn title(node: &Node, problems: &mut Diagnostics) -> Title {
    if let Some(text) = node.text() {
        return Title { fr: text.to_owned(), en: text.to_owned() };
    }
    let Some(map) = Map::of(node, keys::TITLE, problems) else { return Title::default() };
    let text = |word: Option<Word>| word.map(|word| word.value).unwrap_or_default();
    Title { fr: text(map.need_word("fr", problems)), en: text(map.need_word("en", problems)) }
}
