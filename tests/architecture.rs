//! Who may name whom. To add an arrow, edit [`ALLOWED`] in the same commit and defend it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each top-level module, the modules that it may name with `crate::`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("messages", &["model"]),
    ("format", &["model"]),
    ("schema", &["format", "model"]),
    ("mapping", &["format", "messages", "model", "schema"]),
    ("matching", &["model"]),
    ("identity", &["matching", "model"]),
    // A model file of a linkage is read, and its mistakes are told, as those of a mapping.
    ("linkage", &["mapping", "matching"]),
    ("eligibility", &["format", "messages", "model"]),
    // Says in resources what eligibility decides, and reads questions out of them; http alone uses it.
    ("fhir", &["eligibility", "messages", "model"]),
    // What a signed answer says and how it is checked: about eligibility, and nothing else.
    ("proof", &["eligibility", "model"]),
    // The same in the messages of SPDCI, which are signed with the keys of answers.
    ("spdci", &["eligibility", "messages", "model", "proof"]),
    // What is asked of a sign-in provider and believed of its answer.
    ("oidc", &["model"]),
    // Rows hold delivery's kinds and states as they are, as they do those of the modules beside it.
    ("store", &["delivery", "eligibility", "identity", "model", "proof"]),
    // Delivery's plan and signature are pure; its client is the only place that calls out.
    ("delivery", &["model"]),
    (
        "operations",
        &[
            "delivery",
            "eligibility",
            "format",
            "identity",
            "linkage",
            "mapping",
            "matching",
            "messages",
            "model",
            // Who is let in by an institution's word.
            "oidc",
            "proof",
            "schema",
            // What another registry asks now and is told later: read, answered and kept in its own messages.
            "spdci",
            "store",
        ],
    ),
    (
        "http",
        &[
            "delivery",
            "eligibility",
            "fhir",
            "format",
            "mapping",
            "messages",
            "model",
            "operations",
            // The QR code of a card.
            "proof",
            "spdci",
        ],
    ),
    // The page: what people do through a browser, by the same operations. `http` carries it and says what a problem is; a
    // code to be photographed is drawn by `proof`.
    ("ui", &["eligibility", "http", "mapping", "messages", "model", "operations", "proof"]),
    (
        "cli",
        // `serve` builds the client that calls subscribers: which addresses it may reach is a setting.
        &[
            "delivery",
            "eligibility",
            "format",
            "http",
            "linkage",
            "mapping",
            "messages",
            "model",
            // `serve` reads the file of sign-in providers.
            "oidc",
            "operations",
            // Signed answers are checked without a hub.
            "proof",
            "store",
            // `serve` hands the pages to `http`.
            "ui",
        ],
    ),
];

/// Modules that must stay pure: none of these words may stand in their sources.
const PURE: &[&str] = &[
    "model",
    "messages",
    "format",
    "schema",
    "mapping",
    "matching",
    "identity",
    "linkage",
    "eligibility",
    "fhir",
    "oidc",
    "proof",
    "spdci",
];

/// What purity forbids: clocks, files, network, database, randomness, environment.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio::",
    "sqlx::",
    "reqwest::",
    "rand::",
];

fn sources(root: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root).expect("src is readable") {
        let path = entry.expect("an entry of src").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The top-level module of a file, and its code without comments and without its tests.
fn modules() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "the walk over src found only {} files", files.len());
    let mut result = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src").to_path_buf();
        let first = relative.components().next().expect("a file name").as_os_str();
        let module = first.to_string_lossy().trim_end_matches(".rs").to_owned();
        if ["lib", "main", "build"].contains(&module.as_str()) || relative.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a readable source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| [line, "\n"])
            .collect();
        result.push((module, relative, code));
    }
    result
}

/// The modules that a source names by `crate::module`, also in `use crate::{a, b::c}`.
fn named(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let group = match rest.strip_prefix('{') {
            Some(inner) => inner.split("};").next().unwrap_or_default(),
            None => {
                rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
            }
        };
        let mut depth = 0;
        let mut word = String::new();
        for c in group.chars().chain([',']) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' | ':' if depth == 0 => {
                    let name = word.trim();
                    if ALLOWED.iter().any(|(module, _)| *module == name) {
                        found.insert(name.to_owned());
                    }
                    word.clear();
                }
                _ if depth == 0 => word.push(c),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn arrows_point_inwards() {
    let mut wrong = Vec::new();
    for (module, file, code) in modules() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: module `{module}` is not in the list", file.display()));
            continue;
        };
        for other in named(&code) {
            if other != module && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{}: `{module}` names `{other}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that nobody allowed:\n{}", wrong.join("\n"));
}

#[test]
fn the_middle_is_pure() {
    let mut wrong = Vec::new();
    for (module, file, code) in modules() {
        if !PURE.contains(&module.as_str()) {
            continue;
        }
        for word in IMPURE.iter().filter(|word| names_word(&code, word)) {
            wrong.push(format!("{}: `{word}`", file.display()));
        }
    }
    assert!(wrong.is_empty(), "impure words in pure modules:\n{}", wrong.join("\n"));
}

/// Whether `code` holds `word` from the start of a name: `operand::` does not hold `rand::`.
fn names_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn the_arrow_finder_sees_grouped_and_plain_paths() {
    let code =
        "use crate::{format::Events, model::{Issue, store}};\nlet x = crate::schema::Catalog;";
    let expected = ["format", "model", "schema"].map(str::to_owned);
    assert_eq!(named(code), BTreeSet::from(expected));
}

#[test]
fn paths_in_the_pages_on_how_it_is_built_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["docs/architecture.md", "docs/decisions.md"] {
        let page = fs::read_to_string(root.join(name)).expect(name);
        let mut checked = 0;
        for quoted in page.split('`').skip(1).step_by(2) {
            let looks_like_a_path =
                ["src/", "docs/", "tests/", "mappings/", "schemas/", "migrations/"]
                    .iter()
                    .any(|start| quoted.starts_with(start));
            if looks_like_a_path && !quoted.contains(['<', '*', '{']) {
                checked += 1;
                assert!(root.join(quoted).exists(), "{name} names `{quoted}`");
            }
        }
        assert!(checked > 5, "only {checked} paths found in {name}");
    }
}
