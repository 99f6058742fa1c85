//! The forms in which refused records are listed.

use std::sync::Arc;

use serde::Serialize;

use super::{FormName, RefusedRecord};
use crate::format::Written;
use crate::http::problem::Violation;
use crate::model::Language;
use crate::operations::batches::{Sharing, Waiting};

/// The key under which the reason stands in a sender's own JSON.
const REASON: &str = "dankun_reason";

/// How a list is written.
#[derive(Clone)]
pub struct Listing {
    form: Form,
    language: Language,
    sharing: Arc<Sharing>,
}

#[derive(Clone)]
enum Form {
    Json,
    Ndjson,
    Csv,
    SourceTable { delimiter: u8, columns: Vec<String> },
    SourceJson,
    SourceXml,
}

/// One row of the table: one thing that is wrong.
#[derive(Serialize)]
struct Row<'v> {
    record_id: &'v str,
    line: Option<u64>,
    column: Option<u64>,
    severity: &'v str,
    code: &'v str,
    number: &'v str,
    field: &'v str,
    value: &'v str,
    expected: &'v str,
    message: &'v str,
    mend: &'v str,
    rule: &'v str,
    others: Option<u64>,
}

const COLUMNS: [&str; 13] = [
    "record_id",
    "line",
    "column",
    "severity",
    "code",
    "number",
    "field",
    "value",
    "expected",
    "message",
    "mend",
    "rule",
    "others",
];

impl Listing {
    /// A list in a form; `source` is how the sender's own files are written.
    pub fn new(
        form: FormName,
        source: Option<&Written>,
        language: Language,
        sharing: Sharing,
    ) -> Self {
        let form = match (form, source) {
            (FormName::Json, _) => Form::Json,
            (FormName::Ndjson, _) => Form::Ndjson,
            (FormName::Csv, _) => Form::Csv,
            (FormName::Source, Some(Written::Csv { delimiter, columns, .. })) => {
                Form::SourceTable { delimiter: *delimiter, columns: columns.clone() }
            }
            (FormName::Source, Some(Written::Xml { .. })) => Form::SourceXml,
            (
                FormName::Source,
                Some(Written::Json { .. } | Written::Ndjson | Written::FhirBundle) | None,
            ) => Form::SourceJson,
        };
        Self { form, language, sharing: Arc::new(sharing) }
    }

    /// The media type.
    pub const fn kind(&self) -> &'static str {
        match self.form {
            Form::Json => "application/json",
            Form::Ndjson | Form::SourceJson => "application/x-ndjson",
            Form::Csv | Form::SourceTable { .. } => "text/csv; charset=utf-8",
            Form::SourceXml => "application/xml; charset=utf-8",
        }
    }

    /// What comes before the first record.
    pub fn head(&self) -> Vec<u8> {
        match &self.form {
            Form::Json => b"[".to_vec(),
            Form::Csv => cells(b',', COLUMNS),
            Form::SourceTable { delimiter, columns } => {
                let reason = match self.language {
                    Language::French => "motif du refus",
                    Language::English => "reason of refusal",
                };
                cells(*delimiter, columns.iter().map(String::as_str).chain([reason]))
            }
            Form::SourceXml => b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<refusals>\n".to_vec(),
            Form::Ndjson | Form::SourceJson => Vec::new(),
        }
    }

    /// What comes after the last record.
    pub const fn tail(&self) -> &'static [u8] {
        match self.form {
            Form::Json => b"]\n",
            Form::SourceXml => b"</refusals>\n",
            Form::Ndjson | Form::Csv | Form::SourceTable { .. } | Form::SourceJson => b"",
        }
    }

    /// One record.
    pub fn add(&self, waiting: &Waiting, first: bool, into: &mut Vec<u8>) {
        match &self.form {
            Form::Json => {
                into.extend_from_slice(if first { b"\n" } else { b",\n" });
                into.extend(json(&RefusedRecord::of(waiting, &self.sharing, self.language)));
            }
            Form::Ndjson => {
                into.extend(json(&RefusedRecord::of(waiting, &self.sharing, self.language)));
                into.push(b'\n');
            }
            Form::Csv => into.extend(self.rows(waiting)),
            Form::SourceTable { delimiter, .. } => {
                let raw = String::from_utf8_lossy(&waiting.kept.raw);
                into.extend_from_slice(raw.trim_end_matches(['\r', '\n']).as_bytes());
                into.push(*delimiter);
                into.extend(cells(*delimiter, [self.reason(waiting).as_str()]));
            }
            Form::SourceJson => into.extend(self.object(waiting)),
            Form::SourceXml => {
                // Two hyphens would end the comment.
                let reason = self.reason(waiting).replace("--", "- -");
                into.extend_from_slice(&waiting.kept.raw);
                into.extend_from_slice(format!("<!-- {reason} -->\n").as_bytes());
            }
        }
    }

    /// Everything that is wrong with a record, in one line.
    fn reason(&self, waiting: &Waiting) -> String {
        let said = |issue| {
            let said = Violation::of(issue, self.language);
            let field = said.field.map(|field| format!("{field}: ")).unwrap_or_default();
            format!("{} {field}{}", said.number, said.message)
        };
        waiting.kept.issues.iter().map(said).collect::<Vec<_>>().join(" | ")
    }

    fn rows(&self, waiting: &Waiting) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        for issue in &waiting.kept.issues {
            let said = Violation::of(issue, self.language);
            let record_id = said.record_id.as_deref().or(waiting.kept.record_id.as_deref());
            let rule = said.rule.map(|rule| format!("{}:{}", rule.file, rule.line));
            let row = Row {
                record_id: record_id.unwrap_or_default(),
                line: said.line,
                column: said.column,
                severity: said.severity,
                code: said.code,
                number: said.number,
                field: said.field.as_deref().unwrap_or_default(),
                value: said.value.as_deref().unwrap_or_default(),
                expected: said.expected.as_deref().unwrap_or_default(),
                message: &said.message,
                mend: &said.mend,
                rule: &rule.unwrap_or_default(),
                others: self.sharing.others(waiting.batch, issue),
            };
            writer.serialize(row).expect("a vector takes every row");
        }
        writer.into_inner().expect("a vector is never full")
    }

    /// The sender's object with the reason as its last key; what is no object is quoted.
    fn object(&self, waiting: &Waiting) -> Vec<u8> {
        let raw = String::from_utf8_lossy(&waiting.kept.raw);
        let reason = json(&self.reason(waiting));
        let reason = String::from_utf8_lossy(&reason);
        let whole = serde_json::from_str::<serde::de::IgnoredAny>(&raw).is_ok();
        let open = raw.trim().strip_suffix('}').filter(|_| whole).map(str::trim_end);
        let text = match open {
            Some("{") => format!("{{\"{REASON}\":{reason}}}\n"),
            // A record may stand over several lines; here one line is one record.
            Some(open) => format!("{},\"{REASON}\":{reason}}}\n", open.replace(['\n', '\r'], " ")),
            None => {
                let raw = json(&raw);
                let raw = String::from_utf8_lossy(&raw);
                format!("{{\"dankun_raw\":{raw},\"{REASON}\":{reason}}}\n")
            }
        };
        text.into_bytes()
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts and numbers are plain JSON")
}

fn cells<'c>(delimiter: u8, cells: impl IntoIterator<Item = &'c str>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(cells).expect("a vector takes every row");
    writer.into_inner().expect("a vector is never full")
}
