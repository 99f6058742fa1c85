//! Which field is which concept: names and contents weighed, each concept given once.

use super::assign::best_sum;
use super::codes;
use super::evidence::{CHECKS, Content, fits};
use super::headers::likeness;
use super::profile::Profile;
use super::survey::{Field, Survey};

/// From this score on a match is written as a rule; below it is a suggestion.
pub const SURE: f64 = 0.55;

/// Below this score nothing is said.
const WORTH_SAYING: f64 = 0.35;

/// Concepts that are given out, those with several columns more than once.
const SLOTS: [&str; 45] = [
    "record_id",
    "family",
    "given",
    "middle",
    "full_name",
    "maiden",
    "sex",
    "birth_date",
    "birth_year",
    "birth_place",
    "estimated",
    "death_date",
    "phone",
    "phone",
    "country",
    "region",
    "district",
    "commune",
    "locality",
    "address",
    "nationality",
    "marital",
    "employment",
    "national_id",
    "national_id",
    "national_id",
    "household_id",
    "head_id",
    "relationship",
    "rank",
    "contract",
    "package",
    "enrolled_on",
    "start",
    "end",
    "status",
    "status_since",
    "closed_on",
    "suspended_from",
    "paid_until",
    "amount",
    "student",
    "disabled",
    "institution",
    "programme",
];

/// Why a field is taken for a concept.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Why {
    /// Its name looks like this word.
    Name(&'static str),
    /// Its values look like it.
    Content,
}

/// A field taken for a concept.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Match {
    /// The concept, as in `headers.txt`.
    pub concept: &'static str,
    /// Index of the field.
    pub field: usize,
    /// 0 to 1.
    pub score: f64,
    /// Why.
    pub why: Why,
}

/// What was chosen.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// The matches, each field at most once.
    pub matches: Vec<Match>,
    /// For fields without match: what they might be, best first.
    pub suggestions: Vec<(usize, Vec<Match>)>,
}

impl Chosen {
    /// The field of a concept.
    #[must_use]
    pub fn get(&self, concept: &str) -> Option<&Match> {
        self.matches.iter().find(|found| found.concept == concept)
    }

    /// All fields of a concept.
    pub fn all<'c>(&'c self, concept: &'c str) -> impl Iterator<Item = &'c Match> {
        self.matches.iter().filter(move |found| found.concept == concept)
    }
}

/// Chooses.
#[must_use]
pub fn choose(survey: &Survey, contents: &[Content]) -> Chosen {
    let mut candidates: Vec<Match> = Vec::new();
    for (index, (field, content)) in survey.fields.iter().zip(contents).enumerate() {
        if survey.is_standard() && is_technical(&field.path) {
            continue;
        }
        candidates.extend(of_field(index, field, content, survey.flat()));
    }
    if let Some(field) = survey.rows_by {
        candidates.retain(|found| found.concept != "record_id" && found.field != field);
        let (concept, why) = ("record_id", Why::Content);
        candidates.push(Match { concept, field, score: 0.9, why });
    }
    candidates.extend(numbers(survey));
    references(survey, &mut candidates);
    let rows: Vec<Vec<f64>> = SLOTS
        .iter()
        .map(|slot| {
            let mut row = vec![0.0; survey.fields.len()];
            for found in candidates.iter().filter(|c| c.concept == *slot && c.score >= SURE) {
                if let Some(cell) = row.get_mut(found.field) {
                    // The surest matches count most: one certain field beats two doubtful ones.
                    *cell = found.score.powi(4);
                }
            }
            row
        })
        .collect();
    let given = best_sum(&rows, survey.fields.len());
    let mut matches: Vec<Match> = SLOTS
        .iter()
        .zip(given)
        .filter_map(|(slot, field)| {
            candidates.iter().find(|c| c.concept == *slot && Some(c.field) == field).copied()
        })
        .collect();
    matches.extend(number_around(survey, contents, &matches));
    let suggestions = suggestions(survey, &candidates, &matches);
    Chosen { matches, suggestions }
}

/// The number of an element that holds people and is none: the field around them that differs most.
fn number_around(survey: &Survey, contents: &[Content], matches: &[Match]) -> Option<Match> {
    let nested = survey.people.as_ref().is_some_and(|people| !people.itself);
    let known = ["household_id", "contract", "head_id"];
    let around = |found: &Match| {
        let path = survey.fields.get(found.field).map_or("", |field| field.path.as_str());
        found.concept == "record_id" && path.starts_with("^.")
    };
    if !nested || matches.iter().any(|found| known.contains(&found.concept) || around(found)) {
        return None;
    }
    let free = |index: &usize| matches.iter().all(|found| found.field != *index);
    let around =
        survey.fields.iter().zip(contents).enumerate().filter(|(index, (field, content))| {
            field.path.starts_with("^.")
                && free(index)
                && fits("household_id", field, content) > 0.5
        });
    let (field, _) = around.max_by_key(|(_, (field, _))| field.profile.distinct())?;
    Some(Match { concept: "household_id", field, score: SURE, why: Why::Content })
}

/// Fields of nested people under a name that says no more than "number": 1, 2, 3 … is the place within
/// the element, what differs for all is the person's own.
fn numbers(survey: &Survey) -> Vec<Match> {
    let counts = |field: &Field| {
        let small = field.profile.share(|text| text.parse::<u8>().is_ok_and(|n| n <= 60)) >= 1.0;
        let first = field.profile.frequent().first().is_some_and(|text| ["0", "1"].contains(text));
        small && first && field.profile.distinct() > 1
    };
    let own = |field: &Field| {
        let digits = field.profile.share(|text| text.bytes().any(|byte| byte.is_ascii_digit()));
        field.profile.uniqueness() > 0.96 && field.profile.presence() > 0.96 && digits > 0.9
    };
    let bare = |path: &str| {
        let last = path.rsplit('.').next().unwrap_or(path);
        let words = super::headers::tokens(last);
        words.iter().all(|word| ["no", "id", "seq", "index", "pos", "position"].contains(&&**word))
    };
    let nested =
        |field: &Field| survey.people.is_some() && field.nested && !field.path.starts_with("^.");
    let fields = survey.fields.iter().enumerate();
    let named = fields.filter(|(_, field)| nested(field) && bare(&field.path));
    let found = |(field, of): (usize, &Field)| {
        let concept = if counts(of) {
            "rank"
        } else if own(of) {
            "record_id"
        } else {
            return None;
        };
        Some(Match { concept, field, score: 0.9, why: Why::Content })
    };
    named.filter_map(found).collect()
}

/// Elements of FHIR that say how a resource is built, not what is known of a person.
fn is_technical(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    let resource = ["id", "resourceType", "system", "use", "type", "fullUrl", "url"];
    resource.contains(&last) || path.contains("payor") || path.contains("beneficiary.")
}

fn of_field(index: usize, field: &Field, content: &Content, flat: bool) -> Vec<Match> {
    let found = likeness(&field.path, flat);
    // A field that is plainly something else (the father's name) is nothing of the person.
    let other = found.iter().find(|(concept, _)| *concept == "none").map_or(0.0, |(_, l)| l.score);
    let mut matches: Vec<Match> = found
        .iter()
        .filter(|(concept, likeness)| *concept != "none" && likeness.score > other)
        .map(|(concept, likeness)| {
            let fit = fits(concept, field, content);
            let score = if fit > 0.25 { likeness.score * (0.7 + 0.3 * fit) } else { 0.0 };
            Match { concept, field: index, score, why: Why::Name(likeness.word) }
        })
        .filter(|found| found.score > WORTH_SAYING)
        .collect();
    // Numbers that a program drew are not those by which a sender knows its records.
    let drawn =
        field.profile.share(|text| text.len() == 36 && text.matches('-').count() == 4) > 0.9;
    for found in matches.iter_mut().filter(|found| drawn && found.concept == "record_id") {
        found.score *= 0.8;
    }
    for (concept, score) in by_content(field, content) {
        let known = matches.iter_mut().find(|found| found.concept == concept);
        match known {
            Some(known) if known.score >= score => {}
            Some(known) => *known = Match { score, why: Why::Content, ..*known },
            None if other < 0.7 => {
                matches.push(Match { concept, field: index, score, why: Why::Content });
            }
            None => {}
        }
    }
    matches
}

/// What values alone say.
fn by_content(field: &Field, content: &Content) -> Vec<(&'static str, f64)> {
    let profile = &field.profile;
    let mut found = Vec::new();
    let enough = profile.present >= 5;
    if let (Some(_), true) = (content.check, enough) {
        found.push(("national_id", 0.72));
    }
    if content.regions {
        found.push(("region", 0.99));
    }
    if enough && both_sexes(profile) {
        found.push(("sex", 0.6));
    }
    let marked = profile.share(|text| text.starts_with(['+', '0', '(']));
    if enough
        && content.phones > 0.95
        && content.dated() < 0.3
        && marked > 0.5
        && profile.uniqueness() > 0.3
    {
        found.push(("phone", 0.56));
    }
    let long_ago =
        content.dates.as_ref().is_some_and(|dates| dates.share > 0.95 && dates.year < 2000);
    if enough && long_ago && content.numeric() < 0.5 {
        found.push(("birth_date", 0.56));
    }
    found
}

fn both_sexes(profile: &Profile) -> bool {
    let rows = codes::rows("sex", &profile.frequent().into_iter().take(6).collect::<Vec<_>>());
    let has = |code: &str| rows.iter().any(|row| row.to == Some(code) && row.sure);
    let letters = rows.iter().all(|row| row.from.chars().all(|c| !c.is_ascii_digit()));
    profile.distinct() <= 5
        && letters
        && rows.iter().all(|row| row.sure)
        && has("male")
        && has("female")
}

/// Fields whose values are ids of other records name the head of the household.
fn references(survey: &Survey, candidates: &mut Vec<Match>) {
    let ids: Vec<usize> = candidates
        .iter()
        .filter(|c| c.concept == "record_id" && c.score > 0.5)
        .map(|c| c.field)
        .collect();
    for (index, field) in survey.fields.iter().enumerate() {
        let few = field.profile.distinct() < 3 || field.profile.uniqueness() > 0.95;
        if few || ids.contains(&index) {
            continue;
        }
        let refers = ids.iter().filter_map(|id| survey.fields.get(*id));
        let within = refers.map(|id| field.profile.within(&id.profile)).fold(0.0, f64::max);
        let known = candidates.iter_mut().find(|c| c.field == index && c.concept == "head_id");
        if let (Some(known), true) =
            (&known, within < 0.05 && field.profile.distinct() > 20 && !ids.is_empty())
        {
            // It names something else than records of this file.
            let (field, concept) = (known.field, known.concept);
            candidates
                .iter_mut()
                .filter(|c| c.field == field && c.concept == concept)
                .for_each(|c| c.score *= 0.5);
            continue;
        }
        if within > 0.6 {
            let score = 0.65 + 0.3 * within;
            match known {
                Some(known) => known.score = known.score.max(score),
                None => candidates.push(Match {
                    concept: "head_id",
                    field: index,
                    score,
                    why: Why::Content,
                }),
            }
        }
    }
}

fn suggestions(
    survey: &Survey,
    candidates: &[Match],
    matches: &[Match],
) -> Vec<(usize, Vec<Match>)> {
    let free = |index: &usize| matches.iter().all(|found| found.field != *index);
    (0..survey.fields.len())
        .filter(free)
        .map(|index| {
            let mut might: Vec<Match> = candidates
                .iter()
                .filter(|c| c.field == index && c.score > WORTH_SAYING)
                .copied()
                .collect();
            might.sort_by(|a, b| b.score.total_cmp(&a.score));
            might.truncate(3);
            (index, might)
        })
        .collect()
}

/// The system of numbers of a field, such as `ml-nina`: by its check digit, else country and name.
#[must_use]
pub fn system(field: &Field, content: &Content, country: Option<&str>) -> String {
    if let Some((_, _, system)) = CHECKS.iter().find(|(name, ..)| content.check == Some(name)) {
        return (*system).to_owned();
    }
    let last = field.path.rsplit(['.', ']']).next().unwrap_or(&field.path);
    let words: Vec<String> = super::headers::tokens(last)
        .into_iter()
        .filter(|word| !["no", "value"].contains(&word.as_str()))
        .collect();
    let word = if words.is_empty() { "id".to_owned() } else { words.join("-") };
    let prefix = country.map_or_else(|| "xx".to_owned(), str::to_lowercase);
    format!("{prefix}-{word}")
}
