use super::*;

/// The shipped files, as the binary embeds them.
const SHIPPED: [(&str, &str); 8] = [
    ("ci-cnam.yaml", include_str!("../../../mappings/schemes/ci-cnam.yaml")),
    ("ci-necab.yaml", include_str!("../../../mappings/schemes/ci-necab.yaml")),
    ("ml-anam.yaml", include_str!("../../../mappings/schemes/ml-anam.yaml")),
    ("ml-canam.yaml", include_str!("../../../mappings/schemes/ml-canam.yaml")),
    ("ml-openimis.yaml", include_str!("../../../mappings/schemes/ml-openimis.yaml")),
    ("ml-synd.yaml", include_str!("../../../mappings/schemes/ml-synd.yaml")),
    ("ml-utm.yaml", include_str!("../../../mappings/schemes/ml-utm.yaml")),
    ("ng-nhia.yaml", include_str!("../../../mappings/schemes/ng-nhia.yaml")),
];

/// The registry of the shipped files.
pub(in crate::eligibility) fn shipped() -> Registry {
    Registry::parse(SHIPPED).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn id(text: &str) -> SchemeId {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The file of ml-utm with one text replaced; the problems as `pointer: message`.
fn problems_of(old: &str, new: &str) -> Vec<String> {
    let (name, yaml) = SHIPPED[6];
    assert!(yaml.contains(old), "the file has changed: {old}");
    let files = SHIPPED.into_iter().filter(|(other, _)| *other != name);
    let changed = yaml.replace(old, new);
    let problems = Registry::parse(files.chain([(name, changed.as_str())])).err();
    problems.unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn the_shipped_files_are_right_and_their_examples_hold() {
    let registry = shipped();
    assert_eq!(registry.schemes().count(), 8);
    for scheme in registry.schemes() {
        assert!(scheme.terms_on(day("2025-03-01")).is_some(), "{}", scheme.id);
    }
}

#[test]
fn every_problem_of_every_file_is_told_at_once() {
    let problems = Registry::parse([
        ("a.yaml", "scheme: A B\nkind: club\n"),
        ("b.yaml", "scheme: b-b\nscheme: b-b\n"),
    ])
    .unwrap_err();
    let of = |file: &str| problems.iter().filter(|problem| problem.file == file).count();
    assert!(of("a.yaml") > 5, "{problems:#?}");
    assert_eq!(of("b.yaml"), 1, "{problems:#?}");
}

#[test]
fn a_typing_error_is_an_error_and_not_an_empty_field() {
    let problems = problems_of("priority: 5", "prioritty: 5");
    assert!(problems.iter().any(|problem| problem.contains("prioritty")), "{problems:?}");
}

#[test]
fn an_example_that_does_not_hold_is_told_with_its_place() {
    let problems = problems_of("copay: { ambulatory: 40", "copay: { ambulatory: 41");
    assert_eq!(problems.len(), 2, "{problems:?}");
    let line = SHIPPED[6].1.lines().position(|line| line.contains("package: CP")).unwrap() + 1;
    assert!(problems[0].starts_with(&format!("ml-utm.yaml:{line}: `/tests/0`")), "{problems:?}");
}

#[test]
fn a_number_that_lacks_the_form_is_told() {
    let problems = problems_of("examples: [UTM-001-0000001/00]", "examples: [UTM-1]");
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn a_rate_beyond_two_decimals_is_told() {
    let problems =
        problems_of("{ ambulatory: 60, hospital: 75 }", "{ ambulatory: 60.123, hospital: 75 }");
    assert!(problems.iter().any(|problem| problem.contains("60.123")), "{problems:?}");
}

#[test]
fn a_successor_that_nobody_knows_is_told() {
    let problems = problems_of("successor: ml-canam", "successor: ml-nobody");
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn terms_that_overlap_are_told() {
    let twice = "  - { from: 2020-01-01, waiting_months: 1, packages: { CP: { title: { fr: a, en: a }, \
                 coverage: { ambulatory: 60, hospital: 75 } } } }\ntests:";
    let problems = problems_of("tests:", twice);
    assert!(problems.iter().any(|problem| problem.contains("`/terms/1/from`")), "{problems:?}");
}

#[test]
fn partners_name_numbers_by_scheme_code_or_system() {
    let registry = shipped();
    assert_eq!(registry.number_kind("ML-UTM"), Some(NumberKind::Record(id("ml-utm"))));
    assert_eq!(registry.number_kind("CMU"), Some(NumberKind::Record(id("ci-cnam"))));
    assert_eq!(registry.number_kind("NINA"), Some(NumberKind::System("ml-nina".into())));
    assert_eq!(registry.number_kind("ng-nin"), Some(NumberKind::System("ng-nin".into())));
    assert_eq!(registry.number_kind("BVN"), None);
}

#[test]
fn what_is_left_for_the_insured_is_exact() {
    let registry = shipped();
    let canam = registry.scheme(&id("ml-canam")).unwrap();
    let (code, package) = canam.package_on(None, day("2025-06-30")).unwrap();
    assert_eq!(code, "AMO");
    let left: Vec<f64> = package.coverage.values().map(|share| share.rest().fraction()).collect();
    assert_eq!(left, [0.3, 0.2]);
}
