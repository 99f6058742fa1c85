//! Who is meant by a name, a birth date and perhaps a phone.
//!
//! Precision comes first: a relative at the same phone is not the person, and two people who fit
//! equally well are nobody in particular.

use std::collections::BTreeMap;

use super::index::Index;
use super::retrieve::{Asked, Wanted};
use crate::matching::birth::BirthLevel;
use crate::matching::compare::{self, Context, Prepared};
use crate::matching::line::{Birth, Line, NONE, NameTokens, name_tokens};
use crate::matching::model::Thresholds;
use crate::matching::symbols::UNKNOWN;
use crate::matching::{Seen, weigh};
use crate::model::record::{HumanName, Sex};
use crate::model::{PartialDate, RecordId};

/// What is known of a person who is asked about without a number.
#[derive(Clone)]
pub struct Demographics {
    /// Family name as written.
    pub family: String,
    /// Given names as written.
    pub given: String,
    /// Sex, when stated.
    pub sex: Option<Sex>,
    /// Birth date with its precision, when stated.
    pub birth_date: Option<PartialDate>,
    /// Phone in E.164, when stated.
    pub phone: Option<String>,
}

impl Demographics {
    /// What a record must weigh to be the person's. A name and a year are those of many people in any country, most of
    /// whom no scheme insures: where nothing else is stated, the index has to be as good as sure that the name is rare.
    fn enough(&self, thresholds: &Thresholds) -> f32 {
        let by_day = self.birth_date.is_some_and(|date| date.day().is_some());
        if by_day || self.phone.is_some() { thresholds.search } else { thresholds.search_by_year }
    }
}

/// Somebody who may be meant.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    /// All the records that are theirs, in order of id.
    pub records: Vec<RecordId>,
    /// How probably it is they, from 0 to 1.
    pub probability: f32,
}

/// Everybody who may be meant, the likeliest first.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidates {
    /// They.
    pub list: Vec<Candidate>,
    /// How many at the head of the list fit about equally well.
    pub close: usize,
    /// Whether there were more to look at than the index does: then nobody is certain.
    pub truncated: bool,
}

/// The answer to a search by demographics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Nobody is meant with enough certainty.
    None,
    /// One person; all the records that are theirs, in order of id.
    One(Vec<RecordId>),
    /// Several people fit about equally well: how many.
    Ambiguous(usize),
}

/// People by weight, the heaviest first, when the first one is heavy enough.
struct Ranked {
    people: Vec<(f32, u32)>,
    /// How many of them weigh about as much as the first.
    close: usize,
    truncated: bool,
}

impl Index {
    /// The person that is meant by `asked`, if exactly one is.
    #[must_use]
    pub fn search(&self, asked: &Demographics) -> Found {
        let Ranked { people, close, truncated } = self.rank(asked);
        match (close, people.first()) {
            (_, None) => Found::None,
            (1, Some(_)) if truncated => Found::Ambiguous(1),
            (1, Some((_, person))) => Found::One(self.records_of(*person)),
            (several, Some(_)) => Found::Ambiguous(several),
        }
    }

    /// Everybody who may be meant by `asked`: whoever [`Self::search`] would answer or weigh.
    #[must_use]
    pub fn candidates(&self, asked: &Demographics) -> Candidates {
        let Ranked { people, close, truncated } = self.rank(asked);
        let candidate = |(weight, person): (f32, u32)| Candidate {
            records: self.records_of(person),
            probability: self.model.probability(weight, None),
        };
        Candidates { list: people.into_iter().map(candidate).collect(), close, truncated }
    }

    fn records_of(&self, person: u32) -> Vec<RecordId> {
        self.cluster(self.people.get(person)).records
    }

    fn rank(&self, asked: &Demographics) -> Ranked {
        let name = HumanName {
            family: Some(asked.family.clone()),
            given: vec![asked.given.clone()],
            ..HumanName::default()
        };
        let names = name_tokens(&[name], &self.model);
        let line = self.question(asked, &names);
        let tables = Asked { vocabulary: &self.vocabulary, equivalences: &self.model.equivalences };
        let wanted = Wanted::asked(&line, &names.family, &names.given, tables);
        let context = self.context();
        let prepared = context.prepare_names(line, &names.family, &names.given);
        let candidates = self.postings.candidates(&wanted, self.filed());
        let mut people: BTreeMap<u32, f32> = BTreeMap::new();
        for slot in candidates.slots {
            let line = &self.lines[slot as usize];
            let weighed = weigh(&prepared, line, Seen::NOTHING, context);
            if weighed.objection.is_none() && is_pinned(&prepared, line, context) {
                let best = people.entry(self.home[slot as usize]).or_insert(f32::MIN);
                // Experience is of records, which state more than a question does.
                *best = best.max(weighed.barely);
            }
        }
        let thresholds = self.model.thresholds();
        let enough = asked.enough(thresholds);
        let mut ranked: Vec<(f32, u32)> =
            people.into_iter().map(|(person, weight)| (weight, person)).collect();
        ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
        let best = ranked.first().map_or(f32::MIN, |(weight, _)| *weight);
        let is_close = |weight: f32| weight > best - thresholds.search_margin;
        let close = ranked.iter().filter(|(weight, _)| is_close(*weight)).count();
        if best < enough {
            ranked.clear();
        }
        // Whoever is close to the best stays, also just below the threshold: it is they who make it doubtful.
        ranked.retain(|(weight, _)| *weight >= enough || is_close(*weight));
        Ranked { people: ranked, close, truncated: candidates.truncated }
    }

    fn question(&self, asked: &Demographics, names: &NameTokens) -> Line {
        let phone = asked.phone.as_deref().map_or(NONE, |phone| self.vocabulary.phone(phone));
        Line {
            family: [UNKNOWN; 3],
            given: [UNKNOWN; 4],
            birth: asked.birth_date.map(Birth::from).unwrap_or_default(),
            phones: [phone, NONE],
            places: [NONE; 2],
            identifiers: NONE,
            household: NONE,
            region: u16::MAX,
            scheme: u16::MAX,
            country: u8::MAX,
            role: 0,
            sex: asked.sex.unwrap_or_default(),
            order_unknown: names.order_unknown,
        }
    }
}

/// Whether a date or a phone pins the person down. Nobody checks a question by hand, so a namesake of about the age is
/// not enough: who states a day is found by that day, and by anything looser only with the same phone.
fn is_pinned(asked: &Prepared, line: &Line, context: Context<'_>) -> bool {
    let exact = compare::births(&asked.line, line, context).is_some_and(|(level, _)| {
        matches!(level, BirthLevel::Day | BirthLevel::DefaultDay | BirthLevel::Year)
    });
    exact || compare::phones(&asked.line, line, context).is_some_and(|(shared, _)| shared)
}
