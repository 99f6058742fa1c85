//! A first model out of the columns of files: what each seems to hold, and why.
//!
//! Names of columns count before values, because a column called `dob` is meant as one; values
//! decide where the name says nothing, and refuse a name that they contradict. A column that says
//! the same of everybody, something else of every record, or almost nothing, is left out.

mod words;

use rustc_hash::FxHashSet;

use super::compare::MOST_FIELDS;
use super::date::Layout;
use super::kind::Kind;
use super::table::Field;
use crate::mapping::yaml::scalar_of;
use crate::matching::normalize::fold;
use words::{RECORD_IDS, SOURCES, by_name, has_words, is_about_records, is_known, may_number};

/// A column with a sample of its values.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Its name.
    pub name: String,
    /// Values of the sampled records of all files, empty where there is none.
    pub values: Vec<String>,
    /// Where the records of each file end.
    pub ends: Vec<usize>,
    /// Whether all records were sampled.
    pub whole: bool,
}

impl Sample {
    /// Whether every record of each file that has the column has a value of its own.
    fn is_unique(&self) -> bool {
        let mut start = 0;
        let mut files = self.ends.iter().map(|end| {
            let values = &self.values[std::mem::replace(&mut start, *end)..*end];
            let filled: FxHashSet<&str> =
                values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
            filled.is_empty() || filled.len() == values.len()
        });
        files.all(|unique| unique) && self.values.iter().any(|value| !value.trim().is_empty())
    }
}

/// What becomes of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// It identifies a record.
    RecordId,
    /// It says where a record comes from.
    Source,
    /// It is a field.
    Field(Kind),
    /// It is left out.
    Unused,
}

/// Why; each is a key of the messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The name of the column says so.
    Name,
    /// Its values say so.
    Values,
    /// Every record has another value, and the name says that it is a key.
    Unique,
    /// All records say the same.
    Constant,
    /// Hardly a record has a value.
    Empty,
    /// Another column says the same better.
    Repeated,
    /// Nothing says what it holds.
    Unclear,
    /// There is room for no more fields.
    NoRoom,
}

impl Reason {
    /// Its name, the end of a key of the messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Values => "values",
            Self::Unique => "unique",
            Self::Constant => "constant",
            Self::Empty => "empty",
            Self::Repeated => "repeated",
            Self::Unclear => "unclear",
            Self::NoRoom => "no-room",
        }
    }
}

/// What is proposed for one column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// The column.
    pub column: String,
    /// What becomes of it.
    pub choice: Choice,
    /// Why.
    pub reason: Reason,
}

/// Share of records that must have a value.
const FILLED: f64 = 0.02;
/// Share of values that must read as what a column is taken for.
const READ: f64 = 0.8;
/// Distinct values up to which a column is a category.
const FEW: usize = 12;
/// Values from which it is no accident that all of them are different.
const MANY: usize = 100;
/// Share of values that are the same in two columns from which one of them is enough.
const SAME: f64 = 0.5;

/// Proposes a model.
#[must_use]
pub fn infer(samples: &[Sample]) -> Vec<Proposed> {
    let mut proposed: Vec<Proposed> = samples.iter().map(propose).collect();
    settle(&mut proposed, samples);
    proposed
}

fn propose(sample: &Sample) -> Proposed {
    let (choice, reason) = choose(sample);
    Proposed { column: sample.name.clone(), choice, reason }
}

fn choose(sample: &Sample) -> (Choice, Reason) {
    let name = plain(&sample.name);
    let filled: Vec<&str> =
        sample.values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
    let distinct: FxHashSet<&str> = filled.iter().copied().collect();
    if RECORD_IDS.contains(&name.as_str()) && sample.is_unique() {
        return (Choice::RecordId, Reason::Unique);
    }
    if (filled.len() as f64) < FILLED * sample.values.len() as f64 || filled.is_empty() {
        return (Choice::Unused, Reason::Empty);
    }
    if SOURCES.contains(&name.as_str()) {
        return (Choice::Source, Reason::Name);
    }
    if distinct.len() == 1 && filled.len() > 1 {
        return (Choice::Unused, Reason::Constant);
    }
    if is_about_records(&name) {
        return (Choice::Unused, Reason::Name);
    }
    if let Some(kind) = by_name(&name).filter(|kind| fits(*kind, &filled)) {
        return (Choice::Field(kind), Reason::Name);
    }
    // What no two records have alike says of nobody that they are one.
    if sample.whole && distinct.len() == filled.len() && filled.len() >= MANY {
        return (Choice::Unused, Reason::Unique);
    }
    match by_values(&filled, distinct.len()) {
        Some(kind) => (Choice::Field(kind), Reason::Values),
        None => (Choice::Unused, Reason::Unclear),
    }
}

/// `Date of Birth` becomes `date_of_birth`, `dateOfBirth` too.
fn plain(name: &str) -> String {
    let mut spaced = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(letter);
        before = letter;
    }
    fold(&spaced).split_whitespace().collect::<Vec<_>>().join("_")
}

/// Whether values do not contradict what the name of a column says.
fn fits(kind: Kind, values: &[&str]) -> bool {
    match kind {
        Kind::Date => share(values, is_date(values)) >= READ,
        Kind::Year => share(values, is_year) >= READ,
        Kind::Email => share(values, |value| value.contains('@')) >= 0.5,
        Kind::Phone => share(values, |value| digits(value) >= 6) >= 0.5,
        Kind::Name | Kind::GivenName | Kind::FamilyName | Kind::Place | Kind::Occupation => {
            share(values, |value| digits(value) * 2 > value.chars().count()) < 0.5
        }
        // `has_national_id` holds Y and N.
        Kind::Number => share(values, |value| value.chars().count() > 1) >= 0.5,
        Kind::Category | Kind::Postcode | Kind::Address | Kind::Text => true,
    }
}

fn by_values(values: &[&str], distinct: usize) -> Option<Kind> {
    if share(values, |value| value.contains('@')) >= READ {
        return Some(Kind::Email);
    }
    if share(values, is_date(values)) >= READ
        && share(values, |value| digits(value) >= 5) >= READ
        && share(values, |value| value.len() == 8 || value.contains(['-', '/', '.', ' '])) >= READ
    {
        return Some(Kind::Date);
    }
    if share(values, |value| digits(value) >= 8 && value.chars().all(is_of_a_phone)) >= READ {
        return Some(Kind::Number);
    }
    if distinct <= FEW && distinct > 1 && values.len() > 4 * distinct {
        return Some(Kind::Category);
    }
    if share(values, is_year_of_life) >= READ {
        return Some(Kind::Year);
    }
    if share(values, |value| digits(value) * 2 >= value.chars().count()) >= READ {
        return (distinct * 2 > values.len()).then_some(Kind::Number);
    }
    (share(values, |value| value.chars().any(char::is_alphabetic)) >= READ).then_some(Kind::Text)
}

fn share(values: &[&str], is: impl Fn(&str) -> bool) -> f64 {
    values.iter().filter(|value| is(value)).count() as f64 / values.len().max(1) as f64
}

fn is_date(values: &[&str]) -> impl Fn(&str) -> bool {
    let layout = Layout::learn(values.iter().copied());
    move |value| layout.read(value).is_some_and(super::date::is_real)
}

fn is_year(value: &str) -> bool {
    value.parse().is_ok_and(|year: u32| (1000..=2200).contains(&year))
}

/// A year in which somebody may have been born whose record is kept as a file.
fn is_year_of_life(value: &str) -> bool {
    value.len() == 4 && value.parse().is_ok_and(|year: u32| (1700..=2100).contains(&year))
}

fn digits(value: &str) -> usize {
    value.chars().filter(char::is_ascii_digit).count()
}

fn is_of_a_phone(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '+' | ' ' | '-' | '(' | ')' | '.' | '/')
}

/// One record id, one source, one given and one family name; a whole name only where its parts are
/// not there; no more fields than a pattern holds.
fn settle(proposed: &mut [Proposed], samples: &[Sample]) {
    let filled =
        |place: usize| samples[place].values.iter().filter(|v| !v.trim().is_empty()).count();
    for only in [
        Choice::RecordId,
        Choice::Source,
        Choice::Field(Kind::GivenName),
        Choice::Field(Kind::FamilyName),
        Choice::Field(Kind::Date),
    ] {
        let mut places: Vec<usize> =
            (0..proposed.len()).filter(|place| proposed[*place].choice == only).collect();
        // A column of exactly that name before one that has it in its name.
        let known = |place: usize| is_known(&plain(&proposed[place].column));
        places.sort_by_key(|place| (!known(*place), std::cmp::Reverse(filled(*place))));
        let Some((first, others)) = places.split_first() else { continue };
        for place in others {
            // A second family name, a name before marriage: other words, and words they stay.
            let is_name = matches!(only, Choice::Field(Kind::GivenName | Kind::FamilyName));
            if is_name && alike(&samples[*first], &samples[*place]) < SAME {
                proposed[*place].choice = Choice::Field(Kind::Text);
            } else {
                drop_column(&mut proposed[*place], Reason::Repeated);
            }
        }
    }
    number(proposed);
    let has = |kind: Kind| proposed.iter().any(|p| p.choice == Choice::Field(kind));
    let (parts, dated) = (has(Kind::GivenName) && has(Kind::FamilyName), has(Kind::Date));
    for one in proposed.iter_mut() {
        let repeated = parts && one.choice == Choice::Field(Kind::Name)
            || dated && one.choice == Choice::Field(Kind::Year);
        if repeated {
            drop_column(one, Reason::Repeated);
        }
    }
    let mut room = MOST_FIELDS;
    for one in proposed.iter_mut().filter(|one| matches!(one.choice, Choice::Field(_))) {
        if room == 0 {
            drop_column(one, Reason::NoRoom);
        }
        room = room.saturating_sub(1);
    }
}

/// The share of records that say the same in both columns, among those that have both.
fn alike(one: &Sample, other: &Sample) -> f64 {
    let both = one.values.iter().zip(&other.values).map(|(a, b)| (a.trim(), b.trim()));
    let both: Vec<_> = both.filter(|(a, b)| !a.is_empty() && !b.is_empty()).collect();
    let same = both.iter().filter(|(a, b)| fold(a) == fold(b)).count();
    same as f64 / both.len().max(1) as f64
}

/// Where no column is known to number the records, one may that is different in each and is named so.
fn number(proposed: &mut [Proposed]) {
    let numbered = proposed.iter().any(|one| one.choice == Choice::RecordId);
    let is_number = |one: &&mut Proposed| {
        one.choice == Choice::Unused
            && one.reason == Reason::Unique
            && may_number(&plain(&one.column))
    };
    if let Some(one) = proposed.iter_mut().find(is_number).filter(|_| !numbered) {
        one.choice = Choice::RecordId;
    }
}

const fn drop_column(one: &mut Proposed, reason: Reason) {
    one.choice = Choice::Unused;
    one.reason = reason;
}

/// The fields of a proposal.
#[must_use]
pub fn fields(proposed: &[Proposed]) -> Vec<Field> {
    let field = |one: &Proposed| match one.choice {
        Choice::Field(kind) => {
            Some(Field { name: one.column.clone(), kind, shared: is_shared(&one.column, kind) })
        }
        Choice::RecordId | Choice::Source | Choice::Unused => None,
    };
    proposed.iter().filter_map(field).collect()
}

/// As of the kind, but a place of birth is a person's own and a house has its number.
fn is_shared(column: &str, kind: Kind) -> bool {
    let name = plain(column);
    let of_birth =
        ["birth", "naissance", "nais", "pob", "born"].iter().any(|word| has_words(&name, word));
    let of_house = ["street", "house", "unit", "rue", "state", "race", "country", "province"]
        .iter()
        .any(|word| has_words(&name, word));
    kind.is_shared() && !of_birth || of_house
}

/// A proposal as a model file; `say` gives the reason of a column in the reader's language.
#[must_use]
pub fn write(name: &str, proposed: &[Proposed], say: impl Fn(&Proposed) -> String) -> String {
    let mut out = format!("link: {}\n", scalar_of(name));
    for (key, choice) in [("record_id", Choice::RecordId), ("source", Choice::Source)] {
        for one in proposed.iter().filter(|one| one.choice == choice) {
            out.push_str(&format!("{key}: {}  # {}\n", scalar_of(&one.column), say(one)));
        }
    }
    out.push_str("fields:\n");
    for one in proposed {
        if let Choice::Field(kind) = one.choice {
            let shared = is_shared(&one.column, kind);
            let value = if shared == kind.is_shared() {
                kind.name().to_owned()
            } else {
                format!("{{ kind: {}, shared: {shared} }}", kind.name())
            };
            out.push_str(&format!("  {}: {value}  # {}\n", scalar_of(&one.column), say(one)));
        }
    }
    for one in proposed.iter().filter(|one| one.choice == Choice::Unused) {
        out.push_str(&format!("# {}: {}\n", scalar_of(&one.column), say(one)));
    }
    out
}
