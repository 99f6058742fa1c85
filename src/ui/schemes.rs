//! The registry of schemes and the agreements between them, as they are in force: who insures whom, who may ask about
//! whom. They are data files; how they are changed is the workshop's.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page::page;
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::eligibility::agreement::Agreement;
use crate::eligibility::registry::{self, Kind};
use crate::http::{App, Problem};
use crate::model::Scope;

struct Scheme {
    id: String,
    title: String,
    country: String,
    kind: String,
    institution: String,
    packages: String,
    version: String,
}

impl Scheme {
    fn of(words: Words, scheme: &registry::Scheme) -> Self {
        let packages = scheme.terms.last().map(|terms| {
            let names: Vec<&str> = terms.packages.keys().map(String::as_str).collect();
            names.join(", ")
        });
        Self {
            id: scheme.id.to_string(),
            title: scheme.title.get(words.0).to_owned(),
            country: scheme.country.clone(),
            kind: words.named("page-scheme-kind", kind(scheme.kind)),
            institution: scheme.institution.name.get(words.0).to_owned(),
            packages: packages.unwrap_or_default(),
            version: scheme.version.clone(),
        }
    }
}

const fn kind(kind: Kind) -> &'static str {
    if kind.covers() { "covers" } else { "lists" }
}

struct Deal {
    id: String,
    title: String,
    basis: String,
    since: String,
    until: Option<String>,
    grants: Vec<(String, String, String)>,
}

impl Deal {
    fn of(words: Words, agreement: &Agreement) -> Self {
        let all = |ids: &std::collections::BTreeSet<crate::model::SchemeId>| {
            ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        let purposes = |names: &std::collections::BTreeSet<String>| {
            let said: Vec<String> =
                names.iter().map(|name| words.named("page-purpose", name)).collect();
            said.join(", ")
        };
        Self {
            id: format!("{}/{}", agreement.id, agreement.version),
            title: agreement.title.get(words.0).to_owned(),
            basis: agreement.basis.text.get(words.0).to_owned(),
            since: words.day(agreement.from),
            until: agreement.to.map(|day| words.day(day)),
            grants: agreement
                .grants
                .iter()
                .map(|grant| (all(&grant.askers), all(&grant.insured), purposes(&grant.purposes)))
                .collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "schemes.html")]
struct List {
    shell: Shell,
    schemes: Vec<Scheme>,
    deals: Vec<Deal>,
}

/// What is in force.
pub async fn list(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let words = member.visit.words;
    let library = app.hub().library();
    let list = List {
        shell: Shell::new(&member, Section::Schemes, "page-schemes-title"),
        schemes: library.registry().schemes().map(|one| Scheme::of(words, one)).collect(),
        deals: library.agreements().iter().map(|one| Deal::of(words, one)).collect(),
    };
    page(words, &list)
}
