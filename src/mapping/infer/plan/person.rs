//! Who the person is: names, sex, dates, numbers, phones, places.

use super::super::choose::{Match, system};
use super::super::reasons::Reason;
use super::super::survey::Field;
use super::super::yaml_text::{one_or_list, quoted, scalar};
use super::{Line, Planner, why};

impl Planner<'_> {
    /// All rules of `person`.
    pub(super) fn person(&mut self) {
        self.names();
        self.sex();
        self.birth_date();
        self.text("birth_place", "person.birth_place", false);
        if let Some((found, field, _)) = self.concept("death_date") {
            self.date(&found, field, "person.death_date", "");
        }
        self.identifiers();
        self.phones();
        self.places();
        self.coded("nationality", "person.nationality", false);
        self.text("marital", "person.marital_status", false);
        if let Some((found, field, _)) = self.concept("employment") {
            self.with_table(&found, field, "person.employment", "employment");
        }
    }

    fn names(&mut self) {
        let (family, given, full) =
            (self.concept("family"), self.concept("given"), self.concept("full_name"));
        // `otherNames` beside a family name alone are all the given names.
        let given = given.or_else(|| family.and_then(|_| self.concept("middle")));
        match (family, given, full) {
            (Some(family), None, Some((full, field, _))) => {
                // `nome` and `apelido`: beside a family name, "name" is the given one.
                self.family(&family.0, family.1);
                self.given(&full, field);
            }
            (Some((found, field, _)), None, None) if field.profile.words() > 1.6 => {
                self.full(&found, field)
            }
            (None, None, Some((found, field, _))) => self.full(&found, field),
            (family, given, _) => {
                if let Some((found, field, _)) = family {
                    self.family(&found, field);
                }
                if let Some((found, field, _)) = given {
                    self.given(&found, field);
                }
            }
        }
        if let Some((found, field, _)) = self.concept("maiden") {
            let reads = self.read(field, false);
            self.line("person.names[maiden].family", reads, ", do: [squeeze]", &found);
        }
    }

    fn family(&mut self, found: &Match, field: &Field) {
        let reads = self.read(field, false);
        self.line("person.names[official].family", reads, ", do: [squeeze]", found);
    }

    fn given(&mut self, found: &Match, field: &Field) {
        if field.path.ends_with("[]") {
            self.line("person.names[official].given", vec![field.path.clone()], "", found);
            return;
        }
        let mut reads = vec![field.path.clone()];
        let mut rule_reads = reads.clone();
        let middle = self.concept("middle").filter(|(_, other, _)| other.path != field.path);
        if let Some((middle, other, _)) = middle {
            let rule = format!(
                "{{ template: {} }}",
                quoted(&format!("{{{}}} {{{}}}", field.path, other.path))
            );
            let reasons = vec![why(&middle, other)];
            rule_reads = vec!["given_names".to_owned(), field.path.clone(), other.path.clone()];
            reads.push(other.path.clone());
            let target = "given_names".to_owned();
            self.plan.values.push(Line {
                target,
                rule,
                reads: reads.clone(),
                score: middle.score,
                reasons,
            });
        }
        for part in ["given", "prefix"] {
            let from = if part == "given" { &rule_reads } else { &reads };
            let steps = format!(", do: [squeeze, {{ name_part: {part}, order: given_only }}]");
            let target = format!("person.names[official].{part}");
            let line = self.line(&target, from.clone(), &steps, found);
            line.reads.clone_from(&reads);
            if part == "prefix" {
                line.reasons = vec![Reason::Titles];
                line.rule = line.rule.replace(&one_or_list(from), &scalar(&field.path));
                line.reads = vec![field.path.clone()];
            }
        }
    }

    /// One column with all names: in which order is told by capitals, else not known.
    fn full(&mut self, found: &Match, field: &Field) {
        let comma = field.profile.share(|text| text.contains(',')) > 0.5;
        let order = if comma { "family_first" } else { name_order(field) };
        let reads = vec![field.path.clone()];
        let unmark = if comma { "{ replace: \",\", with: \"\" }, " } else { "" };
        for part in ["family", "given", "prefix"] {
            let steps = format!(", do: [{unmark}squeeze, {{ name_part: {part}, order: {order} }}]");
            let target = format!("person.names[official].{part}");
            let line = self.line(&target, reads.clone(), &steps, found);
            line.reasons.push(Reason::NameOrder(order));
        }
        let line = self.line("person.names[official].text", reads, ", do: [squeeze]", found);
        line.reasons = vec![Reason::WholeName];
    }

    fn sex(&mut self) {
        if let Some((found, field, _)) = self.concept("sex") {
            self.with_table(&found, field, "person.sex", "sex");
        }
    }

    /// A code of ours out of one of theirs; without a word that explains one, a person must.
    fn with_table(&mut self, found: &Match, field: &Field, target: &str, codes_of: &str) {
        let Some((table, reasons)) = self.table(codes_of, field, ", unmapped: warning") else {
            return;
        };
        let reads = self.read(field, false);
        let line = self.line(target, reads, &format!(", table: {table}"), found);
        line.reasons.extend(reasons);
    }

    pub(super) fn date(&mut self, found: &Match, field: &Field, target: &str, more: &str) {
        let (verb, reasons) = self.date_verb(found, true);
        let reads = self.read(field, false);
        let line = self.line(target, reads, &format!(", do: [{verb}]{more}"), found);
        line.reasons.extend(reasons);
    }

    fn identifiers(&mut self) {
        let mut found: Vec<Match> = self.chosen.all("national_id").copied().collect();
        // The record's own number may be a national one: its check digit says so.
        found.extend(self.chosen.get("record_id").filter(|id| self.content(id).check.is_some()));
        let mut systems: Vec<String> = Vec::new();
        for found in found {
            let (field, content) = (self.field(&found), self.content(&found));
            let system = system(field, content, self.country);
            if systems.contains(&system) {
                continue;
            }
            let letters = field.profile.share(|text| text.chars().any(char::is_alphabetic)) > 0.02;
            let form = if letters { "{ keep: alphanumeric }, upper" } else { "{ keep: digits }" };
            let check = content
                .check
                .map_or_else(String::new, |name| format!(", {{ check_digit: {name} }}"));
            let steps = format!(", do: [{form}{check}], on_error: warning");
            let target = format!("person.identifiers[{system}]");
            let line = self.line(&target, vec![field.path.clone()], &steps, &found);
            line.reasons.extend(content.check.map(Reason::CheckDigit));
            systems.push(system);
        }
    }

    fn phones(&mut self) {
        let Some(country) = self.country else { return };
        let found: Vec<Match> = self.chosen.all("phone").copied().collect();
        let mut rules = Vec::new();
        let mut reads = Vec::new();
        let Some(first) = found.first() else { return };
        for found in &found {
            let paths = self.read(self.field(found), true);
            let from: Vec<String> = match self.survey.is_standard() || self.survey.flat() {
                true => paths.clone(),
                false => paths.iter().map(|path| all_items(path)).collect(),
            };
            rules.push(format!(
                "{{ from: {}, do: [{{ phone: {country} }}], on_error: warning }}",
                one_or_list(&from)
            ));
            reads.extend(paths);
        }
        let rule =
            if rules.len() == 1 { rules.concat() } else { format!("[{}]", rules.join(", ")) };
        let share = self.content(first).phones;
        let country = country.to_owned();
        let reasons = vec![why(first, self.field(first)), Reason::Phones { country, share }];
        let target = "person.phones[]".to_owned();
        self.plan.fields.push(Line { target, rule, reads, score: first.score, reasons });
    }

    fn places(&mut self) {
        let before = self.plan.fields.len();
        self.coded("region", "person.addresses[home].region", true);
        for (concept, name) in [
            ("district", "district"),
            ("commune", "commune"),
            ("locality", "locality"),
            ("address", "text"),
        ] {
            self.text(concept, &format!("person.addresses[home].{name}"), true);
        }
        let any = self.plan.fields.len() > before;
        if let Some((found, field, _)) = self.concept("country")
            && field.profile.share(|text| text.len() == 2) > 0.9
        {
            let reads = self.read(field, true);
            self.line("person.addresses[home].country", reads, "", &found);
        } else if let (Some(country), true) = (self.country, any) {
            let reasons = vec![Reason::Country(country.to_owned())];
            let rule = format!("{{ value: {} }}", scalar(country));
            let target = "person.addresses[home].country".to_owned();
            self.plan.fields.push(Line { target, rule, reads: vec![], score: 0.8, reasons });
        }
    }

    /// A code that a shared table knows, else the text as it is.
    fn coded(&mut self, concept: &str, target: &str, shared: bool) {
        let Some((found, field, _)) = self.concept(concept) else { return };
        let reads = self.read(field, shared);
        match self.shared_table(field) {
            Some(name) => {
                let steps = format!(", table: {{ codes: {name}, unmapped: warning }}");
                self.line(target, reads, &steps, &found).reasons.push(Reason::SharedTable(name));
            }
            None => drop(self.line(target, reads, ", do: [squeeze]", &found)),
        }
    }
}

/// The path to all items of its last list, not to one of them alone.
fn all_items(path: &str) -> String {
    if let Some((test, after)) = path.rsplit_once("']") {
        return format!("{test}'][]{after}");
    }
    match path.rsplit_once("[0]") {
        Some((before, after)) => format!("{before}[]{after}"),
        None => path.to_owned(),
    }
}

/// Capitals mark the family name in many lists: `TRAORE Moussa`, `Moussa TRAORE`.
fn name_order(field: &Field) -> &'static str {
    let capital = |word: &str| word.chars().count() > 1 && word.chars().all(|c| !c.is_lowercase());
    let mixed = |text: &str, first: bool| {
        let words: Vec<&str> = text.split_whitespace().collect();
        match (words.first(), words.last()) {
            (Some(a), Some(b)) => capital(a) == first && capital(b) != first,
            _ => false,
        }
    };
    let family_first = field.profile.share(|text| mixed(text, true));
    let given_first = field.profile.share(|text| mixed(text, false));
    if family_first > 0.8 {
        "family_first"
    } else if given_first > 0.8 {
        "given_first"
    } else if given_first > family_first {
        "mostly_given_first"
    } else {
        "mostly_family_first"
    }
}
