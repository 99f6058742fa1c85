//! From the spanned tree to the typed mapping, with every mistake on the way.

use crate::model::{IssueCode, Severity};

use super::super::diagnostic::{Code, Diagnostic, Diagnostics};
use super::super::yaml::{Entry, Kind, Node, Span};
use super::{
    CheckSpec, ExpectedIssue, Format, InheritSpec, RecordsSpec, RefersSpec, RowsSpec, SampleSpec,
    SourceSpec, Spanned, Spec, TestSpec, Title, Word, keys, rule, synonyms,
};

/// Reads a whole mapping; `None` when a part without which nothing can be said is missing.
#[must_use]
pub fn read(root: &Node, problems: &mut Diagnostics) -> Option<Spec> {
    let map = Map::of(root, keys::MAPPING, problems)?;
    let id = map.need_word("mapping", problems);
    let version = map.need_word("version", problems);
    let title = map.need("title", problems).map(|node| self::title(node, problems));
    let source = map.need("source", problems).and_then(|node| self::source(node, problems));
    let target = map.need_word("target", problems);
    let fields = map.need("fields", problems);
    let pairs = |key: &str| map.get(key).map_or(&[][..], |node| entries(node));
    if let Some(id) = &id {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !id.value.chars().all(plain) {
            bad_value(problems, &id.span, &id.value, "a-z 0-9 -").meant(plain_id(&id.value));
        }
    }
    if let Some(version) = &version {
        let parts: Vec<&str> = version.value.split('.').collect();
        let number = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        if parts.len() != 3 || !parts.iter().all(number) {
            let problem = bad_value(problems, &version.span, &version.value, "1.0.0");
            if parts.len() < 3 && parts.iter().all(number) {
                let zeros = ".0".repeat(3 - parts.len());
                problem.meant(format!("{}{zeros}", version.value));
            }
        }
    }
    let tables =
        pairs("tables").iter().filter_map(|e| Some((word_of(e), rule::table(&e.value, problems)?)));
    let tables = tables.collect();
    let values =
        pairs("values").iter().filter_map(|e| Some((word_of(e), rule::rule(&e.value, problems)?)));
    let values = values.collect();
    let mut back = Vec::new();
    for entry in pairs("back") {
        // Several rules for one field: the first that has something to say.
        let list = items(Some(&entry.value)).iter().filter_map(|node| rule::rule(node, problems));
        back.extend(list.map(|rule| (word_of(entry), rule)));
    }
    let (rules, groups) = rule::fields(fields, problems);
    let checks = items(map.get("checks")).iter().filter_map(|n| check(n, problems)).collect();
    let samples = items(map.get("samples")).iter().filter_map(|n| sample(n, problems)).collect();
    let tests = items(map.get("tests")).iter().filter_map(|n| test(n, problems)).collect();
    Some(Spec {
        id: id?,
        version: version?.value,
        title: title?,
        source: source?,
        target: target?,
        on_error: severity(map.get("on_error"), problems),
        tables,
        values,
        fields: rules,
        groups,
        checks,
        back,
        hold: map.get("hold").and_then(|node| hold(node, problems)),
        sample: map.get("sample").cloned(),
        tests,
        samples,
    })
}

/// An id made of any text.
fn plain_id(text: &str) -> String {
    let plain = super::super::table::folded(text);
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A map of which the known keys are read.
pub(in crate::mapping) struct Map<'n> {
    node: &'n Node,
}

impl<'n> Map<'n> {
    /// Reports keys that are not `known`, and anything that is no map.
    pub(in crate::mapping) fn of(
        node: &'n Node,
        known: &[&str],
        problems: &mut Diagnostics,
    ) -> Option<Self> {
        for entry in map_entries(node, problems) {
            if !known.contains(&entry.key.as_str()) {
                let problem = problems.error(Code::UnknownKey, entry.key_span.clone());
                problem.arg("key", &entry.key).arg("known", known.join(", "));
                match synonyms::key(&entry.key, known) {
                    Some(key) => problem.meant(key),
                    None => problem.nearest(&entry.key, known.iter().copied()),
                };
                let place = keys::elsewhere(&entry.key);
                if let Some(place) = place.filter(|_| synonyms::key(&entry.key, known).is_none()) {
                    problem.arg("variant", "elsewhere").arg("place", place);
                    problem.nearest = None;
                    problem.corrections.clear();
                }
            }
        }
        matches!(node.kind, Kind::Map(_)).then_some(Self { node })
    }

    /// Whether it has only keys that are known.
    pub(super) fn all_known(&self, known: &[&str]) -> bool {
        entries(self.node).iter().all(|entry| known.contains(&entry.key.as_str()))
    }

    /// The value of a key, when there.
    pub(in crate::mapping) fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key).filter(|node| !node.is_null())
    }

    /// The value of a key that must be there.
    pub(in crate::mapping) fn need(
        &self,
        key: &str,
        problems: &mut Diagnostics,
    ) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            let start = self.node.span.start;
            problems.error(Code::MissingKey, start..start).arg("key", key);
        }
        found
    }

    /// The text of a key, when there.
    pub(in crate::mapping) fn word(&self, key: &str, problems: &mut Diagnostics) -> Option<Word> {
        self.get(key).and_then(|node| word(node, problems))
    }

    /// The text of a key that must be there.
    pub(in crate::mapping) fn need_word(
        &self,
        key: &str,
        problems: &mut Diagnostics,
    ) -> Option<Word> {
        self.need(key, problems).and_then(|node| word(node, problems))
    }
}

pub(super) fn map_entries<'n>(node: &'n Node, problems: &mut Diagnostics) -> &'n [Entry] {
    if let Kind::Map(entries) = &node.kind {
        return entries;
    }
    wrong_type(problems, node, "map");
    &[]
}

fn entries(node: &Node) -> &[Entry] {
    match &node.kind {
        Kind::Map(entries) => entries,
        Kind::Null | Kind::Text(_) | Kind::List(_) => &[],
    }
}

/// The items of a list; one thing alone is a list of one.
pub(super) fn items(node: Option<&Node>) -> &[Node] {
    match node {
        None => &[],
        Some(Node { kind: Kind::List(items), .. }) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

pub(in crate::mapping) fn word_of(entry: &Entry) -> Word {
    Spanned::new(entry.key.clone(), entry.key_span.clone())
}

pub(in crate::mapping) fn word(node: &Node, problems: &mut Diagnostics) -> Option<Word> {
    match node.text() {
        Some(text) => Some(Spanned::new(text.to_owned(), node.span.clone())),
        None => {
            wrong_type(problems, node, "text");
            None
        }
    }
}

pub(in crate::mapping) fn words(node: Option<&Node>, problems: &mut Diagnostics) -> Vec<Word> {
    items(node).iter().filter_map(|item| word(item, problems)).collect()
}

fn plain_words(node: Option<&Node>, problems: &mut Diagnostics) -> Vec<String> {
    words(node, problems).into_iter().map(|word| word.value).collect()
}

pub(super) fn wrong_type(problems: &mut Diagnostics, node: &Node, expected: &str) {
    problems.error(Code::WrongType, node.span.clone()).arg("expected", expected);
}

pub(super) fn bad_value<'p>(
    problems: &'p mut Diagnostics,
    span: &Span,
    value: &str,
    expected: &str,
) -> &'p mut Diagnostic {
    problems.error(Code::BadValue, span.clone()).arg("value", value).arg("expected", expected)
}

/// A word out of a closed list.
pub(super) fn one_of(word: &Word, known: &[&str], problems: &mut Diagnostics) -> bool {
    let found = known.contains(&word.value.as_str());
    if !found {
        let problem = bad_value(problems, &word.span, &word.value, &known.join(", "));
        match synonyms::value(&word.value, known) {
            Some(meant) => problem.meant(meant),
            None => problem.nearest(&word.value, known.iter().copied()),
        };
    }
    found
}

pub(super) fn severity(node: Option<&Node>, problems: &mut Diagnostics) -> Option<Severity> {
    let word = word(node?, problems)?;
    one_of(&word, keys::SEVERITIES, problems).then_some(if word.value == "error" {
        Severity::Error
    } else {
        Severity::Warning
    })
}

pub(super) fn issue_code(word: &Word, problems: &mut Diagnostics) -> Option<IssueCode> {
    let code = IssueCode::find(&word.value);
    if code.is_none() {
        let names = IssueCode::ALL.iter().map(|code| code.name());
        let expected = "bad_date, wrong_type, period_inverted …";
        let problem = bad_value(problems, &word.span, &word.value, expected);
        match IssueCode::ALL.iter().find(|code| code.number() == word.value) {
            Some(code) => problem.meant(code.name()),
            None => problem.nearest(&word.value, names),
        };
    }
    code
}

pub(in crate::mapping) fn title(node: &Node, problems: &mut Diagnostics) -> Title {
    if let Some(text) = node.text() {
        return Title { fr: text.to_owned(), en: text.to_owned() };
    }
    let Some(map) = Map::of(node, keys::TITLE, problems) else { return Title::default() };
    let text = |word: Option<Word>| word.map(|word| word.value).unwrap_or_default();
    Title { fr: text(map.need_word("fr", problems)), en: text(map.need_word("en", problems)) }
}

fn hold(node: &Node, problems: &mut Diagnostics) -> Option<f64> {
    let word = word(node, problems)?;
    let inner = word.value.trim().strip_prefix('>').and_then(|t| t.trim().strip_suffix("refused"));
    let percent =
        inner.and_then(|t| t.trim().strip_suffix('%')).and_then(|t| t.trim().parse().ok());
    if percent.is_none() {
        let digits: String = word.value.chars().filter(|c| c.is_ascii_digit()).collect();
        let share = if digits.is_empty() { "20" } else { &digits };
        bad_value(problems, &word.span, &word.value, "> 20 % refused")
            .meant(format!("> {share} % refused"));
    }
    percent
}

fn source(node: &Node, problems: &mut Diagnostics) -> Option<SourceSpec> {
    let map = Map::of(node, keys::SOURCE, problems)?;
    let format = map.need_word("format", problems);
    let schema = map.need_word("schema", problems);
    let format = format.filter(|word| one_of(word, keys::FORMATS, problems))?;
    let format = match format.value.as_str() {
        "csv" => Format::Csv,
        "json" => Format::Json,
        "ndjson" => Format::Ndjson,
        "xml" => Format::Xml,
        "fhir" => Format::Fhir,
        _ => Format::Canonical,
    };
    let record_element = map.word("record_element", problems);
    if format == Format::Xml && record_element.is_none() {
        map.need("record_element", problems);
    }
    let records: Vec<_> =
        items(map.get("records")).iter().filter_map(|n| records(n, problems)).collect();
    let record_id = words(map.get("record_id"), problems);
    if records.is_empty() && record_id.is_empty() && map.get("records").is_none() {
        map.need("record_id", problems);
    }
    Some(SourceSpec {
        span: node.span.clone(),
        format,
        encoding: map.word("encoding", problems).map(|word| encoding(word, problems)),
        delimiter: map.word("delimiter", problems).map_or(b',', |word| delimiter(&word, problems)),
        header_row: map.word("header_row", problems).map_or(1, |word| positive(&word, problems)),
        records_at: plain_words(map.get("records_at"), problems),
        record_element: record_element.map(|word| word.value),
        root: map.word("root", problems).map(|word| word.value),
        namespace: map.word("namespace", problems).map(|word| word.value),
        resources: map.get("resources").and_then(|node| resources(node, problems)),
        empty: match map.get("empty") {
            Some(node) => plain_words(Some(node), problems),
            None => vec![String::new()],
        },
        schema: schema?,
        columns: map.get("columns").map(|node| plain_words(Some(node), problems)),
        names: word_pairs(map.get("names"), problems),
        record_id,
        records,
        rows: map.get("rows").and_then(|node| rows(node, &map, format, problems)),
        inherit: map.get("inherit").and_then(|node| inherit(node, problems)),
        carry_down: words(map.get("carry_down"), problems),
        skip_when: map.word("skip_when", problems),
        refers: items(map.get("refers")).iter().filter_map(|n| refers(n, problems)).collect(),
        ignore: words(map.get("ignore"), problems),
        drop: words(map.get("drop"), problems),
        labels: word_pairs(map.get("labels"), problems),
    })
}

fn word_pairs(node: Option<&Node>, problems: &mut Diagnostics) -> Vec<(Word, Word)> {
    let entries = node.map_or(&[][..], |node| map_entries(node, problems));
    entries.iter().filter_map(|e| Some((word_of(e), word(&e.value, problems)?))).collect()
}

fn encoding(word: Word, problems: &mut Diagnostics) -> String {
    if encoding_rs::Encoding::for_label(word.value.as_bytes()).is_none() {
        let problem = bad_value(problems, &word.span, &word.value, ENCODINGS.join(", ").as_str());
        if word.value.to_lowercase().contains("ansi") {
            problem.meant("windows-1252");
        } else {
            problem.nearest(&word.value, ENCODINGS.iter().copied());
        }
    }
    word.value
}

/// The encodings that are met; any other of the WHATWG list is read, too.
const ENCODINGS: &[&str] = &["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le"];

fn delimiter(word: &Word, problems: &mut Diagnostics) -> u8 {
    match word.value.as_bytes() {
        [one] => *one,
        _ => {
            let problem = bad_value(problems, &word.span, &word.value, "; , | \\t");
            let known =
                [("virgule", ","), ("comma", ","), ("semi", ";"), ("pipe", "|"), ("barre", "|")];
            let word = word.value.to_lowercase();
            let meant = if word.contains("point") { Some(";") } else { None };
            let meant = meant.or_else(|| known.iter().find(|k| word.contains(k.0)).map(|k| k.1));
            if let Some(sign) = meant {
                problem.meant(sign);
            }
            b','
        }
    }
}

fn positive(word: &Word, problems: &mut Diagnostics) -> u64 {
    match word.value.parse() {
        Ok(number) if number > 0 => number,
        _ => {
            bad_value(problems, &word.span, &word.value, "1, 2, 3 …");
            1
        }
    }
}

fn resources(node: &Node, problems: &mut Diagnostics) -> Option<(String, Vec<(String, String)>)> {
    let map = Map::of(node, keys::RESOURCES, problems)?;
    let anchor = map.need_word("anchor", problems)?.value;
    let attach = word_pairs(map.get("attach"), problems);
    Some((anchor, attach.into_iter().map(|(a, b)| (a.value, b.value)).collect()))
}

fn records(node: &Node, problems: &mut Diagnostics) -> Option<RecordsSpec> {
    let map = Map::of(node, keys::RECORDS, problems)?;
    let record_id = map.need_word("record_id", problems)?;
    let each = map.word("each", problems);
    if each.is_none() {
        map.need("self", problems)?;
    }
    let numbers = map.word("n", problems);
    Some(RecordsSpec { each, numbers, record_id })
}

/// Rows are put together before anything else looks at them, so that what speaks of single rows cannot
/// stand beside it.
fn rows(
    node: &Node,
    source: &Map<'_>,
    format: Format,
    problems: &mut Diagnostics,
) -> Option<RowsSpec> {
    let map = Map::of(node, keys::ROWS, problems)?;
    let mut beside = ["records", "inherit", "carry_down"].into_iter();
    if let Some(beside) = beside.find(|key| source.get(key).is_some()) {
        bad_value(problems, &node.span, beside, "rows").arg("variant", "beside-rows");
    }
    if matches!(format, Format::Fhir | Format::Canonical) {
        bad_value(problems, &node.span, "rows", "format: csv, json, ndjson, xml");
    }
    let by = words(map.need("by", problems), problems);
    let name = map.word("as", problems);
    let name = name.unwrap_or_else(|| Spanned::new("rows".to_owned(), node.span.clone()));
    Some(RowsSpec { span: node.span.clone(), by, name })
}

fn inherit(node: &Node, problems: &mut Diagnostics) -> Option<InheritSpec> {
    let map = Map::of(node, keys::INHERIT, problems)?;
    Some(InheritSpec {
        by: map.need_word("by", problems)?,
        when: map.need_word("when", problems)?,
        fields: words(map.need("fields", problems), problems),
    })
}

fn refers(node: &Node, problems: &mut Diagnostics) -> Option<RefersSpec> {
    let map = Map::of(node, keys::REFERS, problems)?;
    Some(RefersSpec {
        field: map.need_word("field", problems)?,
        id: map.word("id", problems),
        code: issue_code(&map.need_word("code", problems)?, problems)?,
        when: map.word("when", problems),
    })
}

fn check(node: &Node, problems: &mut Diagnostics) -> Option<CheckSpec> {
    let map = Map::of(node, keys::CHECK, problems)?;
    let (when, code, at) = (
        map.need_word("when", problems),
        map.need_word("code", problems).and_then(|word| issue_code(&word, problems)),
        map.need_word("at", problems),
    );
    Some(CheckSpec {
        span: node.span.clone(),
        when: when?,
        code: code?,
        at: at?,
        severity: severity(map.get("severity"), problems).unwrap_or(Severity::Error),
        title: map.get("title").map(|node| title(node, problems)),
    })
}

fn test(node: &Node, problems: &mut Diagnostics) -> Option<TestSpec> {
    let map = Map::of(node, keys::TEST, problems)?;
    let round_trip = map.get("round_trip").map(|node| match node.text() {
        Some("true") => Vec::new(),
        _ => Map::of(node, keys::ROUND_TRIP, problems)
            .map(|map| plain_words(map.get("except"), problems))
            .unwrap_or_default(),
    });
    Some(TestSpec {
        span: node.span.clone(),
        name: map.need("name", problems).map(|node| title(node, problems))?,
        given: map.get("given").cloned(),
        record: map.word("record", problems).map(|word| word.value),
        expect: map.get("expect").cloned(),
        issues: items(map.get("expect_issue"))
            .iter()
            .filter_map(|n| expected(n, problems))
            .collect(),
        round_trip,
    })
}

fn sample(node: &Node, problems: &mut Diagnostics) -> Option<SampleSpec> {
    let map = Map::of(node, keys::SAMPLE, problems)?;
    let file = map.need_word("file", problems);
    let accepted = map.word("accepted", problems).map_or(100.0, |word| {
        let number = word.value.trim_start_matches(['>', '=', ' ']).trim_end_matches(['%', ' ']);
        match number.parse() {
            Ok(share) if (0.0..=100.0).contains(&share) => share,
            _ => {
                bad_value(problems, &word.span, &word.value, "98 %");
                100.0
            }
        }
    });
    let records = map.word("records", problems).map(|word| positive(&word, problems));
    Some(SampleSpec { file: file?, accepted, records })
}

fn expected(node: &Node, problems: &mut Diagnostics) -> Option<ExpectedIssue> {
    let map = Map::of(node, keys::ISSUE, problems)?;
    Some(ExpectedIssue {
        code: issue_code(&map.need_word("code", problems)?, problems)?,
        at: map.word("at", problems).map(|word| word.value),
        severity: severity(map.get("severity"), problems),
    })
}
