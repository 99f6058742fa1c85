//! The simple list in three formats, and the way back to them.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use serde::Deserialize;

use super::super::samples::Shape;
use super::{Seen, TODAY, date, iso_day, member, text};

#[derive(Deserialize, Default)]
struct Line<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    family: Cow<'a, str>,
    #[serde(borrow)]
    given: Cow<'a, str>,
    #[serde(borrow)]
    sex: Cow<'a, str>,
    #[serde(borrow)]
    born: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    start: Cow<'a, str>,
    #[serde(borrow)]
    end: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Row<'a> {
    id: &'a str,
    family: &'a str,
    given: &'a str,
    sex: &'a str,
    born: &'a str,
    status: &'a str,
    start: &'a str,
    end: &'a str,
}

/// Counts what is refused and takes back what was written of it.
#[derive(Default)]
struct Job {
    seen: Seen,
    refused: usize,
}

impl Job {
    fn take(&mut self, line: Option<&Line<'_>>, out: &mut Vec<u8>) {
        let before = out.len();
        let written = line.and_then(|line| {
            self.seen.first(&[&line.id]).then_some(())?;
            record(line, out)
        });
        if written.is_none() {
            out.truncate(before);
            self.refused += 1;
        }
    }
}

/// Translates lines; how many records were refused.
pub fn lines(input: &[u8], out: &mut Vec<u8>) -> usize {
    let mut job = Job::default();
    for line in input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Option<Line<'_>> = serde_json::from_slice(line).ok();
        job.take(line.as_ref(), out);
    }
    job.refused
}

/// Translates rows.
pub fn rows(input: &[u8], out: &mut Vec<u8>) -> usize {
    let mut job = Job::default();
    let mut reader = csv::Reader::from_reader(input);
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).unwrap_or(false) {
        let row: Option<Row<'_>> = row.deserialize(None).ok();
        let line = row.map(|row| Line {
            id: Cow::Borrowed(row.id),
            family: Cow::Borrowed(row.family),
            given: Cow::Borrowed(row.given),
            sex: Cow::Borrowed(row.sex),
            born: Cow::Borrowed(row.born),
            status: Cow::Borrowed(row.status),
            start: Cow::Borrowed(row.start),
            end: Cow::Borrowed(row.end),
        });
        job.take(line.as_ref(), out);
    }
    job.refused
}

/// Translates elements.
pub fn elements(input: &[u8], out: &mut Vec<u8>) -> usize {
    let Ok(input) = std::str::from_utf8(input) else { return 1 };
    let mut job = Job::default();
    let mut reader = quick_xml::Reader::from_str(input);
    let mut line = Line::default();
    let mut text = Cow::Borrowed("");
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => {
                text = Cow::Borrowed("");
                if tag.local_name().as_ref() == "record" {
                    line = Line::default();
                    for attribute in tag.attributes().with_checks(false).flatten() {
                        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                        if let (b"id", Ok(value)) = (attribute.key.as_ref().as_bytes(), value) {
                            line.id = Cow::Owned(value.into_owned());
                        }
                    }
                }
            }
            Event::Text(more) => {
                let more = more.xml_content(XmlVersion::Implicit1_0);
                if text.is_empty() { text = more } else { text.to_mut().push_str(&more) }
            }
            Event::GeneralRef(reference) => {
                let known = quick_xml::escape::resolve_xml_entity(&reference);
                text.to_mut().push_str(known.unwrap_or_default());
            }
            Event::End(tag) => {
                let text = std::mem::take(&mut text);
                match tag.local_name().as_ref() {
                    "family" => line.family = text,
                    "given" => line.given = text,
                    "sex" => line.sex = text,
                    "born" => line.born = text,
                    "status" => line.status = text,
                    "start" => line.start = text,
                    "end" => line.end = text,
                    "record" => job.take(Some(&line), out),
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    job.refused
}

fn record(line: &Line<'_>, out: &mut Vec<u8>) -> Option<()> {
    let sex = match &*line.sex {
        "M" => "male",
        "F" => "female",
        _ => return None,
    };
    let status = match &*line.status {
        "A" => "active",
        "S" => "suspended",
        "E" => "ended",
        _ => return None,
    };
    let (start, end) = (iso_day(&line.start)?, iso_day(&line.end)?);
    let born = iso_day(&line.born).filter(|born| born <= TODAY)?;
    member(out, "{\"source\":{\"scheme\":\"simple\",\"record_id\":", &line.id);
    member(out, "},\"person\":{\"names\":[{\"use\":\"official\",\"family\":", &line.family);
    let mut before = ",\"given\":[";
    for word in line.given.split(' ').filter(|word| !word.is_empty()) {
        member(out, before, word);
        before = ",";
    }
    member(out, "]}],\"sex\":", sex);
    date(out, ",\"birth_date\":", &born);
    member(out, "},\"coverages\":[{\"scheme\":\"simple\",\"contract_id\":", &line.id);
    date(out, ",\"period\":{\"start\":", &start);
    date(out, ",\"end\":", &end);
    member(out, "},\"status\":", status);
    out.extend_from_slice(b"}]}\n");
    Some(())
}

#[derive(Deserialize)]
struct Canonical<'a> {
    #[serde(borrow)]
    person: Person<'a>,
    #[serde(borrow)]
    coverages: Vec<Coverage<'a>>,
}

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow)]
    names: Vec<Name<'a>>,
    #[serde(borrow)]
    sex: Cow<'a, str>,
    #[serde(borrow)]
    birth_date: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Name<'a> {
    #[serde(borrow)]
    family: Cow<'a, str>,
    #[serde(borrow)]
    given: Vec<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Coverage<'a> {
    #[serde(borrow)]
    contract_id: Cow<'a, str>,
    #[serde(borrow)]
    period: Period<'a>,
    #[serde(borrow)]
    status: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Period<'a> {
    #[serde(borrow)]
    start: Cow<'a, str>,
    #[serde(borrow)]
    end: Cow<'a, str>,
}

/// Writes canonical lines in the simple list's format; how many could not be written.
pub fn back(input: &[u8], shape: Shape, out: &mut Vec<u8>) -> usize {
    let mut refused = 0;
    out.extend_from_slice(match shape {
        Shape::Lines => b"",
        Shape::Rows => b"born,end,family,given,id,sex,start,status\n",
        Shape::Elements => b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<records>\n",
    });
    for line in input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let before = out.len();
        let line: Option<Canonical<'_>> = serde_json::from_slice(line).ok();
        if line.and_then(|line| write_back(&line, shape, out)).is_none() {
            out.truncate(before);
            refused += 1;
        }
    }
    if shape == Shape::Elements {
        out.extend_from_slice(b"</records>\n");
    }
    refused
}

fn write_back(record: &Canonical<'_>, shape: Shape, out: &mut Vec<u8>) -> Option<()> {
    let (name, coverage) = (record.person.names.first()?, record.coverages.first()?);
    let sex = match &*record.person.sex {
        "male" => "M",
        "female" => "F",
        _ => return None,
    };
    let status = match &*coverage.status {
        "active" => "A",
        "suspended" => "S",
        "ended" => "E",
        _ => return None,
    };
    let days = [&record.person.birth_date, &coverage.period.start, &coverage.period.end];
    if days.iter().any(|day| iso_day(day).is_none()) {
        return None;
    }
    let given = match name.given.as_slice() {
        [one] => Cow::Borrowed(&**one),
        several => Cow::Owned(several.join(" ")),
    };
    let fields = [
        ("born", &*record.person.birth_date),
        ("end", &coverage.period.end),
        ("family", &name.family),
        ("given", &given),
        ("id", &coverage.contract_id),
        ("sex", sex),
        ("start", &coverage.period.start),
        ("status", status),
    ];
    match shape {
        Shape::Lines => {
            let mut before = b"{\"".as_slice();
            for (key, value) in fields {
                out.extend_from_slice(before);
                out.extend_from_slice(key.as_bytes());
                out.extend_from_slice(b"\":");
                text(out, value);
                before = b",\"";
            }
            out.extend_from_slice(b"}\n");
        }
        Shape::Rows => {
            for (index, (_, value)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                cell(value, out);
            }
            out.push(b'\n');
        }
        Shape::Elements => {
            out.extend_from_slice(b"<record id=\"");
            out.extend_from_slice(quick_xml::escape::escape(&*coverage.contract_id).as_bytes());
            out.extend_from_slice(b"\">");
            for (key, value) in fields.into_iter().filter(|(key, _)| *key != "id") {
                out.push(b'<');
                out.extend_from_slice(key.as_bytes());
                out.push(b'>');
                out.extend_from_slice(quick_xml::escape::escape(value).as_bytes());
                out.extend_from_slice(b"</");
                out.extend_from_slice(key.as_bytes());
                out.push(b'>');
            }
            out.extend_from_slice(b"</record>\n");
        }
    }
    Some(())
}

fn cell(value: &str, out: &mut Vec<u8>) {
    if value.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.push(b'"');
        out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(value.as_bytes());
    }
}
