//! One invented record in the sender's shape: codes stay, everything of a person is made up.

use serde_json::{Map, Value};

use super::super::function::check_digit;
use super::super::function::date::Layout;
use super::super::function::phone;
use super::choose::Chosen;
use super::codes;
use super::evidence::Content;
use super::survey::{Field, Survey};
use crate::model::PartialDate;

/// Makes the record. `read` are the paths of which rules ask a value.
#[must_use]
pub fn record(
    survey: &Survey,
    contents: &[Content],
    chosen: &Chosen,
    country: Option<&str>,
) -> Value {
    let mut document = Value::Object(Map::new());
    for (index, (field, content)) in survey.fields.iter().zip(contents).enumerate() {
        if field.profile.present == 0 {
            continue;
        }
        let concept = chosen.matches.iter().find(|m| m.field == index).map_or("", |m| m.concept);
        let text = value(concept, field, content, country);
        let value = typed(text, field);
        for path in places(field, survey) {
            put(&mut document, &path, value.clone(), survey.flat());
        }
    }
    document
}

/// Where a value stands in the element: itself, one nested person, or both.
fn places(field: &Field, survey: &Survey) -> Vec<String> {
    let Some(people) = &survey.people else { return vec![field.path.clone()] };
    if let Some(around) = field.path.strip_prefix("^.") {
        return vec![around.to_owned()];
    }
    let nested = format!("{}[0].{}", people.each, field.path);
    match (field.own, field.nested) {
        (true, true) => vec![field.path.clone(), nested],
        (false, true) => vec![nested],
        (true | false, false) => vec![field.path.clone()],
    }
}

fn typed(text: String, field: &Field) -> Value {
    let profile = &field.profile;
    if profile.is_boolean() {
        return Value::Bool(text == "true");
    }
    match serde_json::from_str::<serde_json::Number>(&text) {
        Ok(number) if profile.is_number() => Value::Number(number),
        _ => Value::String(text),
    }
}

fn value(concept: &str, field: &Field, content: &Content, country: Option<&str>) -> String {
    let profile = &field.profile;
    let upper = profile.share(|text| text.chars().all(|c| !c.is_lowercase())) > 0.5;
    let cased = |text: &str| if upper { text.to_uppercase() } else { text.to_owned() };
    match concept {
        "family" | "maiden" => return cased("Exemple"),
        "given" | "middle" => return cased("Awa"),
        "full_name" => return cased("Exemple Awa"),
        "locality" | "commune" | "district" | "birth_place" | "address" => return cased("Lieu"),
        "birth_year" => return "1985".to_owned(),
        "phone" => return phone_like(field, country),
        "sex" | "relationship" | "status" | "employment" => {
            if let Some(code) = a_known_code(concept, field) {
                return code;
            }
        }
        // Nobody asks of an invented person that their day of birth be a guess.
        "estimated" => {
            for codes_of in ["year_only", "flag"] {
                let rows = codes::rows(codes_of, &profile.frequent());
                if let Some(row) = rows.iter().find(|row| row.to == Some("false") && row.sure) {
                    return row.from.clone();
                }
            }
        }
        _ => {}
    }
    if let Some(dates) = content.dates.as_ref().filter(|_| content.dated() > 0.6) {
        let day = match concept {
            "birth_date" | "birth_year" => "1985-06-14",
            "end" | "paid_until" => "2026-12-31",
            "enrolled_on" | "status_since" => "2024-03-01",
            _ => "2025-01-01",
        };
        let pivot = if concept.starts_with("birth") { 10 } else { super::plan::RECENT_PIVOT };
        let layouts = dates.layouts.iter().filter_map(|layout| Layout::parse(layout).ok());
        let layout = layouts.map(|layout| layout.with_pivot(pivot));
        let date = day.parse::<PartialDate>().ok();
        if let Some(text) = date.and_then(|date| layout.filter_map(|l| l.write(date)).next()) {
            return text;
        }
    }
    if concept.is_empty() && profile.is_closed() {
        return profile.frequent().first().map(|code| (*code).to_owned()).unwrap_or_default();
    }
    if let Some(code) = profile.common_code().filter(|_| concept != "record_id") {
        return code.to_owned();
    }
    number_like(field, content.check)
}

fn a_known_code(concept: &str, field: &Field) -> Option<String> {
    let rows = codes::rows(concept, &field.profile.frequent());
    let wanted = |row: &&codes::Row| match concept {
        "sex" => row.to == Some("female"),
        "status" => row.to == Some("active"),
        "relationship" => row.to == Some("spouse"),
        _ => row.to.is_some(),
    };
    let surest = rows.iter().filter(|row| row.sure).find(wanted);
    let any = || rows.iter().find(|row| row.to.is_some());
    surest.or_else(|| rows.iter().find(wanted)).or_else(any).map(|row| row.from.clone())
}

/// A shape of the field with other letters and digits; with a check digit one that holds.
fn number_like(field: &Field, check: Option<&str>) -> String {
    let Some(model) = usual_shape(field) else { return String::new() };
    let text = replaced(&model, 0);
    let Some(check) = check else { return text };
    (0..2_000)
        .map(|seed| replaced(&model, seed))
        .find(|text| {
            let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            check_digit::holds(check, &plain) == Some(true)
        })
        .unwrap_or(text)
}

/// The value whose length is the most frequent.
fn usual_shape(field: &Field) -> Option<String> {
    let mut lengths = std::collections::BTreeMap::<usize, usize>::new();
    for text in field.profile.values.keys() {
        *lengths.entry(text.chars().count()).or_default() += 1;
    }
    let (length, _) = lengths.into_iter().max_by_key(|(_, count)| *count)?;
    field.profile.values.keys().find(|text| text.chars().count() == length).cloned()
}

/// Digits and letters in the places of digits and letters; letters that all values begin with stay.
fn replaced(model: &str, seed: u32) -> String {
    let letters = model.chars().filter(|c| c.is_alphabetic()).count();
    let code = letters <= 5 && model.chars().any(|c| c.is_ascii_digit());
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    model
        .chars()
        .map(|c| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let drawn = state >> 16;
            match c {
                '0' => '0',
                c if c.is_ascii_digit() => char::from_digit(1 + drawn % 9, 10).unwrap_or('1'),
                c if c.is_alphabetic() && code && seed == 0 => c,
                c if c.is_uppercase() => char::from(b'A' + (drawn % 8) as u8),
                c if c.is_alphabetic() => char::from(b'a' + (drawn % 8) as u8),
                other => other,
            }
        })
        .collect()
}

/// Digits of the country's form: the first stay, the last are made up.
fn phone_like(field: &Field, country: Option<&str>) -> String {
    let Some(country) = country else { return "70000001".to_owned() };
    let invented = |text: &String| -> String {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let mut at = 0;
        text.chars()
            .map(|c| {
                at += usize::from(c.is_ascii_digit());
                if c.is_ascii_digit() && at + 6 > digits {
                    char::from(b'1' + (at % 8) as u8)
                } else {
                    c
                }
            })
            .map(|c| if c == '\u{a0}' { ' ' } else { c })
            .collect()
    };
    let all = field.profile.values.keys().map(invented);
    let plain = |text: &String| text.chars().all(|c| c.is_ascii_digit());
    let readable: Vec<String> = all.filter(|text| phone::read(text, country).is_some()).collect();
    let best = readable.iter().find(|text| plain(text)).or_else(|| readable.first());
    best.cloned().unwrap_or_default()
}

/// Puts a value at a path, making the groups and lists on the way.
fn put(document: &mut Value, path: &str, value: Value, flat: bool) {
    if flat {
        if let Some(map) = document.as_object_mut() {
            map.insert(path.to_owned(), value);
        }
        return;
    }
    set(document, path, value);
}

fn set(at: &mut Value, path: &str, value: Value) {
    let (step, rest) = first_step(path);
    let (key, choice) = match step.split_once('[') {
        Some((key, choice)) => (key, Some(choice.trim_end_matches(']'))),
        None => (step, None),
    };
    if !at.is_object() {
        // An element with a text and attributes.
        let text = at.take();
        *at = Value::Object(Map::new());
        if let (false, Some(map)) = (text.is_null(), at.as_object_mut()) {
            map.insert("#text".to_owned(), text);
        }
    }
    let Some(map) = at.as_object_mut() else { return };
    let below = map.entry(key).or_insert(Value::Null);
    let below = match choice {
        None => below,
        Some(choice) => item(below, choice),
    };
    match rest {
        Some(rest) => set(below, rest, value),
        None if below.is_object() => set(below, "#text", value),
        None => *below = value,
    }
}

/// The item of a list: the first, or the one that says what it is.
fn item<'v>(list: &'v mut Value, choice: &str) -> &'v mut Value {
    if !list.is_array() {
        *list = Value::Array(Vec::new());
    }
    let items = list.as_array_mut().expect("made a list above");
    let telling = choice.strip_prefix('?').and_then(|test| test.split_once(" == "));
    let index = match telling {
        None => (!items.is_empty()).then_some(0),
        Some((path, word)) => {
            let word = word.trim_matches('\'');
            let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            items
                .iter()
                .position(|item| item.pointer(&pointer).and_then(Value::as_str) == Some(word))
        }
    };
    let index = index.unwrap_or_else(|| {
        let mut fresh = Value::Null;
        if let Some((path, word)) = telling {
            set(&mut fresh, path, Value::String(word.trim_matches('\'').to_owned()));
        }
        items.push(fresh);
        items.len() - 1
    });
    items.get_mut(index).expect("an index of the list")
}

/// The first step of a path and the rest; a point inside brackets does not part.
fn first_step(path: &str) -> (&str, Option<&str>) {
    let mut depth = 0;
    let mut quoted = false;
    for (at, c) in path.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            '.' if depth == 0 && !quoted => {
                return (path.get(..at).unwrap_or(path), path.get(at + 1..));
            }
            _ => {}
        }
    }
    (path, None)
}
