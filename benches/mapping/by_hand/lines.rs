//! The CMU's lines.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Seen, TODAY, date, day, member, names, nina, phone, squeezed, text};

type Text<'a> = Option<Cow<'a, str>>;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    num_secu: Cow<'a, str>,
    #[serde(borrow)]
    nom: Cow<'a, str>,
    #[serde(borrow)]
    prenoms: Text<'a>,
    #[serde(borrow)]
    genre: Cow<'a, str>,
    #[serde(borrow)]
    date_naiss: Cow<'a, str>,
    #[serde(borrow)]
    nationalite: Text<'a>,
    #[serde(borrow)]
    localite: Text<'a>,
    #[serde(borrow)]
    district: Text<'a>,
    #[serde(borrow)]
    telephone: Text<'a>,
    #[serde(borrow)]
    nni: Text<'a>,
    #[serde(borrow)]
    piece: Option<Paper<'a>>,
    #[serde(borrow)]
    regime: Cow<'a, str>,
    #[serde(borrow)]
    qualite: Text<'a>,
    #[serde(borrow)]
    num_od: Text<'a>,
    #[serde(borrow)]
    date_immat: Text<'a>,
    #[serde(borrow)]
    droits: Rights<'a>,
}

#[derive(Deserialize)]
struct Paper<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    numero: Text<'a>,
}

#[derive(Deserialize)]
struct Rights<'a> {
    #[serde(borrow)]
    statut: Cow<'a, str>,
    #[serde(borrow)]
    debut: Text<'a>,
    #[serde(borrow)]
    fin: Text<'a>,
    #[serde(borrow)]
    maj: Text<'a>,
}

/// Translates a file; how many records were refused.
pub fn ci_cnam(input: &[u8], out: &mut Vec<u8>) -> usize {
    let mut seen = Seen::default();
    let mut refused = 0;
    for line in input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let before = out.len();
        let line: Option<Line<'_>> = serde_json::from_slice(line).ok();
        let written = line.and_then(|line| {
            seen.first(&[&line.num_secu]).then_some(())?;
            record(&line, out)
        });
        if written.is_none() {
            out.truncate(before);
            refused += 1;
        }
    }
    refused
}

fn compact(text: &Text<'_>) -> Option<Option<super::Day>> {
    match text.as_deref() {
        None | Some("") => Some(None),
        Some(text) => day(text, 0, 4, 6, 8).map(Some),
    }
}

fn record(line: &Line<'_>, out: &mut Vec<u8>) -> Option<()> {
    let (start, end, since) =
        (compact(&line.droits.debut)?, compact(&line.droits.fin)?, compact(&line.droits.maj)?);
    let enrolled = compact(&line.date_immat)?;
    let foreigner = line.nationalite.as_deref().is_some_and(|country| country != "CIV");
    if (line.regime == "RAM" && foreigner) || (end.is_some() && start.is_some() && end < start) {
        return None;
    }
    let status = match &*line.droits.statut {
        "ACTIF" => "active",
        "CARENCE" => "pending",
        "SUSPENDU" => "suspended",
        "RADIE" | "DECEDE" => "ended",
        _ => return None,
    };
    member(out, "{\"source\":{\"scheme\":\"ci-cnam\",\"record_id\":", &line.num_secu);
    out.extend_from_slice(b"},");
    person(line, since, out)?;
    let holder = line.num_od.as_deref().unwrap_or(&line.num_secu);
    member(out, ",\"household\":{\"id\":", holder);
    member(out, ",\"head_record_id\":", holder);
    let head = line.qualite.as_deref() == Some("OD") || line.num_od.is_none();
    member(out, ",\"relationship\":", if head { "head" } else { "other" });
    member(out, "},\"coverages\":[{\"scheme\":\"ci-cnam\",\"contract_id\":", holder);
    member(out, ",\"policy_number\":", &line.num_secu);
    member(out, ",\"package\":", &line.regime);
    if let Some(day) = enrolled {
        date(out, ",\"enrolled_on\":", &day);
    }
    match (start, end) {
        (Some(start), Some(end)) => {
            date(out, ",\"period\":{\"start\":", &start);
            date(out, ",\"end\":", &end);
            out.push(b'}');
        }
        (Some(start), None) => {
            date(out, ",\"period\":{\"start\":", &start);
            out.push(b'}');
        }
        (None, Some(end)) => {
            date(out, ",\"period\":{\"end\":", &end);
            out.push(b'}');
        }
        (None, None) => {}
    }
    member(out, ",\"status\":", status);
    if let Some(since) = since {
        date(out, ",\"status_since\":", &since);
        if line.droits.statut == "RADIE" {
            date(out, ",\"closed_on\":", &since);
        }
        if line.droits.statut == "SUSPENDU" {
            date(out, ",\"suspensions\":[{\"from\":", &since);
            out.extend_from_slice(b"}]");
        }
    }
    out.extend_from_slice(b"}]}\n");
    Some(())
}

fn person(line: &Line<'_>, since: Option<super::Day>, out: &mut Vec<u8>) -> Option<()> {
    names(out, &line.nom, line.prenoms.as_deref().unwrap_or_default());
    let sex = match &*line.genre {
        "H" => "male",
        "F" => "female",
        _ => return None,
    };
    member(out, ",\"sex\":", sex);
    match line.date_naiss.strip_suffix("0000").filter(|year| year.len() == 4) {
        Some(year) => member(out, ",\"birth_date\":", year),
        None => {
            let born = day(&line.date_naiss, 0, 4, 6, 8).filter(|born| born <= TODAY)?;
            date(out, ",\"birth_date\":", &born);
        }
    }
    if let Some(since) = since.filter(|_| line.droits.statut == "DECEDE") {
        date(out, ",\"death_date\":", &since);
    }
    member(
        out,
        ",\"identifiers\":[{\"system\":\"ci-cmu\",\"value\":",
        digits(&line.num_secu).as_ref(),
    );
    if let Some(number) = line.nni.as_deref().filter(|number| !number.is_empty()) {
        member(out, "},{\"system\":\"ci-nni\",\"value\":", digits(number).as_ref());
    }
    if let Some(Paper { r#type, numero: Some(number) }) = &line.piece {
        match &**r#type {
            "CNI" => member(out, "},{\"system\":\"ci-cni\",\"value\":", &alphanumeric(number)),
            "CNIB" => member(out, "},{\"system\":\"bf-cnib\",\"value\":", &alphanumeric(number)),
            "NINA" => {
                if let Some(number) = nina(number) {
                    date(out, "},{\"system\":\"ml-nina\",\"value\":", &number);
                }
            }
            _ => {}
        }
    }
    out.extend_from_slice(b"}]");
    if let Some(number) = line.telephone.as_deref() {
        phone(out, ",\"phones\":[\"", "+225", 10, number);
    }
    address(line, out);
    match line.nationalite.as_deref() {
        None => {}
        Some("MLI") => out.extend_from_slice(b",\"nationality\":\"ML\""),
        Some("CIV") => out.extend_from_slice(b",\"nationality\":\"CI\""),
        Some("BFA") => out.extend_from_slice(b",\"nationality\":\"BF\""),
        Some("NGA") => out.extend_from_slice(b",\"nationality\":\"NG\""),
        Some(_) => return None,
    }
    out.push(b'}');
    Some(())
}

fn address(line: &Line<'_>, out: &mut Vec<u8>) {
    const DISTRICTS: &[&str] =
        &["AB", "BS", "CM", "DN", "GD", "LC", "LG", "MG", "SM", "SV", "VB", "WR", "YM", "ZZ"];
    let district = line.district.as_deref();
    let known = |code: &str| code.strip_prefix("CI-").is_some_and(|code| DISTRICTS.contains(&code));
    let district = district.filter(|code| known(code));
    if district.is_none() && line.localite.is_none() {
        return;
    }
    out.extend_from_slice(b",\"addresses\":[{\"country\":\"CI\"");
    if let Some(district) = district {
        member(out, ",\"region\":", district);
    }
    if let Some(place) = line.localite.as_deref() {
        out.extend_from_slice(b",\"locality\":");
        text(out, &squeezed(place));
    }
    out.extend_from_slice(b"}]");
}

fn digits(text: &str) -> Cow<'_, str> {
    match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(char::is_ascii_digit).collect()),
    }
}

fn alphanumeric(text: &str) -> Cow<'_, str> {
    match text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect(),
        ),
    }
}
