//! The simple keywords of a schema, compiled so that a document can be judged while it passes by as
//! events, without a tree.
//!
//! A judge ([`judge::Judge`]) only ever says "certainly valid" or "not certain". What is wrong, and
//! where, is always told by the `jsonschema` crate over the whole document ([`super::Schema::check`]),
//! so both speak with one voice; a property test holds them together. A schema with a keyword that is
//! not listed in [`Read::keyword`] has no compiled form, and all its documents are judged by the crate.

mod form;
pub(super) mod judge;
mod written;

use serde_json::{Map, Value};

use self::form::Form;

/// The kinds of values that a `type` lists, as bits.
mod kind {
    pub(super) const NULL: u8 = 1;
    pub(super) const BOOLEAN: u8 = 2;
    pub(super) const INTEGER: u8 = 4;
    pub(super) const NUMBER: u8 = 8;
    pub(super) const STRING: u8 = 16;
    pub(super) const ARRAY: u8 = 32;
    pub(super) const OBJECT: u8 = 64;
    pub(super) const ANY: u8 = 127;
}

/// Index of the rules of one place of the document.
pub(super) type RulesId = u32;

/// The rules of a place that no schema describes.
pub(super) const UNKNOWN: RulesId = 0;
/// The rules of the document itself.
const ROOT: RulesId = 1;
/// What came is kept as the bits of one word, so an object with more fields has no compiled form.
const MOST_FIELDS: usize = 64;
/// Deeper schemas than this are taken for endless, as in the schema's own tree.
const MOST_LEVELS: usize = 32;

/// A schema in its compiled form.
#[derive(Debug)]
pub struct Fused {
    rules: Vec<Rules>,
}

/// What is asked of one place.
#[derive(Debug)]
pub(super) struct Rules {
    kinds: u8,
    codes: Option<Codes>,
    /// Whether null is named as a value; else it is none.
    takes_null: bool,
    min_length: usize,
    max_length: usize,
    forms: Vec<Form>,
    range: Option<(f64, f64)>,
    fields: Vec<(Box<str>, RulesId)>,
    /// Bits of the fields that must be there.
    required: u64,
    /// Of each of these sets one must be there as a whole, when there are any.
    either: Vec<u64>,
    /// Whether other fields may not be there.
    closed: bool,
    items: RulesId,
    min_items: usize,
    max_items: usize,
}

/// The values that an `enum` or a `const` lists.
#[derive(Debug, Default)]
struct Codes {
    texts: Vec<Box<str>>,
    /// Null and the two booleans.
    null: bool,
    truth: [bool; 2],
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            kinds: kind::ANY,
            codes: None,
            takes_null: false,
            min_length: 0,
            max_length: usize::MAX,
            forms: Vec::new(),
            range: None,
            fields: Vec::new(),
            required: 0,
            either: Vec::new(),
            closed: false,
            items: UNKNOWN,
            min_items: 0,
            max_items: usize::MAX,
        }
    }
}

impl Fused {
    /// Compiles a schema document; `None` when it uses more than the simple keywords.
    pub(super) fn of(document: &Value) -> Option<Self> {
        let mut read = Read { document, rules: vec![Rules::default()], depth: 0 };
        read.schema(document)?;
        Some(Self { rules: read.rules })
    }

    /// Whether the schema asks for nothing: every document follows it.
    #[must_use]
    pub fn asks_nothing(&self) -> bool {
        self.rules.iter().all(Rules::asks_nothing)
    }

    fn rules(&self, id: RulesId) -> &Rules {
        self.rules.get(id as usize).unwrap_or_else(|| &self.rules[0])
    }
}

impl Rules {
    fn asks_nothing(&self) -> bool {
        self.kinds == kind::ANY
            && self.codes.is_none()
            && (self.min_length, self.max_length) == (0, usize::MAX)
            && self.forms.is_empty()
            && self.range.is_none()
            && self.required == 0
            && self.either.is_empty()
            && !self.closed
            && (self.min_items, self.max_items) == (0, usize::MAX)
    }

    /// Whether only an object, or only a list, can stand here; the shape of XML documents depends on it.
    const fn only(&self, kind: u8) -> bool {
        self.kinds == kind
    }

    fn text(&self, text: &str) -> bool {
        self.kinds & kind::STRING != 0
            && self
                .codes
                .as_ref()
                .is_none_or(|codes| codes.texts.iter().any(|code| **code == *text))
            && self.length(text)
            && self.forms.iter().all(|form| form.holds(text))
    }

    /// Lengths count characters, of which a text has at most as many as bytes.
    fn length(&self, text: &str) -> bool {
        let long_enough = match self.min_length {
            0 => true,
            1 => !text.is_empty(),
            least => text.chars().take(least).count() == least,
        };
        long_enough && (text.len() <= self.max_length || text.chars().count() <= self.max_length)
    }

    /// A number with so few digits that it is the same in every type.
    fn number(&self, digits: &str) -> bool {
        let whole = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let kinds = if whole { kind::NUMBER | kind::INTEGER } else { kind::NUMBER };
        let plain = digits.len() <= 15 && !digits.bytes().any(|byte| matches!(byte, b'e' | b'E'));
        plain
            && self.kinds & kinds != 0
            && self.codes.is_none()
            && self.range.is_none_or(|(least, most)| {
                digits.parse().is_ok_and(|number: f64| (least..=most).contains(&number))
            })
    }

    fn boolean(&self, truth: bool) -> bool {
        self.kinds & kind::BOOLEAN != 0
            && self.codes.as_ref().is_none_or(|codes| codes.truth[usize::from(truth)])
    }

    fn null(&self) -> bool {
        self.kinds & kind::NULL != 0 && self.codes.as_ref().is_none_or(|codes| codes.null)
    }

    /// Whether a group of this kind may stand here.
    fn group(&self, kind: u8) -> bool {
        self.kinds & kind != 0 && self.codes.is_none()
    }

    /// Whether an object with these fields is whole.
    fn whole(&self, seen: u64) -> bool {
        let has = |fields: u64| seen & fields == fields;
        has(self.required) && (self.either.is_empty() || self.either.iter().any(|set| has(*set)))
    }

    fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|(known, _)| **known == *name)
    }
}

/// Reading a schema document.
struct Read<'d> {
    document: &'d Value,
    rules: Vec<Rules>,
    depth: usize,
}

impl<'d> Read<'d> {
    fn schema(&mut self, schema: &'d Value) -> Option<RulesId> {
        if self.depth > MOST_LEVELS {
            return None;
        }
        let keywords = self.followed(schema.as_object()?)?;
        let id = RulesId::try_from(self.rules.len()).ok()?;
        self.rules.push(Rules::default());
        self.depth += 1;
        let mut rules = Rules::default();
        // Fields first: `required` names them.
        let in_order = |(keyword, _): &(&String, &Value)| *keyword != "properties";
        let mut keywords: Vec<_> = keywords.iter().collect();
        keywords.sort_by_key(in_order);
        for (keyword, value) in keywords {
            self.keyword(keyword, value, &mut rules)?;
        }
        rules.takes_null = match &rules.codes {
            Some(codes) => codes.null && rules.kinds & kind::NULL != 0,
            None => rules.takes_null,
        };
        if rules.codes.is_some() {
            // The values listed are texts, booleans or null: nothing else can be one of them. A list of
            // values beside another type is a contradiction that the crate may judge.
            let plain = kind::STRING | kind::BOOLEAN | kind::NULL;
            if rules.kinds != kind::ANY && rules.kinds & !plain != 0 {
                return None;
            }
            rules.kinds &= plain;
        }
        self.depth -= 1;
        *self.rules.get_mut(id as usize)? = rules;
        Some(id)
    }

    /// The schema that a local `$ref` leads to, when nothing is asked beside it.
    fn followed(&self, schema: &'d Map<String, Value>) -> Option<&'d Map<String, Value>> {
        let mut schema = schema;
        for _ in 0..MOST_LEVELS {
            let Some(reference) = schema.get("$ref") else { return Some(schema) };
            if schema.keys().any(|keyword| keyword != "$ref" && !is_note(keyword)) {
                return None;
            }
            let pointer = reference.as_str()?.strip_prefix('#')?;
            schema = self.document.pointer(pointer)?.as_object()?;
        }
        None
    }

    /// Takes one keyword; `None` when it is none of the simple ones.
    fn keyword(&mut self, keyword: &str, value: &'d Value, rules: &mut Rules) -> Option<()> {
        match keyword {
            "type" => {
                rules.kinds = kinds(value)?;
                rules.takes_null = rules.kinds & kind::NULL != 0;
            }
            "enum" => rules.codes = both(rules.codes.take(), codes(value.as_array()?)?)?,
            "const" => rules.codes = both(rules.codes.take(), codes(std::slice::from_ref(value))?)?,
            "minLength" => rules.min_length = count(value)?,
            "maxLength" => rules.max_length = count(value)?,
            "pattern" | "format" => rules.forms.push(Form::of(keyword, value)?),
            "minimum" => rules.range = Some((value.as_f64()?, most(rules.range))),
            "maximum" => rules.range = Some((least(rules.range), value.as_f64()?)),
            "properties" => self.properties(value, rules)?,
            "required" => rules.required |= required(value, rules)?,
            "anyOf" => rules.either = either(value, rules)?,
            "additionalProperties" => rules.closed = !value.as_bool()?,
            "items" => rules.items = self.schema(value)?,
            "minItems" => rules.min_items = count(value)?,
            "maxItems" => rules.max_items = count(value)?,
            note if is_note(note) => {}
            _ => return None,
        }
        Some(())
    }

    fn properties(&mut self, value: &'d Value, rules: &mut Rules) -> Option<()> {
        for (name, schema) in value.as_object()? {
            let below = self.schema(schema)?;
            rules.fields.push((name.as_str().into(), below));
        }
        (rules.fields.len() <= MOST_FIELDS).then_some(())
    }
}

/// Keywords that judge nothing.
fn is_note(keyword: &str) -> bool {
    const NOTES: &[&str] = &[
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "title",
        "description",
        "examples",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
    ];
    keyword.starts_with("x-") || NOTES.contains(&keyword)
}

fn count(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

fn least(range: Option<(f64, f64)>) -> f64 {
    range.map_or(f64::NEG_INFINITY, |(least, _)| least)
}

fn most(range: Option<(f64, f64)>) -> f64 {
    range.map_or(f64::INFINITY, |(_, most)| most)
}

fn kinds(value: &Value) -> Option<u8> {
    let one = |name: &Value| {
        Some(match name.as_str()? {
            "null" => kind::NULL,
            "boolean" => kind::BOOLEAN,
            "integer" => kind::INTEGER,
            "number" => kind::NUMBER,
            "string" => kind::STRING,
            "array" => kind::ARRAY,
            "object" => kind::OBJECT,
            _ => return None,
        })
    };
    match value {
        Value::Array(names) => names.iter().try_fold(0, |kinds, name| Some(kinds | one(name)?)),
        name => one(name),
    }
}

/// An `enum` beside a `const` would have to be cut with it; no schema of ours has both.
fn both(known: Option<Codes>, codes: Codes) -> Option<Option<Codes>> {
    known.is_none().then_some(Some(codes))
}

fn codes(values: &[Value]) -> Option<Codes> {
    let mut codes = Codes::default();
    for value in values {
        match value {
            Value::String(text) => codes.texts.push(text.as_str().into()),
            Value::Null => codes.null = true,
            Value::Bool(truth) => codes.truth[usize::from(*truth)] = true,
            Value::Number(_) | Value::Array(_) | Value::Object(_) => return None,
        }
    }
    Some(codes)
}

/// Bits of the listed fields; one that has no schema of its own gets a place among the fields.
fn required(value: &Value, rules: &mut Rules) -> Option<u64> {
    value.as_array()?.iter().try_fold(0, |bits, name| {
        let name = name.as_str()?;
        // A field that only `required` names is unknown to a closed object.
        let index = rules.field(name).or_else(|| {
            (!rules.closed).then(|| rules.fields.push((name.into(), UNKNOWN)))?;
            Some(rules.fields.len() - 1)
        })?;
        (index < MOST_FIELDS).then_some(bits | 1 << index)
    })
}

/// `anyOf` where each branch only lists what is required.
fn either(value: &Value, rules: &mut Rules) -> Option<Vec<u64>> {
    let branch = |branch: &Value| {
        let keywords = branch.as_object()?;
        if keywords.len() != 1 {
            return None;
        }
        required(keywords.get("required")?, rules)
    };
    value.as_array()?.iter().map(branch).collect()
}

#[cfg(test)]
mod tests;
