//! The file of an agreement.

use std::sync::LazyLock;

use jiff::civil::Date;
use jsonschema::Validator;
use serde::Deserialize;

use crate::model::SchemeId;

use super::super::document::{self, Problem, Text};
use super::{Agreement, Agreements, Basis, Grant};

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
        match read(name, yaml) {
            Ok(agreement) if agreements.iter().any(|known| known.id == agreement.id) => {
                let message = format!("another file is also agreement `{}`", agreement.id);
                problems.push(Problem { file: name.into(), pointer: "/agreement".into(), message });
            }
            Ok(agreement) => agreements.push(agreement),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(agreements) } else { Err(problems) }
}

fn read(name: &str, yaml: &str) -> Result<Agreement, Vec<Problem>> {
    let file: File = document::read(name, yaml, &SCHEMA)?;
    let mut problems = Vec::new();
    if file.to.is_some_and(|to| to < file.from) {
        problems.push(Problem {
            file: name.into(),
            pointer: "/to".into(),
            message: "the agreement ends before it begins".into(),
        });
    }
    let agreement = Agreement {
        id: file.agreement,
        version: file.version,
        title: file.title,
        basis: file.basis,
        from: file.from,
        to: file.to,
        grants: file.grants,
    };
    let alone = Agreements { list: vec![agreement] };
    for (index, test) in file.tests.iter().enumerate() {
        let outcome = test.run(&alone);
        if outcome != test.expect {
            problems.push(Problem {
                file: name.into(),
                pointer: format!("/tests/{index}/expect"),
                message: format!("expected `{}`, comes to `{outcome}`", test.expect),
            });
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(alone.list.into_iter().next().expect("the list was made with one agreement"))
}

impl Test {
    fn run(&self, agreements: &Agreements) -> &'static str {
        match agreements.check(&self.asker, &self.purpose, self.insured.as_ref(), self.on) {
            Ok(_) => "allowed",
            Err(refusal) => refusal.code().name(),
        }
    }
}
