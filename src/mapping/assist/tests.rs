use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::codes::Codes;
use super::super::condition::Condition;
use super::super::diagnostic::Diagnostics;
use super::super::function::date::Layout;
use super::super::yaml::{self, Kind, Node};
use super::*;
use crate::operations::library::{self, DataFile, Kind as FileKind};
use crate::schema::Catalog;

use place::Group;

mod completion;
mod reading;

/// The shipped files with what mappings may refer to.
struct Shipped {
    files: Vec<DataFile>,
    schemas: Catalog,
    codes: Codes,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    let files = library::gather(None, None).expect("the shipped files");
    let of = |kind| files.iter().filter(move |file: &&DataFile| file.kind == kind);
    let schemas = of(FileKind::Schema).map(|file| (file.name.clone(), file.text.clone()));
    let schemas = Catalog::parse(schemas).expect("the shipped schemas");
    let codes = of(FileKind::Codes).map(|file| (&*file.path, &*file.text));
    let codes = Codes::parse(codes).expect("the shipped codes");
    Shipped { files, schemas, codes }
});

fn library() -> Library<'static> {
    Library { schemas: &SHIPPED.schemas, codes: &SHIPPED.codes }
}

/// The mappings and shared tables.
fn texts() -> Vec<&'static str> {
    let of = |file: &&DataFile| matches!(file.kind, FileKind::Mapping | FileKind::Codes);
    SHIPPED.files.iter().filter(of).map(|file| &*file.text).collect()
}

fn shipped(name: &str) -> &'static str {
    let file = SHIPPED.files.iter().find(|f| f.kind == FileKind::Mapping && f.name == name);
    &file.expect("a shipped mapping").text
}

/// A text with the cursor at `‸`.
fn at_mark(text: &str) -> (String, usize) {
    let offset = text.find('‸').expect("a mark");
    (text.replace('‸', ""), offset)
}

/// The shipped mapping of the UTM with its first `old` replaced by a `new` that holds the mark.
fn utm(old: &str, new: &str) -> (String, usize) {
    let text = shipped("ml-utm");
    assert!(text.contains(old), "`{old}` is not in ml-utm");
    at_mark(&text.replacen(old, new, 1))
}

fn hovered((text, offset): &(String, usize), language: Language) -> String {
    let assist = Assist::new(text, *offset, library(), language);
    assist.hover().map(|hover| hover.text).unwrap_or_default()
}

fn defined((text, offset): &(String, usize)) -> Option<(Option<String>, String)> {
    let found = Assist::new(text, *offset, library(), Language::French).definition()?;
    let here = text.get(found.span.clone()).unwrap_or_default().to_owned();
    Some((found.codes, here))
}

#[test]
fn every_key_of_the_language_has_a_meaning_in_both_languages() {
    for language in Language::ALL {
        for group in Group::ALL {
            for key in group.keys() {
                let said = words::key(language, *group, key);
                assert!(said.is_some(), "{}: `{key}` of {}", language.tag(), group.name());
            }
        }
    }
}

#[test]
fn proposed_date_layouts_read_their_examples() {
    for (layout, _) in complete::LAYOUTS {
        assert!(Layout::parse(layout).is_ok(), "{layout}");
    }
}

#[test]
fn a_canonical_field_is_explained_with_its_codes() {
    let place = utm("person.sex: {", "person.s‸ex: {");
    let french = hovered(&place, Language::French);
    assert!(french.contains("Sexe") && french.contains("`female`"), "{french}");
    let english = hovered(&place, Language::English);
    assert!(english.contains("Sex") && english.contains("Codes: `female`"), "{english}");
}

#[test]
fn a_source_field_is_explained_with_its_sample_values_also_behind_a_short_name() {
    let direct = hovered(&utm("from: Nom,", "from: N‸om,"), Language::English);
    assert!(direct.contains("**Nom**") && direct.contains("Examples: `TRAORÉ`"), "{direct}");
    let short = hovered(&utm("from: LIEN", "from: LI‸EN"), Language::English);
    assert!(short.contains("**Lien**") && short.contains("`ADH`"), "{short}");
}

#[test]
fn a_verb_is_explained_with_its_failure_and_its_way_back() {
    let place = utm("{ phone: ML }", "{ pho‸ne: ML }");
    let french = hovered(&place, Language::French);
    assert!(french.contains("bad_phone") && french.contains("retour"), "{french}");
    let english = hovered(&place, Language::English);
    assert!(english.contains("bad_phone") && english.contains("way back"), "{english}");
}

#[test]
fn words_of_a_condition_are_explained_one_by_one() {
    let name =
        hovered(&utm("if: \"STATUT == 'DC'\"", "if: \"STA‸TUT == 'DC'\""), Language::English);
    assert!(name.contains("**Statut**"), "{name}");
    let function = "has(person.death_date)\", value: DC";
    let function =
        hovered(&utm(function, "h‸as(person.death_date)\", value: DC"), Language::French);
    assert!(function.contains("présent"), "{function}");
}

#[test]
fn a_name_leads_to_its_line_and_a_table_to_its_entry() {
    let value = defined(&utm("from: rights_start", "from: rights‸_start"));
    assert_eq!(value, Some((None, "rights_start".to_owned())));
    let short = defined(&utm("when: \"LOCALITE ==", "when: \"LOC‸ALITE =="));
    assert_eq!(short, Some((None, "LOCALITE".to_owned())));
    let text = "mapping: x\ntables:\n  sex: { rows: { M: male } }\nfields:\n  person.sex: { from: S, table: s‸ex }\n";
    assert_eq!(defined(&at_mark(text)), Some((None, "sex".to_owned())));
}

#[test]
fn a_value_of_the_sample_leads_to_its_row_here_or_in_the_shared_table() {
    assert_eq!(defined(&utm("Lien: CJ", "Lien: C‸J")), Some((None, "CJ".to_owned())));
    let (text, offset) = utm("Région: \"00\"", "Région: \"0‸0\"");
    let found = Assist::new(&text, offset, library(), Language::French).definition();
    let found = found.expect("a row");
    assert_eq!(found.codes.as_deref(), Some("ml-regions"));
    let codes = SHIPPED.files.iter().find(|f| f.kind == FileKind::Codes && f.name == "ml-regions");
    assert_eq!(codes.and_then(|file| file.text.get(found.span)), Some("\"00\""));
}

/// A mapping with a repeated group, the mark in it.
fn grouped(old: &str, new: &str) -> (String, usize) {
    let text = "mapping: ci-x\nsource:\n  format: xml\n  schema: ml-canam/1\nfields:\n  coverages[]:\n    each: ayantsDroit.ayantDroit\n    key: \"@rang\"\n    fields:\n      status: { from: droits.@etat, table: { A: active } }\n      contract_id: { from: \"^.@numImmatriculation\" }\n";
    assert!(text.contains(old), "`{old}` is not in the group");
    at_mark(&text.replacen(old, new, 1))
}

#[test]
fn paths_in_a_repeated_group_start_at_its_items() {
    let status = hovered(&grouped("status:", "sta‸tus:"), Language::English);
    assert!(status.contains("**coverages[].status**") && status.contains("`active`"), "{status}");
    let rank = hovered(&grouped("\"@rang\"", "\"@ra‸ng\""), Language::English);
    assert!(rank.contains("**@rang**"), "{rank}");
    let up = hovered(&grouped("^.@num", "^.@n‸um"), Language::English);
    assert!(up.contains("**^.@numImmatriculation**"), "{up}");
}

#[test]
fn the_parts_of_a_file_are_listed_also_while_it_is_broken() {
    let (text, _) = utm("source:\n", "source:\n  ‸form\n");
    let symbols = Assist::new(&text, 0, library(), Language::French).symbols();
    let names: Vec<&str> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
    assert!(names.starts_with(&["mapping", "version", "title", "source", "target"]), "{names:?}");
    let fields = symbols.iter().find(|symbol| symbol.name == "fields").expect("fields");
    assert!(fields.parts.iter().any(|part| part.name == "person.sex"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_and_no_offset_breaks_the_help(
        file in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        drop in 0_usize..40,
        at in any::<prop::sample::Index>(),
        noise in "[ \\n:,{}\\[\\]\"'`#|>~é-]{0,6}",
    ) {
        let texts = texts();
        let text = texts[file.index(texts.len())];
        let cut = text.floor_char_boundary(cut.index(text.len() + 1));
        let resume = text.ceil_char_boundary((cut + drop).min(text.len()));
        // Cut off, or with a hole and noise in it, as a text is while somebody writes.
        let rest = if drop % 2 == 0 { "" } else { text.get(resume..).unwrap_or_default() };
        let broken = format!("{}{noise}{rest}", text.get(..cut).unwrap_or_default());
        for offset in [at.index(broken.len() + 9), cut, cut + noise.len()] {
            let assist = Assist::new(&broken, offset, library(), Language::French);
            for proposal in assist.complete() {
                prop_assert!(broken.get(proposal.replace.clone()).is_some(), "{proposal:?}");
            }
            if let Some(hover) = assist.hover() {
                prop_assert!(broken.get(hover.span.clone()).is_some(), "{hover:?}");
            }
            if let Some(found) = assist.definition().filter(|found| found.codes.is_none()) {
                prop_assert!(broken.get(found.span.clone()).is_some(), "{found:?}");
            }
            for symbol in assist.symbols() {
                prop_assert!(broken.get(symbol.span.clone()).is_some(), "{symbol:?}");
            }
        }
    }
}
