//! What the person is entitled to.

use super::super::reasons::Reason;
use super::super::yaml_text::{one_or_list, quoted};
use super::{Identity, Line, Planner, why};

impl Planner<'_> {
    /// `coverages`: only with a status, for the target asks for it.
    pub(super) fn coverage(&mut self) {
        let label = self.label();
        let at = |name: &str| format!("coverages[{label}].{name}");
        if !self.status(&at("status")) {
            return;
        }
        self.numbers(&at);
        if let Some((found, field, _)) = self.concept("package") {
            let reads = self.read(field, true);
            self.line(&at("package"), reads, ", own: true", &found);
        }
        for concept in ["enrolled_on", "status_since", "closed_on", "paid_until"] {
            self.day(concept, &at(concept));
        }
        self.period(&at);
        self.day("suspended_from", &at("suspensions[0].from"));
        self.amount(&at);
        for concept in ["student", "disabled"] {
            self.flag(concept, &at(concept));
        }
        self.text("institution", &at("institution"), true);
        self.text("programme", &at("programme"), true);
    }

    fn status(&mut self, target: &str) -> bool {
        if let Some((found, field, _)) = self.concept("status")
            && let Some((table, reasons)) = self.table("status", field, "")
        {
            let reads = self.read(field, true);
            let line = self.line(target, reads, &format!(", table: {table}"), &found);
            line.reasons.extend(reasons);
            return true;
        }
        // Without a status the end of rights says whether they hold.
        if self.concept("end").is_none() {
            return false;
        }
        let rule = format!(
            "{{ choose: [{{ if: {}, value: ended }}, {{ if: {}, value: active }}] }}",
            quoted("rights_end < today"),
            quoted("has(rights_end)")
        );
        let reasons = vec![Reason::StatusFromEnd];
        let target = target.to_owned();
        self.plan.fields.push(Line { target, rule, reads: vec![], score: 0.6, reasons });
        true
    }

    /// The contract is the household's number, the policy the person's own.
    fn numbers(&mut self, at: &impl Fn(&str) -> String) {
        if let Some((found, field, _)) = self.concept("contract") {
            let reads = self.read(field, true);
            self.line(&at("contract_id"), reads, ", own: true", &found);
        } else if let Some(ids) = self.household_ids() {
            let (reads, score) = (ids.id, ids.score);
            let strip = self.stripped(&reads);
            let rule = format!("{{ from: {}{strip}, own: true }}", one_or_list(&reads));
            let (target, reasons) = (at("contract_id"), vec![Reason::Contract]);
            self.plan.fields.push(Line { target, rule, reads, score, reasons });
        }
        if let Identity::Single(found) = self.identity.clone() {
            let reads = vec!["record_id".to_owned()];
            let reads = if self.survey.people.is_some() {
                reads
            } else {
                vec![self.field(&found).path.clone()]
            };
            let rule = format!("{{ from: {}, own: true }}", one_or_list(&reads));
            let (target, reasons) = (at("policy_number"), vec![Reason::Policy]);
            self.plan.fields.push(Line { target, rule, reads, score: found.score * 0.9, reasons });
        }
    }

    fn day(&mut self, concept: &str, target: &str) {
        if let Some((found, field, _)) = self.concept(concept) {
            self.date(&found, field, target, "");
        }
    }

    /// Start and end as named values, so that a check can compare them.
    fn period(&mut self, at: &impl Fn(&str) -> String) {
        let mut both = 0;
        for (concept, name) in [("start", "rights_start"), ("end", "rights_end")] {
            let Some((found, field, _)) = self.concept(concept) else { continue };
            both += 1;
            let (verb, reasons) = self.date_verb(&found, true);
            let reads = self.read(field, false);
            let rule = format!("{{ from: {}, do: [{verb}] }}", one_or_list(&reads));
            let target = name.to_owned();
            let reads = reads.clone();
            self.plan.values.push(Line {
                target,
                rule,
                reads: reads.clone(),
                score: found.score,
                reasons,
            });
            let reasons = vec![why(&found, field)];
            let (target, rule) = (at(&format!("period.{concept}")), format!("{{ from: {name} }}"));
            self.plan.fields.push(Line { target, rule, reads, score: found.score, reasons });
        }
        if let (2, Some((_, field, _))) = (both, self.concept("end")) {
            let check = format!(
                "{{ when: \"rights_end < rights_start\", code: period_inverted, at: {} }}",
                super::scalar(&field.path)
            );
            self.plan.checks.push(check);
        }
    }

    /// An amount needs a currency, which stands in the column's name or is the country's.
    fn amount(&mut self, at: &impl Fn(&str) -> String) {
        let Some((found, field, content)) = self.concept("amount") else { return };
        let Some(currency) = currency(&field.path, self.country) else { return };
        let [comma, point] = content.numbers;
        // A number of JSON has a point whatever stands in the country's texts.
        let mark = if field.profile.is_number() || point > comma { "." } else { "," };
        let reads = self.read(field, true);
        let steps = format!(", do: [{{ number: \"{mark}\" }}], code: wrong_type, own: true");
        let line = self.line(&at("contribution.amount"), reads, &steps, &found);
        line.reasons.push(Reason::Numbers(mark));
        let words = super::super::headers::tokens(&field.path);
        let says =
            |starts: &[&str]| words.iter().any(|w| starts.iter().any(|start| w.starts_with(start)));
        let every = if says(&["mens", "month", "mois"]) {
            Some("month")
        } else if says(&["annu", "annee", "year", "anual", "ano"]) {
            Some("year")
        } else {
            None
        };
        let constants = [("contribution.currency", Some(currency)), ("contribution.every", every)];
        for (name, value) in constants {
            let Some(value) = value else { continue };
            let (target, rule) = (at(name), format!("{{ value: {value} }}"));
            let reasons = vec![Reason::OfTheColumn];
            self.plan.fields.push(Line {
                target,
                rule,
                reads: vec![],
                score: found.score,
                reasons,
            });
        }
    }

    fn flag(&mut self, concept: &str, target: &str) {
        let Some((found, field, _)) = self.concept(concept) else { return };
        let reads = self.read(field, false);
        if field.profile.is_boolean() {
            self.line(target, reads, "", &found);
        } else if let Some((table, reasons)) = self.table("flag", field, ", unmapped: warning") {
            let line = self.line(target, reads, &format!(", table: {table}"), &found);
            line.reasons.extend(reasons);
        }
    }
}

/// Currencies of states whose lists came up, by their code; the column's own words come first.
const CURRENCIES: [(&str, &[&str]); 12] = [
    ("XOF", &["ML", "CI", "BF", "SN", "NE", "TG", "BJ", "GW"]),
    ("XAF", &["CM", "GA", "TD", "CG", "CF", "GQ"]),
    ("NGN", &["NG"]),
    ("GHS", &["GH"]),
    ("KES", &["KE"]),
    ("TZS", &["TZ"]),
    ("UGX", &["UG"]),
    ("RWF", &["RW"]),
    ("MZN", &["MZ"]),
    ("MGA", &["MG"]),
    ("ETB", &["ET"]),
    ("AOA", &["AO"]),
];

fn currency(path: &str, country: Option<&str>) -> Option<&'static str> {
    let words = super::super::headers::tokens(path);
    let named = CURRENCIES.iter().find(|(code, _)| words.contains(&code.to_lowercase()));
    let of = CURRENCIES.iter().find(|(_, states)| country.is_some_and(|c| states.contains(&c)));
    named.or(of).map(|(code, _)| *code)
}
