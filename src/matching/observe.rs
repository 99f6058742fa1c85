//! The levels of evidence of two records, read off what the comparison of their fields found.

use super::birth::BirthLevel;
use super::compare::{Context, FieldWeight, Names, NumberLevel, Weight};
use super::evidence::{Evidence, Kind, step};
use super::line::{Line, NONE};
use super::symbols::Likeness;

/// What was found when two records were compared.
pub struct Observed<'o> {
    /// The one.
    pub line: &'o Line,
    /// The other.
    pub other: &'o Line,
    /// Their names.
    pub names: &'o Names,
    /// Their birth dates.
    pub births: Option<(BirthLevel, FieldWeight)>,
    /// Whether their sex agrees.
    pub sexes: Option<(bool, FieldWeight)>,
    /// Their numbers.
    pub number: Option<NumberLevel>,
    /// Whether they share a phone.
    pub phones: Option<(bool, FieldWeight)>,
    /// Their places.
    pub place: Option<FieldWeight>,
    /// The weight against each rival.
    pub total: Weight,
    /// The weight against all of them.
    pub weight: f32,
}

impl Observed<'_> {
    /// Notes everything.
    pub fn note(&self, evidence: &mut Evidence, context: Context<'_>) {
        self.note_names(evidence);
        self.note_birth(evidence);
        self.note_numbers(evidence, context);
        self.note_place(evidence);
        self.note_household(evidence);
        evidence.set_bits(Kind::Weight, 0, self.weight, -12.0, 1.0);
        evidence.set_bits(Kind::AgainstStrangers, 0, self.total.unrelated, -14.0, 1.5);
        evidence.set_bits(Kind::AgainstHousehold, 0, self.total.household, -10.0, 1.0);
        evidence.set_bits(Kind::AgainstTwins, 0, self.total.twin, -6.0, 1.0);
    }

    fn note_names(&self, evidence: &mut Evidence) {
        if let Some(given) = self.names.given {
            evidence.set(Kind::Given, given.likeness as u8 + 1);
            if given.likeness < Likeness::Different {
                evidence.set_bits(Kind::GivenRarity, 1, -given.bar.share.log2(), 2.0, 1.25);
            }
            let rest = match given.matched {
                0 => 0,
                _ if given.contradicted => 5,
                1 if given.whole => 1,
                _ if given.whole => 2,
                1 => 3,
                _ => 4,
            };
            evidence.set(Kind::GivenRest, rest);
        }
        if let Some(family) = self.names.family {
            evidence.set(Kind::Family, family.likeness as u8 + 1);
            if family.likeness < Likeness::Different {
                evidence.set_bits(Kind::FamilyRarity, 1, family.bar.weight.unrelated, -1.0, 1.25);
            }
        }
        let unknown = self.line.order_unknown || self.other.order_unknown;
        evidence.set(Kind::Order, if self.names.swapped { 2 } else { u8::from(unknown) });
    }

    fn note_birth(&self, evidence: &mut Evidence) {
        if let Some((level, bar)) = self.births {
            evidence.set(Kind::Birth, level as u8 + 1);
            evidence.set_bits(Kind::BirthRarity, 1, bar.weight.unrelated, -6.0, 2.0);
        }
        // The later year of two: a slip must not make a child of a grandfather, nor depend on the order.
        let age = match self.line.birth.year.max(self.other.birth.year) {
            0 => 0,
            1..1955 => 1,
            1955..1975 => 2,
            1975..1990 => 3,
            1990..2000 => 4,
            2000..2008 => 5,
            2008..2016 => 6,
            _ => 7,
        };
        evidence.set(Kind::Age, age);
        evidence.set(Kind::Sex, self.sexes.map_or(0, |(equal, _)| 1 + u8::from(!equal)));
    }

    fn note_numbers(&self, evidence: &mut Evidence, context: Context<'_>) {
        let stated = |line: &Line| u8::from(line.identifiers != NONE);
        let incomparable = stated(self.line) + stated(self.other);
        evidence.set(Kind::Number, self.number.map_or(incomparable, |number| 3 + number as u8));
        let has = |line: &Line| line.phones().next().is_some();
        let phone = match self.phones {
            None => u8::from(has(self.line) || has(self.other)),
            Some((false, _)) => 2,
            // Two records share it, half a dozen (a family twice), up to an agent's.
            Some((true, bar)) => match bar.share * context.frequencies.records() {
                ..=2.5 => 3,
                ..=5.5 => 4,
                ..=9.5 => 5,
                ..=20.5 => 6,
                _ => 7,
            },
        };
        evidence.set(Kind::Phone, phone);
    }

    fn note_place(&self, evidence: &mut Evidence) {
        let Some(bar) = self.place else { return };
        let bits = bar.weight.unrelated;
        let level = match bar.level {
            "place" => 1 + step(bits, -0.5, 1.0).min(7),
            "region" => 9 + step(bits, -2.0, 1.5).min(2),
            "country" => 12,
            _ => 13,
        };
        evidence.set(Kind::Place, level);
    }

    fn note_household(&self, evidence: &mut Evidence) {
        let (a, b) = (self.line, self.other);
        let one_contract = a.household != NONE && a.household == b.household;
        evidence.set(Kind::Contract, if one_contract { 2 } else { u8::from(a.scheme == b.scheme) });
        let role = match (a.role.min(b.role), a.role.max(b.role)) {
            (0, _) => 0,
            (one, other) if one == other => one.min(4),
            (1, 2) => 5,
            (1, 3) => 6,
            (1, _) => 7,
            (2, 3) => 8,
            _ => 9,
        };
        evidence.set(Kind::Role, role);
    }
}
