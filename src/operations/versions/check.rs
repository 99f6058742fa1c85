//! Is a version right? Against what is in force, with the drafts of the same scheme in place: a mapping and the schema
//! that it needs are written together.

use crate::mapping::diagnostic::Code;
use crate::model::{Caller, Scope};
use crate::operations::Hub;
use crate::operations::library::{DataFile, FileId, Kind, Library, Problem};
use crate::operations::publish;
use crate::store::versions::{Stage, Version};

use super::steps::reach;
use super::{LifeError, rights};

/// What was found.
#[derive(Debug)]
pub struct Checked {
    /// How far the version came by it.
    pub stage: Stage,
    /// Errors, and for mappings warnings, in the order of the file.
    pub problems: Vec<Problem>,
    /// Examples that ran; none when they were not asked for.
    pub examples: Option<usize>,
}

impl Checked {
    /// Whether nothing forbids to go on.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

/// Checks a saved version; one without errors becomes `checked`.
///
/// # Errors
/// When the caller may not, or there is no such version.
pub async fn check(
    hub: &Hub,
    by: &Caller,
    file: &FileId,
    hash: &str,
) -> Result<Checked, LifeError> {
    examine(hub, by, file, hash, Stage::Checked).await
}

/// Checks a saved version and runs the examples that stand in it; when all is well it becomes `tested`.
///
/// # Errors
/// As [`check`].
pub async fn test(hub: &Hub, by: &Caller, file: &FileId, hash: &str) -> Result<Checked, LifeError> {
    examine(hub, by, file, hash, Stage::Tested).await
}

async fn examine(
    hub: &Hub,
    by: &Caller,
    file: &FileId,
    hash: &str,
    stage: Stage,
) -> Result<Checked, LifeError> {
    rights::granted(&hub.library(), by, Scope::MappingsWrite, file)?;
    let mut version = find(hub, file, hash).await?;
    let data = publish::data_file(version.clone()).ok_or(LifeError::Unknown(file.clone()))?;
    let mut checked = look(hub, data, stage).await?;
    if version.stage != Stage::Withdrawn && checked.passed() {
        let mut tx = hub.store().begin().await?;
        reach(hub, &mut tx, by, file, &mut version, Stage::Checked).await?;
        reach(hub, &mut tx, by, file, &mut version, stage).await?;
        tx.commit().await?;
    }
    checked.stage = version.stage;
    Ok(checked)
}

/// Checks a text that nobody has saved, examples included; nothing is kept of it.
///
/// # Errors
/// When the store fails.
pub async fn check_text(hub: &Hub, file: DataFile) -> Result<Checked, LifeError> {
    look(hub, file, Stage::Tested).await
}

/// Says that somebody saw what a version would change.
///
/// # Errors
/// When the caller may not, or there is no such version.
pub async fn previewed(hub: &Hub, by: &Caller, file: &FileId, hash: &str) -> Result<(), LifeError> {
    rights::granted(&hub.library(), by, Scope::MappingsWrite, file)?;
    let mut version = find(hub, file, hash).await?;
    let mut tx = hub.store().begin().await?;
    reach(hub, &mut tx, by, file, &mut version, Stage::Previewed).await?;
    tx.commit().await?;
    Ok(())
}

/// The library as it would be with a version in force, the drafts of the same scheme beside it.
///
/// # Errors
/// When there is no such version, or it does not compile.
pub async fn candidate(hub: &Hub, file: &FileId, hash: &str) -> Result<Library, LifeError> {
    let version = find(hub, file, hash).await?;
    let data = publish::data_file(version).ok_or(LifeError::Unknown(file.clone()))?;
    let files = with_drafts(hub, data).await?;
    Ok(publish::compile(files).await?)
}

pub(super) async fn find(hub: &Hub, file: &FileId, hash: &str) -> Result<Version, LifeError> {
    let found = hub.store().read().await?.version(file.key(), hash).await?;
    found.ok_or_else(|| LifeError::Unknown(file.clone()))
}

/// Looks at a saved version without moving it on.
pub(super) async fn look_at(hub: &Hub, version: &Version) -> Result<Checked, LifeError> {
    let kind = Kind::parse(&version.kind);
    let unknown = || FileId { kind: kind.unwrap_or(Kind::Mapping), name: version.name.clone() };
    let file = publish::data_file(version.clone()).ok_or_else(|| LifeError::Unknown(unknown()))?;
    look(hub, file, Stage::Tested).await
}

async fn look(hub: &Hub, file: DataFile, stage: Stage) -> Result<Checked, LifeError> {
    let files = with_drafts(hub, file.clone()).await?;
    let looked = tokio::task::spawn_blocking(move || {
        let mut problems = Library::check(&files, &file);
        let mut examples = None;
        if stage < Stage::Tested {
            problems.retain(|problem| !is_failing_example(problem));
        } else {
            examples = examples_of(&files, &file);
        }
        Checked { stage: Stage::Draft, problems, examples }
    });
    looked.await.map_err(LifeError::Stopped)
}

/// How many examples a mapping or a match model has; none for other files, whose examples are part of the check.
fn examples_of(files: &[DataFile], file: &DataFile) -> Option<usize> {
    match file.kind {
        Kind::Mapping => {
            let mapping = Library::check_mapping(files, file).0;
            mapping.map(|mapping| mapping.run_tests().run)
        }
        Kind::Identity => Library::check_model(file).0.map(|model| model.examples().len()),
        Kind::Schema | Kind::Codes | Kind::Scheme | Kind::Agreement => None,
    }
}

/// The examples of a mapping or a match model that do not hold.
pub(super) fn failing_examples(files: &[DataFile], file: &DataFile) -> Vec<Problem> {
    let problems = match file.kind {
        Kind::Mapping => Library::check_mapping(files, file).1,
        Kind::Identity => Library::check_model(file).1,
        Kind::Schema | Kind::Codes | Kind::Scheme | Kind::Agreement => Vec::new(),
    };
    problems.into_iter().filter(is_failing_example).collect()
}

/// What speaks against a match model that would make more false joins than the one in force, as their reports say.
pub(super) fn bolder(hub: &Hub, version: &Version) -> Vec<Problem> {
    let file = publish::data_file(version.clone()).filter(|file| file.kind == Kind::Identity);
    file.map(|file| Library::bolder_model(&file, hub.library().model())).unwrap_or_default()
}

fn is_failing_example(problem: &Problem) -> bool {
    matches!(problem, Problem::Mapping { diagnostic, .. } if diagnostic.code == Code::FailingTest)
}

/// What is in force, with the open drafts of the file's scheme and the file itself in place.
///
/// # Errors
/// When the store fails.
pub(in crate::operations) async fn with_drafts(
    hub: &Hub,
    file: DataFile,
) -> Result<Vec<DataFile>, LifeError> {
    let drafts = hub.store().read().await?.drafts().await?;
    let mut files = hub.library().files().to_vec();
    let mut put = |file: DataFile| {
        files.retain(|other| (other.kind, &other.name) != (file.kind, &file.name));
        files.push(file);
    };
    let beside = |draft: &DataFile| match draft.kind {
        Kind::Schema | Kind::Codes => belongs(&draft.name, root(&file.name)),
        Kind::Mapping | Kind::Scheme | Kind::Agreement | Kind::Identity => false,
    };
    drafts.into_iter().filter_map(publish::data_file).filter(beside).for_each(&mut put);
    put(file);
    Ok(files)
}

/// Whether two files describe one scheme, so that who changes one often has to change the other: by their names.
#[must_use]
pub fn belong_together(one: &FileId, other: &FileId) -> bool {
    let (a, b) = (root(&one.name), root(&other.name));
    a == b || belongs(a, b) || belongs(b, a)
}

/// What the names of the files of one scheme begin with.
fn root(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

fn belongs(name: &str, root: &str) -> bool {
    name.strip_prefix(root).is_some_and(|rest| rest.starts_with(['/', '-']))
}
