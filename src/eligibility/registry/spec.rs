//! The file of a scheme.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use jsonschema::Validator;
use regex::Regex;
use serde::Deserialize;

use crate::model::SchemeId;

use super::super::answer::Reason;
use super::super::document::{self, Fault, Found, Problem, Text};
use super::{
    Approval, Care, ChildLimit, Exclusion, Institution, Kind, NumberSystem, Package, Rates, Scheme,
    Share, Terms,
};

static SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| document::schema(include_str!("../../../schemas/scheme.json")));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scheme: SchemeId,
    version: String,
    title: Text,
    description: Text,
    country: String,
    kind: Kind,
    institution: Institution,
    currency: String,
    priority: u16,
    #[serde(default)]
    from: Option<Date>,
    #[serde(default)]
    to: Option<Date>,
    #[serde(default)]
    successor: Option<SchemeId>,
    #[serde(default)]
    excludes: Vec<Exclusion>,
    record_number: Number,
    #[serde(default)]
    identifiers: Vec<Number>,
    terms: Vec<TermsFile>,
    #[serde(default)]
    indistinct: Vec<Vec<Reason>>,
    #[serde(default)]
    approval: Approval,
    #[serde(default)]
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    system: String,
    code: String,
    #[serde(default)]
    uri: Option<String>,
    #[serde(default)]
    form: Option<String>,
    #[serde(default)]
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsFile {
    #[serde(default)]
    from: Option<Date>,
    #[serde(default)]
    to: Option<Date>,
    waiting_months: u8,
    #[serde(default)]
    child_limit: Option<ChildLimit>,
    packages: BTreeMap<String, PackageFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackageFile {
    title: Text,
    #[serde(default)]
    waiting_months: Option<u8>,
    /// In percent.
    coverage: BTreeMap<Care, f64>,
}

/// An example in the file: what a package pays on a day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    on: Date,
    package: String,
    /// In percent.
    copay: BTreeMap<Care, f64>,
}

/// Reads the files, runs their tests, and reports every problem.
pub(super) fn read_all<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<BTreeMap<SchemeId, Scheme>, Vec<Problem>> {
    let files: Vec<(&str, &str)> = files.into_iter().collect();
    let mut schemes: BTreeMap<SchemeId, Scheme> = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, yaml) in &files {
        let known = |id: &SchemeId| schemes.contains_key(id);
        match document::read(name, yaml, &SCHEMA, |file: File| file.check(known)) {
            Ok(scheme) => {
                schemes.insert(scheme.id.clone(), scheme);
            }
            Err(found) => problems.extend(found),
        }
    }
    // Only worth saying when the files themselves could be read.
    if problems.is_empty() {
        for (name, yaml) in &files {
            let check = |file: File| file.check_others(|id| schemes.contains_key(id));
            problems.extend(document::read(name, yaml, &SCHEMA, check).err().unwrap_or_default());
        }
    }
    if problems.is_empty() { Ok(schemes) } else { Err(problems) }
}

impl File {
    /// Whether the schemes that the file names exist.
    fn check_others(self, known: impl Fn(&SchemeId) -> bool) -> Result<(), Found> {
        let mut found: Found = Vec::new();
        if let Some(next) = self.successor.filter(|next| !known(next)) {
            found
                .push(("/successor".into(), Fault::new("registry-no-scheme").with("scheme", next)));
        }
        for (index, exclusion) in self.excludes.iter().enumerate() {
            let pointer = format!("/excludes/{index}");
            if exclusion.scheme == self.scheme {
                found.push((pointer, Fault::new("registry-excludes-itself")));
            } else if !known(&exclusion.scheme) {
                found.push((
                    pointer,
                    Fault::new("registry-no-scheme").with("scheme", &exclusion.scheme),
                ));
            } else if let (Some(from), Some(to)) = (exclusion.from, exclusion.to)
                && to < from
            {
                found.push((pointer, Fault::new("registry-inverted")));
            }
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    fn check(self, known: impl Fn(&SchemeId) -> bool) -> Result<Scheme, Found> {
        let mut found: Found = Vec::new();
        if known(&self.scheme) {
            let fault = Fault::new("registry-scheme-twice").with("scheme", &self.scheme);
            found.push(("/scheme".into(), fault));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to < from
        {
            found.push(("/to".into(), Fault::new("registry-inverted")));
        }
        let record_number = self.record_number.check("/record_number", &mut found);
        let identifiers = (0..)
            .zip(self.identifiers)
            .map(|(i, number)| number.check(&format!("/identifiers/{i}"), &mut found))
            .collect();
        let terms = check_terms(self.terms, self.kind, &mut found);
        let scheme = Scheme {
            id: self.scheme,
            version: self.version,
            title: self.title,
            description: self.description,
            country: self.country,
            kind: self.kind,
            institution: self.institution,
            currency: self.currency,
            priority: self.priority,
            from: self.from,
            to: self.to,
            successor: self.successor,
            excludes: self.excludes,
            record_number,
            identifiers,
            terms,
            indistinct: self.indistinct,
            approval: self.approval,
        };
        for (index, test) in self.tests.iter().enumerate() {
            if let Err(fault) = test.run(&scheme) {
                found.push((format!("/tests/{index}"), fault));
            }
        }
        if found.is_empty() { Ok(scheme) } else { Err(found) }
    }
}

impl Number {
    fn check(self, pointer: &str, found: &mut Found) -> NumberSystem {
        let form = self.form.as_deref().and_then(|form| {
            // Anchored: a form describes the whole number.
            Regex::new(&format!("^(?:{form})$"))
                .map_err(|error| {
                    let fault = Fault::new("registry-form").with("said", error);
                    found.push((format!("{pointer}/form"), fault));
                })
                .ok()
        });
        for (index, example) in self.examples.iter().enumerate() {
            if form.as_ref().is_some_and(|form| !form.is_match(example)) {
                let fault = Fault::new("registry-example").with("example", example);
                found.push((format!("{pointer}/examples/{index}"), fault));
            }
        }
        NumberSystem { system: self.system, code: self.code, uri: self.uri, form }
    }
}

fn check_terms(files: Vec<TermsFile>, kind: Kind, found: &mut Found) -> Vec<Terms> {
    let mut terms: Vec<Terms> = Vec::new();
    for (index, file) in files.into_iter().enumerate() {
        let pointer = format!("/terms/{index}");
        if kind.covers() == file.packages.is_empty() {
            let fault = Fault::new(if kind.covers() {
                "registry-needs-package"
            } else {
                "registry-grants-none"
            });
            found.push((format!("{pointer}/packages"), fault));
        }
        if let (Some(from), Some(to)) = (file.from, file.to)
            && to < from
        {
            found.push((format!("{pointer}/to"), Fault::new("registry-inverted")));
        }
        if let Some(before) = terms.last()
            && before.to.is_none_or(|to| file.from.is_none_or(|from| from <= to))
        {
            found.push((format!("{pointer}/from"), Fault::new("registry-terms-overlap")));
        }
        let packages = file
            .packages
            .into_iter()
            .map(|(code, package)| {
                let pointer = format!("{pointer}/packages/{code}/coverage");
                let package = Package {
                    title: package.title,
                    coverage: rates(&package.coverage, &pointer, found),
                    waiting_months: package.waiting_months,
                };
                (code, package)
            })
            .collect();
        terms.push(Terms {
            from: file.from,
            to: file.to,
            waiting_months: file.waiting_months,
            child_limit: file.child_limit,
            packages,
        });
    }
    terms
}

fn rates(percents: &BTreeMap<Care, f64>, pointer: &str, found: &mut Found) -> Rates {
    let mut rates = Rates::new();
    for (care, percent) in percents {
        match share(*percent) {
            Some(share) => {
                rates.insert(*care, share);
            }
            None => found.push((
                pointer.to_owned(),
                Fault::new("registry-percentage").with("value", percent),
            )),
        }
    }
    rates
}

/// A percentage from 0 to 100 with at most two decimals.
fn share(percent: f64) -> Option<Share> {
    let points = percent * 100.0;
    let whole = points.round();
    if !(0.0..=10_000.0).contains(&whole) || (points - whole).abs() > 1e-6 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10,000")]
    Share::from_basis_points(whole as u16)
}

impl Test {
    fn run(&self, scheme: &Scheme) -> Result<(), Fault> {
        let Some((_, package)) = scheme.package_on(Some(&self.package), self.on) else {
            let fault = Fault::new("registry-test-package").with("package", &self.package);
            return Err(fault.with("day", self.on));
        };
        for (care, percent) in &self.copay {
            let found = package.coverage.get(care).map(|share| share.rest());
            if found != share(*percent) {
                let fault = Fault::new("registry-test-rate").with("expected", percent);
                let found = found.map_or_else(|| "–".to_owned(), |share| share.percent());
                let care = format!("{care:?}").to_lowercase();
                return Err(fault.with("care", care).with("found", found));
            }
        }
        Ok(())
    }
}
