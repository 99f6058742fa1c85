//! Whether a condition holds: what absence, numbers and texts mean for each test is said at
//! [`Condition::eval`](super::Condition::eval).

use std::cmp::Ordering;

use super::{Literal, Operand, Operator, Test};

impl Operator {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order == Ordering::Equal,
            Self::NotEqual => order != Ordering::Equal,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
        }
    }
}

impl Test {
    pub(super) fn holds<'v>(
        &self,
        lookup: &impl Fn(usize) -> Option<&'v str>,
        among: &impl Fn(usize, &str) -> bool,
    ) -> bool {
        let text_has = |path: usize, test: &dyn Fn(&str) -> bool| lookup(path).is_some_and(test);
        match self {
            Self::All(tests) => tests.iter().all(|test| test.holds(lookup, among)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(lookup, among)),
            Self::Not(test) => !test.holds(lookup, among),
            Self::Holds(path, wanted) => among(*path, wanted),
            Self::Constant(value) => *value,
            Self::Truth(path) => lookup(*path) == Some("true"),
            Self::Has(path) => lookup(*path).is_some(),
            Self::In(path, literals) => {
                let value = lookup(*path);
                literals.iter().any(|literal| literal.equals(value))
            }
            // Most conditions ask for a code.
            Self::Compare {
                left: Operand::Path(path),
                operator: operator @ (Operator::Equal | Operator::NotEqual),
                right: Operand::Literal(Literal::Text(text)),
            } => (lookup(*path) == Some(text.as_str())) == (*operator == Operator::Equal),
            Self::Compare { left, operator, right } => compare(left, *operator, right, lookup),
            Self::StartsWith(path, wanted) => {
                text_has(*path, &|text| text.starts_with(wanted.as_str()))
            }
            Self::EndsWith(path, wanted) => {
                text_has(*path, &|text| text.ends_with(wanted.as_str()))
            }
            Self::Contains(path, wanted) => text_has(*path, &|text| text.contains(wanted.as_str())),
            Self::Matches(path, pattern) => text_has(*path, &|text| pattern.is_match(text)),
        }
    }
}

fn compare<'v>(
    left: &Operand,
    operator: Operator,
    right: &Operand,
    lookup: &impl Fn(usize) -> Option<&'v str>,
) -> bool {
    let order = match (value(left, lookup), value(right, lookup)) {
        (Value::Found(a), Value::Found(b)) => found_order(a, b),
        (Value::Found(a), Value::Literal(b)) => literal_order(a, b),
        (Value::Literal(a), Value::Found(b)) => literal_order(b, a).map(Ordering::reverse),
        (Value::Literal(a), Value::Literal(b)) => (a == b).then_some(Ordering::Equal),
        (Value::Found(a), Value::Number(b)) => {
            a.and_then(as_number).and_then(|a| a.partial_cmp(&b))
        }
        (Value::Number(a), Value::Found(b)) => {
            b.and_then(as_number).and_then(|b| a.partial_cmp(&b))
        }
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(&b),
        (Value::Number(_), Value::Literal(_)) | (Value::Literal(_), Value::Number(_)) => None,
    };
    match order {
        Some(order) => operator.accepts(order),
        None => operator == Operator::NotEqual,
    }
}

fn value<'o, 'v: 'o>(
    operand: &'o Operand,
    lookup: &impl Fn(usize) -> Option<&'v str>,
) -> Value<'o> {
    match operand {
        Operand::Path(path) => Value::Found(lookup(*path)),
        Operand::Size(path) => {
            let size = lookup(*path).map_or(0, |text| text.chars().count());
            Value::Number(u32::try_from(size).map_or(f64::INFINITY, f64::from))
        }
        Operand::Literal(Literal::Number(number)) => Value::Number(*number),
        Operand::Literal(literal) => Value::Literal(literal),
    }
}

enum Value<'v> {
    Found(Option<&'v str>),
    Number(f64),
    Literal(&'v Literal),
}

/// `None` when one of the two is absent.
fn found_order(a: Option<&str>, b: Option<&str>) -> Option<Ordering> {
    match (a, b) {
        (None, None) => Some(Ordering::Equal),
        // Days, which are no numbers, are compared most.
        (Some(a), Some(b)) if is_day(a) && is_day(b) => Some(a.cmp(b)),
        (Some(a), Some(b)) => match (as_number(a), as_number(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => Some(a.cmp(b)),
        },
        _ => None,
    }
}

/// Whether a text has the hyphens of a day; none that has them is a number.
fn is_day(text: &str) -> bool {
    matches!(text.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _])
}

fn literal_order(found: Option<&str>, literal: &Literal) -> Option<Ordering> {
    match (found, literal) {
        (Some(found), Literal::Text(text)) => Some(found.cmp(text.as_str())),
        _ => literal.equals(found).then_some(Ordering::Equal),
    }
}

impl Literal {
    fn equals(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Null, value) => value.is_none(),
            (_, None) => false,
            (Self::Text(text), Some(value)) => text == value,
            (Self::Number(number), Some(value)) => as_number(value) == Some(*number),
            (Self::Boolean(boolean), Some(value)) => {
                value == if *boolean { "true" } else { "false" }
            }
        }
    }
}

/// A number as JSON or a cell writes it; `inf` and `nan`, which Rust would read, are texts.
fn as_number(text: &str) -> Option<f64> {
    let numeric =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    // Most texts are told by their first letter, and dates by the hyphen after their year.
    let first = *text.as_bytes().first()?;
    if !numeric(first) || text.as_bytes().get(4) == Some(&b'-') && !text.contains(['e', 'E']) {
        return None;
    }
    let starts = text.trim_start_matches(['-', '+', '.']).starts_with(|c: char| c.is_ascii_digit());
    (starts && text.bytes().all(numeric)).then(|| text.parse().ok()).flatten()
}
