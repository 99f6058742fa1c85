//! From a mapping's text to a mapping that runs, with all its problems at once.

mod back;
mod branches;
mod constants;
mod fields;
mod lists;
mod placed;
mod rules;
mod sender;
mod suggest;
mod tables;
mod tree;

use std::sync::Arc;

use crate::model::Expected;
use crate::schema::{self, Schema};

use super::codes::Codes;
use super::diagnostic::{Code, Diagnostic, Diagnostics, Weight};
use super::extract::{Straight, Trie};
use super::lane::Lane;
use super::level::{Each, links};
use super::names::Names;
use super::page::Page;
use super::path::{SourcePath, Step};
use super::program::{AcrossCheck, Program};
use super::reverse::Plan;
use super::spec::{Format, Spec};
use super::{Inherit, Mapping, RecordKind, Refers, RowsOfOne};
use super::{diagnostic, spec, yaml};

/// What a mapping may refer to.
#[derive(Clone, Copy)]
pub struct Library<'a> {
    /// Schemas by id.
    pub schemas: &'a schema::Catalog,
    /// Shared code tables.
    pub codes: &'a Codes,
}

/// Compiles a mapping. Without errors the mapping is there; warnings may come with it.
///
/// `file` is the name that diagnostics and issues show, such as `mappings/ml-utm.yaml`.
#[must_use]
pub fn compile(
    text: &str,
    file: &str,
    library: &Library<'_>,
) -> (Option<Mapping>, Vec<Diagnostic>) {
    let mut problems = Diagnostics::of(text);
    let root = yaml::parse(text, &mut problems);
    let read = root.as_ref().and_then(|root| spec::read(root, &mut problems));
    let Some(spec) = read else {
        return (None, problems.finish(file, text));
    };
    let (mapping, problems) = link(spec, text, file, library, problems);
    let problems = problems.finish(file, text);
    let broken = problems.iter().any(|problem| problem.weight == Weight::Error);
    (mapping.filter(|_| !broken), problems)
}

fn link(
    mut spec: Spec,
    text: &str,
    file: &str,
    library: &Library<'_>,
    problems: Diagnostics,
) -> (Option<Mapping>, Diagnostics) {
    let own_schema = library.schemas.get(&spec.source.schema.value);
    let together =
        spec.source.rows.as_ref().and_then(|rows| own_schema?.together(&rows.name.value));
    let source_schema = together.as_ref().map(|together| &together.shown).or(own_schema);
    let repeated = source_schema.map(|schema| fields::repeated(schema)).unwrap_or_default();
    let mut names = Names::new(&spec, library.codes, repeated, problems);
    let line = |span: &yaml::Span| diagnostic::line_of(text, span.start);
    if spec.target.value != TARGET {
        let target = &spec.target;
        names
            .problems
            .error(Code::UnknownName, target.span.clone())
            .arg("name", &target.value)
            .nearest(&target.value, [TARGET]);
    }
    if own_schema.is_none() {
        let schema = &spec.source.schema;
        names
            .problems
            .error(Code::UnknownName, schema.span.clone())
            .arg("name", &schema.value)
            .nearest(&schema.value, library.schemas.ids());
    }
    if let (Some(rows), Some(schema)) = (&spec.source.rows, own_schema)
        && schema.fields().iter().any(|field| field.path == rows.name.value)
    {
        let problem = names.problems.error(Code::HiddenField, rows.name.span.clone());
        problem.arg("name", &rows.name.value).arg("schema", schema.id());
    }
    let mut values = Vec::new();
    for (name, rule) in &spec.values {
        let compiled = rules::compile(&name.value, None, rule, spec.on_error, &mut names, &line);
        values.extend(compiled);
        names.add_value(name);
    }
    let (mut fields, mut groups, tree) = tree::compile(&spec, &mut names, &line);
    constants::forms(&values, &mut fields, &mut groups);
    constants::check(&spec, &values, &fields, &mut names.problems);
    let checks = across_checks(&spec, &mut names, &line);
    let kinds = record_kinds(&spec, &mut names);
    let each = ways(&kinds);
    let rows = spec.source.rows.as_ref().map(|rows| RowsOfOne {
        name: rows.name.value.as_str().into(),
        by: rows.by.iter().filter_map(|field| names.path(&field.value, &field.span)).collect(),
        judged: together.as_ref().map(|together| Arc::clone(&together.judged)),
    });
    let skip_when = spec.source.skip_when.as_ref().and_then(|when| names.when(when));
    let inherit = spec.source.inherit.as_ref().and_then(|inherit| {
        Some(Inherit {
            by: names.path(&inherit.by.value, &inherit.by.span)?,
            when: names.when(&inherit.when)?,
            fields: inherit.fields.iter().filter_map(|f| names.path(&f.value, &f.span)).collect(),
        })
    });
    let carry_down: Vec<u16> =
        spec.source.carry_down.iter().filter_map(|f| names.path(&f.value, &f.span)).collect();
    let refers = refers(&spec, &mut names);
    let drops: Vec<(u16, String)> = spec
        .source
        .drop
        .iter()
        .filter_map(|field| Some((names.path(&field.value, &field.span)?, field.value.clone())))
        .collect();
    let back = back_rules(&spec, &mut names);
    names.report_unused_tables();
    if spec.tests.is_empty() {
        let id = spec.id.span.clone();
        names.problems.warning(Code::NoTests, id);
    }
    if let Some(schema) = source_schema {
        fields::check(&spec, &each, schema, &mut names);
        fields::check_names(&spec, &each, schema, &mut names);
        lists::check(&spec, &each, schema, &mut names);
    }
    let around: Vec<SourcePath> = kinds.iter().filter_map(|kind| kind.each.clone()).collect();
    let sender = source_schema.map(|schema| sender::Sender::new(schema, &spec, &around));
    if let Some(sender) = &sender {
        sender::check_conditions(sender, &mut names);
    }
    tables::check(&spec, sender.as_ref(), &mut names);
    branches::check(&spec, sender.as_ref(), &mut names);
    back::check(&spec, &mut names);
    drop(sender);
    let paths: Vec<SourcePath> = names.wanted.iter().map(|wants| wants.path.clone()).collect();
    let (trie, places) = Trie::new(&paths, &names.levels, &each);
    let straight = match rows {
        // A record of several rows is no plain element.
        Some(_) => None,
        None => {
            Straight::new(&trie, own_schema.map(|schema| &**schema), spec.source.format.repeats())
        }
    };
    let target_schema = library.schemas.get(TARGET).cloned();
    let plan = Plan::new(&fields, own_schema.map(|schema| &**schema));
    let page = Page::new(&tree, target_schema.as_deref().and_then(Schema::fused));
    let program = Program { values, fields, groups, checks, page };
    // A canonical record is its own translation.
    let lane = match spec.source.format {
        Format::Canonical => None,
        _ => Lane::new(&program, &tree, target_schema.as_deref(), &spec.id.value),
    };
    let separator = if spec.source.format == Format::Xml { '/' } else { '.' };
    let shown = paths
        .iter()
        .map(|path| {
            let item = |_| Step::All;
            shown(&SourcePath { steps: names.levels.steps(path, &item), ..*path }, &spec, separator)
        })
        .collect();
    let problems = std::mem::take(&mut names.problems);
    let mapping = Mapping {
        file: file.to_owned(),
        hash: *blake3::hash(text.as_bytes()).as_bytes(),
        program,
        lane,
        schema: own_schema.cloned(),
        target_schema,
        sample: spec.sample.take(),
        tests: std::mem::take(&mut spec.tests),
        trie,
        straight,
        levels: std::mem::take(&mut names.levels),
        places,
        paths,
        shown,
        kinds,
        ways: each,
        rows,
        skip_when,
        inherit,
        carry_down,
        refers,
        drops,
        back,
        plan,
        spec,
    };
    (Some(mapping), problems)
}

/// The one target there is.
const TARGET: &str = "beneficiary/1";

fn shown(path: &SourcePath, spec: &Spec, separator: char) -> String {
    let path = match (&spec.source.rows, path.steps.as_slice()) {
        (Some(rows), [Step::Key(name), Step::All, rest @ ..]) if *name == rows.name.value => {
            &SourcePath { steps: rest.to_vec(), ..*path }
        }
        _ => path,
    };
    let label = spec.source.labels.iter().find(|(labelled, _)| {
        SourcePath::parse(&labelled.value).is_ok_and(|labelled| labelled.steps == path.steps)
    });
    match label {
        Some((_, label)) => label.value.clone(),
        None if spec.source.format == Format::Fhir => super::places::bundle_field(path),
        None => path.shown(separator),
    }
}

/// For each kind of nested record the repeated groups on the way to it.
fn ways(kinds: &[RecordKind]) -> Vec<Vec<Each>> {
    let way = |kind: &RecordKind| match &kind.columns {
        Some(columns) => Some(vec![Each::Columns(columns.clone())]),
        None => Some(links(&kind.each.as_ref()?.steps).into_iter().map(Each::Items).collect()),
    };
    kinds.iter().filter_map(way).collect()
}

fn record_kinds(spec: &Spec, names: &mut Names<'_>) -> Vec<RecordKind> {
    let mut kinds = Vec::new();
    let own = names.id_template(&spec.source.record_id);
    kinds.extend(own.map(|id| RecordKind { each: None, columns: None, id }));
    for entry in &spec.source.records {
        let wide = entry.numbers.is_some()
            || entry.each.as_ref().is_some_and(|each| each.value.contains('*'));
        let columns = match &entry.each {
            Some(each) if wide => names.columns(each, entry.numbers.as_ref()),
            Some(_) | None => None,
        };
        let each = match &entry.each {
            None => None,
            Some(each) if wide => Some(SourcePath::column(&each.value)),
            Some(path) => match SourcePath::parse(&path.value) {
                Ok(path) if path.up == 0 && !path.steps.is_empty() => {
                    Some(SourcePath { steps: names.marked(&path), ..path })
                }
                _ => {
                    names
                        .problems
                        .error(Code::BadPath, path.span.clone())
                        .arg("path", &path.value)
                        .arg("at", "1");
                    continue;
                }
            },
        };
        let id = names.id_template(std::slice::from_ref(&entry.record_id));
        kinds.extend(id.map(|id| RecordKind { each, columns, id }));
    }
    kinds
}

fn refers(spec: &Spec, names: &mut Names<'_>) -> Vec<Refers> {
    spec.source
        .refers
        .iter()
        .filter_map(|refers| {
            Some(Refers {
                field: names.path(&refers.field.value, &refers.field.span)?,
                id: refers.id.as_ref().and_then(|id| names.template(id)),
                code: refers.code,
                when: refers.when.as_ref().and_then(|when| names.when(when)),
            })
        })
        .collect()
}

fn across_checks(
    spec: &Spec,
    names: &mut Names<'_>,
    line: &impl Fn(&yaml::Span) -> u32,
) -> Vec<AcrossCheck> {
    let mut checks = Vec::new();
    for check in &spec.checks {
        // `at` may name a field that no rule reads: it is shown as written.
        let written = names.expand(&check.at.value).to_owned();
        let known = names.wanted.iter().position(|w| {
            SourcePath::parse(&written).is_ok_and(|path| path == w.path)
                || SourcePath::column(&written) == w.path
        });
        let flat = spec.source.format == Format::Csv;
        let at = match SourcePath::parse(&written) {
            Ok(path) if !flat => {
                shown(&path, spec, if spec.source.format == Format::Xml { '/' } else { '.' })
            }
            _ => written,
        };
        let Some(when) = names.when(&check.when) else { continue };
        checks.push(AcrossCheck {
            when,
            code: check.code,
            path: known.and_then(|index| u16::try_from(index).ok()),
            at: at.into(),
            severity: check.severity,
            expected: match &check.title {
                Some(title) => Expected::Stated { fr: title.fr.clone(), en: title.en.clone() },
                None => Expected::Condition(format!("!({})", check.when.value)),
            },
            line: line(&check.span),
        });
    }
    checks
}

fn back_rules(spec: &Spec, names: &mut Names<'_>) -> Vec<super::reverse::BackRule> {
    spec.back
        .iter()
        .filter_map(|(path, rule)| super::reverse::BackRule::compile(path, rule, spec, names))
        .collect()
}
