//! Names of columns in the files of many countries, and what they hold: general knowledge, as data.

use crate::linkage::kind::Kind;

/// Words of names of columns, as they stand in the files of many countries, with what they mean.
/// The first that fits counts: `birth_place` is a place before it is a date. Each word as
/// [`fold`](crate::matching::normalize::fold) makes it, with a low line between two.
const WORDS: &[(&[&str], Kind)] = &[
    (&["email", "mail", "courriel", "correo", "correo_electronico"], Kind::Email),
    (
        &[
            "phone",
            "telephone",
            "tel",
            "mobile",
            "msisdn",
            "portable",
            "cell",
            "gsm",
            "telefono",
            "telefone",
            "telefon",
            "tlf",
            "movil",
            "celular",
            "handy",
            "телефон",
            "contact_number",
        ],
        Kind::Phone,
    ),
    (
        &[
            "birth_place",
            "birthplace",
            "place_of_birth",
            "lieu_naissance",
            "lieu_de_naissance",
            "pob",
            "lieu_nais",
            "birth_city",
            "birth_town",
            "birth_country",
            "lugar_nacimiento",
            "lugar_de_nacimiento",
            "local_nascimento",
            "local_de_nascimento",
            "luogo_nascita",
            "luogo_di_nascita",
            "geburtsort",
            "geboorteplaats",
            "место_рождения",
        ],
        Kind::Place,
    ),
    (
        &[
            "birth_year",
            "year_of_birth",
            "annee_naissance",
            "annee_de_naissance",
            "yob",
            "birthyear",
            "by",
            "ano_nacimiento",
            "ano_de_nacimiento",
            "ano_nascimento",
            "anno_nascita",
            "geburtsjahr",
            "geboortejaar",
            "год_рождения",
        ],
        Kind::Year,
    ),
    (
        &[
            "dob",
            "birth_date",
            "date_of_birth",
            "birthdate",
            "date_naissance",
            "date_nais",
            "datenaissance",
            "born",
            "naissance",
            "birthday",
            "ddn",
            "date_de_naissance",
            "birth",
            "ne_le",
            "nee_le",
            "fecha_nacimiento",
            "fecha_de_nacimiento",
            "fec_nac",
            "nacimiento",
            "data_nascimento",
            "data_de_nascimento",
            "nascimento",
            "data_nascita",
            "data_di_nascita",
            "nascita",
            "geburtsdatum",
            "gebdatum",
            "geb_datum",
            "geboortedatum",
            "дата_рождения",
        ],
        Kind::Date,
    ),
    (
        &[
            "first_name",
            "given_name",
            "firstname",
            "givenname",
            "forename",
            "prenom",
            "prenoms",
            "given",
            "first",
            "fname",
            "name_first",
            "fname_c1",
            "nombre",
            "nombres",
            "primer_nombre",
            "nome",
            "vorname",
            "voornaam",
            "имя",
        ],
        Kind::GivenName,
    ),
    (
        &[
            "last_name",
            "surname",
            "lastname",
            "family_name",
            "familyname",
            "nom_famille",
            "nom_de_famille",
            "family",
            "last",
            "lname",
            "nom",
            "name_last",
            "lname_c1",
            "apellido",
            "apellidos",
            "apellido1",
            "apellido2",
            "primer_apellido",
            "segundo_apellido",
            "apellido_paterno",
            "apellido_materno",
            "sobrenome",
            "apelido",
            "cognome",
            "nachname",
            "familienname",
            "achternaam",
            "фамилия",
        ],
        Kind::FamilyName,
    ),
    (&["middle_initial", "initial", "middle_name", "middlename", "middle", "mi"], Kind::Category),
    (&["отчество", "patronymic"], Kind::Text),
    (
        &[
            "full_name",
            "fullname",
            "name",
            "nom_complet",
            "nom_prenom",
            "nom_et_prenom",
            "nom_et_prenoms",
            "nom_prenoms",
            "name_full",
            "nombre_completo",
            "nome_completo",
            "фио",
        ],
        Kind::Name,
    ),
    (
        &[
            "sex",
            "gender",
            "sexe",
            "genre",
            "sexo",
            "genero",
            "sesso",
            "geschlecht",
            "geslacht",
            "пол",
            "civilite",
        ],
        Kind::Category,
    ),
    (&["race", "ethnicity", "race_ethnicity", "marital_status", "situation"], Kind::Category),
    (
        &[
            "postcode",
            "zip",
            "zipcode",
            "postal_code",
            "code_postal",
            "zip_code",
            "postcode_fake",
            "codigo_postal",
            "cod_postal",
            "cep",
            "plz",
            "postleitzahl",
            "индекс",
        ],
        Kind::Postcode,
    ),
    (
        &[
            "street",
            "street_name",
            "address",
            "adresse",
            "address_1",
            "address_2",
            "addr",
            "street_address",
            "rue",
            "addr_full",
            "address_line",
            "addr_line1",
            "line1",
            "direccion",
            "domicilio",
            "calle",
            "endereco",
            "indirizzo",
            "anschrift",
            "strasse",
            "adres",
            "адрес",
            "улица",
        ],
        Kind::Address,
    ),
    (&["street_number", "house_number", "numero_rue", "unit_number", "hausnummer"], Kind::Number),
    (
        &[
            "city",
            "town",
            "village",
            "suburb",
            "commune",
            "locality",
            "ville",
            "place",
            "region",
            "district",
            "municipality",
            "lieu",
            "localite",
            "quartier",
            "addr_city",
            "lga",
            "ward",
            "cercle",
            "parish",
            "county",
            "municipio",
            "ciudad",
            "localidad",
            "poblacion",
            "barrio",
            "parroquia",
            "cidade",
            "bairro",
            "freguesia",
            "comune",
            "citta",
            "ort",
            "stadt",
            "wohnort",
            "gemeinde",
            "woonplaats",
            "город",
            "село",
            "деревня",
        ],
        Kind::Place,
    ),
    (
        &["state", "province", "country", "pays", "departement", "provincia", "pais", "bundesland"],
        Kind::Category,
    ),
    (
        &[
            "occupation",
            "job",
            "profession",
            "metier",
            "employer",
            "occ",
            "profesion",
            "ocupacion",
            "profissao",
            "professione",
            "beruf",
            "beroep",
            "профессия",
        ],
        Kind::Occupation,
    ),
    (
        &[
            "ssn",
            "soc_sec_id",
            "national_id",
            "nina",
            "cnib",
            "passport",
            "passport_number",
            "id_number",
            "nin",
            "cni",
            "tax_id",
            "matricule",
            "policy_number",
            "ssn_number",
            "national_id_number",
            "drivers_license_number",
            "tax_id_number",
            "idnum",
            "bvn",
            "nhs_number",
            "dni",
            "nif",
            "curp",
            "cpf",
            "cedula",
            "codice_fiscale",
            "снилс",
        ],
        Kind::Number,
    ),
];

/// Names of columns that identify a record, or say where it comes from.
pub(super) const RECORD_IDS: &[&str] = &[
    "record_id",
    "rec_id",
    "unique_id",
    "id",
    "recid",
    "row_id",
    "uid",
    "recordid",
    "identifiant",
];
pub(super) const SOURCES: &[&str] =
    &["source", "source_dataset", "data_source", "dataset", "datasource", "origine"];
/// Names of columns that are about the record, or change every year.
const ABOUT_RECORDS: &[&str] = &[
    "year",
    "cluster",
    "entity_id",
    "cluster_id",
    "true_id",
    "record_type",
    "age",
    "housing_type",
    "relationship_to_reference_person",
    "relationship",
];

/// Words in names of columns that say when or how a record was written.
const OF_WRITING: &[&str] = &[
    "created",
    "updated",
    "modified",
    "inserted",
    "timestamp",
    "hash",
    "checksum",
    "uuid",
    "guid",
];
/// Words in names of columns that number records.
const OF_NUMBERS: &[&str] = &[
    "id",
    "no",
    "nr",
    "num",
    "numero",
    "number",
    "n",
    "code",
    "key",
    "ref",
    "mrn",
    "identifier",
    "identifiant",
];

/// Whether a column of this plain name is about the record and not about the person.
pub(super) fn is_about_records(name: &str) -> bool {
    ABOUT_RECORDS.contains(&name) || OF_WRITING.iter().any(|word| has_words(name, word))
}

/// Whether a column of this plain name may number the records.
pub(super) fn may_number(name: &str) -> bool {
    OF_NUMBERS.iter().any(|word| has_words(name, word))
}

/// What a column of this plain name holds: by the whole name, else by the words in it. The last words
/// count (`passport_country` is a country), but an `email_address` is no street, and a name that speaks
/// of given and family names holds both.
pub(super) fn by_name(name: &str) -> Option<Kind> {
    let whole = WORDS.iter().find(|(names, _)| names.contains(&name));
    if let Some((_, kind)) = whole {
        return Some(*kind);
    }
    let mut found: Vec<(usize, usize, Kind)> = Vec::new();
    for (names, kind) in WORDS {
        for words in
            names.iter().filter(|words| words.chars().count() > 2 && has_words(name, words))
        {
            let end = name.rfind(words).unwrap_or(0) + words.len();
            found.push((end, words.len(), *kind));
        }
    }
    let has = |kind: Kind| found.iter().any(|(_, _, other)| *other == kind);
    if has(Kind::Email) {
        Some(Kind::Email)
    } else if has(Kind::GivenName) && has(Kind::FamilyName) {
        Some(Kind::Name)
    } else {
        found.into_iter().max_by_key(|(end, length, _)| (*end, *length)).map(|(_, _, kind)| kind)
    }
}

/// Whether a plain name is one of those that are known as a whole.
pub(super) fn is_known(name: &str) -> bool {
    WORDS.iter().any(|(names, _)| names.contains(&name))
}

/// Whether a plain name has these words in it.
pub(super) fn has_words(name: &str, words: &str) -> bool {
    format!("_{name}_").contains(&format!("_{words}_"))
}
