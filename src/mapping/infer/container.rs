//! How a file that nobody has described is cut into records: told from its first text.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use crate::format::{Container, Kind, sniff};

/// How a file is to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// What holds the records.
    pub container: Container,
    /// xml: local name of the root and its default namespace.
    pub root: Option<(String, Option<String>)>,
}

/// How many lines of a CSV file are looked at to find its header.
const LINES: usize = 60;

/// Tells the container of a file from its first text. `None` when it is none that can be read.
#[must_use]
pub fn detect(text: &str) -> Option<Layout> {
    let plain = |container| Some(Layout { container, root: None });
    match sniff(text.as_bytes(), None) {
        Some(Kind::Json) => plain(Container::Json { records_at: records_at(text) }),
        Some(Kind::Ndjson) => plain(Container::Ndjson),
        Some(Kind::Xml) => xml(text),
        Some(Kind::FhirBundle) => {
            let attach = vec![("Coverage".to_owned(), "beneficiary".to_owned())];
            plain(Container::FhirBundle { anchor: "Patient".to_owned(), attach })
        }
        Some(Kind::Zip | Kind::Ole | Kind::Pdf) => None,
        Some(Kind::Csv) | None => csv(text),
    }
}

/// The keys down to the array of objects that takes most of the text.
fn records_at(text: &str) -> Vec<String> {
    let mut open: Vec<(char, Option<String>, usize)> = Vec::new();
    let mut best: (usize, Vec<String>) = (0, Vec::new());
    let mut key = None;
    let mut last = None;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(bytes, at + 1);
                last = text.get(at + 1..end).map(str::to_owned);
                at = end;
            }
            b':' => key = last.take(),
            b'{' | b'[' => open.push((char::from(*byte), key.take(), at)),
            b'}' | b']' => close(&mut open, at, text, &mut best),
            _ => {}
        }
        at += 1;
    }
    while !open.is_empty() {
        close(&mut open, bytes.len(), text, &mut best);
    }
    best.1
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn close(
    open: &mut Vec<(char, Option<String>, usize)>,
    end: usize,
    text: &str,
    best: &mut (usize, Vec<String>),
) {
    let Some(('[', key, start)) = open.pop() else { return };
    let objects = text.get(start + 1..end).is_some_and(|inner| inner.trim_start().starts_with('{'));
    let in_objects = open.iter().all(|(kind, _, _)| *kind == '{');
    if objects && in_objects && end - start > best.0 {
        let keys = open.iter().filter_map(|(_, key, _)| key.clone()).chain(key).collect();
        *best = (end - start, keys);
    }
}

fn xml(text: &str) -> Option<Layout> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut seen: BTreeMap<Vec<String>, (u32, bool)> = BTreeMap::new();
    let mut root = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                enter(&mut path, &mut seen, &tag, &mut root);
            }
            Ok(Event::Empty(tag)) => {
                enter(&mut path, &mut seen, &tag, &mut root);
                path.pop();
            }
            Ok(Event::End(_)) => drop(path.pop()),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    // The shallowest group that repeats; a file of one record has none: then the first group.
    let groups = || seen.iter().filter(|(path, (_, group))| path.len() > 1 && *group);
    let record = groups()
        .filter(|(_, (count, _))| *count > 1)
        .min_by_key(|(path, (count, _))| (path.len(), u32::MAX - count))
        .or_else(|| groups().min_by_key(|(path, _)| path.len()))?;
    let record = record.0.last()?.clone();
    Some(Layout { container: Container::Xml { record }, root })
}

fn enter(
    path: &mut Vec<String>,
    seen: &mut BTreeMap<Vec<String>, (u32, bool)>,
    tag: &quick_xml::events::BytesStart<'_>,
    root: &mut Option<(String, Option<String>)>,
) {
    let name = tag.local_name().as_ref().to_owned();
    if let Some(parent) = seen.get_mut(path.as_slice()) {
        parent.1 = true;
    }
    if root.is_none() {
        let space = tag.try_get_attribute("xmlns").ok().flatten().map(|a| a.value.into_owned());
        *root = Some((name.clone(), space));
    }
    path.push(name);
    let found = seen.entry(path.clone()).or_insert((0, false));
    found.0 += 1;
    found.1 |= tag.attributes().count() > 1;
}

fn csv(text: &str) -> Option<Layout> {
    let lines: Vec<&str> = text.lines().take(LINES).collect();
    let (delimiter, columns) = b";,|\t"
        .iter()
        .filter_map(|delimiter| Some((*delimiter, usual(&lines, *delimiter)?)))
        .max_by_key(|(_, (columns, lines))| (*lines, *columns))
        .map(|(delimiter, (columns, _))| (delimiter, columns))?;
    let header = lines.iter().position(|line| is_header(&cells(line, delimiter), columns))?;
    let header_row = header as u64 + 1;
    let container = Container::Csv { delimiter, quote: b'"', header_row, columns: None };
    Some(Layout { container, root: None })
}

/// The number of cells that most lines have, and how many lines have it.
fn usual(lines: &[&str], delimiter: u8) -> Option<(usize, usize)> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        *counts.entry(cells(line, delimiter).len()).or_default() += 1;
    }
    counts.into_iter().filter(|(cells, _)| *cells > 1).max_by_key(|(cells, lines)| (*lines, *cells))
}

/// A full row of different words.
fn is_header(cells: &[String], columns: usize) -> bool {
    let words: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|c| !c.is_empty()).collect();
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    let wordy = words.iter().filter(|word| word.chars().any(char::is_alphabetic)).count();
    cells.len() == columns
        && words.len() * 10 >= columns * 7
        && different.len() == words.len()
        && wordy * 10 >= words.len() * 8
}

/// The cells of a line; quotes hold delimiters together.
fn cells(line: &str, delimiter: u8) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_end_matches('\r').chars() {
        if c == '"' {
            quoted = !quoted;
        } else if c == char::from(delimiter) && !quoted {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(text: &str) -> Container {
        detect(text).expect("a container").container
    }

    #[test]
    fn the_header_stands_under_the_titles() {
        let text = "LISTE 2025;;;\n;;;\nN°;NOM;SEXE;NE LE\n1;Awa;F;1985\n2;Bako;M;1990\n";
        let expected =
            Container::Csv { delimiter: b';', quote: b'"', header_row: 3, columns: None };
        assert_eq!(container(text), expected);
    }

    #[test]
    fn the_records_are_the_longest_list_of_objects() {
        let text = r#"{"meta":{"tags":[{"a":1}]},"data":{"members":[{"id":"1","phones":[{"n":"1"}]},{"id":"2"#;
        let records_at = vec!["data".to_owned(), "members".to_owned()];
        assert_eq!(container(text), Container::Json { records_at });
    }

    #[test]
    fn the_record_element_is_the_shallowest_group_that_repeats() {
        let text = "<?xml version='1.0'?><export xmlns='urn:x'><head><a>1</a></head><people>\
                    <person id='1'><name>A</name><kids><kid><n>x</n></kid><kid><n>y</n></kid></kids></person>\
                    <person id='2'><name>B</name></person></people></export>";
        let layout = detect(text).expect("xml");
        assert_eq!(layout.container, Container::Xml { record: "person".to_owned() });
        assert_eq!(layout.root, Some(("export".to_owned(), Some("urn:x".to_owned()))));
    }
}
