//! What is wrong with the records of an offline command: refused ones to a CSV file, or with the fields
//! that were left out by defect to standard error.

use std::io::Write;
use std::path::Path;

use super::failure::Failure;
use super::screen::Screen;
use super::{input, report};
use crate::messages;
use crate::model::{Defects, Issue, Severity};

/// Defects shown on standard error.
const SHOWN: usize = 20;

/// Where refused records go, and what is told of all.
pub struct Refusals {
    file: Option<csv::Writer<Box<dyn Write + Send>>>,
    source: String,
    name: String,
    /// What is shown at the end, when it is known who shares it.
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
        Ok(Self { file, source, name, defects: Defects::default(), screen: *screen })
    }

    /// Takes the fields that were left out of a record which stands.
    pub fn warn(&mut self, issues: &[Issue]) {
        self.defects.add(issues);
    }

    /// Takes everything that is wrong with a refused record.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, issues: &[Issue]) -> Result<(), Failure> {
        let Some(file) = &mut self.file else {
            self.defects.add(issues);
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

    /// Completes the file, and shows what has not gone there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<(), Failure> {
        self.show();
        match self.file {
            Some(mut file) => file.flush().map_err(Failure::output),
            None => Ok(()),
        }
    }

    /// Each defect once: its first place, how many others share it, and the line of the mapping.
    fn show(&self) {
        let groups = self.defects.groups();
        let mut told = None;
        for (defect, group) in groups.iter().take(SHOWN) {
            let Some(first) = group.first.first() else { continue };
            if told != Some(defect.severity) {
                let heading = format!("report-{}", defect.severity.name());
                eprintln!("{}", self.screen.text(&heading, &[]));
                told = Some(defect.severity);
            }
            let said = messages::issue(first, self.screen.language());
            let others = ("count", group.records.saturating_sub(1).into());
            let mut notes = vec![self.screen.text("report-others", &[others])];
            if let Some(rule) = &defect.rule {
                let rule = ("rule", report::rule_place(rule).into());
                notes.insert(0, self.screen.text("report-rule", &[rule]));
            }
            eprintln!("{} · {}", defect.code.number(), said.line);
            eprintln!("    {}", notes.join(" · "));
        }
        if groups.len() > SHOWN {
            let more = groups.len() - SHOWN;
            eprintln!("{}", self.screen.text("report-more", &[("count", more.into())]));
        }
        let refused = groups.iter().any(|(defect, _)| defect.severity == Severity::Error);
        if refused && self.file.is_none() && !self.screen.json() {
            eprintln!("{}", self.screen.text("translate-refused-shown", &[]));
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
