//! The mapping against the sender's schema: fields that do not exist, fields that nobody uses, codes
//! without a row.

use crate::schema::{FieldInfo, Schema, Step};

use super::super::diagnostic::Code;
use super::super::level::{Columns, Each, Levels};
use super::super::names::{Names, Wants};
use super::super::path::{SourcePath, Step as PathStep, Which};
use super::super::spec::{Format, Spec, Word};
use super::super::table::folded;
use super::super::yaml::scalar_of;

/// A field of the schema by its keys.
struct Known<'s> {
    keys: Vec<&'s str>,
    info: &'s FieldInfo,
}

fn known(schema: &Schema) -> Vec<Known<'_>> {
    schema
        .fields()
        .iter()
        .map(|info| {
            let keys = info.steps.iter().filter_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Each => None,
            });
            Known { keys: keys.collect(), info }
        })
        .filter(|known| !known.keys.is_empty())
        .collect()
}

/// Checks all paths of a mapping.
pub fn check(spec: &Spec, each: &[Vec<Each>], schema: &Schema, names: &mut Names<'_>) {
    let known = known(schema);
    if known.is_empty() {
        return;
    }
    let wanted: Vec<Wants> = std::mem::take(&mut names.wanted);
    let groups = std::mem::take(&mut names.groups);
    for wants in wanted.iter().chain(&groups) {
        let found =
            full_keys(&wants.path, each, &names.levels).iter().any(|keys| exists(keys, &known));
        if !found {
            for span in &wants.spans {
                unknown(&wants.path, span.clone(), schema, each, &known, names);
            }
        }
    }
    for word in &spec.source.ignore {
        let path = path_of(word, spec, names);
        if !full_keys(&path, each, &names.levels).iter().any(|keys| exists(keys, &known)) {
            unknown(&path, word.span.clone(), schema, each, &known, names);
        }
    }
    let rows = spec.source.rows.as_ref().map(|rows| rows.name.value.as_str());
    let of_row = |field: &Known<'_>| rows.is_none() || field.keys.first().copied() != rows;
    let own: Vec<Known<'_>> = known.into_iter().filter(of_row).collect();
    unused(spec, each, schema, &wanted, &own, names);
    names.wanted = wanted;
}

/// The keys of the fields that are lists.
pub fn repeated(schema: &Schema) -> Vec<Vec<String>> {
    let mut repeated: Vec<Vec<String>> = Vec::new();
    for info in schema.fields() {
        let mut keys = Vec::new();
        for step in &info.steps {
            match step {
                Step::Key(key) => keys.push(key.clone()),
                Step::Each if !repeated.contains(&keys) => repeated.push(keys.clone()),
                Step::Each => {}
            }
        }
    }
    repeated
}

fn path_of(word: &Word, spec: &Spec, names: &Names<'_>) -> SourcePath {
    let written = names.expand(&word.value);
    if spec.source.format == Format::Csv {
        return SourcePath::column(written);
    }
    SourcePath::parse(written).unwrap_or_else(|_| SourcePath::column(written))
}

/// The keys from the element's root, for each kind of record in which a path can stand and, in a wide
/// row, for each of its numbers.
fn full_keys(path: &SourcePath, each: &[Vec<Each>], levels: &Levels) -> Vec<Vec<String>> {
    full_steps(path, each, levels)
        .into_iter()
        .map(|steps| keys_of(&SourcePath::of(steps)))
        .collect()
}

/// The steps from the element's root, as [`full_keys`].
pub fn full_steps(path: &SourcePath, each: &[Vec<Each>], levels: &Levels) -> Vec<Vec<PathStep>> {
    let mut all = Vec::new();
    for item in numbers(levels.columns(path.level)) {
        let own = levels.steps(path, &|_| item.clone());
        if path.up == 0 {
            all.push(own.clone());
        }
        for way in each {
            let Some(around) = way.len().checked_sub(usize::from(path.up)) else { continue };
            let way = way.get(..around).unwrap_or_default();
            let columns = way.iter().find_map(|each| match each {
                Each::Columns(columns) => Some(columns),
                Each::Record | Each::Items(_) => None,
            });
            for item in numbers(columns) {
                all.push(
                    way.iter().rev().fold(own.clone(), |s, each| each.outward(item.clone(), s)),
                );
            }
        }
    }
    all
}

/// The items of a wide row; of other groups all are alike.
fn numbers(columns: Option<&Columns>) -> Vec<PathStep> {
    columns.map_or_else(
        || vec![PathStep::All],
        |columns| columns.numbers().map(PathStep::Nth).collect(),
    )
}

fn keys_of(path: &SourcePath) -> Vec<String> {
    path.keys().iter().map(|key| (*key).to_owned()).collect()
}

/// Whether a field of these keys exists, or lies below one that the schema leaves open.
fn exists(keys: &[String], known: &[Known<'_>]) -> bool {
    known.iter().any(|field| field.keys == keys)
        || (1..keys.len()).any(|length| {
            let group = keys.get(..length).unwrap_or_default();
            let is_group =
                known.iter().any(|field| field.keys == group && field.info.allows("object"));
            let closed = known
                .iter()
                .any(|f| f.keys.len() > length && f.keys.get(..length) == Some(&*as_strs(group)));
            is_group && !closed
        })
}

fn as_strs(keys: &[String]) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
}

fn unknown(
    path: &SourcePath,
    span: std::ops::Range<usize>,
    schema: &Schema,
    each: &[Vec<Each>],
    known: &[Known<'_>],
    names: &mut Names<'_>,
) {
    let written = path.keys().join(".");
    let mut candidates: Vec<String> = known.iter().map(|field| field.keys.join(".")).collect();
    let item = SourcePath { steps: Vec::new(), ..*path };
    let ways = each.iter().map(|way| {
        way.iter().rev().fold(Vec::new(), |inner, each| each.outward(PathStep::All, inner))
    });
    let around = ways.chain([names.levels.steps(&item, &|_| PathStep::All)]);
    for around in around.map(SourcePath::of).filter(|around| !around.steps.is_empty()) {
        let prefix = format!("{}.", around.keys().join("."));
        let nested: Vec<String> =
            candidates.iter().filter_map(|c| c.strip_prefix(&prefix).map(str::to_owned)).collect();
        candidates.extend(nested);
    }
    let bare = names.bare.contains(&span);
    let text = names.problems.text();
    let marked = text.get(span.clone()).unwrap_or_default();
    let problem = names.problems.error(Code::UnknownField, span.clone());
    problem.arg("field", &written).arg("schema", schema.id());
    if names_rows(&written) {
        problem.arg("variant", "rows");
        return;
    }
    if bare {
        let quoted = format!("'{marked}'");
        problem.replace(span.clone(), &quoted);
        problem.nearest = Some(quoted);
    }
    if let Some(name) = nearest_field(&written, &candidates) {
        // Elsewhere the path says more than the names of its fields, or stands within a text.
        let whole = marked.trim_matches(['"', '\'']) == written;
        if whole {
            let text =
                if marked.len() == written.len() && bare { name.clone() } else { scalar_of(&name) };
            problem.replace(span, text);
        } else if let Some(at) = marked.find(&written) {
            let start = span.start + at;
            problem.replace(start..start + written.len(), &name);
        }
        problem.nearest.get_or_insert(name);
    }
}

/// Whether a path goes through `rows`, the list of the rows of one record, where none is declared: such
/// a list is known by then.
fn names_rows(written: &str) -> bool {
    written.strip_prefix("rows").is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}

/// A field that differs in case, accents or blanks only, else the nearest.
fn nearest_field(written: &str, known: &[String]) -> Option<String> {
    let plain = |text: &str| folded(text).split_whitespace().collect::<String>();
    let same = known.iter().find(|name| plain(name) == plain(written));
    same.cloned()
        .or_else(|| super::super::diagnostic::nearest(written, known.iter().map(String::as_str)))
}

/// Short names that are also fields of the sender, and fields of checks that do not exist.
pub fn check_names(spec: &Spec, each: &[Vec<Each>], schema: &Schema, names: &mut Names<'_>) {
    let known = known(schema);
    for (name, path) in &spec.source.names {
        let hides = known.iter().any(|field| field.keys == [name.value.as_str()]);
        if hides && name.value != path.value {
            names
                .problems
                .error(Code::HiddenField, name.span.clone())
                .arg("name", &name.value)
                .arg("schema", schema.id());
        }
    }
    if known.is_empty() {
        return;
    }
    for check in &spec.checks {
        let path = path_of(&check.at, spec, names);
        if !full_keys(&path, each, &names.levels).iter().any(|keys| exists(keys, &known)) {
            unknown(&path, check.at.span.clone(), schema, each, &known, names);
        }
    }
}

/// Fields with a value of their own that nothing reads, leaves or drops.
fn unused(
    spec: &Spec,
    each: &[Vec<Each>],
    schema: &Schema,
    wanted: &[Wants],
    known: &[Known<'_>],
    names: &mut Names<'_>,
) {
    // The schema of a standard says what anybody could send; what is not read shows in the loss.
    if matches!(spec.source.format, Format::Fhir | Format::Canonical) {
        return;
    }
    let mut used: Vec<Vec<String>> =
        wanted.iter().flat_map(|wants| full_keys(&wants.path, each, &names.levels)).collect();
    for wants in wanted {
        for step in &wants.path.steps {
            if let PathStep::Where(tests) | PathStep::Pick(tests, _) = step {
                let before = wants.path.steps.iter().take_while(|s| !std::ptr::eq(*s, step));
                let before: Vec<PathStep> = before.cloned().collect();
                let by = match step {
                    PathStep::Pick(_, Which::By(order)) => Some(&order.field),
                    _ => None,
                };
                for test in tests.iter().map(|(test, _)| test).chain(by) {
                    let steps = before.iter().chain(test).cloned().collect();
                    let path = SourcePath { steps, ..wants.path };
                    used.extend(full_keys(&path, each, &names.levels));
                }
            }
        }
    }
    // A column that is read in any row is used.
    if let Some(rows) = &spec.source.rows {
        for keys in used.iter_mut().filter(|keys| keys.first() == Some(&rows.name.value)) {
            keys.remove(0);
        }
    }
    let left: Vec<Vec<String>> = spec
        .source
        .ignore
        .iter()
        .chain(&spec.source.drop)
        .flat_map(|word| full_keys(&path_of(word, spec, names), each, &names.levels))
        .collect();
    for field in known {
        let keys: Vec<String> = field.keys.iter().map(|key| (*key).to_owned()).collect();
        let group = known.iter().any(|other| {
            other.keys.len() > field.keys.len() && other.keys.starts_with(&field.keys)
        });
        let is_used = used.contains(&keys)
            || (field.keys.last() == Some(&"#text")
                && used.iter().any(|used| Some(used.as_slice()) == keys.split_last().map(|s| s.1)));
        let is_left = left.iter().any(|left| keys.starts_with(left));
        if !group && !is_used && !is_left {
            names
                .problems
                .warning(Code::UnusedField, spec.source.schema.span.clone())
                .arg("field", field.keys.join("."))
                .arg("schema", schema.id());
        }
    }
}
