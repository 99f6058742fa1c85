//! The page of every issue code, `docs/errors.md`, made from the catalogue.

use std::fmt::Write;

use super::text;
use crate::model::{IssueCode, Language};

/// The families of codes by their letter, with their titles in French and English.
const FAMILIES: [(char, &str, &str); 5] = [
    ('F', "Les octets du fichier", "The bytes of the file"),
    ('S', "Le schéma de l’expéditeur", "The sender’s schema"),
    ('D', "Le sens d’une valeur", "The meaning of a value"),
    ('R', "Les renvois entre fiches", "References between records"),
    ('P', "Les droits et les accords", "Rights and agreements"),
];

/// The page, in Markdown: each code with what it means and how to mend it, in both languages.
#[must_use]
pub fn errors() -> String {
    let mut page = String::from(OPENING);
    for (letter, french, english) in FAMILIES {
        let _ = write!(page, "\n## {letter} · {french} · {english}\n");
        for code in IssueCode::ALL.iter().filter(|code| code.number().starts_with(letter)) {
            let _ = write!(page, "\n### {} `{}`\n\n", code.number(), code.name());
            for language in Language::ALL {
                page.push_str(&entry(*code, language));
            }
        }
    }
    page
}

const OPENING: &str = "\
# What can be wrong, and how to mend it · Ce qui peut clocher, et comment y remédier

Every refusal has a code: a number and a name. A code of severity `error` refuses the record, one of
severity `warning` leaves one field out and the record stands. The same file can always be sent
again: what is already known is not doubled.

Chaque refus a un code : un numéro et un nom. La gravité `error` refuse la fiche ; la gravité
`warning` laisse un champ de côté et la fiche est acceptée. Le même fichier peut toujours être
renvoyé : ce qui est déjà connu n’est pas doublé.

This page is made from the catalogue of messages (`src/messages`); a test compares the two.
";

fn entry(code: IssueCode, language: Language) -> String {
    let key = format!("issue-{}", code.name());
    let title = text(language, &format!("{key}.title"), &[]);
    let detail = text(language, &key, &[("given", "no".into()), ("value", "".into())]);
    let mend = text(language, &format!("{key}.mend"), &[]);
    let remedy = match language {
        Language::French => "Remède\u{a0}:",
        Language::English => "To mend it:",
    };
    let detail = sentence(&detail);
    format!("- **{}** · **{title}.** {detail} *{remedy}* {mend}\n", language.tag())
}

/// With a capital first letter and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
