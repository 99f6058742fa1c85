//! `dankun link`: who is the same person in any CSV files, without a hub and without labels.
//!
//! One pass over the files reads all records (a model that is not given is inferred from their first
//! rows); what is kept of a record is its line of numbers and its id.

mod bytes;
mod files;
mod model;
mod output;
mod page;
mod source;
mod summary;
mod truth;

use std::path::PathBuf;
use std::sync::Mutex;

use super::failure::{Failure, Outcome};
use super::progress::Progress;
use super::screen::Screen;
use crate::linkage::{self, Settings, Stage};

/// Find the records of one person in any CSV files, without a hub.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// CSV files, each a source; plain, gzip or zstd; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What the columns hold; inferred when not given
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Learn what pairs are anew, even when the model was trained before
    #[arg(long)]
    train: bool,
    /// Only propose a model from the columns, with reasons
    #[arg(long, conflicts_with_all = ["model", "train", "pairs", "report", "truth", "save_model"])]
    infer: bool,
    /// File for the clusters: record_id,cluster_id; with --infer, for the model; - is standard output
    #[arg(long, required_unless_present = "infer", value_name = "FILE")]
    out: Option<PathBuf>,
    /// File for the scored pairs
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// File for a report (HTML); it shows values of examples
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// CSV with record_id,entity_id, to measure against; it changes nothing
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// File for the model with what was learnt
    #[arg(long, value_name = "FILE")]
    save_model: Option<PathBuf>,
    /// Weight from which records are joined, in bits [default: the model's, else 0]
    #[arg(long, value_name = "BITS", allow_negative_numbers = true)]
    threshold: Option<f32>,
}

/// Links.
///
/// # Errors
/// When a file cannot be read or written, or the model does not fit the files.
pub fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    let sources = source::open_all(&args.inputs, screen)?;
    if args.infer {
        let proposed = model::propose(&sources)?;
        return model::print(&proposed, &args.inputs, args.out.as_deref(), screen);
    }
    let model = model::load(args.model.as_deref(), &sources, screen)?;
    let records = files::read(&sources, &model, screen)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings {
        threshold: args.threshold.unwrap_or(model.threshold),
        threads,
        trained: model.trained.clone().filter(|_| !args.train),
    };
    let table = records.draft.finish(threads);
    let linked = watched(&table, &settings, screen);
    let truth = args.truth.as_deref().map(|path| truth::read(path, &records.ids, &table));
    let truth = truth.transpose()?;
    let told = summary::Told {
        model: &model,
        ids: &records.ids,
        table: &table,
        settings: &settings,
        linked: &linked,
        truth: truth.as_deref(),
    };
    if let Some(path) = &args.out {
        output::clusters(path, &told)?;
    }
    if let Some(path) = &args.pairs {
        output::pairs(path, &told)?;
    }
    if let Some(path) = &args.save_model {
        output::model(path, &told)?;
    }
    if let Some(path) = &args.report {
        page::write(path, &told, &sources, screen)?;
    }
    let quiet =
        args.out.as_deref() == Some("-".as_ref()) || args.pairs.as_deref() == Some("-".as_ref());
    if !quiet {
        told.say(&records.oddities, screen)?;
    }
    Ok(Outcome::Done)
}

/// Links with a bar for each stage.
fn watched(table: &linkage::Table, settings: &Settings, screen: &Screen) -> linkage::Linked {
    let bar: Mutex<Option<(Stage, Progress)>> = Mutex::new(None);
    let screen = *screen;
    let linked = linkage::link(table, settings, &|stage, done, all| {
        let Ok(mut bar) = bar.lock() else { return };
        if bar.as_ref().is_none_or(|(shown, _)| *shown != stage) {
            if let Some((_, before)) = bar.take() {
                before.finish();
            }
            let what = screen.text(&format!("link-stage-{}", stage.name()), &[]);
            *bar = Some((stage, Progress::of_records(&what, &screen)));
        }
        if let Some((_, progress)) = bar.as_ref() {
            progress.at(done, all);
        }
    });
    if let Ok(Some((_, progress))) = bar.into_inner() {
        progress.finish();
    }
    linked
}
