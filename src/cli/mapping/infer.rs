//! A first schema and mapping out of a sample file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::cli::{input, library};
use crate::mapping::infer::{Ask, Draft, InferError, SurveyError, infer};
use crate::mapping::{Codes, Library};
use crate::operations::library::Kind;

/// Draft a schema and a mapping from a sample file, with reasons, for a person to correct.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Sample of the sender's file (CSV, JSON, NDJSON, XML, FHIR; gzip and zstd too); - is standard input
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Id of the scheme [default: the file's name]
    #[arg(long, value_name = "ID")]
    scheme: Option<String>,
    /// Country of the sender, two letters [default: told from the scheme's id and the phones]
    #[arg(long, value_name = "CC")]
    country: Option<String>,
    /// Directory under which schemas/ and mappings/ are written
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Overwrite files that exist
    #[arg(long)]
    force: bool,
}

/// Makes the draft and writes its two files.
///
/// # Errors
/// When the file cannot be read or understood, or the draft's files exist already.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let scheme = args.scheme.clone().unwrap_or_else(|| slug(&input::name(&args.from)));
    let names = [("scheme", scheme.as_str())];
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(2..=40).contains(&scheme.len()) || !scheme.chars().all(fits) {
        return Err(Failure::usage("infer-bad-scheme", &names));
    }
    if let Some(country) = &args.country
        && !(country.len() == 2 && country.chars().all(|c| c.is_ascii_alphabetic()))
    {
        return Err(Failure::usage("infer-bad-country", &[("country", country)]));
    }
    let schema = args.out.join("schemas").join(&scheme).join("1.json");
    let mapping = args.out.join("mappings").join(format!("{scheme}.yaml"));
    if let (Some(path), false) = ([&schema, &mapping].into_iter().find(|p| p.exists()), args.force)
    {
        return Err(Failure::usage("infer-exists", &[("path", &path.display().to_string())]));
    }
    let draft = draft(args, &scheme, common, screen)?;
    write(&schema, &draft.schema)?;
    write(&mapping, &draft.mapping)?;
    if screen.json() {
        screen.value(&draft.proposal.to_json())?;
        return Ok(Outcome::Done);
    }
    for path in [schema, mapping] {
        screen.say("infer-written", &[("path", path.display().to_string().into())])?;
    }
    let (rules, undecided) = (draft.proposal.rules.len(), draft.proposal.undecided.len());
    screen.say("infer-understood", &[("rules", rules.into()), ("undecided", undecided.into())])?;
    Ok(Outcome::Done)
}

fn draft(args: &Args, scheme: &str, common: &Common, screen: &Screen) -> Result<Draft, Failure> {
    let library = library::load(common)?;
    let codes = library.files().iter().filter(|file| file.kind == Kind::Codes);
    let codes = Codes::parse(codes.map(|file| (&*file.path, &*file.text)))
        .expect("a loaded library has sound code tables");
    let (bytes, progress) = input::open(&args.from, screen)?;
    let ask = Ask {
        scheme,
        country: args.country.as_deref(),
        language: screen.language(),
        library: Library { schemas: library.schemas(), codes: &codes },
    };
    let draft = infer(bytes, &ask);
    progress.finish();
    draft.map_err(|error| match error {
        InferError::Survey(SurveyError::Unreadable(detail)) => {
            Failure::usage("infer-unreadable", &[("detail", &detail)])
        }
        InferError::Survey(SurveyError::UnknownContainer) => {
            Failure::usage("infer-no-container", &[])
        }
        InferError::Survey(SurveyError::Empty) => Failure::usage("infer-empty", &[]),
        InferError::Uncompilable(detail) => Failure::usage("infer-broken", &[("detail", &detail)]),
    })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error| Failure::file(path, error);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

/// `Liste Mutuelle 2025.csv` becomes `liste-mutuelle-2025`.
fn slug(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
