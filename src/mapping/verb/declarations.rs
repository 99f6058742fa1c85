//! Every verb with its meaning and an example that a test runs; `docs/mapping-language.md` is made of it.

use crate::model::IssueCode;

use super::super::spec::Meaning;
use super::super::value::{Class, Shape};

/// What a verb declares.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Shape,
    /// What it gives.
    pub gives: Shape,
    /// The code of its failure, when it can fail.
    pub fails: Option<IssueCode>,
    /// How much its way back restores.
    pub class: Class,
    /// Names of its options.
    pub options: &'static [&'static str],
    /// What it does, with its argument and options.
    pub meaning: Meaning,
    /// Steps that use it, on a given value.
    pub example: Example,
}

/// Steps with what goes in and what comes out.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What stands in `do`: one step, or several in brackets.
    pub steps: &'static str,
    /// The sender's text.
    pub given: &'static str,
    /// Another field of the same record, which the steps look at: its name and its text.
    pub beside: Option<(&'static str, &'static str)>,
    /// The result as text: dates in EDTF, lists with ` | ` between, `∅` when absent.
    pub result: &'static str,
}

const fn declare(
    name: &'static str,
    (takes, gives): (Shape, Shape),
    class: Class,
    fr: &'static str,
    en: &'static str,
    (steps, given, result): (&'static str, &'static str, &'static str),
) -> Declaration {
    let meaning = Meaning { fr, en };
    let example = Example { steps, given, beside: None, result };
    Declaration { name, takes, gives, fails: None, class, options: &[], meaning, example }
}

impl Declaration {
    const fn fails(mut self, code: IssueCode) -> Self {
        self.fails = Some(code);
        self
    }

    const fn options(mut self, options: &'static [&'static str]) -> Self {
        self.options = options;
        self
    }

    const fn beside(mut self, name: &'static str, text: &'static str) -> Self {
        self.example.beside = Some((name, text));
        self
    }
}

use Class::{EqualUpToForm, Exact, OneWay, Partial};
use Shape::{Any, Date, List, Text};

/// Every verb.
pub const DECLARATIONS: &[Declaration] = &[
    declare(
        "trim",
        (Text, Text),
        EqualUpToForm,
        "enlève les blancs au début et à la fin, espaces insécables compris",
        "removes blanks in front and behind, no-break spaces too",
        ("trim", "  Awa ", "Awa"),
    ),
    declare(
        "squeeze",
        (Text, Text),
        EqualUpToForm,
        "comme `trim`, et un seul blanc là où il y en a plusieurs",
        "as `trim`, and one blank where there are several",
        ("squeeze", " Awa   Fatou ", "Awa Fatou"),
    ),
    declare(
        "upper",
        (Text, Text),
        EqualUpToForm,
        "met en majuscules",
        "puts into capitals",
        ("upper", "Traoré", "TRAORÉ"),
    ),
    declare(
        "lower",
        (Text, Text),
        EqualUpToForm,
        "met en minuscules",
        "puts into small letters",
        ("lower", "TRAORÉ", "traoré"),
    ),
    declare(
        "title",
        (Text, Text),
        EqualUpToForm,
        "majuscule au début de chaque mot, minuscules ensuite",
        "a capital at the beginning of each word, small letters after it",
        ("title", "AWA FATOU", "Awa Fatou"),
    ),
    declare(
        "split",
        (Text, List),
        EqualUpToForm,
        "coupe un texte en liste à chaque séparateur ; les parties vides sont laissées",
        "cuts a text into a list at each separator; empty parts are left out",
        ("{ split: \" \" }", "Awa Fatou", "Awa | Fatou"),
    ),
    declare(
        "join",
        (List, Text),
        EqualUpToForm,
        "réunit une liste en un texte, avec ce texte entre les parties",
        "puts a list together into one text, with this text between the parts",
        ("[{ split: \",\" }, { join: \" \" }]", "Awa,Fatou", "Awa Fatou"),
    ),
    declare(
        "prefix",
        (Text, Text),
        Exact,
        "ajoute ce texte devant",
        "adds this text in front",
        ("{ prefix: \"ML-\" }", "BKO", "ML-BKO"),
    ),
    declare(
        "suffix",
        (Text, Text),
        Exact,
        "ajoute ce texte derrière",
        "adds this text behind",
        ("{ suffix: \"-00\" }", "A17", "A17-00"),
    ),
    declare(
        "strip",
        (Text, Text),
        Exact,
        "enlève ce texte au début, s'il y est ; avec `end: true`, à la fin ; avec `{ field: AUTRE }`, les mots \
         d'un autre champ, entiers, quels que soient la casse et les accents (sans retour)",
        "removes this text in front, when it is there; with `end: true` at the end; with `{ field: OTHER }` \
         the words of another field, whole ones, whatever their case and accents (no way back)",
        ("{ strip: \"Patient/\" }", "Patient/A17", "A17"),
    )
    .options(&["end"]),
    declare(
        "pad",
        (Text, Text),
        EqualUpToForm,
        "complète devant jusqu'à cette longueur, avec le caractère `with` (`0` s'il n'est pas dit)",
        "fills in front up to this length, with the character `with` (`0` when not said)",
        ("{ pad: 6, with: \"0\" }", "1234", "001234"),
    )
    .options(&["with"]),
    declare(
        "item",
        (List, Text),
        OneWay,
        "un élément de la liste : le premier est 0, le dernier -1 ; rien s'il n'y en a pas",
        "one of the list: the first is 0, the last -1; nothing when there is none",
        ("[{ split: \"/\" }, { item: -1 }]", "GA/ACC/0042", "0042"),
    ),
    declare(
        "extract",
        (Text, Text),
        OneWay,
        "ce que l'expression régulière décrit : sa première parenthèse, ou tout ; avec `optional: true`, rien \
         si elle n'y est pas",
        "what the regular expression describes: its first group in parentheses, or all; with `optional: \
         true` nothing when it is not there",
        ("{ extract: '([0-9]{4})$' }", "Village 12, 1985", "1985"),
    )
    .fails(IssueCode::BadFormat)
    .options(&["optional"]),
    declare(
        "replace",
        (Text, Text),
        OneWay,
        "remplace partout ce texte par `with`",
        "replaces this text by `with`, everywhere",
        ("{ replace: \"-\", with: \"\" }", "12-34-5", "12345"),
    )
    .options(&["with"]),
    declare(
        "slice",
        (Text, Text),
        OneWay,
        "les caractères à partir de cette place (comptée de 0) jusqu'avant `to` (la fin si `to` manque)",
        "the characters from this place (counted from 0) to just before `to` (the end without `to`)",
        ("{ slice: 0, to: 4 }", "1985-06-14", "1985"),
    )
    .options(&["to"]),
    declare(
        "keep",
        (Text, Text),
        EqualUpToForm,
        "ne garde que les chiffres (`digits`), les lettres (`letters`) ou les deux (`alphanumeric`)",
        "keeps only the `digits`, the `letters`, or both (`alphanumeric`)",
        ("{ keep: digits }", "N° 12-34 B", "1234"),
    ),
    declare(
        "number",
        (Text, Text),
        EqualUpToForm,
        "lit un nombre décimal écrit avec ce signe décimal (`,` ou `.`) ; les milliers peuvent être séparés",
        "reads a decimal number with this decimal sign (`,` or `.`); thousands may be grouped",
        ("{ number: \",\" }", "45 000,50", "45000.50"),
    )
    .fails(IssueCode::BadNumber),
    declare(
        "date",
        (Text, Date),
        Exact,
        "lit une date écrite sous cette forme, ou sous la première qui convient d'une liste de formes \
         (`dd` jour, `MM` mois, `MMM` nom du mois, `yyyy` année) ; `pivot` dit jusqu'où `yy` veut dire 20yy \
         (10 s'il n'est pas dit : 11 à 99 sont alors 19yy), \
         `language` (`fr`, `en`, `pt`) la langue des mois que l'on écrit",
        "reads a date of this form, or of the first form of a list that fits (`dd` day, `MM` month, \
         `MMM` name of the month, `yyyy` year); `pivot` says up to where `yy` means 20yy (10 when it is not said: \
         11 to 99 are then 19yy), `language` \
         (`fr`, `en`, `pt`) in which language months are written",
        ("{ date: dd/MM/yyyy }", "14/06/1985", "1985-06-14"),
    )
    .fails(IssueCode::BadDate)
    .options(&["pivot", "language"]),
    declare(
        "date_parts",
        (Text, Date),
        Partial,
        "la date de cette année, dont le mois (`month`) et le jour (`day`) sont dans d'autres champs ; une partie \
         absente, ou `0`, n'est pas connue",
        "the date of this year, whose `month` and `day` stand in other fields; a part that is absent, or \
         `0`, is not known",
        ("{ date_parts: { month: MOIS } }", "1985", "1985-06"),
    )
    .fails(IssueCode::BadDate)
    .beside("MOIS", "6"),
    declare(
        "plus",
        (Date, Date),
        Partial,
        "la date tant de jours (`days`), mois (`months`) ou années (`years`) plus tard, ou plus tôt avec `-` ; \
         avec `unit`, le nombre est dans un autre champ",
        "the date so many `days`, `months` or `years` later, or earlier with `-`; with `unit` the number \
         stands in another field",
        ("[{ date: dd/MM/yyyy }, { plus: 12 months }, { plus: -1 day }]", "01/03/2026", "2027-02-28"),
    )
    .fails(IssueCode::BadDate)
    .options(&["unit"]),
    declare(
        "born_at",
        (Text, Date),
        OneWay,
        "d'un âge à la date de ce champ (de cette valeur, ou à cette date), l'année de naissance, à peu près ; avec \
         `unit: months` ou `days`, le mois",
        "from an age on the date of this field (of this value, or on this date) the year of birth, about; with `unit: months` \
         or `days` the month",
        ("{ born_at: VISITE }", "34", "1992~"),
    )
    .fails(IssueCode::BadNumber)
    .options(&["unit"])
    .beside("VISITE", "2026-02-11"),
    declare(
        "estimated_when",
        (Date, Date),
        Partial,
        "quand la condition est vraie, seule l'année est connue, et à peu près",
        "when the condition holds, only the year is known, and only about",
        ("[{ date: dd/MM/yyyy }, { estimated_when: \"VERS == 'O'\" }]", "01/01/1985", "1985~"),
    )
    .beside("VERS", "O"),
    declare(
        "year_only_when",
        (Date, Date),
        Partial,
        "quand la condition est vraie, seule l'année est connue",
        "when the condition holds, only the year is known",
        ("[{ date: dd/MM/yyyy }, { year_only_when: \"JOUR == 'N'\" }]", "01/01/1985", "1985"),
    )
    .beside("JOUR", "N"),
    declare(
        "phone",
        (Text, Text),
        EqualUpToForm,
        "lit un numéro de téléphone ; un numéro sans indicatif est de ce pays (deux lettres) ; donne `+223…` ; avec \
         `length_only: true`, seule la longueur compte, non que la plage soit attribuée",
        "reads a phone number; one without a country code is of this country (two letters); gives `+223…`; \
         with `length_only: true` only the length counts, not that its range has been given out",
        ("{ phone: ML }", "76 12 34 56", "+22376123456"),
    )
    .fails(IssueCode::BadPhone)
    .options(&["length_only"]),
    declare(
        "check_digit",
        (Text, Text),
        Exact,
        "la clé de contrôle du numéro doit être juste : `luhn`, `verhoeff`, `mod97_10` (ISO 7064), `mod11` (avec \
         `weights`, les poids de gauche à droite), chacun avec `length` si la longueur est fixe ; ou un numéro \
         connu : `nina`, `nin`, `cmu`, `amo`, `openimis`",
        "the check digits of the number must be right: `luhn`, `verhoeff`, `mod97_10` (ISO 7064), `mod11` \
         (with `weights` from the left), each with `length` where that is fixed; or a known number: `nina`, \
         `nin`, `cmu`, `amo`, `openimis`",
        ("{ check_digit: mod11, weights: [9, 8, 7, 6, 5, 4, 3, 2], length: 9 }", "123456789", "123456789"),
    )
    .fails(IssueCode::BadCheckDigit)
    .options(&["length", "weights"]),
    declare(
        "name_part",
        (Text, Any),
        Partial,
        "une partie d'un nom entier : `family`, `given` (liste) ou `prefix` (liste) ; `order` dit ce qui \
         vient d'abord : `family_first` (si rien n'est dit), `given_first`, `given_only` (des prénoms, des titres) ; \
         avec `mostly_` devant les deux premiers, les mots eux-mêmes peuvent dire autre chose",
        "one part of a whole name: `family`, `given` (a list) or `prefix` (a list); `order` says what \
         comes first: `family_first` (when not said), `given_first`, `given_only` (given names and titles); with \
         `mostly_` before the first two the words themselves may say otherwise",
        ("{ name_part: given, order: given_first }", "Awa Fatou TRAORÉ", "Awa | Fatou"),
    )
    .options(&["order"]),
    declare(
        "table",
        (Text, Text),
        Partial,
        "le code que la table donne pour ce texte ; la table est nommée, ou ses lignes sont écrites ici",
        "the code that the table gives for this text; a table's name, or its rows",
        ("{ table: { M: male, F: female } }", "F", "female"),
    ),
    declare(
        "default",
        (Any, Any),
        Partial,
        "ce texte quand il n'y a rien",
        "this text when there is nothing",
        ("{ default: unknown }", "", "unknown"),
    ),
    declare(
        "hash",
        (Text, Text),
        OneWay,
        "une empreinte du texte : le même texte donne toujours la même, et rien n'en revient",
        "a fingerprint of the text: the same text always gives the same, and nothing leads back",
        ("hash", "A17", "3a4566597b75d048d47e5b14b339107a"),
    ),
    declare(
        "uuid",
        (Text, Text),
        OneWay,
        "un UUID fait de ce nom et du texte : le même texte donne toujours le même",
        "a UUID made of this name and the text: the same text always gives the same",
        ("{ uuid: Patient }", "A17", "514f6d1c-11fc-8a03-971d-1cde0b01680f"),
    ),
];
