//! Formats of other countries that no shipped mapping knows, their headers chosen after the
//! dictionary was written.

use std::collections::BTreeSet;

use dankun::mapping::infer::Draft;

use super::drafts::{draft, proposed};

const GIVEN: [&str; 8] = ["Rosa", "Ama", "Joao", "Kwame", "Fatou", "Pedro", "Efua", "Moussa"];
const FAMILY: [&str; 7] = ["Machava", "Boateng", "Ndiaye", "Cossa", "Mensah", "Diop", "Sitoe"];

fn pick<'a>(words: &[&'a str], seed: u32) -> &'a str {
    words[seed as usize % words.len()]
}

fn assert_pairs(draft: &Draft, expected: &[(&str, &str)]) {
    let found = proposed(draft);
    let missing: BTreeSet<_> = expected
        .iter()
        .filter(|(target, path)| !found.contains(&((*target).to_owned(), (*path).to_owned())))
        .collect();
    assert!(missing.is_empty(), "missing {missing:?}\nfound {found:#?}\n{}", draft.mapping);
}

#[test]
fn a_portuguese_list_with_titles_is_understood() {
    let mut text = "INSTITUTO NACIONAL;;;;;;;;;;;;;\nLista de utentes 2026;;;;;;;;;;;;;\n\
        Nº do Utente;Apelido;Nome próprio;Género;Data de nascimento;Distrito;Bairro;Telemóvel;\
        B.I. nº;Nº do Agregado;Grau de parentesco;Situação;Início da validade;Validade até\n"
        .to_owned();
    for n in 0..60_u32 {
        let head = n % 3 == 0;
        text.push_str(&format!(
            "U{:05};{};{};{};{:02}-{:02}-{};{};Bairro {};8{}{:07};{:012}B;AG{:04};{};{};01-01-2026;31-12-2026\n",
            70_000 + n,
            pick(&FAMILY, n / 3),
            pick(&GIVEN, n * 5 + n / 8),
            if n % 2 == 0 { "H" } else { "M" },
            1 + n % 28,
            1 + n % 12,
            1950 + n % 60,
            pick(&["Matola", "Boane", "Marracuene"], n),
            n % 9,
            pick(&["2", "4", "6"], n),
            1_234_567 + n * 7919,
            110_100_000_000_u64 + u64::from(n) * 7_777_777,
            n / 3,
            if head { "Titular" } else { pick(&["Cônjuge", "Filho"], n) },
            pick(&["Activo", "Activo", "Suspenso", "Cancelado"], n),
        ));
    }
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let (draft, _) = draft(&bytes, "mz-ins", None);
    assert_pairs(
        &draft,
        &[
            ("person.names.family", "Apelido"),
            ("person.names.given", "Nome próprio"),
            ("person.sex", "Género"),
            ("person.birth_date", "Data de nascimento"),
            ("person.phones", "Telemóvel"),
            ("person.addresses.district", "Distrito"),
            ("person.addresses.locality", "Bairro"),
            ("household.id", "Nº do Agregado"),
            ("household.relationship", "Grau de parentesco"),
            ("coverages.status", "Situação"),
            ("coverages.period.start", "Início da validade"),
            ("coverages.period.end", "Validade até"),
            ("coverages.policy_number", "Nº do Utente"),
        ],
    );
    assert!(draft.mapping.contains("encoding: windows-1252"), "{}", draft.mapping);
    assert!(draft.mapping.contains("header_row: 3"), "{}", draft.mapping);
    assert!(draft.mapping.contains("{ \"H\": male, \"M\": female }"), "{}", draft.mapping);
}

#[test]
fn an_english_json_export_with_references_is_understood() {
    let members: Vec<serde_json::Value> = (0..60_u32)
        .map(|n| {
            let head = n / 4 * 4;
            serde_json::json!({
                "membershipNumber": format!("GHS-{:06}", 4_100 + n),
                "bio": {
                    "lastName": pick(&FAMILY, n / 4),
                    "otherNames": pick(&GIVEN, n * 3 + n / 8),
                    "gender": if n % 2 == 0 { "Female" } else { "Male" },
                    "dateOfBirth": format!("{}/{:02}/{:02}", 1948 + n, 1 + n % 12, 1 + n % 28),
                    "ghanaCardNo": format!("GHA-{:09}-{}", 710_000_000 + n * 131, n % 10),
                },
                "contacts": [{ "type": "mobile", "value": format!("+233 24 {:03} {:04}", 100 + n, 2000 + n * 37) }],
                "principalMemberNo": format!("GHS-{:06}", 4_100 + head),
                "relationToPrincipal": if n == head { "Self" } else { pick(&["Spouse", "Son", "Daughter"], n) },
                "community": pick(&["Tamale", "Wa", "Ho", "Yendi"], n),
                "cover": {
                    "package": pick(&["Basic", "Plus"], n),
                    "validFrom": "2025/02/01",
                    "validTo": format!("2026/{:02}/28", 1 + n % 12),
                    "cardStatus": pick(&["Active", "Expired"], n),
                },
            })
        })
        .collect();
    let file = serde_json::json!({ "header": { "batch": "B1" }, "result": { "members": members } });
    let (draft, _) = draft(file.to_string().as_bytes(), "sample", None);
    assert_eq!(draft.proposal.country.as_deref(), Some("GH"), "the phones say so");
    assert_pairs(
        &draft,
        &[
            ("person.names.family", "bio.lastName"),
            ("person.names.given", "bio.otherNames"),
            ("person.sex", "bio.gender"),
            ("person.birth_date", "bio.dateOfBirth"),
            ("person.identifiers.gh-ghana-card", "bio.ghanaCardNo"),
            ("person.phones", "contacts.value mobile"),
            ("person.addresses.locality", "community"),
            ("household.id", "principalMemberNo"),
            ("household.head_record_id", "principalMemberNo"),
            ("household.relationship", "relationToPrincipal"),
            ("coverages.package", "cover.package"),
            ("coverages.status", "cover.cardStatus"),
            ("coverages.period.start", "cover.validFrom"),
            ("coverages.period.end", "cover.validTo"),
        ],
    );
    assert!(draft.mapping.contains("records_at: [result, members]"), "{}", draft.mapping);
}

#[test]
fn families_of_members_in_xml_are_understood() {
    let mut file = "<?xml version='1.0' encoding='UTF-8'?>\n<mutuelle>\n".to_owned();
    for n in 0..30_u32 {
        file.push_str(&format!(
            "<famille numero='F-{:04}' tel='77{:07}'><village>{}</village>",
            500 + n,
            1_000_000 + n * 7919,
            pick(&["Fatick", "Foundiougne", "Gossas"], n)
        ));
        for rank in 0..3_u32 {
            file.push_str(&format!(
                "<membre rang='{rank}' qualite='{}'><patronyme>{}</patronyme><prenom>{}</prenom>\
                 <genre>{}</genre><ddn>{:02}/{:02}/{}</ddn><situation>{}</situation></membre>",
                pick(&["CHEF", "EPOUSE", "ENFANT"], rank),
                pick(&FAMILY, n).to_uppercase(),
                pick(&GIVEN, n + rank * 3),
                if rank == 1 { "F" } else { "M" },
                1 + (n + rank) % 28,
                1 + n % 12,
                1955 + n + rank * 12,
                pick(&["A JOUR", "SUSPENDU"], n),
            ));
        }
        file.push_str("</famille>\n");
    }
    file.push_str("</mutuelle>\n");
    let (draft, mapping) = draft(file.as_bytes(), "sn-mut", None);
    assert_pairs(
        &draft,
        &[
            ("person.names.family", "patronyme"),
            ("person.names.given", "prenom"),
            ("person.sex", "genre"),
            ("person.birth_date", "ddn"),
            ("person.phones", "@tel"),
            ("person.addresses.locality", "village"),
            ("household.id", "@numero"),
            ("household.relationship", "@qualite"),
            ("coverages.status", "situation"),
        ],
    );
    assert!(draft.mapping.contains("record_id: \"{^.@numero}-{@rang}\""), "{}", draft.mapping);
    assert_eq!(mapping.id(), "sn-mut");
}
