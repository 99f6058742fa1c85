//! The tree of target fields as it grows rule by rule.

use super::super::super::diagnostic::Code;
use super::super::super::names::Names;
use super::super::super::path::{KEYED, TargetStep};
use super::super::super::target::{Branch, FIELDS, Takes, order};
use super::super::super::yaml::Span;

/// A tree that grows rule by rule.
#[derive(Default)]
pub struct Grown {
    fields: Vec<(String, Grown)>,
    elements: Vec<(String, Grown)>,
    /// The one rule of a field.
    pub leaf: Option<(usize, Takes)>,
    /// The rules that append to a list.
    pub appended: Vec<usize>,
    /// The groups that fill a list: which, where it stands, what an item has.
    pub groups: Vec<(usize, Span, Grown)>,
}

impl Grown {
    /// The place of a field.
    pub fn at(&mut self, steps: &[TargetStep]) -> &mut Self {
        let Some((step, rest)) = steps.split_first() else { return self };
        let (list, name) = match step {
            TargetStep::Key(key) => (&mut self.fields, key),
            TargetStep::Label(label) => (&mut self.elements, label),
            TargetStep::Append => return self,
        };
        let index = list.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            list.push((name.clone(), Self::default()));
            list.len() - 1
        });
        list[index].1.at(rest)
    }

    /// Reports required fields of groups that rules fill; `written` are the fields with their places.
    pub fn required(&self, path: &str, written: &[(String, Span)], names: &mut Names<'_>) {
        for (name, below) in &self.fields {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            below.required(&path, written, names);
            for (_, element) in &below.elements {
                element.required_in(&path, written, names);
                element.required(&path, written, names);
            }
            for (_, span, item) in &below.groups {
                let here = [(path.clone(), span.clone())];
                item.required_in(&path, &here, names);
                item.required_key(&path, span, names);
                item.required(&path, &here, names);
            }
            if !below.fields.is_empty() {
                below.required_in(&path, written, names);
            }
        }
    }

    fn required_in(&self, path: &str, written: &[(String, Span)], names: &mut Names<'_>) {
        for (field, takes, needed) in FIELDS {
            let Some(name) = field.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'))
            else {
                continue;
            };
            let there = self.fields.iter().any(|(known, _)| known == name);
            if *needed && *takes != Takes::Hub && !name.contains('.') && !there {
                let near = written.iter().find(|(field, _)| field.starts_with(path));
                let near = near.or_else(|| written.iter().find(|(f, _)| path.starts_with(f)));
                let span = near.map_or(0..0, |(_, span)| span.clone());
                names.problems.error(Code::NotFilled, span).arg("field", *field);
            }
        }
    }

    /// What tells the elements of a list apart: rules of the record name it by a label.
    fn required_key(&self, path: &str, span: &Span, names: &mut Names<'_>) {
        let Some((_, key, _)) = KEYED.iter().find(|(list, ..)| *list == path) else { return };
        if !self.fields.iter().any(|(known, _)| known == key) {
            let field = format!("{path}.{key}");
            names.problems.error(Code::NotFilled, span.clone()).arg("field", field);
        }
    }

    /// The groups that every document has.
    pub fn hub(&mut self) {
        for name in ["source", "person"] {
            self.at(&[TargetStep::Key(name.to_owned())]);
        }
    }

    /// As it is written.
    pub fn branch(self, path: &str) -> Branch {
        if let Some((rule, takes)) = self.leaf {
            return Branch::Result { rule, takes };
        }
        if !self.appended.is_empty() {
            return Branch::Results(self.appended);
        }
        if !self.elements.is_empty() || !self.groups.is_empty() {
            let elements = self.elements.into_iter();
            let elements = elements.map(|(label, group)| group.element(path, Some(label)));
            let groups = self.groups.into_iter().map(|(group, _, item)| Branch::Each {
                group,
                item: Box::new(item.element(path, None)),
            });
            return Branch::List(elements.chain(groups).collect());
        }
        Branch::Object(self.object(path))
    }

    /// An element of a list: with a label, or of a group.
    fn element(self, path: &str, label: Option<String>) -> Branch {
        let mut fields = self.object(path);
        let key = KEYED.iter().find(|(known, _, _)| *known == path).map(|(_, key, _)| *key);
        if let (Some(key), Some(label)) = (key, label) {
            fields.insert(0, (key.into(), Branch::Fixed(label.into())));
        } else if path == "coverages" {
            fields.insert(0, ("scheme".into(), Branch::Scheme));
        }
        Branch::Object(fields)
    }

    fn object(self, path: &str) -> Vec<(Box<str>, Branch)> {
        let mut fields: Vec<(String, Box<str>, Branch)> = Vec::new();
        for (name, below) in self.fields {
            let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let branch = below.branch(&full);
            fields.push((full, name.into(), branch));
        }
        fields.sort_by_key(|(full, _, _)| order(full));
        let mut fields: Vec<_> =
            fields.into_iter().map(|(_, name, branch)| (name, branch)).collect();
        if path == "source" {
            fields.insert(0, ("record_id".into(), Branch::RecordId));
            fields.insert(0, ("scheme".into(), Branch::Scheme));
        }
        fields
    }
}
