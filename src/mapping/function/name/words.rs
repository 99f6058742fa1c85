//! The words that tell what the others are: titles, particles, marks of marriage, clan names.
//!
//! From general knowledge of the region, folded to lower case without accents.

/// Forms of address and religious titles of one word.
const TITLES: &[&str] = &[
    "m",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "mademoiselle",
    "dr",
    "docteur",
    "pr",
    "prof",
    "professeur",
    "me",
    "maitre",
    "ing",
    "chief",
    "engr",
    "barr",
    "pst",
    "pasteur",
    "pastor",
    "abbe",
    "imam",
    "cheick",
    "hadja",
    "hadjia",
    "hajia",
    "hajiya",
    "adja",
    "alhaji",
    "alhaja",
    "elhadj",
    "elhadji",
    "el-hadj",
    "el-hadji",
    "alhadji",
    "alh",
    "hadj",
    "hadji",
    "veuve",
    "feu",
    "feue",
];

/// Titles of one letter that are an initial of a given name unless a dot follows them.
const DOTTED: &[&str] = &["m", "me"];

/// Titles of two words.
const DOUBLE_TITLES: &[(&str, &str)] = &[
    ("el", "hadj"),
    ("el", "hadji"),
    ("el", "haj"),
    ("al", "hadj"),
    ("al", "hajj"),
    ("al", "haji"),
];

/// Son or daughter of, in Tamasheq, Hassaniya and Arabic.
const PARTICLES: &[&str] =
    &["ag", "walet", "oualet", "wallet", "ould", "mint", "ben", "bin", "ibn", "bint"];

/// Clan names (jamu) known all over the region; they say "family name" wherever they stand.
const CLANS: &[&str] = &[
    "bagayoko",
    "bah",
    "ballo",
    "bamba",
    "barry",
    "berthe",
    "bocoum",
    "camara",
    "cisse",
    "coulibaly",
    "dabo",
    "dao",
    "daou",
    "dembele",
    "diabate",
    "diakite",
    "diallo",
    "diarra",
    "diarrassouba",
    "diawara",
    "dicko",
    "djire",
    "dolo",
    "doumbia",
    "doumbouya",
    "drame",
    "fane",
    "fofana",
    "goita",
    "guindo",
    "haidara",
    "kamagate",
    "kamissoko",
    "kante",
    "karambe",
    "kassogue",
    "keita",
    "kone",
    "konate",
    "kouyate",
    "macalou",
    "magassa",
    "maiga",
    "niare",
    "ongoiba",
    "ouattara",
    "ouedraogo",
    "samake",
    "sangare",
    "sanogo",
    "savadogo",
    "sawadogo",
    "sidibe",
    "sinayoko",
    "simpara",
    "sissoko",
    "sogoba",
    "soro",
    "soumare",
    "sow",
    "sylla",
    "tangara",
    "togo",
    "togola",
    "tounkara",
    "toure",
    "traore",
    "yattara",
    "zongo",
    "compaore",
    "kabore",
    "zoungrana",
    "tiendrebeogo",
    "sorgho",
];

/// Lower case, without the accents of French and without brackets, dots and commas around.
fn folded(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    word.trim_matches(['.', ',', '(', ')', ';'])
        .nfd()
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == '\u{2019}' { '\'' } else { letter })
        .collect()
}

/// How many words at the beginning are a title.
pub(super) fn title_at(words: &[&str]) -> Option<usize> {
    let first = words.first()?;
    let name = folded(first);
    if let Some(second) = words.get(1) {
        let second = folded(second);
        if DOUBLE_TITLES.iter().any(|(a, b)| *a == name && *b == second) {
            return Some(2);
        }
    }
    let initial = DOTTED.contains(&name.as_str()) && !first.ends_with('.');
    (TITLES.contains(&name.as_str()) && !initial).then_some(1)
}

/// Whether a word binds to the one after it.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&folded(word).as_str())
}

/// `épouse` and its short forms.
pub(super) fn is_married(word: &str) -> bool {
    matches!(folded(word).as_str(), "epouse" | "epse" | "ep" | "eps" | "epz")
}

/// `née`, before the name at birth.
pub(super) fn is_born(word: &str) -> bool {
    word.ends_with(['e', 'E']) && folded(word) == "nee"
}

/// Whether a word is a clan name.
pub(super) fn is_clan(word: &str) -> bool {
    CLANS.contains(&folded(word).as_str())
}
