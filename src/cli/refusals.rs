//! Refused records of an offline command: to a CSV file, or the first ones to standard error.

use std::io::Write;
use std::path::Path;

use super::failure::Failure;
use super::screen::Screen;
use super::{input, report};
use crate::messages;
use crate::model::{Defects, Issue};

/// Records shown on standard error when no file is named.
const SHOWN: u64 = 10;

/// Where refused records go.
pub struct Refusals {
    file: Option<csv::Writer<Box<dyn Write + Send>>>,
    source: String,
    name: String,
    count: u64,
    /// The issues that are shown at the end, when it is known who shares them.
    shown: Vec<Issue>,
    defects: Defects,
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
        let (shown, defects) = (Vec::new(), Defects::default());
        Ok(Self { file, source, name, count: 0, shown, defects, screen: *screen })
    }

    /// Takes everything that is wrong with one record.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, issues: &[Issue]) -> Result<(), Failure> {
        self.count += 1;
        let Some(file) = &mut self.file else {
            self.defects.add(issues);
            if self.count <= SHOWN {
                self.shown.extend_from_slice(issues);
            }
            return Ok(());
        };
        for issue in issues {
            let said = messages::issue(issue, self.screen.language());
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
                &issue.rule.as_ref().map(report::rule_place).unwrap_or_default(),
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
        self.show();
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

    /// The first ones, each with the line of the mapping and how many others share the defect.
    fn show(&self) {
        for issue in &self.shown {
            let said = messages::issue(issue, self.screen.language());
            let others = ("count", self.defects.others(issue).into());
            let mut notes = vec![self.screen.text("report-others", &[others])];
            if let Some(rule) = &issue.rule {
                let rule = ("rule", report::rule_place(rule).into());
                notes.insert(0, self.screen.text("report-rule", &[rule]));
            }
            eprintln!("{} · {}", issue.code.number(), said.line);
            eprintln!("    {}", notes.join(" · "));
        }
    }
}

const HEADER: [&str; 11] = [
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
    "rule",
];
