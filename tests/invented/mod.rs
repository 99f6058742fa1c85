//! People who do not exist, in the formats of two schemes: names are made of syllables.

#![allow(dead_code)] // Each test program uses its own part of it.

/// Somebody.
#[derive(Clone, Debug)]
pub struct Invented {
    pub number: u32,
    pub family: String,
    pub given: String,
    pub phone: String,
    /// `AJ` up to date, `RD` removed …
    pub status: &'static str,
    /// The day of that status, `dd/mm/yyyy`.
    pub status_on: &'static str,
}

const SYLLABLES: [&str; 16] = [
    "ba", "ko", "ri", "dou", "fa", "ngo", "me", "sa", "ti", "wo", "ya", "lou", "ze", "pa", "gui",
    "cha",
];

fn word(mut seed: u32, length: usize) -> String {
    let mut word = String::new();
    for _ in 0..length {
        word.push_str(SYLLABLES[(seed % 16) as usize]);
        seed /= 16;
    }
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A number that looks like chance but is the same each time.
fn mixed(number: u32) -> u32 {
    let mixed = number.wrapping_add(1).wrapping_mul(2_654_435_761);
    mixed ^ (mixed >> 15)
}

impl Invented {
    pub fn new(number: u32) -> Self {
        Self {
            number,
            family: word(mixed(number), 4),
            given: word(mixed(number + 1_000_000), 3),
            phone: format!("7{:07}", mixed(number) % 10_000_000),
            status: "AJ",
            status_on: "27/01/2022",
        }
    }

    fn born(&self) -> (u32, u32, u32) {
        let seed = mixed(self.number + 2_000_000);
        (1950 + seed % 50, 1 + seed / 50 % 12, 1 + seed / 600 % 28)
    }

    /// Day of birth as UTM writes it.
    pub fn birth(&self) -> String {
        let (year, month, day) = self.born();
        format!("{day:02}/{month:02}/{year}")
    }

    /// The national number, with its key letter.
    pub fn nina(&self) -> String {
        let (year, ..) = self.born();
        let digits = format!("11{:02}{:010}", year % 100, 9_000_000_000 + u64::from(self.number));
        let key = digits.parse::<u64>().expect("digits") % 23;
        let letter = "ABCDEFGHJKLMNPQRSTVWXYZ".chars().nth(key as usize).expect("of 23");
        format!("{digits}{letter}")
    }

    /// What UTM calls the record.
    pub fn utm_id(&self) -> String {
        format!("UTM-014-{:07}/00", self.number)
    }

    fn utm_row(&self) -> String {
        format!(
            "UTM-014-{:07};00;ADH;{};{};M;{};N;Fana;Fana;02;{};{};014;CP;27/01/2022;27/04/2022;17/07/2026;{};{};3 850\n",
            self.number,
            self.family,
            self.given,
            self.birth(),
            self.phone,
            self.nina(),
            self.status,
            self.status_on,
        )
    }

    fn canam(&self) -> String {
        let (year, month, day) = self.born();
        let number = 99_900_000_000 + u64::from(self.number);
        let key = 97 - number % 97;
        format!(
            "<assure numImmatriculation=\"{number}{key:02}\" ogd=\"INPS\" categorie=\"SAL\">\n\
             <identite><nom>{}</nom><prenom>{}</prenom><sexe>1</sexe>\
             <dateNaissance precision=\"jour\">{year}-{month:02}-{day:02}</dateNaissance>\
             <nina>{}</nina></identite>\n\
             <contact><telephone>{}</telephone><region code=\"ML-2\"/><commune>Fana</commune></contact>\n\
             <droits etat=\"O\" effetEtat=\"2023-10-31\" immatriculation=\"2023-10-31\" \
             ouverture=\"2024-04-30\" fin=\"2026-12-31\"/>\n</assure>\n",
            self.family.to_uppercase(),
            self.given,
            self.nina(),
            self.phone,
        )
    }

    /// Everything that must not stand in a log.
    pub fn secrets(&self) -> Vec<String> {
        let (year, month, day) = self.born();
        let (family, given) = (self.family.clone(), self.given.clone());
        let iso = format!("{year}-{month:02}-{day:02}");
        let number = format!("{:07}", self.number);
        let upper = self.family.to_uppercase();
        vec![family, upper, given, self.birth(), iso, self.phone.clone(), self.nina(), number]
    }
}

/// A file of UTM; its header is that of the real layout, in windows-1252.
pub fn utm<'p>(people: impl IntoIterator<Item = &'p Invented>) -> Vec<u8> {
    const HEADER: &str = "N° adhérent;Rang;Lien;Nom;Prénoms;Sexe;Date de naissance;Né(e) vers;Localité;Commune;\
        Région;Téléphone;NINA;Code mutuelle;Garantie;Date d'adhésion;Ouverture des droits;Fin des droits;Statut;\
        Date du statut;Cotisation mensuelle (FCFA)\n";
    // Up to U+00FF the code of a character is its byte.
    let mut bytes: Vec<u8> = HEADER.chars().map(|c| c as u8).collect();
    people.into_iter().for_each(|one| bytes.extend(one.utm_row().bytes()));
    bytes
}

/// A file of CANAM.
pub fn canam<'p>(people: impl IntoIterator<Item = &'p Invented>) -> Vec<u8> {
    let mut text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<exportAMO xmlns=\"urn:example:canam:amo:2\" \
        version=\"2.1\" organisme=\"CANAM\" dateExtraction=\"2025-12-31\">\n"
            .to_owned();
    people.into_iter().for_each(|one| text.push_str(&one.canam()));
    text.push_str("</exportAMO>\n");
    text.into_bytes()
}
