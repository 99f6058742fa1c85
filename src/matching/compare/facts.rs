//! What is no name, field by field: birth, sex, numbers, phones, places.

use super::{Context, Field, FieldWeight, Weight};
use crate::matching::birth;
use crate::matching::line::Line;
use crate::matching::symbols::Symbol;
use crate::model::record::Sex;

/// The bar of the birth dates.
#[must_use]
pub fn births(
    a: &Line,
    b: &Line,
    context: Context<'_>,
) -> Option<(birth::BirthLevel, FieldWeight)> {
    use birth::BirthLevel as Level;
    let (level, share) = birth::compare(a.birth, b.birth, context.frequencies)?;
    let levels = &context.model.fields.birth;
    let chances = match level {
        Level::Day => &levels.day,
        Level::DefaultDay => &levels.default_day,
        Level::Swapped => &levels.swapped,
        Level::OnePart => &levels.one_part,
        Level::YearSlip => &levels.year_slip,
        Level::Year => &levels.year,
        Level::YearReduced => &levels.year_reduced,
        Level::DefaultReduced => &levels.default_reduced,
        Level::Near => &levels.near,
        Level::Conflict => &levels.conflict,
    };
    let weight = Weight::of(chances, share);
    Some((level, FieldWeight { field: Field::Birth, level: level.name(), weight, share }))
}

/// The bar of sex, and whether it agrees.
#[must_use]
pub fn sexes(a: &Line, b: &Line, context: Context<'_>) -> Option<(bool, FieldWeight)> {
    if a.sex == Sex::Unknown || b.sex == Sex::Unknown {
        return None;
    }
    let levels = &context.model.fields.sex;
    let equal = a.sex == b.sex;
    let (level, name) =
        if equal { (&levels.equal, "equal") } else { (&levels.conflict, "conflict") };
    let weight = Weight::of(level, 1.0);
    Some((equal, FieldWeight { field: Field::Sex, level: name, weight, share: 1.0 }))
}

/// How the national and scheme numbers of two records agree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NumberLevel {
    /// One number is the same and none contradicts.
    Equal,
    /// One or two digits differ, in a system without a check digit.
    Close,
    /// Two different numbers where a person has one for life.
    Conflict,
}

/// The bar of identifiers.
#[must_use]
pub fn numbers(a: &Line, b: &Line, context: Context<'_>) -> Option<(NumberLevel, FieldWeight)> {
    let (ours, theirs) = (context.vocabulary.numbers(a), context.vocabulary.numbers(b));
    let mut level: Option<NumberLevel> = None;
    for number in ours {
        for other in theirs.iter().filter(|other| other.system == number.system) {
            let system = context.model.systems.get(usize::from(number.system));
            let found = match system {
                _ if number.value == other.value => Some(NumberLevel::Equal),
                Some(system) if !system.one_for_life => None,
                Some(system) if system.checked => Some(NumberLevel::Conflict),
                Some(_) => Some(distance(
                    context.vocabulary.digits(*number),
                    context.vocabulary.digits(*other),
                )),
                None => None,
            };
            // Equal in one system and different in another: the contradiction stands.
            level = level.max(found);
        }
    }
    let level = level?;
    let levels = &context.model.fields.identifier;
    let (chances, name) = match level {
        NumberLevel::Equal => (&levels.equal, "equal"),
        NumberLevel::Close => (&levels.close, "close"),
        NumberLevel::Conflict => (&levels.conflict, "conflict"),
    };
    let share = 1.0 / context.frequencies.records().max(1.0);
    let weight = Weight::of(chances, share);
    Some((level, FieldWeight { field: Field::Identifier, level: name, weight, share }))
}

fn distance(one: Option<&str>, other: Option<&str>) -> NumberLevel {
    match (one, other) {
        (Some(one), Some(other)) if strsim::osa_distance(one, other) <= 2 => NumberLevel::Close,
        _ => NumberLevel::Conflict,
    }
}

/// The bar of phones, and whether one is shared.
#[must_use]
pub fn phones(a: &Line, b: &Line, context: Context<'_>) -> Option<(bool, FieldWeight)> {
    let levels = &context.model.fields.phone;
    let (mut any_a, mut any_b) = (false, false);
    let mut shared: Option<f32> = None;
    for phone in a.phones() {
        any_a = true;
        for other in b.phones() {
            any_b = true;
            if phone == other {
                let share = context.frequencies.phone(phone);
                shared = Some(shared.map_or(share, |least| least.min(share)));
            }
        }
    }
    if !any_a || !any_b {
        return None;
    }
    let (level, name, share) = match shared {
        Some(share) => (&levels.equal, "equal", share),
        None => (&levels.conflict, "conflict", 1.0),
    };
    let weight = Weight::of(level, share);
    Some((shared.is_some(), FieldWeight { field: Field::Phone, level: name, weight, share }))
}

/// The bar of places: the same village or commune, the same region, the same country, elsewhere.
#[must_use]
pub fn places(
    a: &Line,
    b: &Line,
    family: Option<(Symbol, Symbol)>,
    context: Context<'_>,
) -> Option<FieldWeight> {
    let levels = &context.model.fields.place;
    let shared = a
        .places()
        .filter(|place| b.places().any(|other| other == *place))
        .map(|place| {
            // A family lives together: strangers of its name are found there more often than others.
            let lift = family.map_or(1.0, |(ours, theirs)| {
                let frequencies = context.frequencies;
                let ours = frequencies.lift_by_place(ours, place);
                ours.max(frequencies.lift_by_place(theirs, place))
            });
            (context.frequencies.place(place) * lift).min(1.0)
        })
        .min_by(f32::total_cmp);
    let known = |line: &Line| line.places().next().is_some();
    let (level, name, share) = match shared {
        Some(share) => (&levels.place, "place", share),
        None if a.region != u16::MAX && a.region == b.region => {
            (&levels.region, "region", context.frequencies.region(a.region))
        }
        None if a.country == u8::MAX || b.country == u8::MAX => return None,
        None if a.country != b.country => (&levels.elsewhere, "elsewhere", 1.0),
        None if known(a) && known(b) => (&levels.country, "country", 1.0),
        None => return None,
    };
    let weight = Weight::of(level, share);
    Some(FieldWeight { field: Field::Place, level: name, weight, share })
}
