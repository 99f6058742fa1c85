//! Refused records of an offline command: to a CSV file, or the first ones to standard error.

use std::io::Write;
use std::path::Path;

use super::failure::Failure;
use super::input;
use super::screen::Screen;
use crate::messages;
use crate::model::Issue;

/// Records shown on standard error when no file is named.
const SHOWN: u64 = 10;

/// Where refused records go.
pub struct Refusals {
    file: Option<csv::Writer<Box<dyn Write + Send>>>,
    source: String,
    name: String,
    count: u64,
    screen: Screen,
}

impl Refusals {
    /// To the file `to`, or to standard error. `source` and `input` say whose records they are and
    /// of which file.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn new(
        to: Option<&Path>,
        source: &str,
        input: &Path,
        screen: &Screen,
    ) -> Result<Self, Failure> {
        let file = match to {
            Some(path) => {
                let mut writer = csv::Writer::from_writer(input::create(path)?);
                writer.write_record(HEADER).map_err(Failure::operation)?;
                Some(writer)
            }
            None => None,
        };
        let (source, name) = (source.to_owned(), input::name(input));
        Ok(Self { file, source, name, count: 0, screen: *screen })
    }

    /// Takes everything that is wrong with one record.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, issues: &[Issue]) -> Result<(), Failure> {
        self.count += 1;
        for issue in issues {
            let said = messages::issue(issue, self.screen.language());
            let Some(file) = &mut self.file else {
                if self.count <= SHOWN {
                    eprintln!("{} · {}", issue.code.number(), said.line);
                }
                continue;
            };
            let line = issue.place.line.to_string();
            let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
            file.write_record([
                &self.source,
                &or_empty(&issue.record_id),
                &self.name,
                &line,
                issue.severity.name(),
                issue.code.name(),
                &or_empty(&issue.field),
                &or_empty(&issue.value),
                &said.detail,
                &said.mend,
            ])
            .map_err(Failure::operation)?;
        }
        Ok(())
    }

    /// Completes the file, or says where the rest would have gone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<(), Failure> {
        match self.file {
            Some(mut file) => file.flush().map_err(Failure::output),
            None if self.count > SHOWN && !self.screen.json() => {
                eprintln!(
                    "{}",
                    self.screen.text("translate-refused-shown", &[("shown", SHOWN.into())])
                );
                Ok(())
            }
            None => Ok(()),
        }
    }
}

const HEADER: [&str; 10] = [
    "source",
    "source_record_id",
    "file",
    "line",
    "severity",
    "code",
    "field",
    "value",
    "message",
    "mend",
];
