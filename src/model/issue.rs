//! What can be wrong with something that a sender gave us: one catalogue of stable codes.
//!
//! A code has a number and a name (`D203 bad_date`). Families: F the bytes of a file, S the sender's
//! schema, D the meaning of a value, R references between records, P policy. The words for people
//! stand in `src/messages/*.ftl` under `issue-<name>`, with the advice as `.mend`.

use std::fmt;

use super::Place;
use super::named::numbered;

numbered! {
    /// A stable code of the catalogue.
    pub enum IssueCode;

    /// The file holds nothing.
    EmptyFile = "F101" "empty_file";
    /// The bytes are not of the declared format.
    WrongFormat = "F102" "wrong_format";
    /// The file ends in the middle of its structure.
    TruncatedFile = "F103" "truncated_file";
    /// One line ends in the middle of its record.
    TruncatedLine = "F104" "truncated_line";
    /// Bytes that are illegal in the encoding of the file.
    BrokenEncoding = "F105" "broken_encoding";
    /// A row with more or fewer columns than the header.
    ColumnCount = "F106" "column_count";
    /// The header row lacks a column, or there is none.
    MissingHeader = "F107" "missing_header";
    /// A record longer than the limit.
    RecordTooLong = "F108" "record_too_long";
    /// Elements nested deeper than the limit.
    TooDeep = "F109" "too_deep";
    /// A record with more fields than the limit.
    TooManyFields = "F110" "too_many_fields";
    /// A document type or entity declaration in XML.
    ForbiddenEntity = "F111" "forbidden_entity";
    /// A record that does not follow the grammar of its format.
    BadSyntax = "F112" "bad_syntax";
    /// A compressed file that cannot be expanded to its end.
    BadCompression = "F113" "bad_compression";
    /// A file larger than the limit once expanded.
    FileTooLarge = "F114" "file_too_large";
    /// A quoted cell that never ends.
    UnclosedQuote = "F115" "unclosed_quote";
    /// A NUL character in the text.
    NulCharacter = "F116" "nul_character";
    /// A FHIR document that is not a Bundle.
    NotABundle = "F117" "not_a_bundle";
    /// The same key twice in one object.
    DuplicateKey = "F118" "duplicate_key";

    /// A mandatory field is empty or absent.
    MissingMandatory = "S201" "missing_mandatory";
    /// A value of another type than the schema says.
    WrongType = "S202" "wrong_type";
    /// A value outside its code list.
    UnknownCode = "S203" "unknown_code";
    /// A value that does not have the expected form.
    BadFormat = "S204" "bad_format";
    /// A number or length outside its bounds.
    OutOfRange = "S205" "out_of_range";
    /// A field that the schema does not know.
    UnknownField = "S206" "unknown_field";
    /// Any other rule of the sender's schema.
    SchemaViolation = "S207" "schema_violation";

    /// An impossible or unreadable date.
    BadDate = "D203" "bad_date";
    /// A birth or other past event that lies in the future.
    FutureDate = "D204" "future_date";
    /// A number whose check digit does not hold.
    BadCheckDigit = "D205" "bad_check_digit";
    /// A phone number that cannot be one.
    BadPhone = "D206" "bad_phone";
    /// An end before its beginning.
    PeriodInverted = "D207" "period_inverted";
    /// A number that cannot be read.
    BadNumber = "D208" "bad_number";
    /// A package that the person may not have (RAM is for Ivorians).
    ForeignerInRam = "D209" "foreigner_in_ram";
    /// A condition of the mapping that does not hold.
    CheckFailed = "D210" "check_failed";
    /// A verb of the mapping that cannot take this value.
    BadValue = "D211" "bad_value";
    /// The translated record is not a valid document of the target.
    InvalidTarget = "D212" "invalid_target";

    /// A dependant whose principal is nowhere.
    OrphanDependent = "R301" "orphan_dependent";
    /// A reference that points nowhere.
    DanglingReference = "R302" "dangling_reference";
    /// The same record id twice in one file.
    DuplicateRecordId = "R303" "duplicate_record_id";
    /// An event about a record that nobody sent.
    UnknownRecord = "R304" "unknown_record";
    /// A file older than what is already known of the record.
    OlderThanKnown = "R305" "older_than_known";
    /// Rows of one record that do not follow one another.
    ScatteredRows = "R306" "scattered_rows";

    /// The asker is no partner.
    UnknownPartner = "P401" "unknown_partner";
    /// The purpose is not allowed by any agreement in force.
    PurposeNotAllowed = "P402" "purpose_not_allowed";
    /// No agreement covers this asker and these insured.
    NoAgreement = "P403" "no_agreement";
    /// The sender may not write this.
    NotPermitted = "P404" "not_permitted";
    /// The file is held until a person releases it.
    Held = "P405" "held";
    /// A message that its sender has sent before.
    RepeatedMessage = "P406" "repeated_message";
    /// A signature that is not of this message by a registered key.
    BadSignature = "P407" "bad_signature";
}

impl fmt::Display for IssueCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.number(), self.name())
    }
}

/// What follows from an issue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The field is unusable, the record stands.
    Warning,
    /// The record is refused.
    Error,
}

impl Severity {
    /// `warning` or `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What was expected instead, in a form that can be said in any language.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Expected {
    /// A form, written as people write it: `jj/MM/aaaa`, `13 chiffres`.
    Form(String),
    /// One of these codes.
    OneOf(Vec<String>),
    /// A JSON type: `string`, `integer`, `object` …
    Type(String),
    /// A number of columns.
    Columns(usize),
    /// At least, at most.
    Range { min: Option<String>, max: Option<String> },
    /// At most this many bytes, levels or fields.
    AtMost(u64),
    /// A check of this name.
    Check(String),
    /// A condition, in the words of the mapping.
    Condition(String),
    /// What should be, in the words of whoever wrote the rule.
    Stated {
        /// French.
        fr: String,
        /// English.
        en: String,
    },
}

/// The line of a mapping that found the issue.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RulePlace {
    /// File name of the mapping, such as `mappings/ml-utm.yaml`.
    pub file: String,
    /// Line in it, from 1.
    pub line: u32,
    /// Target field that the rule fills, such as `person.birth_date`.
    pub target: String,
}

/// One thing that is wrong, with its place in the sender's own file.
#[derive(Clone, PartialEq, Eq)]
pub struct Issue {
    /// Which of the catalogue.
    pub code: IssueCode,
    /// Whether the record is refused.
    pub severity: Severity,
    /// Where, in the sender's file.
    pub place: Place,
    /// The sender's id of the record, when it could be read.
    pub record_id: Option<String>,
    /// The field as the sender wrote it; `(row)` for a whole row, `(bytes)` for raw bytes.
    pub field: Option<String>,
    /// What was there. Personal: never logged.
    pub value: Option<String>,
    /// What was expected.
    pub expected: Option<Expected>,
    /// The rule that found it.
    pub rule: Option<RulePlace>,
}

impl Issue {
    /// An issue that refuses the record.
    #[must_use]
    pub fn error(code: IssueCode, place: Place) -> Self {
        Self {
            code,
            severity: Severity::Error,
            place,
            record_id: None,
            field: None,
            value: None,
            expected: None,
            rule: None,
        }
    }

    /// An issue that only loses a field.
    #[must_use]
    pub fn warning(code: IssueCode, place: Place) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place) }
    }

    /// With the field as the sender wrote it.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// With what was there, cut to 200 characters.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = Some(value.chars().take(VALUE_SHOWN).collect());
        self
    }

    /// With what was expected.
    #[must_use]
    pub fn expected(mut self, expected: Expected) -> Self {
        self.expected = Some(expected);
        self
    }

    /// With the sender's id of the record.
    #[must_use]
    pub fn record_id(mut self, record_id: impl Into<String>) -> Self {
        self.record_id = Some(record_id.into());
        self
    }

    /// With the rule that found it.
    #[must_use]
    pub fn rule(mut self, rule: RulePlace) -> Self {
        self.rule = Some(rule);
        self
    }
}

/// How much of a bad value is kept in an issue: enough to find it, bounded for hostile input.
const VALUE_SHOWN: usize = 200;

impl fmt::Debug for Issue {
    /// Without the value: it may be personal.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} at {}", self.severity.name(), self.code, self.place)?;
        if let Some(field) = &self.field {
            write!(out, " in {field}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_unique() {
        for (i, code) in IssueCode::ALL.iter().enumerate() {
            assert_eq!(IssueCode::find(code.name()), Some(*code));
            assert_eq!(IssueCode::find(code.number()), Some(*code));
            for other in IssueCode::ALL.get(i + 1..).unwrap_or_default() {
                assert_ne!(code.number(), other.number());
                assert_ne!(code.name(), other.name());
            }
        }
    }

    #[test]
    fn debug_hides_the_value() {
        let issue = Issue::error(IssueCode::BadDate, Place::at_line(3)).value("14/06/1985");
        assert!(!format!("{issue:?}").contains("1985"));
    }
}
