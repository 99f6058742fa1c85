//! The day of the data in a file, as the file says it of itself.
//!
//! The day decides which of two files is older, and which events a file already knows. So it is never
//! guessed: the day on which a file was written or copied says nothing about its data.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::bytes::Regex;

/// Where a file speaks about itself: before its first record, within the first kilobytes.
const HEAD: u64 = 1024;

/// A key that names a date or a moment, followed by an ISO date: `dateExtraction="2025-12-31"`,
/// `"timestamp":"2025-12-31T23:59:59Z"`.
static STATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:date_?(?:d_?)?(?:extraction|export)|(?:export|extraction)_?date|timestamp|generated(?:_?at)?)"?\s*[:=]\s*"([0-9]{4}-[0-9]{2}-[0-9]{2})"#)
        .expect("a regular expression that the tests run")
});

/// The day that a file states, when it does.
///
/// # Errors
/// When the file cannot be read.
pub fn stated(file: &Path) -> io::Result<Option<Date>> {
    let mut head = Vec::new();
    File::open(file)?.take(HEAD).read_to_end(&mut head)?;
    Ok(find(&head))
}

fn find(head: &[u8]) -> Option<Date> {
    let found = STATED.captures(head)?.get(1)?;
    std::str::from_utf8(found.as_bytes()).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_states_its_date_is_believed() {
        for head in [
            r#"<exportAMO version="2.1" organisme="CANAM" dateExtraction="2025-12-31">"#,
            r#"{"resourceType":"Bundle","timestamp":"2025-12-31T23:59:59Z","entry":["#,
            r#"{"export_date": "2025-12-31", "members": ["#,
        ] {
            assert_eq!(find(head.as_bytes()), Some(jiff::civil::date(2025, 12, 31)), "{head}");
        }
    }

    #[test]
    fn dates_of_people_are_not_taken_for_the_date_of_the_file() {
        for head in [
            r#"{"birthDate":"1985-06-14"}"#,
            r#"<dateNaissance precision="jour">1985-06-14</dateNaissance>"#,
            r#"{"date_immat": "2023-04-06"}"#,
        ] {
            assert_eq!(find(head.as_bytes()), None, "{head}");
        }
    }
}
