//! Rows of a table: what the columns of its header are to the mapping is looked up once.

use std::sync::Arc;

use crate::format::events::Row;
use crate::schema::Known;

use super::super::cells::Slot;
use super::{ROOT, Reading, Straight};

/// The columns of the header of the row before.
#[derive(Default)]
pub struct Columns {
    header: Option<Arc<[String]>>,
    /// Those that are fields.
    fields: Vec<Column>,
    /// Whether the others may stand there.
    open: bool,
}

/// A column that is a field.
#[derive(Clone, Copy)]
struct Column {
    /// Its place in the header.
    index: usize,
    /// Where its text goes, when it is wanted.
    slot: Option<u16>,
    /// What the sender's schema asks of it.
    known: Option<Known>,
    /// Whether the schema takes a text there.
    scalar: bool,
}

impl Columns {
    /// Looks a header up, unless it is the one of the row before.
    #[inline]
    fn know(&mut self, straight: &Straight, header: &Arc<[String]>) {
        if self.header.as_ref().is_some_and(|known| Arc::ptr_eq(known, header)) {
            return;
        }
        let column = |(index, name): (usize, &String)| {
            let field = straight.field(straight.named(ROOT, name)?);
            let (slot, known, scalar) = (field.slot, field.known, field.shape.scalar);
            Some(Column { index, slot, known, scalar })
        };
        self.fields = header.iter().enumerate().filter_map(column).collect();
        self.open = straight.field(ROOT).shape.open || self.fields.len() == header.len();
        self.header = Some(Arc::clone(header));
    }
}

impl<'r> Reading<'_, 'r, '_> {
    /// Judges and keeps the cells of a row, which are all of the element.
    pub(super) fn take_row(&mut self, row: &Row<'r>) {
        self.order.columns.know(self.straight, row.header());
        self.next = None;
        let root = self.straight.field(ROOT);
        self.certain &= root.shape.group && self.order.columns.open;
        self.plain &= row.is_plain();
        if let Some(slot) = root.slot {
            *self.cells.slot(0, 0, slot) = Slot::Group(1, 0);
        }
        let mut seen = 0;
        let slots = self.cells.element_mut();
        for column in &self.order.columns.fields {
            let Some(cell) = row.cell(column.index) else { break };
            let absent = self.empty.holds(&cell.text);
            if let Some((fused, known)) = self.fused.zip(column.known)
                && !absent
            {
                seen |= known.bit();
                self.certain &= column.scalar && fused.takes_text(known, &cell.text);
            }
            let slot = column.slot.and_then(|slot| slots.get_mut(usize::from(slot)));
            let Some(slot) = slot else { continue };
            *slot = match absent {
                true => Slot::Empty(cell.at),
                false => Slot::Text(cell.text, cell.at),
            };
        }
        if let Some((fused, known)) = self.fused.zip(root.known) {
            self.certain &= fused.is_whole(known, seen);
        }
    }
}
