//! The model of a run: read and checked, or inferred from the files and told so.

use std::io::Write;
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use serde_json::json;

use super::source::{Source, decode};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::input;
use crate::cli::screen::Screen;
use crate::linkage::infer::{self, Choice, Proposed, Sample};
use crate::linkage::model::{self, Column, Model};
use crate::mapping::Diagnostic;

/// Rows of each file that are looked at to infer a model.
const SAMPLED: usize = 10_000;

/// Reads and checks a model, or infers one.
pub fn load(path: Option<&Path>, sources: &[Source], screen: &Screen) -> Result<Model, Failure> {
    let Some(path) = path else {
        let proposed = propose(sources)?;
        if !screen.json() {
            let fields = infer::fields(&proposed).len();
            eprintln!("{}", screen.text("link-inferred", &[("fields", fields.into())]));
        }
        return of_proposal(&proposed, sources);
    };
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let name = path.display().to_string();
    let refuse = |problems: Vec<Diagnostic>| {
        let said: Vec<String> =
            problems.iter().map(|problem| problem.render(&text, screen.language())).collect();
        Failure::Configuration(format!("\n{}", said.join("\n\n")))
    };
    let model = model::parse(&name, &text).map_err(refuse)?;
    let mut known: Vec<&str> = Vec::new();
    for column in sources.iter().flat_map(|source| &source.columns) {
        if !known.contains(&column.as_str()) {
            known.push(column);
        }
    }
    let problems = model::check(&model, &known, &name, &text);
    if problems.is_empty() { Ok(model) } else { Err(refuse(problems)) }
}

/// Proposes a model from the first rows of the files.
pub fn propose(sources: &[Source]) -> Result<Vec<Proposed>, Failure> {
    Ok(infer::infer(&sample(sources, SAMPLED)?))
}

/// The values of the first rows of each column of all files.
fn sample(sources: &[Source], most: usize) -> Result<Vec<Sample>, Failure> {
    let mut samples: Vec<Sample> = Vec::new();
    for column in sources.iter().flat_map(|source| &source.columns) {
        if !column.is_empty() && !samples.iter().any(|sample| sample.name == *column) {
            samples.push(Sample { name: column.clone(), whole: true, ..Sample::default() });
        }
    }
    for source in sources {
        let place = |sample: &Sample| source.columns.iter().position(|name| *name == sample.name);
        let places: Vec<Option<usize>> = samples.iter().map(place).collect();
        let mut rows = source.rows()?;
        let mut row = ByteRecord::new();
        let mut left = most;
        while rows.read(&mut row)? {
            if left == 0 {
                samples.iter_mut().for_each(|sample| sample.whole = false);
                break;
            }
            left -= 1;
            for (sample, place) in samples.iter_mut().zip(&places) {
                let cell = place.and_then(|place| row.get(place)).unwrap_or_default();
                sample.values.push(decode(cell).into_owned());
            }
        }
        samples.iter_mut().for_each(|sample| sample.ends.push(sample.values.len()));
    }
    Ok(samples)
}

fn of_proposal(proposed: &[Proposed], sources: &[Source]) -> Result<Model, Failure> {
    let column = |name: &str| Column { name: name.to_owned(), span: 0..0 };
    let own = |choice: Choice| {
        proposed.iter().find(|one| one.choice == choice).map(|one| column(&one.column))
    };
    let fields: Vec<_> = infer::fields(proposed)
        .into_iter()
        .map(|field| {
            let columns = vec![column(&field.name)];
            (field, columns)
        })
        .collect();
    if fields.is_empty() {
        return Err(Failure::usage("link-no-fields", &[]));
    }
    let name = sources.first().map(|source| source.name.clone()).unwrap_or_default();
    Ok(Model {
        name,
        record_id: own(Choice::RecordId),
        source: own(Choice::Source),
        fields,
        threshold: 0.0,
        trained: None,
    })
}

/// Writes a proposal as a model file.
pub fn print(
    proposed: &[Proposed],
    inputs: &[PathBuf],
    out: Option<&Path>,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    if screen.json() {
        for one in proposed {
            let kind = match one.choice {
                Choice::Field(kind) => kind.name(),
                Choice::RecordId => "record_id",
                Choice::Source => "source",
                Choice::Unused => "unused",
            };
            screen.value(&json!({
                "column": one.column, "choice": kind, "reason": one.reason.name(),
            }))?;
        }
    }
    let name = inputs.first().map(|path| input::name(path)).unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default();
    let text = infer::write(name, proposed, |one| {
        screen.text(&format!("link-reason-{}", one.reason.name()), &[])
    });
    match out {
        Some(path) => {
            let mut out = input::create(path)?;
            out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)?;
        }
        None if !screen.json() => screen.line(text.trim_end())?,
        None => {}
    }
    Ok(Outcome::Done)
}
