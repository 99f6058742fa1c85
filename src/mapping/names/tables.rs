//! Tables: those of the mapping with the shared ones behind them, and which of them are used.

use std::sync::Arc;

use super::super::diagnostic::Code;
use super::super::spec::{RowSpec, TableSpec, Unmapped, read_table, table_rows};
use super::super::table::{OwnRow, Table};
use super::super::yaml::{Kind, Node, Span};
use super::Names;
use crate::model::Severity;

/// A table of the mapping.
pub(super) struct TableUse {
    pub(super) span: Span,
    /// None when its own mistakes have been reported.
    pub(super) table: Option<Arc<Table>>,
    pub(super) used: bool,
}

impl Names<'_> {
    pub(super) fn compile_table(&mut self, spec: &TableSpec) -> Option<Arc<Table>> {
        let (mut rows, mut fold) = (spec.rows.clone(), spec.fold);
        if let Some(name) = &spec.codes {
            let Some(shared) = self.codes.table(&name.value) else {
                let known: Vec<&str> = self.codes.names().collect();
                self.problems
                    .error(Code::UnknownTable, name.span.clone())
                    .arg("table", &name.value)
                    .nearest(&name.value, known);
                return None;
            };
            // Rows of the mapping itself go before the shared ones.
            let own: Vec<String> = rows.iter().map(|row| row.from.value.clone()).collect();
            rows.extend(shared.rows.iter().filter(|row| !own.contains(&row.from.value)).cloned());
            fold |= shared.fold;
        }
        let own = self.own_rows(&spec.rows);
        let table = Table::new(&rows, fold, spec.codes.is_some(), spec.unmapped.clone());
        Some(Arc::new(table.with_own(own)))
    }

    /// Rows of this file with their lines.
    fn own_rows(&self, rows: &[RowSpec]) -> Vec<OwnRow> {
        let text = self.problems.text();
        let (mut line, mut at) = (1, 0);
        let row = |row: &RowSpec| {
            // Rows stand in the order of the file, so that each byte is looked at once.
            let span = row.from.span.clone();
            let between = text.as_bytes().get(at..span.start).unwrap_or_default();
            line += u32::try_from(memchr::memchr_iter(b'\n', between).count()).unwrap_or_default();
            at = span.start.max(at);
            OwnRow { from: row.from.value.as_str().into(), span, line }
        };
        rows.iter().map(row).collect()
    }

    /// Reports tables that no rule uses.
    pub fn report_unused_tables(&mut self) {
        for (name, _) in self.tables.iter().filter(|(_, table)| !table.used) {
            let span = self.tables[name].span.clone();
            self.problems.warning(Code::UnusedTable, span).arg("table", name);
        }
    }

    /// The table that a rule names, or that stands there.
    pub(super) fn table_at(&mut self, node: &Node) -> Option<Arc<Table>> {
        match &node.kind {
            Kind::Text(name) => {
                if let Some(found) = self.tables.get_mut(name) {
                    found.used = true;
                    return found.table.clone();
                }
                let known: Vec<String> = self.tables.keys().cloned().collect();
                self.problems
                    .error(Code::UnknownTable, node.span.clone())
                    .arg("table", name)
                    .nearest(name, known.iter().map(String::as_str));
                None
            }
            // `rows` or `codes` make a table with its own keys; anything else is rows.
            Kind::Map(_) if node.get("rows").is_some() || node.get("codes").is_some() => {
                let spec = read_table(node, &mut self.problems)?;
                self.compile_table(&spec)
            }
            Kind::Map(_) => {
                let rows = table_rows(node, &mut self.problems);
                let unmapped = Unmapped::Fail(Severity::Error);
                let own = self.own_rows(&rows);
                Some(Arc::new(Table::new(&rows, false, false, unmapped).with_own(own)))
            }
            Kind::Null | Kind::List(_) => {
                self.problems.error(Code::WrongType, node.span.clone()).arg("expected", "map");
                None
            }
        }
    }
}
