//! The formats of our schemas that the standard does not have.

use jsonschema::ValidationOptions;

use crate::model::PartialDate;

/// Turns `format` from a note into a rule, and adds `edtf` (`1985`, `1985-06`, `1985-06-14`, each
/// perhaps with `~`), `decimal` (`2200`, `0.78`) and `e164` (`+22370123456`).
pub(super) fn add(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .should_validate_formats(true)
        .with_format("edtf", is_edtf)
        .with_format("decimal", is_decimal)
        .with_format("e164", is_e164)
}

pub(super) fn is_edtf(text: &str) -> bool {
    text.parse::<PartialDate>().is_ok()
}

pub(super) fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.strip_prefix('-').unwrap_or(text).split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text.strip_prefix('-').unwrap_or(text)),
    }
}

pub(super) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}
