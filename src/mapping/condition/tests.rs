use proptest::prelude::*;

use super::*;

const ROW: &[(&str, &str)] = &[
    ("STATUT", "RT"),
    ("RANG", "02"),
    ("age", "17"),
    ("debut", "2025-01-01"),
    ("fin", "2024-12-31"),
    ("droits.@etat", "O"),
    ("scolarise", "true"),
    ("N° adhérent", "UTM-001-0000001"),
    ("nom", "Traoré"),
    ("person.names[official].family", "Keïta"),
];

fn eval(text: &str) -> bool {
    let condition = Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let paths = condition.paths().to_vec();
    condition.eval(|index| {
        ROW.iter().find(|(path, _)| *path == paths[index].path).map(|(_, value)| *value)
    })
}

fn problem(text: &str) -> (Range<usize>, Problem) {
    let error = Condition::parse(text).map(|_| ()).unwrap_err();
    (error.span, error.problem)
}

#[test]
fn these_conditions_hold() {
    for text in [
        "STATUT == 'RT'",
        "STATUT != \"AJ\"",
        "STATUT in ['AJ', 'RT']",
        "STATUT in ['AJ'] || RANG == '02'",
        "!(STATUT == 'AJ') && !has(absent)",
        "has(STATUT)",
        "age < 18 && age >= 17 && 17 == age",
        "age == 17.0",
        "RANG == 2 && RANG != '2'",
        "fin < debut",
        "debut > '2024-06-30'",
        "size(nom) == 6 && size(absent) == 0",
        "droits.@etat == 'O'",
        "scolarise",
        "scolarise == true",
        "!absent",
        "`N° adhérent`.startsWith('UTM-')",
        "nom.contains('aor') && nom.endsWith('é')",
        "nom.matches('^[A-Z]') && nom.matches('or')",
        "person.names[official].family == 'Keïta'",
        "absent == null && STATUT != null",
        "absent in ['a', null]",
        "absent != 'a'",
        "absent == other_absent",
        "true && !false",
        "nom == 'Traor\u{e9}' && 'it\\'s' != nom",
        "STATUT == 'AJ' && false || true",
    ] {
        assert!(eval(text), "{text}");
    }
}

#[test]
fn these_conditions_do_not_hold() {
    for text in [
        "STATUT == 'rt'",
        "RANG == '2'",
        "absent == 'a'",
        "absent < 3",
        "absent >= 3",
        "absent <= '9'",
        "absent != null",
        "nom == 3",
        "nom < 3",
        "nom.startsWith('t')",
        "absent.contains('')",
        "absent",
        "nom",
        "absent in ['a']",
        "absent != other_absent",
    ] {
        assert!(!eval(text), "{text}");
    }
}

#[test]
fn each_path_is_listed_once_where_it_stands_first() {
    let condition = Condition::parse("a.b == 'x' || `N° x` in ['1'] || a.b == c[0].d").unwrap();
    let paths: Vec<_> =
        condition.paths().iter().map(|used| (used.path.as_str(), used.span.clone())).collect();
    assert_eq!(paths, [("a.b", 0..3), ("N° x", 14..21), ("c[0].d", 41..47)]);
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    assert_eq!(problem("STATUT = 'AJ'"), (7..8, Problem::Character('=')));
    assert_eq!(problem("STATUT == 'AJ"), (10..11, Problem::OpenQuote));
    assert_eq!(problem("length(x) == 3"), (0..6, Problem::Function("length".into())));
    assert_eq!(problem("x.isEmpty('')").1, Problem::Function("isEmpty".into()));
    assert_eq!(problem("1 == 'a'"), (0..8, Problem::Types("number", "text")));
    assert_eq!(problem("x < true").1, Problem::NoOrder("boolean"));
    assert_eq!(problem("x && 'a'"), (5..8, Problem::NotATest("text")));
    assert_eq!(problem("'a\\q' == x").1, Problem::Escape('q'));
    assert!(matches!(problem("x.matches('(')").1, Problem::Pattern(_)));
    assert!(matches!(problem("x.matches('(a{1000}){1000}')").1, Problem::Pattern(_)));
    for text in [
        "",
        "x ==",
        "x in []",
        "x in ['a'",
        "(x",
        "x y",
        "has('a')",
        "x.matches(y)",
        "&& x",
        "x.",
        "(x == 'a') == (y == 'b')",
    ] {
        assert!(
            matches!(problem(text).1, Problem::Unexpected { .. }),
            "{text}: {:?}",
            problem(text)
        );
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{}x{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(matches!(problem(&deep).1, Problem::TooDeep(_)));
    assert!(matches!(problem(&format!("{}x", "!".repeat(10_000))).1, Problem::TooDeep(_)));
    assert!(eval(&format!("{}age == 17{}", "(".repeat(60), ")".repeat(60))));
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-z'\"`()\\[\\]!&|=<>.,0-9 éin-]{0,30}") {
        let _ = Condition::parse(&text);
    }

    #[test]
    fn a_condition_and_its_negation_never_agree(value in prop::option::of("[a-c0-9]{0,3}"), literal in "[a-c0-9]{0,3}",
        operator in prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="])) {
        let ask = |text: &str| Condition::parse(text).unwrap().eval(|_| value.as_deref());
        let plain = ask(&format!("x {operator} '{literal}'"));
        prop_assert_ne!(plain, ask(&format!("!(x {operator} '{literal}')")));
    }
}
