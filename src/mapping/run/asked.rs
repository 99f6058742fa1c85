//! What a schema asks of the documents of a run: judged as they pass by, so that only a document
//! that does not certainly follow it is built and checked as a whole.

use crate::schema::{Fused, Judge, Repeats, Schema};

/// One schema, with its judge.
#[derive(Default)]
pub struct Asked<'m> {
    /// None when nothing is asked.
    schema: Option<&'m Schema>,
    /// None when the schema uses more than the simple keywords.
    judge: Option<Judge<'m>>,
}

impl<'m> Asked<'m> {
    /// By a schema, of documents whose format writes lists in this way, and whose nulls are values.
    #[must_use]
    pub fn new(schema: Option<&'m Schema>, repeats: Repeats, keeps_nulls: bool) -> Self {
        let asks = |schema: &&Schema| !schema.fused().is_some_and(Fused::asks_nothing);
        let schema = schema.filter(asks);
        let judge = schema
            .and_then(Schema::fused)
            .map(|fused| Judge::new(fused, repeats).keeping_nulls(keeps_nulls));
        Self { schema, judge }
    }

    /// Who has to hear the next document.
    pub fn judge(&mut self) -> Option<&mut Judge<'m>> {
        let judge = self.judge.as_mut()?;
        judge.clear();
        Some(judge)
    }

    /// The schema, when the document that was heard last does not certainly follow it.
    #[must_use]
    pub fn in_doubt(&self) -> Option<&'m Schema> {
        let certain = self.judge.as_ref().is_some_and(Judge::accepts);
        self.schema.filter(|_| !certain)
    }
}
