//! The sender's schema as the checks ask it: which field a path means, and what it can hold.

use crate::schema::{FieldInfo, Schema, Step};

use super::super::names::Names;
use super::super::path::SourcePath;
use super::super::spec::{Format, Spec};

/// The fields of a schema, by the paths of a mapping.
pub struct Sender<'s> {
    fields: Vec<(Vec<&'s str>, &'s FieldInfo)>,
    around: Vec<Vec<String>>,
    aliases: Vec<(String, String)>,
    flat: bool,
}

impl<'s> Sender<'s> {
    /// Of a mapping's schema; `each` are the paths of records within an element.
    pub fn new(schema: &'s Schema, spec: &Spec, each: &[SourcePath]) -> Self {
        let keys = |info: &'s FieldInfo| {
            let keys = info.steps.iter().filter_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Each => None,
            });
            (keys.collect::<Vec<_>>(), info)
        };
        let owned = |path: &SourcePath| path.keys().iter().map(|key| (*key).to_owned()).collect();
        Self {
            fields: schema.fields().iter().map(keys).collect(),
            around: each.iter().map(owned).collect(),
            aliases: spec
                .source
                .names
                .iter()
                .map(|(name, path)| (name.value.clone(), path.value.clone()))
                .collect(),
            flat: spec.source.format == Format::Csv,
        }
    }

    /// The fields that a written path can mean: one for each kind of record that has it.
    pub fn fields(&self, written: &str) -> Vec<&'s FieldInfo> {
        let alias = self.aliases.iter().find(|(name, _)| name == written);
        let written = alias.map_or(written, |(_, path)| path.as_str());
        let path = if self.flat {
            SourcePath::column(written)
        } else {
            match SourcePath::parse(written) {
                Ok(path) => path,
                Err(_) => return Vec::new(),
            }
        };
        self.of(&path)
    }

    /// The fields that a path can mean.
    pub fn of(&self, path: &SourcePath) -> Vec<&'s FieldInfo> {
        let own: Vec<&str> = path.keys().iter().map(|key| &**key).collect();
        let nothing: Vec<String> = Vec::new();
        std::iter::once(&nothing)
            .chain(self.around.iter().filter(|_| path.up == 0))
            .filter_map(|around| {
                let keys = around.iter().map(String::as_str).chain(own.iter().copied());
                let keys: Vec<&str> = keys.collect();
                self.fields.iter().find(|(known, _)| *known == keys).map(|(_, info)| *info)
            })
            .collect()
    }

    /// The whole list of codes of a path; `None` when any text can stand there.
    pub fn codes(&self, path: &SourcePath) -> Option<Vec<&'s str>> {
        let fields = self.of(path);
        let closed = !fields.is_empty() && fields.iter().all(|field| !field.codes.is_empty());
        closed.then(|| fields.iter().flat_map(|f| f.codes.iter().map(String::as_str)).collect())
    }
}

/// Conditions that compare a field with a code that its list does not have.
pub fn check_conditions(sender: &Sender<'_>, names: &mut Names<'_>) {
    for compared in std::mem::take(&mut names.compared) {
        let Some(wants) = names.wanted.get(usize::from(compared.path)) else { continue };
        let full =
            SourcePath::of(names.levels.steps(&wants.path, &|_| super::super::path::Step::All));
        let Some(codes) = sender.codes(&full) else { continue };
        if compared.text.is_empty() || codes.contains(&compared.text.as_str()) {
            continue;
        }
        let field = full.keys().join(".");
        names
            .problems
            .warning(super::super::diagnostic::Code::NeverThere, compared.span)
            .arg("code", &compared.text)
            .arg("field", field)
            .arg("known", codes.join(", "))
            .nearest(&compared.text, codes.iter().copied());
    }
}
