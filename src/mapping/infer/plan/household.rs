//! Who belongs together.

use super::super::codes;
use super::super::reasons::Reason;
use super::super::survey::Field;
use super::super::yaml_text::{in_condition, one_or_list, quoted, scalar};
use super::{Identity, Line, Planner, is_one_of, why};

/// Where the household's id and its head's record id are read.
pub(super) struct Ids {
    /// Paths of the household's id.
    pub(super) id: Vec<String>,
    head: Vec<String>,
    /// 0 to 1.
    pub(super) score: f64,
    reasons: Vec<Reason>,
}

impl Planner<'_> {
    /// `household`: only with an id and a relationship, for the target asks for both.
    pub(super) fn household(&mut self) {
        let Some(Ids { id, head, score, reasons }) = self.household_ids() else { return };
        if !self.relationship(&head) {
            return;
        }
        let strip = self.stripped(&id);
        let line = |target: &str, reads: &[String], reasons: Vec<Reason>| Line {
            target: target.to_owned(),
            rule: format!("{{ from: {}{strip}, own: true }}", one_or_list(reads)),
            reads: reads.to_vec(),
            score,
            reasons,
        };
        self.plan.fields.push(line("household.id", &id, reasons));
        if !head.is_empty() {
            let because = vec![Reason::Head];
            self.plan.fields.push(line("household.head_record_id", &head, because));
        }
    }

    /// Where the household's id and its head's record id are read.
    pub(super) fn household_ids(&self) -> Option<Ids> {
        let around = self.survey.people.as_ref();
        if let (Some(people), Identity::Single(found)) = (around, &self.identity)
            && people.itself
        {
            let field = self.field(found);
            let reads = self.read(field, true);
            let reasons = vec![Reason::People(people.each.clone())];
            return Some(Ids { id: reads.clone(), head: reads, score: found.score, reasons });
        }
        let head = self.concept("head_id");
        let own = match &self.identity {
            Identity::Single(found) if around.is_none() => Some(self.field(found)),
            Identity::Single(_) | Identity::Ranked(..) | Identity::Unknown(_) => None,
        };
        let heads = head.map(|(_, field, _)| with_own(field, own)).unwrap_or_default();
        if let Some((found, field, _)) = self.concept("household_id") {
            let reasons = vec![why(&found, field)];
            let id = with_own(field, own);
            return Some(Ids { id, head: heads, score: found.score, reasons });
        }
        if let Some((found, field, _)) = head {
            let reasons = vec![why(&found, field)];
            return Some(Ids { id: heads.clone(), head: heads, score: found.score, reasons });
        }
        match &self.identity {
            Identity::Ranked(found, _) => {
                let field = self.field(found);
                let (id, reasons) = (vec![field.path.clone()], vec![why(found, field)]);
                Some(Ids { id, head: vec![], score: found.score, reasons })
            }
            Identity::Single(_) | Identity::Unknown(_) => None,
        }
    }

    /// A step that takes off what all values of the first path begin with, such as `Group/`.
    pub(super) fn stripped(&self, reads: &[String]) -> String {
        let field = self.survey.fields.iter().find(|field| reads.first() == Some(&field.path));
        let word = field.and_then(|field| {
            let (word, _) = field.profile.values.keys().next()?.split_once('/')?;
            let word = format!("{word}/");
            let letters = word.chars().all(|c| c.is_alphabetic() || c == '/');
            (letters && field.profile.share(|text| text.starts_with(&word)) >= 1.0).then_some(word)
        });
        word.map_or_else(String::new, |word| format!(", do: [{{ strip: {} }}]", scalar(&word)))
    }

    fn relationship(&mut self, head: &[String]) -> bool {
        if let Some((found, field, _)) = self.concept("relationship") {
            let nested_only =
                self.survey.people.as_ref().is_some_and(|people| people.itself) && !field.own;
            if nested_only {
                return self.relationship_beside_the_head(&found, field);
            }
            let unmapped = ", unmapped: { use: other, severity: warning }";
            if let Some((table, reasons)) = self.table("relationship", field, unmapped) {
                let reads = self.read(field, false);
                let beside = self.survey.people.as_ref().and_then(|people| people.beside.as_ref());
                let steps = match beside {
                    // The person before the others says nothing of her place: she is the head.
                    Some(group) => {
                        let row = format!("{{ rows: {{ {}: head, ", quoted(group));
                        let table = table.replacen("{ rows: { ", &row, 1);
                        format!(", do: [{{ default: {} }}], table: {table}", scalar(group))
                    }
                    None => format!(", table: {table}"),
                };
                let line = self.line("household.relationship", reads, &steps, &found);
                line.reasons.extend(reasons);
                return true;
            }
        }
        // Nobody says who: a record that names no other is the head.
        let Some((found, field, _)) = self.concept("head_id") else { return false };
        if field.profile.presence() > 0.99 || head.is_empty() {
            return false;
        }
        let missing = format!("!has({})", in_condition(&field.path));
        let rule = format!(
            "{{ choose: [{{ if: {}, value: head }}, {{ else: other }}] }}",
            quoted(&missing)
        );
        let (target, reads) = ("household.relationship".to_owned(), vec![field.path.clone()]);
        let reasons = vec![Reason::HeadOrOther];
        self.plan.fields.push(Line { target, rule, reads, score: found.score * 0.8, reasons });
        true
    }

    /// The element's own person has no relationship: it is the head.
    fn relationship_beside_the_head(&mut self, found: &super::Match, field: &Field) -> bool {
        let rows = codes::rows("relationship", &field.profile.frequent());
        let mut branches = Vec::new();
        for code in ["spouse", "child", "parent", "sibling", "other"] {
            let codes: Vec<String> = rows
                .iter()
                .filter(|row| row.to == Some(code))
                .map(|row| row.from.clone())
                .collect();
            if !codes.is_empty() {
                branches.push(format!(
                    "{{ if: {}, value: {code} }}",
                    quoted(&is_one_of(field, &codes))
                ));
            }
        }
        let some = format!("has({})", in_condition(&field.path));
        branches.push(format!("{{ if: {}, value: other }}", quoted(&some)));
        branches.push("{ else: head }".to_owned());
        let rule = format!("{{ choose: [{}] }}", branches.join(", "));
        let (target, reads) = ("household.relationship".to_owned(), vec![field.path.clone()]);
        let reasons = vec![why(found, field)];
        self.plan.fields.push(Line { target, rule, reads, score: found.score, reasons });
        true
    }
}

/// The head's id: the field, and for heads themselves, who often leave it empty, their own.
fn with_own(head: &Field, own: Option<&Field>) -> Vec<String> {
    let often_empty = head.profile.presence() < 0.995;
    match own {
        Some(own) if often_empty => vec![head.path.clone(), own.path.clone()],
        Some(_) | None => vec![head.path.clone()],
    }
}
