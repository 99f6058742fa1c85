//! The keys of the language.

/// Of a mapping.
pub const MAPPING: &[&str] = &[
    "mapping", "version", "title", "source", "target", "on_error", "tables", "values", "fields",
    "checks", "back", "hold", "sample", "tests", "samples",
];
/// Of `source`.
pub const SOURCE: &[&str] = &[
    "format",
    "encoding",
    "delimiter",
    "header_row",
    "records_at",
    "record_element",
    "root",
    "namespace",
    "resources",
    "empty",
    "schema",
    "columns",
    "names",
    "record_id",
    "records",
    "rows",
    "inherit",
    "carry_down",
    "skip_when",
    "refers",
    "ignore",
    "drop",
    "labels",
];
/// Of an entry of `source.records`.
pub const RECORDS: &[&str] = &["self", "each", "n", "record_id"];
/// Of `source.resources`.
pub const RESOURCES: &[&str] = &["anchor", "attach"];
/// Of `source.rows`.
pub const ROWS: &[&str] = &["by", "as"];
/// Of `source.inherit`.
pub const INHERIT: &[&str] = &["by", "when", "fields"];
/// Of an entry of `source.refers`.
pub const REFERS: &[&str] = &["field", "id", "code", "when"];
/// Of a repeated group of the target.
pub const GROUP: &[&str] = &["each", "n", "key", "when", "fields"];
/// Of a rule.
pub const RULE: &[&str] = &[
    "from", "value", "template", "choose", "if", "do", "table", "check", "on_error", "code", "own",
    "one_way",
];
/// Of a branch of `choose`.
pub const BRANCH: &[&str] = &["if", "value", "from", "else"];
/// Of a check.
pub const CHECK: &[&str] = &["when", "code", "at", "severity", "title"];
/// Of a table.
pub const TABLE: &[&str] = &["rows", "codes", "fold", "unmapped"];
/// Of a row that is more than a code.
pub const ROW: &[&str] = &["to", "match", "label", "note"];
/// Of `unmapped`.
pub const UNMAPPED: &[&str] = &["use", "severity"];
/// Of a test.
pub const TEST: &[&str] = &["name", "given", "record", "expect", "expect_issue", "round_trip"];
/// Of an entry of `samples`.
pub const SAMPLE: &[&str] = &["file", "accepted", "records"];
/// Of an expected issue.
pub const ISSUE: &[&str] = &["code", "at", "severity"];
/// Of `round_trip`.
pub const ROUND_TRIP: &[&str] = &["except"];
/// Of a title.
pub const TITLE: &[&str] = &["fr", "en"];
/// Of a shared table.
pub const CODES: &[&str] =
    &["codes", "title", "source", "version", "notes", "fold", "include", "rows"];
/// Groups whose keys are often written a level too high or too low, with their names.
const GROUPS: &[(&str, &[&str])] = &[
    ("source", SOURCE),
    ("fields", RULE),
    ("tables", TABLE),
    ("tests", TEST),
    ("mapping, version, fields …", MAPPING),
];

/// The group to which a key belongs that is not known where it stands.
#[must_use]
pub fn elsewhere(key: &str) -> Option<&'static str> {
    GROUPS.iter().find(|(_, keys)| keys.contains(&key)).map(|(name, _)| *name)
}

/// The containers.
pub const FORMATS: &[&str] = &["csv", "json", "ndjson", "xml", "fhir", "canonical"];
/// Error or warning.
pub const SEVERITIES: &[&str] = &["error", "warning"];
