//! Lists of texts on the short way: the words of a name, phones.

use crate::schema::Known;

use super::super::function::name;
use super::super::program::{Program, Rule};
use super::super::scene::Scene;
use super::super::value::Value;
use super::short::{Cut, End, Found, Short, by_rule};
use super::write::{At, Writing};

/// A list that is being written.
struct Texts<'s> {
    at: At<'s>,
    /// What the target asks of its items.
    known: Option<Known>,
    items: usize,
}

impl<'w> Writing<'w> {
    /// Writes the list of what some rules make.
    pub(super) fn texts(
        &mut self,
        at: At<'_>,
        shorts: &'w [Short],
        program: &'w Program,
        scene: &Scene<'w, 'w>,
    ) -> Option<()> {
        let known = self.fused.zip(at.known()).map(|(fused, list)| fused.items(list));
        let mut list = Texts { at, known, items: 0 };
        let mut fed = false;
        for short in shorts {
            let before = list.items;
            self.items(&mut list, short, program.fields.get(short.rule)?, scene)?;
            fed |= list.items > before && short.reads;
        }
        if list.items == 0 {
            return Some(());
        }
        // Constants alone make no list that rules append to.
        fed.then_some(())?;
        let place = self.fused.zip(at.known());
        place.is_none_or(|(fused, known)| fused.is_filled(known, list.items)).then_some(())
    }

    /// Writes what a rule adds to a list.
    fn items(
        &mut self,
        list: &mut Texts<'_>,
        short: &'w Short,
        rule: &'w Rule,
        scene: &Scene<'w, 'w>,
    ) -> Option<()> {
        let found = match &short.end {
            End::Words(_) | End::Phone(_) if !short.applies(scene) => Found::Absent,
            End::Words(_) | End::Phone(_) => short.found(scene),
            _ => Found::Other,
        };
        let text = match found {
            Found::Absent => return Some(()),
            Found::Text(text) => short.clean(text),
            Found::Other => None,
        };
        match (text, &short.end) {
            (Some(text), End::Words(cut)) => self.words(list, text, cut, short.is_cell),
            (Some(text), End::Phone(country)) => {
                self.begin_item(list);
                self.out.push(b'"');
                self.phone(list.known, text, country)?;
                self.out.push(b'"');
                Some(())
            }
            _ => match by_rule(rule, scene)? {
                Value::Absent => Some(()),
                Value::Text(text) => self.item(list, &text, false),
                Value::Date(date) => self.item(list, &date.to_string(), false),
                Value::List(texts) => {
                    texts.iter().try_for_each(|text| self.item(list, text, false))
                }
            },
        }
    }

    /// Writes the words of a text, which may be one of the record's own.
    fn words(
        &mut self,
        list: &mut Texts<'_>,
        text: &'w str,
        cut: &Cut,
        is_cell: bool,
    ) -> Option<()> {
        match cut {
            Cut::At(separator) => match separator.as_bytes() {
                [byte] if byte.is_ascii() => {
                    let mut words = text.split(char::from(*byte)).filter(|word| !word.is_empty());
                    words.try_for_each(|word| self.item(list, word, is_cell))
                }
                _ => {
                    let mut words = text.split(&**separator).filter(|word| !word.is_empty());
                    words.try_for_each(|word| self.item(list, word, is_cell))
                }
            },
            Cut::Given | Cut::Titles => {
                let names = match self.names.take() {
                    Some(names) if std::ptr::eq(names.0, text) => names,
                    Some(_) | None => {
                        let (titles, given) = name::given_only(text)?;
                        (text, titles, given)
                    }
                };
                let words = if matches!(cut, Cut::Given) { &names.2 } else { &names.1 };
                words.iter().try_for_each(|word| self.item(list, word, is_cell))?;
                self.names = Some(names);
                Some(())
            }
        }
    }

    fn item(&mut self, list: &mut Texts<'_>, text: &str, is_cell: bool) -> Option<()> {
        self.begin_item(list);
        self.taken(list.known, text)?;
        self.out.push(b'"');
        self.inside(text, is_cell);
        self.out.push(b'"');
        Some(())
    }

    fn begin_item(&mut self, list: &mut Texts<'_>) {
        match list.items {
            0 => self.lead(list.at),
            _ => self.out.push(b','),
        }
        list.items += 1;
    }
}
