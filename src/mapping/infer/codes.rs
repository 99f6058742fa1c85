//! Which codes of a sender mean which of ours: compared with the words of `codes.txt`.

use std::sync::LazyLock;

use super::super::table::folded;

struct Entry {
    field: &'static str,
    code: &'static str,
    words: Vec<String>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let lines = include_str!("codes.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut parts = line.split(" | ");
            let (field, code, words) = (parts.next()?, parts.next()?, parts.next()?);
            let words = words.split("; ").map(|word| plain(word.trim())).collect();
            Some(Entry { field: field.trim(), code: code.trim(), words })
        })
        .collect()
});

/// One row of a proposed table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The sender's code.
    pub from: String,
    /// Ours; none when nothing says which.
    pub to: Option<&'static str>,
    /// A word of ours, not only something that shortens one.
    pub sure: bool,
}

/// Proposes a row for each code.
#[must_use]
pub fn rows(field: &str, codes: &[&str]) -> Vec<Row> {
    let entries: Vec<&Entry> = ENTRIES.iter().filter(|entry| entry.field == field).collect();
    let known = |wanted: &str| codes.iter().any(|code| plain(code) == wanted);
    // Spanish and Portuguese: hombre and mujer, homem and mulher.
    let iberian = field == "sex" && known("h") && known("m") && !known("f");
    let mut rows: Vec<Row> = codes
        .iter()
        .map(|code| {
            let text = plain(code);
            let exact = entries.iter().find(|entry| entry.words.contains(&text));
            let to = match exact {
                Some(_) if iberian && text == "m" => Some("female"),
                Some(entry) => Some(entry.code),
                None => shortened(&text, &entries),
            };
            Row { from: (*code).to_owned(), to, sure: exact.is_some() }
        })
        .collect();
    rows.sort_by(|a, b| a.from.cmp(&b.from));
    rows
}

/// Codes of ours of one field that some word means.
#[must_use]
pub fn share(field: &str, codes: &[&str]) -> f64 {
    let found = rows(field, codes);
    let weight = |row: &Row| match (row.to, row.sure) {
        (Some(_), true) => 1.0,
        (Some(_), false) => 0.7,
        (None, _) => 0.0,
    };
    if found.is_empty() { 0.0 } else { found.iter().map(weight).sum::<f64>() / found.len() as f64 }
}

/// The code of ours whose word `text` shortens, or that `text` has as its first word, when it is only one's.
fn shortened(text: &str, entries: &[&Entry]) -> Option<&'static str> {
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut found: Vec<&'static str> = entries
            .iter()
            .filter(|entry| entry.words.iter().any(|word| fits(word)))
            .map(|entry| entry.code)
            .collect();
        found.dedup();
        match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    };
    let long = |word: &str| word.len() > 3;
    only(&|word| long(word) && text.split(' ').any(|part| part == word))
        .or_else(|| only(&|word| long(word) && word.starts_with(text)))
        .or_else(|| only(&|word| long(word) && text.len() >= 4 && text.starts_with(word)))
        .or_else(|| only(&|word| long(word) && text.len() >= 2 && skeleton(text, word)))
}

/// Whether the letters stand in the word in this order, the first at its beginning.
fn skeleton(text: &str, word: &str) -> bool {
    let mut letters = word.chars();
    word.chars().next() == text.chars().next() && text.chars().all(|c| letters.any(|l| l == c))
}

/// Without case, accents and marks.
fn plain(text: &str) -> String {
    let text = folded(text);
    let text: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(field: &str, codes: &[&str]) -> Vec<Option<&'static str>> {
        let rows = rows(field, codes);
        codes.iter().map(|code| rows.iter().find(|row| row.from == *code)?.to).collect()
    }

    #[test]
    fn words_and_their_beginnings_are_understood() {
        let some =
            |codes: &[&'static str]| codes.iter().map(|code| Some(*code)).collect::<Vec<_>>();
        assert_eq!(to("sex", &["M", "F"]), some(&["male", "female"]));
        assert_eq!(to("sex", &["H", "M"]), some(&["male", "female"]));
        assert_eq!(
            to("relationship", &["CONJ", "Enf.", "Chef"]),
            some(&["spouse", "child", "head"])
        );
        assert_eq!(to("status", &["À jour", "Suspendue"]), some(&["active", "suspended"]));
        assert_eq!(to("status", &["Z9"]), [None]);
    }
}
