//! Every problem of files, told apart by their first key.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::linkage;
use crate::operations::library::{self, DataFile, Kind, Library, Problem};

/// Report every problem of mappings, code tables, schemes, agreements, match models and models of linkages.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files to check [default: all that the hub would use]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Checks.
///
/// # Errors
/// When a file cannot be read or its first key is not known.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let (models, files) = models(&args.files)?;
    let mut wrong = 0;
    for (name, text) in models {
        let problems = model_problems(&name, &text);
        wrong += problems.iter().filter(|problem| problem.is_error()).count() as u64;
        print(&name, &problems, screen)?;
    }
    if files.is_empty() && !args.files.is_empty() {
        return Ok(Outcome::of_refusals(wrong));
    }
    let (all, asked) = gather(&files, common)?;
    for file in &asked {
        let problems = problems(&all, file);
        wrong += problems.iter().filter(|problem| problem.is_error()).count() as u64;
        print(&file.path, &problems, screen)?;
    }
    Ok(Outcome::of_refusals(wrong))
}

/// Takes the models of linkages, with their texts, out of the files: no hub uses them, so they are
/// no data files.
fn models(paths: &[PathBuf]) -> Result<(Texts, Vec<PathBuf>), Failure> {
    let (mut models, mut others) = (Texts::new(), Vec::new());
    for path in paths {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        if linkage::model::is_model(&text) {
            models.push((path.display().to_string(), text));
        } else {
            others.push(path.clone());
        }
    }
    Ok((models, others))
}

/// Files by name, with their texts.
type Texts = Vec<(String, String)>;

fn model_problems(name: &str, text: &str) -> Vec<Problem> {
    let found = linkage::model::parse(name, text).err().unwrap_or_default();
    let problem =
        |diagnostic| Problem::Mapping { diagnostic: Box::new(diagnostic), text: text.to_owned() };
    found.into_iter().map(problem).collect()
}

/// All files that a hub would use with the given ones in place, and the given ones (or all, when
/// none is given).
///
/// # Errors
/// When a file cannot be read or its first key is not known.
pub(super) fn gather(
    paths: &[PathBuf],
    common: &Common,
) -> Result<(Vec<DataFile>, Vec<DataFile>), Failure> {
    let mut all = library::gather(common.mappings.as_deref(), common.schemas.as_deref()).map_err(
        |errors| {
            let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
            Failure::Configuration(said.join("\n"))
        },
    )?;
    let given = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    for file in &given {
        all.retain(|other| (other.kind, &other.name) != (file.kind, &file.name));
        all.push(file.clone());
    }
    let asked = if paths.is_empty() {
        all.iter().filter(|file| file.kind != Kind::Schema).cloned().collect()
    } else {
        given
    };
    Ok((all, asked))
}

/// Reads one file, told by its first key.
///
/// # Errors
/// When it cannot be read or its first key is not known.
pub(super) fn read(path: &Path) -> Result<DataFile, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let path = path.display().to_string();
    DataFile::at(&path, text).map_err(|error| Failure::Configuration(error.to_string()))
}

fn problems(all: &[DataFile], file: &DataFile) -> Vec<Problem> {
    match file.kind {
        Kind::Mapping => return Library::check_mapping(all, file).1,
        Kind::Identity => return Library::check_model(file).1,
        Kind::Schema | Kind::Codes | Kind::Scheme | Kind::Agreement => {}
    }
    // Of these kinds a file is checked with the others beside it; what is wrong with those is theirs.
    let all = all.to_vec();
    let found = Library::compile(all).err().unwrap_or_default();
    found.into_iter().filter(|problem| problem.path() == Some(&file.path)).collect()
}

fn print(file: &str, problems: &[Problem], screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        let found: Vec<_> = problems.iter().map(Problem::to_json).collect();
        return screen.value(&json!({ "file": file, "problems": found }));
    }
    let name = ("file", file.into());
    if problems.is_empty() {
        return screen.say("mapping-fine", &[name]);
    }
    let count = ("count", problems.len().into());
    screen.line(&screen.bold(&screen.text("mapping-problems", &[name, count])))?;
    for problem in problems {
        screen.line(&problem.say(screen.language()))?;
        screen.line("")?;
    }
    Ok(())
}
