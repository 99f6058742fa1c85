//! From the validator's errors to issues that a sender understands.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::model::{Expected, IssueCode};

/// One thing that is wrong with a document.
#[derive(Clone, PartialEq)]
pub struct Violation {
    /// JSON pointer to the value, into the sender's own document; for a missing field, to where it
    /// should stand.
    pub pointer: String,
    /// Which of the catalogue.
    pub code: IssueCode,
    /// What was expected.
    pub expected: Option<Expected>,
    /// What was there: the text, or the type of a group. Personal.
    pub value: Option<String>,
}

impl std::fmt::Debug for Violation {
    /// Without the value: it may be personal.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} at {}", self.code, self.pointer)
    }
}

/// All violations, the most basic one for each value, in the order of the document's fields.
pub(super) fn collect<'e>(
    errors: impl Iterator<Item = ValidationError<'e>>,
    schema: &Value,
) -> Vec<Violation> {
    let mut found: Vec<(u8, Violation)> = Vec::new();
    for error in errors {
        for (rank, violation) in violations(&error, schema) {
            match found.iter_mut().find(|(_, known)| known.pointer == violation.pointer) {
                Some((known_rank, known)) if rank < *known_rank => {
                    *known_rank = rank;
                    *known = violation;
                }
                Some(_) => {}
                None => found.push((rank, violation)),
            }
        }
    }
    found.into_iter().map(|(_, violation)| violation).collect()
}

/// How basic a violation is: a missing value cannot have a type, a value of another type no code.
fn rank(kind: &Kind, overridden: bool) -> u8 {
    match kind {
        Kind::Required { .. } => 0,
        Kind::Type { .. } => 1,
        Kind::Pattern { .. } | Kind::Format { .. } if overridden => 2,
        // An empty mandatory cell is missing rather than of a wrong form.
        Kind::MinLength { .. } | Kind::MinItems { .. } => 3,
        Kind::Enum { .. } | Kind::Constant { .. } => 4,
        _ => 5,
    }
}

fn violations(error: &ValidationError<'_>, schema: &Value) -> Vec<(u8, Violation)> {
    let instance = error.instance();
    let pointer = error.instance_path().as_str();
    let below = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    let kind = error.kind();
    let own = own_code(error, schema);
    let rank = rank(kind, own.is_some());
    let here = |code: IssueCode, expected: Option<Expected>| {
        let code = own.unwrap_or(code);
        vec![(
            rank,
            Violation { pointer: pointer.to_owned(), code, expected, value: shown(instance) },
        )]
    };
    match kind {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![(
                rank,
                Violation {
                    pointer: below(name),
                    code: IssueCode::MissingMandatory,
                    expected: None,
                    value: None,
                },
            )]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected
                .iter()
                .map(|name| {
                    let value = instance.get(name).and_then(shown);
                    (
                        rank,
                        Violation {
                            pointer: below(name),
                            code: IssueCode::UnknownField,
                            expected: None,
                            value,
                        },
                    )
                })
                .collect()
        }
        Kind::Type { kind } if instance.is_null() => {
            here(IssueCode::MissingMandatory, Some(types(kind)))
        }
        Kind::Type { kind } => here(IssueCode::WrongType, Some(types(kind))),
        Kind::Enum { options } => here(IssueCode::UnknownCode, Some(one_of(options))),
        Kind::Constant { expected_value } => {
            here(IssueCode::UnknownCode, Some(Expected::OneOf(vec![plain(expected_value)])))
        }
        Kind::Pattern { .. } | Kind::Format { .. } => {
            here(IssueCode::BadFormat, form(error, schema))
        }
        Kind::MinLength { .. } if instance.as_str().is_some_and(|text| text.trim().is_empty()) => {
            here(IssueCode::MissingMandatory, None)
        }
        Kind::MinItems { .. } if instance.as_array().is_some_and(Vec::is_empty) => {
            here(IssueCode::MissingMandatory, None)
        }
        Kind::MinLength { limit } | Kind::MinItems { limit } | Kind::MinProperties { limit } => {
            here(IssueCode::OutOfRange, Some(range(Some(limit.to_string()), None)))
        }
        Kind::MaxLength { limit } | Kind::MaxItems { limit } | Kind::MaxProperties { limit } => {
            here(IssueCode::OutOfRange, Some(range(None, Some(limit.to_string()))))
        }
        Kind::Minimum { limit } | Kind::ExclusiveMinimum { limit } => {
            here(IssueCode::OutOfRange, Some(range(Some(limit.to_string()), None)))
        }
        Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => {
            here(IssueCode::OutOfRange, Some(range(None, Some(limit.to_string()))))
        }
        _ => here(IssueCode::SchemaViolation, None),
    }
}

/// The `x-code` beside the keyword that failed, for the keywords that judge the form of a text.
fn own_code(error: &ValidationError<'_>, schema: &Value) -> Option<IssueCode> {
    match error.kind() {
        Kind::Pattern { .. } | Kind::Format { .. } => {
            beside(error, schema)?.get("x-code")?.as_str().and_then(IssueCode::find)
        }
        _ => None,
    }
}

/// The subschema in which the failing keyword stands.
fn beside<'s>(error: &ValidationError<'_>, schema: &'s Value) -> Option<&'s Value> {
    let (parent, _) = error.schema_path().as_str().rsplit_once('/')?;
    schema.pointer(parent)
}

/// The form as people write it: `x-form` of the schema, else an example, else the pattern.
fn form(error: &ValidationError<'_>, schema: &Value) -> Option<Expected> {
    let beside = beside(error, schema)?;
    let said =
        beside.get("x-form").or_else(|| beside.get("examples")?.get(0)).and_then(Value::as_str);
    let form = match (said, error.kind()) {
        (Some(said), _) => said,
        (None, Kind::Pattern { pattern }) => pattern.as_str(),
        (None, Kind::Format { format }) => format.as_str(),
        _ => return None,
    };
    Some(Expected::Form(form.to_owned()))
}

fn types(kind: &TypeKind) -> Expected {
    Expected::Type(match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => {
            let names: Vec<String> =
                several.iter().map(|one| one.to_string()).filter(|name| name != "null").collect();
            names.join("|")
        }
    })
}

fn one_of(options: &Value) -> Expected {
    let codes = options.as_array().into_iter().flatten().filter(|code| !code.is_null());
    Expected::OneOf(codes.map(plain).collect())
}

fn range(min: Option<String>, max: Option<String>) -> Expected {
    Expected::Range { min, max }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A scalar as written; of a group only its kind, for it may hold a whole person.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Object(_) => Some("object".to_owned()),
        Value::Array(_) => Some("array".to_owned()),
        scalar => Some(plain(scalar)),
    }
}
