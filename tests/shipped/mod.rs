//! The shipped mappings, compiled.

#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use dankun::mapping::{Codes, Library, Mapping, compile};
use dankun::schema::Catalog;
use jiff::civil::Date;

/// The exports of the demonstration, with the scheme that sends each.
pub const EXPORTS: &[(&str, &str)] = &[
    ("ml-utm", "utm_mutuelles.csv"),
    ("ml-canam", "canam_amo.xml"),
    ("ml-anam", "anam_ramed.json"),
    ("ci-cnam", "ci_cmu.ndjson"),
    ("ng-nhia", "ng_nhia.csv"),
    ("ml-openimis", "fhir_bundle.json"),
    ("ci-necab", "necab_coop.csv"),
    ("ml-synd", "syndicat.csv"),
];

/// The day on which the exports were extracted.
pub const EXTRACTED: Date = Date::constant(2025, 12, 31);

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The folder of what third parties wrote, beside the repository; `DANKUN_SHARED` says where else.
pub fn shared() -> PathBuf {
    std::env::var_os("DANKUN_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from)
}

fn texts(directory: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(directory)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|known| known == extension) {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// Every schema of the repository.
pub fn catalog() -> Catalog {
    let mut schemas = Vec::new();
    for entry in fs::read_dir(root().join("schemas")).unwrap() {
        let directory = entry.unwrap().path();
        if directory.is_dir() {
            let name = directory.file_name().unwrap().to_str().unwrap().to_owned();
            let files = texts(&format!("schemas/{name}"), "json").into_iter();
            schemas.extend(files.map(|(version, text)| (format!("{name}/{version}"), text)));
        }
    }
    Catalog::parse(schemas).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Every shared code table of the repository.
pub fn codes() -> Codes {
    let codes = texts("mappings/codes", "yaml");
    let codes = Codes::parse(codes.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    codes.unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// A shipped mapping.
pub fn mapping(id: &str) -> Mapping {
    let (schemas, codes) = (catalog(), codes());
    let library = Library { schemas: &schemas, codes: &codes };
    let file = format!("mappings/{id}.yaml");
    let text = fs::read_to_string(root().join(&file)).unwrap();
    compile(&text, &file, &library).0.unwrap_or_else(|| panic!("{id} does not compile"))
}
