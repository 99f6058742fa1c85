//! The draft before it is written: lines of the mapping with their reasons.

mod birth;
mod coverage;
mod household;
mod person;
mod source;

use super::super::compile::Library;
use super::super::function::date::DEFAULT_PIVOT;
use super::Ask;
use super::choose::{Chosen, Match, Why};
use super::codes::{self, Row};
use super::evidence::Content;
use super::reasons::Reason;
use super::survey::{Field, Survey};
use super::yaml_text::{in_condition, one_or_list, scalar, text_in_condition};

pub use source::Identity;

/// Two-digit years of rights up to this one are of this century: no rights of 1970 are in force.
pub const RECENT_PIVOT: u8 = 69;

/// Codes that are named where none is understood.
const MOST_OPEN: usize = 12;

/// One line under `fields` or `values`.
#[derive(Clone, Debug)]
pub struct Line {
    /// Target path, or the name of a value.
    pub target: String,
    /// The rule as YAML in one line.
    pub rule: String,
    /// Paths that it reads.
    pub reads: Vec<String>,
    /// 0 to 1.
    pub score: f64,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A field that no rule reads.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// Its path.
    pub path: String,
    /// Target paths that it might fill, with scores.
    pub might: Vec<(String, f64)>,
    /// Why it stays out.
    pub reasons: Vec<Reason>,
}

/// The whole draft.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Keys under `source` and their YAML, each with its reasons.
    pub source: Vec<(String, String, Vec<Reason>)>,
    /// Named values.
    pub values: Vec<Line>,
    /// Rules.
    pub fields: Vec<Line>,
    /// Entries of `checks`.
    pub checks: Vec<String>,
    /// Fields that nothing reads.
    pub undecided: Vec<Undecided>,
    /// Paths that conditions and the record id read.
    pub also_read: Vec<String>,
}

/// What the planners share.
pub struct Planner<'a> {
    ask: &'a Ask<'a>,
    survey: &'a Survey,
    contents: &'a [Content],
    chosen: &'a Chosen,
    country: Option<&'a str>,
    identity: Identity,
    plan: Plan,
}

/// Plans the draft.
#[must_use]
pub fn plan(
    ask: &Ask<'_>,
    survey: &Survey,
    contents: &[Content],
    chosen: &Chosen,
    country: Option<&str>,
) -> Plan {
    let plan = Plan::default();
    let identity = source::identity(survey, contents, chosen);
    let mut planner = Planner { ask, survey, contents, chosen, country, identity, plan };
    planner.source();
    planner.person();
    planner.household();
    planner.coverage();
    planner.undecided();
    planner.plan
}

impl<'a> Planner<'a> {
    fn field(&self, found: &Match) -> &'a Field {
        self.survey.fields.get(found.field).expect("matches name fields of the survey")
    }

    fn content(&self, found: &Match) -> &'a Content {
        self.contents.get(found.field).expect("each field has been looked at")
    }

    /// The field of a concept and what is known of it.
    fn concept(&self, concept: &str) -> Option<(Match, &'a Field, &'a Content)> {
        let found = *self.chosen.get(concept)?;
        Some((found, self.field(&found), self.content(&found)))
    }

    /// Where a field is read: what the element around a nested person says holds for them, too.
    fn read(&self, field: &Field, shared: bool) -> Vec<String> {
        let around = self.survey.people.as_ref().is_some_and(|people| people.itself);
        if around && shared && field.own && !field.nested {
            vec![field.path.clone(), format!("^.{}", field.path)]
        } else {
            vec![field.path.clone()]
        }
    }

    fn line(&mut self, target: &str, reads: Vec<String>, steps: &str, found: &Match) -> &mut Line {
        let rule = format!("{{ from: {}{steps} }}", one_or_list(&reads));
        let reasons = vec![why(found, self.field(found))];
        self.plan.fields.push(Line {
            target: target.to_owned(),
            rule,
            reads,
            score: found.score,
            reasons,
        });
        self.plan.fields.last_mut().expect("a line was added")
    }

    /// A field as it is, blanks aside.
    fn text(&mut self, concept: &str, target: &str, shared: bool) {
        if let Some((found, field, _)) = self.concept(concept) {
            let reads = self.read(field, shared);
            self.line(target, reads, ", do: [squeeze]", &found);
        }
    }

    /// The `date` verb of a field.
    fn date_verb(&self, found: &Match, recent: bool) -> (String, Vec<Reason>) {
        let Some(dates) = &self.content(found).dates else {
            return ("{ date: edtf }".to_owned(), vec![Reason::NoDates]);
        };
        let layouts = dates.layouts.iter().map(|l| scalar(l)).collect::<Vec<_>>().join(", ");
        let list = if dates.layouts.len() == 1 { layouts.clone() } else { format!("[{layouts}]") };
        let short = dates.layouts.iter().any(|l| l.contains("yy") && !l.contains("yyyy"));
        // Rights of 2026 are not of 1926; somebody born in '26 is.
        let pivot = match (short, recent) {
            (true, true) => format!(", pivot: {RECENT_PIVOT}"),
            (true, false) => format!(", pivot: {DEFAULT_PIVOT}"),
            (false, _) => String::new(),
        };
        let mut reasons =
            vec![Reason::Dates { layouts: dates.layouts.clone(), share: dates.share }];
        if !dates.order_is_certain {
            reasons.push(Reason::DayAndMonth);
        }
        (format!("{{ date: {list}{pivot} }}"), reasons)
    }

    /// A table in a rule, its rows those that words explain.
    fn table(
        &self,
        codes_of: &str,
        field: &Field,
        unmapped: &str,
    ) -> Option<(String, Vec<Reason>)> {
        let rows = codes::rows(codes_of, &field.profile.frequent());
        table_of(&rows, unmapped)
    }

    /// The shared table that has a row for nearly every value.
    fn shared_table(&self, field: &Field) -> Option<String> {
        let library: &Library<'_> = &self.ask.library;
        let known = |name: &&str| {
            let rows = library.codes.get(name).unwrap_or_default();
            field.profile.share(|text| rows.iter().any(|row| row.from.value == text)) > 0.85
        };
        library.codes.names().find(known).map(str::to_owned)
    }

    fn undecided(&mut self) {
        let used: Vec<String> = self.all_read();
        for (index, might) in &self.chosen.suggestions {
            let Some(field) = self.survey.fields.get(*index) else { continue };
            if !used.contains(&field.path) {
                let might = might.iter().map(|m| (target_of(m.concept), m.score)).collect();
                let undecided = Undecided { path: field.path.clone(), might, reasons: vec![] };
                self.plan.undecided.push(undecided);
            }
        }
        for found in &self.chosen.matches {
            let field = self.field(found);
            if !used.contains(&field.path) {
                let might = vec![(target_of(found.concept), found.score)];
                let coded = ["sex", "relationship", "status", "employment"];
                let lacks = if coded.contains(&found.concept) {
                    // Nothing says what its codes mean: a person writes the table.
                    let codes = field.profile.frequent().into_iter().take(MOST_OPEN);
                    Reason::Open(codes.map(str::to_owned).collect())
                } else {
                    Reason::NeedsMore
                };
                let reasons = vec![why(found, field), lacks];
                self.plan.undecided.push(Undecided { path: field.path.clone(), might, reasons });
            }
        }
    }

    fn all_read(&self) -> Vec<String> {
        let lines = self.plan.fields.iter().chain(&self.plan.values);
        lines.flat_map(|line| line.reads.iter()).chain(&self.plan.also_read).cloned().collect()
    }

    /// The label of the coverage: the scheme's own name without its country.
    fn label(&self) -> &'a str {
        self.ask.scheme.split_once('-').map_or(self.ask.scheme, |(_, name)| name)
    }
}

/// Rows that are understood, and what is said about the rest. `None` when nothing is understood.
fn table_of(rows: &[Row], unmapped: &str) -> Option<(String, Vec<Reason>)> {
    let known: Vec<&Row> = rows.iter().filter(|row| row.to.is_some()).collect();
    if known.is_empty() {
        return None;
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut written = Vec::new();
    // Two codes for one of ours: the surer goes the way back.
    let surest = known.iter().filter(|row| row.sure).chain(known.iter().filter(|row| !row.sure));
    for row in surest {
        let to = row.to.unwrap_or_default();
        let key = super::yaml_text::quoted(&row.from);
        let value =
            if ["true", "false"].contains(&to) { format!("\"{to}\"") } else { to.to_owned() };
        written.push(if seen.contains(&to) {
            format!("{key}: {{ to: {value}, match: broad }}")
        } else {
            format!("{key}: {value}")
        });
        seen.push(to);
    }
    let mut reasons = Vec::new();
    let list = |keep: fn(&&Row) -> bool| {
        rows.iter().filter(keep).map(|row| row.from.clone()).collect::<Vec<_>>()
    };
    let guessed = list(|row| row.to.is_some() && !row.sure);
    let open = list(|row| row.to.is_none());
    if !guessed.is_empty() {
        reasons.push(Reason::Guessed(guessed));
    }
    let rest = if open.is_empty() { "" } else { unmapped };
    if !open.is_empty() {
        reasons.push(Reason::Open(open));
    }
    Some((format!("{{ rows: {{ {} }}{rest} }}", written.join(", ")), reasons))
}

fn why(found: &Match, field: &Field) -> Reason {
    match found.why {
        Why::Name(word) => Reason::Name { field: field.path.clone(), word },
        Why::Content => Reason::Content,
    }
}

/// A condition that holds when a field has one of some codes.
fn is_one_of(field: &Field, codes: &[String]) -> String {
    let texts: Vec<String> = codes.iter().map(|code| text_in_condition(code)).collect();
    match texts.as_slice() {
        [one] => format!("{} == {one}", in_condition(&field.path)),
        several => format!("{} in [{}]", in_condition(&field.path), several.join(", ")),
    }
}

/// The target path of a concept, to be shown.
#[must_use]
pub fn target_of(concept: &str) -> String {
    let path = match concept {
        "family" | "given" => return format!("person.names[official].{concept}"),
        "middle" => "person.names[official].given",
        "full_name" => "person.names[official].text",
        "maiden" => "person.names[maiden].family",
        "birth_year" | "estimated" => "person.birth_date",
        "sex" | "birth_date" | "birth_place" | "death_date" | "nationality" | "employment" => {
            return format!("person.{concept}");
        }
        "marital" => "person.marital_status",
        "phone" => "person.phones[]",
        "country" | "region" | "district" | "commune" | "locality" => {
            return format!("person.addresses[home].{concept}");
        }
        "address" => "person.addresses[home].text",
        "national_id" => "person.identifiers[…]",
        "record_id" | "rank" => "source.record_id",
        "household_id" => "household.id",
        "head_id" => "household.head_record_id",
        "relationship" => "household.relationship",
        "contract" => "coverages[…].contract_id",
        "start" | "end" => return format!("coverages[…].period.{concept}"),
        "suspended_from" => "coverages[…].suspensions[0].from",
        "amount" => "coverages[…].contribution.amount",
        other => return format!("coverages[…].{other}"),
    };
    path.to_owned()
}
