use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;

use super::*;
use crate::model::{Expected, Issue, IssueCode, Place};

/// Every key and `key.attribute` of one source with the variables that it names.
fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    let (mut id, mut current) = (String::new(), String::new());
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let starts = line.split_once(" =").map(|(key, _)| key);
        match starts {
            Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase()) => {
                id = key.to_owned();
                current.clone_from(&id);
            }
            Some(key) if key.trim_start().starts_with('.') => {
                current = format!("{id}{}", key.trim_start());
            }
            _ => {}
        }
        let variables = found.entry(current.clone()).or_default();
        for rest in line.split('$').skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
            variables.insert(name.to_owned());
        }
    }
    found.remove("");
    found
}

#[test]
fn both_languages_have_every_key_with_the_same_variables() {
    for topic in TOPICS {
        let (french, english) = (keys(topic.french), keys(topic.english));
        assert!(french.len() > 3, "no keys found in {}", topic.name);
        for (key, variables) in &french {
            assert_eq!(english.get(key), Some(variables), "`{key}` in en/{}.ftl", topic.name);
        }
        for key in english.keys() {
            assert!(french.contains_key(key), "`{key}` is not in fr/{}.ftl", topic.name);
        }
    }
}

#[test]
fn every_topic_parses_without_junk() {
    for topic in TOPICS {
        for source in [topic.french, topic.english] {
            if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
                panic!("{}: {errors:?}", topic.name);
            }
        }
    }
}

#[test]
fn french_is_set_with_french_spaces_quotes_and_apostrophes() {
    for topic in TOPICS {
        for line in topic.french.lines().filter(|line| !line.starts_with('#')) {
            for wrong in [" :", " ;", " ?", " !", "« ", " »", "'"] {
                assert!(!line.contains(wrong), "`{wrong}` in fr/{}.ftl: {line}", topic.name);
            }
        }
    }
}

#[test]
fn every_code_is_said_with_and_without_a_value_in_both_languages() {
    for language in Language::ALL {
        for code in IssueCode::ALL {
            let bare = Issue::error(*code, Place::at_line(1842));
            let full = bare.clone().field("Sexe").value("X").record_id("UTM-001-0000457/2");
            for said in [issue(&bare, language), issue(&full, language)] {
                assert!(!said.title.starts_with("issue-"), "{code}: no title");
                assert!(said.mend.len() > 20, "{code}: no advice");
                assert!(!said.detail.contains(['{', '}', '$']), "{code}: {}", said.detail);
                assert!(said.line.contains("1842"), "{code}: {}", said.line);
            }
        }
    }
}

#[test]
fn the_place_reads_as_a_person_would_say_it() {
    let bad = Issue::error(IssueCode::BadDate, Place::at_line(1842))
        .record_id("UTM-001-0000457/2")
        .field("Date de naissance")
        .value("45/13/1987")
        .expected(Expected::Form("dd/MM/yyyy".to_owned()));
    let said = issue(&bad, Language::French);
    assert_eq!(
        said.line,
        "ligne 1842, bénéficiaire UTM-001-0000457/2, champ Date de naissance\u{a0}: \
         «\u{a0}45/13/1987\u{a0}» n’est pas une date possible"
    );
    assert_eq!(said.expected.as_deref(), Some("jj/MM/aaaa"));
    let said = issue(&bad, Language::English);
    assert_eq!(
        said.line,
        "line 1842, beneficiary UTM-001-0000457/2, field Date de naissance: \
         “45/13/1987” is not a possible date"
    );
    assert_eq!(said.expected.as_deref(), Some("dd/MM/yyyy"));
}

#[test]
fn every_kind_of_expectation_is_said() {
    let many = (0..40).map(|i| format!("{i:02}")).collect::<Vec<_>>();
    let range = |min: Option<&str>, max: Option<&str>| Expected::Range {
        min: min.map(str::to_owned),
        max: max.map(str::to_owned),
    };
    let cases = [
        (Expected::Form("^[0-9]{13}$".into()), "13 chiffres"),
        (Expected::Form("^UTM-".into()), "la forme ^UTM-"),
        (Expected::OneOf(vec!["M".into(), "F".into()]), "l’un de M, F"),
        (Expected::Type("array".into()), "une liste"),
        (Expected::Columns(1), "1 colonne"),
        (Expected::Columns(21), "21 colonnes"),
        (range(Some("1"), Some("9")), "de 1 à 9"),
        (range(Some("1"), None), "au moins 1"),
        (range(None, Some("9")), "au plus 9"),
        (Expected::AtMost(1_048_576), "au plus 1\u{202f}048\u{202f}576"),
        (Expected::Check("nina".into()), "un numéro dont la clé NINA est juste"),
        (Expected::Condition("not future".into()), "une date qui n’est pas dans l’avenir"),
        (Expected::Condition("<= 2026-01-31".into()), "le 2026-01-31 au plus tard"),
        (
            Expected::Condition("SEXE in ['M']".into()),
            "que cette règle soit respectée\u{a0}: SEXE in ['M']",
        ),
    ];
    for (expected, words) in cases {
        let said = issue(
            &Issue::error(IssueCode::BadValue, Place::default()).expected(expected),
            Language::French,
        );
        assert_eq!(said.expected.as_deref(), Some(words));
    }
    let said = issue(
        &Issue::error(IssueCode::UnknownCode, Place::default()).expected(Expected::OneOf(many)),
        Language::English,
    );
    assert!(said.expected.is_some_and(|words| words.ends_with("11… (40 codes in all)")));
}

#[test]
fn control_characters_of_hostile_values_are_not_passed_on() {
    let bad = Issue::error(IssueCode::UnknownCode, Place::default()).value("\u{1b}[31mX");
    assert!(!issue(&bad, Language::French).detail.contains('\u{1b}'));
}

#[test]
fn numbers_are_grouped_as_each_language_does() {
    let args = [("count", Value::from(1_234_567))];
    assert_eq!(text(Language::French, "expected-limit", &args), "au plus 1\u{202f}234\u{202f}567");
    assert_eq!(text(Language::English, "expected-limit", &args), "at most 1,234,567");
}
