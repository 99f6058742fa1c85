//! The CANAM's elements: `quick-xml` by its events, with one insured and its dependants at a time.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use super::{Day, Seen, TODAY, date, iso_day, member, names, nina, phone, squeezed};

type Text<'a> = Cow<'a, str>;

#[derive(Default, Clone)]
struct Person<'a> {
    rank: Text<'a>,
    relation: Text<'a>,
    student: Text<'a>,
    disabled: Text<'a>,
    family: Text<'a>,
    given: Text<'a>,
    sex: Text<'a>,
    born: Text<'a>,
    precision: Text<'a>,
    nina: Text<'a>,
    state: Text<'a>,
    since: Text<'a>,
    enrolled: Text<'a>,
    start: Text<'a>,
    end: Text<'a>,
}

#[derive(Default)]
struct Insured<'a> {
    number: Text<'a>,
    body: Text<'a>,
    phone: Text<'a>,
    region: Text<'a>,
    commune: Text<'a>,
}

/// Which text comes next.
#[derive(Clone, Copy)]
enum Field {
    None,
    Family,
    Given,
    Sex,
    Born,
    Nina,
    Phone,
    Commune,
}

/// Translates a file; how many records were refused.
pub fn ml_canam(input: &[u8], out: &mut Vec<u8>) -> usize {
    let Ok(input) = std::str::from_utf8(input) else { return 1 };
    let mut reader = quick_xml::Reader::from_str(input);
    let mut state = State {
        seen: Seen::default(),
        insured: Insured::default(),
        people: Vec::new(),
        field: Field::None,
        text: Cow::Borrowed(""),
        refused: 0,
    };
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => state.start(input, &tag),
            Event::Empty(tag) => {
                state.start(input, &tag);
                state.end(tag.local_name().as_ref(), out);
            }
            Event::Text(text) => state.add(text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => state.add(text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) => {
                if let Some(text) = resolve_xml_entity(&reference) {
                    state.add(Cow::Borrowed(text));
                }
            }
            Event::End(tag) => state.end(tag.local_name().as_ref(), out),
            Event::Eof => break,
            _ => {}
        }
    }
    state.refused
}

struct State<'a> {
    seen: Seen,
    insured: Insured<'a>,
    /// The insured first, then the dependants.
    people: Vec<Person<'a>>,
    field: Field,
    text: Text<'a>,
    refused: usize,
}

/// The same text of the file itself, which outlives the tag.
fn kept<'a>(input: &'a str, part: Cow<'_, str>) -> Text<'a> {
    match part {
        Cow::Borrowed(part) => {
            let from = (part.as_ptr() as usize).wrapping_sub(input.as_ptr() as usize);
            input.get(from..from + part.len()).map_or_else(|| part.to_owned().into(), Cow::Borrowed)
        }
        Cow::Owned(part) => Cow::Owned(part),
    }
}

impl<'a> State<'a> {
    fn add(&mut self, text: Text<'a>) {
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.text.to_mut().push_str(&text);
        }
    }

    fn start(&mut self, input: &'a str, tag: &BytesStart<'_>) {
        self.text = Cow::Borrowed("");
        self.field = Field::None;
        let name = tag.local_name();
        match name.as_ref() {
            "assure" => {
                self.insured = Insured::default();
                self.people.clear();
                self.people.push(Person::default());
            }
            "ayantDroit" => self.people.push(Person::default()),
            "nom" => self.field = Field::Family,
            "prenom" => self.field = Field::Given,
            "sexe" => self.field = Field::Sex,
            "dateNaissance" => self.field = Field::Born,
            "nina" => self.field = Field::Nina,
            "telephone" => self.field = Field::Phone,
            "commune" => self.field = Field::Commune,
            "droits" | "region" => {}
            _ => return,
        }
        let Some(person) = self.people.last_mut() else { return };
        for attribute in tag.attributes().with_checks(false).flatten() {
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
            let value = kept(input, value);
            match attribute.key.as_ref() {
                "numImmatriculation" => self.insured.number = value,
                "ogd" => self.insured.body = value,
                "code" => self.insured.region = value,
                "rang" => person.rank = value,
                "lien" => person.relation = value,
                "scolarise" => person.student = value,
                "handicap" => person.disabled = value,
                "precision" => person.precision = value,
                "etat" => person.state = value,
                "effetEtat" => person.since = value,
                "immatriculation" => person.enrolled = value,
                "ouverture" => person.start = value,
                "fin" => person.end = value,
                _ => {}
            }
        }
    }

    fn end(&mut self, name: &str, out: &mut Vec<u8>) {
        let text = std::mem::take(&mut self.text);
        let field = std::mem::replace(&mut self.field, Field::None);
        if let Some(person) = self.people.last_mut() {
            match field {
                Field::None => {}
                Field::Family => person.family = text,
                Field::Given => person.given = text,
                Field::Sex => person.sex = text,
                Field::Born => person.born = text,
                Field::Nina => person.nina = text,
                Field::Phone => self.insured.phone = text,
                Field::Commune => self.insured.commune = text,
            }
        }
        if name == "assure" {
            for person in &self.people {
                let before = out.len();
                let new = self.seen.first(&[&self.insured.number, "-", &person.rank]);
                if !new || record(&self.insured, person, out).is_none() {
                    out.truncate(before);
                    self.refused += 1;
                }
            }
        }
    }
}

fn iso(text: &str) -> Option<Option<Day>> {
    if text.is_empty() { Some(None) } else { iso_day(text).map(Some) }
}

fn id(insured: &Insured<'_>, person: &Person<'_>, key: &str, out: &mut Vec<u8>) {
    member(out, key, &insured.number);
    if !person.rank.is_empty() {
        out.pop();
        out.push(b'-');
        out.extend_from_slice(person.rank.as_bytes());
        out.push(b'"');
    }
}

fn record(insured: &Insured<'_>, person: &Person<'_>, out: &mut Vec<u8>) -> Option<()> {
    let (start, end, since) = (iso(&person.start)?, iso(&person.end)?, iso(&person.since)?);
    let enrolled = iso(&person.enrolled)?;
    if start.is_some() && end.is_some() && end < start {
        return None;
    }
    let status = match &*person.state {
        "O" => "active",
        "S" => "suspended",
        "F" | "D" => "ended",
        _ => return None,
    };
    let relationship = match &*person.relation {
        "CJT" => "spouse",
        "ENF" => "child",
        "ASC" => "parent",
        _ => "head",
    };
    id(insured, person, "{\"source\":{\"scheme\":\"ml-canam\",\"record_id\":", out);
    out.extend_from_slice(b"},");
    about(insured, person, since, out)?;
    member(out, "},\"household\":{\"id\":", &insured.number);
    member(out, ",\"head_record_id\":", &insured.number);
    member(out, ",\"relationship\":", relationship);
    member(out, "},\"coverages\":[{\"scheme\":\"ml-canam\",\"contract_id\":", &insured.number);
    id(insured, person, ",\"policy_number\":", out);
    out.extend_from_slice(b",\"package\":\"AMO\"");
    if let Some(day) = enrolled {
        date(out, ",\"enrolled_on\":", &day);
    }
    if let Some(start) = start {
        date(out, ",\"period\":{\"start\":", &start);
    }
    if let Some(end) = end {
        date(out, if start.is_some() { ",\"end\":" } else { ",\"period\":{\"end\":" }, &end);
    }
    if start.is_some() || end.is_some() {
        out.push(b'}');
    }
    member(out, ",\"status\":", status);
    if let Some(since) = since {
        date(out, ",\"status_since\":", &since);
        if person.state == "F" {
            date(out, ",\"closed_on\":", &since);
        }
        if person.state == "S" {
            date(out, ",\"suspensions\":[{\"from\":", &since);
            out.extend_from_slice(b"}]");
        }
    }
    for (key, flag) in [(",\"student\":", &person.student), (",\"disabled\":", &person.disabled)] {
        match &**flag {
            "" => continue,
            "O" | "N" => out.extend_from_slice(key.as_bytes()),
            _ => return None,
        }
        out.extend_from_slice(if *flag == "O" { b"true" } else { b"false" });
    }
    member(out, "}],\"extensions\":{\"ml-canam\":{\"ogd\":", &insured.body);
    out.extend_from_slice(b"}}}\n");
    Some(())
}

fn about(
    insured: &Insured<'_>,
    person: &Person<'_>,
    since: Option<Day>,
    out: &mut Vec<u8>,
) -> Option<()> {
    names(out, &person.family, &person.given);
    let sex = match &*person.sex {
        "1" => "male",
        "2" => "female",
        _ => return None,
    };
    member(out, ",\"sex\":", sex);
    let born = iso_day(&person.born).filter(|born| born <= TODAY)?;
    let known = if person.precision == "annee" { 4 } else { 10 };
    date(out, ",\"birth_date\":", &born[..known]);
    if let Some(since) = since.filter(|_| person.state == "D") {
        date(out, ",\"death_date\":", &since);
    }
    if let Some(number) = Some(&*person.nina).filter(|nina| !nina.is_empty()).and_then(nina) {
        date(out, ",\"identifiers\":[{\"system\":\"ml-nina\",\"value\":", &number);
        out.extend_from_slice(b"}]");
    }
    phone(out, ",\"phones\":[\"", "+223", 8, &insured.phone);
    let region = Some(&*insured.region).filter(|region| {
        matches!(region.strip_prefix("ML-"), Some("BKO" | "10"))
            || (region.len() == 4 && region.starts_with("ML-") && region.as_bytes()[3] != b'0')
    });
    if region.is_some() || !insured.commune.is_empty() {
        out.extend_from_slice(b",\"addresses\":[{\"country\":\"ML\"");
        if let Some(region) = region {
            member(out, ",\"region\":", region);
        }
        if !insured.commune.is_empty() {
            member(out, ",\"commune\":", &squeezed(&insured.commune));
        }
        out.extend_from_slice(b"}]");
    }
    Some(())
}
