//! How a file comes back through its own mapping, field by field.

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::cli::{input, library};
use crate::format::Reader;
use crate::mapping::{FieldClass, FieldTrip, Mapping, RoundTrip, RoundTripReport, Run, RunContext};
use crate::model::SchemeId;

/// Show how the records of a file come back: as they were, in another form, or not.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scheme that writes files in this format
    #[arg(long, value_name = "SCHEME")]
    scheme: String,
    /// File to take there and back; - is standard input; without it only the classes of the fields
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The day against which dates are judged to lie in the future [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

/// Measures.
///
/// # Errors
/// When the file cannot be read.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let library = library::load(common)?;
    let mapping = library::mapping(&library, &args.scheme)?;
    let today = args.today.unwrap_or_else(|| jiff::Zoned::now().date());
    let report = match &args.file {
        Some(file) => {
            let (bytes, progress) = input::open(file, screen)?;
            let scheme: SchemeId = mapping.id().parse().map_err(Failure::operation)?;
            let reader = Reader::new(bytes, &mapping.read_options());
            let mut run = Run::new(mapping, reader, RunContext { scheme, today });
            let mut trip = RoundTrip::new(mapping, today);
            trip.read(&mut run);
            progress.finish();
            Some(trip.finish())
        }
        None => None,
    };
    if screen.json() {
        screen.value(&document(mapping, report.as_ref()))?;
        return Ok(Outcome::of_refusals(0));
    }
    classes(mapping, screen)?;
    if let Some(report) = report {
        tell(&report, screen)?;
    }
    Ok(Outcome::of_refusals(0))
}

/// The class of each field, which holds whatever the records are.
fn classes(mapping: &Mapping, screen: &Screen) -> Result<(), Failure> {
    screen.heading(&screen.text("roundtrip-classes", &[]))?;
    for FieldClass { field, source, class } in mapping.classes() {
        let class = screen.text(&format!("roundtrip-class-{}", class.name()), &[]);
        let source = source.unwrap_or_else(|| "∅".to_owned());
        screen.line(&format!("  {field} ⇄ {source}: {class}"))?;
    }
    Ok(())
}

fn tell(report: &RoundTripReport, screen: &Screen) -> Result<(), Failure> {
    screen.heading(&screen.text("roundtrip-measured", &[]))?;
    screen.say(
        "roundtrip-summary",
        &[
            ("records", report.records.into()),
            ("same", report.same.into()),
            ("onto", report.same_onto.into()),
            ("elements", report.elements.into()),
            ("letter", report.to_the_letter.into()),
        ],
    )?;
    for (field, trip) in report.fields.iter().filter(|(_, trip)| trip.identical < trip.present) {
        let forms: u64 = trip.equal_up_to.values().sum();
        let args = [
            ("field", field.as_str().into()),
            ("present", trip.present.into()),
            ("identical", trip.identical.into()),
            ("forms", forms.into()),
            ("restored", trip.restored.into()),
            ("lost", trip.lost.into()),
            ("line", trip.example.unwrap_or_default().into()),
        ];
        screen.line(&format!("  {}", screen.text("roundtrip-field", &args)))?;
    }
    Ok(())
}

fn document(mapping: &Mapping, report: Option<&RoundTripReport>) -> Value {
    let classes = mapping.classes().into_iter().map(|found| {
        json!({ "field": found.field, "source": found.source, "class": found.class.name() })
    });
    let classes: Vec<Value> = classes.collect();
    let Some(report) = report else { return json!({ "classes": classes }) };
    let fields = report.fields.iter().map(|(field, trip)| measured(field, trip));
    let changed = report.changed.iter().map(|(field, (records, line))| {
        json!({ "field": field, "records": records, "example": { "line": line } })
    });
    json!({
        "classes": classes,
        "records": report.records,
        "same": report.same,
        "same_onto": report.same_onto,
        "elements": report.elements,
        "to_the_letter": report.to_the_letter,
        "fields": fields.collect::<Vec<_>>(),
        "changed": changed.collect::<Vec<_>>(),
    })
}

fn measured(field: &str, trip: &FieldTrip) -> Value {
    let forms = trip.equal_up_to.iter().map(|(form, count)| (form.name().to_owned(), json!(count)));
    json!({
        "field": field,
        "present": trip.present,
        "identical": trip.identical,
        "equal_up_to": forms.collect::<serde_json::Map<_, _>>(),
        "restored": trip.restored,
        "lost": trip.lost,
        "example": trip.example.map(|line| json!({ "line": line })),
    })
}
