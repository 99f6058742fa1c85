//! The text of a mapping: checked, told in both languages, corrected, and run when it can be.

#![no_main]

use std::fs;
use std::io::Cursor;
use std::sync::LazyLock;

use dankun_fuzz::format::Reader;
use dankun_fuzz::mapping::{Codes, Library, Run, RunContext, compile};
use dankun_fuzz::model::Language;
use dankun_fuzz::schema::Catalog;
use dankun_fuzz::shipped::{TODAY, root};
use libfuzzer_sys::fuzz_target;

static SCHEMAS: LazyLock<Catalog> = LazyLock::new(|| {
    let text = |path: &str| fs::read_to_string(root().join(path)).expect("a schema");
    Catalog::parse([
        ("demo/1".to_owned(), text("tests/mapping/demo.json")),
        ("beneficiary/1".to_owned(), text("schemas/beneficiary/1.json")),
    ])
    .expect("schemas that compile")
});

static CODES: LazyLock<Codes> = LazyLock::new(|| {
    let text = fs::read_to_string(root().join("mappings/codes/countries.yaml")).expect("a table");
    Codes::parse([("countries", text.as_str())]).expect("a table that compiles")
});

const FILE: &[u8] = b"CARTE;NOM;SEXE;NE_LE;FAMILLE\nA1;Traor\xc3\xa9  Awa;F;14/06/1985;F1\nA2;;X;31/02/1990\n";

fuzz_target!(|text: &str| {
    let library = Library { schemas: &SCHEMAS, codes: &CODES };
    let (mapping, mut found) = compile(text, "m.yaml", &library);
    if let Some(mapping) = &mapping {
        found.extend(mapping.run_tests().diagnostics(mapping, text));
        drop(mapping.classes());
        let reader = Reader::new(Box::new(Cursor::new(FILE)), &mapping.read_options());
        let scheme = "demo".parse().expect("a scheme's id");
        let mut run = Run::new(mapping, reader, RunContext { scheme, today: TODAY });
        while run.next().is_some() {}
    }
    // What is told of the first problems is told of the others in the same way.
    for (nth, problem) in found.iter().take(4).enumerate() {
        let language = if nth % 2 == 0 { Language::French } else { Language::English };
        assert!(!problem.render(text, language).is_empty());
        for correction in &problem.corrections {
            drop(correction.apply(text));
        }
    }
});
