//! A record as a tree, so that a cell of it can be replaced or added.

use std::borrow::Cow;

use crate::format::events::{Events, Scalar, ScalarKind};

use super::super::path::{Step, Which};

/// A value of a record.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// With its kind and its offset in the sender's text.
    Scalar(ScalarKind, String, u32),
    /// Keys in order; a repeated key is a group.
    Object(Vec<(String, Node)>),
    /// A list.
    Array(Vec<Node>),
}

/// Key under which the text of an element with attributes stands.
const TEXT: &str = "#text";

impl Node {
    /// The tree of what `walk` replays; nothing when that fails.
    pub fn of(walk: impl FnOnce(&mut Builder) -> bool) -> Option<Self> {
        let mut builder = Builder::default();
        walk(&mut builder).then_some(builder.root).flatten()
    }

    /// Replays it.
    pub fn walk<'s>(&'s self, sink: &mut impl Events<'s>) {
        match self {
            Self::Scalar(kind, text, at) => {
                sink.scalar(Scalar { kind: *kind, text: Cow::Borrowed(text), at: *at });
            }
            Self::Object(fields) => {
                sink.begin_object();
                for (key, value) in fields {
                    sink.key(Cow::Borrowed(key));
                    value.walk(sink);
                }
                sink.end_object();
            }
            Self::Array(items) => {
                sink.begin_array();
                items.iter().for_each(|item| item.walk(sink));
                sink.end_array();
            }
        }
    }

    /// The text at a path; none where nothing stands.
    pub fn text(&self, steps: &[Step]) -> Option<&str> {
        match self.find(steps)? {
            Self::Scalar(ScalarKind::Null, ..) | Self::Array(_) => None,
            Self::Scalar(_, text, _) => Some(text),
            Self::Object(fields) => {
                fields.iter().find(|(key, _)| key == TEXT).and_then(|(_, text)| text.text(&[]))
            }
        }
    }

    fn find(&self, steps: &[Step]) -> Option<&Self> {
        let Some((Step::Key(key), rest)) = steps.split_first() else { return Some(self) };
        let (choice, rest) = choice(rest);
        let group = self.group(key);
        let at = chosen(&group, choice)?;
        group.get(at)?.find(rest)
    }

    /// How many items stand under a key.
    pub fn count(&self, key: &str) -> usize {
        self.group(key).len()
    }

    /// All that stands under a key: the items of its list, or its repetitions.
    fn group(&self, key: &str) -> Vec<&Self> {
        let Self::Object(fields) = self else { return Vec::new() };
        let values = fields.iter().filter(|(name, _)| name == key).map(|(_, value)| value);
        values
            .flat_map(|value| match value {
                Self::Array(items) => items.iter().collect(),
                Self::Scalar(..) | Self::Object(_) => vec![value],
            })
            .collect()
    }

    /// Puts a text at a path, with the groups around it that are missing. `lists` says whether a group that
    /// repeats is a list, as in JSON.
    pub fn put(&mut self, steps: &[Step], text: &str, lists: bool) {
        let Some((Step::Key(key), rest)) = steps.split_first() else { return self.set(text) };
        let (choice, rest) = choice(rest);
        let group = self.group(key);
        let at = chosen(&group, choice).unwrap_or(group.len());
        self.make(key, at, choice, lists).put(rest, text, lists);
    }

    fn set(&mut self, text: &str) {
        match self {
            Self::Object(fields) => match fields.iter_mut().find(|(key, _)| key == TEXT) {
                Some((_, inner)) => inner.set(text),
                None => fields.push((TEXT.to_owned(), Self::text_of(text))),
            },
            Self::Array(items) => *items = vec![Self::text_of(text)],
            Self::Scalar(kind, was, _) => {
                *kind = kind_like(*kind, text);
                text.clone_into(was);
            }
        }
    }

    fn text_of(text: &str) -> Self {
        Self::Scalar(ScalarKind::Text, text.to_owned(), 0)
    }

    /// The value number `at` under a key; made when there is none.
    fn make(&mut self, key: &str, at: usize, choice: Option<&Step>, lists: bool) -> &mut Self {
        if let Self::Scalar(_, text, _) = self {
            // An element with text only, that now gets a child.
            let text = std::mem::take(text);
            let kept = (!text.is_empty()).then(|| (TEXT.to_owned(), Self::text_of(&text)));
            *self = Self::Object(kept.into_iter().collect());
        }
        if self.group(key).len() <= at {
            self.add(key, choice, lists);
        }
        let Self::Object(fields) = self else { return self };
        let values = fields.iter_mut().filter(|(name, _)| name == key).map(|(_, value)| value);
        let mut group: Vec<&mut Self> = values
            .flat_map(|value| match value {
                Self::Array(items) => items.iter_mut().collect(),
                Self::Scalar(..) | Self::Object(_) => vec![value],
            })
            .collect();
        let last = group.len() - 1;
        group.swap_remove(at.min(last))
    }

    /// Whether all these fields have these texts.
    fn fits(&self, tests: &[(Vec<Step>, String)]) -> bool {
        tests.iter().all(|(steps, text)| self.text(steps) == Some(text.as_str()))
    }

    fn add(&mut self, key: &str, choice: Option<&Step>, lists: bool) {
        let mut item = Self::Scalar(ScalarKind::Null, String::new(), 0);
        if let Some(Step::Where(tests) | Step::Pick(tests, _)) = choice {
            for (steps, text) in tests {
                item.put(steps, text, lists);
            }
        }
        match self {
            Self::Object(fields) => {
                let list = fields.iter_mut().find_map(|(name, value)| match value {
                    Self::Array(items) if name == key => Some(items),
                    _ => None,
                });
                match list {
                    Some(items) => items.push(item),
                    None if lists && choice.is_some() => {
                        fields.push((key.to_owned(), Self::Array(vec![item])));
                    }
                    None => fields.push((key.to_owned(), item)),
                }
            }
            Self::Array(items) => items.push(Self::Object(vec![(key.to_owned(), item)])),
            Self::Scalar(..) => *self = Self::Object(vec![(key.to_owned(), item)]),
        }
    }
}

/// A number stays a number and a boolean a boolean, when the new text is one.
fn kind_like(kind: ScalarKind, text: &str) -> ScalarKind {
    match kind {
        ScalarKind::Number if serde_json::from_str::<serde_json::Number>(text).is_ok() => kind,
        ScalarKind::Boolean if matches!(text, "true" | "false") => kind,
        ScalarKind::Number | ScalarKind::Boolean | ScalarKind::Null | ScalarKind::Text => {
            ScalarKind::Text
        }
    }
}

/// The choice among a group that follows its key.
fn choice(steps: &[Step]) -> (Option<&Step>, &[Step]) {
    match steps.split_first() {
        Some((Step::Key(_), _)) | None => (None, steps),
        Some((choice, rest)) => (Some(choice), rest),
    }
}

fn chosen(group: &[&Node], choice: Option<&Step>) -> Option<usize> {
    let at = match choice {
        None | Some(Step::All | Step::Key(_)) => 0,
        Some(Step::Nth(n)) => *n as usize,
        Some(Step::Last) => group.len().checked_sub(1)?,
        Some(Step::Where(tests)) => group.iter().position(|item| item.fits(tests))?,
        Some(Step::Pick(tests, which)) => {
            let mut fitting = (0..group.len()).filter(|at| group[*at].fits(tests));
            match which {
                Which::All => fitting.next()?,
                Which::Last => fitting.next_back()?,
                Which::By(order) => fitting.reduce(|best, at| {
                    let text = |at: usize| group[at].text(&order.field);
                    if order.beats(text(at), text(best)) { at } else { best }
                })?,
            }
        }
    };
    (at < group.len()).then_some(at)
}

/// Builds a tree from events.
#[derive(Default)]
pub struct Builder {
    open: Vec<(Option<String>, Node)>,
    key: Option<String>,
    root: Option<Node>,
}

impl Builder {
    fn begin(&mut self, node: Node) {
        let key = self.key.take();
        self.open.push((key, node));
    }

    fn end(&mut self) {
        if let Some((key, node)) = self.open.pop() {
            self.add(key, node);
        }
    }

    fn add(&mut self, key: Option<String>, node: Node) {
        match self.open.last_mut() {
            Some((_, Node::Object(fields))) => fields.push((key.unwrap_or_default(), node)),
            Some((_, Node::Array(items))) => items.push(node),
            Some((_, Node::Scalar(..))) | None => self.root = Some(node),
        }
    }
}

impl<'r> Events<'r> for Builder {
    fn begin_object(&mut self) {
        self.begin(Node::Object(Vec::new()));
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.key = Some(name.into_owned());
    }

    fn end_object(&mut self) {
        self.end();
    }

    fn begin_array(&mut self) {
        self.begin(Node::Array(Vec::new()));
    }

    fn end_array(&mut self) {
        self.end();
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        let key = self.key.take();
        self.add(key, Node::Scalar(scalar.kind, scalar.text.into_owned(), scalar.at));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::path::SourcePath;
    use super::*;

    fn steps(path: &str) -> Vec<Step> {
        SourcePath::parse(path).unwrap().steps
    }

    fn empty() -> Node {
        Node::Object(Vec::new())
    }

    #[test]
    fn a_missing_cell_is_added_with_the_groups_around_it() {
        for (path, lists) in [("a", true), ("a.b.@c", false), ("a[1].b", true)] {
            let mut node = empty();
            node.put(&steps("a[0].x"), "first", lists);
            node.put(&steps(path), "new", lists);
            assert_eq!(node.text(&steps(path)), Some("new"), "{path}");
        }
    }

    #[test]
    fn a_chosen_item_is_the_one_that_is_changed() {
        let mut node = empty();
        let (phone, mail) =
            ("telecom[?system == 'phone'].value", "telecom[?system == 'email'].value");
        node.put(&steps(phone), "76", true);
        node.put(&steps(mail), "a@b", true);
        node.put(&steps(phone), "77", true);
        assert_eq!((node.text(&steps(phone)), node.text(&steps(mail))), (Some("77"), Some("a@b")));
        assert_eq!(node.text(&steps("telecom[1].system")), Some("email"));
        assert_eq!(node.text(&steps("telecom[2].system")), None);
    }

    #[test]
    fn a_text_element_that_gets_an_attribute_keeps_its_text() {
        let mut node = empty();
        node.put(&steps("droits"), "ouverts", false);
        node.put(&steps("droits.@fin"), "2026-01-31", false);
        assert_eq!(node.text(&steps("droits")), Some("ouverts"));
        assert_eq!(node.text(&steps("droits.@fin")), Some("2026-01-31"));
    }
}
