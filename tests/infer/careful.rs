//! What a draft must never do: copy a person's value, or fall over a file.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;

use dankun::mapping::Library;
use dankun::mapping::infer::{Ask, infer};
use dankun::model::Language;
use dankun::schema::Catalog;

use super::drafts::{beneficiary, codes, draft, root};

/// Columns of people in the CSV exports, by number.
const PERSONAL: &[(&str, &str, char, usize, &[usize])] = &[
    ("ml-utm", "utm_mutuelles.csv", ';', 1, &[0, 3, 4, 6, 11, 12]),
    ("ng-nhia", "ng_nhia.csv", ',', 1, &[0, 1, 2, 3, 5, 7, 8, 9]),
    ("ml-synd", "syndicat.csv", '|', 1, &[2, 4, 5, 6, 9]),
    ("ci-necab", "necab_coop.csv", ';', 4, &[2, 3, 6, 7, 8]),
];

#[test]
fn a_draft_holds_no_value_of_a_person() {
    for (scheme, name, delimiter, header, columns) in PERSONAL {
        let bytes = fs::read(root().join("demo").join(name)).unwrap();
        let (draft, _) = draft(&bytes, scheme, None);
        let written = format!("{}{}", draft.mapping, draft.schema);
        let words: BTreeSet<&str> =
            written.split(|c: char| "\"{}[]:,\n".contains(c)).map(str::trim).collect();
        let (text, _, _) = encoding_rs::WINDOWS_1252.decode(&bytes);
        let mut looked_at = 0;
        for line in text.lines().skip(*header) {
            let cells: Vec<&str> = line.split(*delimiter).collect();
            for cell in columns.iter().filter_map(|at| cells.get(*at)).filter(|cell| cell.len() > 4)
            {
                looked_at += 1;
                // 1985-06-14 and 2025-01-01 are also days that drafts invent.
                let invented = cell.contains("1985") || cell.contains("2025");
                assert!(invented || !words.contains(cell.trim()), "{name}: {cell} was copied");
            }
        }
        assert!(looked_at > 50, "{name}: {looked_at} cells");
    }
}

#[test]
fn a_file_cut_anywhere_gives_a_draft_or_an_answer() {
    let (schemas, codes) = (Catalog::parse([beneficiary()]).unwrap(), codes());
    let library = Library { schemas: &schemas, codes: &codes };
    let ask = Ask { scheme: "xx-cut", country: None, language: Language::French, library };
    let mut drafts = 0;
    for name in ["canam_amo.xml", "anam_ramed.json", "fhir_bundle.json", "necab_coop.csv"] {
        let bytes = fs::read(root().join("demo").join(name)).unwrap();
        for length in [0, 1, 7, 60, 333, 1_500, 4_001] {
            let cut = bytes.get(..length).unwrap_or(&bytes).to_vec();
            match infer(Box::new(Cursor::new(cut)), &ask) {
                Ok(draft) => drafts += usize::from(!draft.mapping.is_empty()),
                Err(error) => {
                    assert!(!error.to_string().contains("compile"), "{name} {length}: {error}")
                }
            }
        }
    }
    assert!(drafts > 5, "only {drafts} drafts");
}
