//! Names in one column, in either order, with titles and married names, taken apart.
//!
//! Nothing is corrected or folded here, and the whole text should be kept beside the parts: which of
//! two words is the family name cannot always be known. The rules come from general knowledge of
//! how names are written in the region (forms of address, the particles of Tuareg and Moorish
//! filiations, widely known clan names); whoever meets a case that they miss adds a line.

mod words;

use smallvec::SmallVec;

/// In which order a sender writes names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// `TRAORÉ Awa`, unless the words themselves say otherwise.
    #[default]
    MostlyFamilyFirst,
    /// `Awa TRAORÉ`, unless the words themselves say otherwise.
    MostlyGivenFirst,
    /// `TRAORÉ Awa` without exception.
    FamilyFirst,
    /// `Awa TRAORÉ` without exception.
    GivenFirst,
    /// A column of given names alone, with titles in it perhaps.
    GivenOnly,
}

impl Order {
    /// The order of a name in mappings: `family_first`, `given_first`, `mostly_family_first`,
    /// `mostly_given_first`, `given_only`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "mostly_family_first" => Some(Self::MostlyFamilyFirst),
            "mostly_given_first" => Some(Self::MostlyGivenFirst),
            "family_first" => Some(Self::FamilyFirst),
            "given_first" => Some(Self::GivenFirst),
            "given_only" => Some(Self::GivenOnly),
            _ => None,
        }
    }
}

/// The parts of a name; any may be missing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// Family name; at birth, when the text names a husband's, too.
    pub family: Option<String>,
    /// Given names in order.
    pub given: Vec<String>,
    /// Titles, as written.
    pub prefix: Vec<String>,
    /// Family name by marriage, after `épouse`.
    pub married: Option<String>,
}

/// Takes a full name apart.
///
/// Titles (`El Hadj`, `Hadja`, `Alhaji`, `Mme`, `Dr` …) are set aside. What follows `épouse`, `épse`
/// or `ép.` is the married name; `née` stands before the name at birth. `Ag`, `Ould`, `Walet` and
/// `Mint` (son or daughter of) belong to the word after them. The orders that are only mostly so
/// give way when the words at one end are a clan name and those at the other end are not.
///
/// ```
/// use dankun::mapping::function::name::{Order, parts};
///
/// let name = parts("El Hadj TRAORÉ Moussa Karim", Order::FamilyFirst);
/// assert_eq!(name.family.as_deref(), Some("TRAORÉ"));
/// assert_eq!(name.given, ["Moussa", "Karim"]);
/// assert_eq!(name.prefix, ["El Hadj"]);
/// ```
#[must_use]
pub fn parts(full: &str, order: Order) -> Parts {
    let (prefix, rest) = titles(full);
    let (main, marriage) = match order {
        Order::GivenOnly => (rest, None),
        _ => split_marriage(&rest),
    };
    let units = units(&main);
    let (family, given) = split(&units, order);
    let (family, married, extra) = match marriage {
        None => (family, None, None),
        Some(Marriage::Married(other)) => {
            let (married, extra) = after_marriage(&other, given.is_empty());
            (family, married, extra)
        }
        // `KONÉ née TRAORÉ`: the name at birth is the official one in the states of the region.
        Some(Marriage::Born(other)) => {
            let (born, extra) = after_marriage(&other, given.is_empty());
            if born.is_some() { (born, family, extra) } else { (family, None, extra) }
        }
    };
    let given = given.into_iter().chain(extra.into_iter().flatten()).collect();
    Parts { family, given, prefix, married }
}

/// Puts a name together again, as a sender of this order writes it: titles first, and the order that
/// gives the same parts when it is taken apart.
///
/// ```
/// use dankun::mapping::function::name::{Order, join, parts};
///
/// let name = parts("BAKARY TRAORE (Dr)", Order::MostlyFamilyFirst);
/// assert_eq!(join(&name, Order::MostlyFamilyFirst), "(Dr) TRAORE BAKARY");
/// ```
#[must_use]
pub fn join(name: &Parts, order: Order) -> String {
    let family = || name.family.iter().map(String::as_str);
    let given = || name.given.iter().map(String::as_str);
    let titles = || name.prefix.iter().map(String::as_str);
    let text = |words: Vec<&str>| words.join(" ");
    let family_first = text(titles().chain(family()).chain(given()).collect());
    let given_first = text(titles().chain(given()).chain(family()).collect());
    let (usual, other) = match order {
        Order::MostlyFamilyFirst | Order::FamilyFirst => (family_first, given_first),
        Order::MostlyGivenFirst | Order::GivenFirst | Order::GivenOnly => {
            (given_first, family_first)
        }
    };
    let is_same = |text: &String| {
        let found = parts(text, order);
        found.family == name.family && found.given == name.given && found.prefix == name.prefix
    };
    if !is_same(&usual) && is_same(&other) { other } else { usual }
}

/// Sets the titles of a name apart, wherever they stand at its beginning or end.
///
/// Returns the titles as written and the other words. A name of titles alone stays a name.
#[must_use]
pub fn titles(name: &str) -> (Vec<String>, Vec<String>) {
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut rest = words.as_slice();
    let mut titles = Vec::new();
    while let Some(length) = words::title_at(rest).filter(|length| *length < rest.len()) {
        let (title, after) = rest.split_at(length);
        titles.push(title.join(" "));
        rest = after;
    }
    while let Some((last, before)) = rest.split_last()
        && !before.is_empty()
        && words::title_at(std::slice::from_ref(last)) == Some(1)
    {
        titles.push((*last).to_owned());
        rest = before;
    }
    (titles, rest.iter().map(|word| (*word).to_owned()).collect())
}

/// Some words of a text: hardly anybody has more than four.
pub type Words<'t> = SmallVec<[&'t str; 4]>;

/// The titles and the given names of a column of given names alone, as [`parts`] finds them, as
/// slices of the text; nothing where its words do not stand one blank apart.
#[must_use]
pub fn given_only(text: &str) -> Option<(Words<'_>, Words<'_>)> {
    if let Some(given) = words::given_alone(text) {
        return Some((Words::new(), given));
    }
    let odd = |c: char| c.is_whitespace() && c != ' ';
    let words: SmallVec<[&str; 8]> = text.split(' ').collect();
    if words.iter().any(|word| word.is_empty() || word.contains(odd)) {
        return None;
    }
    let (mut from, mut to) = (0, words.len());
    let mut prefix = Words::new();
    while let Some(length) = words.get(from..to).and_then(words::title_at)
        && length < to - from
    {
        prefix.push(together(text, words.get(from..from + length)?)?);
        from += length;
    }
    while to - from > 1 && words::title_at(words.get(to - 1..to)?) == Some(1) {
        to -= 1;
        prefix.push(*words.get(to)?);
    }
    let mut given = Words::new();
    while from < to {
        // A particle belongs to the word after it.
        let open = words.get(from..to)?.iter().take_while(|word| words::is_particle(word)).count();
        let length = (open + 1).min(to - from);
        given.push(together(text, words.get(from..from + length)?)?);
        from += length;
    }
    Some((prefix, given))
}

/// Neighbouring words of a text as one slice of it.
fn together<'t>(text: &'t str, words: &[&'t str]) -> Option<&'t str> {
    let start = (words.first()?.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let length = words.iter().map(|word| word.len() + 1).sum::<usize>() - 1;
    text.get(start..start + length)
}

enum Marriage {
    Married(Vec<String>),
    Born(Vec<String>),
}

fn split_marriage(words: &[String]) -> (Vec<String>, Option<Marriage>) {
    let found = words.iter().position(|word| words::is_married(word) || words::is_born(word));
    match found.and_then(|at| words.split_at_checked(at)) {
        Some((before, [mark, after @ ..])) if !before.is_empty() && !after.is_empty() => {
            let after = after.to_vec();
            let marriage =
                if words::is_born(mark) { Marriage::Born(after) } else { Marriage::Married(after) };
            (before.to_vec(), Some(marriage))
        }
        _ => (words.to_vec(), None),
    }
}

/// What follows the mark of marriage: the other family name and, when none stood before the mark, the
/// given names.
fn after_marriage(words: &[String], given_missing: bool) -> (Option<String>, Option<Vec<String>>) {
    let units = units(words);
    match units.split_first() {
        Some((family, rest)) if given_missing => (Some(family.clone()), Some(rest.to_vec())),
        Some(_) => (Some(units.join(" ")), None),
        None => (None, None),
    }
}

/// Words, with particles joined to what they belong to: `Walet Ahmed` is one unit.
fn units(words: &[String]) -> Vec<String> {
    let mut units: Vec<String> = Vec::with_capacity(words.len());
    let mut open = false;
    for word in words {
        match units.last_mut() {
            Some(last) if open => {
                last.push(' ');
                last.push_str(word);
            }
            _ => units.push(word.clone()),
        }
        open = words::is_particle(word);
    }
    units
}

/// The family name and the given names.
fn split(units: &[String], order: Order) -> (Option<String>, Vec<String>) {
    match units {
        [] => (None, Vec::new()),
        all if order == Order::GivenOnly => (None, all.to_vec()),
        [only] => (Some(only.clone()), Vec::new()),
        [first, middle @ .., last] => {
            let given_first = match order {
                Order::FamilyFirst => false,
                Order::GivenFirst | Order::GivenOnly => true,
                Order::MostlyFamilyFirst => says_family(last) && !says_family(first),
                Order::MostlyGivenFirst => says_family(last) || !says_family(first),
            };
            if given_first {
                (Some(last.clone()), std::iter::once(first).chain(middle).cloned().collect())
            } else {
                (Some(first.clone()), middle.iter().chain(std::iter::once(last)).cloned().collect())
            }
        }
    }
}

/// Whether a unit is a family name whatever its place: a filiation or a clan name.
fn says_family(unit: &str) -> bool {
    unit.split_once(' ').is_some_and(|(particle, _)| words::is_particle(particle))
        || words::is_clan(unit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(
        full: &str,
        order: Order,
        family: &str,
        given: &[&str],
        prefix: &[&str],
        married: &str,
    ) {
        let name = parts(full, order);
        assert_eq!(name.family.as_deref().unwrap_or(""), family, "{full}");
        assert_eq!(name.given, given, "{full}");
        assert_eq!(name.prefix, prefix, "{full}");
        assert_eq!(name.married.as_deref().unwrap_or(""), married, "{full}");
    }

    #[test]
    fn both_orders_are_taken_apart() {
        check("DRAME Awa Binta", Order::FamilyFirst, "DRAME", &["Awa", "Binta"], &[], "");
        check("Awa Binta DRAME", Order::GivenFirst, "DRAME", &["Awa", "Binta"], &[], "");
        check("  KOUAKOU \u{a0} MARIE ", Order::MostlyFamilyFirst, "KOUAKOU", &["MARIE"], &[], "");
    }

    #[test]
    fn a_clan_name_at_the_end_turns_a_name_that_is_mostly_family_first() {
        check("BAKARY TRAORE", Order::MostlyFamilyFirst, "TRAORE", &["BAKARY"], &[], "");
        check("Traoré Bakary", Order::MostlyFamilyFirst, "Traoré", &["Bakary"], &[], "");
        check("Traoré Bakary", Order::MostlyGivenFirst, "Traoré", &["Bakary"], &[], "");
        check("BAKARY TRAORE", Order::FamilyFirst, "BAKARY", &["TRAORE"], &[], "");
    }

    #[test]
    fn titles_are_set_aside_and_kept() {
        check("El Hadj Moussa DRAME", Order::GivenFirst, "DRAME", &["Moussa"], &["El Hadj"], "");
        check("Mme. DRAME Awa", Order::FamilyFirst, "DRAME", &["Awa"], &["Mme."], "");
        check(
            "Dr Alhaji Musa Danladi",
            Order::GivenFirst,
            "Danladi",
            &["Musa"],
            &["Dr", "Alhaji"],
            "",
        );
        check("DRAME Awa (Hadja)", Order::FamilyFirst, "DRAME", &["Awa"], &["(Hadja)"], "");
        check("EL-HADJ DRAME Ba", Order::FamilyFirst, "DRAME", &["Ba"], &["EL-HADJ"], "");
        check("Hadja", Order::FamilyFirst, "Hadja", &[], &[], "");
    }

    #[test]
    fn a_filiation_stays_with_its_father() {
        check("Mohamed Ag Intalla", Order::MostlyFamilyFirst, "Ag Intalla", &["Mohamed"], &[], "");
        check("WALET AHMED NANA", Order::FamilyFirst, "WALET AHMED", &["NANA"], &[], "");
        check("Sidi Ould Cheikh", Order::GivenFirst, "Ould Cheikh", &["Sidi"], &[], "");
    }

    #[test]
    fn a_married_name_stands_beside_the_name_at_birth() {
        check("TRAORE épse DRAME Awa", Order::FamilyFirst, "TRAORE", &["Awa"], &[], "DRAME");
        check("TRAORE Awa épouse DRAME", Order::FamilyFirst, "TRAORE", &["Awa"], &[], "DRAME");
        check("DRAME née TRAORE Awa", Order::FamilyFirst, "TRAORE", &["Awa"], &[], "DRAME");
        check("épouse DRAME", Order::FamilyFirst, "épouse", &["DRAME"], &[], "");
    }

    #[test]
    fn a_column_of_given_names_keeps_them_all() {
        check("El Hadj Moussa Karim", Order::GivenOnly, "", &["Moussa", "Karim"], &["El Hadj"], "");
        check("Moussa", Order::GivenOnly, "", &["Moussa"], &[], "");
    }

    #[test]
    fn no_name_has_no_parts() {
        check("", Order::FamilyFirst, "", &[], &[], "");
        check("   ", Order::GivenFirst, "", &[], &[], "");
    }

    proptest! {
        #[test]
        fn slices_are_what_the_long_way_finds(
            words in prop::collection::vec(prop_oneof!["[a-zA-Zéè']{1,6}", "El|el|HADJ|Hadja|Dr|Dr\\.|Ag|walet|m|M\\.|Maître"], 1..6),
            blank in prop_oneof![Just(" "), Just("  "), Just("\u{a0}")],
        ) {
            let text = words.join(blank);
            if let Some((prefix, given)) = given_only(&text) {
                let long = parts(&text, Order::GivenOnly);
                prop_assert_eq!(long.prefix, prefix.to_vec());
                prop_assert_eq!(long.given, given.to_vec());
            } else {
                prop_assert!(blank != " ");
            }
        }

        #[test]
        fn no_word_is_lost(full in "[a-zA-Zéè' ]{0,30}") {
            for order in [Order::FamilyFirst, Order::GivenFirst, Order::MostlyFamilyFirst, Order::MostlyGivenFirst, Order::GivenOnly] {
                let name = parts(&full, order);
                let mut found: Vec<String> = name.family.iter().chain(&name.given).chain(&name.prefix).chain(&name.married)
                    .flat_map(|part| part.split_whitespace().map(str::to_owned)).collect();
                let mut wanted: Vec<String> = full.split_whitespace().map(str::to_owned)
                    .filter(|word| !(name.married.is_some() && (words::is_married(word) || words::is_born(word)))).collect();
                found.sort();
                wanted.sort();
                prop_assert_eq!(found, wanted);
            }
        }
    }
}
