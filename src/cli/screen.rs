//! Where a command speaks: sentences for people, lines of JSON for machines.

use std::io::{self, IsTerminal, Write};

use super::failure::Failure;
use crate::messages::{Value, text};
use crate::model::Language;

/// Standard output in the language of the caller.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    language: Language,
    json: bool,
    styled: bool,
}

impl Screen {
    /// A screen that speaks a language, or JSON.
    #[must_use]
    pub fn new(language: Language, json: bool) -> Self {
        let styled = !json && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { language, json, styled }
    }

    /// The caller's language.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Whether the caller is a machine.
    #[must_use]
    pub const fn json(&self) -> bool {
        self.json
    }

    /// The sentence of a key.
    #[must_use]
    pub fn text(&self, key: &str, args: &[(&str, Value<'_>)]) -> String {
        text(self.language, key, args)
    }

    /// Prints the sentence of a key.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn say(&self, key: &str, args: &[(&str, Value<'_>)]) -> Result<(), Failure> {
        self.line(&self.text(key, args))
    }

    /// Prints a line as it is.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn line(&self, line: &str) -> Result<(), Failure> {
        print(&format!("{line}\n"))
    }

    /// Prints a heading: an empty line before it, bold on a terminal.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn heading(&self, heading: &str) -> Result<(), Failure> {
        print(&format!("\n{}\n", self.bold(heading)))
    }

    /// Bold on a terminal, plain elsewhere.
    #[must_use]
    pub fn bold(&self, words: &str) -> String {
        if self.styled { format!("\u{1b}[1m{words}\u{1b}[0m") } else { words.to_owned() }
    }

    /// Prints one JSON value on a line.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn value(&self, value: &serde_json::Value) -> Result<(), Failure> {
        print(&format!("{value}\n"))
    }
}

fn print(text: &str) -> Result<(), Failure> {
    io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::output)
}
