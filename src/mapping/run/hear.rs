//! What is heard of an element: its cells, and what is wrong with it by its sender's schema.

use crate::model::Issue;
use crate::schema::{Schema, ValueSink, Violation};

use super::super::Mapping;
use super::super::extract::{Cells, Extractor, Memory};
use super::asked::Asked;
use super::element::Element;
use super::tee::Tee;

/// See the module.
pub struct Heard<'r> {
    /// Its cells, as far as it can be read.
    pub cells: Cells<'r>,
    /// Why it cannot be read to its end.
    pub walked: Result<(), Issue>,
    /// Where it does not follow the schema.
    pub violations: Vec<Violation>,
}

/// The cells of an element that is plain and without fault, when the mapping asks for no more.
pub fn plain<'r>(
    mapping: &Mapping,
    element: &'r impl Element,
    memory: &mut Memory,
) -> Option<Cells<'r>> {
    let straight = mapping.straight.as_ref()?;
    let fused = mapping.judged().and_then(Schema::fused);
    let empty = &mapping.spec.source.empty;
    straight.read(&mapping.trie, fused, empty, memory, |reading| element.walk(reading).is_ok())
}

/// What there is to hear of any element.
pub fn any<'r>(
    mapping: &Mapping,
    element: &'r impl Element,
    source: &mut Asked<'_>,
    memory: &mut Memory,
) -> Heard<'r> {
    let mut extractor = Extractor::new(&mapping.trie, &mapping.spec.source.empty, memory);
    let walked = element.walk(&mut Tee::new(&mut extractor, source.judge()));
    let violations = match source.in_doubt() {
        Some(schema) if walked.is_ok() => violations(mapping, schema, element),
        Some(_) | None => Vec::new(),
    };
    Heard { cells: extractor.cells, walked, violations }
}

/// What is wrong with an element by its sender's schema; it has been walked before without a fault.
fn violations(mapping: &Mapping, schema: &Schema, element: &impl Element) -> Vec<Violation> {
    let format = mapping.spec.source.format;
    let mut value = ValueSink::new(schema, format.repeats(), &mapping.spec.source.empty)
        .keeping_nulls(format.keeps_nulls());
    match element.walk(&mut value) {
        Ok(()) => schema.check(&value.finish()),
        Err(_) => Vec::new(),
    }
}
