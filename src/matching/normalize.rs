//! Text made comparable: folded to ASCII, cut into tokens. The original is never changed.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name longer than this many tokens is not a name; the rest is not looked at.
const MOST_TOKENS: usize = 12;
/// A token longer than this many characters is cut: no name is, and keys stay small.
const LONGEST_TOKEN: usize = 32;

/// Lower case ASCII letters and digits of a text, every other character a blank.
///
/// Apostrophes join (`N'Guessan` is one name), hyphens part. Letters that Unicode does not
/// decompose to ASCII but that West African orthographies use (ɛ, ɔ, ŋ, ɓ, ɗ, ƴ) are folded too.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            '\'' | '’' | 'ʼ' | '‘' | '`' => {}
            'ɛ' | 'Ɛ' | 'ǝ' | 'Ə' | 'ə' => folded.push('e'),
            'ɔ' | 'Ɔ' | 'ø' | 'Ø' => folded.push('o'),
            'ŋ' | 'Ŋ' | 'ɲ' | 'Ɲ' => folded.push('n'),
            'ɓ' | 'Ɓ' => folded.push('b'),
            'ɗ' | 'Ɗ' | 'đ' | 'Đ' => folded.push('d'),
            'ƙ' | 'Ƙ' => folded.push('k'),
            'ƴ' | 'Ƴ' => folded.push('y'),
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            letter if letter.is_ascii_alphanumeric() => folded.push(letter.to_ascii_lowercase()),
            letter if letter.is_alphanumeric() => folded.extend(letter.to_lowercase()),
            _ => folded.push(' '),
        }
    }
    folded
}

/// The tokens of a text, folded; none for an empty one.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    fold(text)
        .split_whitespace()
        .take(MOST_TOKENS)
        .map(|token| token.chars().take(LONGEST_TOKEN).collect())
        .collect()
}

/// A place name as one key: its tokens without the numbers of camps and quarters at the end.
///
/// `Bagoliéoua CAMPEMENT 1` and `Bagoliéoua` are one village; `Commune I` and `Commune V` are two
/// communes, so Roman numbers stay.
#[must_use]
pub fn place(text: &str, suffixes: &[String]) -> Option<String> {
    let mut parts = tokens(text);
    while parts.len() > 1 {
        let last = parts.last().map(String::as_str).unwrap_or_default();
        let number = last.chars().all(|c| c.is_ascii_digit());
        if number || suffixes.iter().any(|suffix| suffix == last) {
            parts.pop();
        } else {
            break;
        }
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_apostrophes_do_not_count() {
        assert_eq!(tokens("  N’GUESSAN Aïssata-Marie "), ["nguessan", "aissata", "marie"]);
        assert_eq!(tokens("Ɓɛn Ŋɔlɔ"), ["ben", "nolo"]);
    }

    #[test]
    fn a_name_of_ten_thousand_characters_is_bounded() {
        let long = "a".repeat(10_000) + &" b".repeat(10_000);
        let cut = tokens(&long);
        assert_eq!((cut.len(), cut[0].len()), (MOST_TOKENS, LONGEST_TOKEN));
    }

    #[test]
    fn a_camp_belongs_to_its_village() {
        let suffixes = ["campement".to_owned()];
        assert_eq!(place("Soubré CAMPEMENT 2", &suffixes).as_deref(), Some("soubre"));
        assert_eq!(place("Commune I", &suffixes).as_deref(), Some("commune i"));
        assert_eq!(place(" - ", &suffixes), None);
    }
}
