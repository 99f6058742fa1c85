//! Repeated groups on the way back: each element of a list of the target becomes an item of the
//! repeated group, the numbered columns or the rows that the rules go through.
//!
//! Items are written in the order of the record; onto an earlier document the key tells which item is
//! which. A list that two groups fill gives each element to the first whose rules can say it. Groups
//! below another repeated group that has no rules of its own have no way back: their loss is told.

use super::super::group::Group;
use super::super::level::Each;
use super::super::path::{Step, TargetStep, parse_target};
use super::super::program::{Origin, Rule};
use super::super::scene::Input;
use super::super::value::Class;
use super::read::Canonical;
use super::undo::{Undoing, undo};

/// The place of a list in the target.
struct List<'g> {
    /// The name of the group or record around it, with its dot: rules below begin with it.
    around: &'g str,
    /// The steps to what is around it.
    steps: Vec<TargetStep>,
}

/// What was written of a record's groups.
#[derive(Default)]
pub struct Written {
    /// Target fields that were written with less than they say.
    pub reduced: Vec<(String, Class)>,
}

/// Elements beyond this many are told as lost: a reader refuses as many rows.
const MOST: usize = 1_000;

impl<'m> Undoing<'_, 'm> {
    /// Writes the groups of the record.
    pub(super) fn groups(&mut self, canonical: &mut Canonical<'_>) -> Written {
        let mut written = Written::default();
        let record = List { around: "", steps: Vec::new() };
        self.lists(&self.mapping().program.groups, &record, canonical, &mut written);
        written
    }

    fn lists(
        &mut self,
        groups: &'m [Group],
        around: &List<'_>,
        canonical: &mut Canonical<'_>,
        written: &mut Written,
    ) {
        // Elements that rules with a name fill are theirs.
        let mut taken: Vec<(Vec<TargetStep>, Vec<usize>)> = Vec::new();
        for group in groups {
            let Some(list) = below(around, &group.name) else { continue };
            let at = taken.iter().position(|(known, _)| *known == list).unwrap_or_else(|| {
                taken.push((list.clone(), canonical.named(&list)));
                taken.len() - 1
            });
            let known = self.known_keys(group);
            let mut fresh = 0;
            for element in 0..canonical.count(&list).min(MOST) {
                let Some((_, done)) = taken.get_mut(at) else { continue };
                if done.contains(&element) {
                    continue;
                }
                let mut steps = list.clone();
                steps.push(TargetStep::Label(format!("#{element}")));
                let key = self.key_text(group, &steps, canonical);
                // Behind the items that stand there already, whose keys are others.
                let same =
                    key.and_then(|key| known.iter().position(|known| *known == Some(key.clone())));
                let number = same.unwrap_or(known.len() + fresh);
                if self.item(group, steps, number, canonical, written) {
                    done.push(element);
                    fresh += usize::from(same.is_none());
                }
            }
        }
    }

    /// Writes one element as an item of a group; false when the group cannot say it.
    fn item(
        &mut self,
        group: &'m Group,
        steps: Vec<TargetStep>,
        number: usize,
        canonical: &mut Canonical<'_>,
        written: &mut Written,
    ) -> bool {
        let [level] = *group.way else { return false };
        let Some(number) = self.numbered(level, number) else { return false };
        self.enter(level, number);
        let (mark, puts) = (canonical.mark(), self.tree_mark());
        let around = format!("{}.", group.name);
        let (mut reduced, mut conditional) = (Vec::new(), Vec::new());
        for rule in &group.fields {
            let Some(field) = rule.name.strip_prefix(around.as_str()) else { continue };
            let Ok(field) = parse_target(field) else { continue };
            let path = [steps.as_slice(), field.as_slice()].concat();
            let Some(value) = canonical.look(&path) else { continue };
            if rule.own && !canonical.is_own(&path) {
                continue;
            }
            if self.rule(rule, value) {
                canonical.take(&path);
                if rule.class() > Class::EqualUpToForm {
                    reduced.push((rule.name.to_string(), rule.class()));
                }
                conditional.extend(rule.when.as_ref().map(|when| (when, path)));
            }
        }
        for (when, path) in conditional {
            if !self.would_hold(when) {
                canonical.leave(&path);
            }
        }
        let list = List { around: &around, steps };
        self.lists(&group.groups, &list, canonical, written);
        // An item of which nothing is written is none, and one that is not read again is lost.
        let said = canonical.mark() > mark && self.tree_mark() > puts;
        let holds = said && group.when.as_ref().is_none_or(|when| self.would_hold(when));
        if holds {
            written.reduced.append(&mut reduced);
        } else {
            canonical.put_back(mark);
            self.undo_puts(puts);
        }
        self.leave();
        holds
    }

    /// The number of an item among its like; none when a wide row has no more columns.
    fn numbered(&self, level: u16, number: usize) -> Option<u32> {
        match &self.mapping().levels.all().get(usize::from(level))?.each {
            Each::Columns(columns) => columns.numbers().nth(number),
            Each::Items(_) => u32::try_from(number).ok(),
            Each::Record => None,
        }
    }

    /// The keys of the items that stand in the earlier document, in their order.
    fn known_keys(&self, group: &'m Group) -> Vec<Option<String>> {
        let (Some(base), Some(Input::Path(key)), [level]) = (self.base(), group.key, &*group.way)
        else {
            return Vec::new();
        };
        let mapping = self.mapping();
        let Some(path) = mapping.paths.get(usize::from(key)) else { return Vec::new() };
        let text = |number: u32| {
            let item = |_| Step::Nth(number);
            base.standing(&mapping.levels.steps(path, &item)).cloned()
        };
        match mapping.levels.all().get(usize::from(*level)).map(|level| &level.each) {
            // Empty columns are free for others.
            Some(Each::Columns(columns)) => {
                let mut keys: Vec<Option<String>> = columns.numbers().map(text).collect();
                while keys.last().is_some_and(Option::is_none) {
                    keys.pop();
                }
                keys
            }
            Some(Each::Items(steps)) if mapping.levels.depth(*level) == 1 => {
                (0..base.count(steps)).map_while(|at| u32::try_from(at).ok()).map(text).collect()
            }
            Some(Each::Items(_) | Each::Record) | None => Vec::new(),
        }
    }

    /// The text of the key as the sender would write it: undone from the field that reads it.
    fn key_text(
        &self,
        group: &'m Group,
        steps: &[TargetStep],
        canonical: &Canonical<'_>,
    ) -> Option<String> {
        let key = group.key?;
        let around = format!("{}.", group.name);
        let reads =
            |rule: &&Rule| matches!(&rule.origin, Origin::First(inputs) if inputs.contains(&key));
        let rule = group.fields.iter().find(reads)?;
        let field = parse_target(rule.name.strip_prefix(around.as_str())?).ok()?;
        let value = canonical.look(&[steps, field.as_slice()].concat())?;
        undo(&rule.steps, value)?.shown().map(std::borrow::Cow::into_owned)
    }
}

/// The steps to the list of a group.
fn below(around: &List<'_>, name: &str) -> Option<Vec<TargetStep>> {
    let own = parse_target(name.strip_prefix(around.around)?).ok()?;
    let own = own.strip_suffix(&[TargetStep::Append])?;
    Some([around.steps.as_slice(), own].concat())
}
