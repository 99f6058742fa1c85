//! Faults of files, one by one: what is refused, where, and what is still read after it.

#![allow(clippy::unwrap_used)]

use std::io::{self, Read, Write};

use dankun::format::{
    Broken, Container, JsonSink, Limits, ReadOptions, Reader, WriteOptions, Writer, Written,
};
use dankun::model::{Expected, IssueCode as Code};

fn csv(columns: Option<&[&str]>) -> Container {
    Container::Csv {
        delimiter: b';',
        quote: b'"',
        header_row: 1,
        columns: columns.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
    }
}

fn json() -> Container {
    Container::Json { records_at: vec![] }
}

fn xml() -> Container {
    Container::Xml { record: "r".to_owned() }
}

fn bundle() -> Container {
    Container::FhirBundle {
        anchor: "Patient".to_owned(),
        attach: vec![("Coverage".to_owned(), "beneficiary".to_owned())],
    }
}

/// Sound records as `line json`, and the broken ones.
fn read_with(
    input: impl Read + Send + 'static,
    options: &ReadOptions,
) -> (Vec<String>, Vec<Broken>) {
    let mut reader = Reader::new(Box::new(input), options);
    let (mut sound, mut broken) = (Vec::new(), Vec::new());
    while let Some(next) = reader.next() {
        match next {
            Ok(frame) => {
                let mut sink = JsonSink::new();
                match frame.walk(&mut sink) {
                    Ok(()) => {
                        let json = String::from_utf8(sink.into_bytes()).unwrap();
                        sound.push(format!("{} {json}", frame.place().line));
                    }
                    Err(issue) => broken.push(frame.broken(issue)),
                }
            }
            Err(one) => broken.push(one),
        }
    }
    (sound, broken)
}

fn read(bytes: &[u8], container: Container) -> (Vec<String>, Vec<Broken>) {
    read_with(io::Cursor::new(bytes.to_vec()), &ReadOptions::new(container))
}

#[track_caller]
fn check(
    bytes: &[u8],
    container: Container,
    sound: &[&str],
    broken: &[(u64, Code)],
) -> Vec<Broken> {
    let (found, faults) = read(bytes, container);
    assert_eq!(found, sound);
    let codes: Vec<(u64, Code)> =
        faults.iter().map(|fault| (fault.place.line, fault.issue.code)).collect();
    assert_eq!(codes, broken);
    faults
}

#[test]
fn a_broken_element_of_an_array_does_not_take_its_neighbours_with_it() {
    let broken = [
        r#"{"a":{"x":1},"#,
        r#"{"a":[1,2},"#,
        r#"{"a":"b},"#,
        r#"{"a":1}},"#,
        r#"{"a":1}"#,
        r#"{"a" 1},"#,
        r#"{"a":1,},"#,
        r#"{"a":tru},"#,
        r#"},"#,
    ];
    for element in broken {
        let text = format!("[\n{{\"n\":1}},\n{element}\n{{\"n\":3}}\n]\n");
        let (sound, faults) = read(text.as_bytes(), json());
        assert_eq!(sound, ["2 {\"n\":1}", "4 {\"n\":3}"], "{element}");
        assert_eq!(faults.len(), 1, "{element}");
        assert_eq!(faults[0].place.line, 3, "{element}");
        assert_eq!(faults[0].issue.code, Code::BadSyntax, "{element}");
        assert!(!faults[0].ends_file, "{element}");
    }
}

#[test]
fn an_indented_array_goes_on_at_the_next_element_and_not_inside_one() {
    let text = "{\n \"data\": [\n  {\n   \"a\": [\n    {\"b\": 1},\n    {\"b\": 2\n   ]\n  },\n  {\n   \"a\": 3\n  }\n ],\n \"n\": [1, {}]\n}\n";
    let container = Container::Json { records_at: vec!["data".to_owned()] };
    let faults = check(text.as_bytes(), container, &["9 {\"a\":3}"], &[(3, Code::BadSyntax)]);
    assert_eq!(faults[0].issue.place.line, 7);
}

#[test]
fn an_array_that_ends_early_gives_what_came_whole() {
    check(
        b"[{\"a\":1},\n{\"a\":2},",
        json(),
        &["1 {\"a\":1}", "2 {\"a\":2}"],
        &[(2, Code::TruncatedFile)],
    );
    check(b"[{\"a\":1}\n", json(), &["1 {\"a\":1}"], &[(2, Code::TruncatedFile)]);
    check(b"[]", json(), &[], &[]);
    check(b"[1]]", json(), &["1 1"], &[(1, Code::BadSyntax)]);
}

#[test]
fn strict_json_is_asked_of_every_line() {
    let cases: [(&str, Code); 16] = [
        (r#"{"a":1,"a":2}"#, Code::DuplicateKey),
        (r#"{"a":1,"\u0061":2}"#, Code::DuplicateKey),
        (r#"{"a":01}"#, Code::BadSyntax),
        (r#"{"a":1.}"#, Code::BadSyntax),
        (r#"{"a":+1}"#, Code::BadSyntax),
        (r#"{"a":NaN}"#, Code::BadSyntax),
        (r#"{"a":'b'}"#, Code::BadSyntax),
        (r#"{"a":"\ud83d"}"#, Code::BadSyntax),
        (r#"{"a":"\udc00"}"#, Code::BadSyntax),
        (r#"{"a":"\x41"}"#, Code::BadSyntax),
        ("{\"a\":\"\t\"}", Code::BadSyntax),
        (r#"{"a":"\u0000"}"#, Code::NulCharacter),
        (r#"{"a":"b"#, Code::TruncatedLine),
        (r#"{"a":fal"#, Code::TruncatedLine),
        (r#"{"a":1"#, Code::TruncatedLine),
        (r#"{"a":1} x"#, Code::BadSyntax),
    ];
    for (line, code) in cases {
        let text = format!("{{\"n\":1}}\n{line}\n\n{{\"n\":2}}\n");
        let (sound, faults) = read(text.as_bytes(), Container::Ndjson);
        assert_eq!(sound, ["1 {\"n\":1}", "4 {\"n\":2}"], "{line}");
        assert_eq!((faults[0].place.line, faults[0].issue.code), (2, code), "{line}");
        assert_eq!(faults[0].ordinal, 2, "{line}");
    }
    check(
        r#"{"a":"\ud83d\ude00\u00e9\/"}"#.as_bytes(),
        Container::Ndjson,
        &["1 {\"a\":\"😀é/\"}"],
        &[],
    );
}

#[test]
fn depth_and_fields_are_bounded() {
    let deep = format!("{}1{}\n", "[".repeat(65), "]".repeat(65));
    let text = format!("{{\"a\":1}}\n{deep}");
    let faults = check(text.as_bytes(), Container::Ndjson, &["1 {\"a\":1}"], &[(2, Code::TooDeep)]);
    assert_eq!(faults[0].issue.expected, Some(Expected::AtMost(64)));
    let wide = format!("{{\"a\":1}}\n[{}1]\n", "1,".repeat(10_000));
    check(wide.as_bytes(), Container::Ndjson, &["1 {\"a\":1}"], &[(2, Code::TooManyFields)]);
}

#[test]
fn a_quoted_cell_over_several_lines_keeps_the_physical_lines() {
    let text = b"nom;note\r\nA;\"un\r\ndeux \"\"2\"\"\r\ntrois\"\r\n\r\nB;x\r\n";
    let sound = [
        "2 {\"nom\":\"A\",\"note\":\"un\\r\\ndeux \\\"2\\\"\\r\\ntrois\"}",
        "6 {\"nom\":\"B\",\"note\":\"x\"}",
    ];
    check(text, csv(None), &sound, &[]);
}

#[test]
fn a_quote_that_swallows_rows_is_the_fault_of_its_own_line() {
    let text = b"a;b;c\n1;\"2;3\n4;5;6\n7;8\";9\n10;11;12\n";
    let sound =
        ["3 {\"a\":\"4\",\"b\":\"5\",\"c\":\"6\"}", "5 {\"a\":\"10\",\"b\":\"11\",\"c\":\"12\"}"];
    // The second line closes the quote in its third cell: a row of three cells over three lines.
    let (found, _) = read(text, csv(None));
    assert_eq!(found.len(), 2);
    let text = b"a;b;c\n1;\"2;3\n4;5;6\n7;8\";9;9\n10;11;12\n";
    let faults =
        check(text, csv(None), &sound, &[(2, Code::UnclosedQuote), (4, Code::ColumnCount)]);
    assert_eq!(faults[1].issue.value.as_deref(), Some("4 columns"));
    assert_eq!(faults[1].issue.expected, Some(Expected::Columns(3)));
    assert_eq!(faults[0].cells()[0], ("a".to_owned(), "1".to_owned()));
}

#[test]
fn a_cell_may_hold_a_quote_that_does_not_start_it() {
    let faults = check(
        b"a;b\n5\" pipe;\"x\"y\nz;\"\"\n",
        csv(None),
        &["3 {\"a\":\"z\",\"b\":\"\"}"],
        &[(2, Code::BadSyntax)],
    );
    assert_eq!(faults[0].issue.place.column, 9);
    check(b"a;b\n5\" pipe;x\n", csv(None), &["2 {\"a\":\"5\\\" pipe\",\"b\":\"x\"}"], &[]);
}

#[test]
fn a_header_that_is_not_there_is_told() {
    let faults =
        check(b"a;b\n1;2\n", csv(Some(&["a", "c", "d"])), &[], &[(1, Code::MissingHeader)]);
    let missing = Expected::OneOf(vec!["c".to_owned(), "d".to_owned()]);
    assert_eq!(faults[0].issue.expected, Some(missing));
    check(b"a;a\n1;2\n", csv(None), &[], &[(1, Code::DuplicateKey)]);
    check(b"a;;\n1;2;3\n", csv(None), &["2 {\"a\":\"1\",\"#2\":\"2\",\"#3\":\"3\"}"], &[]);
    let late = Container::Csv { delimiter: b';', quote: b'"', header_row: 9, columns: None };
    let (sound, faults) = read(b"a;b\n1;2\n", late);
    assert!(sound.is_empty() && faults[0].issue.code == Code::MissingHeader);
}

#[test]
fn one_row_with_illegal_bytes_is_one_broken_row_in_any_encoding() {
    let latin = b"nom\nTraor\xe9\nA\x81B\nZ\n";
    let mut options = ReadOptions::new(csv(None));
    options.encoding = Some("windows-1252".to_owned());
    let (sound, faults) = read_with(io::Cursor::new(latin.to_vec()), &options);
    assert_eq!(sound, ["2 {\"nom\":\"Traoré\"}", "4 {\"nom\":\"Z\"}"]);
    assert_eq!((faults[0].place.line, faults[0].issue.code), (3, Code::BrokenEncoding));
    assert_eq!(faults[0].issue.place.column, 2);
    assert_eq!(faults[0].cells()[0].1, "A\u{fffd}B");
    let utf8 = "nom\nTraoré\nA\u{e9}\n".as_bytes();
    check(
        &[utf8, b"X\xffY\n"].concat(),
        csv(None),
        &["2 {\"nom\":\"Traoré\"}", "3 {\"nom\":\"Aé\"}"],
        &[(4, Code::BrokenEncoding)],
    );
}

#[test]
fn utf_16_is_read_with_a_mark_or_without_whatever_is_declared() {
    let text = "nom;rang\nTraoré 😀;1\n";
    let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let sound = "2 {\"nom\":\"Traoré 😀\",\"rang\":\"1\"}";
    for bytes in
        [&le[..], &be[..], &[b"\xff\xfe", &le[..]].concat(), &[b"\xfe\xff", &be[..]].concat()]
    {
        for label in [None, Some("windows-1252"), Some("utf-8")] {
            let mut options = ReadOptions::new(csv(None));
            options.encoding = label.map(str::to_owned);
            let (found, faults) = read_with(io::Cursor::new(bytes.to_vec()), &options);
            assert_eq!(found, [sound]);
            assert!(faults.is_empty());
        }
    }
}

#[test]
fn an_undeclared_encoding_is_decided_by_the_first_text_beyond_ascii() {
    let mut bytes = b"nom\n".to_vec();
    bytes.extend(b"abcdefg\n".repeat(40_000));
    bytes.extend(b"Traor\xe9\n");
    let (sound, faults) = read(&bytes, csv(None));
    assert_eq!(sound.last().unwrap(), "40002 {\"nom\":\"Traoré\"}");
    assert!(faults.is_empty());
}

#[test]
fn records_across_the_blocks_of_the_buffer_are_read_whole() {
    let mut text = String::from("a;b\n");
    for index in 0..20_000 {
        text.push_str(&format!("{index};\"é{}\nx\"\n", "y".repeat(index % 97)));
    }
    let (sound, faults) = read(text.as_bytes(), csv(None));
    assert_eq!((sound.len(), faults.len()), (20_000, 0));
    assert!(sound[19_999].starts_with("40000 {\"a\":\"19999\""));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_truncated_archive_gives_its_records_and_then_says_so() {
    let mut text = String::new();
    for index in 0_u64..5000 {
        text.push_str(&format!("{{\"a\":{}}}\n", index.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    }
    for archive in [gzip(text.as_bytes()), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
        let (whole, faults) = read(&archive, Container::Ndjson);
        assert_eq!((whole.len(), faults.len()), (5000, 0));
        let (sound, faults) = read(&archive[..archive.len() * 2 / 3], Container::Ndjson);
        assert_eq!(sound[..], whole[..sound.len()]);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].issue.code, Code::BadCompression);
        assert!(faults[0].ends_file);
    }
}

/// Endless bytes, as a bomb expands to.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let amount = out.len().min(usize::try_from(self.0).unwrap());
        out[..amount].fill(b'A');
        self.0 -= amount as u64;
        Ok(amount)
    }
}

#[test]
fn a_line_of_any_length_is_one_refused_record_in_constant_memory() {
    let input = io::Cursor::new(b"{\"id\":\"7\",\"nom\":\"".to_vec())
        .chain(Endless(40 << 20))
        .chain(io::Cursor::new(b"\"}\n{\"id\":\"8\"}\n".to_vec()));
    let (sound, faults) = read_with(input, &ReadOptions::new(Container::Ndjson));
    assert_eq!(sound, ["2 {\"id\":\"8\"}"]);
    assert_eq!((faults[0].place.line, faults[0].issue.code), (1, Code::RecordTooLong));
    assert_eq!(faults[0].cells()[0], ("id".to_owned(), "7".to_owned()));
    assert!(faults[0].raw.len() <= 64 * 1024);
}

#[test]
fn a_file_beyond_the_limit_ends_there() {
    let mut options = ReadOptions::new(Container::Ndjson);
    options.limits = Limits { file: 20, ..Limits::default() };
    let bomb = gzip(&b"{\"a\":1}\n".repeat(100_000));
    let (sound, faults) = read_with(io::Cursor::new(bomb), &options);
    assert_eq!(sound.len(), 2);
    assert_eq!(faults[0].issue.code, Code::FileTooLarge);
    assert_eq!(faults[0].issue.expected, Some(Expected::AtMost(20)));
}

#[test]
fn elements_are_found_by_local_name_with_attributes_text_and_repetition() {
    let text = "<?xml version='1.0'?>\n<x:e xmlns:x='urn:e' n='1'>\n <!-- <r/> -->\n <x:r x:id='a&amp;b'><nom>T &lt;é&#233;</nom><d p='jour'>1</d><vide/><t>1</t><t>2</t><![CDATA[<brut>]]></x:r>\n <autre><x:r/></autre>\n</x:e>\n";
    let sound = [
        "4 {\"@id\":\"a&b\",\"nom\":\"T <éé\",\"d\":{\"@p\":\"jour\",\"#text\":\"1\"},\"vide\":\"\",\"t\":\"1\",\"t\":\"2\",\"#text\":\"<brut>\"}",
        "5 \"\"",
    ];
    check(text.as_bytes(), xml(), &sound, &[]);
}

#[test]
fn a_broken_element_does_not_take_its_neighbours_with_it() {
    for broken in [
        "<r><a></r>",
        "<r><a></b></r>",
        "<r><a>&x;</a></r>",
        "<r><a x=1/></r>",
        "<r><a x='1' x='2'/></r>",
        "<r><a",
        "<r>&#0;</r>",
        "<r>&#1;</r>",
        "<r>a & b</r>",
        "<r><1a/></r>",
        "<r a='&x;'/>",
        "<r a='&#1;'/>",
        "<r><a x='1'y='2'/></r>",
        "<r><a x='<'/></r>",
        "<r><a 1='1'/></r>",
        "<r a></r>",
    ] {
        let text = format!("<e>\n<r><n>1</n></r>\n{broken}\n<r><n>3</n></r>\n</e>\n");
        let (sound, faults) = read(text.as_bytes(), xml());
        assert_eq!(sound, ["2 {\"n\":\"1\"}", "4 {\"n\":\"3\"}"], "{broken}");
        assert_eq!(faults.len(), 1, "{broken}: {faults:?}");
        assert_eq!(faults[0].place.line, 3, "{broken}");
        assert!(!faults[0].ends_file, "{broken}");
    }
}

#[test]
fn what_is_legible_of_a_broken_element_is_a_whole_document() {
    for (text, legible) in [
        (r#"<r a="1" b="&what;" c="3"/>"#, r#"{"@a":"1","@b":null}"#),
        (r#"<r a="1"><b c="&#0;">x</b></r>"#, r#"{"@a":"1","b":{"@c":null}}"#),
    ] {
        let faults = check(text.as_bytes(), xml(), &[], &[(1, Code::BadSyntax)]);
        let mut sink = JsonSink::new();
        assert!(faults[0].walk(&mut sink));
        assert_eq!(String::from_utf8_lossy(sink.as_bytes()), legible);
    }
}

#[test]
fn xml_that_declares_or_breaks_off_ends_the_file() {
    check(b"<!DOCTYPE e>\n<e><r/></e>", xml(), &[], &[(1, Code::ForbiddenEntity)]);
    check(b"<e><r/>\n<r><a>", xml(), &["1 \"\""], &[(2, Code::TruncatedFile)]);
    check(b"<e><r/>\n", xml(), &["1 \"\""], &[(2, Code::TruncatedFile)]);
    check(b"<e><r/></e><f/>", xml(), &["1 \"\""], &[(1, Code::BadSyntax)]);
}

fn entry(kind: &str, id: &str, rest: &str) -> String {
    format!(
        "{{\"fullUrl\":\"urn:uuid:{id}\",\"resource\":{{\"resourceType\":\"{kind}\",\"id\":\"{id}\"{rest}}}}}"
    )
}

fn coverage(id: &str, reference: &str) -> String {
    entry("Coverage", id, &format!(",\"beneficiary\":{{\"reference\":\"{reference}\"}}"))
}

fn in_bundle(entries: &[String]) -> String {
    format!("{{\"entry\":[\n{}\n],\"resourceType\":\"Bundle\"}}", entries.join(",\n"))
}

#[test]
fn resources_find_their_anchor_in_any_order_and_by_any_reference() {
    let entries = [
        coverage("c1", "urn:uuid:p2"),
        entry("Patient", "p1", ""),
        entry("Organization", "o", ""),
        entry("Patient", "p2", ""),
        coverage("c2", "Patient/p1"),
        coverage("c3", "https://example.org/fhir/Patient/p1/_history/3"),
    ];
    let (sound, faults) = read(in_bundle(&entries).as_bytes(), bundle());
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(sound.len(), 2);
    let p1: serde_json::Value = serde_json::from_str(sound[0].split_once(' ').unwrap().1).unwrap();
    assert!(sound[0].starts_with("3 "));
    assert_eq!(p1["Coverage"][0]["id"], "c2");
    assert_eq!(p1["Coverage"][1]["id"], "c3");
    assert!(sound[1].starts_with("5 ") && sound[1].contains("\"c1\""));
}

#[test]
fn a_dangling_resource_refuses_the_anchor_that_it_follows_unless_that_has_its_own() {
    let entries = [
        entry("Patient", "p1", ""),
        coverage("c1", "Patient/nobody"),
        entry("Patient", "p2", ""),
        coverage("c2", "Patient/p2"),
        coverage("c3", "Group/p2"),
    ];
    let (sound, faults) = read(in_bundle(&entries).as_bytes(), bundle());
    assert!(sound.is_empty(), "{sound:?}");
    let lines: Vec<u64> = faults.iter().map(|fault| fault.place.line).collect();
    assert_eq!(lines, [2, 4]);
    assert!(faults.iter().all(|fault| fault.issue.code == Code::DanglingReference));
    assert_eq!(faults[0].issue.field.as_deref(), Some("Coverage.beneficiary"));
    assert_eq!(faults[0].issue.value.as_deref(), Some("Patient/nobody"));
    let entries = [
        coverage("c2", "Patient/p2"),
        entry("Patient", "p2", ""),
        coverage("c1", "Patient/nobody"),
    ];
    let (sound, faults) = read(in_bundle(&entries).as_bytes(), bundle());
    assert_eq!((sound.len(), faults.len()), (1, 1));
    assert_eq!(faults[0].place.line, 4);
}

#[test]
fn a_bundle_that_breaks_off_refuses_people_whose_coverage_may_be_missing() {
    let entries = [
        entry("Patient", "p1", ""),
        coverage("c1", "Patient/p1"),
        entry("Patient", "p2", ""),
        coverage("c2", "Patient/p2"),
    ];
    let whole = in_bundle(&entries);
    let cut = whole.find("\"id\":\"c2\"").unwrap();
    let (sound, faults) = read(&whole.as_bytes()[..cut], bundle());
    assert_eq!(sound.len(), 1);
    let codes: Vec<Code> = faults.iter().map(|fault| fault.issue.code).collect();
    assert!(codes.iter().all(|code| *code == Code::TruncatedFile), "{codes:?}");
    assert!(faults.last().unwrap().ends_file);
}

#[test]
fn an_empty_bundle_and_what_is_none() {
    check(b"{\"resourceType\":\"Bundle\",\"type\":\"collection\"}", bundle(), &[], &[]);
    check(b"{\"resourceType\":\"Bundle\",\"entry\":[]}", bundle(), &[], &[]);
    check(b"{\"resourceType\":\"Patient\"}", bundle(), &[], &[(1, Code::NotABundle)]);
    check(b"[]", bundle(), &[], &[(1, Code::NotABundle)]);
}

#[test]
fn what_is_declared_wrongly_is_named() {
    let cases: [(&[u8], Container, &str); 5] = [
        (b"<e/>", csv(None), "XML"),
        (b"[{\"a\":1}]", Container::Ndjson, "JSON"),
        (b"a;b\n1;2\n", json(), "CSV"),
        (b"PK\x03\x04....", csv(None), "ZIP, XLSX"),
        (b"{\"a\":1}", xml(), "JSON"),
    ];
    for (bytes, container, name) in cases {
        let faults = check(bytes, container, &[], &[(1, Code::WrongFormat)]);
        assert_eq!(faults[0].issue.value.as_deref(), Some(name));
    }
}

#[test]
fn characters_that_an_encoding_lacks_are_reported() {
    let mut options = WriteOptions::new(Written::Csv {
        delimiter: b';',
        quote: b'"',
        titles: vec!["Liste".to_owned()],
        columns: vec!["nom".to_owned()],
    });
    options.encoding = Some("windows-1252".to_owned());
    let path = tempfile::NamedTempFile::new().unwrap();
    let mut writer = Writer::new(Box::new(path.reopen().unwrap()), &options).unwrap();
    let (_, mut rows) = (
        0,
        Reader::new(Box::new(&b"nom\nTraor\xc3\xa9 \xc9\x94\n"[..]), &ReadOptions::new(csv(None))),
    );
    let frame = rows.next().unwrap().unwrap();
    let mut record = writer.record();
    frame.walk(&mut record).unwrap();
    assert_eq!(record.end().unwrap(), ['ɔ']);
    writer.finish().unwrap();
    assert_eq!(std::fs::read(path.path()).unwrap(), b"Liste\nnom\nTraor\xe9 ?\n");
}
