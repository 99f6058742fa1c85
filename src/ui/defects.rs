//! What is wrong, told by defect, and put right for many records at once: the right value once for each wrong one.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::batches::own_batch;
use super::form::Form;
use super::page::page;
use super::refusals::Shown;
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Problem};
use crate::messages;
use crate::model::{BatchId, Issue, Scope, Severity};
use crate::operations::batches::SharedGroup;
use crate::operations::quarantine::alike::{self, Alike, Corrected, MOST};

/// A defect that records share.
pub struct Defect {
    /// Where it is told in full.
    pub path: String,
    pub title: String,
    pub field: Option<String>,
    pub expected: Option<String>,
    pub mend: String,
    /// « 17 fiches ».
    pub records: String,
    pub error: bool,
    /// Some of the values that were there.
    pub examples: Vec<String>,
}

/// The defects of a sending.
pub fn defects_of(words: Words, batch: BatchId, groups: &[SharedGroup]) -> Vec<Defect> {
    let told = |group: &SharedGroup| {
        let name = alike::name(group.first.first()?);
        let path = format!("/ui/batches/{batch}/defects/{name}");
        defect(words, (&group.first, group.records), path)
    };
    groups.iter().filter_map(told).collect()
}

/// A defect that some records share, by the issues of the first of them; none without any.
pub fn defect(words: Words, (first, records): (&[Issue], u64), path: String) -> Option<Defect> {
    let issue = first.first()?;
    let said = messages::issue(issue, words.0);
    let mut examples: Vec<String> = first.iter().filter_map(|issue| issue.value.clone()).collect();
    examples.retain(|value| !value.is_empty());
    examples.dedup();
    Some(Defect {
        path,
        title: said.title,
        field: field(issue),
        expected: said.expected,
        mend: said.mend,
        records: words.count("page-records-count", records),
        error: issue.severity == Severity::Error,
        examples,
    })
}

/// The field of an issue, when it names one of the sender's own.
pub fn field(issue: &Issue) -> Option<String> {
    issue.field.clone().filter(|field| !field.starts_with('('))
}

/// A wrong value and the records that have it.
struct Wrong {
    value: String,
    records: String,
    id: usize,
}

#[derive(Template)]
#[template(path = "defect.html")]
struct One {
    shell: Shell,
    batch: String,
    title: String,
    field: Option<String>,
    expected: Option<String>,
    mend: String,
    records: String,
    wrong: Vec<Wrong>,
    /// Whether more wait than are looked at in one go.
    more: bool,
    most: String,
    first: Vec<Shown>,
    may_correct: bool,
    /// What came of the last correction.
    accepted: Option<String>,
    still: Vec<(String, String)>,
}

/// The records that share a defect, with a form for the right values.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named((batch, name)): Named<(BatchId, String)>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    tell(&app, &member, batch, &name, None).await
}

/// Puts records right together.
pub async fn correct(
    member: Member,
    State(app): State<App>,
    Named((batch, name)): Named<(BatchId, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::QuarantineWrite)?;
    own_batch(&app, &member, batch).await?;
    let changes: BTreeMap<String, String> = form
        .beginning("to-")
        .filter(|(_, good)| !good.trim().is_empty())
        .map(|(at, good)| (form.exact(&format!("from-{at}")).to_owned(), good.trim().to_owned()))
        .filter(|(bad, good)| bad != good)
        .collect();
    let actor = member.caller.actor();
    let corrected =
        alike::correct_alike(app.hub(), &actor, (batch, name.as_str()), &changes).await?;
    tell(&app, &member, batch, &name, Some(corrected)).await
}

async fn tell(
    app: &App,
    member: &Member,
    batch: BatchId,
    name: &str,
    corrected: Option<Corrected>,
) -> Result<Response, Problem> {
    let words = member.visit.words;
    let receipt = own_batch(app, member, batch).await?;
    let found = alike::alike(app.hub(), batch, name).await?;
    let corrected_some = corrected.is_some();
    let outcome = corrected.unwrap_or_default();
    let accepted = corrected_some.then(|| words.count("page-defect-accepted", outcome.accepted));
    let still: Vec<(String, String)> = outcome
        .still
        .iter()
        .filter_map(|(id, issues)| {
            let line = messages::issue(issues.first()?, words.0).line;
            Some((format!("/ui/refusals/{id}"), line))
        })
        .collect();
    let mut one = One {
        shell: Shell::new(member, Section::Records, "page-defect"),
        batch: batch.to_string(),
        title: words.say("page-defect-done"),
        field: None,
        expected: None,
        mend: String::new(),
        records: String::new(),
        wrong: Vec::new(),
        more: false,
        most: words.number(u64::from(MOST)),
        first: Vec::new(),
        may_correct: member.caller.may(Scope::QuarantineWrite),
        accepted,
        still,
    };
    match found {
        Some(found) => {
            let mapping = app.hub().library().mapping(receipt.scheme.as_str()).cloned();
            // Events are sent again by their schemes; nobody corrects them here.
            one.may_correct &= mapping.is_some();
            fill(&mut one, words, &found, mapping.as_deref());
        }
        None if corrected_some => {}
        None => return Err(Problem::new(Code::NotFound)),
    }
    one.shell = one.shell.titled(one.title.clone());
    page(words, &one)
}

fn fill(one: &mut One, words: Words, found: &Alike, mapping: Option<&crate::mapping::Mapping>) {
    let said = messages::issue(&found.issue, words.0);
    one.title = said.title;
    one.field = field(&found.issue);
    one.expected = said.expected;
    one.mend = said.mend;
    one.records = words.count("page-records-count", found.records);
    let waiting: usize = found.values.iter().map(|(_, records)| records.len()).sum();
    one.more = found.records > waiting as u64 && waiting == MOST as usize;
    let wrong = |(id, (value, records)): (usize, &(String, Vec<_>))| Wrong {
        value: value.clone(),
        records: words.count("page-records-count", records.len() as u64),
        id,
    };
    one.wrong = found.values.iter().enumerate().map(wrong).collect();
    one.first = found.first.iter().map(|waiting| Shown::of(words, waiting, mapping)).collect();
}
