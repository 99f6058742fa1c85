//! Every rule of `fields` with its place: at the record, or in a group of rules for each item.

use super::super::spec::{GroupSpec, RuleSpec, Spec, Word};

/// A rule with its place.
pub struct Placed<'s> {
    /// The whole target path.
    pub target: String,
    /// The repeated group of the sender that it stands in, as written from the record on.
    pub each: Option<String>,
    /// The target path as written.
    pub path: &'s Word,
    /// The rule.
    pub rule: &'s RuleSpec,
}

impl Placed<'_> {
    /// A path of the rule from the record on; `None` when it goes up.
    pub fn source(&self, written: &str) -> Option<String> {
        match &self.each {
            None => Some(written.to_owned()),
            Some(_) if written.starts_with('^') => None,
            Some(each) => Some(format!("{each}.{written}")),
        }
    }
}

/// Every rule of `fields`.
pub fn rules(spec: &Spec) -> Vec<Placed<'_>> {
    let mut found = Vec::new();
    add(&spec.fields, &spec.groups, "", None, &mut found);
    found
}

fn add<'s>(
    fields: &'s [(Word, Vec<RuleSpec>)],
    groups: &'s [(Word, GroupSpec)],
    around: &str,
    each: Option<&str>,
    found: &mut Vec<Placed<'s>>,
) {
    let below = |path: &Word| {
        if around.is_empty() { path.value.clone() } else { format!("{around}.{}", path.value) }
    };
    for (path, rules) in fields {
        found.extend(rules.iter().map(|rule| Placed {
            target: below(path),
            each: each.map(str::to_owned),
            path,
            rule,
        }));
    }
    for (path, group) in groups {
        let inner = each.map_or_else(
            || group.each.value.clone(),
            |each| format!("{each}.{}", group.each.value),
        );
        add(&group.fields, &group.groups, &below(path), Some(&inner), found);
    }
}
