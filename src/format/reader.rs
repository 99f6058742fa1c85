//! The door of reading: picks how to cut, checks what every format needs, hands out frames.

use std::io::Read;
use std::str;

use super::bundle::Bundle;
use super::csv::Dialect;
use super::frame::{Broken, Frame, Legible, Piece, Shape, advance};
use super::json::{self, nul};
use super::options::{Container, Limits, ReadOptions};
use super::rows::Rows;
use super::sniff::{Kind, sniff};
use super::source::End;
use super::text::{LineEnd, Text};
use super::xml;
use crate::model::{Expected, Issue, IssueCode, Place};

/// How much of a record beyond the limit is kept: enough to find its id.
pub(super) const KEPT_OF_TOO_LONG: usize = 64 * 1024;

/// Cuts a file into records, one after the other, in memory that does not grow with the file.
///
/// ```
/// use dankun::format::{Container, JsonSink, ReadOptions, Reader};
///
/// let file: &[u8] = b"{\"nom\": \"Traor\xc3\xa9\"}\n";
/// let mut reader = Reader::new(Box::new(file), &ReadOptions::new(Container::Ndjson));
/// let frame = reader.next().expect("one record").expect("a sound record");
/// let mut json = JsonSink::new();
/// frame.walk(&mut json).expect("valid JSON");
/// assert_eq!(json.as_bytes(), "{\"nom\":\"Traoré\"}".as_bytes());
/// ```
pub struct Reader {
    text: Text,
    limits: Limits,
    cutter: Cutter,
    records: u64,
    /// How much of the window the record that was handed out last takes.
    taken: usize,
    /// Whether that is one line with its feed.
    line: bool,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Reading,
    Done,
}

enum Cutter {
    Lines,
    Rows(Box<Rows>),
    Json(json::split::Elements),
    Xml(xml::split::Elements),
    Bundle(Box<Bundle>),
}

/// A record cut out of the window.
pub(super) struct Cut {
    /// Its text starts here …
    pub(super) from: usize,
    /// … and ends here,
    pub(super) to: usize,
    /// and what follows starts here.
    pub(super) next: usize,
    /// Whether what is before that is one line with its feed.
    pub(super) line: bool,
}

/// What a cutter found.
pub(super) enum Found {
    Record(Cut),
    /// A record that is broken and has been consumed.
    Broken(Box<Broken>),
    /// The end of the file, whole or not.
    End,
}

impl Found {
    pub(super) fn broken(broken: Broken) -> Self {
        Self::Broken(Box::new(broken))
    }
}

impl Reader {
    /// A reader over the bytes of one file, as the sender's mapping describes them.
    #[must_use]
    pub fn new(input: Box<dyn Read + Send>, options: &ReadOptions) -> Self {
        Self {
            text: Text::new(input, options.encoding.clone(), options.limits.file),
            limits: options.limits,
            cutter: Cutter::of(&options.container),
            records: 0,
            taken: 0,
            line: false,
            state: State::Fresh,
        }
    }

    /// The next record, or what is wrong with it; `None` at the end. After a [`Broken`] that ends the
    /// file there is nothing more.
    #[allow(clippy::should_implement_trait)] // A frame borrows from the reader: no `Iterator` can say that.
    pub fn next(&mut self) -> Option<Result<Frame<'_>, Broken>> {
        match self.line {
            true => self.text.consume_line(self.taken),
            false => self.text.consume(self.taken),
        }
        (self.taken, self.line) = (0, false);
        let found = match self.state {
            State::Done => return None,
            State::Fresh => {
                self.state = State::Reading;
                self.begin()
            }
            State::Reading => None,
        };
        let found = match found {
            Some(broken) => Found::broken(broken),
            None => self.cut(),
        };
        match found {
            Found::Record(cut) => {
                self.records += 1;
                (self.taken, self.line) = (cut.next, cut.line);
                Some(self.frame(&cut).map_err(|broken| *broken))
            }
            Found::Broken(mut broken) => {
                if broken.ends_file {
                    self.state = State::Done;
                } else {
                    self.records += 1;
                    broken.ordinal = self.records;
                }
                Some(Err(*broken))
            }
            Found::End => {
                self.state = State::Done;
                match self.text.end() {
                    Some(End::Broken(code)) => Some(Err(self.cut_off(code))),
                    _ => None,
                }
            }
        }
    }

    fn cut(&mut self) -> Found {
        match &mut self.cutter {
            Cutter::Lines => line(&mut self.text, &self.limits),
            Cutter::Rows(rows) => rows.next(&mut self.text, &self.limits),
            Cutter::Json(elements) => elements.next(&mut self.text, &self.limits),
            Cutter::Xml(elements) => elements.next(&mut self.text, &self.limits),
            Cutter::Bundle(bundle) => bundle.next(&mut self.text, &self.limits),
        }
    }

    /// Looks at the first bytes: nothing at all, or another format.
    fn begin(&mut self) -> Option<Broken> {
        self.text.byte_at(0);
        let head = self.text.bytes();
        if head.trim_ascii().is_empty() && self.text.end() == Some(End::Clean) {
            let issue = Issue::error(IssueCode::EmptyFile, Place::at_line(1)).field("(bytes)");
            return Some(Broken::file(issue));
        }
        let found = sniff(head, None)?;
        let declared = self.cutter.kind();
        if self.cutter.accepts(found, head) {
            return None;
        }
        let issue = Issue::error(IssueCode::WrongFormat, Place::at_line(1))
            .field("(bytes)")
            .value(found.name())
            .expected(Expected::Form(declared.name().to_owned()));
        Some(Broken::file(issue))
    }

    /// The file broke off: what was left of it is no record.
    fn cut_off(&self, code: IssueCode) -> Broken {
        let mut issue = Issue::error(code, self.text.place()).field("(bytes)");
        if code == IssueCode::FileTooLarge {
            issue = issue.expected(Expected::AtMost(self.limits.file));
        }
        let mut broken = Broken::file(issue);
        let rest = self.text.bytes();
        broken.raw = rest.get(..rest.len().min(KEPT_OF_TOO_LONG)).unwrap_or_default().to_vec();
        broken
    }

    fn frame(&self, cut: &Cut) -> Result<Frame<'_>, Box<Broken>> {
        if let Cutter::Bundle(bundle) = &self.cutter {
            return Ok(self.sound(bundle.text(), bundle.place()));
        }
        let bytes = self.text.bytes().get(cut.from..cut.to).unwrap_or_default();
        let mut place = self.text.place();
        if cut.from > 0 {
            place = advance(&place, self.text.bytes().get(..cut.from).unwrap_or_default());
        }
        let fault = match str::from_utf8(bytes) {
            Ok(text) => match if self.cutter.is_plain() { None } else { nul(bytes) } {
                None => return Ok(self.sound(text, place)),
                Some(at) => (IssueCode::NulCharacter, at),
            },
            Err(error) => (IssueCode::BrokenEncoding, error.valid_up_to()),
        };
        let (code, at) = fault;
        let before = bytes.get(..at).unwrap_or_default();
        let issue = Issue::error(code, advance(&place, before)).field("(bytes)");
        let lossy = String::from_utf8_lossy(bytes);
        Err(Box::new(Broken {
            issue,
            place,
            raw: bytes.to_vec(),
            ordinal: self.records,
            ends_file: false,
            legible: self.cutter.legible(lossy.into_owned(), self.limits),
        }))
    }
}

impl Reader {
    fn sound<'r>(&'r self, text: &'r str, place: Place) -> Frame<'r> {
        Frame {
            text,
            shape: self.cutter.shape(),
            place,
            ordinal: self.records,
            limits: self.limits,
            pieces: self.cutter.pieces(),
        }
    }
}

impl Cutter {
    fn of(container: &Container) -> Self {
        match container {
            Container::Ndjson => Self::Lines,
            Container::Csv { delimiter, quote, header_row, columns } => {
                let dialect = Dialect { delimiter: *delimiter, quote: *quote };
                Self::Rows(Box::new(Rows::new(dialect, *header_row, columns.clone())))
            }
            Container::Json { records_at } => {
                Self::Json(json::split::Elements::new(records_at.clone()))
            }
            Container::Xml { record } => Self::Xml(xml::split::Elements::new(record.clone())),
            Container::FhirBundle { anchor, attach } => {
                Self::Bundle(Box::new(Bundle::new(anchor.clone(), attach.clone())))
            }
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Lines => Kind::Ndjson,
            Self::Rows(_) => Kind::Csv,
            Self::Json(_) => Kind::Json,
            Self::Xml(_) => Kind::Xml,
            Self::Bundle(_) => Kind::FhirBundle,
        }
    }

    /// Whether a file that looks so may be what was declared. Only what cannot be meant is refused:
    /// one object on one line is NDJSON too, and broken JSON may look like rows.
    fn accepts(&self, found: Kind, head: &[u8]) -> bool {
        let starts = |byte| head.trim_ascii_start().first() == Some(&byte);
        match self {
            Self::Lines => match found {
                Kind::Json | Kind::FhirBundle => starts(b'{'),
                Kind::Ndjson | Kind::Csv => true,
                Kind::Xml | Kind::Zip | Kind::Ole | Kind::Pdf => false,
            },
            Self::Rows(_) => found == Kind::Csv,
            Self::Json(_) | Self::Bundle(_) => matches!(found, Kind::Json | Kind::FhirBundle),
            Self::Xml(_) => found == Kind::Xml,
        }
    }

    fn shape(&self) -> Shape<'_> {
        match self {
            Self::Lines | Self::Json(_) | Self::Bundle(_) => Shape::Json,
            Self::Xml(_) => Shape::Xml,
            Self::Rows(rows) => rows.shape(),
        }
    }

    /// Whether it is known already that the record that was cut last has no control characters.
    fn is_plain(&self) -> bool {
        match self {
            Self::Rows(rows) => rows.is_plain(),
            Self::Lines | Self::Json(_) | Self::Xml(_) | Self::Bundle(_) => false,
        }
    }

    fn pieces(&self) -> &[Piece] {
        match self {
            Self::Bundle(bundle) => bundle.pieces(),
            Self::Lines | Self::Rows(_) | Self::Json(_) | Self::Xml(_) => &[],
        }
    }

    fn legible(&self, lossy: String, limits: Limits) -> Legible {
        match self {
            Self::Lines | Self::Json(_) | Self::Bundle(_) => Legible::Json(lossy, limits),
            Self::Xml(_) => Legible::Xml(lossy, limits),
            Self::Rows(rows) => rows.legible(lossy),
        }
    }
}

/// Cuts the next line that is not blank.
fn line(text: &mut Text, limits: &Limits) -> Found {
    loop {
        let (to, next) = match text.line_end(0, limits.record) {
            LineEnd::TooFar => return Found::broken(too_long(text, limits, Legible::Json)),
            LineEnd::Feed(at) => (at, at + 1),
            LineEnd::File(at) => {
                if at == 0 || matches!(text.end(), Some(End::Broken(_))) {
                    return Found::End;
                }
                (at, at)
            }
        };
        let line = text.bytes().get(..to).unwrap_or_default();
        if line.trim_ascii().is_empty() {
            text.consume(next);
        } else {
            return Found::Record(Cut { from: 0, to, next, line: next > to });
        }
    }
}

/// Skips a line that is longer than a record may be; keeps its beginning.
pub(super) fn too_long(
    text: &mut Text,
    limits: &Limits,
    legible: impl FnOnce(String, Limits) -> Legible,
) -> Broken {
    let place = text.place();
    let bytes = text.bytes();
    let kept = bytes.get(..bytes.len().min(KEPT_OF_TOO_LONG)).unwrap_or_default().to_vec();
    text.skip_line();
    Broken {
        issue: Issue::error(IssueCode::RecordTooLong, place.clone())
            .field("(row)")
            .expected(Expected::AtMost(limits.record as u64)),
        place,
        legible: legible(String::from_utf8_lossy(&kept).into_owned(), *limits),
        raw: kept,
        ordinal: 0,
        ends_file: false,
    }
}
