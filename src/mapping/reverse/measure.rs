//! There and back with real records: how often each field of the sender comes back as it was, up to
//! its form, from the earlier document only, or not at all.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value as Json;

use super::super::Mapping;
use super::super::outcome::{Around, Outcome};
use super::super::path::Step;
use super::super::run::Run;
use super::super::spec::Format;
use super::gather::Record;
use super::node::Node;
use super::seat::Seat;

mod unread;

use unread::{Left, ReadLeaves};

/// In what a text that came back differs from the one that was sent, when both mean the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Form {
    /// Blanks.
    Blanks,
    /// Small and capital letters.
    Case,
    /// Signs that are neither letters nor digits, and prefixes of numbers.
    Punctuation,
    /// The text is another, and read again the record says the same.
    Meaning,
}

impl Form {
    /// As reports name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blanks => "blanks",
            Self::Case => "case",
            Self::Punctuation => "punctuation",
            Self::Meaning => "meaning",
        }
    }

    /// The form in which two texts differ that mean the same; none when they say different things.
    #[must_use]
    pub fn of(sent: &str, back: &str) -> Option<Self> {
        let blanks = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (sent, back) = (blanks(sent), blanks(back));
        if sent == back {
            return Some(Self::Blanks);
        }
        let (sent, back) = (sent.to_lowercase(), back.to_lowercase());
        if sent == back {
            return Some(Self::Case);
        }
        let signs = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let (sent, back) = (signs(&sent), signs(&back));
        let number = |text: &str| {
            let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            digits.then(|| text.trim_start_matches('0').to_owned())
        };
        // A phone number with and without the code of its country.
        let ends = |(one, other): (String, String)| one.ends_with(&other) || other.ends_with(&one);
        (sent == back || number(&sent).zip(number(&back)).is_some_and(ends))
            .then_some(Self::Punctuation)
    }
}

/// What became of one field of the sender.
#[derive(Clone, Debug, Default)]
pub struct FieldTrip {
    /// Records that have it.
    pub present: u64,
    /// It came back as it was.
    pub identical: u64,
    /// It came back in another form.
    pub equal_up_to: BTreeMap<Form, u64>,
    /// Only the earlier document could give it back.
    pub restored: u64,
    /// It does not come back.
    pub lost: u64,
    /// Where it first did not come back as it was: a line of the file.
    pub example: Option<u64>,
}

/// What became of the records of a file.
#[derive(Clone, Debug, Default)]
pub struct RoundTripReport {
    /// Records that went in and out.
    pub records: u64,
    /// Records that said the same when they were read again.
    pub same: u64,
    /// Records that said the same when they had been written onto what the sender wrote.
    pub same_onto: u64,
    /// Documents that were, written onto what the sender wrote, the sender's to the letter.
    pub to_the_letter: u64,
    /// Documents of which every record could be read.
    pub elements: u64,
    /// Fields of the sender, those that no rule reads too.
    pub fields: BTreeMap<String, FieldTrip>,
    /// Canonical fields that said something else without the earlier document: how many records, and
    /// the line of the first.
    pub changed: BTreeMap<String, (u64, u64)>,
}

/// Measures the way there and back, one element after the other.
pub struct RoundTrip<'m> {
    mapping: &'m Mapping,
    today: Date,
    report: RoundTripReport,
}

impl<'m> RoundTrip<'m> {
    /// Through this mapping, on this day.
    #[must_use]
    pub fn new(mapping: &'m Mapping, today: Date) -> Self {
        Self { mapping, today, report: RoundTripReport::default() }
    }

    /// What has been measured.
    #[must_use]
    pub fn finish(self) -> RoundTripReport {
        self.report
    }

    /// Takes all elements of a file there and back.
    pub fn read(&mut self, run: &mut Run<'_>) {
        let mut last = Vec::new();
        while let Some(outcome) = run.next() {
            let Outcome::Accepted(record) = outcome else { continue };
            // Of several records in one element each has the whole element.
            if record.raw != last {
                self.add(&record.raw, &record.around, record.place.line);
                last = record.raw;
            }
        }
    }

    /// Takes an element there and back; `line` is where it stands. What is refused takes no part.
    pub fn add(&mut self, element: &[u8], around: &Around, line: u64) {
        let Some(base) = self.mapping.base(element, around, self.today) else { return };
        let gathered = base.gathered();
        let (free, onto) =
            (self.mapping.build(&gathered), self.mapping.build_onto(&gathered, &base));
        if base.is_whole() {
            self.report.elements += 1;
            self.report.to_the_letter += u64::from(onto.root() == base.root());
        }
        let (again, again_onto) =
            (free.read(self.mapping, self.today), onto.read(self.mapping, self.today));
        let seats = gathered.seats(self.mapping);
        let there = Three { sent: base.root(), free: free.root(), onto: onto.root() };
        let mut read = ReadLeaves::default();
        for (index, (record, seat)) in gathered.records().zip(&seats).enumerate() {
            let changes = changes(record, &again);
            self.report.records += 1;
            self.report.same += u64::from(changes.is_empty());
            self.report.same_onto += u64::from(self::changes(record, &again_onto).is_empty());
            let same = changes.is_empty();
            for field in changes {
                self.report.changed.entry(field).or_insert((0, line)).0 += 1;
            }
            let from = base.seat(self.mapping, index);
            self.compare(&there, &from, seat, same, line);
            let paths = self.mapping.paths.iter().filter_map(|path| from.at(path));
            paths.for_each(|path| read.note(there.sent, &path));
        }
        if base.is_whole() {
            self.compare_unread(&there, &read, line);
        }
    }

    /// What no path of the mapping reads, such as ignored columns: compared where it stands, once in a
    /// document of which every record could be read.
    fn compare_unread(&mut self, there: &Three<'_>, read: &ReadLeaves, line: u64) {
        let mapping = self.mapping;
        let separator = if mapping.spec.source.format == Format::Xml { '/' } else { '.' };
        for left in unread::left([there.sent, there.free, there.onto], read, separator) {
            let Left { path, sent, free, onto } = left;
            if mapping.is_empty_text(sent) {
                continue;
            }
            let trip = self.report.fields.entry(path).or_default();
            trip.present += 1;
            if free == Some(sent) {
                trip.identical += 1;
                continue;
            }
            trip.example.get_or_insert(line);
            if onto == Some(sent) {
                trip.restored += 1;
            } else {
                trip.lost += 1;
            }
        }
    }

    fn compare(&mut self, there: &Three<'_>, from: &Seat, to: &Seat, same: bool, line: u64) {
        let mapping = self.mapping;
        for (path, shown) in
            mapping.paths.iter().zip(&mapping.shown).filter(|(path, _)| path.at_record())
        {
            let (Some(from), Some(to)) = (from.at(path), to.at(path)) else { continue };
            let Some(sent) = text(there.sent, &from).filter(|sent| !mapping.is_empty_text(sent))
            else {
                continue;
            };
            let (free, onto) = (text(there.free, &to), text(there.onto, &to));
            let trip = self.report.fields.entry(shown.clone()).or_default();
            trip.present += 1;
            let form = match &free {
                Some(free) if *free == sent => {
                    trip.identical += 1;
                    continue;
                }
                Some(free) if same => Form::of(&sent, free).or(Some(Form::Meaning)),
                Some(free) => Form::of(&sent, free),
                None => None,
            };
            trip.example.get_or_insert(line);
            match form {
                Some(form) => *trip.equal_up_to.entry(form).or_default() += 1,
                None if onto.as_ref() == Some(&sent) => trip.restored += 1,
                None => trip.lost += 1,
            }
        }
    }
}

/// The same element as it was sent, as it came back, and as it came back onto what was sent.
struct Three<'n> {
    sent: &'n Node,
    free: &'n Node,
    onto: &'n Node,
}

fn text(root: &Node, path: &[Step]) -> Option<String> {
    match root.at(path)? {
        Node::Array(items) => {
            let texts: Vec<&str> =
                items.iter().filter_map(|item| item.standing(&[])).map(String::as_str).collect();
            (!texts.is_empty()).then(|| texts.join(" "))
        }
        node => node.standing(&[]).cloned(),
    }
}

/// The canonical fields in which a record differs from what was read again; all of them when it was
/// not read.
fn changes(record: &Record<()>, again: &[Outcome]) -> Vec<String> {
    let found = again.iter().find_map(|outcome| match outcome {
        Outcome::Accepted(found) if record.id() == Some(&*found.record_id) => {
            serde_json::from_slice(&found.canonical).ok()
        }
        Outcome::Accepted(_) | Outcome::Refused(_) => None,
    });
    let mut fields = Vec::new();
    differences(&record.json(), &found.unwrap_or_default(), "", &mut fields);
    fields.sort();
    fields.dedup();
    fields
}

/// The paths of the leaves at which two documents differ.
pub fn differences(one: &Json, other: &Json, path: &str, out: &mut Vec<String>) {
    if one == other {
        return;
    }
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    let nothing = Json::Null;
    match (one, other) {
        (Json::Object(fields), other) => {
            for (key, value) in fields {
                differences(value, other.get(key).unwrap_or(&nothing), &below(key), out);
            }
            for (key, value) in other.as_object().into_iter().flatten() {
                if !fields.contains_key(key) {
                    differences(&nothing, value, &below(key), out);
                }
            }
        }
        (Json::Null, Json::Object(_) | Json::Array(_)) => differences(other, one, path, out),
        (Json::Array(items), other) if items.iter().any(Json::is_object) => {
            for index in 0..items.len().max(other.as_array().map_or(0, Vec::len)) {
                let at = |list: &Json| list.get(index).cloned().unwrap_or_default();
                differences(&at(one), &at(other), path, out);
            }
        }
        _ => out.push(path.to_owned()),
    }
}
