//! What is known of two records whatever their data says: a person's decision, an event that names a predecessor.
//!
//! Facts bind and part; evidence never overrides them. Two facts contradict each other when one parts records that a
//! chain of others binds: [`contradiction`] says by which chain, so that the author of the newer one can be told. A fact
//! that is not firm (a scheme's word, not a steward's) gives way: [`consistent`] sets it aside.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::index::{Assertion, Index};
use crate::model::RecordId;

/// Something that is held of two records. `source` is whatever the caller needs to name it by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact<S> {
    /// One record.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// Whether they are one person; else they are two.
    pub same: bool,
    /// Where it comes from.
    pub source: S,
}

/// The facts by which two records are both bound and parted: a chain that binds them, then the one that parts them.
/// `None` when nothing contradicts.
#[must_use]
pub fn contradiction<S>(facts: &[Fact<S>]) -> Option<Vec<&Fact<S>>> {
    let mut bound: BTreeMap<RecordId, Vec<&Fact<S>>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.same) {
        bound.entry(fact.a).or_default().push(fact);
        bound.entry(fact.b).or_default().push(fact);
    }
    facts.iter().filter(|fact| !fact.same).find_map(|apart| {
        let mut chain = chain(&bound, apart.a, apart.b)?;
        chain.push(apart);
        Some(chain)
    })
}

/// The shortest chain of bonds from one record to another.
fn chain<'f, S>(
    bound: &BTreeMap<RecordId, Vec<&'f Fact<S>>>,
    from: RecordId,
    to: RecordId,
) -> Option<Vec<&'f Fact<S>>> {
    let mut reached: BTreeMap<RecordId, Option<(&Fact<S>, RecordId)>> = BTreeMap::new();
    reached.insert(from, None);
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front() {
        if at == to {
            break;
        }
        for fact in bound.get(&at).into_iter().flatten() {
            let next = if fact.a == at { fact.b } else { fact.a };
            reached.entry(next).or_insert_with(|| {
                open.push_back(next);
                Some((*fact, at))
            });
        }
    }
    let mut steps = Vec::new();
    let mut at = to;
    while let Some((fact, before)) = reached.get(&at)? {
        steps.push(*fact);
        at = *before;
    }
    steps.reverse();
    Some(steps)
}

/// The facts that can be held together: all firm ones, which their authors kept free of contradictions, and of the
/// others those that contradict nothing before them. Second: those that were set aside.
#[must_use]
pub fn consistent<S>(
    facts: Vec<Fact<S>>,
    firm: impl Fn(&S) -> bool,
) -> (Vec<Fact<S>>, Vec<Fact<S>>) {
    let (held, others): (Vec<_>, Vec<_>) = facts.into_iter().partition(|fact| firm(&fact.source));
    let mut groups = Groups::default();
    held.iter().filter(|fact| fact.same).for_each(|fact| groups.bind(fact.a, fact.b));
    held.iter().filter(|fact| !fact.same).for_each(|fact| groups.part(fact.a, fact.b));
    let (mut held, mut aside) = (held, Vec::new());
    for fact in others {
        let fits = if fact.same {
            !groups.are_apart(fact.a, fact.b)
        } else {
            groups.find(fact.a) != groups.find(fact.b)
        };
        if !fits {
            aside.push(fact);
            continue;
        }
        if fact.same {
            groups.bind(fact.a, fact.b);
        } else {
            groups.part(fact.a, fact.b);
        }
        held.push(fact);
    }
    (held, aside)
}

/// Records that are bound together, and whom they must stay apart from.
#[derive(Default)]
struct Groups {
    parent: FxHashMap<RecordId, RecordId>,
    foes: FxHashMap<RecordId, Vec<RecordId>>,
}

impl Groups {
    fn find(&mut self, record: RecordId) -> RecordId {
        let mut root = record;
        while let Some(up) = self.parent.get(&root).copied() {
            root = up;
        }
        let mut at = record;
        while at != root {
            at = self.parent.insert(at, root).unwrap_or(root);
        }
        root
    }

    fn bind(&mut self, a: RecordId, b: RecordId) {
        let (a, b) = (self.find(a), self.find(b));
        if a != b {
            self.parent.insert(b, a);
            let foes = self.foes.remove(&b).unwrap_or_default();
            self.foes.entry(a).or_default().extend(foes);
        }
    }

    fn part(&mut self, a: RecordId, b: RecordId) {
        let (one, other) = (self.find(a), self.find(b));
        self.foes.entry(one).or_default().push(b);
        self.foes.entry(other).or_default().push(a);
    }

    fn are_apart(&mut self, a: RecordId, b: RecordId) -> bool {
        let (one, other) = (self.find(a), self.find(b));
        let foes = self.foes.get(&one).cloned().unwrap_or_default();
        foes.into_iter().any(|foe| self.find(foe) == other)
    }
}

/// The facts that an index holds.
#[derive(Default)]
pub(super) struct Held {
    pairs: BTreeMap<(RecordId, RecordId), Assertion>,
    others: FxHashMap<RecordId, SmallVec<[RecordId; 2]>>,
    seq: u64,
}

impl Held {
    /// What is held of two records.
    pub fn of(&self, one: RecordId, other: RecordId) -> Option<Assertion> {
        self.pairs.get(&(one.min(other), one.max(other))).copied()
    }

    /// Everybody of whom something is held together with a record.
    pub fn others(&self, record: RecordId) -> &[RecordId] {
        self.others.get(&record).map_or(&[], |others| others.as_slice())
    }

    /// Holds something; whether that is new.
    pub fn put(&mut self, one: RecordId, other: RecordId, assertion: Assertion) -> bool {
        if one == other {
            return false;
        }
        let before = self.pairs.insert((one.min(other), one.max(other)), assertion);
        if before.is_none() {
            self.others.entry(one).or_default().push(other);
            self.others.entry(other).or_default().push(one);
        }
        before != Some(assertion)
    }

    fn drop(&mut self, (one, other): (RecordId, RecordId)) {
        self.pairs.remove(&(one, other));
        for (from, to) in [(one, other), (other, one)] {
            if let Some(others) = self.others.get_mut(&from) {
                others.retain(|known| *known != to);
                if others.is_empty() {
                    self.others.remove(&from);
                }
            }
        }
    }
}

impl Index {
    /// Which edition of the facts it holds; 0 before any.
    #[must_use]
    pub const fn facts_seq(&self) -> u64 {
        self.held.seq
    }

    /// Whether a fact parts two records.
    #[must_use]
    pub fn held_apart(&self, one: RecordId, other: RecordId) -> bool {
        self.held.of(one, other) == Some(Assertion::Different)
    }

    /// Whether a fact parts anybody of one group from anybody of another.
    #[must_use]
    pub fn are_held_apart(&self, ours: &[RecordId], theirs: &[RecordId]) -> bool {
        ours.iter().any(|one| {
            let others = self.held.others(*one).iter();
            others.into_iter().any(|other| theirs.contains(other) && self.held_apart(*one, *other))
        })
    }

    /// Holds these facts and no others from now on; `seq` names their edition. Takes effect at [`Index::settle`].
    pub fn hold_facts(
        &mut self,
        seq: u64,
        facts: impl IntoIterator<Item = (RecordId, RecordId, bool)>,
    ) {
        let mut gone: BTreeSet<(RecordId, RecordId)> = self.held.pairs.keys().copied().collect();
        for (one, other, same) in facts {
            gone.remove(&(one.min(other), one.max(other)));
            let assertion = if same { Assertion::Same } else { Assertion::Different };
            self.assert(one, other, assertion);
        }
        for pair in gone {
            self.held.drop(pair);
            self.unsettle(pair.0);
            self.unsettle(pair.1);
        }
        self.held.seq = seq;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u8) -> RecordId {
        RecordId::from_bytes([number; 16])
    }

    fn fact(a: u8, b: u8, same: bool) -> Fact<u8> {
        Fact { a: record(a), b: record(b), same, source: a * 10 + b }
    }

    #[test]
    fn a_contradiction_names_the_shortest_chain_and_what_parts() {
        let facts = [
            fact(1, 2, true),
            fact(2, 3, true),
            fact(3, 4, true),
            fact(2, 5, true),
            fact(5, 4, true),
            fact(1, 4, false),
        ];
        let found = contradiction(&facts).expect("a contradiction");
        let sources: Vec<u8> = found.iter().map(|fact| fact.source).collect();
        assert_eq!(sources, [12, 23, 34, 14]);
    }

    #[test]
    fn facts_that_fit_contradict_nothing() {
        assert_eq!(contradiction(&[fact(1, 2, true), fact(2, 3, false), fact(3, 4, true)]), None);
        assert_eq!(contradiction::<u8>(&[]), None);
    }

    #[test]
    fn what_is_not_firm_gives_way_to_what_is() {
        // 1 and 3 were parted by a steward; a scheme's word would bind them through 2.
        let facts = vec![fact(1, 2, true), fact(2, 3, true), fact(1, 3, false)];
        let (held, aside) = consistent(facts, |source| *source == 13);
        assert_eq!(held.iter().map(|fact| fact.source).collect::<Vec<_>>(), [13, 12]);
        assert_eq!(aside.iter().map(|fact| fact.source).collect::<Vec<_>>(), [23]);
    }
}
