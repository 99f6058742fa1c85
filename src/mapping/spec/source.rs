//! The part `source` of a mapping: how the sender's files are cut into records, and what they are named.

use crate::model::IssueCode;

use super::super::diagnostic::Diagnostics;
use super::super::yaml::{Node, Span};
use super::pieces::{
    Map, bad_value, issue_code, items, one_of, plain_words, positive, word_pairs, words,
};
use super::{Format, Spanned, Word, keys};

/// How the sender's file is read.
#[derive(Debug)]
pub struct SourceSpec {
    /// Where `source` stands.
    pub span: Span,
    /// Container.
    pub format: Format,
    /// Declared encoding.
    pub encoding: Option<String>,
    /// Delimiter of CSV.
    pub delimiter: u8,
    /// Line of the CSV header.
    pub header_row: u64,
    /// Keys down to the JSON array.
    pub records_at: Vec<String>,
    /// XML element of a record.
    pub record_element: Option<String>,
    /// XML root element of files that are written.
    pub root: Option<String>,
    /// XML default namespace of files that are written.
    pub namespace: Option<String>,
    /// FHIR: anchor resource, and attached ones with the reference that attaches them.
    pub resources: Option<(String, Vec<(String, String)>)>,
    /// Cells that count as absent.
    pub empty: Vec<String>,
    /// The sender's schema.
    pub schema: Word,
    /// Expected header.
    pub columns: Option<Vec<String>>,
    /// Short names for paths.
    pub names: Vec<(Word, Word)>,
    /// Templates of the record id: the first counts whose parts are all present.
    pub record_id: Vec<Word>,
    /// The records within one element.
    pub records: Vec<RecordsSpec>,
    /// The rows that make one record.
    pub rows: Option<RowsSpec>,
    /// Values taken from an earlier row of the same key.
    pub inherit: Option<InheritSpec>,
    /// Cells written once for a block.
    pub carry_down: Vec<Word>,
    /// Rows that are no records.
    pub skip_when: Option<Word>,
    /// References to other records.
    pub refers: Vec<RefersSpec>,
    /// Fields knowingly left.
    pub ignore: Vec<Word>,
    /// Fields that may not be kept.
    pub drop: Vec<Word>,
    /// Names to show for paths.
    pub labels: Vec<(Word, Word)>,
}

/// One kind of record within an element.
#[derive(Debug)]
pub struct RecordsSpec {
    /// Path of the nested elements, or the columns of a wide row; none for the element itself.
    pub each: Option<Word>,
    /// The numbers of the columns, such as `1..12`.
    pub numbers: Option<Word>,
    /// Template of the record id.
    pub record_id: Word,
}

/// Several rows that make one record.
#[derive(Debug)]
pub struct RowsSpec {
    /// Where it stands.
    pub span: Span,
    /// What the rows of one record share.
    pub by: Vec<Word>,
    /// The name of the list of rows.
    pub name: Word,
}

/// Values taken from an earlier row of the same key.
#[derive(Debug)]
pub struct InheritSpec {
    /// The key.
    pub by: Word,
    /// When they are taken.
    pub when: Word,
    /// Which.
    pub fields: Vec<Word>,
}

/// A field that holds the id of another record.
#[derive(Debug)]
pub struct RefersSpec {
    /// The field.
    pub field: Word,
    /// Template of the id, when it is not the field's own text.
    pub id: Option<Word>,
    /// What it is when the record is nowhere.
    pub code: IssueCode,
    /// When it counts.
    pub when: Option<Word>,
}

/// Reads it.
pub(super) fn source(node: &Node, problems: &mut Diagnostics) -> Option<SourceSpec> {
    let map = Map::of(node, keys::SOURCE, problems)?;
    let format = map.need_word("format", problems);
    let schema = map.need_word("schema", problems);
    let format = format.filter(|word| one_of(word, keys::FORMATS, problems))?;
    let format = match format.value.as_str() {
        "csv" => Format::Csv,
        "json" => Format::Json,
        "ndjson" => Format::Ndjson,
        "xml" => Format::Xml,
        "fhir" => Format::Fhir,
        _ => Format::Canonical,
    };
    let record_element = map.word("record_element", problems);
    if format == Format::Xml && record_element.is_none() {
        map.need("record_element", problems);
    }
    let records: Vec<_> =
        items(map.get("records")).iter().filter_map(|n| records(n, problems)).collect();
    let record_id = words(map.get("record_id"), problems);
    if records.is_empty() && record_id.is_empty() && map.get("records").is_none() {
        map.need("record_id", problems);
    }
    Some(SourceSpec {
        span: node.span.clone(),
        format,
        encoding: map.word("encoding", problems).map(|word| encoding(word, problems)),
        delimiter: map.word("delimiter", problems).map_or(b',', |word| delimiter(&word, problems)),
        header_row: map.word("header_row", problems).map_or(1, |word| positive(&word, problems)),
        records_at: plain_words(map.get("records_at"), problems),
        record_element: record_element.map(|word| word.value),
        root: map.word("root", problems).map(|word| word.value),
        namespace: map.word("namespace", problems).map(|word| word.value),
        resources: map.get("resources").and_then(|node| resources(node, problems)),
        empty: match map.get("empty") {
            Some(node) => plain_words(Some(node), problems),
            None => vec![String::new()],
        },
        schema: schema?,
        columns: map.get("columns").map(|node| plain_words(Some(node), problems)),
        names: word_pairs(map.get("names"), problems),
        record_id,
        records,
        rows: map.get("rows").and_then(|node| rows(node, &map, format, problems)),
        inherit: map.get("inherit").and_then(|node| inherit(node, problems)),
        carry_down: words(map.get("carry_down"), problems),
        skip_when: map.word("skip_when", problems),
        refers: items(map.get("refers")).iter().filter_map(|n| refers(n, problems)).collect(),
        ignore: words(map.get("ignore"), problems),
        drop: words(map.get("drop"), problems),
        labels: word_pairs(map.get("labels"), problems),
    })
}

fn encoding(word: Word, problems: &mut Diagnostics) -> String {
    if encoding_rs::Encoding::for_label(word.value.as_bytes()).is_none() {
        let problem = bad_value(problems, &word.span, &word.value, ENCODINGS.join(", ").as_str());
        if word.value.to_lowercase().contains("ansi") {
            problem.meant("windows-1252");
        } else {
            problem.nearest(&word.value, ENCODINGS.iter().copied());
        }
    }
    word.value
}

/// The encodings that are met; any other of the WHATWG list is read, too.
const ENCODINGS: &[&str] = &["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le"];

fn delimiter(word: &Word, problems: &mut Diagnostics) -> u8 {
    match word.value.as_bytes() {
        [one] => *one,
        _ => {
            let problem = bad_value(problems, &word.span, &word.value, "; , | \\t");
            let known =
                [("virgule", ","), ("comma", ","), ("semi", ";"), ("pipe", "|"), ("barre", "|")];
            let word = word.value.to_lowercase();
            let meant = if word.contains("point") { Some(";") } else { None };
            let meant = meant.or_else(|| known.iter().find(|k| word.contains(k.0)).map(|k| k.1));
            if let Some(sign) = meant {
                problem.meant(sign);
            }
            b','
        }
    }
}

fn resources(node: &Node, problems: &mut Diagnostics) -> Option<(String, Vec<(String, String)>)> {
    let map = Map::of(node, keys::RESOURCES, problems)?;
    let anchor = map.need_word("anchor", problems)?.value;
    let attach = word_pairs(map.get("attach"), problems);
    Some((anchor, attach.into_iter().map(|(a, b)| (a.value, b.value)).collect()))
}

fn records(node: &Node, problems: &mut Diagnostics) -> Option<RecordsSpec> {
    let map = Map::of(node, keys::RECORDS, problems)?;
    let record_id = map.need_word("record_id", problems)?;
    let each = map.word("each", problems);
    if each.is_none() {
        map.need("self", problems)?;
    }
    let numbers = map.word("n", problems);
    Some(RecordsSpec { each, numbers, record_id })
}

/// Rows are put together before anything else looks at them, so that what speaks of single rows cannot
/// stand beside it.
fn rows(
    node: &Node,
    source: &Map<'_>,
    format: Format,
    problems: &mut Diagnostics,
) -> Option<RowsSpec> {
    let map = Map::of(node, keys::ROWS, problems)?;
    let mut beside = ["records", "inherit", "carry_down"].into_iter();
    if let Some(beside) = beside.find(|key| source.get(key).is_some()) {
        bad_value(problems, &node.span, beside, "rows").arg("variant", "beside-rows");
    }
    if matches!(format, Format::Fhir | Format::Canonical) {
        bad_value(problems, &node.span, "rows", "format: csv, json, ndjson, xml");
    }
    let by = words(map.need("by", problems), problems);
    let name = map.word("as", problems);
    let name = name.unwrap_or_else(|| Spanned::new("rows".to_owned(), node.span.clone()));
    Some(RowsSpec { span: node.span.clone(), by, name })
}

fn inherit(node: &Node, problems: &mut Diagnostics) -> Option<InheritSpec> {
    let map = Map::of(node, keys::INHERIT, problems)?;
    Some(InheritSpec {
        by: map.need_word("by", problems)?,
        when: map.need_word("when", problems)?,
        fields: words(map.need("fields", problems), problems),
    })
}

fn refers(node: &Node, problems: &mut Diagnostics) -> Option<RefersSpec> {
    let map = Map::of(node, keys::REFERS, problems)?;
    Some(RefersSpec {
        field: map.need_word("field", problems)?,
        id: map.word("id", problems),
        code: issue_code(&map.need_word("code", problems)?, problems)?,
        when: map.word("when", problems),
    })
}
