//! Laying a lane: the tree of the target as stops, what stands between them, and what is asked of them.

use crate::schema::{Fused, Known};

use super::super::json::write_text;
use super::super::program::{Origin, Rule};
use super::super::target::{Branch, Takes};
use super::asked::{Asked, Part};
use super::layout::{Around, Layout, Piece};
use super::short::{End, Short};
use super::{Content, MOST_STOPS, Stop, Stops};

/// A lane that is being laid.
pub struct Laying<'p> {
    fields: &'p [Rule],
    fused: Option<&'p Fused>,
    scheme: &'p str,
    stops: Vec<Stop>,
    pieces: Vec<Piece>,
    asked: Vec<Asked>,
}

/// What a lane goes along: its stops, what stands between them, and what is asked of them.
pub(super) type Course = (Box<[Stop]>, Layout, Box<[Asked]>);

/// What has been laid of a part of the target.
struct Laid {
    /// The stops that make it; none of what is always there.
    stops: Option<Stops>,
    /// Those of them that read the record: they make the group around it.
    feeding: Stops,
}

impl Laid {
    const ALWAYS: Self = Self { stops: None, feeding: 0 };
}

impl<'p> Laying<'p> {
    /// Of documents whose fields these rules make, judged by a schema, with the name of a scheme.
    pub fn new(fields: &'p [Rule], fused: Option<&'p Fused>, scheme: &'p str) -> Self {
        let (stops, pieces, asked) = (Vec::new(), Vec::new(), Vec::new());
        Self { fields, fused, scheme, stops, pieces, asked }
    }

    /// Lays the whole document; `None` when none would follow the target's schema, or when its parts are
    /// not of the forms that a lane has.
    pub fn document(mut self, tree: &Branch) -> Option<Course> {
        self.branch(Vec::new(), self.fused.map(Fused::document), tree)?;
        // The id of the record is always there, so that the document is.
        let has_id = self.stops.iter().any(|stop| matches!(stop.content, Content::RecordId));
        let few = self.stops.len() <= MOST_STOPS;
        (has_id && few).then(|| (self.stops.into(), Layout::new(self.pieces), self.asked.into()))
    }

    fn branch(&mut self, key: Vec<u8>, known: Option<Known>, branch: &Branch) -> Option<Laid> {
        if known.is_some_and(|known| self.fused.is_some_and(|fused| fused.forbids(known))) {
            return None;
        }
        match branch {
            Branch::Result { rule, takes: Takes::Texts } => self.list(key, known, &[*rule]),
            Branch::Result { rule, takes } => self.field(key, known, *rule, *takes),
            Branch::Results(rules) => self.list(key, known, rules),
            Branch::Fixed(text) => self.fixed(key, known, text, false),
            Branch::Scheme => self.fixed(key, known, self.scheme, false),
            Branch::RecordId => {
                let laid = self.stop(key, known, Content::RecordId, Around::Quotes)?;
                Some(Laid { stops: None, ..laid })
            }
            Branch::Object(fields) => {
                self.open(key, known, false)?;
                let mut parts = Vec::new();
                for (name, below) in fields {
                    let mut key = vec![b','];
                    write_text(name, &mut key);
                    key.push(b':');
                    let known = self.fused.zip(known).map(|(fused, here)| fused.field(here, name));
                    parts.push((known, self.branch(key, known, below)?));
                }
                Some(self.close(known, false, parts))
            }
            Branch::List(items) => {
                self.open(key, known, true)?;
                let below = self.fused.zip(known).map(|(fused, here)| fused.items(here));
                let mut parts = Vec::new();
                for item in items {
                    parts.push((below, self.branch(b",".to_vec(), below, item)?));
                }
                Some(self.close(known, true, parts))
            }
            Branch::Each { .. } => None,
        }
    }

    fn field(
        &mut self,
        key: Vec<u8>,
        known: Option<Known>,
        index: usize,
        takes: Takes,
    ) -> Option<Laid> {
        let rule = self.fields.get(index)?;
        if let Some(text) = constant(rule).filter(|text| takes.fits(text)) {
            return self.fixed(key, known, text, takes == Takes::Boolean);
        }
        let place = self.fused.zip(known);
        let taken = |text: &str| match takes {
            Takes::Boolean => {
                place.is_none_or(|(fused, known)| fused.takes_boolean(known, text == "true"))
            }
            _ => place.is_none_or(|(fused, known)| fused.takes_text(known, text)),
        };
        let short = Box::new(Short::of_field(index, rule, takes, &taken));
        let around = if takes == Takes::Boolean { Around::Nothing } else { Around::Quotes };
        if !short.reads {
            // Of constants alone the lane has only those that it can choose from.
            matches!(short.end, End::Chosen(_)).then_some(())?;
            let constant = Content::Constant { short, beside: 0 };
            let laid = self.stop(key, known, constant, around)?;
            return Some(Laid { feeding: 0, ..laid });
        }
        let partly = takes != Takes::Day;
        let any_date = place.is_none_or(|(fused, known)| fused.takes_dates(known, partly));
        self.stop(key, known, Content::Field { short, takes, any_date }, around)
    }

    fn list(&mut self, key: Vec<u8>, known: Option<Known>, rules: &[usize]) -> Option<Laid> {
        self.takes_group(known, true)?;
        let short = |rule: &usize| {
            Some(Short::of_field(*rule, self.fields.get(*rule)?, Takes::Texts, &|_: &str| true))
        };
        let shorts: Box<[Short]> = rules.iter().map(short).collect::<Option<_>>()?;
        // A list of constants alone is nothing that a lane has.
        shorts.iter().any(|short| short.reads).then_some(())?;
        self.stop(key, known, Content::List(shorts), Around::Brackets)
    }

    fn stop(
        &mut self,
        key: Vec<u8>,
        known: Option<Known>,
        content: Content,
        around: Around,
    ) -> Option<Laid> {
        (self.stops.len() < MOST_STOPS).then_some(())?;
        let stop = 1 << self.stops.len();
        self.stops.push(Stop { known, content });
        self.pieces.push(Piece::Value(key.into(), around));
        Some(Laid { stops: Some(stop), feeding: stop })
    }

    /// Adds a value that is always the same.
    fn fixed(
        &mut self,
        mut key: Vec<u8>,
        known: Option<Known>,
        text: &str,
        boolean: bool,
    ) -> Option<Laid> {
        if boolean {
            key.extend_from_slice(text.as_bytes());
        } else {
            write_text(text, &mut key);
        }
        let taken = self.fused.zip(known).is_none_or(|(fused, known)| match boolean {
            true => fused.takes_boolean(known, text == "true"),
            false => fused.takes_text(known, text),
        });
        self.pieces.push(Piece::Fixed(key.into()));
        taken.then_some(Laid::ALWAYS)
    }

    fn open(&mut self, mut key: Vec<u8>, known: Option<Known>, list: bool) -> Option<()> {
        self.takes_group(known, list)?;
        key.push(if list { b'[' } else { b'{' });
        self.pieces.push(Piece::Open(key.into()));
        Some(())
    }

    fn close(
        &mut self,
        known: Option<Known>,
        list: bool,
        parts: Vec<(Option<Known>, Laid)>,
    ) -> Laid {
        self.pieces.push(Piece::Close(if list { b']' } else { b'}' }));
        let feeding = parts.iter().fold(0, |feeding, (_, laid)| feeding | laid.feeding);
        for stops in parts.iter().filter_map(|(_, laid)| laid.stops) {
            // Constants are alone at their stop.
            let stop = self.stops.get_mut(stops.trailing_zeros() as usize);
            if let Some(Stop { content: Content::Constant { beside, .. }, .. }) = stop
                && *beside == 0
            {
                *beside = feeding;
            }
        }
        if let Some((fused, known)) = self.fused.zip(known) {
            let parts: Vec<Part> =
                parts.into_iter().map(|(known, laid)| Part { known, stops: laid.stops }).collect();
            self.asked.extend(match list {
                true => Asked::of_list(fused, known, feeding, &parts),
                false => Asked::of_group(fused, known, feeding, &parts),
            });
        }
        Laid { stops: Some(feeding), feeding }
    }

    fn takes_group(&self, known: Option<Known>, list: bool) -> Option<()> {
        let place = self.fused.zip(known);
        place.is_none_or(|(fused, known)| fused.takes_group(known, list)).then_some(())
    }
}

/// The text that a rule always gives.
fn constant(rule: &Rule) -> Option<&str> {
    let plain = rule.when.is_none() && rule.steps.is_empty() && rule.checks.is_empty();
    match &rule.origin {
        Origin::Constant(text) if plain => Some(text),
        Origin::Constant(_) | Origin::First(_) | Origin::Template(_) | Origin::Choose(_) => None,
    }
}
