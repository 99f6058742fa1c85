//! When the person was born: one field, a year beside it, or the parts of the date in fields of their own.

use super::super::super::table::folded;
use super::super::codes;
use super::super::headers::{likeness, tokens};
use super::super::reasons::Reason;
use super::super::survey::Field;
use super::super::yaml_text::{quoted, scalar};
use super::{Line, Planner, is_one_of};

impl Planner<'_> {
    pub(super) fn birth_date(&mut self) {
        let check = ", check: not future";
        let whole = self.concept("birth_date").map(|(_, field, _)| field.path.clone());
        let parts = birth_parts(&self.survey.fields, self.survey.flat());
        if let Some(parts) = parts.filter(|parts| whole.is_none_or(|path| parts.holds(&path))) {
            let reads = parts.reads();
            let target = "person.birth_date".to_owned();
            let rule =
                format!("{{ from: {}, do: [{}]{check} }}", scalar(&parts.year), parts.verb());
            let reasons = vec![Reason::DateParts];
            self.plan.fields.push(Line { target, rule, reads, score: 0.9, reasons });
            return;
        }
        if let Some((found, field, _)) = self.concept("birth_date") {
            let (verb, reasons) = self.date_verb(&found, false);
            let flag = self.estimated();
            let mut reads = vec![field.path.clone()];
            if let Some((_, other, _)) = self.concept("birth_year") {
                reads.push(other.path.clone());
            }
            let verb = if reads.len() > 1 { with_year(&verb) } else { verb };
            let line = self.line(
                "person.birth_date",
                reads,
                &format!(", do: [{verb}{flag}]{check}"),
                &found,
            );
            line.reasons.extend(reasons);
        } else if let Some((found, field, _)) = self.concept("birth_year") {
            let reads = vec![field.path.clone()];
            self.line(
                "person.birth_date",
                reads,
                &format!(", do: [{{ date: yyyy }}]{check}"),
                &found,
            );
        }
    }

    /// The step for a field that says how exactly the date is known.
    fn estimated(&mut self) -> String {
        let Some((_, field, _)) = self.concept("estimated") else { return String::new() };
        for (codes_of, verb) in [("year_only", "year_only_when"), ("flag", "estimated_when")] {
            let rows = codes::rows(codes_of, &field.profile.frequent());
            let sure = rows.iter().all(|row| row.sure) && field.profile.distinct() <= 4;
            let when: Vec<String> =
                rows.into_iter().filter(|row| row.to == Some("true")).map(|row| row.from).collect();
            if sure && !when.is_empty() {
                self.plan.also_read.push(field.path.clone());
                return format!(", {{ {verb}: {} }}", quoted(&is_one_of(field, &when)));
            }
        }
        String::new()
    }
}

/// A date of birth whose year, month and day have fields of their own.
struct BirthParts {
    year: String,
    month: String,
    day: Option<String>,
}

impl BirthParts {
    fn reads(&self) -> Vec<String> {
        [Some(&self.year), Some(&self.month), self.day.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    }

    fn holds(&self, path: &str) -> bool {
        self.reads().iter().any(|part| part == path)
    }

    fn verb(&self) -> String {
        let day = self.day.as_ref().map(|day| format!(", day: {}", scalar(day)));
        format!("{{ date_parts: {{ month: {}{} }} }}", scalar(&self.month), day.unwrap_or_default())
    }
}

/// Words for the parts of a date, as lists write them.
const YEAR: &[&str] = &["y", "year", "annee", "an", "ano", "yyyy", "aaaa", "yr"];
const MONTH: &[&str] = &["m", "month", "mois", "mes", "mm"];
const DAY: &[&str] = &["d", "day", "jour", "dia", "dd", "jj"];

/// The parts of the birth date: fields of one group that is called so (`birth.y`), or columns that are
/// (`MOIS_NAISS`).
fn birth_parts(fields: &[Field], flat: bool) -> Option<BirthParts> {
    let split = |path: &str| -> Option<(String, String)> {
        if !flat {
            let (group, last) = path.rsplit_once('.')?;
            return Some((group.to_owned(), folded(last.trim_start_matches('@'))));
        }
        let words = tokens(path);
        let part = words.iter().position(|word| {
            [YEAR, MONTH, DAY].iter().any(|words| words.contains(&word.as_str()))
        })?;
        let mut rest = words.clone();
        let part = rest.remove(part);
        Some((rest.join(" "), part))
    };
    let parts: Vec<(&str, String, String)> = fields
        .iter()
        .filter_map(|field| {
            split(&field.path).map(|(rest, part)| (field.path.as_str(), rest, part))
        })
        .collect();
    let of = |rest: &str, words: &[&str]| {
        let found = parts.iter().find(|(_, group, part)| group == rest && words.contains(&&**part));
        found.map(|(path, ..)| (*path).to_owned())
    };
    let born = |rest: &str| {
        let found = likeness(rest, flat);
        found.first().is_some_and(|(concept, like)| *concept == "birth_date" && like.score >= 0.6)
    };
    parts.iter().filter(|(_, rest, _)| born(rest)).find_map(|(_, rest, _)| {
        let (year, month) = (of(rest, YEAR)?, of(rest, MONTH)?);
        Some(BirthParts { year, month, day: of(rest, DAY) })
    })
}

/// The verb with years alone beside its other layouts.
fn with_year(verb: &str) -> String {
    let inner = verb.strip_prefix("{ date: ").and_then(|rest| rest.strip_suffix(" }"));
    let Some(inner) = inner else { return verb.to_owned() };
    let (layouts, pivot) = inner.split_once(", pivot: ").unwrap_or((inner, ""));
    let pivot = if pivot.is_empty() { String::new() } else { format!(", pivot: {pivot}") };
    let layouts = match layouts.strip_prefix('[') {
        Some(rest) if rest.contains("yyyy]") || rest.contains(" yyyy,") => layouts.to_owned(),
        Some(rest) => format!("[yyyy, {rest}"),
        None => format!("[{layouts}, yyyy]"),
    };
    format!("{{ date: {layouts}{pivot} }}")
}
