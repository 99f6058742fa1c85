//! What bytes look like, to say "this is XML" when CSV was declared.

use std::fmt;

use memchr::memmem;

/// What a file looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A JSON array or object.
    Json,
    /// JSON objects, one a line.
    Ndjson,
    /// Rows of cells.
    Csv,
    /// XML.
    Xml,
    /// A FHIR Bundle in JSON.
    FhirBundle,
    /// A ZIP archive, which also holds spreadsheets and word processor files.
    Zip,
    /// A spreadsheet or document in the old binary form.
    Ole,
    /// PDF.
    Pdf,
}

impl Kind {
    /// As it is said to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Ndjson => "NDJSON",
            Self::Csv => "CSV",
            Self::Xml => "XML",
            Self::FhirBundle => "FHIR Bundle",
            Self::Zip => "ZIP, XLSX",
            Self::Ole => "XLS",
            Self::Pdf => "PDF",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What a file looks like from its first (expanded, decoded) bytes, or else from its name.
#[must_use]
pub fn sniff(head: &[u8], file_name: Option<&str>) -> Option<Kind> {
    by_content(head).or_else(|| by_name(file_name?))
}

fn by_content(head: &[u8]) -> Option<Kind> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text {
        [b'P', b'K', 3, 4, ..] => Some(Kind::Zip),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(Kind::Ole),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
        [b'<', b'?' | b'!' | b'_' | b'a'..=b'z' | b'A'..=b'Z', ..] => Some(Kind::Xml),
        [b'{', inside @ ..] => match inside.trim_ascii_start().first() {
            None | Some(b'"' | b'}') => Some(json_object(text)),
            Some(_) => None,
        },
        [b'[', inside @ ..] => match inside.trim_ascii_start().first() {
            None | Some(b'{' | b'[' | b']' | b'"') => Some(Kind::Json),
            Some(_) => None,
        },
        _ => looks_like_rows(text).then_some(Kind::Csv),
    }
}

fn json_object(text: &[u8]) -> Kind {
    let mut lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let whole = lines.next().is_some_and(|line| line.ends_with(b"}"));
    if whole && lines.any(|line| line.starts_with(b"{")) {
        Kind::Ndjson
    } else if is_bundle(text) == Some(true) {
        Kind::FhirBundle
    } else {
        Kind::Json
    }
}

fn is_bundle(text: &[u8]) -> Option<bool> {
    const KEY: &[u8] = b"\"resourceType\"";
    let at = memmem::find(text, KEY)?;
    let after = text.get(at + KEY.len()..)?.trim_ascii_start();
    let value = after.strip_prefix(b":")?.trim_ascii_start();
    Some(value.starts_with(b"\"Bundle\""))
}

/// The same delimiter equally often, at least once, in each of the first two lines.
fn looks_like_rows(text: &[u8]) -> bool {
    let mut lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else {
        return false;
    };
    b";,|\t".iter().any(|delimiter| {
        let count = |line: &[u8]| line.iter().filter(|&byte| byte == delimiter).count();
        count(first) > 0 && count(first) == count(second)
    })
}

fn by_name(file_name: &str) -> Option<Kind> {
    let name = file_name.to_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let (_, extension) = name.rsplit_once('.')?;
    match extension {
        "json" => Some(Kind::Json),
        "ndjson" | "jsonl" => Some(Kind::Ndjson),
        "csv" | "txt" | "tsv" => Some(Kind::Csv),
        "xml" => Some(Kind::Xml),
        "zip" | "xlsx" | "docx" | "ods" => Some(Kind::Zip),
        "xls" | "doc" => Some(Kind::Ole),
        "pdf" => Some(Kind::Pdf),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_believed_before_the_name() {
        let xml = b"<?xml version=\"1.0\"?>";
        assert_eq!(sniff(xml, Some("export.csv")), Some(Kind::Xml));
        assert_eq!(sniff(b"\xef\xbb\xbfa;b;c\n1;2;3\n", None), Some(Kind::Csv));
        let bundle = br#"{"resourceType" : "Bundle", "entry": []}"#;
        assert_eq!(sniff(bundle, None), Some(Kind::FhirBundle));
        assert_eq!(sniff(b"{\"a\":1}\n{\"a\":2}\n", None), Some(Kind::Ndjson));
        assert_eq!(sniff(b"hello", Some("x.ndjson.gz")), Some(Kind::Ndjson));
        assert_eq!(sniff(b"hello", None), None);
    }
}
