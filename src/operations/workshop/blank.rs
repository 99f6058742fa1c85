//! What stands in a new file of each kind: its shape, with remarks for whoever fills it in. What has to be decided by
//! somebody is left empty, so that the checker asks for it and nothing is published by oversight.

use jiff::civil::Date;

use super::Beginning;
use super::begin::entry;
use crate::model::{Language, SchemeId};
use crate::operations::library::{FileId, Kind};

/// For whom a file is begun, and where.
pub struct Ground<'g> {
    /// The language of the remarks.
    pub language: Language,
    /// From which day an agreement holds when nobody says otherwise.
    pub today: Date,
    /// The schemes that can be named.
    pub schemes: &'g [SchemeId],
}

/// The text of a new file; none for match rules, of which there is always one.
#[must_use]
pub fn blank(file: &FileId, ground: &Ground<'_>) -> Option<String> {
    let pick = |english, french| match ground.language {
        Language::English => english,
        Language::French => french,
    };
    let template = match file.kind {
        Kind::Codes => {
            pick(include_str!("blank/codes.en.yaml"), include_str!("blank/codes.fr.yaml"))
        }
        Kind::Mapping => {
            pick(include_str!("blank/mapping.en.yaml"), include_str!("blank/mapping.fr.yaml"))
        }
        Kind::Agreement => {
            pick(include_str!("blank/agreement.en.yaml"), include_str!("blank/agreement.fr.yaml"))
        }
        Kind::Schema => {
            pick(include_str!("blank/schema.en.json"), include_str!("blank/schema.fr.json"))
        }
        Kind::Scheme => return Some(registered(&file.name, ground.language)),
        Kind::Identity => return None,
    };
    let schemes: Vec<&str> = ground.schemes.iter().map(SchemeId::as_str).collect();
    let filled = template.replace("{name}", &file.name);
    Some(
        filled
            .replace("{today}", &ground.today.to_string())
            .replace("{schemes}", &schemes.join(", ")),
    )
}

/// An entry of the registry; the name of a scheme begins with its country, as `ml-new`.
fn registered(name: &str, language: Language) -> String {
    let country = name.split('-').next().unwrap_or_default().to_uppercase();
    entry(&Beginning {
        scheme: name.to_owned(),
        title: name.to_owned(),
        country,
        language,
        sample: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::library::DataFile;

    fn text(kind: Kind, name: &str, language: Language) -> String {
        let file = FileId { kind, name: name.to_owned() };
        let schemes = ["ml-utm".parse().expect("a scheme")];
        let today = jiff::civil::date(2026, 1, 31);
        blank(&file, &Ground { language, today, schemes: &schemes }).expect("a text")
    }

    #[test]
    fn a_new_file_says_which_it_is_in_both_languages() {
        for language in [Language::French, Language::English] {
            for kind in [Kind::Codes, Kind::Mapping, Kind::Scheme, Kind::Agreement] {
                let text = text(kind, "ml-new", language);
                assert!(!text.contains("{name}") && !text.contains("{today}"), "{text}");
                let file = DataFile::yaml("new.yaml", text).expect("one of our files");
                assert_eq!(file.id(), FileId { kind, name: "ml-new".to_owned() });
            }
            let schema = text(Kind::Schema, "ml-new/1", language);
            let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
            assert_eq!(schema["title"], "ml-new/1");
        }
    }

    #[test]
    fn there_is_always_one_match_model() {
        let file = FileId { kind: Kind::Identity, name: "identity".to_owned() };
        let ground = Ground {
            language: Language::French,
            today: jiff::civil::date(2026, 1, 31),
            schemes: &[],
        };
        assert!(blank(&file, &ground).is_none());
    }
}
