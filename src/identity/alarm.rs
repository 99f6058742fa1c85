//! What in the whole of the records cannot be right, however careful each decision is: a person of too many records, a
//! phone of a thousand, a scheme that gives old numbers to other people.
//!
//! An alarm decides nothing. It says what a person should look at, how often it occurs, and where an example is; the
//! limits are far beyond what families and registers do by themselves, and each says from where it is.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::index::Index;
use super::retrieve::Slot;
use crate::matching::line::Number;
use crate::model::RecordId;
use crate::model::named::named;
use crate::model::record::Sex;

/// Records of one person beyond which somebody should look: eight schemes, and one twice in two of them.
const LARGE_PERSON: usize = 10;
/// Records of one phone beyond which it is an agent's: twice a compound of fifty (DHS Mali 2018: 5.8 in a household,
/// some ten households in a compound).
const SHARED_PHONE: usize = 100;
/// A person of fewer records is held together by one of them as a matter of course.
const HELD_FROM: usize = 4;
/// Cases below which a share of a scheme says nothing.
const FEW: u64 = 20;
/// Share of the numbers that a scheme shares with others from which it must be giving them to other people: mistyped
/// numbers that are somebody else's are one in some hundreds.
const REUSED: f64 = 0.1;
/// Share of full birth dates on 1 January or 31 December from which a scheme does not ask for them: registers of the old
/// have one in three.
const DEFAULT_DATES: f64 = 0.5;
/// Share of records whose person has another record of the scheme from which it sends people twice: doubles are one or
/// two in a hundred.
const SENT_TWICE: f64 = 0.2;
/// Examples of one alarm.
const EXAMPLES: usize = 5;

named! {
    /// What is wrong.
    pub enum AlarmKind;

    /// People of more than ten records.
    LargePerson = "large_person";
    /// People who are a man by one record and a woman by another.
    TwoSexes = "two_sexes";
    /// People of four records and more who would come apart without one of them.
    HeldByOne = "held_by_one";
    /// Phones of more than a hundred records.
    SharedPhone = "shared_phone";
    /// Numbers that stand for several people.
    NumberOfSeveral = "number_of_several";
    /// A scheme whose numbers often stand for several people.
    ReusedNumbers = "reused_numbers";
    /// A scheme most of whose people were born on 1 January or 31 December.
    DefaultDates = "default_dates";
    /// A scheme that sends people twice.
    SentTwice = "sent_twice";
    /// Records whose candidates could not be looked through to the end.
    Truncated = "truncated";
}

impl AlarmKind {
    /// Whether it is about one scheme: that of its examples.
    #[must_use]
    pub const fn is_of_a_scheme(self) -> bool {
        matches!(self, Self::ReusedNumbers | Self::DefaultDates | Self::SentTwice)
    }
}

/// Something that a person should look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alarm {
    /// What is wrong.
    pub kind: AlarmKind,
    /// How many people, phones, numbers or records it is about.
    pub cases: u64,
    /// Records of the largest case; for a scheme, how many cases there could be.
    pub of: u64,
    /// A record of each of the largest cases, at most five.
    pub examples: Vec<RecordId>,
}

/// Cases of one kind: how large each is and a record of it.
#[derive(Default)]
struct Cases(Vec<(usize, RecordId)>);

impl Cases {
    fn alarm(mut self, kind: AlarmKind) -> Option<Alarm> {
        self.0.sort_unstable_by_key(|(size, record)| (Reverse(*size), *record));
        let (largest, _) = *self.0.first()?;
        Some(Alarm {
            kind,
            cases: self.0.len() as u64,
            of: largest as u64,
            examples: self.0.iter().take(EXAMPLES).map(|(_, record)| *record).collect(),
        })
    }
}

/// Cases and hits of one scheme.
#[derive(Default)]
struct Share {
    cases: u64,
    hits: u64,
    examples: SmallVec<[RecordId; EXAMPLES]>,
}

impl Share {
    fn add(&mut self, hit: bool, record: RecordId) {
        self.cases += 1;
        if hit {
            self.hits += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push(record);
            }
        }
    }
}

/// Shares by scheme.
#[derive(Default)]
struct Shares(BTreeMap<u16, Share>);

impl Shares {
    fn add(&mut self, scheme: u16, hit: bool, record: RecordId) {
        self.0.entry(scheme).or_default().add(hit, record);
    }

    fn alarms(self, kind: AlarmKind, limit: f64) -> impl Iterator<Item = Alarm> {
        #[allow(clippy::cast_precision_loss, reason = "counts of records stay far below 2^52")]
        let over = move |share: &Share| {
            share.hits >= FEW && share.hits as f64 >= limit * share.cases as f64
        };
        self.0.into_values().filter(over).map(move |share| Alarm {
            kind,
            cases: share.hits,
            of: share.cases,
            examples: share.examples.into_vec(),
        })
    }
}

impl Index {
    /// Everything that a person should look at, in order of kind. Reads every record once.
    #[must_use]
    pub fn alarms(&self) -> Vec<Alarm> {
        let mut alarms = self.about_people();
        alarms.extend(self.about_phones());
        alarms.extend(self.about_numbers());
        alarms.extend(self.about_schemes());
        let truncated = self.truncated.iter().map(|slot| (1, self.ids[*slot as usize])).collect();
        alarms.extend(Cases(truncated).alarm(AlarmKind::Truncated));
        alarms.sort_by_key(|alarm| alarm.kind);
        alarms
    }

    fn about_people(&self) -> Vec<Alarm> {
        let (mut large, mut sexes, mut held) =
            (Cases::default(), Cases::default(), Cases::default());
        for records in self.people.iter().filter(|records| records.len() > 1) {
            let Some(first) = records.iter().map(|slot| self.ids[*slot as usize]).min() else {
                continue;
            };
            let case = (records.len(), first);
            if records.len() > LARGE_PERSON {
                large.0.push(case);
            }
            let is = |sex: Sex| records.iter().any(|slot| self.lines[*slot as usize].sex == sex);
            if is(Sex::Female) && is(Sex::Male) {
                sexes.0.push(case);
            }
            if records.len() >= HELD_FROM && self.is_held_by_one(records) {
                held.0.push(case);
            }
        }
        let found = [
            large.alarm(AlarmKind::LargePerson),
            sexes.alarm(AlarmKind::TwoSexes),
            held.alarm(AlarmKind::HeldByOne),
        ];
        found.into_iter().flatten().collect()
    }

    /// Whether no evidence connects the others of a person without one of the records.
    fn is_held_by_one(&self, records: &[Slot]) -> bool {
        let review = self.model.thresholds.review;
        records.iter().any(|without| {
            let others: FxHashSet<Slot> =
                records.iter().copied().filter(|slot| slot != without).collect();
            let mut open: Vec<Slot> = others.iter().copied().min().into_iter().collect();
            let mut reached: FxHashSet<Slot> = open.iter().copied().collect();
            while let Some(slot) = open.pop() {
                let strong = self.strong_edges(slot).filter(|(_, edge)| edge.alone >= review);
                let said = self.held_same(self.ids[slot as usize]);
                for next in strong.map(|(other, _)| *other).chain(said) {
                    if others.contains(&next) && reached.insert(next) {
                        open.push(next);
                    }
                }
            }
            reached.len() < others.len()
        })
    }

    fn about_phones(&self) -> Option<Alarm> {
        let mut records: FxHashMap<u32, (usize, RecordId)> = FxHashMap::default();
        for slot in self.ids.slots() {
            let id = self.ids[slot as usize];
            for phone in self.lines[slot as usize].phones() {
                let (count, first) = records.entry(phone).or_insert((0, id));
                *count += 1;
                *first = (*first).min(id);
            }
        }
        let many = records.into_values().filter(|(count, _)| *count > SHARED_PHONE);
        Cases(many.collect()).alarm(AlarmKind::SharedPhone)
    }

    /// Numbers whose records belong to several people, in all and as a share of the numbers that a scheme shares.
    fn about_numbers(&self) -> Vec<Alarm> {
        let mut bearers: FxHashMap<Number, SmallVec<[Slot; 2]>> = FxHashMap::default();
        for slot in self.ids.slots() {
            for number in self.vocabulary.numbers(&self.lines[slot as usize]) {
                bearers.entry(*number).or_default().push(slot);
            }
        }
        let (mut several, mut shares) = (Cases::default(), Shares::default());
        let mut shared: Vec<_> = bearers.into_values().filter(|slots| slots.len() > 1).collect();
        shared
            .iter_mut()
            .for_each(|slots| slots.sort_unstable_by_key(|slot| self.ids[*slot as usize]));
        shared.sort_unstable_by_key(|slots| self.ids[slots[0] as usize]);
        for slots in shared {
            let people: FxHashSet<u32> =
                slots.iter().map(|slot| self.home[*slot as usize]).collect();
            let first = self.ids[slots[0] as usize];
            let is_of_several = people.len() > 1;
            if is_of_several {
                several.0.push((slots.len(), first));
            }
            let schemes: BTreeMap<u16, RecordId> = slots
                .iter()
                .rev()
                .map(|slot| (self.lines[*slot as usize].scheme, self.ids[*slot as usize]))
                .collect();
            for (scheme, record) in schemes {
                shares.add(scheme, is_of_several, record);
            }
        }
        let reused = shares.alarms(AlarmKind::ReusedNumbers, REUSED);
        several.alarm(AlarmKind::NumberOfSeveral).into_iter().chain(reused).collect()
    }

    fn about_schemes(&self) -> Vec<Alarm> {
        let (mut dates, mut twice) = (Shares::default(), Shares::default());
        let mut records: Vec<(RecordId, Slot)> =
            self.ids.slots().map(|slot| (self.ids[slot as usize], slot)).collect();
        records.sort_unstable();
        for (id, slot) in records {
            let line = &self.lines[slot as usize];
            if line.birth.is_full() {
                dates.add(line.scheme, line.birth.is_default(), id);
            }
            let others = self.people.get(self.home[slot as usize]).iter();
            let is_double = others
                .copied()
                .any(|other| other != slot && self.lines[other as usize].scheme == line.scheme);
            twice.add(line.scheme, is_double, id);
        }
        let twice = twice.alarms(AlarmKind::SentTwice, SENT_TWICE);
        dates.alarms(AlarmKind::DefaultDates, DEFAULT_DATES).chain(twice).collect()
    }
}
