//! Files, versions and steps as they are shown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::operations::versions::{
    Change, Checked, Difference, Listed, Plan, Planned, Publication, Shown, State, StepRow, Version,
};

/// A data file.
#[derive(Serialize, ToSchema)]
pub struct FileBody {
    /// `mapping`, `codes`, `scheme`, `agreement`, `identity` or `schema`.
    kind: &'static str,
    name: String,
    /// The version that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force: Option<Counting>,
    /// The hash of the open draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<Draft>,
    /// What is published for later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_come: Vec<PublicationBody>,
    /// `one_person` or `two_persons`: then somebody else than the author approves first.
    approval: &'static str,
}

/// The version that counts.
#[derive(Serialize, ToSchema)]
pub struct Counting {
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    since: String,
}

/// The open draft.
#[derive(Serialize, ToSchema)]
pub struct Draft {
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// How far it came: `draft`, `checked`, `tested`, `previewed` or `approved`.
    state: &'static str,
    written_by: String,
    written_at: String,
}

/// One publication of a version.
#[derive(Serialize, ToSchema)]
pub struct PublicationBody {
    hash: String,
    /// From when on it counts.
    from: String,
    /// `shipped`, `published` or `rolled_back`.
    manner: &'static str,
    published_at: String,
    published_by: String,
    /// When it was taken back before its time came.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_at: Option<String>,
}

/// A version in a list.
#[derive(Serialize, ToSchema)]
pub struct VersionLine {
    hash: String,
    /// The `version:` that stands in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// `draft`, `checked`, `tested`, `previewed`, `approved`, `published` (for later), `in_force`, `superseded` or
    /// `withdrawn`.
    state: &'static str,
    written_by: String,
    written_at: String,
}

/// A version.
#[derive(Serialize, ToSchema)]
pub struct VersionBody {
    kind: String,
    name: String,
    #[serde(flatten)]
    line: VersionLine,
    text: String,
    publications: Vec<PublicationBody>,
    steps: Vec<StepBody>,
    /// What is wrong with it, when that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    diagnostics: Option<Vec<Value>>,
}

/// Something that was done with a version.
#[derive(Serialize, ToSchema)]
pub struct StepBody {
    /// `aud_…`: also its id in the audit log.
    id: String,
    hash: String,
    /// `drafted`, `checked`, `tested`, `previewed`, `approved`, `published`, `rolled_back` or `withdrawn`.
    step: String,
    at: String,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// More of it.
    #[schema(value_type = Object)]
    detail: Value,
}

/// What a check found.
#[derive(Serialize, ToSchema)]
pub struct CheckedBody {
    /// Whether nothing forbids to go on; there may be warnings.
    passed: bool,
    /// How far the version came by it; absent for a text that nobody saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    /// Examples that ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    examples: Option<usize>,
    /// Each with code, severity, line, column, bytes from `start` to `end`, message in both languages, and corrections.
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<Value>,
}

/// What a publication changes.
#[derive(Serialize, ToSchema)]
pub struct PlanBody {
    /// From when on; absent for at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// False when it was only asked what would happen.
    published: bool,
    /// The changes; a version that counts already is none.
    changes: Vec<PlannedBody>,
}

/// One change.
#[derive(Serialize, ToSchema)]
pub struct PlannedBody {
    kind: &'static str,
    name: String,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The hash of the version that counts until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

/// What is different between two versions.
#[derive(Serialize, ToSchema)]
pub struct DiffBody {
    from: String,
    to: String,
    /// By entry: `kind` (`added`, `removed`, `changed`), `path`, `before`, `after`.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<Change>,
    /// By line, as `diff -u` writes it.
    unified: String,
}

impl From<Listed> for FileBody {
    fn from(listed: Listed) -> Self {
        Self {
            kind: listed.file.kind.name(),
            name: listed.file.name,
            in_force: listed.in_force.map(|(version, since)| Counting {
                hash: version.hash,
                version: version.label,
                since: since.to_string(),
            }),
            draft: listed.draft.map(|draft| Draft {
                hash: draft.hash,
                version: draft.label,
                state: draft.stage.name(),
                written_by: draft.written_by,
                written_at: draft.written_at.to_string(),
            }),
            to_come: listed.to_come.into_iter().map(PublicationBody::from).collect(),
            approval: if listed.needs_two { "two_persons" } else { "one_person" },
        }
    }
}

impl From<Publication> for PublicationBody {
    fn from(one: Publication) -> Self {
        Self {
            hash: one.hash,
            from: one.from.to_string(),
            manner: one.manner.name(),
            published_at: one.published_at.to_string(),
            published_by: one.published_by,
            cancelled_at: one.cancelled_at.map(|at| at.to_string()),
        }
    }
}

impl VersionLine {
    /// A version and where it stands.
    pub fn of(version: Version, state: State) -> Self {
        Self {
            hash: version.hash,
            version: version.label,
            state: state.name(),
            written_by: version.written_by,
            written_at: version.written_at.to_string(),
        }
    }
}

impl VersionBody {
    /// A version with its history.
    pub fn of(mut shown: Shown, diagnostics: Option<Vec<Value>>) -> Self {
        Self {
            kind: std::mem::take(&mut shown.version.kind),
            name: std::mem::take(&mut shown.version.name),
            text: std::mem::take(&mut shown.version.text),
            line: VersionLine::of(shown.version, shown.state),
            publications: shown.publications.into_iter().map(PublicationBody::from).collect(),
            steps: shown.steps.into_iter().map(StepBody::from).collect(),
            diagnostics,
        }
    }
}

impl From<StepRow> for StepBody {
    fn from(row: StepRow) -> Self {
        Self {
            id: row.id.to_string(),
            hash: row.hash,
            step: row.step,
            at: row.at.to_string(),
            by: row.actor,
            key: row.key.map(|key| key.to_string()),
            // Written by this program as JSON.
            detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        }
    }
}

impl CheckedBody {
    /// What was found; `saved` when the text is a version.
    pub fn of(checked: &Checked, saved: bool) -> Self {
        Self {
            passed: checked.passed(),
            state: saved.then(|| checked.stage.name()),
            examples: checked.examples,
            diagnostics: checked.problems.iter().map(|problem| problem.to_json()).collect(),
        }
    }
}

impl PlanBody {
    /// What changes, and whether it was done.
    pub fn of(plan: Plan, published: bool) -> Self {
        let changes = plan.changes.into_iter().map(PlannedBody::from).collect();
        Self { at: plan.at.map(|at| at.to_string()), published, changes }
    }
}

impl From<Planned> for PlannedBody {
    fn from(planned: Planned) -> Self {
        Self {
            kind: planned.file.kind.name(),
            name: planned.file.name,
            hash: planned.version.hash,
            version: planned.version.label,
            before: planned.before,
        }
    }
}

impl DiffBody {
    /// The difference between two versions, by their hashes.
    pub fn of((from, to): (&str, &str), found: Difference) -> Self {
        let (from, to) = (from.to_owned(), to.to_owned());
        Self { from, to, changes: found.changes, unified: found.unified }
    }
}
