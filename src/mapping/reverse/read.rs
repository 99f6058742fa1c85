//! Reading a canonical record by target paths, and remembering what was read.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::super::path::{KEYED, TargetStep};
use super::super::value::Value;
use super::document::Document;

/// For each list of the target the names of its elements in the mapping's order.
pub type Labels = [(String, Vec<String>)];

/// A canonical document, and which of its leaves were taken.
pub struct Canonical<'d> {
    document: &'d Document<'d>,
    labels: &'d Labels,
    /// The scheme of the format that is written.
    scheme: &'d str,
    /// Where the leaves that were taken stand in memory, in the order of taking.
    taken: Vec<*const Document<'d>>,
}

/// One step down a document.
#[derive(Clone, Copy)]
enum Down<'d> {
    Key(&'d str),
    Item(usize, &'d Document<'d>),
}

impl<'d> Canonical<'d> {
    /// `labels` are the names of list elements in the mapping's order.
    #[must_use]
    pub const fn new(document: &'d Document<'d>, labels: &'d Labels, scheme: &'d str) -> Self {
        Self { document, labels, scheme, taken: Vec::new() }
    }

    /// Whether what stands at a path is the own of the scheme: its coverage, or its record.
    #[must_use]
    pub fn is_own(&self, path: &[TargetStep]) -> bool {
        let coverage = match path {
            [key @ TargetStep::Key(list), TargetStep::Label(label), ..] if list == "coverages" => {
                let items = self.document.get(list).and_then(Document::items);
                let key = std::slice::from_ref(key);
                items.and_then(|items| items.get(self.index(key, label, items)?))
            }
            _ => self.document.get("source"),
        };
        coverage.and_then(|found| found.get("scheme")).and_then(Document::text) == Some(self.scheme)
    }

    /// How much has been taken, for [`Canonical::put_back`].
    #[must_use]
    pub const fn mark(&self) -> usize {
        self.taken.len()
    }

    /// What was taken after the mark had no place after all.
    pub fn put_back(&mut self, mark: usize) {
        self.taken.truncate(mark);
    }

    /// What was taken at a path is not said after all.
    pub fn leave(&mut self, path: &[TargetStep]) {
        if let Some(found) = self.find(path) {
            self.taken.retain(|known| !std::ptr::eq(*known, found));
        }
    }

    /// How many elements a list has.
    #[must_use]
    pub fn count(&self, list: &[TargetStep]) -> usize {
        self.find(list).and_then(Document::items).map_or(0, <[_]>::len)
    }

    /// Which elements of a list rules of the record name.
    #[must_use]
    pub fn named(&self, list: &[TargetStep]) -> Vec<usize> {
        let items = self.find(list).and_then(Document::items);
        let labels = self.labels.iter().find(|(known, _)| leads_to(list, known));
        let (Some(items), Some((_, labels))) = (items, labels) else { return Vec::new() };
        labels.iter().filter_map(|label| self.index(list, label, items)).collect()
    }

    /// Leaves constants that nothing else of their group was taken with: a group of constants alone is
    /// not made again.
    pub fn leave_alone(&mut self, constants: &[&[TargetStep]]) {
        let leaves: Vec<*const Document<'d>> =
            constants.iter().filter_map(|path| self.find(path).map(std::ptr::from_ref)).collect();
        for path in constants {
            let around = path.split_last().map_or(&[][..], |(_, around)| around);
            let group = if around.is_empty() { Some(self.document) } else { self.find(around) };
            if !group.is_some_and(|group| self.says_more(group, &leaves)) {
                self.leave(path);
            }
        }
    }

    /// Whether something in a group was taken beside these leaves.
    fn says_more(&self, group: &Document<'d>, leaves: &[*const Document<'d>]) -> bool {
        let this = std::ptr::from_ref(group);
        if self.taken.contains(&this) && !leaves.contains(&this) {
            return true;
        }
        match group {
            Document::Group(fields) => {
                fields.iter().any(|(_, below)| self.says_more(below, leaves))
            }
            Document::List(items) => items.iter().any(|below| self.says_more(below, leaves)),
            Document::Null | Document::Truth(_) | Document::Number(_) | Document::Text(_) => false,
        }
    }

    /// The value at a path.
    #[must_use]
    pub fn look(&self, path: &[TargetStep]) -> Option<Value<'d>> {
        Some(self.find_value(path)?.1)
    }

    /// The value at a path, and where it stands.
    #[must_use]
    pub fn find_value(&self, path: &[TargetStep]) -> Option<(&'d Document<'d>, Value<'d>)> {
        let found = self.find(path)?;
        Some((found, value(found)?))
    }

    /// The value at a path, which counts as written from now on.
    pub fn take(&mut self, path: &[TargetStep]) -> Option<Value<'d>> {
        let (found, value) = self.find_value(path)?;
        self.take_leaf(found);
        Some(value)
    }

    /// What stands there counts as written from now on.
    pub fn take_leaf(&mut self, leaf: &'d Document<'d>) {
        if !self.is_taken(leaf) {
            self.taken.push(leaf);
        }
    }

    fn is_taken(&self, leaf: &Document<'d>) -> bool {
        self.taken.iter().any(|known| std::ptr::eq(*known, leaf))
    }

    fn find(&self, path: &[TargetStep]) -> Option<&'d Document<'d>> {
        let mut at = self.document;
        for (depth, step) in path.iter().enumerate() {
            match step {
                TargetStep::Key(key) => at = at.get(key)?,
                TargetStep::Label(label) => {
                    let items = at.items()?;
                    at = items.get(self.index(path.get(..depth)?, label, items)?)?;
                }
                TargetStep::Append => {}
            }
        }
        // `identifiers[ml-nina]` is short for its value.
        if let Some(TargetStep::Label(_)) = path.last()
            && let Some(found) = KEYED.iter().find(|(list, ..)| leads_to(path, list))
            && let Some(short) = found.2
        {
            at = at.get(short)?;
        }
        Some(at)
    }

    fn index(&self, list: &[TargetStep], label: &str, items: &[Document<'d>]) -> Option<usize> {
        // An element of a group, by its number.
        if let Some(number) = label.strip_prefix('#').and_then(|number| number.parse().ok()) {
            return Some(number);
        }
        if let Some((_, key, _)) = KEYED.iter().find(|(known, ..)| leads_to(list, known)) {
            return items
                .iter()
                .position(|item| item.get(key).and_then(Document::text) == Some(label));
        }
        if let Ok(number) = label.parse() {
            return Some(number);
        }
        let labels = self.labels.iter().find(|(known, _)| leads_to(list, known))?;
        let nth = labels.1.iter().position(|known| known == label)?;
        // The scheme's own coverages before those of others, which only stand in for them.
        let own =
            |item: &&Document<'d>| item.get("scheme").and_then(Document::text) == Some(self.scheme);
        if labels.0 != "coverages" || !items.iter().any(|item| own(&item)) {
            return Some(nth);
        }
        let mut ours = items.iter().enumerate().filter(|(_, item)| own(item));
        ours.nth(nth).map(|(index, _)| index)
    }

    /// Leaves that nobody has taken, but for what every document has, in the order of their keys.
    #[must_use]
    pub fn untouched(&self) -> Vec<String> {
        let mut lost = Vec::new();
        self.walk(self.document, false, &mut Vec::with_capacity(8), &mut lost);
        if lost.len() > 1 {
            lost.clear();
            self.walk(self.document, true, &mut Vec::with_capacity(8), &mut lost);
        }
        lost
    }

    fn walk(
        &self,
        at: &'d Document<'d>,
        sorted: bool,
        way: &mut Vec<Down<'d>>,
        lost: &mut Vec<String>,
    ) {
        if self.is_taken(at) {
            return;
        }
        match at {
            Document::Group(fields) => {
                let mut fields: SmallVec<[&(Cow<'d, str>, Document<'d>); 16]> =
                    fields.iter().collect();
                if sorted {
                    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
                }
                for (key, below) in fields {
                    if is_name(way, key) {
                        continue;
                    }
                    way.push(Down::Key(key));
                    self.walk(below, sorted, way, lost);
                    way.pop();
                }
            }
            Document::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    way.push(Down::Item(index, item));
                    self.walk(item, sorted, way, lost);
                    way.pop();
                }
            }
            Document::Null => {}
            Document::Truth(_) | Document::Number(_) | Document::Text(_) => lost.push(shown(way)),
        }
    }
}

/// Whether the keys of a path are those of a list of the target, such as `person.names`.
fn leads_to(path: &[TargetStep], list: &str) -> bool {
    let keys = path.iter().filter_map(|step| match step {
        TargetStep::Key(key) => Some(key.as_str()),
        TargetStep::Label(_) | TargetStep::Append => None,
    });
    spell(keys, list)
}

/// Whether keys, with dots between them, are this path; a key with a dot in it is part of none.
fn spell<'k>(keys: impl Iterator<Item = &'k str>, path: &str) -> bool {
    let mut left = Some(path);
    for key in keys {
        let Some(after) = left.and_then(|left| left.strip_prefix(key)) else { return false };
        left = match after.strip_prefix('.') {
            None if !after.is_empty() => return false,
            more => more,
        };
        if key.contains('.') {
            return false;
        }
    }
    left.is_none()
}

/// The keys on a way down.
fn keys<'w, 'd>(way: &'w [Down<'d>]) -> impl Iterator<Item = &'d str> + 'w {
    way.iter().filter_map(|step| match step {
        Down::Key(key) => Some(*key),
        Down::Item(..) => None,
    })
}

/// Whether a field says which element of a list it stands in: every document has that.
fn is_name(way: &[Down<'_>], key: &str) -> bool {
    let within = |list: &str| spell(keys(way), list);
    KEYED.iter().any(|(list, name, _)| *name == key && within(list))
        || (key == "scheme" && (within("coverages") || within("source")))
}

/// A way down as messages show it.
fn shown(way: &[Down<'_>]) -> String {
    let mut shown = String::new();
    for (depth, step) in way.iter().enumerate() {
        match step {
            Down::Key(key) => {
                shown.push_str(if shown.is_empty() { "" } else { "." });
                shown.push_str(key);
            }
            Down::Item(index, item) => {
                let list: Vec<&str> = keys(way.get(..depth).unwrap_or_default()).collect();
                shown.push_str(&format!("[{}]", element_name(&list.join("."), *index, item)));
            }
        }
    }
    shown
}

/// What tells an element of a list apart: its use, system or scheme, else its number.
fn element_name(list: &str, index: usize, item: &Document<'_>) -> String {
    let keyed = KEYED.iter().find(|(known, ..)| *known == list).map(|(_, key, _)| *key);
    let key = keyed.or((list == "coverages").then_some("scheme"));
    let name = key.and_then(|key| item.get(key)).and_then(Document::text);
    name.map_or_else(|| index.to_string(), str::to_owned)
}

fn value<'d>(found: &'d Document<'d>) -> Option<Value<'d>> {
    match found {
        Document::Text(text) => Some(Value::text(&**text)),
        Document::Truth(truth) => Some(Value::text(truth.to_string())),
        Document::Number(number) => Some(Value::text(number.to_string())),
        Document::List(items) => {
            let text = |item: &'d Document<'d>| item.text().map(Cow::Borrowed);
            let texts: Option<Vec<_>> = items.iter().map(text).collect();
            texts.filter(|texts| !texts.is_empty()).map(Value::List)
        }
        Document::Null | Document::Group(_) => None,
    }
}
