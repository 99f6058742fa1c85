//! Writing a document on the short way.

use smallvec::SmallVec;

use crate::schema::{Fused, Known};

use super::super::function::name;
use super::super::json::{write_plain, write_text};
use super::super::page::Titles;
use super::super::program::Program;
use super::super::scene::{Named, Scene};
use super::super::target::Takes;
use super::super::value::Value;
use super::short::{Cut, Told};
use super::{Content, Lane, Step};

impl Lane {
    /// Writes the document of a record into `out`, which is empty, and leaves the named values in `named`;
    /// false when something may be wrong, and then both hold anything.
    pub fn write<'r>(
        &'r self,
        program: &'r Program,
        scene: &Scene<'_, 'r>,
        titles: Titles<'_>,
        fused: Option<&Fused>,
        named: &mut Vec<Named<'r>>,
        out: &mut Vec<u8>,
    ) -> bool {
        self.named(program, scene, named).is_some() && {
            let scene = Scene { values: named, ..*scene };
            let mut writing = Writing { titles, fused, open: SmallVec::new(), out };
            writing.document(self, program, &scene).is_some()
                && !program.checks.iter().any(|check| scene.holds(&check.when))
        }
    }

    fn named<'r>(
        &'r self,
        program: &'r Program,
        scene: &Scene<'_, 'r>,
        named: &mut Vec<Named<'r>>,
    ) -> Option<()> {
        for (short, rule) in self.values.iter().zip(&program.values) {
            let value = match short.tell(rule, &Scene { values: named, ..*scene })? {
                Told::Absent => Value::Absent,
                Told::Text(text) => Value::Text(text),
                Told::Date(date) => Value::Date(date),
                Told::Value(value) => value,
                Told::Quoted(_) | Told::Words(..) => return None,
            };
            // Whom to blame does not matter where nothing is wrong.
            named.push(Named::new(value, None));
        }
        Some(())
    }
}

/// A document that is being written.
struct Writing<'w> {
    titles: Titles<'w>,
    fused: Option<&'w Fused>,
    open: SmallVec<[Open; 8]>,
    out: &'w mut Vec<u8>,
}

/// A group or list that is open.
struct Open {
    /// Where it begins, its key included.
    start: usize,
    known: Option<Known>,
    /// Bits of the fields that are there.
    fields: u64,
    items: usize,
    /// Whether something of the record is in it: constants alone make no group.
    fed: bool,
}

/// A list of texts that has been written but for its end.
struct Texts {
    /// Where it begins, its key included.
    start: usize,
    items: usize,
    /// Whether something of the record is in it; nothing when it is not to be there.
    fed: Option<bool>,
}

impl Writing<'_> {
    fn document<'r>(
        &mut self,
        lane: &'r Lane,
        program: &'r Program,
        scene: &Scene<'_, 'r>,
    ) -> Option<()> {
        for step in &lane.steps {
            match &step.content {
                Content::Field { short, takes, any_date } => {
                    let rule = program.fields.get(short.rule)?;
                    match short.tell(rule, scene)? {
                        Told::Absent => {}
                        told => self.field(step, told, *takes, *any_date, short.reads)?,
                    }
                }
                Content::Fixed => {
                    self.begin(&step.key);
                    self.put(step.known, false);
                }
                Content::Open => {
                    let start = self.out.len();
                    self.begin(&step.key);
                    let open = Open { start, known: step.known, fields: 0, items: 0, fed: false };
                    self.open.push(open);
                }
                Content::Close { list } => self.close(*list)?,
                Content::Scheme => self.named(step, self.titles.scheme, false)?,
                Content::RecordId => self.named(step, self.titles.record_id, true)?,
                Content::List(shorts) => {
                    let start = self.out.len();
                    self.begin(&step.key);
                    self.out.push(b'[');
                    let mut list = Texts { start, items: 0, fed: None };
                    for short in shorts {
                        let told = short.tell(program.fields.get(short.rule)?, scene)?;
                        // Constants alone make no list.
                        if short.reads && !matches!(told, Told::Absent) {
                            list.fed = Some(true);
                        }
                        list.items += self.items(step.known, told)?;
                    }
                    self.end_list(step, &list)?;
                }
            }
        }
        Some(())
    }

    /// Writes a key; the comma before it only where something stands before.
    #[inline]
    fn begin(&mut self, key: &[u8]) {
        match (self.out.last(), key.split_first()) {
            (Some(b'{' | b'['), Some((b',', rest))) => self.out.extend_from_slice(rest),
            _ => self.out.extend_from_slice(key),
        }
    }

    /// Takes note that a value stands in the innermost group.
    #[inline]
    fn put(&mut self, known: Option<Known>, fed: bool) {
        if let Some(open) = self.open.last_mut() {
            open.fields |= known.map_or(0, Known::bit);
            open.items += 1;
            open.fed |= fed;
        }
    }

    /// Ends the innermost group, or takes it back.
    fn close(&mut self, list: bool) -> Option<()> {
        let open = self.open.pop()?;
        // The document itself is written whatever it holds.
        if !open.fed && !self.open.is_empty() {
            self.out.truncate(open.start);
            return Some(());
        }
        if let Some((fused, known)) = self.fused.zip(open.known) {
            let fine = match list {
                true => fused.is_filled(known, open.items),
                false => fused.is_whole(known, open.fields),
            };
            fine.then_some(())?;
        }
        self.out.push(if list { b']' } else { b'}' });
        self.put(open.known, true);
        Some(())
    }

    fn named(&mut self, step: &Step, text: &str, fed: bool) -> Option<()> {
        self.begin(&step.key);
        self.text(step.known, text)?;
        self.put(step.known, fed);
        Some(())
    }

    #[inline]
    fn field(
        &mut self,
        step: &Step,
        told: Told<'_>,
        takes: Takes,
        any_date: bool,
        reads: bool,
    ) -> Option<()> {
        let start = self.out.len();
        self.begin(&step.key);
        match told {
            Told::Text(text) if takes != Takes::Texts => self.text(step.known, &text)?,
            Told::Quoted(text) => self.out.extend_from_slice(text),
            Told::Date(date) if any_date && (1..=9999).contains(&date.year()) => {
                write_plain(date.text().as_bytes(), self.out);
            }
            Told::Value(Value::Text(text)) if takes == Takes::Boolean => {
                let known = self.fused.zip(step.known);
                known.is_none_or(|(f, k)| f.takes_boolean(k, text == "true")).then_some(())?;
                self.out.extend_from_slice(text.as_bytes());
            }
            Told::Value(Value::Text(text)) if takes != Takes::Texts => {
                self.text(step.known, &text)?;
            }
            Told::Date(date) | Told::Value(Value::Date(date)) if takes != Takes::Texts => {
                self.text(step.known, &date.to_string())?;
            }
            list => {
                self.out.push(b'[');
                let items = self.items(step.known, list)?;
                let fed = (items > 0).then_some(reads);
                return self.end_list(step, &Texts { start, items, fed });
            }
        }
        self.put(step.known, reads);
        Some(())
    }

    /// Ends a list of texts; one that is not to be there is taken back.
    fn end_list(&mut self, step: &Step, list: &Texts) -> Option<()> {
        let Some(fed) = list.fed else {
            self.out.truncate(list.start);
            return Some(());
        };
        self.out.push(b']');
        self.put(step.known, fed);
        let place = self.fused.zip(step.known);
        place.is_none_or(|(fused, known)| fused.is_filled(known, list.items)).then_some(())
    }

    /// Writes what stands in a list of texts: how many items that are.
    fn items(&mut self, list: Option<Known>, told: Told<'_>) -> Option<usize> {
        let known = self.fused.zip(list).map(|(fused, list)| fused.items(list));
        let mut items = 0;
        let mut item = |text: &str| {
            if self.out.last() != Some(&b'[') {
                self.out.push(b',');
            }
            items += 1;
            self.text(known, text)
        };
        match told {
            Told::Absent | Told::Value(Value::Absent) => {}
            Told::Text(text) | Told::Value(Value::Text(text)) => item(&text)?,
            Told::Date(date) | Told::Value(Value::Date(date)) => item(&date.to_string())?,
            Told::Value(Value::List(texts)) => texts.iter().try_for_each(|text| item(text))?,
            Told::Words(text, Cut::At(separator)) => {
                let mut words = text.split(&**separator).filter(|word| !word.is_empty());
                words.try_for_each(item)?;
            }
            Told::Words(text, Cut::Given) => {
                name::given_only(&text)?.1.into_iter().try_for_each(item)?;
            }
            Told::Words(text, Cut::Titles) => {
                name::given_only(&text)?.0.into_iter().try_for_each(item)?;
            }
            Told::Quoted(_) => return None,
        }
        Some(items)
    }

    #[inline]
    fn text(&mut self, known: Option<Known>, text: &str) -> Option<()> {
        if let Some((fused, known)) = self.fused.zip(known) {
            fused.takes_text(known, text).then_some(())?;
        }
        write_text(text, self.out);
        Some(())
    }
}
