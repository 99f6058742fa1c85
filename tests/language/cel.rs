//! The language of conditions against the `cel` crate: where both have an opinion it is the same.
//!
//! What is left out is where ours differs on purpose, because cells are texts and most may be absent:
//! an absent field is null and no error (`x != 'a'` holds); a text is read as a number beside a number
//! (`RANG == 2` for `02`), and two fields that both hold numbers compare as such; a bare field is true
//! when it says `true`; names may be quoted in backquotes, and texts hold no escapes but of quotes and
//! backslash.

use std::collections::HashMap;

use cel::{Context, Program, Value};
use dankun::mapping::condition::Condition;
use proptest::prelude::*;

/// Texts that no comparison takes for numbers.
const TEXTS: &[&str] = &["AJ", "RT", "Traoré", "", "é", "2025-01-01", "aa", "true"];

/// A record: two texts, a number, and a group of which a field may be absent.
#[derive(Clone, Debug)]
struct Row {
    a: &'static str,
    b: &'static str,
    n: i64,
    opt: Option<&'static str>,
}

impl Row {
    fn ours(&self, condition: &Condition) -> bool {
        let number = self.n.to_string();
        let paths: Vec<String> = condition.paths().iter().map(|used| used.path.clone()).collect();
        condition.eval(|index| match paths[index].as_str() {
            "a" => Some(self.a),
            "b" => Some(self.b),
            "n" => Some(number.as_str()),
            "row.opt" => self.opt,
            _ => None,
        })
    }

    fn theirs(&self, program: &Program) -> Option<bool> {
        let mut context = Context::default();
        let group: HashMap<String, String> =
            self.opt.map(|opt| ("opt".to_owned(), opt.to_owned())).into_iter().collect();
        context.add_variable("a", self.a.to_owned()).expect("a text");
        context.add_variable("b", self.b.to_owned()).expect("a text");
        context.add_variable("n", self.n).expect("a number");
        context.add_variable("row", group).expect("a group");
        match program.execute(&context) {
            Ok(Value::Bool(holds)) => Some(holds),
            _ => None,
        }
    }
}

fn row() -> impl Strategy<Value = Row> {
    let text = || prop::sample::select(TEXTS);
    (text(), text(), -3_i64..4, prop::option::of(text())).prop_map(|(a, b, n, opt)| Row {
        a,
        b,
        n,
        opt,
    })
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

/// A condition in the part that both languages have.
fn condition() -> impl Strategy<Value = String> {
    let text = || prop::sample::select(TEXTS);
    let name = || prop::sample::select(vec!["a", "b"]);
    let order = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let function = prop::sample::select(vec!["startsWith", "endsWith", "contains"]);
    let pattern = prop::sample::select(vec!["^A", "[a-z]+", "é$", "^$", "T|J", "a{2}"]);
    let leaf = prop_oneof![
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("has(row.opt)".to_owned()),
        (name(), order(), text()).prop_map(|(n, o, t)| format!("{n} {o} {}", quoted(t))),
        (order()).prop_map(|o| format!("a {o} b")),
        (order(), -3_i64..4).prop_map(|(o, n)| format!("n {o} {n}")),
        (name(), order(), 0_u32..8).prop_map(|(n, o, size)| format!("size({n}) {o} {size}")),
        (name(), prop::collection::vec(text(), 1..4)).prop_map(|(n, list)| {
            let list: Vec<String> = list.into_iter().map(quoted).collect();
            format!("{n} in [{}]", list.join(", "))
        }),
        (name(), function, text()).prop_map(|(n, f, t)| format!("{n}.{f}({})", quoted(t))),
        (name(), pattern).prop_map(|(n, p)| format!("{n}.matches('{p}')")),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|test| format!("!({test})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} || {b}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} || {b}) && true")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn both_languages_say_the_same(text in condition(), row in row()) {
        let ours = Condition::parse(&text).expect("a condition of ours");
        let theirs = Program::compile(&text).expect("a condition of CEL");
        prop_assert_eq!(Some(row.ours(&ours)), row.theirs(&theirs), "{}", text);
    }
}

#[test]
fn where_ours_differs_it_does_so_as_the_page_says() {
    let row = Row { a: "02", b: "2", n: 1, opt: None };
    for (text, theirs) in [
        ("row.opt != 'x'", None),
        ("!(row.opt == 'x')", None),
        ("a == 2", Some(false)),
        ("a == b", Some(false)),
        ("a in ['02'] && row.opt == null", None),
    ] {
        assert!(row.ours(&Condition::parse(text).expect("a condition")), "{text}");
        let program = Program::compile(text).expect("a condition of CEL");
        assert_eq!(row.theirs(&program), theirs, "{text}");
    }
}
