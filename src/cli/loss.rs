//! What has no place in the format that a file was translated to, counted over the whole file.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::failure::Failure;
use super::input;
use super::screen::Screen;
use crate::mapping::{Loss, Mapping};
use crate::model::Place;

/// Losses of all records, by canonical field.
#[derive(Default)]
pub struct Losses {
    fields: BTreeMap<(String, &'static str), Seen>,
    characters: BTreeMap<char, u64>,
}

/// How often something was seen, and where first: a place in the file that was read, no value.
struct Seen {
    count: u64,
    line: u64,
}

/// The class of a canonical field that is not written at all.
const LOST: &str = "lost";

/// The class of a field that the target asks for and that nothing in the record fills.
const MISSING: &str = "missing";

impl Losses {
    /// Counts what one record lost.
    pub fn add(&mut self, loss: &Loss, place: &Place) {
        let lost = loss.lost.iter().map(|field| (field, LOST));
        let missing = loss.missing.iter().map(|field| (field, MISSING));
        let reduced = loss.reduced.iter().map(|(field, class)| (field, class.name()));
        for (field, class) in lost.chain(missing).chain(reduced) {
            let seen = self.fields.entry((field.clone(), class));
            seen.or_insert(Seen { count: 0, line: place.line }).count += 1;
        }
    }

    fn of(&self, class: &str) -> impl Iterator<Item = (&str, u64)> {
        let found = self.fields.iter().filter(move |((_, known), _)| *known == class);
        found.map(|((field, _), seen)| (field.as_str(), seen.count))
    }

    /// Counts characters for which the encoding of the target has no byte.
    pub fn add_characters(&mut self, characters: &[char]) {
        for character in characters {
            *self.characters.entry(*character).or_default() += 1;
        }
    }

    /// For machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let fields = self.fields.iter().map(|((field, class), seen)| {
            json!({
                "field": field,
                "class": class,
                "records": seen.count,
                "example": { "line": seen.line },
            })
        });
        let characters =
            self.characters.iter().map(|(character, count)| (character.to_string(), json!(count)));
        json!({
            "fields": fields.collect::<Vec<_>>(),
            "characters": characters.collect::<serde_json::Map<_, _>>(),
        })
    }

    /// For a person: one line for each lost field, after a line that counts them.
    #[must_use]
    pub fn say(&self, screen: &Screen) -> Vec<String> {
        let mut lines = Vec::new();
        for (class, opening) in [(LOST, "translate-loss"), (MISSING, "translate-missing")] {
            let count = self.of(class).count();
            if count == 0 {
                continue;
            }
            lines.push(screen.text(opening, &[("count", count.into())]));
            lines.extend(self.of(class).map(|(field, count)| {
                let args = [("field", field.into()), ("count", count.into())];
                format!("  {}", screen.text("translate-loss-field", &args))
            }));
        }
        lines
    }

    /// Writes the report as JSON: what the mapping of the target can say of each field, whatever the
    /// records are, and what these records lost.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path, to: Option<&Mapping>) -> Result<(), Failure> {
        let mut out = input::create(path)?;
        let classes = to.into_iter().flat_map(Mapping::classes).map(|found| {
            json!({ "field": found.field, "source": found.source, "class": found.class.name() })
        });
        let mut report = self.json();
        if let Some(report) = report.as_object_mut() {
            report.insert("classes".to_owned(), classes.collect());
        }
        writeln!(out, "{report:#}").and_then(|()| out.flush()).map_err(Failure::output)
    }
}
