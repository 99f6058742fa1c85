//! The reader of unfinished text against the parser of whole files.

use super::super::cursor::{Spot, Step};
use super::super::outline::Outline;
use super::*;

/// The trees are the same: kinds, keys, texts, and places of keys and texts.
fn same(left: &Node, right: &Node, path: &str) {
    match (&left.kind, &right.kind) {
        (Kind::Null, Kind::Null) => {}
        (Kind::Text(a), Kind::Text(b)) => {
            assert_eq!(a, b, "{path}");
            assert_eq!(left.span, right.span, "{path}");
        }
        (Kind::List(a), Kind::List(b)) => {
            assert_eq!(a.len(), b.len(), "{path}");
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| same(a, b, &format!("{path}/{i}")));
        }
        (Kind::Map(a), Kind::Map(b)) => {
            let keys = |entries: &[yaml::Entry]| {
                entries.iter().map(|e| (e.key.clone(), e.key_span.clone())).collect::<Vec<_>>()
            };
            assert_eq!(keys(a), keys(b), "{path}");
            for (a, b) in a.iter().zip(b) {
                same(&a.value, &b.value, &format!("{path}/{}", a.key));
            }
        }
        (a, b) => panic!("{path}: {a:?} is not {b:?}"),
    }
}

#[test]
fn whole_files_are_read_as_the_parser_reads_them() {
    for text in texts() {
        let parsed = yaml::parse(text, &mut Diagnostics::default()).expect("a shipped file");
        let outline = Outline::read(text, 0);
        same(&outline.root, &parsed, "");
    }
}

fn each_text(node: &Node, path: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, Spot, Span)>) {
    match &node.kind {
        Kind::Null => {}
        Kind::Text(_) => found.push((path.clone(), Spot::Value, node.span.clone())),
        Kind::List(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Item(at));
                each_text(item, path, found);
                path.pop();
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                found.push((path.clone(), Spot::Key, entry.key_span.clone()));
                path.push(Step::Key(entry.key.clone()));
                each_text(&entry.value, path, found);
                path.pop();
            }
        }
    }
}

#[test]
fn the_cursor_in_each_key_and_value_of_a_mapping_is_where_the_tree_says() {
    let text = shipped("ml-utm");
    let parsed = yaml::parse(text, &mut Diagnostics::default()).expect("a shipped file");
    let mut found = Vec::new();
    each_text(&parsed, &mut Vec::new(), &mut found);
    assert!(found.len() > 300);
    for (path, spot, span) in found {
        let cursor = Outline::read(text, span.end).cursor;
        assert_eq!((cursor.path, cursor.spot, cursor.span), (path, spot, span));
    }
}

/// The path of the cursor as text, with what it is in.
fn place(text: &str) -> String {
    let (text, offset) = at_mark(text);
    let cursor = Outline::read(&text, offset).cursor;
    let mut shown: String = cursor.path.iter().fold(String::new(), |shown, step| match step {
        Step::Key(key) => format!("{shown}/{key}"),
        Step::Item(at) => format!("{shown}/{at}"),
    });
    shown.push_str(match cursor.spot {
        Spot::Key => " key",
        Spot::Value => " value",
        Spot::Nowhere => " nowhere",
    });
    shown
}

#[test]
fn unfinished_text_still_says_where_the_cursor_is() {
    for (text, expected) in [
        ("‸", " key"),
        ("map‸", " key"),
        ("source:\n  ‸", "/source value"),
        ("source:\n  for‸", "/source value"),
        ("source:\n  for‸\n  schema: x/1\n", "/source key"),
        ("source:\n  format: csv\n  ‸\ntarget: x\n", "/source key"),
        ("source:\n  format: csv\n‸\ntarget: x\n", " key"),
        ("source:\n  format:‸", "/source/format value"),
        ("source:\n  format: ‸\n", "/source/format value"),
        ("source:\n  format: c‸\n", "/source/format value"),
        ("fields:\n  a: { ‸", "/fields/a key"),
        ("fields:\n  a: { from: ‸\n  b: { from: X }\n", "/fields/a/from value"),
        ("fields:\n  a: { from: \n  b: { fr‸\n", "/fields/b key"),
        ("fields:\n  a: { from: [\n  b: { fr‸\n", "/fields/b key"),
        ("fields:\n  a: { from: X, ‸ }\n", "/fields/a key"),
        ("fields:\n  a: { from: X, do: [‸\n  b: {}\n", "/fields/a/do/0 value"),
        ("fields:\n  a: { from: X, do: [trim, ‸] }\n", "/fields/a/do/1 value"),
        ("fields:\n  a: { from: X, do: [{ da‸", "/fields/a/do/0 key"),
        ("fields:\n  a: { from: X, do: [{ date: ‸ }] }", "/fields/a/do/0/date value"),
        ("fields:\n  a:\n    from: X\n    do:\n      - ‸", "/fields/a/do/0 value"),
        ("fields:\n  a:\n    from: X\n    ‸", "/fields/a key"),
        ("fields:\n  a: { if: \"X == ‸\n  b: {}\n", "/fields/a/if value"),
        ("fields:\n  a: { from: X } # hm‸m\n", " nowhere"),
        ("tests:\n- name: x\n  ‸", "/tests/0 key"),
        ("tests:\n  - name: x\n  - ‸", "/tests/1 value"),
        ("a: [\n  ‸\n]\nb: c\n", "/a/0 value"),
        ("a: {\n  b: c,\n  ‸\n}\n", "/a key"),
    ] {
        assert_eq!(place(text), expected, "{text:?}");
    }
}
