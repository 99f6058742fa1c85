//! What has no place in the format that a file was translated to, counted over the whole file.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::failure::Failure;
use super::input;
use super::screen::Screen;
use crate::mapping::Loss;

/// Losses of all records, by canonical field.
#[derive(Default)]
pub struct Losses {
    lost: BTreeMap<String, u64>,
    reduced: BTreeMap<String, Reduced>,
    characters: BTreeMap<char, u64>,
}

struct Reduced {
    class: &'static str,
    count: u64,
}

impl Losses {
    /// Counts what one record lost.
    pub fn add(&mut self, loss: &Loss) {
        for field in &loss.lost {
            *self.lost.entry(field.clone()).or_default() += 1;
        }
        for (field, class) in &loss.reduced {
            let known = self.reduced.entry(field.clone());
            known.or_insert(Reduced { class: class.name(), count: 0 }).count += 1;
        }
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
        let reduced = self.reduced.iter().map(|(field, reduced)| {
            (field.clone(), json!({ "class": reduced.class, "records": reduced.count }))
        });
        let characters =
            self.characters.iter().map(|(character, count)| (character.to_string(), json!(count)));
        json!({
            "lost": self.lost,
            "reduced": reduced.collect::<serde_json::Map<_, _>>(),
            "characters": characters.collect::<serde_json::Map<_, _>>(),
        })
    }

    /// For a person: one line for each lost field, after a line that counts them.
    #[must_use]
    pub fn say(&self, screen: &Screen) -> Vec<String> {
        if self.lost.is_empty() {
            return Vec::new();
        }
        let opening = screen.text("translate-loss", &[("count", self.lost.len().into())]);
        let fields = self.lost.iter().map(|(field, count)| {
            let args = [("field", field.as_str().into()), ("count", (*count).into())];
            format!("  {}", screen.text("translate-loss-field", &args))
        });
        std::iter::once(opening).chain(fields).collect()
    }

    /// Writes the report as JSON.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut out = input::create(path)?;
        writeln!(out, "{:#}", self.json()).and_then(|()| out.flush()).map_err(Failure::output)
    }
}
