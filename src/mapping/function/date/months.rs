//! Names of months in French, English and Portuguese, whole or shortened.

use crate::mapping::table::folded;

/// The language in which names of months are written; they are read in all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Months {
    /// `March`, `Mar`.
    #[default]
    English,
    /// `mars`, `mars`; `septembre`, `sept`.
    French,
    /// `março`, `mar`.
    Portuguese,
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const FRENCH: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const PORTUGUESE: [&str; 12] = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];
/// How French shortens them: three letters would not tell June from July.
const FRENCH_SHORT: [&str; 12] =
    ["janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"];

/// Fewer letters than this are no name: `ma` begins several.
const SHORTEST: usize = 3;

impl Months {
    /// The languages with their names in mappings.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("en", Self::English), ("fr", Self::French), ("pt", Self::Portuguese)];

    const fn names(self) -> &'static [&'static str; 12] {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
            Self::Portuguese => &PORTUGUESE,
        }
    }

    /// The name of a month (1 to 12), whole or shortened.
    #[must_use]
    pub fn name(self, month: i8, whole: bool) -> Option<String> {
        let index = usize::try_from(month.checked_sub(1)?).ok()?;
        let name = *self.names().get(index)?;
        Some(match (whole, self) {
            (true, _) => name.to_owned(),
            (false, Self::French) => (*FRENCH_SHORT.get(index)?).to_owned(),
            (false, Self::English | Self::Portuguese) => name.chars().take(SHORTEST).collect(),
        })
    }
}

/// The month of a name, whole or its beginning, with or without accents, in any of the languages.
/// Nothing where it begins several (`jui`: juin, juillet).
#[must_use]
pub fn month(name: &str) -> Option<i16> {
    let name = folded(name);
    if name.chars().count() < SHORTEST {
        return None;
    }
    let begins = |month: &usize| {
        [ENGLISH, FRENCH, PORTUGUESE].iter().any(|names| folded(names[*month]).starts_with(&name))
    };
    let mut found = (0..12).filter(begins);
    let month = found.next()?;
    found.next().is_none().then(|| i16::try_from(month + 1).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_three_languages() {
        for (name, number) in [
            ("mars", 3),
            ("MARÇO", 3),
            ("Mar", 3),
            ("avr", 4),
            ("Apr", 4),
            ("abril", 4),
            ("aout", 8),
            ("Août", 8),
            ("sept", 9),
            ("set", 9),
            ("dez", 12),
            ("Dec", 12),
            ("juil", 7),
        ] {
            assert_eq!(month(name), Some(number), "{name}");
        }
        for name in ["jui", "ma", "", "marsa", "xyz"] {
            assert_eq!(month(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (_, language) in Months::NAMES {
            for number in 1..=12_i8 {
                for whole in [true, false] {
                    let name = language.name(number, whole).expect("a name");
                    assert_eq!(month(&name), Some(i16::from(number)), "{name}");
                }
            }
        }
    }
}
