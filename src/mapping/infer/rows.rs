//! Rows of a flat file that are no records of their own: several that make one, and a trailer.

use serde_json::Value;

use super::headers::likeness;
use super::survey::{Field, Survey, Total};
use crate::format::Container;

/// Pairs of neighbouring rows from which on it is more than chance.
const PAIRS: usize = 3;

/// The column that the rows of one record share: neighbours with the same value say nothing else of
/// the person. The members of a household differ in their names, so their number is none.
#[must_use]
pub fn by(fields: &[Field], rows: &[Value]) -> Option<usize> {
    let personal: Vec<&str> =
        fields.iter().filter(|f| is_personal(&f.path)).map(|f| f.path.as_str()).collect();
    if personal.is_empty() {
        return None;
    }
    let candidates = fields.iter().enumerate().filter(|(_, field)| {
        let profile = &field.profile;
        profile.comes_in_runs() && profile.presence() > 0.9 && profile.uniqueness() > 0.3
    });
    let shares = |field: &Field| {
        let pairs = rows.windows(2).filter_map(|pair| match pair {
            [a, b] => {
                let key = cell(a, &field.path).filter(|key| Some(*key) == cell(b, &field.path));
                key.map(|_| same_person(a, b, &personal))
            }
            _ => None,
        });
        let pairs: Vec<bool> = pairs.collect();
        let same = pairs.iter().filter(|same| **same).count();
        (pairs.len() >= PAIRS && same * 20 >= pairs.len() * 19).then_some(pairs.len())
    };
    let found = candidates.filter_map(|(at, field)| Some((at, shares(field)?)));
    found.max_by_key(|(at, pairs)| (*pairs, usize::MAX - at)).map(|(at, _)| at)
}

fn is_personal(column: &str) -> bool {
    let concepts = ["family", "given", "full_name", "birth_date", "birth_year", "sex"];
    let found = likeness(column, true);
    found.first().is_some_and(|(concept, l)| l.score >= 0.7 && concepts.contains(concept))
}

fn same_person(a: &Value, b: &Value, personal: &[&str]) -> bool {
    personal.iter().all(|column| match (cell(a, column), cell(b, column)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}

fn cell<'v>(row: &'v Value, column: &str) -> Option<&'v str> {
    row.get(column)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The word with which a last row of other columns begins, when no record begins so.
#[must_use]
pub fn trailer(raw: &[u8], survey: &Survey) -> Option<Total> {
    let Container::Csv { delimiter, .. } = survey.layout.container else { return None };
    let text = String::from_utf8_lossy(raw);
    let first = text.split(char::from(delimiter)).next()?.trim().trim_matches('"');
    let word: String = first.chars().take_while(|c| c.is_alphabetic()).collect();
    let column = survey.fields.first()?;
    let taken = column.profile.values.keys().any(|value| value.starts_with(&word));
    let field = column.path.clone();
    (word.chars().count() >= 3 && !taken).then_some(Total { field, word })
}

#[cfg(test)]
mod tests {
    use super::super::profile::Profile;
    use super::*;
    use serde_json::json;

    fn found(rows: &[[&str; 3]]) -> Option<usize> {
        let columns = ["MEMBER_NO", "SURNAME", "PAID"];
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| columns.iter().zip(row).map(|(c, cell)| ((*c).to_owned(), json!(cell))))
            .map(|row| Value::Object(row.collect()))
            .collect();
        let fields = columns.map(|column| {
            let mut profile = Profile::default();
            rows.iter().for_each(|row| profile.add(&row[column]));
            profile.records = rows.len() as u64;
            Field { path: column.to_owned(), profile, own: true, nested: false }
        });
        by(&fields, &rows)
    }

    #[test]
    fn neighbours_that_name_the_person_once_are_one_record() {
        let rows = [
            ["1", "Mensah", "2023"],
            ["1", "", "2024"],
            ["2", "Owusu", "2023"],
            ["2", "Owusu", "2024"],
            ["3", "Addo", "2023"],
            ["3", "", "2024"],
        ];
        assert_eq!(found(&rows), Some(0));
    }

    #[test]
    fn the_members_of_a_household_are_several_records() {
        let rows = [
            ["1", "Mensah", "a"],
            ["1", "Owusu", "b"],
            ["2", "Addo", "c"],
            ["2", "Boateng", "d"],
            ["3", "Darko", "e"],
            ["3", "Asante", "f"],
        ];
        assert_eq!(found(&rows), None);
    }
}
