//! A step in the life of a version, taken by a button. Each names the version by its hash, so that nobody agrees to
//! another text than the one they read.

use axum::extract::State;
use axum::response::Response;

use super::finding::Hindrance;
use super::{Of, path, show};
use crate::http::{App, Problem};
use crate::model::{Instant, Scope};
use crate::operations::library::{FileId, Kind};
use crate::operations::versions::{self, Chosen, LifeError};
use crate::ui::form::Form;
use crate::ui::page::done;
use crate::ui::visit::Member;

/// Takes it, and goes back to the file; one that is not taken is told there.
pub async fn take(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let hash = form.text("hash");
    match step(&app, &member, &file, &form).await {
        Ok(said) => Ok(done(&path(&file), said)),
        Err(error) => {
            let hindrance = Hindrance::of(member.visit.words, error)?;
            show::hindered(&app, &member, (&file, hash), hindrance).await
        }
    }
}

/// Does it, and answers the end of a key `page-done-…`.
async fn step(
    app: &App,
    member: &Member,
    file: &FileId,
    form: &Form,
) -> Result<&'static str, LifeError> {
    let (hub, by, hash) = (app.hub(), &member.caller, form.text("hash"));
    let scope = match form.text("do") {
        "test" | "withdraw" => Scope::MappingsWrite,
        _ => Scope::MappingsPublish,
    };
    // Who may not is told nothing else.
    if !versions::may(&hub.library(), by, scope, file) {
        return Err(LifeError::NotPermitted { scope, file: file.clone() });
    }
    Ok(match form.text("do") {
        "test" => {
            let checked = versions::test(hub, by, file, hash).await?;
            if !checked.passed() {
                return Err(LifeError::Wrong(checked.problems));
            }
            "version-tested"
        }
        "approve" => {
            versions::approve(hub, by, file, hash).await?;
            "version-approved"
        }
        "withdraw" => {
            versions::withdraw(hub, by, file, hash).await?;
            "version-withdrawn"
        }
        "return" => {
            versions::rollback(hub, by, file, Some(hash)).await?;
            "version-returned"
        }
        _ => {
            let own = Chosen { file: file.clone(), hash: hash.to_owned() };
            let chosen: Vec<Chosen> =
                std::iter::once(own).chain(form.all("with").filter_map(chosen)).collect();
            let at = moment(form.text("at"))?;
            versions::publish(hub, by, &chosen, at).await?;
            if at.is_some() { "version-planned" } else { "version-published" }
        }
    })
}

/// « kind:name:hash ».
fn chosen(text: &str) -> Option<Chosen> {
    let (kind, rest) = text.split_once(':')?;
    let (name, hash) = rest.rsplit_once(':')?;
    Some(Chosen { file: FileId::new(Kind::parse(kind)?, name)?, hash: hash.to_owned() })
}

/// A moment as browsers write it, `2027-01-01T00:00`, in UTC; none is at once.
fn moment(text: &str) -> Result<Option<Instant>, LifeError> {
    if text.is_empty() {
        return Ok(None);
    }
    let seconds = if text.len() == "2027-01-01T00:00".len() { ":00" } else { "" };
    Instant::parse(&format!("{text}{seconds}Z")).map(Some).ok_or(LifeError::Past)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_browsers_write_it() {
        let read = |text| moment(text).ok().flatten().map(|at| at.to_string());
        assert_eq!(read("2027-01-01T06:30").as_deref(), Some("2027-01-01T06:30:00Z"));
        assert_eq!(read("2027-01-01T06:30:15").as_deref(), Some("2027-01-01T06:30:15Z"));
        assert!(matches!(moment(""), Ok(None)));
        assert!(moment("tomorrow").is_err());
    }

    #[test]
    fn the_name_of_a_schema_keeps_its_slash() {
        let found = chosen("schema:ml-utm/1:abc").expect("a version");
        assert_eq!((found.file.name.as_str(), found.hash.as_str()), ("ml-utm/1", "abc"));
    }
}
