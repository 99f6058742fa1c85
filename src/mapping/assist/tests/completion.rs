//! What is proposed, and what is written when a proposal is taken.

use super::*;

fn proposed((text, offset): &(String, usize)) -> Vec<Proposal> {
    Assist::new(text, *offset, library(), Language::French).complete()
}

fn labels(place: &(String, usize)) -> Vec<String> {
    proposed(place).into_iter().map(|proposal| proposal.label).collect()
}

/// All these are proposed.
fn offers(place: &(String, usize), wanted: &[&str]) {
    let found = labels(place);
    for label in wanted {
        assert!(found.iter().any(|found| found == label), "`{label}` is not in {found:?}");
    }
}

/// The line of the cursor once a proposal is taken.
fn taken((text, offset): &(String, usize), label: &str) -> String {
    let found = proposed(&(text.clone(), *offset));
    let proposal = found.iter().find(|proposal| proposal.label == label);
    let proposal = proposal.unwrap_or_else(|| panic!("`{label}` is not proposed"));
    let mut done = text.clone();
    done.replace_range(proposal.replace.clone(), &proposal.insert);
    let line = done.get(..proposal.replace.start).unwrap_or_default().matches('\n').count();
    done.lines().nth(line).unwrap_or_default().to_owned()
}

#[test]
fn keys_are_proposed_by_context_without_those_that_are_there() {
    offers(&at_mark("map‸"), &["mapping", "source", "fields"]);
    let place = utm("  format: csv\n", "  format: csv\n  ‸\n");
    offers(&place, &["encoding", "skip_when"]);
    assert!(!labels(&place).iter().any(|label| label == "delimiter"), "it is there");
    offers(&utm("person.sex: { from: Sexe,", "person.sex: { from: Sexe, ‸"), &["on_error", "if"]);
    assert!(proposed(&place).iter().all(|proposal| !proposal.meaning.is_empty()));
}

#[test]
fn target_paths_carry_the_labels_of_the_file() {
    let place = utm("fields:\n", "fields:\n  ‸\n");
    offers(
        &place,
        &["person.nationality", "coverages[utm].policy_number", "person.addresses[home].text"],
    );
    assert!(!labels(&place).iter().any(|label| label == "person.sex"), "it is filled");
    assert_eq!(taken(&place, "coverages[utm].student"), "  coverages[utm].student: ");
}

#[test]
fn fields_of_the_sender_and_names_are_proposed_and_quoted_where_yaml_needs_it() {
    let place = utm("from: Nom,", "from: ‸,");
    offers(&place, &["STATUT", "rights_start", "Nom", "Date de naissance"]);
    let line = taken(&place, "Cotisation mensuelle (FCFA)");
    assert!(line.contains("{ from: Cotisation mensuelle (FCFA), do:"), "{line}");
    let nested = shipped("ml-canam");
    let nested = nested.replacen("fields:\n", "fields:\n  person.x: { from: ‸ }\n", 1);
    offers(&at_mark(&nested), &["@numImmatriculation", "droits.@fin"]);
    assert!(taken(&at_mark(&nested), "@numImmatriculation").contains("from: \"@num"));
}

#[test]
fn verbs_are_proposed_with_their_examples() {
    let place = utm("do: [squeeze] }", "do: [‸] }");
    offers(&place, &["trim", "date", "check_digit"]);
    assert!(taken(&place, "split").contains("do: [{ split: "));
    assert!(taken(&place, "trim").contains("do: [trim] }"));
    let layouts = utm("{ date: dd/MM/yyyy }", "{ date: ‸ }");
    offers(&layouts, &["dd/MM/yyyy", "serial"]);
    offers(&utm("{ keep: alphanumeric }", "{ keep: a‸ }"), &["digits", "letters"]);
}

#[test]
fn codes_of_both_sides_are_proposed_in_tables() {
    offers(&utm("ADH: head", "ADH: ‸"), &["spouse", "sibling"]);
    offers(&utm("ADH: head, ", "‸, "), &["ADH"]);
    offers(&utm("every: { value: month }", "every: { value: ‸ }"), &["month", "year"]);
    let table = "tables:\n  kin: { rows: { ADH: ‸ } }\nfields:\n  household.relationship: { from: L, table: kin }\n";
    offers(&at_mark(table), &["head", "child"]);
    offers(&utm("table: { codes: ml-regions,", "table: { codes: ‸,"), &["ml-regions", "countries"]);
}

#[test]
fn a_condition_proposes_names_functions_and_the_codes_of_a_field() {
    let place = utm("if: \"STATUT == 'DC'\"", "if: \"‸\"");
    offers(&place, &["STATUT", "rights_end", "today", "has"]);
    assert!(taken(&place, "Date de naissance").contains("if: \"`Date de naissance`\""));
    let codes = utm("if: \"STATUT == 'DC'\"", "if: \"STATUT == '‸'\"");
    offers(&codes, &["AJ", "SU"]);
    let back = utm("has(`coverages[utm].status`)", "has(‸)");
    offers(&back, &["person.death_date", "coverages[utm].status"]);
    assert!(taken(&back, "coverages[utm].status").contains("has(`coverages[utm].status`)"));
    assert!(Condition::parse("has(`coverages[utm].status`)").is_ok());
}

#[test]
fn other_closed_lists_are_proposed() {
    offers(&utm("format: csv", "format: ‸"), &["csv", "xml", "fhir"]);
    offers(&utm("schema: ml-utm/1", "schema: ‸"), &["ml-utm/1", "ng-nhia/1"]);
    offers(&utm("code: period_inverted", "code: ‸"), &["period_inverted", "future_date"]);
    offers(&utm("record_id: \"{N° adhérent}/{Rang}\"", "record_id: \"{‸}\""), &["NUM", "Rang"]);
    offers(&utm("on_error: error\n", "on_error: ‸\n"), &["error", "warning"]);
    offers(&utm("sample:\n", "sample:\n  ‸\n"), &[]);
    offers(&utm("        sex: female\n", "        ‸\n"), &["sex", "nationality"]);
    offers(&utm("  Lien: CJ", "  Lien: ‸"), &["ADH", "CJ"]);
}

#[test]
fn in_a_repeated_group_fields_of_both_sides_are_those_of_its_items() {
    let targets = grouped("      status:", "      ‸\n      status:");
    offers(&targets, &["period.start", "suspensions[]", "suspensions[0].from"]);
    assert!(!labels(&targets).iter().any(|label| label.starts_with("person.")));
    let paths = grouped("from: droits.@etat", "from: ‸");
    offers(&paths, &["@rang", "droits.@etat", "^.@numImmatriculation"]);
    offers(&grouped("A: active", "A: ‸"), &["suspended", "pending"]);
    offers(&grouped("    key: \"@rang\"\n", "    ‸\n"), &["key", "when"]);
}
