//! Home: what needs a person now.

use askama::Template;
use axum::response::Response;

use super::page::page;
use super::shell::{Section, Shell};
use super::visit::Member;
use crate::http::Problem;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    shell: Shell,
    name: String,
    lacks_second_factor: bool,
}

/// The beginning.
pub async fn show(member: Member) -> Result<Response, Problem> {
    let account = &member.seated.account;
    let home = Home {
        shell: Shell::new(&member, Section::Home, "page-home"),
        name: account.name.to_string(),
        lacks_second_factor: !account.has_second_factor,
    };
    page(member.visit.words, &home)
}
