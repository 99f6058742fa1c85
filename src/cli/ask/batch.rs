//! Many questions from a file, answered in their order.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::line;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::input;
use crate::cli::screen::Screen;
use crate::eligibility::query::{self, Query};
use crate::messages;
use crate::model::Place;
use crate::model::access::Caller;
use crate::operations::Hub;
use crate::operations::ask::ask_all;

/// Questions answered, and written into the audit log, in one go.
const AT_ONCE: usize = 500;

/// How many answers of each kind.
#[derive(Default)]
struct Counts {
    eligible: u64,
    not: u64,
    unknown: u64,
    refused: u64,
    unreadable: u64,
}

/// Answers every question of the file `questions` into the file `answers`.
///
/// # Errors
/// When a file cannot be read or written, or the store fails.
pub async fn run(
    hub: &Hub,
    questions: &Path,
    answers: &Path,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let (bytes, progress) = input::open(questions, screen)?;
    let mut reader = BufReader::new(bytes);
    let mut out = input::create(answers)?;
    let mut counts = Counts::default();
    let (mut text, mut number, mut waiting) = (Vec::new(), 0, Vec::with_capacity(AT_ONCE));
    loop {
        text.clear();
        let read =
            reader.read_until(b'\n', &mut text).map_err(|error| Failure::file(questions, error))?;
        number += 1;
        if !text.trim_ascii().is_empty() {
            match query::parse(&text, &Place::at_line(number), hub.library().registry()) {
                Ok(query) => waiting.push(query),
                Err(issue) => {
                    counts.unreadable += 1;
                    eprintln!("{}", messages::issue(&issue, screen.language()).line);
                }
            }
        }
        if waiting.len() == AT_ONCE || (read == 0 && !waiting.is_empty()) {
            answer(hub, &waiting, &mut out, &mut counts).await?;
            waiting.clear();
        }
        if read == 0 {
            break;
        }
    }
    out.flush().map_err(Failure::output)?;
    progress.finish();
    counts.print(screen)?;
    Ok(Outcome::of_refusals(counts.unreadable))
}

async fn answer(
    hub: &Hub,
    queries: &[Query],
    out: &mut dyn Write,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let questions: Vec<_> = queries.iter().map(|query| query.question.clone()).collect();
    let caller = Caller::local_operator();
    let outcomes = ask_all(hub, &caller, &questions).await.map_err(Failure::operation)?;
    for (query, outcome) in queries.iter().zip(&outcomes) {
        let line = line(&query.id, outcome);
        counts.add(&line);
        writeln!(out, "{line}").map_err(Failure::output)?;
    }
    Ok(())
}

impl Counts {
    fn add(&mut self, line: &Value) {
        *match line.get("answer").and_then(Value::as_str) {
            Some("eligible") => &mut self.eligible,
            Some("not_eligible") => &mut self.not,
            Some(_) => &mut self.unknown,
            None => &mut self.refused,
        } += 1;
    }

    fn print(&self, screen: &Screen) -> Result<(), Failure> {
        let count = self.eligible + self.not + self.unknown + self.refused;
        if screen.json() {
            return screen.value(&json!({
                "questions": count,
                "eligible": self.eligible,
                "not_eligible": self.not,
                "unknown": self.unknown,
                "refused": self.refused,
                "unreadable": self.unreadable,
            }));
        }
        screen.say(
            "ask-batch-summary",
            &[
                ("count", count.into()),
                ("eligible", self.eligible.into()),
                ("not", self.not.into()),
                ("unknown", self.unknown.into()),
                ("refused", self.refused.into()),
            ],
        )
    }
}
