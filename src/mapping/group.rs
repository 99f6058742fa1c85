//! Repeated groups of the target: the same rules for each item of a repeated group of the source.

use smallvec::SmallVec;

use super::extract::Frame;
use super::page::Bits;
use super::program::{Problem, Rule, Tracer};
use super::scene::{Input, Scene, When};
use super::value::Value;

/// A repeated group, such as `coverages[]`.
#[derive(Debug)]
pub struct Group {
    /// Its target path, such as `coverages[].suspensions[]`.
    pub name: Box<str>,
    /// The levels from what stands around it down to its own: often its own alone.
    pub way: Box<[u16]>,
    /// Which items count.
    pub when: Option<When>,
    /// What tells the items apart, so that the way back finds them again.
    pub key: Option<Input>,
    /// Rules of the fields of an item.
    pub fields: Vec<Rule>,
    /// Groups within an item.
    pub groups: Vec<Group>,
}

/// What rules have made: of a record, or of an item of a group.
#[derive(Default)]
pub struct Made<'r> {
    /// The results of the rules.
    pub values: Vec<Value<'r>>,
    /// Which of the rules have made something of the sender's record; constants alone make no group.
    pub fed: Bits,
    /// For each group its items.
    pub groups: Vec<Vec<Made<'r>>>,
}

impl<'r> Made<'r> {
    /// Adds the result of the next rule.
    #[inline]
    pub fn add(&mut self, rule: &Rule, value: Value<'r>) {
        if rule.reads && !value.is_absent() {
            self.fed.add(self.values.len());
        }
        self.values.push(value);
    }
}

impl Group {
    /// Runs the rules for each item of what the scene shows.
    pub fn run<'r, T: Tracer>(
        &'r self,
        scene: &Scene<'_, 'r>,
        problems: &mut Vec<Problem>,
        tracer: &mut T,
    ) -> Vec<Made<'r>> {
        let mut made = Vec::new();
        self.descend(&self.way, scene, &mut made, problems, tracer);
        made
    }

    fn descend<'r, T: Tracer>(
        &'r self,
        way: &[u16],
        scene: &Scene<'_, 'r>,
        made: &mut Vec<Made<'r>>,
        problems: &mut Vec<Problem>,
        tracer: &mut T,
    ) {
        let Some((level, rest)) = way.split_first() else {
            if self.when.as_ref().is_none_or(|when| scene.holds(when)) {
                tracer.enter(made.len());
                made.push(self.item(scene, problems, tracer));
                tracer.leave();
            }
            return;
        };
        let Some(scope) = scene.scopes.get(usize::from(*level)) else { return };
        let items = scene.cells.frames(*scope);
        for here in scene.cells.within(*scope, scene.here, scene.trie) {
            let Some(item) = items.get(here as usize) else { continue };
            let mut frames: SmallVec<[&'r Frame<'r>; 8]> = SmallVec::from_slice(scene.frames);
            frames.push(item);
            let inner = Scene { frames: &frames, here, ..*scene };
            self.descend(rest, &inner, made, problems, tracer);
        }
    }

    fn item<'r, T: Tracer>(
        &'r self,
        scene: &Scene<'_, 'r>,
        problems: &mut Vec<Problem>,
        tracer: &mut T,
    ) -> Made<'r> {
        let mut made = Made { values: Vec::with_capacity(self.fields.len()), ..Made::default() };
        for rule in &self.fields {
            made.add(rule, rule.run(scene, problems, tracer).0);
        }
        made.groups = self.groups.iter().map(|group| group.run(scene, problems, tracer)).collect();
        made
    }

    /// Its rules and those of the groups in it.
    pub fn rules(&self) -> Box<dyn Iterator<Item = &Rule> + '_> {
        Box::new(self.fields.iter().chain(self.groups.iter().flat_map(Self::rules)))
    }
}
