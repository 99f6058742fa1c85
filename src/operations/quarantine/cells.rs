//! A refused record as its sender sees it: its cells by name, where it can be taken apart.

use serde_json::Value;

use crate::format::Written;
use crate::mapping::Mapping;
use crate::operations::kept::KeptRefusal;

/// The cells of a record in the order in which it was sent; none when it cannot be taken apart that simply. Personal.
#[must_use]
pub fn cells(mapping: &Mapping, kept: &KeptRefusal) -> Option<Vec<(String, String)>> {
    apart(mapping, &kept.raw, kept.around.columns.as_deref())
}

/// The same of any record, with the columns under which it stands.
#[must_use]
pub fn apart(
    mapping: &Mapping,
    raw: &[u8],
    columns: Option<&[String]>,
) -> Option<Vec<(String, String)>> {
    match mapping.write_options().container {
        // The file's own header, not the one that the hub would write.
        Written::Csv { delimiter, .. } => row(raw, delimiter, columns?),
        Written::Json { .. } | Written::Ndjson => members(raw),
        Written::Xml { .. } | Written::FhirBundle => None,
    }
}

/// A row under its header. Rows of another length are shown as they are: their cells would stand under wrong names.
fn row(raw: &[u8], delimiter: u8, columns: &[String]) -> Option<Vec<(String, String)>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(raw);
    let cells = reader.byte_records().next()?.ok()?;
    let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
    (cells.len() == columns.len())
        .then(|| columns.iter().cloned().zip(cells.iter().map(text)).collect())
}

/// The members of an object; what is not a plain value is shown as it is written.
fn members(raw: &[u8]) -> Option<Vec<(String, String)>> {
    let Value::Object(object) = serde_json::from_slice(raw).ok()? else { return None };
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    Some(object.into_iter().map(|(name, value)| (name, text(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(found: Option<Vec<(String, String)>>) -> Vec<String> {
        found.unwrap_or_default().iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn a_row_is_shown_under_its_header_and_a_crooked_one_is_not() {
        let columns = ["ID".to_owned(), "NOM".to_owned()];
        assert_eq!(pairs(row(b"7;\"Ke;ita\"\n", b';', &columns)), ["ID=7", "NOM=Ke;ita"]);
        assert!(row(b"7;Keita;x\n", b';', &columns).is_none());
    }

    #[test]
    fn an_object_is_shown_by_its_members() {
        let shown = pairs(members(br#"{"id":7,"nom":"Keita","enfants":[1],"fin":null}"#));
        assert_eq!(shown, ["enfants=[1]", "fin=", "id=7", "nom=Keita"]);
    }
}
