use proptest::prelude::*;

use super::*;

fn read(layout: &str, text: &str) -> Result<String, DateError> {
    Layout::parse(layout).unwrap().read(text).map(|date| date.to_string())
}

#[test]
fn the_layouts_of_the_eight_exports_are_read() {
    for (layout, text, expected) in [
        ("dd/MM/yyyy", "14/06/1985", "1985-06-14"),
        ("dd/MM/yyyy", " 29/02/2024 ", "2024-02-29"),
        ("d/M/yyyy", "1/6/1985", "1985-06-01"),
        ("d/M/yyyy", "14/12/1985", "1985-12-14"),
        ("dd-MM-yyyy", "14-06-1985", "1985-06-14"),
        ("yyyyMMdd", "19850614", "1985-06-14"),
        ("yyyyMMdd", "19850000", "1985"),
        ("yyyyMMdd", "19850600", "1985-06"),
        ("dd/MM/yy", "14/06/85", "1985-06-14"),
        ("dd/MM/yy", "14/06/10", "2010-06-14"),
        ("dd/MM/yy", "14/06/11", "1911-06-14"),
        ("yyyy", "1985", "1985"),
        ("yyyy-MM", "1985-06", "1985-06"),
        ("'VERS 'yyyy~", "VERS 1985", "1985~"),
        ("'VERS 'yyyy~", "vers\u{a0} 1985", "1985~"),
        ("'VERS 'yy~", "VERS 85", "1985~"),
        ("serial", "25569", "1970-01-01"),
        ("serial", "35228.0", "1996-06-12"),
        ("serial", "9999", "1927-05-17"),
        ("yyyy'0000'", "19850000", "1985"),
        ("edtf", "1985~", "1985~"),
        ("edtf", "1985-06", "1985-06"),
        ("iso", "1985", "1985"),
        ("iso", "1985-06", "1985-06"),
        ("iso", "1985-06-14", "1985-06-14"),
        ("iso", "1985-06-14T23:59:59.5+01:00", "1985-06-14"),
        ("iso", "1985-06-14T23:59Z", "1985-06-14"),
    ] {
        assert_eq!(read(layout, text).as_deref(), Ok(expected), "{layout} {text}");
    }
}

#[test]
fn days_that_the_calendar_lacks_are_impossible() {
    for (layout, text) in [
        ("dd/MM/yyyy", "31/02/1990"),
        ("dd/MM/yyyy", "29/02/2023"),
        ("dd/MM/yyyy", "45/13/1988"),
        ("dd/MM/yyyy", "00/00/0000"),
        ("dd/MM/yyyy", "00/00/1985"),
        ("yyyyMMdd", "00000000"),
        ("yyyyMMdd", "19850031"),
        ("yyyyMMdd", "20101131"),
        ("yyyy", "0000"),
        ("yyyy", "9999"),
        ("iso", "0000-00-00"),
        ("iso", "1985-06-14T25:00"),
        ("serial", "60"),
    ] {
        assert_eq!(read(layout, text), Err(DateError::Impossible), "{layout} {text}");
    }
}

#[test]
fn another_form_is_said_to_be_another_form() {
    for (layout, text) in [
        ("dd/MM/yyyy", "1985-06-14"),
        ("dd/MM/yyyy", "1/6/1985"),
        ("dd/MM/yyyy", "14/06/85"),
        ("dd/MM/yyyy", "14/06/1985x"),
        ("dd/MM/yyyy", ""),
        ("dd/MM/yyyy", "٠١/٠١/١٩٨٥"),
        ("yyyyMMdd", "1985061"),
        ("yyyy", "198"),
        ("'VERS 'yyyy~", "1985"),
        ("edtf", "1985-06-14T10:20"),
        ("iso", "1985~"),
        ("serial", "3.5e4"),
        ("serial", "-5"),
        ("serial", "99999999999"),
        ("iso", "1985-6-14"),
        ("iso", "1985-06-14T"),
    ] {
        assert_eq!(read(layout, text), Err(DateError::Form), "{layout} {text}");
    }
}

#[test]
fn the_pivot_can_be_moved() {
    let layout = Layout::parse("dd/MM/yy").unwrap().with_pivot(25);
    assert_eq!(layout.read("01/02/25").unwrap().to_string(), "2025-02-01");
    assert_eq!(layout.read("01/02/26").unwrap().to_string(), "1926-02-01");
}

#[test]
fn a_layout_that_cannot_be_meant_is_refused() {
    for (pattern, error) in [
        ("dd/MM", LayoutError::NoYear),
        ("dd/yyyy", LayoutError::DayWithoutMonth),
        ("dd/mm/yyyy", LayoutError::Field("mm".into())),
        ("dd/MM/yyy", LayoutError::Field("yyy".into())),
        ("dd/dd/yyyy", LayoutError::Twice('d')),
        ("'VERS yyyy~", LayoutError::OpenQuote),
        ("dMyyyy", LayoutError::Ambiguous),
        ("", LayoutError::NoYear),
    ] {
        assert_eq!(Layout::parse(pattern), Err(error), "{pattern}");
    }
}

#[test]
fn a_date_is_not_written_where_it_would_change() {
    let write =
        |layout: &str, date: &str| Layout::parse(layout).unwrap().write(date.parse().unwrap());
    assert_eq!(write("dd/MM/yyyy", "1985"), None);
    assert_eq!(write("yyyy", "1985-06-14"), None);
    assert_eq!(write("dd/MM/yy", "1885-06-14"), None);
    assert_eq!(write("'VERS 'yyyy~", "1985"), None);
    assert_eq!(write("serial", "1850-01-01"), None);
    assert_eq!(write("yyyyMMdd", "1985").as_deref(), Some("19850000"));
    assert_eq!(write("yyyyMMdd", "1985~").as_deref(), Some("19850000"));
    assert_eq!(write("'VERS 'yy~", "1985~").as_deref(), Some("VERS 85"));
    assert_eq!(write("d/M/yyyy", "1985-06-01").as_deref(), Some("1/6/1985"));
}

#[test]
fn a_layout_shows_itself() {
    for pattern in ["dd/MM/yyyy", "'VERS 'yy~", "iso", "serial", "d.M.yyyy"] {
        assert_eq!(Layout::parse(pattern).unwrap().to_string(), pattern);
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same_date(
        year in 1000_i16..=2999, month in 1_i8..=12, day in 1_i8..=28, precision in 0..3, approximate: bool,
        layout in prop::sample::select(vec!["dd/MM/yyyy", "d-M-yyyy", "yyyyMMdd", "dd.MM.yy", "yyyy", "yyyy-MM",
            "'VERS 'yyyy~", "'VERS 'yy~", "iso", "edtf", "serial", "MM/dd/yyyy"]),
    ) {
        let date = match precision {
            0 => PartialDate::year_only(year),
            1 => PartialDate::year_month(year, month).unwrap(),
            _ => PartialDate::full(Date::new(year, month, day).unwrap()),
        };
        let date = if approximate { date.approximately() } else { date };
        let layout = Layout::parse(layout).unwrap();
        if let Some(text) = layout.write(date) {
            let back = layout.read(&text).unwrap();
            prop_assert!(back == date || back.approximately() == date, "{} {}", text, back);
        }
    }

    #[test]
    fn no_text_makes_a_layout_or_a_reader_panic(pattern in ".{0,12}", text in ".{0,16}") {
        for layout in [Layout::parse(&pattern), Layout::parse("'É' d/M/yyyy"), Layout::parse("iso"), Layout::parse("serial")]
            .into_iter().flatten()
        {
            let _ = layout.read(&text);
        }
    }
}
