//! How the file is read: container, record ids, totals, inherited cells.

use super::super::choose::{Chosen, Match};
use super::super::evidence::Content;
use super::super::reasons::Reason;
use super::super::survey::{Field, Survey};
use super::super::yaml_text::{in_condition, quoted, scalar, text_in_condition};
use super::{Planner, why};
use crate::format::Container;

/// What tells one record from another.
#[derive(Clone, Debug)]
pub enum Identity {
    /// One field.
    Single(Match),
    /// A number of the family and the rank in it.
    Ranked(Match, Match),
    /// Nothing that was found: the field with the most different values stands in.
    Unknown(usize),
}

/// Finds what tells records apart.
pub(super) fn identity(survey: &Survey, contents: &[Content], chosen: &Chosen) -> Identity {
    if let Some(found) = chosen.get("record_id") {
        return Identity::Single(*found);
    }
    let family = ["household_id", "contract", "head_id"].iter().find_map(|c| chosen.get(c));
    if let (Some(family), Some(rank)) = (family, chosen.get("rank")) {
        return Identity::Ranked(*family, *rank);
    }
    // A day or a phone says nothing of who it is.
    let told = |content: &Content| 1.0 - content.dated().max(content.phones).min(0.9);
    let weigh = |(_, (field, content)): &(usize, (&Field, &Content))| {
        field.profile.presence() * field.profile.uniqueness() * told(content)
    };
    let fields = survey.fields.iter().zip(contents).enumerate();
    let most = fields.max_by(|a, b| weigh(a).total_cmp(&weigh(b)));
    Identity::Unknown(most.map_or(0, |(index, _)| index))
}

impl Planner<'_> {
    pub(super) fn source(&mut self) {
        self.container();
        let nothing: Vec<String> = self.nothing();
        if self.survey.flat() || nothing.len() > 1 {
            let list = nothing.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
            self.key("empty", format!("[{list}]"), vec![]);
        }
        self.key("schema", format!("{}/1", self.ask.scheme), vec![]);
        self.record_id();
        self.skip_when();
        if let Some(by) = self.survey.rows_by.and_then(|index| self.survey.fields.get(index)) {
            let rows = format!("{{ by: {} }}", scalar(&by.path));
            self.key("rows", rows, vec![Reason::RowsOfOne(by.path.clone())]);
        } else {
            self.carry_down();
            self.inherit();
        }
        self.refers();
    }

    fn key(&mut self, key: &str, yaml: String, reasons: Vec<Reason>) {
        self.plan.source.push((key.to_owned(), yaml, reasons));
    }

    fn container(&mut self) {
        let layout = &self.survey.layout;
        let format = match &layout.container {
            Container::Json { .. } => "json",
            Container::Ndjson => "ndjson",
            Container::Csv { .. } => "csv",
            Container::Xml { .. } => "xml",
            Container::FhirBundle { .. } => "fhir",
        };
        self.key("format", format.to_owned(), vec![]);
        match &layout.container {
            Container::Json { records_at } if !records_at.is_empty() => {
                let keys = records_at.iter().map(|key| scalar(key)).collect::<Vec<_>>().join(", ");
                self.key("records_at", format!("[{keys}]"), vec![]);
            }
            Container::Csv { delimiter, header_row, .. } => {
                self.key("encoding", self.survey.encoding.to_owned(), vec![]);
                self.key("delimiter", quoted(&char::from(*delimiter).to_string()), vec![]);
                if *header_row > 1 {
                    self.key(
                        "header_row",
                        header_row.to_string(),
                        vec![Reason::HeaderRow(*header_row)],
                    );
                }
            }
            Container::Xml { record } => {
                if let Some((root, namespace)) = &layout.root {
                    self.key("root", scalar(root), vec![]);
                    if let Some(namespace) = namespace {
                        self.key("namespace", scalar(namespace), vec![]);
                    }
                }
                self.key("record_element", scalar(record), vec![]);
            }
            Container::FhirBundle { .. } => {
                let resources = "{ anchor: Patient, attach: { Coverage: beneficiary } }";
                self.key("resources", resources.to_owned(), vec![]);
            }
            Container::Json { .. } | Container::Ndjson => {}
        }
    }

    /// The empty cell and every word that means "nothing" somewhere in the file.
    fn nothing(&self) -> Vec<String> {
        let mut words = vec![String::new()];
        for word in self.survey.fields.iter().flat_map(|field| field.profile.nothing.keys()) {
            if !words.contains(word) {
                words.push(word.clone());
            }
        }
        words
    }

    fn record_id(&mut self) {
        if self.survey.people.is_some() {
            return self.records();
        }
        let (template, reasons) = match self.identity.clone() {
            Identity::Single(found) => {
                let field = self.field(&found);
                self.plan.also_read.push(field.path.clone());
                let unique = Reason::Unique(field.profile.uniqueness());
                (format!("{{{}}}", field.path), vec![why(&found, field), unique])
            }
            Identity::Ranked(family, rank) => {
                let (a, b) = (self.field(&family).path.clone(), self.field(&rank).path.clone());
                let template = format!("{{{a}}}/{{{b}}}");
                self.plan.also_read.extend([a, b]);
                (template, vec![Reason::Ranked])
            }
            Identity::Unknown(index) => {
                let path =
                    self.survey.fields.get(index).map_or_else(String::new, |f| f.path.clone());
                self.plan.also_read.push(path.clone());
                (format!("{{{path}}}"), vec![Reason::NoIdentity])
            }
        };
        self.key("record_id", quoted(&template), reasons);
    }

    /// Elements that hold several people.
    fn records(&mut self) {
        let Some(people) = self.survey.people.clone() else { return };
        let rank = self.chosen.get("rank").map(|rank| self.field(rank)).filter(|rank| rank.nested);
        let outer = match &self.identity {
            Identity::Single(found) | Identity::Ranked(found, _) => self.field(found),
            Identity::Unknown(index) => match self.survey.fields.get(*index) {
                Some(field) => field,
                None => return,
            },
        };
        let own_number = outer.nested && !outer.path.starts_with("^.");
        let around = outer.path.trim_start_matches("^.").to_owned();
        let inner = match rank {
            _ if own_number => format!("{{{}}}", outer.path),
            Some(rank) => format!("{{^.{around}}}-{{{}}}", rank.path),
            None => format!("{{^.{around}}}"),
        };
        let (itself, outer_path) = (people.itself, outer.path.clone());
        self.plan.also_read.push(outer_path);
        self.plan.also_read.extend(rank.map(|rank| rank.path.clone()));
        let nested: Vec<String> = people
            .groups()
            .map(|each| format!("{{ each: {}, record_id: {} }}", scalar(each), quoted(&inner)))
            .collect();
        let nested = nested.join(", ");
        let list = if itself {
            format!("[{{ self: true, record_id: {} }}, {nested}]", quoted(&format!("{{{around}}}")))
        } else {
            format!("[{nested}]")
        };
        let mut reasons = vec![Reason::People(people.each)];
        let unknown = matches!(self.identity, Identity::Unknown(_));
        if unknown || (rank.is_none() && !own_number) {
            reasons.push(Reason::NoIdentity);
        }
        self.key("records", list, reasons);
    }

    fn skip_when(&mut self) {
        let totals: Vec<_> = self.survey.totals.iter().chain(&self.survey.trailer).collect();
        if totals.is_empty() {
            return;
        }
        let test = |field: &str, word: &str| {
            format!("{}.startsWith({})", in_condition(field), text_in_condition(word))
        };
        let tests: Vec<String> =
            totals.iter().map(|total| test(&total.field, &total.word)).collect();
        self.plan.also_read.extend(totals.iter().map(|total| total.field.clone()));
        let words = totals.iter().map(|total| total.word.clone()).collect();
        self.key("skip_when", quoted(&tests.join(" || ")), vec![Reason::Totals(words)]);
    }

    /// A place written once for its block: often absent, and never twice in a row.
    fn carry_down(&mut self) {
        if !self.survey.flat() {
            return;
        }
        let concepts = ["locality", "commune", "district", "region", "household_id"];
        let once = |field: &Field| {
            let profile = &field.profile;
            let absent = 1.0 - profile.presence();
            profile.present > 1
                && absent > 0.1
                && profile.repeated == 0
                && profile.as_above.is_empty()
        };
        let fields: Vec<String> = concepts
            .iter()
            .filter_map(|concept| self.concept(concept))
            .map(|(_, field, _)| field)
            // A few missing villages are not a list by blocks: the totals of blocks show one.
            .filter(|field| {
                once(field) && (!self.survey.totals.is_empty() || field.profile.presence() < 0.6)
            })
            .map(|field| field.path.clone())
            .collect();
        if !fields.is_empty() {
            let list = fields.iter().map(|path| scalar(path)).collect::<Vec<_>>().join(", ");
            self.key("carry_down", format!("[{list}]"), vec![Reason::OnceABlock]);
        }
    }

    fn inherit(&mut self) {
        let above: Vec<&Field> =
            self.survey.fields.iter().filter(|field| !field.profile.as_above.is_empty()).collect();
        let by = ["household_id", "contract", "head_id"].iter().find_map(|c| self.concept(c));
        let (Some((_, by, _)), false) = (by, above.is_empty()) else { return };
        let tests: Vec<String> = above
            .iter()
            .flat_map(|field| field.profile.as_above.keys().map(move |word| (field, word)))
            .map(|(field, word)| {
                format!("{} == {}", in_condition(&field.path), text_in_condition(word))
            })
            .collect();
        let fields = above.iter().map(|field| scalar(&field.path)).collect::<Vec<_>>().join(", ");
        let yaml = format!(
            "{{ by: {}, when: {}, fields: [{fields}] }}",
            scalar(&by.path),
            quoted(&tests.join(" || "))
        );
        self.plan.also_read.push(by.path.clone());
        self.key("inherit", yaml, vec![Reason::AsAbove]);
    }

    fn refers(&mut self) {
        let (Identity::Single(id), Some((_, head, _))) =
            (self.identity.clone(), self.concept("head_id"))
        else {
            return;
        };
        let within = head.profile.within(&self.field(&id).profile);
        if within > 0.5 && self.survey.people.is_none() {
            let yaml = format!("[{{ field: {}, code: orphan_dependent }}]", scalar(&head.path));
            self.plan.also_read.push(head.path.clone());
            self.key("refers", yaml, vec![Reason::Refers(within)]);
        }
    }
}
