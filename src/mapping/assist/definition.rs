//! Where the name, table or code under the cursor is defined.

use super::super::yaml::{Entry, Node, Span};
use super::cursor::{Spot, Step};
use super::place::Place;
use super::view::{entries, items, key, tables_of};
use super::{Definition, Here, word};

/// The definition of what stands at the cursor.
pub fn definition(here: &Here<'_>) -> Option<Definition> {
    let written = here.written();
    match (here.cursor.spot, here.place) {
        (Spot::Value, Place::Path) => here.path(&written),
        (Spot::Value, Place::Condition | Place::Check) => {
            let word = word::in_condition(here.text, &here.cursor.span, here.offset);
            here.path(here.slice(&word.span))
        }
        (Spot::Value, Place::Template) => {
            let word = word::in_template(here.text, &here.cursor.span, here.offset)?;
            here.path(here.slice(&word.span))
        }
        (Spot::Value, Place::TableOrRows) => here.view.table(&written).map(at_key),
        (Spot::Value, Place::Codes) => here.shared_row(&written, None),
        (Spot::Value, Place::Record) => {
            let field = here.cursor.path.iter().rev().find_map(key)?;
            here.row_of_cell(field, &written)
        }
        (Spot::Key, Place::Canonical) | (Spot::Value, Place::Canonical) => here.rule(),
        _ => None,
    }
}

fn at_key(entry: &Entry) -> Definition {
    Definition { codes: None, span: entry.key_span.clone() }
}

impl Here<'_> {
    /// A name of the author's, or on the way back the rule that fills a canonical field.
    fn path(&self, written: &str) -> Option<Definition> {
        if self.is_back() {
            let rules = self.view.entries(&["fields"]);
            return rules.iter().find(|entry| entry.key == written).map(at_key);
        }
        self.view.named(written).map(at_key)
    }

    /// A shared table, or its row of a code.
    fn shared_row(&self, name: &str, code: Option<&str>) -> Option<Definition> {
        let rows = self.view.library.codes.get(name)?;
        let wanted =
            |row: &&super::super::spec::RowSpec| code.is_none_or(|code| row.from.value == code);
        let row = rows.iter().find(wanted)?;
        let span: Span = if code.is_some() { row.from.span.clone() } else { 0..0 };
        Some(Definition { codes: Some(name.to_owned()), span })
    }

    /// The row of the table that a field of the sender goes through.
    fn row_of_cell(&self, field: &str, code: &str) -> Option<Definition> {
        let meant = self.view.field(field)?;
        let reads = |rule: &Node| {
            let mut read = items(rule.get("from")).iter().filter_map(Node::text);
            read.any(|path| self.view.field(path).is_some_and(|found| std::ptr::eq(found, meant)))
        };
        let rules = self.view.rules();
        let values = self.view.entries(&["values"]).iter().map(|entry| &entry.value);
        let rules = rules.into_iter().map(|(_, rule)| rule).chain(values);
        let tables = rules.filter(|rule| reads(rule)).flat_map(tables_of);
        tables.into_iter().find_map(|table| self.row_of(table, code))
    }

    fn row_of(&self, table: &Node, code: &str) -> Option<Definition> {
        let named = table.text().and_then(|name| self.view.table(name));
        let table = named.map_or(table, |entry| &entry.value);
        let rows = table.get("rows").unwrap_or(table);
        let row = entries(rows).iter().find(|row| row.key == code);
        row.map(at_key).or_else(|| self.shared_row(table.get("codes")?.text()?, Some(code)))
    }

    /// The rule that fills the canonical field under the cursor.
    fn rule(&self) -> Option<Definition> {
        let mut path: Vec<&str> = self.cursor.path.iter().filter_map(key).collect();
        let written = self.written();
        if self.cursor.spot == Spot::Key {
            path.push(&written);
        }
        let start = self.cursor.path.iter().position(|step| *step == Step::Key("expect".into()))?;
        let before = self.cursor.path.iter().take(start + 1).filter_map(key).count();
        let wanted = path.get(before..)?.join(".");
        self.view.filling(&wanted).map(at_key)
    }
}
