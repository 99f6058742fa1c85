//! What a rule can see: the cells of the record, the named values, today.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::civil::Date;

use crate::model::DateText;

use super::condition::Condition;
use super::extract::{Cells, Frame, Slot, Trie, Wanted};
use super::value::Value;

/// Something that a rule, a condition or a template reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// A wanted path, by its index.
    Path(u16),
    /// A named value, by its index.
    Value(u16),
    /// The record's own id.
    RecordId,
    /// The day of the run.
    Today,
    /// The value that is being checked.
    Result,
}

/// Something that is read, and a text that it may have.
type Choice = (Input, Box<str>);

/// A condition whose names are resolved.
#[derive(Clone, Debug)]
pub struct When {
    condition: Condition,
    inputs: Box<[Input]>,
    /// The texts of which it asks for one, when it asks for nothing else: most conditions.
    any: Option<Box<[Choice]>>,
    /// As written.
    pub text: Box<str>,
}

impl When {
    /// A condition with one input for each of its paths.
    #[must_use]
    pub fn new(condition: Condition, inputs: Vec<Input>, text: &str) -> Self {
        let input = |(path, text): (usize, &str)| Some((*inputs.get(path)?, text.into()));
        let any = condition.any_of().and_then(|any| any.into_iter().map(input).collect());
        Self { condition, inputs: inputs.into(), any, text: text.into() }
    }

    /// What it reads.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Whether it holds for these texts.
    pub fn holds_for<'t>(&self, text: impl Fn(Input) -> Option<&'t str>) -> bool {
        self.condition.eval(|path| text(*self.inputs.get(path)?))
    }
}

/// What a verb may ask of the record around its value.
pub trait Surroundings {
    /// Whether a condition holds.
    fn holds(&self, when: &When) -> bool;
    /// The text of an input.
    fn text(&self, input: Input) -> Option<&str>;
}

/// No record is at hand: no condition holds, and nothing is there.
pub struct Nowhere;

impl Surroundings for Nowhere {
    fn holds(&self, _when: &When) -> bool {
        false
    }

    fn text(&self, _input: Input) -> Option<&str> {
        None
    }
}

impl Surroundings for Scene<'_, '_> {
    fn holds(&self, when: &When) -> bool {
        Scene::holds(self, when)
    }

    fn text(&self, input: Input) -> Option<&str> {
        Scene::text(self, input)
    }
}

/// A named value, once computed.
#[derive(Default)]
pub struct Named<'r> {
    /// The value.
    pub value: Value<'r>,
    /// A list as one text, for conditions.
    pub text: Option<String>,
    /// A date as text, once a condition has asked for it.
    day: OnceCell<DateText>,
    /// The wanted path that it was read from, to blame.
    pub path: Option<u16>,
}

impl<'r> Named<'r> {
    /// Keeps a value and the text that conditions compare.
    #[must_use]
    pub fn new(value: Value<'r>, path: Option<u16>) -> Self {
        let text = match &value {
            Value::List(items) => Some(items.join(" ")),
            Value::Absent | Value::Text(_) | Value::Date(_) => None,
        };
        Self { value, text, day: OnceCell::new(), path }
    }
}

/// What a rule can see.
#[derive(Clone, Copy)]
pub struct Scene<'s, 'r> {
    /// The frames from the element down to the record, or to the item of a repeated group in it.
    pub frames: &'s [&'r Frame<'r>],
    /// Which of the frames is the record's.
    pub record: usize,
    /// The number of the last of the frames in its scope.
    pub here: u32,
    /// All frames of the element.
    pub cells: &'r Cells<'r>,
    /// How they lie in one another.
    pub trie: &'s Trie,
    /// For each repeated group that rules go through, the scope of its items.
    pub scopes: &'s [u16],
    /// Where each wanted path stands.
    pub places: &'s [Wanted],
    /// Named values computed so far.
    pub values: &'s [Named<'r>],
    /// The record's id.
    pub record_id: Option<&'s str>,
    /// The day of the run, as conditions compare it.
    pub today: &'s str,
    /// The same.
    pub day: Date,
    /// The value that is being checked.
    pub result: Option<&'s str>,
}

/// A slot that is never filled.
static NOTHING: Slot<'static> = Slot::Absent;

impl<'s, 'r> Scene<'s, 'r> {
    /// The cell at a wanted path.
    #[must_use]
    #[inline]
    pub fn slot(&self, path: u16) -> &'r Slot<'r> {
        let found = match self.places.get(usize::from(path)) {
            Some(Wanted::At(depth, slot)) => self
                .frames
                .get(usize::from(*depth))
                .and_then(|frame| frame.slots.get(usize::from(*slot))),
            Some(Wanted::Never) | None => None,
        };
        found.unwrap_or(&NOTHING)
    }

    /// For each repeated group of the record on the way to a wanted path the number of the item.
    #[must_use]
    pub fn items(&self, path: u16) -> Box<[u32]> {
        let Some(Wanted::At(depth, _)) = self.places.get(usize::from(path)) else {
            return Box::default();
        };
        let frames = self.frames.get(self.record + 1..=usize::from(*depth)).unwrap_or_default();
        frames.iter().map(|frame| frame.ordinal).collect()
    }

    /// The text of an input, when present. A group is present, with an empty text.
    #[must_use]
    #[inline]
    pub fn text(&self, input: Input) -> Option<&'s str> {
        match input {
            Input::Path(path) => match self.slot(path) {
                Slot::Text(text, _) => Some(text),
                Slot::Group(items, _) => (*items > 0).then_some(""),
                Slot::List(items, _) => items.first().map(|item| &*item.text),
                Slot::Absent | Slot::Empty(_) => None,
            },
            Input::Value(value) => {
                let named = self.values.get(usize::from(value))?;
                match &named.value {
                    Value::Text(text) => Some(text),
                    Value::Absent => None,
                    Value::Date(date) => Some(named.day.get_or_init(|| date.text()).as_str()),
                    Value::List(_) => named.text.as_deref(),
                }
            }
            Input::RecordId => self.record_id,
            Input::Today => Some(self.today),
            Input::Result => self.result,
        }
    }

    /// The value of an input.
    #[must_use]
    #[inline]
    pub fn value(&self, input: Input) -> Value<'r> {
        match input {
            Input::Path(path) => match self.slot(path) {
                Slot::Text(text, _) => Value::Text(Cow::Borrowed(text)),
                Slot::List(items, _) => {
                    Value::List(items.iter().map(|item| Cow::Borrowed(&*item.text)).collect())
                }
                Slot::Absent | Slot::Empty(_) | Slot::Group(..) => Value::Absent,
            },
            Input::Value(value) => {
                self.values.get(usize::from(value)).map_or(Value::Absent, |n| n.value.clone())
            }
            Input::RecordId | Input::Today | Input::Result => {
                self.text(input).map_or(Value::Absent, |text| Value::Text(text.to_owned().into()))
            }
        }
    }

    /// The wanted path behind an input, to blame.
    #[must_use]
    #[inline]
    pub fn path(&self, input: Input) -> Option<u16> {
        match input {
            Input::Path(path) => Some(path),
            Input::Value(value) => self.values.get(usize::from(value))?.path,
            Input::RecordId | Input::Today | Input::Result => None,
        }
    }

    /// Whether a condition holds.
    #[must_use]
    #[inline]
    pub fn holds(&self, when: &When) -> bool {
        match &when.any {
            Some(any) => any.iter().any(|(input, text)| self.text(*input) == Some(text)),
            None => self.holds_all_told(when),
        }
    }

    fn holds_all_told(&self, when: &When) -> bool {
        let text = |path: usize| self.text(*when.inputs.get(path)?);
        when.condition.eval_lists(text, |path, wanted| {
            when.inputs.get(path).is_some_and(|input| self.lists(*input, wanted))
        })
    }

    /// Whether one of the texts of an input is this.
    fn lists(&self, input: Input, wanted: &str) -> bool {
        let listed = match input {
            Input::Path(path) => match self.slot(path) {
                Slot::List(items, _) => Some(items.iter().any(|item| item.text == wanted)),
                Slot::Absent | Slot::Empty(_) | Slot::Text(..) | Slot::Group(..) => None,
            },
            Input::Value(value) => match self.values.get(usize::from(value)).map(|n| &n.value) {
                Some(Value::List(items)) => Some(items.iter().any(|item| item == wanted)),
                Some(Value::Absent | Value::Text(_) | Value::Date(_)) | None => None,
            },
            Input::RecordId | Input::Today | Input::Result => None,
        };
        listed.unwrap_or_else(|| self.text(input) == Some(wanted))
    }
}
