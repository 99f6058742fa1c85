//! What the other members of two households say: the same family written down twice has members
//! that match one to one.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::retrieve::Slot;
use crate::matching::compare::{self, Context, Prepared};
use crate::matching::line::{Line, NONE};
use crate::matching::score::Company;
use crate::matching::symbols::Likeness;
use crate::model::RecordId;

/// A contract larger than this is no household and its members say nothing about each other.
const LARGEST: usize = 40;

/// The members of every household.
#[derive(Default)]
pub struct Households(FxHashMap<u32, SmallVec<[Slot; 6]>>);

impl Households {
    /// Adds a member.
    pub fn add(&mut self, slot: Slot, household: u32) {
        if household != NONE {
            self.0.entry(household).or_default().push(slot);
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, slot: Slot, household: u32) {
        if let Some(members) = self.0.get_mut(&household) {
            members.retain(|member| *member != slot);
        }
    }

    /// The members, none when the household is too large to be one.
    #[must_use]
    pub fn members(&self, household: u32) -> &[Slot] {
        let members = self.0.get(&household).map_or(&[][..], |members| members.as_slice());
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

/// Pairs of members that match, by pair of households; filled as asked.
#[derive(Default)]
pub struct Acquaintance(FxHashMap<(u32, u32), Matches>);

impl Acquaintance {
    /// What the others in the two households say about the pair.
    pub fn company(
        &mut self,
        pair: (Slot, Slot),
        households: &Households,
        table: Table<'_>,
        context: Context<'_>,
    ) -> Company {
        let lines = table.lines;
        let (mut a, mut b) = pair;
        if lines[a as usize].household > lines[b as usize].household {
            (a, b) = (b, a);
        }
        let (one, other) = (lines[a as usize].household, lines[b as usize].household);
        let (ours, theirs) = (households.members(one), households.members(other));
        if one == NONE || other == NONE || one == other || ours.len() < 2 || theirs.len() < 2 {
            return Company::Unknown;
        }
        let matches = self
            .0
            .entry((one, other))
            .or_insert_with(|| members_that_match(ours, theirs, table, context));
        match matches.iter().filter(|(m, n)| *m != a && *n != b).count() {
            0 if ours.len() > 2 && theirs.len() > 2 => Company::Nobody,
            0 => Company::NobodyOfFew,
            1 => Company::One,
            _ => Company::Several,
        }
    }
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
