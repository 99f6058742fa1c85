//! Shared code tables: what they include, and how they are made of a CSV file.

use std::io::Cursor;

use dankun::format::{Container, ReadOptions, Reader};
use dankun::mapping::Codes;
use dankun::mapping::codes::{Columns, Import, ImportError, import};
use dankun::model::Language;

fn file(name: &str, rest: &str) -> (String, String) {
    (format!("codes/{name}.yaml"), format!("codes: {name}\ntitle: {name}\n{rest}"))
}

fn parse(files: &[(String, String)]) -> Result<Codes, Vec<String>> {
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Codes::parse(files).map_err(|found| {
        found
            .iter()
            .map(|d| format!("{} {}", d.code.number(), d.message(Language::English)))
            .collect()
    })
}

fn rows(codes: &Codes, name: &str) -> Vec<(String, String)> {
    let rows = codes.get(name).expect("the table");
    rows.iter().map(|row| (row.from.value.clone(), row.to.value.clone())).collect()
}

#[test]
fn a_table_has_the_rows_of_those_that_it_includes_behind_its_own() {
    let codes = parse(&[
        file("base", "rows: { A: one, B: two }\n"),
        file("more", "source: Bureau of codes\nversion: \"2026\"\nnotes: x\ninclude: base\nrows: { B: own, C: { to: three, note: y } }\n"),
        file("all", "include: [more, base]\n"),
    ])
    .expect("sound tables");
    let expected =
        [("B", "own"), ("C", "three"), ("A", "one")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(rows(&codes, "more"), expected);
    assert_eq!(rows(&codes, "all"), expected);
    let more = codes.table("more").expect("the table");
    assert_eq!(more.version.as_deref(), Some("2026"));
    assert_eq!(more.source.as_ref().map(|source| source.en.as_str()), Some("Bureau of codes"));
}

#[test]
fn tables_that_include_one_another_are_told_with_the_way() {
    let found =
        parse(&[file("a", "include: b\n"), file("b", "include: c\n"), file("c", "include: a\n")]);
    let found = found.expect_err("a cycle");
    assert!(found[0].starts_with("K507") && found[0].contains("a → b → c → a"), "{found:?}");
    let found =
        parse(&[file("a", "include: aa\nrows: { A: b }\n"), file("ab", "rows: { A: b }\n")]);
    assert!(found.expect_err("no such table")[0].starts_with("K501"));
    let chain: Vec<_> = (0..12)
        .map(|i| match i {
            11 => file("t11", "rows: { A: b }\n"),
            _ => file(&format!("t{i}"), &format!("include: t{}\n", i + 1)),
        })
        .collect();
    assert!(parse(&chain).expect_err("too deep")[0].starts_with("A108"));
}

fn about(columns: Columns) -> Import<'static> {
    Import { name: "x", title: "X \"Y\"", source: Some("Office"), version: Some("2026"), columns }
}

fn imported(csv: String, columns: Columns) -> Result<(String, usize), ImportError> {
    let container = Container::Csv { delimiter: b';', quote: b'"', header_row: 1, columns: None };
    let reader = Reader::new(Box::new(Cursor::new(csv.into_bytes())), &ReadOptions::new(container));
    import(reader, &about(columns))
}

#[test]
fn a_list_of_codes_becomes_a_table_that_is_read_again() {
    let csv =
        "code;iso;nom\n01;ML-1;Kayes\n\"N;O\";no;\"Oui, \"\"non\"\"\"\n01;ML-1;Kayes\n02;ML-2;\n";
    let columns = Columns { fr: Some("nom".to_owned()), ..Columns::default() };
    let (text, count) = imported(csv.to_owned(), columns).expect("a table");
    assert_eq!(count, 3);
    let codes = Codes::parse([("codes/x.yaml", text.as_str())]).expect("a sound table");
    let expected = [("01", "ML-1"), ("N;O", "no"), ("02", "ML-2")];
    assert_eq!(rows(&codes, "x"), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn what_keeps_a_list_from_being_a_table_is_told() {
    let none = Columns::default;
    let two = imported("a;b\nX;1\nX;2\n".to_owned(), none());
    assert!(matches!(two, Err(ImportError::TwoCodes { first: 2, second: 3, .. })), "{two:?}");
    let empty = imported("a;b\nX;\n".to_owned(), none());
    assert!(matches!(empty, Err(ImportError::NoCode { line: 2 })), "{empty:?}");
    let column = imported("a;b\nX;1\n".to_owned(), Columns { to: Some("c".to_owned()), ..none() });
    assert!(matches!(column, Err(ImportError::NoColumn { .. })), "{column:?}");
    assert!(matches!(imported("a;b\n".to_owned(), none()), Err(ImportError::Empty)));
}

#[test]
fn a_table_of_a_million_rows_is_refused_with_its_limit() {
    let csv: String = std::iter::once("a;b\n".to_owned())
        .chain((0..1_000_000).map(|i| format!("{i};{i}\n")))
        .collect();
    match imported(csv, Columns::default()) {
        Err(ImportError::TooLarge { rows, limit }) => assert!(rows > 10_000 && limit == 1 << 20),
        other => panic!("{:?}", other.map(|(_, rows)| rows)),
    }
    let text: String = std::iter::once("codes: x\nrows:\n".to_owned())
        .chain((0..1_000_000).map(|i| format!("  \"{i}\": v{i}\n")))
        .collect();
    let found = parse(&[("codes/x.yaml".to_owned(), text)]).expect_err("too large");
    assert!(found[0].starts_with("A108"), "{found:?}");
}

#[test]
fn a_row_that_stands_twice_in_a_long_table_is_found() {
    let text: String = (0..5_000).map(|i| format!("  k{i}: v{i}\n")).collect();
    let found = parse(&[file("x", &format!("rows:\n{text}  k4999: w\n"))]).expect_err("a double");
    assert!(found[0].starts_with("A103"), "{found:?}");
}
