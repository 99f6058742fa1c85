//! The mappings of the repository, compiled, and a file through one of them.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::format::{JsonSink, Reader, Writer};
use crate::mapping::{Codes, Gathered, Library, Mapping, Outcome, Run, RunContext, compile};
use crate::schema::Catalog;

/// The order of the mappings is the first byte of an input: it stays as it is.
const SHIPPED: [&str; 9] = [
    "ml-utm",
    "ml-canam",
    "ml-anam",
    "ci-cnam",
    "ng-nhia",
    "ml-openimis",
    "ci-necab",
    "ml-synd",
    "fhir-r4",
];

pub const TODAY: Date = Date::constant(2025, 12, 31);

/// The mappings that the first byte of an input chooses among.
pub struct Shipped {
    mappings: Vec<Mapping>,
    catalog: Catalog,
}

fn files(folder: &Path, extension: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder of the repository");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let paths = paths.filter(|path| path.extension().is_some_and(|known| known == extension));
    let file = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, fs::read_to_string(path).expect("a text"))
    };
    paths.map(file).collect()
}

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every schema of the repository.
pub fn catalog() -> Catalog {
    let folders = fs::read_dir(root().join("schemas")).expect("the schemas");
    let folders = folders.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let schemas = folders.flat_map(|folder| {
        let id = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let versions = files(&folder, "json").into_iter();
        versions.map(move |(version, text)| (format!("{id}/{version}"), text)).collect::<Vec<_>>()
    });
    Catalog::parse(schemas).expect("schemas that compile")
}

impl Shipped {
    /// Compiles them.
    pub fn load() -> Self {
        let catalog = catalog();
        let codes = files(&root().join("mappings/codes"), "yaml");
        let codes = Codes::parse(codes.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let codes = codes.expect("tables that compile");
        let library = Library { schemas: &catalog, codes: &codes };
        let mapping = |id: &&str| {
            let file = root().join(format!("mappings/{id}.yaml"));
            let text = fs::read_to_string(file).expect("a mapping");
            compile(&text, id, &library).0.expect("a mapping that compiles")
        };
        let mappings = SHIPPED.iter().map(mapping).collect();
        Self { mappings, catalog }
    }

    /// A file there and back: what is accepted follows `beneficiary/1`, and is written again, alone
    /// and onto what was sent.
    pub fn whole(&self, data: &[u8]) {
        let Some((&choice, file)) = data.split_first() else { return };
        let mapping = &self.mappings[usize::from(choice) % self.mappings.len()];
        let reader = Reader::new(Box::new(Cursor::new(file.to_vec())), &mapping.read_options());
        let scheme = mapping.id().parse().expect("a scheme's id");
        let mut run = Run::new(mapping, reader, RunContext { scheme, today: TODAY });
        let mut writer = Writer::new(Box::new(std::io::sink()), &mapping.write_options())
            .expect("an encoding that can be written");
        while let Some(outcome) = run.next() {
            match outcome {
                Outcome::Accepted(record) => {
                    let document = serde_json::from_slice(&record.canonical).expect("JSON");
                    let canonical = self.catalog.get("beneficiary/1").expect("the schema");
                    assert!(canonical.accepts(&document), "{document}");
                    let alone =
                        Gathered::of_one(mapping, &record.canonical).expect("the same JSON");
                    mapping.build(&alone).write(&mut writer.record());
                    let base = mapping.base(&record.raw, &record.around, TODAY);
                    let base = base.expect("what was read can be read again");
                    mapping.build_onto(&alone, &base).write(&mut JsonSink::new());
                }
                Outcome::Refused(refusal) => assert!(!refusal.issues.is_empty()),
            }
        }
        drop(run.finish());
        writer.finish().expect("a sink takes all");
    }
}
