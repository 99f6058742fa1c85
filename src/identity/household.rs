//! What the other members of two households say: the same family written down twice has members
//! that match one to one.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::retrieve::Slot;
use crate::matching::birth::BirthLevel;
use crate::matching::compare::{self, Context, Prepared};
use crate::matching::line::{Line, NONE};
use crate::matching::lists::Lists;
use crate::matching::score::{Company, Seen};
use crate::matching::symbols::Likeness;
use crate::model::RecordId;

/// A contract larger than this is no household and its members say nothing about each other.
const LARGEST: usize = 40;

/// The members of every household.
#[derive(Default)]
pub struct Households(Lists<Slot>);

impl Households {
    /// Adds a member.
    pub fn add(&mut self, slot: Slot, household: u32) {
        if household != NONE {
            self.0.push(household, slot);
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, slot: Slot, household: u32) {
        self.0.retain(household, |member| *member != slot);
    }

    /// The members, none when the household is too large to be one.
    #[must_use]
    pub fn members(&self, household: u32) -> &[Slot] {
        let members = self.0.get(household);
        if members.len() <= LARGEST { members } else { &[] }
    }
}

/// The lines of all records, with their ids.
#[derive(Clone, Copy)]
pub struct Table<'t> {
    /// Lines by slot.
    pub lines: &'t [Line],
    /// Ids by slot.
    pub ids: &'t [RecordId],
}

impl Table<'_> {
    /// The slots in order of record id, so that nothing depends on the order of arrival.
    fn in_order(self, slots: &[Slot]) -> SmallVec<[Slot; 8]> {
        let mut sorted: SmallVec<[Slot; 8]> = slots.into();
        sorted.sort_unstable_by_key(|slot| self.ids[*slot as usize]);
        sorted
    }
}

/// The members of two households that match one another.
type Matches = SmallVec<[(Slot, Slot); 4]>;

/// Pairs of members that match, by pair of households, and namesakes within one; filled as asked.
#[derive(Default)]
pub struct Acquaintance {
    matches: FxHashMap<(u32, u32), Matches>,
    namesakes: FxHashMap<Slot, SmallVec<[Slot; 2]>>,
}

impl Acquaintance {
    /// What the others in the two households say about the pair.
    pub fn company(
        &mut self,
        pair: (Slot, Slot),
        households: &Households,
        table: Table<'_>,
        context: Context<'_>,
    ) -> Seen {
        let lines = table.lines;
        let (mut a, mut b) = pair;
        if lines[a as usize].household > lines[b as usize].household {
            (a, b) = (b, a);
        }
        let (one, other) = (lines[a as usize].household, lines[b as usize].household);
        let (ours, theirs) = (households.members(one), households.members(other));
        let one_contract = one != NONE && one == other;
        let house_phone =
            if one_contract { 0 } else { house_phones((a, ours), (b, theirs), lines) };
        let namesakes = if ours.len() < 2 && theirs.len() < 2 {
            0
        } else {
            1 + self.has_namesake(a, b, ours, table, context)
                + self.has_namesake(b, a, theirs, table, context)
        };
        if one == NONE || other == NONE || one_contract || ours.len() < 2 || theirs.len() < 2 {
            return Seen { house_phone, namesakes, ..Seen::NOTHING };
        }
        let matches = self
            .matches
            .entry((one, other))
            .or_insert_with(|| members_that_match(ours, theirs, table, context));
        let matched = matches.iter().filter(|(m, n)| *m != a && *n != b).count();
        let company = match matched {
            0 if ours.len() > 2 && theirs.len() > 2 => Company::Nobody,
            0 => Company::NobodyOfFew,
            1 => Company::One,
            _ => Company::Several,
        };
        let detail = detail(matched, ours.len().min(theirs.len()) - 1);
        Seen { company, detail, house_phone, namesakes }
    }

    /// 1 when somebody else of the household bears the name, 0 otherwise.
    fn has_namesake(
        &mut self,
        slot: Slot,
        without: Slot,
        members: &[Slot],
        table: Table<'_>,
        context: Context<'_>,
    ) -> u8 {
        let found =
            self.namesakes.entry(slot).or_insert_with(|| namesakes(slot, members, table, context));
        u8::from(found.iter().any(|other| *other != without))
    }
}

/// How many of the others match, of those who could: the levels of [`Seen::detail`].
const fn detail(matched: usize, possible: usize) -> u8 {
    match (matched, possible) {
        (0, 0 | 1) => 1,
        (0, 2) => 2,
        (0, 3..=5) => 3,
        (0, _) => 4,
        (1, 1) => 5,
        (1, 2) => 6,
        (1, 3 | 4) => 7,
        (1, _) => 8,
        (2, 2) => 9,
        (2, 3) => 10,
        (2, _) => 11,
        (3, 3) => 12,
        (3, _) => 13,
        (several, of) if several * 10 >= of * 7 => 14,
        _ => 15,
    }
}

/// Whether two households share a phone: 0 when one of them has none, 1 no, 2 yes. A record without a
/// household stands for one.
fn house_phones((a, ours): (Slot, &[Slot]), (b, theirs): (Slot, &[Slot]), lines: &[Line]) -> u8 {
    let phones = |alone: Slot, members: &[Slot]| -> SmallVec<[u32; 8]> {
        let of = |slot: &Slot| lines[*slot as usize].phones().collect::<SmallVec<[u32; 2]>>();
        if members.is_empty() {
            of(&alone).into_iter().collect()
        } else {
            members.iter().flat_map(of).collect()
        }
    };
    let (ours, theirs) = (phones(a, ours), phones(b, theirs));
    if ours.is_empty() || theirs.is_empty() {
        return 0;
    }
    1 + u8::from(ours.iter().any(|phone| theirs.contains(phone)))
}

fn members_that_match(
    ours: &[Slot],
    theirs: &[Slot],
    table: Table<'_>,
    context: Context<'_>,
) -> SmallVec<[(Slot, Slot); 4]> {
    let mut found: SmallVec<[(Slot, Slot); 4]> = SmallVec::new();
    let theirs = table.in_order(theirs);
    for one in table.in_order(ours) {
        let prepared = context.prepare(table.lines[one as usize]);
        let partner = theirs.iter().find(|other| {
            let free = found.iter().all(|(_, taken)| taken != *other);
            free && alike(&prepared, &table.lines[**other as usize], context)
        });
        found.extend(partner.map(|other| (one, *other)));
    }
    found
}

/// Whether two members look like one person without looking at what a household shares.
fn alike(a: &Prepared, b: &Line, context: Context<'_>) -> bool {
    let born = compare::births(&a.line, b, context).is_some_and(|(level, _)| level.agrees());
    if !born {
        return false;
    }
    let names = compare::names(a, b, context);
    let sexes = compare::sexes(&a.line, b, context).is_none_or(|(equal, _)| equal);
    sexes && names.given.is_some_and(|given| given.likeness <= Likeness::Phonetic)
}

/// The others of a household who bear the name of one of them and may be as old.
fn namesakes(
    slot: Slot,
    members: &[Slot],
    table: Table<'_>,
    context: Context<'_>,
) -> SmallVec<[Slot; 2]> {
    let prepared = context.prepare(table.lines[slot as usize]);
    let is_namesake = |other: &Slot| {
        let line = &table.lines[*other as usize];
        let conflict = compare::births(&prepared.line, line, context)
            .is_some_and(|(level, _)| level == BirthLevel::Conflict);
        let sexes = compare::sexes(&prepared.line, line, context).is_none_or(|(equal, _)| equal);
        let names = compare::names(&prepared, line, context);
        !conflict && sexes && names.given.is_some_and(|given| given.likeness <= Likeness::Similar)
    };
    members.iter().copied().filter(|other| *other != slot).filter(is_namesake).collect()
}
