//! The file of an agreement.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use jsonschema::Validator;
use serde::Deserialize;

use crate::model::SchemeId;

use super::super::document::{self, Fault, Found, Problem, Text};
use super::{Agreement, Agreements, Basis, Grant, Partner};

static SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| document::schema(include_str!("../../../schemas/agreement.json")));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    agreement: String,
    version: String,
    title: Text,
    basis: Basis,
    from: Date,
    #[serde(default)]
    to: Option<Date>,
    grants: Vec<Grant>,
    #[serde(default)]
    partners: BTreeMap<String, Partner>,
    #[serde(default)]
    tests: Vec<Test>,
}

/// An example in the file: who asks what on which day, and what follows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    asker: String,
    purpose: String,
    #[serde(default)]
    insured: Option<SchemeId>,
    on: Date,
    expect: String,
}

/// Reads the files, runs their tests, and reports every problem.
pub(super) fn read_all<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<Agreement>, Vec<Problem>> {
    let mut agreements: Vec<Agreement> = Vec::new();
    let mut problems = Vec::new();
    for (name, yaml) in files {
        match document::read(name, yaml, &SCHEMA, |file: File| file.check(&agreements)) {
            Ok(agreement) => agreements.push(agreement),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(agreements) } else { Err(problems) }
}

impl File {
    fn check(self, others: &[Agreement]) -> Result<Agreement, Found> {
        let mut found: Found = Vec::new();
        for partner in self.partners.keys() {
            if let Some(other) = others.iter().find(|other| other.partners.contains_key(partner)) {
                let fault = Fault::new("agreement-partner-twice").with("agreement", &other.id);
                found.push((format!("/partners/{partner}"), fault));
            }
        }
        if others.iter().any(|known| known.id == self.agreement) {
            let fault = Fault::new("agreement-twice").with("agreement", &self.agreement);
            found.push(("/agreement".into(), fault));
        }
        if self.to.is_some_and(|to| to < self.from) {
            found.push(("/to".into(), Fault::new("registry-inverted")));
        }
        let agreement = Agreement {
            id: self.agreement,
            version: self.version,
            title: self.title,
            basis: self.basis,
            from: self.from,
            to: self.to,
            grants: self.grants,
            partners: self.partners,
        };
        let alone = Agreements { list: vec![agreement] };
        for (index, test) in self.tests.iter().enumerate() {
            let outcome = test.run(&alone);
            if outcome != test.expect {
                let fault = Fault::new("agreement-test").with("expected", &test.expect);
                found.push((format!("/tests/{index}/expect"), fault.with("found", outcome)));
            }
        }
        if !found.is_empty() {
            return Err(found);
        }
        Ok(alone.list.into_iter().next().expect("the list was made with one agreement"))
    }
}

impl Test {
    fn run(&self, agreements: &Agreements) -> &'static str {
        match agreements.check(&self.asker, &self.purpose, self.insured.as_ref(), self.on) {
            Ok(_) => "allowed",
            Err(refusal) => refusal.code().name(),
        }
    }
}
