//! What does not come back, whatever the records are: the mapping alone names it.

use std::collections::BTreeSet;

use super::super::Mapping;
use super::super::path::{SourcePath, Step};
use super::super::scene::Input;
use super::super::spec::Format;
use super::super::value::Class;
use super::Lost;
use crate::model::Severity;
use crate::schema;

/// The names on the way to a field, without choices among repeated groups.
type Keys = Vec<String>;

impl Mapping {
    /// What is left on purpose, target fields that come back with less, cells that an earlier row answers
    /// for, and fields of the sender that no rule takes.
    pub(super) fn loses(&self) -> Vec<Lost> {
        let left = self.spec.source.ignore.iter().chain(&self.spec.source.drop);
        let left = left.map(|word| Lost { field: word.value.clone(), class: Class::Projection });
        let above = self.inherit.iter().flat_map(|inherit| &inherit.fields).chain(&self.carry_down);
        let above = above.map(|path| Lost { field: self.field(*path), class: Class::Partial });
        left.chain(self.with_less()).chain(above).chain(self.untaken()).collect()
    }

    /// Target fields that come back with less than the sender said, and those that a warning leaves out.
    fn with_less(&self) -> impl Iterator<Item = Lost> {
        let warned = self.refuses().into_iter().filter(|told| told.severity == Severity::Warning);
        let warned: BTreeSet<String> = warned.map(|told| told.target).collect();
        let fields = self.classes().into_iter().map(move |found| {
            let least = if warned.contains(&found.field) { Class::Partial } else { Class::Exact };
            Lost { field: found.field, class: found.class.max(least) }
        });
        fields.filter(|lost| lost.class > Class::EqualUpToForm)
    }

    /// The sender's fields that no rule takes, each group as a whole: partly when a condition looks at
    /// them, which the way back may answer, else not at all.
    fn untaken(&self) -> Vec<Lost> {
        let wide = self.paths.iter().any(|path| self.levels.columns(path.level).is_some());
        let Some(schema) = self.schema.as_deref().filter(|_| !wide) else { return Vec::new() };
        let (taken, seen) = (self.taken(), self.seen());
        let mut told: Vec<Keys> = Vec::new();
        let mut lost = Vec::new();
        for field in schema.fields() {
            let keys = schema_keys(&field.steps);
            let known = taken.iter().any(|taken| are_related(taken, &keys));
            if known || told.iter().any(|above| keys.starts_with(above)) {
                continue;
            }
            let partly = seen.iter().any(|seen| are_related(seen, &keys));
            let class = if partly { Class::Partial } else { Class::Projection };
            lost.push(Lost { field: field.path.clone(), class });
            told.push(keys);
        }
        lost
    }

    /// The fields whose values go somewhere: through a rule, into the record's id, or by `back`; and those
    /// that are left on purpose, which are told already.
    fn taken(&self) -> Vec<Keys> {
        let rules = self.program.values.iter().chain(self.program.rules());
        let ids: Vec<Input> = self.kinds.iter().flat_map(|kind| kind.id.inputs()).collect();
        let values = rules.flat_map(|rule| self.paths_in(rule.values()));
        let paths = values.chain(self.paths_in(ids));
        let dropped = self.drops.iter().map(|(path, _)| *path);
        let mut taken: Vec<Keys> = paths.chain(dropped).map(|path| self.keys_of(path)).collect();
        taken.extend(self.back.iter().map(|back| keys(&back.path)));
        taken.extend(
            self.spec.source.ignore.iter().filter_map(|word| self.keys_written(&word.value)),
        );
        taken
    }

    /// The fields that rules look at.
    fn seen(&self) -> Vec<Keys> {
        let rules = self.program.values.iter().chain(self.program.rules());
        rules.flat_map(|rule| self.paths_of(rule)).map(|path| self.keys_of(path)).collect()
    }

    fn keys_of(&self, path: u16) -> Keys {
        let path = self.paths.get(usize::from(path));
        path.map(|path| {
            let steps = self.levels.steps(path, &|_| Step::All);
            keys(&SourcePath::of(steps))
        })
        .unwrap_or_default()
    }

    /// The names of a path as it stands in the mapping, where short names are allowed.
    fn keys_written(&self, written: &str) -> Option<Keys> {
        let short = self.spec.source.names.iter().find(|(name, _)| name.value == written);
        let written = short.map_or(written, |(_, path)| path.value.as_str());
        match self.spec.source.format {
            Format::Csv => Some(vec![written.to_owned()]),
            Format::Json | Format::Ndjson | Format::Xml | Format::Fhir | Format::Canonical => {
                SourcePath::parse(written).ok().as_ref().map(keys)
            }
        }
    }
}

fn keys(path: &SourcePath) -> Keys {
    path.keys().into_iter().map(str::to_owned).collect()
}

fn schema_keys(steps: &[schema::Step]) -> Keys {
    let names = steps.iter().filter_map(|step| match step {
        schema::Step::Key(name) => Some(name.clone()),
        schema::Step::Each => None,
    });
    names.collect()
}

/// Whether one is the other, or stands within it.
fn are_related(one: &[String], other: &[String]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}
