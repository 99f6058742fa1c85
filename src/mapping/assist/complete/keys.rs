//! Proposals for keys.

use crate::schema::{FieldInfo, Step};

use super::super::super::target::{self, LISTS, Takes};
use super::super::super::verb;
use super::super::cursor::Spot;
use super::super::place::{Group, Place};
use super::super::view::{self, entries, key};
use super::super::{Here, Proposal, ProposalKind, words};
use super::{Offer, values};

/// The proposals for a key, without those that stand there already.
pub fn proposals(here: &Here<'_>) -> Vec<Proposal> {
    let mut found = match here.place {
        Place::Group(group) => of_group(here, group),
        Place::Unmapped => of_group(here, Group::Unmapped),
        Place::Code => of_group(here, Group::Row),
        Place::Fields => targets(here),
        Place::Canonical => canonical(here),
        Place::Back | Place::Labels => values::sources(here, Here::offer_key),
        Place::Record => record(here),
        Place::Rows => rows(here),
        Place::TableOrRows => {
            let mut found = rows(here);
            found.extend(of_group(here, Group::Table));
            found
        }
        Place::Steps => steps(here),
        Place::Values
        | Place::Tables
        | Place::Names
        | Place::Argument(_)
        | Place::Path
        | Place::Codes
        | Place::Condition
        | Place::Check
        | Place::Template
        | Place::Severity
        | Place::Issue
        | Place::Words(_)
        | Place::Schema
        | Place::Free => Vec::new(),
    };
    let there = here.siblings();
    found.retain(|proposal| !there.contains(&proposal.label));
    found
}

fn of_group(here: &Here<'_>, group: Group) -> Vec<Proposal> {
    let offer = |name: &&str| {
        let meaning = words::key(here.language, group, name).unwrap_or_default();
        here.offer_key(Offer::new(name, ProposalKind::Key).meaning(meaning))
    };
    group.keys().iter().map(offer).collect()
}

/// Names for the elements of lists: those that the file already uses, else the usual one.
const LABELS: &[(&str, &str)] = &[
    ("person.names", "official"),
    ("person.identifiers", "system"),
    ("person.addresses", "home"),
    ("coverages.suspensions", "0"),
];

/// The canonical fields, or within a repeated group those of its items.
fn targets(here: &Here<'_>) -> Vec<Proposal> {
    let group = view::target_path(&here.cursor.path, None);
    let start = if group.is_empty() { String::new() } else { format!("{}.", view::plain(&group)) };
    let mut found = groups(here, &start);
    for (path, takes, required) in target::FIELDS {
        let named = matches!(*path, "person.identifiers.system" | "person.names.use");
        if *takes == Takes::Hub && (start.is_empty() || !named) {
            continue;
        }
        let Some(inner) = path.strip_prefix(&start) else { continue };
        let label = match (*path, start.as_str()) {
            ("extensions", _) => format!("extensions.{}.name", here.scheme()),
            ("person.identifiers.value", "") => here.labelled("person.identifiers", ""),
            _ => here.labelled(inner, &start),
        };
        let whole = format!("{start}{label}");
        let mut offer = Offer::new(&label, ProposalKind::Target);
        if let Some((field, _)) = view::canonical(&here.view.library, &whole) {
            let mark = if *required { " *" } else { "" };
            let title = words::of(here.language, &field.title);
            offer = offer.detail(format!("{title}{mark}"));
            offer = offer.meaning(words::field(here.language, &label, field, Some(*takes)));
        }
        found.push(here.offer_key(offer));
    }
    found
}

/// The lists that a repeated group of the source may fill.
fn groups(here: &Here<'_>, start: &str) -> Vec<Proposal> {
    let lists = LISTS.iter().filter_map(|list| list.strip_prefix(start));
    let lists = lists.filter(|list| {
        let inside = format!("{start}{list}.");
        target::FIELDS.iter().any(|(path, _, _)| path.starts_with(&inside))
    });
    let meaning = words::key(here.language, Group::Repeated, "each").unwrap_or_default();
    lists
        // `coverages.suspensions` without a group around it is no list of its own.
        .filter(|list| !list.starts_with("coverages."))
        .map(|list| {
            let label = format!("{list}[]");
            here.offer_key(Offer::new(&label, ProposalKind::Target).meaning(meaning.as_str()))
        })
        .collect()
}

/// The next keys below the cursor in `expect`.
fn canonical(here: &Here<'_>) -> Vec<Proposal> {
    let Some(schema) = here.view.library.schemas.get("beneficiary/1") else { return Vec::new() };
    children(here, schema.fields(), "expect")
}

/// The next keys below the cursor in `sample` or `given`.
fn record(here: &Here<'_>) -> Vec<Proposal> {
    let fields = here.view.schema.map_or(&[][..], |schema| schema.fields());
    let keys: Vec<&str> = here.cursor.path.iter().filter_map(key).collect();
    children(here, fields, if keys.contains(&"given") { "given" } else { "sample" })
}

fn children(here: &Here<'_>, fields: &[FieldInfo], start: &str) -> Vec<Proposal> {
    let keys: Vec<&str> = here.cursor.path.iter().filter_map(key).collect();
    let above = keys.iter().position(|key| *key == start).and_then(|at| keys.get(at + 1..));
    let above = above.unwrap_or_default();
    let below = fields.iter().filter_map(|field| {
        if !matches!(field.steps.last(), Some(Step::Key(_))) {
            return None;
        }
        let names: Vec<&str> = view::keys_of(field);
        let (name, before) = names.split_last()?;
        (before == above).then(|| {
            let offer = Offer::new(name, ProposalKind::Source);
            let offer = offer.detail(words::of(here.language, &field.title));
            here.offer_key(offer.meaning(words::field(here.language, name, field, None)))
        })
    });
    below.collect()
}

/// The codes of the sender that the table is for.
fn rows(here: &Here<'_>) -> Vec<Proposal> {
    let fields = here.view.sources(&here.cursor.path);
    let codes = fields.iter().flat_map(|field| field.codes.iter().map(move |code| (code, field)));
    let offer = |(code, field): (&String, &&FieldInfo)| {
        let offer = Offer::new(code, ProposalKind::Code);
        let offer = offer.detail(words::of(here.language, &field.title));
        here.offer_key(offer.meaning(words::of(here.language, &field.description)))
    };
    codes.map(offer).collect()
}

/// The verb of a step in braces, or the options of the verb that is there.
fn steps(here: &Here<'_>) -> Vec<Proposal> {
    let there = here.siblings();
    let Some(verb) = there.iter().find_map(|name| verb::declaration(name)) else {
        return verb::DECLARATIONS
            .iter()
            .map(|verb| {
                let offer = Offer::new(verb.name, ProposalKind::Verb);
                let offer = offer.detail(verb.meaning.text(here.language));
                here.offer_key(offer.meaning(words::verb(here.language, verb)))
            })
            .collect();
    };
    let meaning = words::verb(here.language, verb);
    let option = |name: &&str| {
        let offer = Offer::new(name, ProposalKind::Key).detail(verb.name);
        here.offer_key(offer.meaning(meaning.clone()))
    };
    verb.options.iter().map(option).collect()
}

impl Here<'_> {
    /// The other keys of the group that the cursor is in.
    fn siblings(&self) -> Vec<String> {
        let Some(node) = self.view.at(&self.cursor.path) else { return Vec::new() };
        let own = (self.cursor.spot == Spot::Key).then_some(self.cursor.span.start);
        let others = entries(node).iter().filter(|entry| Some(entry.key_span.start) != own);
        others.map(|entry| entry.key.clone()).collect()
    }

    /// The id of the mapping, which is its scheme's.
    fn scheme(&self) -> &str {
        let id = self.view.entries(&[]).iter().find(|entry| entry.key == "mapping");
        id.and_then(|entry| entry.value.text()).unwrap_or("scheme")
    }

    /// A canonical path, behind the group that it is in, with names for the elements of its lists.
    fn labelled(&self, path: &str, start: &str) -> String {
        let mut plain = start.trim_end_matches('.').to_owned();
        let mut shown = String::new();
        for name in path.split('.') {
            if !plain.is_empty() {
                plain.push('.');
            }
            if !shown.is_empty() {
                shown.push('.');
            }
            plain.push_str(name);
            shown.push_str(name);
            if plain == "person.phones" {
                shown.push_str("[]");
            } else if LISTS.contains(&&*plain) && !plain.starts_with("person.names.") {
                shown.push_str(&format!("[{}]", self.label(&plain)));
            }
        }
        shown
    }

    /// The name by which the file calls elements of a list.
    fn label(&self, list: &str) -> String {
        let usual = LABELS.iter().find(|(known, _)| *known == list).map(|(_, label)| *label);
        let start = format!("{list}[");
        let used = self.view.rules().into_iter().find_map(|(target, _)| {
            let label = target.strip_prefix(&start)?.split(']').next()?;
            (!label.is_empty()).then(|| label.to_owned())
        });
        let short = || self.scheme().rsplit('-').next().unwrap_or("main").to_owned();
        used.or_else(|| usual.map(str::to_owned)).unwrap_or_else(short)
    }
}
