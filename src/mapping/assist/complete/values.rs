//! Proposals for values.

use crate::model::IssueCode;

use super::super::super::function::check_digit::Check;
use super::super::super::spec::keys::SEVERITIES;
use super::super::super::verb::{self, Declaration};
use super::super::place::{Group, Place};
use super::super::view::{self, key};
use super::super::word::{self, WordAt, WordKind};
use super::super::{Here, Proposal, ProposalKind, words};
use super::{Offer, insert, keys};

/// The proposals for a value that is one text.
pub fn proposals(here: &Here<'_>) -> Vec<Proposal> {
    match here.place {
        Place::Path if here.is_back() => canonical(here, Here::offer_value),
        Place::Path => paths(here, Here::offer_value),
        Place::Steps => steps(here),
        Place::Argument(name) => argument(here, name),
        Place::TableOrRows => tables(here),
        Place::Codes => {
            listed(here, here.view.library.codes.names(), ProposalKind::Table, "table-shared")
        }
        Place::Code => codes(here),
        Place::Severity => closed(here, SEVERITIES),
        Place::Unmapped => {
            let mut found = closed(here, &["error", "warning", "keep"]);
            found.extend(keys::proposals(here));
            found
        }
        Place::Issue => issues(here),
        Place::Words(words) => closed(here, words),
        Place::Schema => listed(here, here.view.library.schemas.ids(), ProposalKind::Name, ""),
        Place::Record => of_field(here),
        Place::Canonical => of_canonical(here),
        Place::Group(_)
        | Place::Fields
        | Place::Back
        | Place::Values
        | Place::Tables
        | Place::Names
        | Place::Labels
        | Place::Rows
        | Place::Condition
        | Place::Check
        | Place::Template
        | Place::Free => Vec::new(),
    }
}

/// How a proposal is written: as a key or as a value.
type Write<'w> = fn(&Here<'w>, Offer<'_>) -> Proposal;

/// The fields of the sender.
pub fn sources<'w>(here: &Here<'w>, write: Write<'w>) -> Vec<Proposal> {
    let offer = |(path, field): &(String, &crate::schema::FieldInfo)| {
        let offer = Offer::new(path, ProposalKind::Source);
        let offer = offer.detail(words::of(here.language, &field.title));
        write(here, offer.meaning(words::field(here.language, path, field, None)))
    };
    here.view.source_paths().iter().map(offer).collect()
}

/// The author's names, then the fields of the sender.
fn paths<'w>(here: &Here<'w>, write: Write<'w>) -> Vec<Proposal> {
    let mut found = Vec::new();
    for entry in here.view.entries(&["source", "names"]) {
        let path = entry.value.text().unwrap_or_default();
        let short = words::say(here.language, "name-short", &[("path", path.into())]);
        let offer = Offer::new(&entry.key, ProposalKind::Name).detail(short.unwrap_or_default());
        let field = here.view.field(path);
        let meaning = field.map(|field| words::field(here.language, path, field, None));
        found.push(write(here, offer.meaning(meaning.unwrap_or_default())));
    }
    let made = words::say(here.language, "name-made", &[]).unwrap_or_default();
    for entry in here.view.entries(&["values"]) {
        found.push(write(here, Offer::new(&entry.key, ProposalKind::Name).detail(made.as_str())));
    }
    found.extend(sources(here, write));
    found
}

/// The canonical fields that the mapping fills, for the way back.
fn canonical<'w>(here: &Here<'w>, write: Write<'w>) -> Vec<Proposal> {
    let offer = |entry: &super::super::super::yaml::Entry| {
        let offer = Offer::new(&entry.key, ProposalKind::Target);
        let Some((field, takes)) = view::canonical(&here.view.library, &entry.key) else {
            return write(here, offer);
        };
        let offer = offer.detail(words::of(here.language, &field.title));
        write(here, offer.meaning(words::field(here.language, &entry.key, field, takes)))
    };
    here.view.entries(&["fields"]).iter().map(offer).collect()
}

fn steps(here: &Here<'_>) -> Vec<Proposal> {
    let step = |verb: &Declaration| {
        let offer = Offer::new(verb.name, ProposalKind::Verb);
        let offer = offer.detail(verb.meaning.text(here.language));
        let offer = offer.meaning(words::verb(here.language, verb));
        let mut proposal = here.offer_value(offer);
        // Its own example, unless that shows it among others.
        let example = verb.example.steps;
        if example.starts_with('{') {
            proposal.insert = insert::value(here, example);
        }
        proposal
    };
    verb::DECLARATIONS.iter().map(step).collect()
}

/// Layouts of dates with a text that each reads.
pub const LAYOUTS: &[(&str, &str)] = &[
    ("dd/MM/yyyy", "14/06/1985"),
    ("yyyy-MM-dd", "1985-06-14"),
    ("yyyyMMdd", "19850614"),
    ("dd-MM-yyyy", "14-06-1985"),
    ("dd.MM.yyyy", "14.06.1985"),
    ("MM/dd/yyyy", "06/14/1985"),
    ("dd/MM/yy", "14/06/85"),
    ("MM/yyyy", "06/1985"),
    ("yyyy", "1985"),
    ("'VERS 'yyyy~", "VERS 1985"),
    ("serial", "31212"),
    ("edtf", "1985-06"),
];

fn argument(here: &Here<'_>, verb: &str) -> Vec<Proposal> {
    let plain = |known: &[&str]| closed(here, known);
    match verb {
        "date" => LAYOUTS
            .iter()
            .map(|(layout, example)| {
                let args = [("example", (*example).into())];
                let means = words::say(here.language, "layout-means", &args).unwrap_or_default();
                here.offer_value(Offer::new(layout, ProposalKind::Code).detail(means))
            })
            .collect(),
        "keep" => plain(&["digits", "letters", "alphanumeric"]),
        "number" => plain(&[",", "."]),
        "name_part" => plain(&["family", "given", "prefix"]),
        "check_digit" => plain(&Check::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>()),
        "phone" => plain(&["ML", "CI", "NG", "SN", "BF", "GN", "NE", "TG", "BJ", "MR"]),
        _ => Vec::new(),
    }
}

/// The author's tables, then the shared ones.
fn tables(here: &Here<'_>) -> Vec<Proposal> {
    let own = here.view.entries(&["tables"]).iter().map(|entry| entry.key.as_str());
    let mut found = listed(here, own, ProposalKind::Table, "");
    let shared = words::say(here.language, "table-shared", &[]).unwrap_or_default();
    for name in here.view.library.codes.names() {
        let label = format!("codes: {name}");
        let mut proposal =
            here.offer_value(Offer::new(&label, ProposalKind::Table).detail(shared.as_str()));
        proposal.insert = insert::value(here, &format!("{{ {label} }}"));
        found.push(proposal);
    }
    found.extend(keys::proposals(here));
    found
}

/// The codes of the target, or on the way back those of the sender.
fn codes(here: &Here<'_>) -> Vec<Proposal> {
    let keys: Vec<&str> = here.cursor.path.iter().filter_map(key).collect();
    let mut found = Vec::new();
    if let ["back", field, ..] = keys.as_slice() {
        if let Some(field) = here.view.field(field) {
            found.extend(field.codes.iter().map(|code| coded(here, code, field)));
        }
        return found;
    }
    for target in here.view.targets(&here.cursor.path) {
        if let Some((field, _)) = view::canonical(&here.view.library, &target) {
            found.extend(field.codes.iter().map(|code| coded(here, code, field)));
        }
    }
    if here.view.file == Group::Mapping && keys.contains(&"rows") {
        found.extend(keys::proposals(here));
    }
    found
}

fn coded(here: &Here<'_>, code: &str, field: &crate::schema::FieldInfo) -> Proposal {
    let title = words::of(here.language, &field.title);
    here.offer_value(Offer::new(code, ProposalKind::Code).detail(title))
}

/// Codes and examples of the field whose cell the cursor is in.
fn of_field(here: &Here<'_>) -> Vec<Proposal> {
    let name = here.cursor.path.iter().rev().find_map(key);
    let Some(field) = name.and_then(|name| here.view.field(name)) else {
        return keys::proposals(here);
    };
    let known = if field.codes.is_empty() { &field.examples } else { &field.codes };
    known.iter().map(|code| coded(here, code, field)).collect()
}

fn of_canonical(here: &Here<'_>) -> Vec<Proposal> {
    let keys: Vec<&str> = here.cursor.path.iter().filter_map(key).collect();
    let start = keys.iter().position(|key| *key == "expect").map_or(0, |at| at + 1);
    let path = keys.get(start..).unwrap_or_default().join(".");
    let Some((field, _)) = view::canonical(&here.view.library, &path) else {
        return keys::proposals(here);
    };
    if field.codes.is_empty() {
        return keys::proposals(here);
    }
    field.codes.iter().map(|code| coded(here, code, field)).collect()
}

fn issues(here: &Here<'_>) -> Vec<Proposal> {
    let offer = |code: &IssueCode| {
        let offer = Offer::new(code.name(), ProposalKind::Code).detail(code.number());
        here.offer_value(offer.meaning(words::issue(here.language, *code)))
    };
    IssueCode::ALL.iter().map(offer).collect()
}

fn closed(here: &Here<'_>, known: &[&str]) -> Vec<Proposal> {
    let offer = |word: &&str| {
        let meaning = words::say(here.language, &format!("word-{word}"), &[]).unwrap_or_default();
        here.offer_value(Offer::new(word, ProposalKind::Code).detail(meaning))
    };
    known.iter().map(offer).collect()
}

fn listed<'n>(
    here: &Here<'_>,
    names: impl Iterator<Item = &'n str>,
    kind: ProposalKind,
    detail: &str,
) -> Vec<Proposal> {
    let detail = words::say(here.language, detail, &[]).unwrap_or_default();
    names.map(|name| here.offer_value(Offer::new(name, kind).detail(detail.as_str()))).collect()
}

/// The functions of conditions, and how a call begins.
const FUNCTIONS: &[(&str, &str)] = &[
    ("has", "has("),
    ("size", "size("),
    ("startsWith", "startsWith('"),
    ("endsWith", "endsWith('"),
    ("contains", "contains('"),
    ("matches", "matches('"),
];

/// Names, fields and functions in a condition; codes in its quotes.
pub fn in_condition(here: &Here<'_>) -> Vec<Proposal> {
    let span = &here.cursor.span;
    let word = word::in_condition(here.text, span, here.offset);
    if word.kind == WordKind::Text {
        let path = word::compared(here.text, span, &word);
        let field = path.and_then(|path| here.view.field(path));
        let codes = field.map(|field| &*field.codes).unwrap_or_default();
        return codes
            .iter()
            .map(|code| within(here, Offer::new(code, ProposalKind::Code), &word, code))
            .collect();
    }
    let mut found = Vec::new();
    if here.place == Place::Check && span.is_empty() {
        found.extend(closed(here, &["not future"]));
    }
    let read = if here.is_back() {
        canonical(here, Here::offer_value)
    } else {
        paths(here, Here::offer_value)
    };
    for proposal in read {
        let insert = backquoted(&proposal.label, word.kind);
        found.push(Proposal { insert, replace: word.span.clone(), ..proposal });
    }
    let names =
        if here.place == Place::Check { &["value", "today"][..] } else { &["today", "record_id"] };
    let mut say = |label: &str, insert: &str, key: String, kind| {
        let meaning = words::say(here.language, &key, &[]).unwrap_or_default();
        found.push(within(here, Offer::new(label, kind).detail(meaning), &word, insert));
    };
    for name in names {
        say(name, name, format!("name-{name}"), ProposalKind::Name);
    }
    for (name, call) in FUNCTIONS {
        say(name, call, format!("function-{name}"), ProposalKind::Function);
    }
    if span.is_empty() {
        // A condition begins here: it is one text in quotes.
        for proposal in &mut found {
            proposal.insert = insert::value(here, &format!("\"{}\"", proposal.insert));
        }
    }
    found
}

/// Names and fields in the braces of a template.
pub fn in_template(here: &Here<'_>) -> Vec<Proposal> {
    let Some(word) = word::in_template(here.text, &here.cursor.span, here.offset) else {
        return Vec::new();
    };
    let found = paths(here, Here::offer_value).into_iter();
    found
        .map(|proposal| Proposal {
            insert: proposal.label.clone(),
            replace: word.span.clone(),
            ..proposal
        })
        .collect()
}

fn within(here: &Here<'_>, offer: Offer<'_>, word: &WordAt, insert: &str) -> Proposal {
    Proposal { replace: word.span.clone(), ..here.proposal(offer, insert.to_owned()) }
}

/// A path as a condition writes it.
fn backquoted(path: &str, kind: WordKind) -> String {
    let plain = path.chars().all(|c| word::is_part(c) && !matches!(c, '[' | ']'));
    if plain || kind == WordKind::Quoted { path.to_owned() } else { format!("`{path}`") }
}
