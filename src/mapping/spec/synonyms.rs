//! What people write who think in French, or know another tool: the language's own word for it.

/// Other words for verbs, in small letters.
const VERBS: &[(&str, &str)] = &[
    ("majuscules", "upper"),
    ("majuscule", "upper"),
    ("uppercase", "upper"),
    ("touppercase", "upper"),
    ("toupper", "upper"),
    ("minuscules", "lower"),
    ("minuscule", "lower"),
    ("lowercase", "lower"),
    ("tolowercase", "lower"),
    ("capitalize", "title"),
    ("titlecase", "title"),
    ("strip_spaces", "trim"),
    ("nettoyer", "trim"),
    ("espaces", "squeeze"),
    ("normalize_space", "squeeze"),
    ("couper", "split"),
    ("decouper", "split"),
    ("séparer", "split"),
    ("joindre", "join"),
    ("concat", "join"),
    ("concatener", "join"),
    ("prefixe", "prefix"),
    ("préfixe", "prefix"),
    ("suffixe", "suffix"),
    ("remplacer", "replace"),
    ("remplace", "replace"),
    ("sub", "replace"),
    ("substring", "slice"),
    ("substr", "slice"),
    ("sous_chaine", "slice"),
    ("extrait", "slice"),
    ("nombre", "number"),
    ("numeric", "number"),
    ("tonumber", "number"),
    ("montant", "number"),
    ("todate", "date"),
    ("to_date", "date"),
    ("parsedate", "date"),
    ("strptime", "date"),
    ("telephone", "phone"),
    ("téléphone", "phone"),
    ("tel", "phone"),
    ("cle", "check_digit"),
    ("clé", "check_digit"),
    ("checksum", "check_digit"),
    ("correspondance", "table"),
    ("map", "table"),
    ("defaut", "default"),
    ("défaut", "default"),
    ("sinon", "default"),
    ("ifnull", "default"),
    ("coalesce", "default"),
    ("lpad", "pad"),
    ("padstart", "pad"),
    ("completer", "pad"),
    ("empreinte", "hash"),
    ("sha256", "hash"),
];

/// Other words for keys, in small letters.
const KEYS: &[(&str, &str)] = &[
    ("de", "from"),
    ("depuis", "from"),
    ("source", "from"),
    ("champ", "from"),
    ("colonne", "from"),
    ("si", "if"),
    ("condition", "if"),
    ("quand", "when"),
    ("sinon", "else"),
    ("alors", "value"),
    ("then", "value"),
    ("valeur", "value"),
    ("constant", "value"),
    ("choix", "choose"),
    ("choisir", "choose"),
    ("faire", "do"),
    ("steps", "do"),
    ("transform", "do"),
    ("modele", "template"),
    ("modèle", "template"),
    ("correspondance", "mapping"),
    ("id", "mapping"),
    ("titre", "title"),
    ("cible", "target"),
    ("champs", "fields"),
    ("lignes", "rows"),
    ("codes", "rows"),
    ("valeurs", "values"),
    ("controles", "checks"),
    ("contrôles", "checks"),
    ("retour", "back"),
    ("exemple", "sample"),
    ("exemples", "tests"),
    ("nom", "name"),
    ("attendu", "expect"),
    ("expected", "expect"),
    ("donne", "given"),
    ("donné", "given"),
    ("input", "given"),
    ("output", "expect"),
    ("vers", "to"),
    ("encodage", "encoding"),
    ("separateur", "delimiter"),
    ("séparateur", "delimiter"),
    ("separator", "delimiter"),
    ("ignorer", "ignore"),
    ("colonnes", "columns"),
    ("noms", "names"),
    ("cle", "record_id"),
    ("identifiant", "record_id"),
    ("vide", "empty"),
    ("schéma", "schema"),
    ("gravité", "severity"),
    ("gravite", "severity"),
    ("en_cas_d_erreur", "on_error"),
];

fn own(words: &[(&'static str, &'static str)], written: &str) -> Option<&'static str> {
    let written = written.trim().to_lowercase().replace(['-', ' '], "_");
    words.iter().find(|(other, _)| *other == written).map(|(_, own)| *own)
}

/// The verb for a word of French or of another tool.
#[must_use]
pub fn verb(written: &str) -> Option<&'static str> {
    own(VERBS, written)
}

/// The key for a word of French or of another tool, among those that can stand here.
#[must_use]
pub fn key(written: &str, known: &[&str]) -> Option<&'static str> {
    let written_low = written.trim().to_lowercase();
    KEYS.iter()
        .filter(|(other, _)| *other == written_low)
        .map(|(_, own)| *own)
        .find(|own| known.contains(own))
}

/// `true` or `false` for other words of the same meaning.
#[must_use]
pub fn truth(written: &str) -> Option<&'static str> {
    match written.to_lowercase().as_str() {
        "yes" | "oui" | "on" | "vrai" | "1" | "o" | "y" => Some("true"),
        "no" | "non" | "off" | "faux" | "0" | "n" => Some("false"),
        _ => None,
    }
}

/// Other words for codes and names of formats, in small letters and without accents.
const VALUES: &[(&str, &str)] = &[
    ("excel", "csv"),
    ("xls", "csv"),
    ("xlsx", "csv"),
    ("tableur", "csv"),
    ("jsonl", "ndjson"),
    ("feminin", "female"),
    ("femme", "female"),
    ("woman", "female"),
    ("masculin", "male"),
    ("homme", "male"),
    ("man", "male"),
    ("inconnu", "unknown"),
    ("actif", "active"),
    ("suspendu", "suspended"),
    ("termine", "ended"),
    ("radie", "ended"),
    ("en attente", "pending"),
    ("chef", "head"),
    ("assure", "head"),
    ("conjoint", "spouse"),
    ("epouse", "spouse"),
    ("enfant", "child"),
    ("autre", "other"),
    ("erreur", "error"),
    ("avertissement", "warning"),
    ("attention", "warning"),
    ("mois", "month"),
    ("annee", "year"),
];

/// The code, name or truth for a word of French or of another tool, among those that can stand here.
#[must_use]
pub fn value(written: &str, known: &[&str]) -> Option<&'static str> {
    let folded = super::super::table::folded(written);
    let found = VALUES.iter().find(|(other, _)| *other == folded).map(|(_, own)| *own);
    found.or_else(|| truth(written)).filter(|own| known.contains(own))
}
