//! A file read once: its records counted into profiles, field by field.

use std::collections::{HashMap, VecDeque};
use std::io::{Cursor, Read};

use serde_json::Value;

use super::super::table::folded;
use super::container::{self, Layout};
use super::document::{Document, Leaf, leaves};
use super::people::{People, people, take};
use super::profile::Profile;
use super::rows;
use crate::format::{Container, Frame, ReadOptions, Reader, head};
use crate::model::IssueCode;

/// Bytes of a file from which its container is told.
const HEAD: usize = 256 * 1024;

/// Records that are looked at: enough to see codes that one in a thousand has; memory stays small.
const RECORDS: u64 = 10_000;

/// Records kept until it is known whether elements hold several people.
const FIRST: usize = 100;

/// Rows kept until it is known whether several make one record.
const ROWS: usize = 1_000;

/// Fields that are looked at; more are a generated file, whose columns repeat.
const FIELDS: usize = 500;

/// One field of the file.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its path in the language.
    pub path: String,
    /// What it holds.
    pub profile: Profile,
    /// Seen in the record itself.
    pub own: bool,
    /// Seen in records nested in it.
    pub nested: bool,
}

/// A word at the beginning of a cell that makes its row a total.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Total {
    /// The column.
    pub field: String,
    /// As the sender writes it.
    pub word: String,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Survey {
    /// How it is read.
    pub layout: Layout,
    /// Its encoding, by label.
    pub encoding: &'static str,
    /// Its fields, those of a CSV file in their order.
    pub fields: Vec<Field>,
    /// Whether elements hold several people.
    pub people: Option<People>,
    /// Words of rows that are totals.
    pub totals: Vec<Total>,
    /// Records looked at.
    pub records: u64,
    /// Records that could not be read.
    pub broken: u64,
    /// Fields left out because there are too many.
    pub left_out: usize,
    /// The column whose rows make one record, where several do.
    pub rows_by: Option<usize>,
    /// A last row that is no record: its first column and what stands there.
    pub trailer: Option<Total>,
}

impl Survey {
    /// Whether the file follows a standard that says what its elements are.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        matches!(self.layout.container, Container::FhirBundle { .. })
    }

    /// Whether paths are column names as they are.
    #[must_use]
    pub fn flat(&self) -> bool {
        matches!(self.layout.container, Container::Csv { .. })
    }
}

/// Why a file cannot be looked at.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SurveyError {
    /// The bytes stopped coming.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// Neither CSV, JSON, NDJSON, XML nor a FHIR Bundle.
    #[error("no container of records was recognised")]
    UnknownContainer,
    /// Not one record in it.
    #[error("the file holds no record")]
    Empty,
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read, has no known container or no record.
pub fn survey(mut file: Box<dyn Read + Send>) -> Result<Survey, SurveyError> {
    let mut first = Vec::new();
    file.by_ref()
        .take(HEAD as u64)
        .read_to_end(&mut first)
        .map_err(|error| SurveyError::Unreadable(error.to_string()))?;
    let start = head(&first, HEAD);
    let layout = container::detect(&start.text).ok_or(SurveyError::UnknownContainer)?;
    let mut options = ReadOptions::new(layout.container.clone());
    options.encoding = Some(start.encoding.to_owned());
    let reader = Reader::new(Box::new(Cursor::new(first).chain(file)), &options);
    let mut counting = Counting::new(layout, start.encoding);
    counting.read(reader);
    if counting.survey.records == 0 { Err(SurveyError::Empty) } else { Ok(counting.finish()) }
}

struct Counting {
    survey: Survey,
    index: HashMap<String, usize>,
    waiting: VecDeque<Value>,
    decided: bool,
    rows: [u64; 2],
    /// The first rows of a flat file, to see which of them belong together.
    first: Vec<Value>,
    /// The row that was read last, when it has not the columns of the others.
    odd: Option<Vec<u8>>,
}

impl Counting {
    fn new(layout: Layout, encoding: &'static str) -> Self {
        let survey = Survey {
            layout,
            encoding,
            fields: Vec::new(),
            people: None,
            totals: Vec::new(),
            records: 0,
            broken: 0,
            left_out: 0,
            rows_by: None,
            trailer: None,
        };
        let (index, waiting) = (HashMap::new(), VecDeque::new());
        let (first, odd) = (Vec::new(), None);
        Self { survey, index, waiting, decided: false, rows: [0, 0], first, odd }
    }

    fn read(&mut self, mut reader: Reader) {
        while self.survey.records < RECORDS
            && let Some(found) = reader.next()
        {
            match found {
                Ok(frame) => {
                    self.odd = None;
                    self.frame(&frame);
                }
                Err(broken) => {
                    self.survey.broken += 1;
                    let odd = broken.issue.code == IssueCode::ColumnCount;
                    self.odd = odd.then_some(broken.raw);
                }
            }
        }
        self.decide();
    }

    fn frame(&mut self, frame: &Frame<'_>) {
        if let (true, Some(columns)) = (self.index.is_empty(), frame.columns()) {
            for column in columns.iter().filter(|column| !column.trim().is_empty()) {
                self.field(column);
            }
        }
        let mut document = Document::default();
        if frame.walk(&mut document).is_err() {
            self.survey.broken += 1;
            return;
        }
        let document = document.finish();
        if self.survey.flat() && self.is_total(&document) {
            return;
        }
        self.survey.records += 1;
        if self.survey.flat() && self.first.len() < ROWS {
            self.first.push(document.clone());
        }
        if self.decided {
            self.count(&document);
        } else {
            self.waiting.push_back(document);
            if self.waiting.len() >= FIRST {
                self.decide();
            }
        }
    }

    /// Once enough records are known: whether they hold several people; then all are counted.
    fn decide(&mut self) {
        if !self.decided {
            self.decided = true;
            let standard = matches!(self.survey.layout.container, Container::FhirBundle { .. });
            if !self.survey.flat() && !standard {
                self.survey.people = people(&self.waiting);
            }
        }
        while let Some(document) = self.waiting.pop_front() {
            self.count(&document);
        }
    }

    fn count(&mut self, document: &Value) {
        let Some(people) = self.survey.people.clone() else {
            return self.add(leaves(document, self.survey.flat()), false);
        };
        let mut around = document.clone();
        let nested: Vec<Value> =
            people.groups().flat_map(|group| take(&mut around, group)).collect();
        let own = leaves(&around, false);
        if people.itself {
            self.add(own, false);
            for person in &nested {
                self.add(leaves(person, false), true);
            }
        } else {
            let up =
                |leaf: &Leaf| Leaf { path: format!("^.{}", leaf.path), value: leaf.value.clone() };
            for person in &nested {
                let inner = leaves(person, false).into_iter().chain(own.iter().map(up));
                self.add(inner.collect(), true);
            }
        }
    }

    fn add(&mut self, leaves: Vec<Leaf>, nested: bool) {
        self.rows[usize::from(nested)] += 1;
        for leaf in leaves {
            let Some(field) = self.field(&leaf.path) else { continue };
            field.own |= !nested;
            field.nested |= nested;
            field.profile.add(&leaf.value);
        }
    }

    fn field(&mut self, path: &str) -> Option<&mut Field> {
        let at = match self.index.get(path) {
            Some(at) => *at,
            None if self.survey.fields.len() >= FIELDS => {
                self.survey.left_out += 1;
                return None;
            }
            None => {
                let profile = Profile::default();
                let field = Field { path: path.to_owned(), profile, own: false, nested: false };
                self.survey.fields.push(field);
                self.index.insert(path.to_owned(), self.survey.fields.len() - 1);
                self.survey.fields.len() - 1
            }
        };
        self.survey.fields.get_mut(at)
    }

    fn is_total(&mut self, row: &Value) -> bool {
        let Value::Object(cells) = row else { return false };
        let filled = cells.values().filter(|v| v.as_str().is_some_and(|t| !t.trim().is_empty()));
        let few = filled.count() * 2 <= cells.len();
        let found = cells.iter().find_map(|(column, cell)| {
            let word = total_word(cell.as_str()?)?;
            Some(Total { field: column.clone(), word })
        });
        match found {
            Some(total) if few => {
                if !self.survey.totals.contains(&total) {
                    self.survey.totals.push(total);
                }
                true
            }
            _ => false,
        }
    }

    /// A text where nearly always a list or a group stands, or the other way round, is a slip.
    fn forget_slips(&mut self) {
        let shapes: Vec<(String, u64)> =
            self.survey.fields.iter().map(|f| (f.path.clone(), f.profile.present)).collect();
        self.survey.fields.retain(|field| {
            let present = field.profile.present;
            present == 0
                || !shapes.iter().any(|(other, often)| {
                    present * 10 < *often && are_shaped_differently(&field.path, other)
                })
        });
    }

    fn finish(mut self) -> Survey {
        let [own, nested] = self.rows;
        for field in &mut self.survey.fields {
            let rows = u64::from(field.own) * own + u64::from(field.nested) * nested;
            field.profile.records = rows.max(field.profile.present);
        }
        let paths: Vec<String> = self.survey.fields.iter().map(|f| f.path.clone()).collect();
        let is_group = |path: &str| {
            paths.iter().any(|other| {
                other.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[']))
            })
        };
        if !self.survey.flat() {
            self.forget_slips();
            // A group that is null or empty in some records was seen as a value there.
            let is_value = |field: &Field| field.profile.present > 0 || !is_group(&field.path);
            self.survey.fields.retain(is_value);
            if matches!(self.survey.layout.container, Container::Xml { .. }) {
                unite_repeated(&mut self.survey.fields);
            }
        } else {
            self.survey.rows_by = rows::by(&self.survey.fields, &self.first);
            let odd = self.odd.take();
            self.survey.trailer = odd.and_then(|raw| rows::trailer(&raw, &self.survey));
        }
        self.survey
    }
}

/// In XML one element alone looks like a group, and several like a list: what repeats somewhere is the
/// same field everywhere.
fn unite_repeated(fields: &mut Vec<Field>) {
    let lists: Vec<String> =
        fields.iter().filter(|f| f.path.contains('[')).map(|f| f.path.clone()).collect();
    for list in lists {
        let single = list.replace("[0]", "").replace("[]", "");
        let Some(at) = fields.iter().position(|field| field.path == single) else { continue };
        let alone = fields.remove(at);
        if let Some(field) = fields.iter_mut().find(|field| field.path == list) {
            field.own |= alone.own;
            field.nested |= alone.nested;
            field.profile.records = field.profile.records.max(alone.profile.records);
            field.profile.absorb(alone.profile);
        }
    }
}

/// Whether one path has a value or a group where the other has a list, or a value where the other
/// has a group. An XML element may have both a text and attributes.
fn are_shaped_differently(a: &str, b: &str) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let rest = |path: &str| path.get(common..).unwrap_or_default().to_owned();
    let (a_rest, b_rest) = (rest(a), rest(b));
    let list = |rest: &str| rest.starts_with('[');
    let other = |rest: &str| rest.is_empty() || rest.starts_with('.');
    let value_and_group =
        |x: &str, y: &str| x.is_empty() && y.starts_with('.') && !y.starts_with(".@");
    (list(&a_rest) && other(&b_rest))
        || (other(&a_rest) && list(&b_rest))
        || value_and_group(&a_rest, &b_rest)
        || value_and_group(&b_rest, &a_rest)
}

/// `SOUS-TOTAL Banconi`: the word, as written.
fn total_word(cell: &str) -> Option<String> {
    let plain = folded(cell.trim());
    ["sous-total", "sous total", "subtotal", "sub-total", "sub total", "grand total", "total"]
        .iter()
        .find(|word| {
            plain.strip_prefix(**word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
        .map(|word| cell.trim().chars().take(word.chars().count()).collect())
}
