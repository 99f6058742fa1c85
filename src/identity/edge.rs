//! A scored pair among the others: is there a rival, do both look like a third?
//!
//! What two records show by themselves is kept as an [`Edge`]. Its final weight depends on the other
//! edges of the two, and only on those: a record that fits two people about as well fits neither
//! for certain, and a third record that both look like speaks for them.

use smallvec::SmallVec;

use super::household::Acquaintance;
use super::index::{EdgeWeight, Index};
use super::retrieve::Slot;
use crate::matching::evidence::{Evidence, Kind};
use crate::matching::experience::Tables;
use crate::matching::line::Birth;
use crate::matching::symbols::Likeness;
use crate::matching::{Objection, Score, Weighed, score};
use crate::model::RecordId;

/// A rival or a common acquaintance below this weight, in bits, is none.
const FLOOR: f32 = -6.0;
/// Where the steps of [`Kind::Alone`] begin, in bits.
const LEAST_ALONE: f32 = -12.0;

/// The kinds that are kept with an edge: what the tables for pairs among others may look at.
const KEPT: [Kind; 10] = [
    Kind::Given,
    Kind::Birth,
    Kind::Age,
    Kind::Company,
    Kind::Namesakes,
    Kind::Contract,
    Kind::Objection,
    Kind::AgainstStrangers,
    Kind::AgainstHousehold,
    Kind::AgainstTwins,
];

/// A pair as kept.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Edge {
    /// Weight of the pair by itself, in bits.
    pub alone: f32,
    /// Why it may not join by itself.
    pub objection: Option<Objection>,
    /// Whether it is there for a person to look at, and says nothing about other pairs.
    is_aside: bool,
    kept: [u8; KEPT.len()],
}

impl Edge {
    /// What is kept of a pair.
    #[must_use]
    pub fn of(pair: &Weighed) -> Self {
        let kept = KEPT.map(|kind| pair.evidence.level(kind));
        Self { alone: pair.weight, objection: pair.objection, is_aside: false, kept }
    }

    /// The same, set aside or not.
    #[must_use]
    pub const fn aside(self, is_aside: bool) -> Self {
        Self { is_aside, ..self }
    }

    pub(super) const fn is_aside(&self) -> bool {
        self.is_aside
    }

    /// Whether nothing but a person may join the two: two numbers for life, or one house and one day
    /// of birth with first names that no slip of the pen explains.
    pub(super) fn is_vetoed(&self) -> bool {
        let level = |wanted: Kind| KEPT.iter().zip(self.kept).find(|(kind, _)| **kind == wanted);
        let is = |wanted: Kind, least: u8| level(wanted).is_some_and(|(_, level)| level >= least);
        match self.objection {
            Some(Objection::DifferentNumbers) => true,
            Some(Objection::PerhapsTwins) => {
                is(Kind::Given, Likeness::Different as u8 + 1) || is(Kind::Contract, 2)
            }
            _ => false,
        }
    }

    pub(super) fn is_in_one_contract(&self) -> bool {
        self.evidence().level(Kind::Contract) == 2
    }

    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        KEPT.iter().zip(self.kept).for_each(|(kind, level)| evidence.set(*kind, level));
        evidence
    }
}

/// What the other edges say of a pair, but for a third record that speaks for it: whom two have in common is looked
/// for when all edges are known ([`Index::weigh_acquainted`]).
const UNKNOWN_YET: [Kind; 4] = [Kind::Lead, Kind::OtherLead, Kind::DatesConfirmed, Kind::Crowd];

/// By level of [`Kind::Company`]: the most that the other edges may add to any pair of that company for which no
/// third record speaks.
#[derive(Clone, Debug)]
pub struct Lifts(Box<[f32]>);

impl Lifts {
    /// Of what a model has learnt.
    #[must_use]
    pub fn of(tables: &Tables) -> Self {
        let lift = |level: u8| {
            let mut evidence = Evidence::default();
            evidence.set(Kind::Company, level);
            tables.most(&evidence, |kind| !matches!(kind, Kind::Company | Kind::Common))
        };
        Self((0..16).map(lift).collect())
    }

    fn at(&self, evidence: &Evidence) -> f32 {
        self.0.get(usize::from(evidence.level(Kind::Company))).copied().unwrap_or(f32::INFINITY)
    }
}

impl Index {
    /// Whether a pair may be worth a look among the others, or may be the rival of one that is.
    pub(super) fn may_be_worth(&self, pair: &Weighed) -> bool {
        let (keep, review) = (self.model.thresholds.keep, self.model.thresholds.review);
        if pair.weight >= keep {
            return true;
        }
        if pair.weight + self.lifts.at(&pair.evidence) < review {
            return false;
        }
        let mut evidence = Edge::of(pair).evidence();
        evidence.set_bits(Kind::Alone, 0, pair.weight, LEAST_ALONE, 1.0);
        let lift = self.model.together.most(&evidence, |kind| UNKNOWN_YET.contains(&kind));
        pair.weight + lift >= review
    }

    /// The final weight of an edge among the others.
    pub(super) fn final_weight(&self, one: Slot, other: Slot, edge: &Edge) -> EdgeWeight {
        let mut evidence = edge.evidence();
        self.among_others(one, other, edge.alone, &mut evidence);
        let weight = edge.alone + self.model.together.bits(&evidence);
        EdgeWeight { weight, objection: edge.objection }
    }

    /// Notes what the other edges of two records say about the pair.
    pub(super) fn among_others(&self, one: Slot, other: Slot, alone: f32, evidence: &mut Evidence) {
        let (ours, theirs) = (self.around(one, other), self.around(other, one));
        let same = self.model.thresholds.review;
        let (mut rival, mut other_rival, mut common) = (FLOOR, FLOOR, FLOOR);
        let (mut at, mut to) = (0, 0);
        // Both lists stand in order of the slot.
        loop {
            match (ours.get(at), theirs.get(to)) {
                (Some((a, x)), Some((b, y))) if a == b => {
                    common = common.max(x.min(*y));
                    if *y < same {
                        rival = rival.max(*x);
                    }
                    if *x < same {
                        other_rival = other_rival.max(*y);
                    }
                    (at, to) = (at + 1, to + 1);
                }
                (Some((a, x)), other) if other.is_none_or(|(b, _)| a < b) => {
                    rival = rival.max(*x);
                    at += 1;
                }
                (_, Some((_, y))) => {
                    other_rival = other_rival.max(*y);
                    to += 1;
                }
                (_, None) => break,
            }
        }
        evidence.set_bits(Kind::Alone, 0, alone, LEAST_ALONE, 1.0);
        evidence.set_bits(Kind::Lead, 0, alone - rival.max(other_rival), FLOOR, 1.0);
        evidence.set_bits(Kind::OtherLead, 0, alone - rival.min(other_rival), FLOOR, 1.0);
        evidence.set_bits(Kind::Common, 0, common, FLOOR, 2.0);
        evidence.set(Kind::DatesConfirmed, self.dates_confirmed(one, other, &ours, &theirs));
        let crowd = match ours.len() + theirs.len() {
            few @ 0..=3 => u8::try_from(few).unwrap_or(0),
            4..=5 => 4,
            6..=8 => 5,
            9..=15 => 6,
            _ => 7,
        };
        evidence.set(Kind::Crowd, crowd);
    }

    /// How many of two different birth dates are borne out by another record that looks the same: a
    /// slip of the pen is not made twice, so that two dates with a witness each are two people.
    fn dates_confirmed(
        &self,
        one: Slot,
        other: Slot,
        ours: &[(Slot, f32)],
        theirs: &[(Slot, f32)],
    ) -> u8 {
        let birth = |slot: Slot| self.lines[slot as usize].birth;
        let (a, b) = (birth(one), birth(other));
        if !a.is_full() || !b.is_full() || a.same_day(b) {
            return 0;
        }
        let least = self.model.thresholds.review;
        let has_witness = |own: Birth, around: &[(Slot, f32)]| {
            around.iter().any(|(third, weight)| *weight >= least && birth(*third).same_day(own))
        };
        u8::from(has_witness(a, ours)) + u8::from(has_witness(b, theirs))
    }

    /// The edges that say something about other pairs, too.
    pub(super) fn strong_edges(&self, slot: Slot) -> impl Iterator<Item = &(Slot, Edge)> {
        let keep = self.model.thresholds.keep;
        self.edges.get(slot).iter().filter(move |(_, edge)| edge.alone >= keep && !edge.is_aside)
    }

    /// The other edges of a record with their weights, in order of the slot.
    fn around(&self, slot: Slot, without: Slot) -> SmallVec<[(Slot, f32); 8]> {
        let others = self.strong_edges(slot).filter(|(other, _)| *other != without);
        let mut found: SmallVec<[(Slot, f32); 8]> =
            others.map(|(other, edge)| (*other, edge.alone)).collect();
        found.sort_unstable_by_key(|(other, _)| *other);
        found
    }

    /// The waterfall of a pair, scored with the shares of the last count.
    #[must_use]
    pub fn explain(&self, one: RecordId, other: RecordId) -> Option<Score> {
        // The smaller id is the left side, so that a pair has one explanation.
        let left = self.ids.slot(one.min(other))?;
        let right = self.ids.slot(one.max(other))?;
        let prepared = self.context().prepare(self.lines[left as usize]);
        let seen = self.seen(left, right, &mut Acquaintance::default());
        let mut score = score(&prepared, &self.lines[right as usize], seen, self.context());
        self.among_others(left, right, score.weight, &mut score.evidence);
        score.weight += self.model.together.bits(&score.evidence);
        score.learnt = self.model.experience.bars(&score.evidence);
        Some(score)
    }

    /// The edges of a record that are worth a look, in order of the other's id.
    #[must_use]
    pub fn edges(&self, id: RecordId) -> Vec<(RecordId, EdgeWeight)> {
        let Some(slot) = self.ids.slot(id) else { return Vec::new() };
        let edges = self.edges.get(slot).iter();
        let weighed = edges.map(|(other, edge)| {
            (self.ids[*other as usize], self.final_weight(slot, *other, edge))
        });
        let mut found: Vec<_> =
            weighed.filter(|(_, edge)| edge.weight >= self.model.thresholds.review).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        found
    }
}
