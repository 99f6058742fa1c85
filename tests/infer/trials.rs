//! What a newcomer's file asks of a draft: households with people of two kinds, rows that belong
//! together, dates in parts, lists of phones.

use super::drafts::draft;

fn contains(text: &str, parts: &[&str]) {
    let missing: Vec<_> = parts.iter().filter(|part| !text.contains(**part)).collect();
    assert!(missing.is_empty(), "missing {missing:?} in\n{text}");
}

#[test]
fn an_element_that_repeats_now_and_then_is_one_field() {
    let mut file = String::from("<lista>");
    for n in 0..24 {
        let more = if n % 3 == 0 { "<periodo inicio=\"01-05-2022\"/>" } else { "" };
        file.push_str(&format!(
            "<lar codigo=\"L{n:03}\"><titular nr=\"T{n:03}\"><nome>Ana Brito{n}</nome><apelido>Brito{n}</apelido>\
             <sexo>Feminino</sexo><nascimento>{:02}-05-19{:02}</nascimento><periodo inicio=\"01-04-2020\" \
             fim=\"01-04-2021\"/>{more}</titular><dependente nr=\"D{n:03}\" parentesco=\"filho\"><nome>Rui \
             Brito{n}</nome><apelido>Brito{n}</apelido><sexo>Masculino</sexo><nascimento>{:02}-06-20{:02}</nascimento>\
             <periodo inicio=\"01-04-2020\"/></dependente><dependente nr=\"E{n:03}\" parentesco=\"filho\"><nome>Eva \
             Brito{n}</nome><apelido>Brito{n}</apelido><sexo>Feminino</sexo><nascimento>02-06-2012</nascimento>\
             </dependente></lar>",
            1 + n % 28,
            60 + n % 30,
            1 + n % 28,
            n % 20 + 1,
        ));
    }
    file.push_str("</lista>");
    let (draft, _) = draft(file.as_bytes(), "cv-lar", None);
    // The insured stands in an element of his own; the number around both is the household's.
    contains(
        &draft.mapping,
        &[
            "{ each: titular, record_id: \"{@nr}\" }, { each: dependente, record_id: \"{@nr}\" }",
            "periodo[0].@inicio",
            "do: [{ default: titular }], table: { rows: { \"titular\": head, \"filho\": child } }",
        ],
    );
}

#[test]
fn rows_of_one_person_and_a_trailer_are_seen() {
    let mut file = String::from("MEMBER_NO,SURNAME,FIRST NAME,DOB,STAT_DATE,STAT,YEAR\n");
    for n in 0..40 {
        let dob =
            if n % 5 == 0 { "MAR-1985".to_owned() } else { format!("{:02}-MAY-1971", n % 28 + 1) };
        let stat = ["A", "S", "X"][n % 3];
        file.push_str(&format!(
            "M{n:04},Mensah{n},Kofi,{dob},{:02}-APR-24,{stat},2024\n",
            n % 28 + 1
        ));
        file.push_str(&format!("M{n:04},,,,{:02}-JUN-25,{stat},2025\n", n % 28 + 1));
    }
    file.push_str("TRAILER,80\n");
    let (draft, _) = draft(file.as_bytes(), "gh-demo", None);
    contains(
        &draft.mapping,
        &[
            "record_id: \"{MEMBER_NO}\"",
            "rows: { by: MEMBER_NO }",
            "skip_when: \"`MEMBER_NO`.startsWith('TRAILER')\"",
            "MMM-yyyy",
        ],
    );
    assert!(!draft.mapping.contains("region: { from: STAT"), "{}", draft.mapping);
    // Columns are said once, codes that come again and again are a list.
    contains(&draft.schema, &["\"A\",", "\"enum\""]);
    assert!(!draft.schema.contains("\"x-title\": {\n        \"en\": \"STAT\""), "{}", draft.schema);
}

#[test]
fn parts_of_dates_seconds_and_lists_of_phones_are_understood() {
    let member = |house: u32, n: u32| {
        let day = if n.is_multiple_of(2) { "null".to_owned() } else { (n % 28 + 1).to_string() };
        let second =
            if n.is_multiple_of(2) { ",{\"kind\":\"tel\",\"value\":\"0785799890\"}" } else { "" };
        format!(
            "{{\"no\":{n},\"fullName\":\"MUKAMANA Marie{house}\",\"gender\":\"female\",\"birth\":{{\"year\":{},\
             \"month\":{},\"day\":{day}}},\"enrolledAt\":{},\"contacts\":[{{\"kind\":\"tel\",\"value\":\
             \"07803353{:02}\"}}{second}]}}",
            1950 + house % 50,
            house % 12 + 1,
            1_623_765_600 + u64::from(house) * 86_400,
            house % 90 + 10,
        )
    };
    let houses: Vec<String> = (0..30)
        .map(|house| {
            let members: Vec<String> = (1..=3).map(|n| member(house, n)).collect();
            format!(
                "{{\"householdId\":\"HH-{house:04}\",\"mutuelle\":{{\"paid\":\"{}\",\"premium\":{}.5}},\"members\":[{}]}}",
                if house % 2 == 0 { "YES" } else { "NO" },
                3000 + house,
                members.join(",")
            )
        })
        .collect();
    let file = format!("{{\"households\":[{}]}}", houses.join(","));
    let (draft, _) = draft(file.as_bytes(), "rw-demo", None);
    contains(
        &draft.mapping,
        &[
            "record_id: \"{^.householdId}-{no}\"",
            "date_parts: { month: birth.month, day: birth.day }",
            "contacts[?kind == 'tel'][].value",
        ],
    );
    assert!(!draft.mapping.contains("institution: { from"), "{}", draft.mapping);
    assert!(!draft.schema.contains("\"null\""), "{}", draft.schema);
}
