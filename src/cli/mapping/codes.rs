//! Shared code tables.

use std::fs;
use std::path::PathBuf;

use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::input;
use crate::cli::screen::Screen;
use crate::format::{Container, ReadOptions, Reader};
use crate::mapping::codes::{Columns, Import, ImportError, import};
use crate::messages;

/// Make code tables that mappings share.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a table of mappings/codes/ out of a CSV file
    Import(ImportArgs),
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// CSV file with a header; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the table, as mappings use it
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Column with the sender's texts [default: the first]
    #[arg(long, value_name = "COLUMN")]
    from: Option<String>,
    /// Column with the codes that they become [default: the second]
    #[arg(long, value_name = "COLUMN")]
    to: Option<String>,
    /// Column with labels in French
    #[arg(long, value_name = "COLUMN")]
    label_fr: Option<String>,
    /// Column with labels in English
    #[arg(long, value_name = "COLUMN")]
    label_en: Option<String>,
    /// What the table is [default: its name]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Who publishes the codes
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Which edition of them
    #[arg(long, value_name = "TEXT")]
    edition: Option<String>,
    /// What stands between the columns
    #[arg(long, value_name = "SIGN", default_value = ",")]
    delimiter: char,
    /// Encoding of the file [default: found out]
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// File to write, such as mappings/codes/NAME.yaml [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Does it.
///
/// # Errors
/// When the file cannot be read, or no table can be made of it.
pub fn run(args: &Args, _common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let Verb::Import(args) = &args.verb;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if args.name.is_empty() || !args.name.chars().all(fits) {
        return Err(Failure::usage("codes-bad-name", &[("name", &args.name)]));
    }
    let delimiter = u8::try_from(args.delimiter).map_err(|_| {
        Failure::usage("codes-bad-delimiter", &[("delimiter", &args.delimiter.to_string())])
    })?;
    let (bytes, progress) = input::open(&args.file, screen)?;
    let container = Container::Csv { delimiter, quote: b'"', header_row: 1, columns: None };
    let mut options = ReadOptions::new(container);
    options.encoding.clone_from(&args.encoding);
    let about = Import {
        name: &args.name,
        title: args.title.as_ref().unwrap_or(&args.name),
        source: args.source.as_deref(),
        version: args.edition.as_deref(),
        columns: Columns {
            from: args.from.clone(),
            to: args.to.clone(),
            fr: args.label_fr.clone(),
            en: args.label_en.clone(),
        },
    };
    let (text, rows) =
        import(Reader::new(bytes, &options), &about).map_err(|error| failure(&error, screen))?;
    progress.finish();
    let Some(path) = &args.output else {
        screen.line(text.trim_end())?;
        return Ok(Outcome::Done);
    };
    let failed = |error| Failure::file(path, error);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)?;
    let written = [("rows", rows.into()), ("path", path.display().to_string().into())];
    screen.say("codes-written", &written)?;
    Ok(Outcome::Done)
}

fn failure(error: &ImportError, screen: &Screen) -> Failure {
    match error {
        ImportError::Unreadable(issue) => {
            let said = messages::issue(issue, screen.language());
            Failure::usage("codes-unreadable", &[("detail", &said.line)])
        }
        ImportError::NoColumn { column, known } => {
            let known = known.join(", ");
            Failure::usage("codes-no-column", &[("column", column), ("known", &known)])
        }
        ImportError::TwoCodes { text, first, second } => Failure::usage(
            "codes-two-codes",
            &[("text", text), ("first", &first.to_string()), ("second", &second.to_string())],
        ),
        ImportError::NoCode { line } => {
            Failure::usage("codes-no-code", &[("line", &line.to_string())])
        }
        ImportError::TooLarge { rows, limit } => Failure::usage(
            "codes-too-large",
            &[("rows", &rows.to_string()), ("limit", &limit.to_string())],
        ),
        ImportError::Empty => Failure::usage("codes-empty", &[]),
    }
}
