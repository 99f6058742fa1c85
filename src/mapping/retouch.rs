//! The entries of one group of a file as rows, and the file with rows changed: only their own text is touched, so that
//! comments and everything else stay as somebody wrote them.
//!
//! For forms over files. What a row may say is not judged here: the file is checked when it is whole.

use super::diagnostic::Diagnostics;
use super::yaml::{self, Entry, Kind, Node, Span};

/// One entry of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its key.
    pub key: String,
    /// What it says, by the keys of a map; of an entry that is one text under [`Table::alone`]. Texts as they read, groups
    /// as they are written.
    pub cells: Vec<(String, String)>,
}

/// The entries of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// Each; none for an entry that is no row: a list of rules, or parts over several lines.
    pub rows: Vec<Option<Row>>,
}

/// A row as it shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The entry of this number stays as it is.
    Keep,
    /// It is taken away.
    Remove,
    /// It says something else.
    Write(Row),
}

/// A group of entries in a text.
pub struct Group<'t> {
    text: &'t str,
    node: Node,
    /// Under which key an entry that is one text says it: `M: male` is `M: { to: male }`.
    alone: &'static str,
}

impl<'t> Group<'t> {
    /// The group under a key at the beginning of a line; none when the text cannot be read, or has no such group.
    #[must_use]
    pub fn of(text: &'t str, key: &str, alone: &'static str) -> Option<Self> {
        let root = yaml::parse(text, &mut Diagnostics::of(text))?;
        let node = root.get(key)?.clone();
        matches!(node.kind, Kind::Map(_)).then_some(Self { text, node, alone })
    }

    fn entries(&self) -> &[Entry] {
        match &self.node.kind {
            Kind::Map(entries) => entries,
            Kind::Null | Kind::Text(_) | Kind::List(_) => &[],
        }
    }

    /// Its entries.
    #[must_use]
    pub fn table(&self) -> Table {
        Table { rows: self.entries().iter().map(|entry| self.row(entry)).collect() }
    }

    fn row(&self, entry: &Entry) -> Option<Row> {
        let cells = match &entry.value.kind {
            Kind::Null => Vec::new(),
            Kind::Text(text) => vec![(self.alone.to_owned(), text.clone())],
            Kind::List(_) => return None,
            Kind::Map(cells) => {
                cells.iter().map(|cell| (cell.key.clone(), self.read(&cell.value))).collect()
            }
        };
        let one_line = cells.iter().all(|(_, text)| !text.contains('\n'));
        one_line.then(|| Row { key: entry.key.clone(), cells })
    }

    fn read(&self, node: &Node) -> String {
        match &node.kind {
            Kind::Null => String::new(),
            Kind::Text(text) => text.clone(),
            Kind::List(_) | Kind::Map(_) => self.slice(&node.span).trim_end().to_owned(),
        }
    }

    fn slice(&self, span: &Span) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// The text with its entries changed, one change for each in their order, and others added behind them.
    #[must_use]
    pub fn with(&self, changes: &[Change], added: &[Row]) -> String {
        let mut edits: Vec<(Span, String)> = Vec::new();
        for (at, (entry, change)) in self.entries().iter().zip(changes).enumerate() {
            match change {
                Change::Keep => {}
                Change::Remove => edits.push((self.whole(at, entry), String::new())),
                Change::Write(row) => self.write(entry, row, &mut edits),
            }
        }
        if !added.is_empty() {
            edits.push(self.add(added));
        }
        edits.sort_by_key(|(span, _)| std::cmp::Reverse((span.start, span.end)));
        let mut text = self.text.to_owned();
        for (span, new) in edits {
            if text.get(span.clone()).is_some() {
                text.replace_range(span, &new);
            }
        }
        text
    }

    fn write(&self, entry: &Entry, row: &Row, edits: &mut Vec<(Span, String)>) {
        if row.key != entry.key {
            edits.push((entry.key_span.clone(), written(&row.key)));
        }
        let before = self.row(entry).map(|row| row.cells).unwrap_or_default();
        let wanted: Vec<&(String, String)> =
            row.cells.iter().filter(|(_, text)| !text.is_empty()).collect();
        if before.iter().eq(wanted.iter().copied()) {
            return;
        }
        let same_keys = before.len() == wanted.len()
            && wanted.iter().all(|(key, _)| before.iter().any(|(known, _)| known == key));
        match &entry.value.kind {
            // Where only values differ, only they are written.
            Kind::Map(cells) if same_keys => {
                for cell in cells {
                    let new = wanted.iter().find(|(key, _)| *key == cell.key);
                    if let Some((_, new)) = new.filter(|(_, new)| *new != self.read(&cell.value)) {
                        edits.push((cell.value.span.clone(), written(new)));
                    }
                }
            }
            _ => {
                let colon = self.text.get(entry.key_span.end..).and_then(|rest| rest.find(':'));
                let start = entry.key_span.end + colon.map_or(0, |at| at + 1);
                let end = self.end_of(entry).max(start);
                edits.push((start..end, format!(" {}", self.value(&row.cells))));
            }
        }
    }

    /// Where the value of an entry ends: before the blanks and the end of the line behind it.
    fn end_of(&self, entry: &Entry) -> usize {
        let span = entry.value.span.start.max(entry.key_span.end)..entry.value.span.end;
        span.start + self.slice(&span).trim_end().len()
    }

    fn value(&self, cells: &[(String, String)]) -> String {
        let filled: Vec<&(String, String)> =
            cells.iter().filter(|(_, text)| !text.is_empty()).collect();
        if let [(key, text)] = filled.as_slice()
            && *key == self.alone
        {
            return written(text);
        }
        let pairs: Vec<String> =
            filled.iter().map(|(key, text)| format!("{key}: {}", written(text))).collect();
        format!("{{ {} }}", pairs.join(", "))
    }

    fn is_flow(&self) -> bool {
        self.slice(&self.node.span).starts_with('{')
    }

    /// An entry with what stands between it and the next one, or the one before.
    fn whole(&self, at: usize, entry: &Entry) -> Span {
        let entries = self.entries();
        if !self.is_flow() {
            let start = self.line_start(entry.key_span.start);
            let end = self.end_of(entry);
            let rest = self.text.get(end..).unwrap_or_default();
            return start..end + rest.find('\n').map_or(rest.len(), |at| at + 1);
        }
        if let Some(next) = entries.get(at + 1) {
            return entry.key_span.start..next.key_span.start;
        }
        let before = at.checked_sub(1).and_then(|at| entries.get(at));
        before.map_or(entry.key_span.start, |before| self.end_of(before))..self.end_of(entry)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }

    /// New entries behind the last one.
    fn add(&self, added: &[Row]) -> (Span, String) {
        let entry = |row: &Row| format!("{}: {}", written(&row.key), self.value(&row.cells));
        let Some(last) = self.entries().last() else {
            let all: Vec<String> = added.iter().map(entry).collect();
            return (self.node.span.clone(), format!("{{ {} }}", all.join(", ")));
        };
        let end = self.end_of(last);
        if self.is_flow() {
            let all: Vec<String> = added.iter().map(|row| format!(", {}", entry(row))).collect();
            return (end..end, all.concat());
        }
        let indent = last.key_span.start - self.line_start(last.key_span.start);
        let rest = self.text.get(end..).unwrap_or_default();
        let end = end + rest.find('\n').unwrap_or(rest.len());
        let all: Vec<String> =
            added.iter().map(|row| format!("\n{}{}", " ".repeat(indent), entry(row))).collect();
        (end..end, all.concat())
    }
}

/// A text as YAML writes it; lists and groups are written so already. What other readers of YAML would take for a number or
/// a truth stands in quotes.
fn written(text: &str) -> String {
    if text.starts_with(['[', '{']) {
        return text.to_owned();
    }
    let bare = yaml::scalar_of(text);
    let read_otherwise = text.parse::<f64>().is_ok()
        || ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
    if read_otherwise && !bare.starts_with('"') { format!("\"{text}\"") } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# the law\ncodes: x\nrows:\n  \"00\": { to: ML-BKO, label: { fr: Bamako, en: Bamako } }  # capital\n  # later\n  \"01\": ML-1\n  \"02\": { to: ML-2, match: broad }\nsource: law\n";

    fn row(key: &str, cells: &[(&str, &str)]) -> Row {
        let cells = cells.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        Row { key: key.to_owned(), cells: cells.collect() }
    }

    fn group(text: &str) -> Group<'_> {
        Group::of(text, "rows", "to").expect("a group")
    }

    #[test]
    fn rows_read_as_they_say() {
        let rows = group(TABLE).table().rows;
        assert_eq!(rows[1], Some(row("01", &[("to", "ML-1")])));
        assert_eq!(rows[2], Some(row("02", &[("to", "ML-2"), ("match", "broad")])));
        let label = "{ fr: Bamako, en: Bamako }";
        assert_eq!(rows[0], Some(row("00", &[("to", "ML-BKO"), ("label", label)])));
    }

    #[test]
    fn only_what_changes_is_written() {
        let changes = [
            Change::Write(row("00", &[("to", "ML-0"), ("label", "{ fr: Bamako, en: Bamako }")])),
            Change::Write(row("01", &[("to", "ML-1"), ("match", "broad")])),
            Change::Remove,
        ];
        let text = group(TABLE).with(&changes, &[row("03", &[("to", "no")])]);
        assert_eq!(
            text,
            "# the law\ncodes: x\nrows:\n  \"00\": { to: ML-0, label: { fr: Bamako, en: Bamako } }  # capital\n  # later\n  \"01\": { to: ML-1, match: broad }\n  \"03\": \"no\"\nsource: law\n"
        );
    }

    #[test]
    fn nothing_changed_is_the_same_text() {
        let rows = group(TABLE).table().rows;
        let changes: Vec<Change> = rows.into_iter().flatten().map(Change::Write).collect();
        assert_eq!(group(TABLE).with(&changes, &[]), TABLE);
    }

    #[test]
    fn groups_in_braces_and_rules_over_several_lines_are_changed_too() {
        let text = "rows: { M: male, F: female }\n";
        let changes = [Change::Remove, Change::Write(row("F", &[("to", "f")]))];
        assert_eq!(group(text).with(&changes, &[]), "rows: { F: f }\n");
        let added =
            group(text).with(&[Change::Keep, Change::Remove], &[row("X", &[("to", "x y")])]);
        assert_eq!(added, "rows: { M: male, X: x y }\n");
        let long = "rows:\n  a:\n    from: A # why\n    do: [trim]\n  b: { from: B }\n";
        let group = Group::of(long, "rows", "from").expect("a group");
        let changes = [Change::Write(row("a", &[("from", "C"), ("do", "[trim]")])), Change::Keep];
        assert_eq!(group.with(&changes, &[]), long.replace("from: A", "from: C"));
        let changes = [Change::Write(row("a", &[("from", "A")])), Change::Keep];
        assert_eq!(group.with(&changes, &[]), "rows:\n  a: A\n  b: { from: B }\n");
    }
}
