//! Who is meant by the attributes of a query, in each of the ways in which the specification writes one.
//!
//! `idtype-value` names a number. An expression is a tree of conditions, a predicate a list of them; of both only what
//! names somebody is taken: equalities, all of which hold. Anything else would be a list of people by conditions.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::eligibility::question::{Demographics, Number};
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Registry, Subject};
use crate::model::SchemeId;
use crate::model::record::Sex;

/// What a query says of somebody, by attribute without the path before it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Attributes(BTreeMap<String, String>);

/// A query that does not name somebody, with the part that does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotSomebody(pub String);

impl Attributes {
    /// A number of a type.
    #[must_use]
    pub fn number(kind: &str, value: &str) -> Self {
        let all = [("identifier_type", kind), ("identifier_value", value)];
        Self(all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// From a query of a kind: `idtype-value`, `expression` or `predicate`.
    ///
    /// # Errors
    /// When it does not name somebody; with nothing in it, when it lacks what its kind must have.
    pub fn of_query(kind: &str, query: &Value) -> Result<Self, NotSomebody> {
        match kind {
            "idtype-value" => {
                let value = query["value"].as_str().ok_or(NotSomebody(String::new()))?;
                Ok(Self::number(query["type"].as_str().unwrap_or("UIN"), value))
            }
            "expression" => {
                // Some write the conditions themselves where others wrap them.
                let wrapped = &query["value"]["expression"]["query"];
                Self::of_expression(if wrapped.is_null() { query } else { wrapped })
            }
            _ => Self::of_predicates(query),
        }
    }

    /// From an object of conditions: `{"a": {"eq": "x"}, "$and": [{"b": "y"}]}`.
    ///
    /// # Errors
    /// At the first condition that is not an equality.
    pub fn of_expression(query: &Value) -> Result<Self, NotSomebody> {
        let mut found = Self::default();
        found.gather(query)?;
        Ok(found)
    }

    fn gather(&mut self, query: &Value) -> Result<(), NotSomebody> {
        for (name, condition) in query.as_object().into_iter().flatten() {
            match (name.trim_start_matches('$'), condition) {
                ("and", Value::Array(all)) => {
                    for one in all {
                        self.gather(one)?;
                    }
                }
                ("or" | "not" | "nor", _) => return Err(NotSomebody(name.clone())),
                (_, Value::Object(operators)) => {
                    for (operator, value) in operators {
                        if operator.trim_start_matches('$') != "eq" {
                            return Err(NotSomebody(format!("{name} {operator}")));
                        }
                        self.put(name, value);
                    }
                }
                (_, value) => self.put(name, value),
            }
        }
        Ok(())
    }

    /// From a list of predicates: `[{"expression1": {attribute_name, operator, attribute_value}, "condition": "and", …}]`.
    ///
    /// # Errors
    /// At the first condition that is not an equality, or that need not hold.
    pub fn of_predicates(query: &Value) -> Result<Self, NotSomebody> {
        let mut found = Self::default();
        for predicate in query.as_array().into_iter().flatten() {
            match predicate["condition"].as_str() {
                None | Some("and") => {}
                Some(other) => return Err(NotSomebody(other.to_owned())),
            }
            for name in ["expression1", "expression2"] {
                let one = &predicate[name];
                if one.is_null() {
                    continue;
                }
                let attribute = one["attribute_name"].as_str().unwrap_or_default();
                match one["operator"].as_str() {
                    Some("eq" | "=") => found.put(attribute, &one["attribute_value"]),
                    other => {
                        let operator = other.unwrap_or("?");
                        return Err(NotSomebody(format!("{attribute} {operator}")));
                    }
                }
            }
        }
        Ok(found)
    }

    fn put(&mut self, name: &str, value: &Value) {
        let last = name.rsplit('.').next().unwrap_or(name).to_lowercase();
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        if !text.is_empty() {
            self.0.insert(last, text);
        }
    }

    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)).map(String::as_str)
    }

    /// The programme that is named, as it is written.
    #[must_use]
    pub fn programme(&self) -> Option<&str> {
        self.get(&["programme_identifier", "program_identifier", "programme"])
    }

    /// The day that is asked about.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.get(&["as_of", "on_date"]).and_then(|text| text.parse().ok())
    }

    /// The country of the place of care.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        self.get(&["country_of_care"]).map(str::to_ascii_uppercase)
    }

    /// Who is meant: by number, else by description. A number without a type is the programme's own, else every kind of
    /// number that is written so.
    #[must_use]
    pub fn subject(&self, registry: &Registry, programme: Option<&SchemeId>) -> Subject {
        match self.get(&[
            "identifier_value",
            "person_identifier",
            "member_identifier",
            "identifier",
            "uin",
        ]) {
            Some(value) => Subject::Identifiers(self.numbers(value, registry, programme)),
            None => Subject::Demographics(self.description()),
        }
    }

    fn numbers(
        &self,
        value: &str,
        registry: &Registry,
        programme: Option<&SchemeId>,
    ) -> Vec<Number> {
        let number = |kind| Number { kind, value: value.to_owned().into() };
        let stated = self.get(&["identifier_type", "id_type"]);
        if let Some(kind) = stated.and_then(|name| registry.number_kind(name)) {
            return vec![number(Some(kind))];
        }
        match (stated, programme) {
            // A type that nobody knows leads to nobody, unless it only says that it is a number.
            (Some(name), _) if !name.eq_ignore_ascii_case("uin") => vec![number(None)],
            (_, Some(scheme)) => vec![number(Some(NumberKind::Record(scheme.clone())))],
            (_, None) => {
                written_so(value, registry).into_iter().map(|kind| number(Some(kind))).collect()
            }
        }
    }

    fn description(&self) -> Demographics {
        let text = |names: &[&str]| self.get(names).unwrap_or_default().to_owned();
        Demographics {
            family: text(&["surname", "family_name", "last_name"]).into(),
            given: text(&["given_name", "first_name"]).into(),
            sex: match text(&["sex", "gender"]).to_lowercase().as_str() {
                "female" | "f" => Some(Sex::Female),
                "male" | "m" => Some(Sex::Male),
                _ => None,
            },
            birth_date: self.get(&["birth_date", "date_of_birth"]).and_then(|day| day.parse().ok()),
            phone: self.get(&["phone_number", "phone"]).map(|phone| phone.to_owned().into()),
        }
    }
}

/// The kinds of number whose form a text has.
fn written_so(value: &str, registry: &Registry) -> Vec<NumberKind> {
    let mut found = Vec::new();
    for scheme in registry.schemes() {
        let fits =
            |form: &Option<regex::Regex>| form.as_ref().is_some_and(|form| form.is_match(value));
        if fits(&scheme.record_number.form) {
            found.push(NumberKind::Record(scheme.id.clone()));
        }
        let own = scheme.identifiers.iter().filter(|number| fits(&number.form));
        found.extend(own.map(|number| NumberKind::System(number.system.clone())));
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn registry() -> Registry {
        let files = [
            ("ml-utm.yaml", include_str!("../../mappings/schemes/ml-utm.yaml")),
            ("ml-canam.yaml", include_str!("../../mappings/schemes/ml-canam.yaml")),
        ];
        Registry::parse(files).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    fn kinds(attributes: &Attributes, programme: Option<&str>) -> Vec<Option<NumberKind>> {
        let programme = programme.map(|id| id.parse().unwrap());
        match attributes.subject(&registry(), programme.as_ref()) {
            Subject::Identifiers(numbers) => {
                numbers.into_iter().map(|number| number.kind).collect()
            }
            other => panic!("{}", other.kind()),
        }
    }

    #[test]
    fn the_three_ways_say_the_same() {
        let expected = Attributes::number("NINA", "123");
        let expression = json!({ "$and": [
            { "demographic_info.identifier.identifier_type": { "$eq": "NINA" } },
            { "identifier_value": "123" },
        ] });
        assert_eq!(Attributes::of_expression(&expression), Ok(expected.clone()));
        let one = |name: &str, value: &str| json!({ "attribute_name": name, "operator": "eq", "attribute_value": value });
        let predicate = json!([{ "seq_num": 1, "expression1": one("identifier_type", "NINA"),
            "condition": "and", "expression2": one("identifier_value", "123") }]);
        assert_eq!(Attributes::of_predicates(&predicate), Ok(expected));
    }

    #[test]
    fn a_list_by_conditions_is_nobody_in_particular() {
        for query in [
            json!({ "poverty_score": { "$lt": 5 } }),
            json!({ "$or": [{ "surname": "Keita" }, { "surname": "Traoré" }] }),
        ] {
            assert!(Attributes::of_expression(&query).is_err(), "{query}");
        }
        let below = json!([{ "expression1": { "attribute_name": "score", "operator": "lt", "attribute_value": 5 } }]);
        assert_eq!(Attributes::of_predicates(&below), Err(NotSomebody("score lt".to_owned())));
        let either = json!([{ "expression1": { "attribute_name": "a", "operator": "eq", "attribute_value": 5 }, "condition": "or" }]);
        assert_eq!(Attributes::of_predicates(&either), Err(NotSomebody("or".to_owned())));
    }

    #[test]
    fn a_number_without_a_type_is_the_programmes_own_or_what_it_looks_like() {
        let bare = Attributes::of_expression(
            &json!({ "person_identifier": { "eq": "UTM-001-0000001/00" } }),
        )
        .unwrap();
        let utm = Some(NumberKind::Record("ml-utm".parse().unwrap()));
        assert_eq!(kinds(&bare, Some("ml-utm")), std::slice::from_ref(&utm));
        assert_eq!(kinds(&bare, None), [utm]);
        assert_eq!(kinds(&Attributes::number("PASSPORT", "1"), Some("ml-utm")), [None]);
    }
}
