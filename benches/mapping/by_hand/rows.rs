//! The UTM's rows.

use serde::Deserialize;

use super::{Day, Seen, TODAY, date, day, member, names, nina, phone, squeezed, text};

/// A row in the order of its columns, which is how `csv` reads fastest.
#[derive(Deserialize)]
struct Row<'a> {
    number: &'a str,
    rank: &'a str,
    relation: &'a str,
    family: &'a str,
    given: &'a str,
    sex: &'a str,
    born: &'a str,
    about: &'a str,
    locality: &'a str,
    commune: &'a str,
    region: &'a str,
    phone: &'a str,
    nina: &'a str,
    mutual: &'a str,
    package: &'a str,
    enrolled: &'a str,
    start: &'a str,
    end: &'a str,
    status: &'a str,
    since: &'a str,
    amount: &'a str,
}

/// The rows of the law's numbers, 00 to 19.
const REGIONS: [&str; 20] = [
    "ML-BKO", "ML-1", "ML-2", "ML-3", "ML-4", "ML-5", "ML-6", "ML-7", "ML-8", "ML-10", "ML-9",
    "ML-3", "ML-2", "ML-1", "ML-3", "ML-1", "ML-2", "ML-5", "ML-4", "ML-5",
];

/// Where the principal of the household lives, for rows that say "idem".
#[derive(Default)]
struct Home {
    number: String,
    locality: String,
    commune: String,
}

/// Translates a file; how many records were refused.
pub fn ml_utm(input: &[u8], out: &mut Vec<u8>) -> usize {
    let mut seen = Seen::default();
    let mut refused = 0;
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(input);
    let mut row = csv::StringRecord::new();
    let mut home = Home::default();
    while reader.read_record(&mut row).unwrap_or(false) {
        let before = out.len();
        let row: Option<Row<'_>> = row.deserialize(None).ok();
        let written = row.and_then(|row| {
            seen.first(&[row.number, "/", row.rank]).then_some(())?;
            record(&row, &mut home, out)
        });
        if written.is_none() {
            out.truncate(before);
            refused += 1;
        }
    }
    refused
}

fn french(text: &str) -> Option<Option<Day>> {
    let bytes = text.as_bytes();
    match bytes.len() {
        0 => Some(None),
        _ if bytes.get(2) == Some(&b'/') && bytes.get(5) == Some(&b'/') => {
            day(text, 6, 3, 0, 10).map(Some)
        }
        _ => None,
    }
}

fn record(row: &Row<'_>, home: &mut Home, out: &mut Vec<u8>) -> Option<()> {
    let (start, end, since) = (french(row.start)?, french(row.end)?, french(row.since)?);
    let enrolled = french(row.enrolled)?;
    if start.is_some() && end.is_some() && end < start {
        return None;
    }
    let status = match row.status {
        "AJ" | "RT" => "active",
        "SU" => "suspended",
        "RD" | "DC" => "ended",
        _ => return None,
    };
    let relationship = match row.relation {
        "ADH" => "head",
        "CJ" => "spouse",
        "EN" => "child",
        "AS" => "parent",
        "AU" => "other",
        _ => return None,
    };
    out.extend_from_slice(b"{\"source\":{\"scheme\":\"ml-utm\",\"record_id\":");
    text(out, row.number);
    out.pop();
    out.push(b'/');
    out.extend_from_slice(row.rank.as_bytes());
    out.extend_from_slice(b"\"},");
    person(row, since, out)?;
    address(row, home, out);
    member(out, "},\"household\":{\"id\":", row.number);
    member(out, ",\"relationship\":", relationship);
    member(out, "},\"coverages\":[{\"scheme\":\"ml-utm\",\"contract_id\":", row.number);
    member(out, ",\"package\":", row.package);
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
        if row.status == "RD" {
            date(out, ",\"closed_on\":", &since);
        }
        if row.status == "SU" {
            date(out, ",\"suspensions\":[{\"from\":", &since);
            out.extend_from_slice(b"}]");
        }
    }
    if let Some(end) = end {
        date(out, ",\"paid_until\":", &end);
    }
    amount(row.amount, out)?;
    member(out, "}],\"extensions\":{\"ml-utm\":{\"mutual\":", row.mutual);
    if !row.region.is_empty() {
        member(out, ",\"region\":", row.region);
    }
    out.extend_from_slice(b"}}}\n");
    Some(())
}

fn person(row: &Row<'_>, since: Option<Day>, out: &mut Vec<u8>) -> Option<()> {
    names(out, row.family, row.given);
    let sex = match row.sex {
        "M" => "male",
        "F" => "female",
        _ => return None,
    };
    member(out, ",\"sex\":", sex);
    let born = french(row.born)?.filter(|born| born <= TODAY)?;
    if row.about == "O" {
        out.extend_from_slice(b",\"birth_date\":\"");
        out.extend_from_slice(&born[..4]);
        out.extend_from_slice(b"~\"");
    } else {
        date(out, ",\"birth_date\":", &born);
    }
    if let Some(since) = since.filter(|_| row.status == "DC") {
        date(out, ",\"death_date\":", &since);
    }
    if let Some(number) = Some(row.nina).filter(|nina| !nina.is_empty()).and_then(nina) {
        date(out, ",\"identifiers\":[{\"system\":\"ml-nina\",\"value\":", &number);
        out.extend_from_slice(b"}]");
    }
    phone(out, ",\"phones\":[\"", "+223", 8, row.phone);
    Some(())
}

fn address(row: &Row<'_>, home: &mut Home, out: &mut Vec<u8>) {
    if home.number != row.number {
        home.number.clear();
        home.number.push_str(row.number);
        home.locality.clear();
        home.commune.clear();
    }
    let inherits = row.locality == "idem" || row.commune == "idem";
    if !inherits {
        home.locality.clear();
        home.locality.push_str(row.locality);
        home.commune.clear();
        home.commune.push_str(row.commune);
    }
    let region = row.region.parse().ok().and_then(|number: usize| REGIONS.get(number));
    if region.is_none() && home.locality.is_empty() && home.commune.is_empty() {
        return;
    }
    out.extend_from_slice(b",\"addresses\":[{\"country\":\"ML\"");
    if let Some(region) = region {
        member(out, ",\"region\":", region);
    }
    if !home.commune.is_empty() {
        member(out, ",\"commune\":", &squeezed(&home.commune));
    }
    if !home.locality.is_empty() {
        member(out, ",\"locality\":", &squeezed(&home.locality));
    }
    out.extend_from_slice(b"}]");
}

/// An amount in francs, with blanks between its thousands.
fn amount(amount: &str, out: &mut Vec<u8>) -> Option<()> {
    if amount.is_empty() {
        return Some(());
    }
    out.extend_from_slice(b",\"contribution\":{\"amount\":\"");
    for byte in amount.bytes() {
        match byte {
            b'0'..=b'9' => out.push(byte),
            b',' => out.push(b'.'),
            b' ' => {}
            _ => return None,
        }
    }
    out.extend_from_slice(b"\",\"currency\":\"XOF\",\"every\":\"month\"}");
    Some(())
}
