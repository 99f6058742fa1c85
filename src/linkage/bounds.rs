//! How much a pair can still weigh while some of its texts have not been compared.
//!
//! Most candidates are nobody's: a look at what agrees exactly, and at the one or two fields that
//! could say most, shows that. The bound is never below the weight, so that nothing changes but time.

use rustc_hash::FxHashMap;

use super::compare::{LEVELS, Outline, level_of, levels};
use super::kind::{Comparison, Kind};
use super::mixture::{Class, Meaning, Mixture};
use super::table::Field;

/// The most that the odds of one person can come to.
#[derive(Clone, Copy)]
pub struct Bound {
    /// Against another member of the household.
    pub household: f64,
    /// Against chance, before rare values count.
    pub chance: f64,
}

/// Room for what rounding may take from a bound.
const SLACK: f64 = 1.000_001;

/// The bounds of a mixture.
pub struct Bounds<'m> {
    mixture: &'m Mixture,
    /// The fields of texts, those that could say most first.
    order: Vec<usize>,
    /// For each two classes and each field, the most that an open field may say for the first.
    most: Vec<Vec<Vec<f64>>>,
    known: FxHashMap<Outline, (Bound, usize)>,
}

impl<'m> Bounds<'m> {
    /// For the pairs of these fields.
    #[must_use]
    pub fn new(fields: &[Field], mixture: &'m Mixture) -> Self {
        let of = |one: &Class, other: &Class| -> Vec<f64> {
            let chances = one.chances.iter().zip(&other.chances);
            fields.iter().zip(chances).map(|(field, (a, b))| most(field, a, b)).collect()
        };
        let classes = &mixture.classes;
        let most: Vec<Vec<Vec<f64>>> = classes
            .iter()
            .map(|one| classes.iter().map(|other| of(one, other)).collect())
            .collect();
        let texts = |field: &usize| {
            matches!(fields[*field].kind.comparison(), Comparison::PartOfName | Comparison::Text)
        };
        let chance = classes.iter().position(|class| class.meaning == Meaning::Chance);
        let says = |field: &usize| chance.map_or(0.0, |chance| most[0][chance][*field]);
        let mut order: Vec<usize> = (0..fields.len()).filter(texts).collect();
        order.sort_by(|a, b| says(b).total_cmp(&says(a)));
        Self { mixture, order, most, known: FxHashMap::default() }
    }

    /// The bound of a pair, and the field that is to be compared next; `None` when no field is open.
    pub fn of(&mut self, outline: Outline) -> Option<(Bound, usize)> {
        if outline.open == 0 {
            return None;
        }
        if let Some(known) = self.known.get(&outline) {
            return Some(*known);
        }
        let next = self.order.iter().copied().find(|field| outline.is_open(*field))?;
        let bound = Bound {
            household: self.against(outline, Meaning::Household),
            chance: self.against(outline, Meaning::Chance),
        };
        self.known.insert(outline, (bound, next));
        Some((bound, next))
    }

    /// Each class of one person against the class that it has the least to say against.
    fn against(&self, outline: Outline, meaning: Meaning) -> f64 {
        let classes = || self.mixture.classes.iter().enumerate();
        let same = classes().filter(|(_, class)| class.meaning.is_same());
        let of = |(one, same): (usize, &Class)| {
            let rivals = classes().filter(|(_, class)| class.meaning == meaning);
            let odds = rivals.map(|(other, rival)| {
                let fields = same.chances.iter().zip(&rival.chances).enumerate();
                let said = fields.map(|(field, (a, b))| {
                    let level = usize::from(level_of(outline.pattern, field));
                    if outline.is_open(field) {
                        self.most[one][other][field]
                    } else if level > 0 {
                        a[level] / b[level]
                    } else {
                        1.0
                    }
                });
                same.share / rival.share * said.product::<f64>()
            });
            odds.fold(f64::INFINITY, f64::min)
        };
        same.map(of).sum::<f64>() * SLACK
    }
}

/// The most that a field of texts says that are not equal. Names may turn out to be exchanged, and
/// count as missing then.
fn most(field: &Field, one: &[f64; LEVELS], other: &[f64; LEVELS]) -> f64 {
    let last = usize::from(levels(field.kind.comparison()));
    let missing = matches!(field.kind, Kind::GivenName | Kind::FamilyName);
    let least = if missing { 1.0 } else { 0.0 };
    (2..=last).map(|level| one[level] / other[level]).fold(least, f64::max)
}
