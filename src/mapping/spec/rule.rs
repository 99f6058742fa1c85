//! Rules and tables.

use crate::model::Severity;

use super::super::diagnostic::{Code, Diagnostics};
use super::super::yaml::{Kind, Node, scalar_of};
use super::pieces::{
    Map, issue_code, items, map_entries, one_of, severity, word, word_of, words, wrong_type,
};
use super::{
    BranchSpec, GroupSpec, OriginSpec, RowSpec, RuleSpec, Spanned, StepSpec, TableSpec, Unmapped,
    Word, keys, synonyms,
};

type Fields = (Vec<(Word, Vec<RuleSpec>)>, Vec<(Word, GroupSpec)>);

/// Reads `fields`: rules, and groups of rules.
pub(super) fn fields(node: Option<&Node>, problems: &mut Diagnostics) -> Fields {
    let (mut rules, mut groups) = (Vec::new(), Vec::new());
    for entry in node.map_or(&[][..], |node| map_entries(node, problems)) {
        let list = items(Some(&entry.value));
        let (grouped, single): (Vec<&Node>, Vec<&Node>) =
            list.iter().partition(|node| is_group(node));
        let found = grouped.into_iter().filter_map(|node| group(node, problems));
        groups.extend(found.map(|group| (word_of(entry), group)));
        if !single.is_empty() || list.is_empty() {
            let single = single.into_iter().filter_map(|node| rule(node, problems)).collect();
            rules.push((word_of(entry), single));
        }
    }
    (rules, groups)
}

fn is_group(node: &Node) -> bool {
    node.get("each").is_some() || node.get("fields").is_some()
}

/// Reads the rules for each item of a repeated group.
fn group(node: &Node, problems: &mut Diagnostics) -> Option<GroupSpec> {
    let map = Map::of(node, keys::GROUP, problems)?;
    let each = map.need_word("each", problems);
    let (fields, groups) = fields(map.need("fields", problems), problems);
    Some(GroupSpec {
        span: node.span.clone(),
        each: each?,
        numbers: map.word("n", problems),
        key: map.word("key", problems),
        when: map.word("when", problems),
        fields,
        groups,
    })
}

/// Where the value of a rule comes from: exactly one of these.
const ORIGINS: [&str; 4] = ["from", "value", "template", "choose"];

/// Reads a rule of `fields`, `values` or `back`.
pub(super) fn rule(node: &Node, problems: &mut Diagnostics) -> Option<RuleSpec> {
    if let Some(text) = node.text() {
        // `person.sex: SEXE`
        let meant = format!("{{ from: {} }}", scalar_of(text));
        let problem = problems.error(Code::WrongType, node.span.clone());
        problem.arg("expected", "map").replace(node.span.clone(), meant.clone());
        problem.nearest = Some(meant);
        return None;
    }
    let map = Map::of(node, keys::RULE, problems)?;
    let origins: Vec<&str> = ORIGINS.iter().copied().filter(|key| map.get(key).is_some()).collect();
    let origin = match origins.as_slice() {
        ["from"] => OriginSpec::From(words(map.get("from"), problems)),
        ["value"] => OriginSpec::Value(map.word("value", problems)?),
        ["template"] => OriginSpec::Template(map.word("template", problems)?),
        ["choose"] => OriginSpec::Choose(
            items(map.get("choose")).iter().filter_map(|n| branch(n, problems)).collect(),
        ),
        [] => {
            // Who wrote `From` or `de` has been told what was meant.
            if map.all_known(keys::RULE) {
                problems
                    .error(Code::MissingKey, node.span.start..node.span.start)
                    .arg("variant", "one-of")
                    .arg("key", ORIGINS.join(", "));
            }
            return None;
        }
        more => {
            problems
                .error(Code::BadValue, node.span.clone())
                .arg("variant", "one-only")
                .arg("keys", more.join(", "));
            return None;
        }
    };
    let mut steps: Vec<StepSpec> =
        items(map.get("do")).iter().filter_map(|n| step(n, problems)).collect();
    if let Some(table) = map.get("table") {
        let verb = Spanned::new("table".to_owned(), table.span.clone());
        steps.push(StepSpec { verb, argument: Some(table.clone()), options: Vec::new() });
    }
    Some(RuleSpec {
        span: node.span.clone(),
        origin,
        when: map.word("if", problems),
        steps,
        checks: words(map.get("check"), problems),
        // A severity that does not exist has been reported; that it is missing would be untrue.
        on_error: map
            .get("on_error")
            .map(|node| severity(Some(node), problems).unwrap_or(Severity::Error)),
        code: map.word("code", problems).and_then(|word| issue_code(&word, problems)),
        own: truth(&map, "own", problems),
        one_way: truth(&map, "one_way", problems),
    })
}

fn truth(map: &Map<'_>, key: &str, problems: &mut Diagnostics) -> bool {
    map.word(key, problems)
        .is_some_and(|word| one_of(&word, &["true", "false"], problems) && word.value == "true")
}

fn branch(node: &Node, problems: &mut Diagnostics) -> Option<BranchSpec> {
    let map = Map::of(node, keys::BRANCH, problems)?;
    if let Some(then) = map.word("else", problems) {
        return Some(BranchSpec { when: None, is_path: false, then });
    }
    let when = map.need_word("if", problems)?;
    if let Some(then) = map.word("from", problems) {
        return Some(BranchSpec { when: Some(when), is_path: true, then });
    }
    let then = map.need_word("value", problems)?;
    Some(BranchSpec { when: Some(when), is_path: false, then })
}

/// A verb's name, or a map whose one verb has the argument and whose other keys are options.
fn step(node: &Node, problems: &mut Diagnostics) -> Option<StepSpec> {
    let known = super::super::verb::names();
    let unknown = |verb: &Word, problems: &mut Diagnostics| {
        let problem = problems.error(Code::UnknownVerb, verb.span.clone());
        problem.arg("verb", &verb.value).arg("known", known.join(", "));
        match synonyms::verb(&verb.value) {
            Some(own) => problem.meant(own),
            None => problem.nearest(&verb.value, known.iter().copied()),
        };
    };
    match &node.kind {
        Kind::Text(_) => {
            let verb = word(node, problems)?;
            if !known.contains(&verb.value.as_str()) {
                unknown(&verb, problems);
                return None;
            }
            Some(StepSpec { verb, argument: None, options: Vec::new() })
        }
        Kind::Map(entries) => {
            let Some(at) = entries.iter().position(|e| known.contains(&e.key.as_str())) else {
                if let Some(first) = entries.first() {
                    unknown(&word_of(first), problems);
                }
                return None;
            };
            let others = entries.iter().enumerate().filter(|(i, _)| *i != at);
            Some(StepSpec {
                verb: word_of(&entries[at]),
                argument: Some(entries[at].value.clone()),
                options: others.map(|(_, e)| (word_of(e), e.value.clone())).collect(),
            })
        }
        Kind::Null | Kind::List(_) => {
            wrong_type(problems, node, "verb");
            None
        }
    }
}

/// Reads a table with its own keys.
pub fn table(node: &Node, problems: &mut Diagnostics) -> Option<TableSpec> {
    let map = Map::of(node, keys::TABLE, problems)?;
    let codes = map.word("codes", problems);
    if codes.is_none() {
        map.need("rows", problems)?;
    }
    Some(TableSpec {
        span: node.span.clone(),
        rows: map.get("rows").map(|node| rows(node, problems)).unwrap_or_default(),
        codes,
        fold: map.word("fold", problems).is_some_and(|word| word.value == "true"),
        unmapped: map
            .get("unmapped")
            .map_or(Unmapped::Fail(Severity::Error), |n| unmapped(n, problems)),
    })
}

/// Reads the rows of a table.
pub fn rows(node: &Node, problems: &mut Diagnostics) -> Vec<RowSpec> {
    let entries = map_entries(node, problems);
    entries
        .iter()
        .filter_map(|entry| {
            let (to, broad) = match &entry.value.kind {
                Kind::Map(_) => {
                    let map = Map::of(&entry.value, keys::ROW, problems)?;
                    let kind = map.word("match", problems);
                    if let Some(kind) = &kind {
                        one_of(kind, &["exact", "broad"], problems);
                    }
                    (map.need_word("to", problems)?, kind.is_some_and(|kind| kind.value == "broad"))
                }
                _ => (word(&entry.value, problems)?, false),
            };
            Some(RowSpec { from: word_of(entry), to, broad })
        })
        .collect()
}

fn unmapped(node: &Node, problems: &mut Diagnostics) -> Unmapped {
    if let Kind::Map(_) = node.kind {
        let found = Map::of(node, keys::UNMAPPED, problems).and_then(|map| {
            let code = map.need_word("use", problems)?.value;
            Some(Unmapped::Use(code, severity(map.get("severity"), problems)))
        });
        return found.unwrap_or(Unmapped::Keep);
    }
    let Some(word) = word(node, problems) else { return Unmapped::Keep };
    one_of(&word, &["error", "warning", "keep"], problems);
    match word.value.as_str() {
        "error" => Unmapped::Fail(Severity::Error),
        "warning" => Unmapped::Fail(Severity::Warning),
        _ => Unmapped::Keep,
    }
}
