//! Who hears of a change: the schemes that have a record of the person and subscribed to its kind.
//!
//! Pure: the caller brings the change, the records behind the person and the subscriptions.

use crate::model::{PersonId, RecordId, SchemeId, SubscriptionId};

/// What happened, as a subscriber chooses it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Another scheme's record of the person changed, or a new one was linked to it.
    RecordChanged,
    /// A value of the subscriber's own record was corrected in the hub.
    RecordCorrected,
    /// A scheme reported the person's death.
    PersonDied,
    /// Two persons turned out to be one.
    PersonMerged,
    /// One person turned out to be several.
    PersonSplit,
    /// A coverage of the person was closed.
    CoverageClosed,
    /// A signed answer that the subscriber was given no longer holds.
    AnswerChanged,
    /// A message between registries (SPDCI), which nobody subscribes to here: it answers one, or tells a follower.
    Message,
    /// A call without a message (FHIR, rest-hook), which nobody subscribes to here: something happened.
    Call,
}

impl Kind {
    /// Every kind that may be subscribed to, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::RecordChanged,
        Self::RecordCorrected,
        Self::PersonDied,
        Self::PersonMerged,
        Self::PersonSplit,
        Self::CoverageClosed,
        Self::AnswerChanged,
    ];

    /// The type of the message, such as `record.changed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RecordChanged => "record.changed",
            Self::RecordCorrected => "record.corrected",
            Self::PersonDied => "person.died",
            Self::PersonMerged => "person.merged",
            Self::PersonSplit => "person.split",
            Self::CoverageClosed => "coverage.closed",
            Self::AnswerChanged => "answer.changed",
            Self::Message => "spdci.message",
            Self::Call => "fhir.call",
        }
    }

    /// The kind of a message type.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Message, Self::Call]).find(|kind| kind.name() == name)
    }

    /// Whether the scheme where the change happened hears of it: it knows what it sent itself, but
    /// not what the hub decided or a steward corrected.
    const fn told_to_its_origin(self) -> bool {
        match self {
            Self::RecordCorrected
            | Self::PersonMerged
            | Self::PersonSplit
            | Self::AnswerChanged => true,
            Self::RecordChanged
            | Self::PersonDied
            | Self::CoverageClosed
            | Self::Message
            | Self::Call => false,
        }
    }
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// What.
    pub kind: Kind,
    /// About whom, as known after the change.
    pub person: PersonId,
    /// The record in which it happened.
    pub record: RecordId,
    /// The scheme of that record.
    pub origin: SchemeId,
}

/// A record behind the person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// The scheme that has it.
    pub scheme: SchemeId,
    /// The record.
    pub record: RecordId,
}

/// What a scheme asked to hear.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose it is.
    pub scheme: SchemeId,
    /// Which kinds; empty means all.
    pub kinds: Vec<Kind>,
}

impl Wish {
    fn wants(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// One message to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Planned {
    /// To whom.
    pub subscription: SubscriptionId,
    /// In whose format.
    pub scheme: SchemeId,
    /// The subscriber's own record of the person: what the message is about in its own terms.
    pub about: RecordId,
    /// What happened.
    pub change: Change,
}

/// The messages that follow from one change: one for each wish that fits, however many records the
/// subscriber has of the person (the first of `holders` is named).
#[must_use]
pub fn plan(change: &Change, holders: &[Holder], wishes: &[Wish]) -> Vec<Planned> {
    wishes
        .iter()
        .filter(|wish| wish.wants(change.kind))
        .filter(|wish| hears(wish, change))
        .filter_map(|wish| {
            let own = |holder: &&Holder| holder.scheme == wish.scheme;
            // The record that was corrected is named before any other of the same scheme.
            let about = holders
                .iter()
                .find(|holder| own(holder) && holder.record == change.record)
                .or_else(|| holders.iter().find(own))?;
            Some(Planned {
                subscription: wish.subscription,
                scheme: wish.scheme.clone(),
                about: about.record,
                change: change.clone(),
            })
        })
        .collect()
}

fn hears(wish: &Wish, change: &Change) -> bool {
    match (wish.scheme == change.origin, change.kind) {
        // What a steward corrects is a matter between the hub and the scheme that sent it; the
        // others hear of the corrected record as a change.
        (false, Kind::RecordCorrected) => false,
        (false, _) => true,
        (true, kind) => kind.told_to_its_origin(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Instant;

    fn scheme(text: &str) -> SchemeId {
        text.parse().expect("a scheme id")
    }

    fn record(n: u8) -> RecordId {
        RecordId::new(Instant::from_millis(i64::from(n)), [n; 10])
    }

    fn change(kind: Kind) -> Change {
        Change {
            kind,
            person: PersonId::new(Instant::from_millis(1), [0; 10]),
            record: record(1),
            origin: scheme("ml-utm"),
        }
    }

    fn holder(name: &str, n: u8) -> Holder {
        Holder { scheme: scheme(name), record: record(n) }
    }

    fn wish(name: &str, kinds: &[Kind]) -> Wish {
        Wish {
            subscription: SubscriptionId::new(Instant::from_millis(1), [9; 10]),
            scheme: scheme(name),
            kinds: kinds.to_vec(),
        }
    }

    /// The schemes that hear of a change in `ml-utm` of a person whom UTM and CANAM know.
    fn told(kind: Kind, wishes: &[Wish]) -> Vec<(String, RecordId)> {
        let holders = [holder("ml-utm", 1), holder("ml-canam", 2)];
        plan(&change(kind), &holders, wishes)
            .into_iter()
            .map(|planned| (planned.scheme.to_string(), planned.about))
            .collect()
    }

    #[test]
    fn a_scheme_hears_only_about_people_whom_it_knows() {
        let wishes = [wish("ml-canam", &[]), wish("ci-cnam", &[])];
        assert_eq!(told(Kind::PersonDied, &wishes), [("ml-canam".to_owned(), record(2))]);
    }

    #[test]
    fn a_scheme_does_not_hear_its_own_news() {
        let wishes = [wish("ml-utm", &[])];
        assert!(told(Kind::RecordChanged, &wishes).is_empty());
        assert!(told(Kind::CoverageClosed, &wishes).is_empty());
    }

    #[test]
    fn a_correction_is_told_to_the_scheme_whose_record_it_is_and_to_nobody_else() {
        let wishes = [wish("ml-utm", &[]), wish("ml-canam", &[])];
        assert_eq!(told(Kind::RecordCorrected, &wishes), [("ml-utm".to_owned(), record(1))]);
    }

    #[test]
    fn a_merge_is_told_to_all_who_know_the_person() {
        let wishes = [wish("ml-utm", &[]), wish("ml-canam", &[])];
        assert_eq!(told(Kind::PersonMerged, &wishes).len(), 2);
    }

    #[test]
    fn only_the_wanted_kinds_are_told() {
        let wishes = [wish("ml-canam", &[Kind::PersonDied])];
        assert_eq!(told(Kind::PersonDied, &wishes).len(), 1);
        assert!(told(Kind::RecordChanged, &wishes).is_empty());
    }

    #[test]
    fn names_of_kinds_are_read_back() {
        for kind in Kind::ALL.into_iter().chain([Kind::Message]) {
            assert_eq!(Kind::parse(kind.name()), Some(kind));
        }
    }
}
