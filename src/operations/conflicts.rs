//! What cannot be right about a person who is known to several: reported with its evidence, decided by people.
//!
//! A person who draws on two schemes that exclude each other, a child in two families, somebody whom one scheme wrote
//! down twice, a man and a woman in one. Nothing is changed here: each is for the schemes concerned.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::json;

use super::Hub;
use super::households::Families;
use super::people::note;
use crate::eligibility::RecordFacts;
use crate::eligibility::facts::Statement;
use crate::eligibility::registry::Registry;
use crate::model::named::named;
use crate::model::record::{Relationship, Sex};
use crate::model::{Caller, PersonId, RecordId, SchemeId};
use crate::store::families::Seat;
use crate::store::{Session, StoreError};

/// People looked at in one step.
const STEP: u32 = 100;
/// People looked at for one page of a program, at most: it answers within seconds, and says from where to go on.
pub const MOST_EXAMINED: usize = 20_000;
/// And so long, in milliseconds.
pub const MOST_MILLIS: i64 = 10_000;

named! {
    /// What cannot be right.
    pub enum Kind;

    /// Covered on the day by two schemes that exclude each other.
    DoubleCoverage = "double_coverage";
    /// A child in two contracts of two heads: of one scheme, or of families that share nobody else.
    ChildInTwoFamilies = "child_in_two_families";
    /// Two records of one scheme.
    TwiceInScheme = "twice_in_scheme";
    /// A man by one record and a woman by another.
    TwoSexes = "two_sexes";
}

/// One conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// About whom.
    pub person: PersonId,
    /// What.
    pub kind: Kind,
    /// The records that say so, as far as the caller may see them.
    pub evidence: Vec<Evidence>,
    /// Records of others that say so and that the caller may not see.
    pub others: usize,
}

/// A record that takes part in a conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The record.
    pub record: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// What the person is in the contract.
    pub relationship: Option<Relationship>,
    /// The heads of the contract, of a child in two families.
    pub heads: Vec<PersonId>,
    /// The package that covers them.
    pub package: Option<String>,
    /// First covered day.
    pub from: Option<Date>,
    /// Last covered day.
    pub to: Option<Date>,
}

/// Which conflicts.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// In which this scheme has a record.
    pub scheme: Option<&'w SchemeId>,
    /// The day on which coverage is looked at.
    pub on: Date,
}

/// Where a page of conflicts ends.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// So many conflicts.
    pub conflicts: usize,
    /// So many people looked at, rounded up to whole steps: somebody waits for the page.
    pub examined: usize,
    /// No step is begun after so many milliseconds.
    pub millis: i64,
}

/// A page of conflicts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// In order of the people's ids.
    pub items: Vec<Conflict>,
    /// The last person who was looked at, when there may be more.
    pub next: Option<PersonId>,
    /// People who were looked at.
    pub examined: usize,
}

/// Conflicts of people after one; people of one record have none.
///
/// # Errors
/// When the store fails.
pub async fn page(
    hub: &Hub,
    caller: &Caller,
    wanted: Wanted<'_>,
    mut after: Option<PersonId>,
    most: Most,
) -> Result<Page, StoreError> {
    let library = hub.library();
    let mut page = Page::default();
    let mut session = hub.store().read().await?;
    let until = hub.now().plus_millis(most.millis);
    loop {
        let mut people: BTreeMap<PersonId, Vec<RecordFacts>> = BTreeMap::new();
        for (person, facts) in session.people_of_several(hub.store().keys(), after, STEP).await? {
            people.entry(person).or_default().push(facts);
        }
        let Some(last) = people.keys().next_back().copied() else {
            page.next = None;
            break;
        };
        let children = children(hub, &mut session, &people, wanted).await?;
        for (person, records) in &people {
            page.examined += 1;
            after = Some(*person);
            let found = of_person(*person, records, &children, library.registry(), wanted);
            page.items.extend(found.into_iter().filter_map(|found| seen(found, caller, wanted)));
            if page.items.len() >= most.conflicts {
                break;
            }
        }
        page.next = after;
        if page.items.len() >= most.conflicts
            || page.examined >= most.examined
            || hub.now() >= until
        {
            break;
        }
        after = Some(last);
    }
    drop(session);
    let detail = json!({ "conflicts": page.items.len(), "examined": page.examined }).to_string();
    note(hub, caller, "list_conflicts", String::new(), detail).await?;
    Ok(page)
}

/// What a caller may see of a conflict; nothing when none of its records is theirs.
fn seen(mut conflict: Conflict, caller: &Caller, wanted: Wanted<'_>) -> Option<Conflict> {
    if let Some(scheme) = wanted.scheme
        && !conflict.evidence.iter().any(|one| one.scheme == *scheme)
    {
        return None;
    }
    let all = conflict.evidence.len();
    conflict.evidence.retain(|one| caller.sees(&one.scheme));
    conflict.others = all - conflict.evidence.len();
    (!conflict.evidence.is_empty()).then_some(conflict)
}

fn of_person(
    person: PersonId,
    records: &[RecordFacts],
    children: &BTreeMap<PersonId, Vec<Evidence>>,
    registry: &Registry,
    wanted: Wanted<'_>,
) -> Vec<Conflict> {
    let kinds = Kind::ALL.iter().filter(|kind| wanted.kind.is_none_or(|only| only == **kind));
    let conflict = |kind: &Kind| {
        let evidence = match kind {
            Kind::DoubleCoverage => double_coverage(records, registry, wanted.on),
            Kind::ChildInTwoFamilies => children.get(&person).cloned().unwrap_or_default(),
            Kind::TwiceInScheme => twice(records),
            Kind::TwoSexes => two_sexes(records),
        };
        let conflict = Conflict { person, kind: *kind, evidence, others: 0 };
        (!conflict.evidence.is_empty()).then_some(conflict)
    };
    kinds.filter_map(conflict).collect()
}

fn evidence(facts: &RecordFacts) -> Evidence {
    Evidence {
        record: facts.record,
        scheme: facts.says.scheme.clone(),
        relationship: facts.says.relationship,
        heads: Vec::new(),
        package: None,
        from: None,
        to: None,
    }
}

/// The coverages that are open on a day and that another open one excludes.
fn double_coverage(records: &[RecordFacts], registry: &Registry, on: Date) -> Vec<Evidence> {
    let open = |facts: &RecordFacts| {
        let open = facts.says.coverages.iter().filter(|coverage| coverage.is_open_on(on));
        open.cloned().map(|coverage| (facts.clone(), coverage)).collect::<Vec<_>>()
    };
    let open: Vec<_> = records.iter().flat_map(open).collect();
    let excluded = |scheme: &SchemeId| {
        open.iter().any(|(_, other)| registry.exclude_each_other(scheme, &other.scheme, on))
    };
    let taking_part = open.iter().filter(|(_, coverage)| excluded(&coverage.scheme));
    taking_part
        .map(|(facts, coverage)| Evidence {
            scheme: coverage.scheme.clone(),
            package: coverage.package.clone(),
            from: coverage.start.or(coverage.enrolled_on),
            to: coverage.end,
            ..evidence(facts)
        })
        .collect()
}

/// The records of schemes that have several.
fn twice(records: &[RecordFacts]) -> Vec<Evidence> {
    let count =
        |scheme: &SchemeId| records.iter().filter(|facts| facts.says.scheme == *scheme).count();
    records.iter().filter(|facts| count(&facts.says.scheme) > 1).map(evidence).collect()
}

/// The records that state a sex, when they do not state the same.
fn two_sexes(records: &[RecordFacts]) -> Vec<Evidence> {
    let says = |sex| records.iter().any(|facts| facts.says.sex == sex);
    if !says(Sex::Female) || !says(Sex::Male) {
        return Vec::new();
    }
    records.iter().filter(|facts| facts.says.sex != Sex::Unknown).map(evidence).collect()
}

/// The children among some people who stand in two families, with their seats.
async fn children(
    hub: &Hub,
    session: &mut Session,
    people: &BTreeMap<PersonId, Vec<RecordFacts>>,
    wanted: Wanted<'_>,
) -> Result<BTreeMap<PersonId, Vec<Evidence>>, StoreError> {
    if wanted.kind.is_some_and(|kind| kind != Kind::ChildInTwoFamilies) {
        return Ok(BTreeMap::new());
    }
    let is_child = |says: &Statement| says.relationship == Some(Relationship::Child);
    let mut seats: BTreeMap<PersonId, Vec<RecordId>> = BTreeMap::new();
    for (person, records) in people {
        let as_child: Vec<RecordId> = records
            .iter()
            .filter(|facts| is_child(&facts.says))
            .map(|facts| facts.record)
            .collect();
        if as_child.len() > 1 {
            seats.insert(*person, as_child);
        }
    }
    let records: Vec<RecordId> = seats.values().flatten().copied().collect();
    let families = Families::of(hub, session, &records).await?;
    let mut found = BTreeMap::new();
    for (person, as_child) in seats {
        let of_child: Vec<(&Seat, &Vec<Seat>)> = families
            .contracts
            .iter()
            .filter(|(contract, _)| !families.too_large.contains(*contract))
            .filter_map(|(_, seats)| {
                let own = seats.iter().find(|seat| as_child.contains(&seat.record))?;
                Some((own, seats))
            })
            .collect();
        if are_two_families(person, &of_child, &families) {
            let show = |(own, seats): &(&Seat, &Vec<Seat>)| Evidence {
                record: own.record,
                scheme: own.scheme.clone(),
                relationship: Some(Relationship::Child),
                heads: families.heads(seats).into_iter().collect(),
                package: None,
                from: None,
                to: None,
            };
            found.insert(person, of_child.iter().map(show).collect());
        }
    }
    Ok(found)
}

/// Whether any two of the contracts are two families: other heads, and of one scheme (a child is attached to one of two
/// insured parents) or without anybody else in common.
fn are_two_families(
    child: PersonId,
    contracts: &[(&Seat, &Vec<Seat>)],
    families: &Families,
) -> bool {
    contracts.iter().enumerate().any(|(place, (own, seats))| {
        contracts[place + 1..].iter().any(|(other_own, others)| {
            let (heads, other_heads) = (families.heads(seats), families.heads(others));
            if heads.is_empty() || other_heads.is_empty() || !heads.is_disjoint(&other_heads) {
                return false;
            }
            let people = |seats: &Vec<Seat>| -> BTreeSet<PersonId> {
                seats.iter().filter_map(|seat| seat.person).filter(|who| *who != child).collect()
            };
            own.scheme == other_own.scheme || people(seats).is_disjoint(&people(others))
        })
    })
}
