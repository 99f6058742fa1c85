//! What a column's name says: compared with the words of `headers.txt`.

use std::sync::LazyLock;

use strsim::jaro_winkler;

use super::super::table::folded;

/// A concept's name, its words, and how strong a sign each is.
struct Entry {
    concept: &'static str,
    word: &'static str,
    tokens: Vec<String>,
    weight: f64,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let lines = include_str!("headers.txt").lines().filter(|line| !line.starts_with('#'));
    let words = lines.filter_map(|line| line.split_once(" | ")).flat_map(|(concept, words)| {
        words.split("; ").map(move |word| (concept.trim(), word.trim()))
    });
    words
        .map(|(concept, written)| {
            let (word, weight) = written.split_once('~').unwrap_or((written, "1"));
            let weight = weight.parse().expect("weights in headers.txt are numbers");
            Entry { concept, word, tokens: tokens(word), weight }
        })
        .collect()
});

/// How much a name looks like a concept's words, and the word that it looks like.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Likeness {
    /// 0 to 1.
    pub score: f64,
    /// The word of the dictionary.
    pub word: &'static str,
}

/// Words that carry no meaning between others.
const SMALL: [&str; 24] = [
    "de", "du", "des", "d", "l", "la", "le", "les", "of", "the", "a", "au", "aux", "do", "da",
    "dos", "das", "et", "and", "e", "en", "del", "el", "y",
];

/// The words of a name: without case and accents, cut at capitals, marks and digits.
#[must_use]
pub fn tokens(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let cut = !c.is_alphanumeric()
            || (c.is_uppercase() && before.is_lowercase())
            || (before.is_alphabetic()
                && c.is_ascii_digit()
                && words.last().is_some_and(|w| w.len() > 1));
        if cut {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.push(c);
        }
        before = c;
    }
    let words: Vec<String> =
        words.iter().map(|word| folded(word)).filter(|word| !word.is_empty()).collect();
    let meant: Vec<String> = words
        .iter()
        .filter(|word| !SMALL.contains(&word.as_str()))
        .map(|word| canonical(word).to_owned())
        .collect();
    // `d_n`, `Né(e) à`: of nothing but small words, all count.
    if meant.is_empty() { words } else { meant }
}

/// One way of writing words that every list writes its own way.
fn canonical(word: &str) -> &str {
    match word {
        "n" | "no" | "nr" | "nro" | "num" | "numero" | "number" | "numer" | "nbr" | "nº" | "n°" => {
            "no"
        }
        "date" | "dt" | "data" | "fecha" | "dat" => "date",
        "telephone" | "tel" | "telef" | "phone" | "telefone" | "fone" => "telephone",
        "identifiant" | "identifier" | "id" | "ident" => "id",
        other => other,
    }
}

/// How much a path looks like each concept, best first; only what is worth looking at.
#[must_use]
pub fn likeness(path: &str, flat: bool) -> Vec<(&'static str, Likeness)> {
    let phrases = phrases(path, flat);
    let mut found: Vec<(&'static str, Likeness)> = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| entry.concept != "neutral") {
        let score = phrases
            .iter()
            .map(|(tokens, weight)| alike(tokens, &entry.tokens) * weight * entry.weight)
            .fold(0.0, f64::max);
        let likeness = Likeness { score, word: entry.word };
        match found.iter_mut().find(|(concept, _)| *concept == entry.concept) {
            Some((_, best)) if best.score < score => *best = likeness,
            Some(_) => {}
            None => found.push((entry.concept, likeness)),
        }
    }
    found.retain(|(_, likeness)| likeness.score > 0.3);
    found.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
    found
}

/// The names under which a field may be meant: its own, and with those of the groups around it.
fn phrases(path: &str, flat: bool) -> Vec<(Vec<String>, f64)> {
    if flat {
        return vec![(tokens(path), 1.0)];
    }
    let mut segments: Vec<Vec<String>> = segments(path);
    let Some(last) = segments.pop() else { return Vec::new() };
    let around = segments.last().cloned().unwrap_or_default();
    let beyond = segments.iter().rev().nth(1).cloned().unwrap_or_default();
    let own = if segments.iter().all(|group| is_neutral(group)) { 1.0 } else { 0.8 };
    let joined = |parts: &[&Vec<String>]| parts.iter().flat_map(|p| p.iter().cloned()).collect();
    let mut phrases = vec![(last.clone(), own)];
    if !around.is_empty() {
        phrases.push((joined(&[&around, &last]), 1.0));
        // `piece.numero`, `carte.date`: the group names the thing, the field only its kind.
        if last
            .iter()
            .all(|word| ["no", "date", "value", "code", "text", "id"].contains(&word.as_str()))
        {
            phrases.push((around.clone(), 0.9));
        }
    }
    if !beyond.is_empty() {
        phrases.push((joined(&[&beyond, &around, &last]), 1.0));
    }
    phrases
}

/// The words of each group of a path; what tells a repeated group counts as one of its names.
fn segments(path: &str) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for (at, part) in path.split("[?").enumerate() {
        let (test, rest) =
            if at == 0 { ("", part) } else { part.split_once(']').unwrap_or(("", part)) };
        if let Some((_, word)) = test.split_once("== '") {
            let word = word.trim_end_matches('\'');
            let word = word.rsplit(['/', ':', '#']).next().unwrap_or(word);
            found.push(tokens(word));
        }
        let names =
            rest.split('.').map(|name| name.trim_end_matches(|c: char| "[]0123456789".contains(c)));
        found.extend(names.filter(|name| !name.is_empty() && *name != "^").map(tokens));
    }
    // `extension[…].valueDate`, `relationship.coding[0].code`: containers of the standard say nothing.
    let empty = |words: &Vec<String>| {
        matches!(words.as_slice(), [word] if ["coding", "value"].contains(&word.as_str()))
            || matches!(words.first().map(String::as_str), Some("value") if words.len() == 2)
    };
    if found.len() > 1 {
        let named = found.iter().any(|words| !empty(words));
        found.retain(|words| !named || !empty(words));
    }
    found
}

fn is_neutral(group: &[String]) -> bool {
    let neutral = || ENTRIES.iter().filter(|entry| entry.concept == "neutral");
    group.iter().all(|word| neutral().any(|entry| entry.tokens.contains(word)))
}

/// 1 for the same words, less for other orders, abbreviations, further words and slips.
fn alike(name: &[String], word: &[String]) -> f64 {
    if name.is_empty() || word.is_empty() {
        return 0.0;
    }
    if name == word {
        return 1.0;
    }
    let (joined, other) = (name.concat(), word.concat());
    if joined == other {
        return 0.97;
    }
    let all_in = |a: &[String], b: &[String]| a.iter().all(|x| b.contains(x));
    if name.len() == word.len() && all_in(name, word) && all_in(word, name) {
        return 0.96;
    }
    if name.len() == word.len() && name.iter().zip(word).all(|(a, b)| shortens(a, b)) {
        return 0.88;
    }
    let slip =
        if joined.len() >= 5 && other.len() >= 5 { jaro_winkler(&joined, &other) } else { 0.0 };
    let slip: f64 = if slip > 0.94 { 0.78 } else { 0.0 };
    slip.max(partly(name, word))
}

/// One of the two has further words.
fn partly(name: &[String], word: &[String]) -> f64 {
    let matched = |a: &[String], b: &[String]| a.iter().all(|x| b.iter().any(|y| shortens(x, y)));
    if name.len() > word.len() && matched(word, name) {
        let further = name.iter().filter(|x| !word.iter().any(|y| shortens(x, y)));
        // A first letter or a unit after the name weighs less than another word.
        let further: f64 =
            further.map(|x| if x.len() < 3 || x == "no" { 0.06 } else { 0.13 }).sum();
        let lead = if name.first() == word.first() { 0.03 } else { 0.0 };
        return (0.84 + lead - further).max(0.0);
    }
    let says = name.iter().any(|x| x.len() >= 4 && x != "date");
    if says && name.len() < word.len() && matched(name, word) {
        let missing = word.iter().filter(|x| !name.iter().any(|y| shortens(x, y)));
        return 0.74
            - missing.map(|x| if x == "no" || x == "date" { 0.04 } else { 0.15 }).sum::<f64>();
    }
    0.0
}

/// Whether one word is the other or its beginning.
fn shortens(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    a == b || (short.len() >= 3 && long.starts_with(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(path: &str, flat: bool) -> &'static str {
        likeness(path, flat).first().map_or("", |(concept, _)| concept)
    }

    #[test]
    fn columns_are_known_by_many_names() {
        for (header, concept) in [
            ("N° adhérent", "record_id"),
            ("Né(e) vers", "estimated"),
            ("DATE NAISS.", "birth_date"),
            ("DDN", "birth_date"),
            ("NOM ET PRENOMS", "full_name"),
            ("Prénoms", "given"),
            ("surname", "family"),
            ("Téléphone portable", "phone"),
            ("Fin des droits", "end"),
            ("Data de nascimento", "birth_date"),
            ("Apelido", "family"),
            ("Lien de parenté", "relationship"),
            ("Nom du père", "none"),
        ] {
            assert_eq!(best(header, true), concept, "{header}: {:?}", likeness(header, true));
        }
    }

    #[test]
    fn groups_around_a_field_name_it_too() {
        for (path, concept) in [
            ("droits.@fin", "end"),
            ("identite.naissance.date", "birth_date"),
            ("carte.expireLe", "end"),
            (
                "Coverage[0].extension[?url == 'https://x/coverage-enroll-date'].valueDate",
                "enrolled_on",
            ),
            ("Coverage[0].relationship.coding[0].code", "relationship"),
        ] {
            assert_eq!(best(path, false), concept, "{path}: {:?}", likeness(path, false));
        }
    }
}
