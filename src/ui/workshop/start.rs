//! A new scheme begins with a sample of its file: what can be told from it is drafted with reasons, and opened for a person
//! to correct.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::edit;
use super::finding::Hindrance;
use crate::http::{App, Code, Problem};
use crate::mapping::infer::{InferError, SurveyError};
use crate::model::Scope;
use crate::operations::versions::LifeError;
use crate::operations::workshop::{BeginError, Beginning, LARGEST_SAMPLE, begin};
use crate::ui::form::Upload;
use crate::ui::page::{page, refused};
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;
use crate::ui::words::Words;

/// Countries that are offered; the first is chosen.
const COUNTRIES: [&str; 16] = [
    "ML", "CI", "SN", "BF", "NE", "NG", "GH", "GN", "TG", "BJ", "MR", "GM", "GW", "SL", "LR", "CV",
];

#[derive(Template)]
#[template(path = "workshop/start.html")]
struct Start {
    shell: Shell,
    countries: Vec<(&'static str, bool)>,
    scheme: String,
    title: String,
    pasted: String,
    scheme_wrong: Option<String>,
    sample_wrong: Option<String>,
    hindrance: Option<Hindrance>,
}

impl Start {
    fn new(member: &Member, upload: Option<&Upload>) -> Self {
        let text =
            |name: &str| upload.map(|upload| upload.form.text(name).to_owned()).unwrap_or_default();
        let chosen = text("country");
        let country = |code: &'static str| (code, code == chosen);
        Self {
            shell: Shell::new(member, Section::Workshop, "page-start"),
            countries: COUNTRIES.map(country).into(),
            scheme: text("scheme"),
            title: text("title"),
            pasted: upload.map(|up| up.form.exact("pasted").to_owned()).unwrap_or_default(),
            scheme_wrong: None,
            sample_wrong: None,
            hindrance: None,
        }
    }
}

/// Asks for the file, and whose it is.
pub async fn show(member: Member, State(_): State<App>) -> Result<Response, Problem> {
    let member = founder(member)?;
    page(member.visit.words, &Start::new(&member, None))
}

/// Drafts the files, and opens the mapping beside the sample.
pub async fn take(
    member: Member,
    State(app): State<App>,
    upload: Upload,
) -> Result<Response, Problem> {
    let member = founder(member)?;
    let words = member.visit.words;
    let scheme = upload.form.text("scheme").to_ascii_lowercase();
    let pasted = upload.form.exact("pasted");
    let sample = if upload.file.is_empty() { pasted.as_bytes() } else { &upload.file };
    let mut again = Start::new(&member, Some(&upload));
    again.scheme_wrong = (!is_id(&scheme)).then(|| words.say("page-start-bad-id"));
    again.sample_wrong = sample.trim_ascii().is_empty().then(|| words.say("page-start-no-file"));
    if again.scheme_wrong.is_some() || again.sample_wrong.is_some() {
        return refused(words, &again);
    }
    let title = upload.form.text("title");
    let country = COUNTRIES.into_iter().find(|code| *code == upload.form.text("country"));
    let new = Beginning {
        title: if title.is_empty() { scheme.clone() } else { title.to_owned() },
        scheme,
        country: country.unwrap_or(COUNTRIES[0]).to_owned(),
        language: words.0,
        sample: sample.to_vec(),
    };
    let shown = readable(sample);
    match begin(app.hub(), &member.caller, new).await {
        Ok(file) => edit::begun(&app, &member, &file, shown).await,
        Err(BeginError::Infer(error)) => {
            again.sample_wrong = Some(unreadable(words, &error));
            refused(words, &again)
        }
        Err(BeginError::Life(LifeError::Stale { .. })) => {
            again.scheme_wrong = Some(words.say("page-start-known"));
            refused(words, &again)
        }
        Err(BeginError::Life(error)) => {
            again.hindrance = Some(Hindrance::of(words, error)?);
            refused(words, &again)
        }
    }
}

/// A new scheme is for those who run the hub: it does not belong to anybody yet.
fn founder(member: Member) -> Result<Member, Problem> {
    let member = member.with(Scope::MappingsWrite)?;
    if member.caller.runs_the_hub() {
        Ok(member)
    } else {
        Err(Problem::new(Code::NotPermitted).with("scope", Scope::MappingsWrite.name()))
    }
}

fn is_id(scheme: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (2..=40).contains(&scheme.len())
        && scheme.chars().all(fits)
        && scheme.starts_with(|c: char| c.is_ascii_lowercase())
}

fn unreadable(words: Words, error: &InferError) -> String {
    match error {
        InferError::Survey(SurveyError::Unreadable(detail)) => {
            words.of("infer-unreadable", "detail", detail)
        }
        InferError::Survey(SurveyError::UnknownContainer) => words.say("infer-no-container"),
        InferError::Survey(SurveyError::Empty) => words.say("infer-empty"),
        InferError::Uncompilable(detail) => words.of("infer-broken", "detail", detail),
    }
}

/// The beginning of a sample as text, cut at the end of a line; nothing of what is packed.
fn readable(sample: &[u8]) -> String {
    let cut = sample.get(..LARGEST_SAMPLE).unwrap_or(sample);
    if cut.contains(&0) || cut.starts_with(&[0x1f, 0x8b]) || cut.starts_with(&[0x28, 0xb5]) {
        return String::new();
    }
    let text = match std::str::from_utf8(cut) {
        Ok(text) => text.to_owned(),
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(cut).into_owned(),
        // As Excel saves it here.
        Err(_) => encoding_rs::WINDOWS_1252.decode(cut).0.into_owned(),
    };
    match text.rfind('\n') {
        Some(end) if cut.len() < sample.len() => text.get(..=end).unwrap_or_default().to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_shown_as_it_reads() {
        assert_eq!(readable("Né(e);Fatoumata\n".as_bytes()), "Né(e);Fatoumata\n");
        assert_eq!(readable(b"N\xe9(e);Fatoumata\n"), "Né(e);Fatoumata\n");
        assert_eq!(readable(b"\x1f\x8b\x08packed"), "");
        let long = "a;b\n".repeat(LARGEST_SAMPLE);
        let shown = readable(long.as_bytes());
        assert!(shown.len() <= LARGEST_SAMPLE && shown.ends_with("a;b\n"));
    }
}
