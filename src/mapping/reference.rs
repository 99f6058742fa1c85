//! The reference of the language, made of its own declarations: verbs, keys, target fields, functions
//! of conditions, codes of the checks and of issues. `docs/mapping-language.md` and
//! `docs/langage-de-mapping.md` hold these tables between marks, and a test compares them; the command
//! `dankun mapping reference` prints them.

use std::fmt::Write as _;

use crate::model::{IssueCode, Language};

use super::assist::{Group, words};
use super::diagnostic::{self, Code};
use super::target::{FIELDS, LISTS, Takes};
use super::value::{Class, Shape};
use super::verb::{DECLARATIONS, Declaration};

/// The generated parts of the page, each with the name of its mark.
#[must_use]
pub fn parts(language: Language) -> Vec<(&'static str, String)> {
    vec![
        ("verbs", verbs(language)),
        ("keys", keys(language)),
        ("targets", targets(language)),
        ("functions", functions(language)),
        ("checks", checks(language)),
        ("issues", issues(language)),
    ]
}

const fn pick<'t>(language: Language, fr: &'t str, en: &'t str) -> &'t str {
    match language {
        Language::French => fr,
        Language::English => en,
    }
}

/// A page with its generated parts made anew.
///
/// Parts stand between `<!-- made: NAME -->` and `<!-- end -->`.
#[must_use]
pub fn refresh(page: &str, language: Language) -> String {
    let mut page = page.to_owned();
    for (name, text) in parts(language) {
        let mark = format!("<!-- made: {name} -->\n");
        let Some(start) = page.find(&mark).map(|at| at + mark.len()) else { continue };
        let Some(length) = page.get(start..).and_then(|rest| rest.find("<!-- end -->")) else {
            continue;
        };
        page.replace_range(start..start + length, &format!("\n{text}\n"));
    }
    page
}

/// What the language says of a word: a verb, a key, a target field, a code. `None` when it is none.
#[must_use]
pub fn about(word: &str, language: Language) -> Option<String> {
    let mut said = String::new();
    for verb in DECLARATIONS.iter().filter(|v| v.name == word || v.options.contains(&word)) {
        said.push_str(&one_verb(verb, language));
    }
    for group in Group::ALL.iter().copied() {
        if group.name() == word {
            said.push_str(&one_group(group, language));
        } else if group.keys().contains(&word) {
            let meaning = words::key(language, group, word).unwrap_or_default();
            let _ = writeln!(said, "{} · `{word}`: {meaning}", title(group, language));
        }
    }
    for (path, takes, required) in FIELDS.iter().filter(|f| is_part_of(&plain(word), f.0)) {
        let _ = writeln!(said, "{}", target_row(path, *takes, *required, language));
    }
    for code in Code::ALL.iter().filter(|code| code.number() == word) {
        let _ = writeln!(said, "{} · {}", code.number(), diagnostic::about(*code, language));
    }
    for code in IssueCode::ALL.iter().filter(|c| c.number() == word || c.name() == word) {
        let _ = writeln!(
            said,
            "{} `{}` · {}. {}",
            code.number(),
            code.name(),
            issue_title(*code, language),
            crate::messages::text(language, &format!("issue-{}.mend", code.name()), &[])
        );
    }
    for (_, fr, en) in SAYINGS.iter().filter(|(known, ..)| *known == word) {
        let _ = writeln!(said, "{}", pick(language, fr, en));
    }
    (!said.is_empty()).then_some(said)
}

/// Words of the language that are no verb, key, field or code.
const SAYINGS: &[(&str, &str, &str)] = &[
    (
        "null",
        "`null` : en JSON, une valeur absente, comme une clé qui manque, sauf si le schéma nomme `null` parmi les \
         valeurs ; dans une condition, ce qui est absent (`X == null`)",
        "`null`: in JSON an absent value, as if its key were missing, unless the schema names `null` among the \
         values; in a condition, what is absent (`X == null`)",
    ),
    (
        "^.",
        "`^.` : un niveau plus haut, dans `records: each` et dans les groupes ; `^.^.` deux",
        "`^.`: one level up, inside `records: each` and groups; `^.^.` two",
    ),
    (
        "today",
        "`today` : dans une condition ou dans `born_at`, le jour du passage",
        "`today`: in a condition, or in `born_at`, the day of the run",
    ),
    (
        "edtf",
        "`edtf` : `1985-06-14`, `1985-06`, `1985`, `1985~` ; une forme pour `date`, et celle des dates canoniques",
        "`edtf`: `1985-06-14`, `1985-06`, `1985`, `1985~`; a layout for `date`, and the form of canonical dates",
    ),
    (
        "serial",
        "`serial` : le numéro de jour d'un tableur ; une forme pour `date`",
        "`serial`: a spreadsheet's day number; a layout for `date`",
    ),
    (
        "epoch",
        "`epoch`, `epoch_ms` : secondes, millièmes de seconde depuis 1970 ; des formes pour `date`",
        "`epoch`, `epoch_ms`: seconds, thousandths of a second since 1970; layouts for `date`",
    ),
];

/// Whether a word is a target field, a group above it, or the end of its path.
fn is_part_of(word: &str, field: &str) -> bool {
    let above = field.strip_prefix(word).is_some_and(|rest| rest.starts_with('.'));
    let end = field.strip_suffix(word).is_some_and(|rest| rest.ends_with('.'));
    word == field || above || end
}

/// The nearest word of the language.
#[must_use]
pub fn nearest(word: &str) -> Option<String> {
    let options = DECLARATIONS.iter().flat_map(|verb| verb.options).copied();
    let verbs = DECLARATIONS.iter().map(|verb| verb.name);
    let keys = Group::ALL.iter().copied().flat_map(|group| group.keys().iter().copied());
    let codes = IssueCode::ALL.iter().map(|code| code.name());
    let known = verbs.chain(options).chain(keys).chain(codes);
    diagnostic::nearest(word, known.chain(FIELDS.iter().map(|(path, ..)| *path)))
}

/// A target path without the names of its list elements.
fn plain(path: &str) -> String {
    let mut depth = 0_u32;
    path.chars()
        .filter(|c| {
            depth += u32::from(*c == '[');
            let keep = depth == 0;
            depth = depth.saturating_sub(u32::from(*c == ']'));
            keep
        })
        .collect()
}

const fn shape(shape: Shape, language: Language) -> &'static str {
    match shape {
        Shape::Text => pick(language, "texte", "text"),
        Shape::Date => "date",
        Shape::List => pick(language, "liste", "list"),
        Shape::Any => pick(language, "tout", "any"),
    }
}

/// A class of the way back for people.
#[must_use]
pub const fn class(class: Class, language: Language) -> &'static str {
    match class {
        Class::Exact => pick(language, "exact", "exact"),
        Class::EqualUpToForm => pick(language, "égal à la forme près", "equal up to its form"),
        Class::Partial => pick(language, "partiel", "partial"),
        Class::Projection => pick(language, "non écrit", "not written"),
        Class::OneWay => pick(language, "sans retour", "one-way"),
    }
}

fn example(verb: &Declaration) -> String {
    let beside = verb.example.beside.map(|(name, text)| format!(", {name} = `{text}`"));
    format!(
        "`{}` · `{}`{} → `{}`",
        verb.example.steps,
        visible(verb.example.given),
        beside.unwrap_or_default(),
        verb.example.result
    )
}

/// Blanks that Markdown would swallow, and nothing at all.
fn visible(text: &str) -> String {
    if text.is_empty() { "∅".to_owned() } else { text.replace(' ', "␣") }
}

fn one_verb(verb: &Declaration, language: Language) -> String {
    let mut said = format!(
        "{}: {}\n  {} → {}",
        verb.name,
        verb.meaning.text(language),
        shape(verb.takes, language),
        shape(verb.gives, language)
    );
    if let Some(code) = verb.fails {
        let _ = write!(said, " · {} `{}`", pick(language, "échec", "failure"), code.name());
    }
    let _ =
        write!(said, " · {} {}", pick(language, "retour", "way back"), class(verb.class, language));
    if !verb.options.is_empty() {
        let _ = write!(said, " · options {}", verb.options.join(", "));
    }
    let _ = writeln!(said, "\n  {}", example(verb));
    said
}

fn verbs(language: Language) -> String {
    let mut table = String::from(pick(
        language,
        "| verbe | ce qu'il fait | reçoit → donne | échec | retour | exemple (`␣` est une espace) |\n|---|---|---|---|---|---|\n",
        "| verb | what it does | takes → gives | failure | way back | example (`␣` is a blank) |\n|---|---|---|---|---|---|\n",
    ));
    for verb in DECLARATIONS {
        let fails = verb.fails.map(|code| format!("`{}`", code.name())).unwrap_or_default();
        let _ = writeln!(
            table,
            "| `{}` | {} | {} → {} | {fails} | {} | {} |",
            verb.name,
            verb.meaning.text(language),
            shape(verb.takes, language),
            shape(verb.gives, language),
            class(verb.class, language),
            example(verb).replace('|', "\\|"),
        );
    }
    table
}

fn title(group: Group, language: Language) -> String {
    words::say(language, &format!("group-{}", group.name()), &[])
        .unwrap_or_else(|| format!("`{}`", group.name()))
}

fn one_group(group: Group, language: Language) -> String {
    let mut said = format!("{}\n", title(group, language));
    for key in group.keys() {
        let meaning = words::key(language, group, key).unwrap_or_default();
        let _ = writeln!(said, "  {key}: {meaning}");
    }
    said
}

fn keys(language: Language) -> String {
    let mut said = String::new();
    for group in Group::ALL.iter().copied() {
        let head = pick(language, "| clé | sens |", "| key | meaning |");
        let _ = write!(said, "**{}**\n\n{head}\n|---|---|\n", title(group, language));
        for key in group.keys() {
            let meaning = words::key(language, group, key).unwrap_or_default();
            let _ = writeln!(said, "| `{key}` | {} |", meaning.replace('|', "\\|"));
        }
        said.push('\n');
    }
    said
}

/// A target field with a name where its lists want one.
fn shown(path: &str) -> String {
    let mut shown = String::new();
    let mut so_far = String::new();
    let count = path.split('.').count();
    for (i, key) in path.split('.').enumerate() {
        if i > 0 {
            shown.push('.');
            so_far.push('.');
        }
        shown.push_str(key);
        so_far.push_str(key);
        let list = LISTS.contains(&so_far.as_str());
        if so_far == "person.phones" {
            shown.push_str("[]");
        } else if list && i + 1 < count {
            shown.push_str(if so_far.ends_with("suspensions") { "[0]" } else { "[…]" });
        }
    }
    shown
}

fn takes(takes: Takes, language: Language) -> String {
    match takes {
        Takes::Text => pick(language, "texte", "text").to_owned(),
        Takes::PartialDate => pick(
            language,
            "date, même incomplète (`1985`, `1985~`)",
            "a date, partial too (`1985`, `1985~`)",
        )
        .to_owned(),
        Takes::Day => pick(language, "jour entier", "a whole day").to_owned(),
        Takes::Boolean => "`true`, `false`".to_owned(),
        Takes::Texts => pick(language, "liste de textes", "a list of texts").to_owned(),
        Takes::Code(codes) => {
            codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
        }
        Takes::Hub => pick(language, "rempli par le carrefour", "filled by the hub").to_owned(),
    }
}

fn target_row(path: &str, what: Takes, required: bool, language: Language) -> String {
    let required = if required && what != Takes::Hub { pick(language, "oui", "yes") } else { "" };
    format!("| `{}` | {} | {required} |", shown(path), takes(what, language))
}

fn targets(language: Language) -> String {
    let mut table = String::from(pick(
        language,
        "| champ | prend | obligatoire dans son groupe |\n|---|---|---|\n",
        "| field | takes | required in its group |\n|---|---|---|\n",
    ));
    for (path, what, required) in FIELDS.iter().filter(|field| field.0 != "extensions") {
        let _ = writeln!(table, "{}", target_row(path, *what, *required, language));
    }
    let text = pick(language, "texte", "text");
    let _ = writeln!(table, "| `extensions.SCHEME.NAME` | {text} | |");
    table
}

fn functions(language: Language) -> String {
    let all: &[(&str, &str, &str)] = &[
        ("has(x)", "`x` est présent", "`x` is present"),
        ("size(x)", "le nombre de caractères de `x`", "the number of characters of `x`"),
        ("x.startsWith('…')", "`x` commence par ce texte", "`x` begins with this text"),
        ("x.endsWith('…')", "`x` finit par ce texte", "`x` ends with this text"),
        ("x.contains('…')", "`x` contient ce texte", "`x` contains this text"),
        (
            "x.matches('…')",
            "`x` contient ce que l'expression régulière décrit",
            "`x` holds what the regular expression describes",
        ),
        (
            "x == 'A', x != 'A'",
            "égal, différent ; un champ absent est différent de tout",
            "equal, different; an absent field differs from everything",
        ),
        ("x in ['A', 'B']", "l'un de ces textes", "one of these texts"),
        (
            "'A' in x[]",
            "l'un des textes de la liste `x` est celui-ci",
            "one of the texts of the list `x` is this",
        ),
        (
            "< <= > >=",
            "ordre, de nombres ou de dates ; faux si l'un des deux est absent",
            "order, of numbers or dates; false when one of the two is absent",
        ),
        ("&& || !", "et, ou, non", "and, or, not"),
    ];
    let mut table = String::from(pick(
        language,
        "| écriture | sens |\n|---|---|\n",
        "| written | meaning |\n|---|---|\n",
    ));
    for (written, fr, en) in all {
        let _ =
            writeln!(table, "| `{}` | {} |", written.replace('|', "\\|"), pick(language, fr, en));
    }
    table
}

fn checks(language: Language) -> String {
    let mut table = String::from(pick(
        language,
        "| code | ce qui ne va pas |\n|---|---|\n",
        "| code | what is wrong |\n|---|---|\n",
    ));
    for code in Code::ALL {
        let _ = writeln!(table, "| `{}` | {} |", code.number(), diagnostic::about(*code, language));
    }
    table
}

fn issue_title(code: IssueCode, language: Language) -> String {
    crate::messages::text(language, &format!("issue-{}.title", code.name()), &[])
}

fn issues(language: Language) -> String {
    let mut table = String::from(pick(
        language,
        "| numéro | nom | sens |\n|---|---|---|\n",
        "| number | name | meaning |\n|---|---|---|\n",
    ));
    for code in IssueCode::ALL {
        let _ = writeln!(
            table,
            "| `{}` | `{}` | {} |",
            code.number(),
            code.name(),
            issue_title(*code, language)
        );
    }
    table
}
