//! Files of invented people, always the same: what a sender's export looks like on a good day.
//!
//! Values come from a small generator (a linear congruence) and from the names of places and people
//! that are common in the region; a part of the phones has blanks, a part of the fields is absent.

use std::fmt::Write as _;

use dankun::mapping::function::check_digit;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // Knuth's MMIX constants; the high half is good enough for test data.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn pick<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among[self.below(among.len() as u64) as usize]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A day, without separators.
    fn day(&mut self, from: u64, years: u64) -> String {
        format!("{}{:02}{:02}", from + self.below(years), 1 + self.below(12), 1 + self.below(28))
    }

    fn phone(&mut self, start: &str, digits: usize) -> String {
        let mut phone = start.to_owned();
        while phone.len() < digits {
            phone.push(char::from(b'0' + self.below(10) as u8));
        }
        if self.chance(15) {
            phone.insert(4, ' ');
        }
        phone
    }

    fn nina(&mut self) -> String {
        let body = format!("{:014}", 10_000_000_000_000 + self.below(8_999_999) * 1_000_003);
        let holds = |key: &char| check_digit::holds("nina", &format!("{body}{key}")) == Some(true);
        let key = ('A'..='Z').find(holds).expect("one of the letters is the key");
        format!("{body}{key}")
    }
}

const FAMILIES: &[&str] = &[
    "Traoré",
    "COULIBALY",
    "Keïta",
    "DIARRA",
    "Koné",
    "SANGARÉ",
    "Ouattara",
    "KOUAMÉ",
    "N'Guessan",
];
const GIVEN: &[&str] =
    &["Aïssata", "Moussa", "Fatoumata", "Ibrahima", "Awa Binta", "Adjoua Rose", "Kadiatou", "Yao"];
const PLACES: &[&str] = &["Bouaké", "Korhogo", "Ségou", "Yopougon", "Sikasso", "Banconi"];

/// Lines as the CMU of Côte d'Ivoire sends them.
pub fn ci_cnam(records: usize) -> Vec<u8> {
    let mut dice = Dice(1);
    let mut text = String::new();
    for record in 0..records {
        let optional = |dice: &mut Dice, percent: u64, value: String| {
            if dice.chance(percent) { format!("\"{value}\"") } else { "null".to_owned() }
        };
        let id = format!("384{record:010}");
        let given = format!("{}{}", if dice.chance(2) { "Hadja " } else { "" }, dice.pick(GIVEN));
        let born = if dice.chance(10) {
            format!("{}0000", 1940 + dice.below(60))
        } else {
            dice.day(1940, 80)
        };
        let phone = dice.phone("07", 10);
        let phone = optional(&mut dice, 60, phone);
        let nni = format!("{:011}", dice.below(99_999_999));
        let nni = optional(&mut dice, 40, nni);
        let paper = match dice.below(4) {
            0 => "null".to_owned(),
            1 => format!("{{\"type\": \"CNI\", \"numero\": \"CI{:09}\"}}", dice.below(999_999_999)),
            2 => format!("{{\"type\": \"CNIB\", \"numero\": \"B{:08}\"}}", dice.below(99_999_999)),
            _ => format!("{{\"type\": \"NINA\", \"numero\": \"{}\"}}", dice.nina()),
        };
        let payer = format!("384{:010}", record - record % 5);
        let (capacity, payer) = if record % 5 == 0 {
            ("OD", "null".to_owned())
        } else {
            ("AD", format!("\"{payer}\""))
        };
        let status =
            dice.pick(&["ACTIF", "ACTIF", "ACTIF", "ACTIF", "CARENCE", "SUSPENDU", "RADIE"]);
        writeln!(
            text,
            "{{\"num_secu\": \"{id}\", \"nom\": \"{}\", \"prenoms\": \"{given}\", \"genre\": \"{}\", \"date_naiss\": \"{born}\", \"nationalite\": \"{}\", \"localite\": \"{}\", \"district\": \"{}\", \"telephone\": {phone}, \"nni\": {nni}, \"piece\": {paper}, \"regime\": \"RGB\", \"qualite\": \"{capacity}\", \"num_od\": {payer}, \"date_immat\": \"{}\", \"droits\": {{\"statut\": \"{status}\", \"debut\": \"{}\", \"fin\": \"{}\", \"maj\": \"{}\"}}}}",
            dice.pick(FAMILIES),
            dice.pick(&["H", "F"]),
            dice.pick(&["CIV", "MLI", "BFA", "NGA"]),
            dice.pick(PLACES),
            dice.pick(&["CI-AB", "CI-VB", "CI-SV"]),
            dice.day(2015, 10),
            dice.day(2015, 9),
            dice.day(2026, 3),
            dice.day(2015, 10),
        )
        .expect("a string takes everything");
    }
    text.into_bytes()
}

/// Rows as the mutuelles of the UTM send them; dependants stand below their principal.
pub fn ml_utm(records: usize) -> Vec<u8> {
    let mut dice = Dice(2);
    let mut text = "N° adhérent;Rang;Lien;Nom;Prénoms;Sexe;Date de naissance;Né(e) vers;Localité;Commune;Région;Téléphone;NINA;Code mutuelle;Garantie;Date d'adhésion;Ouverture des droits;Fin des droits;Statut;Date du statut;Cotisation mensuelle (FCFA)\n".to_owned();
    let french = |day: String| format!("{}/{}/{}", &day[6..8], &day[4..6], &day[..4]);
    for record in 0..records {
        let (number, rank) = (record / 5, record % 5);
        let principal = rank == 0;
        let place = if principal { dice.pick(PLACES) } else { "idem" };
        let given = format!("{}{}", if dice.chance(2) { "El Hadj " } else { "" }, dice.pick(GIVEN));
        let about = dice.chance(10);
        let born = if about {
            format!("01/01/{}", 1940 + dice.below(60))
        } else {
            french(dice.day(1940, 80))
        };
        let phone = if dice.chance(60) { dice.phone("7", 8) } else { String::new() };
        let nina = if dice.chance(30) { dice.nina() } else { String::new() };
        writeln!(
            text,
            "UTM-{:03}-{number:07};{rank:02};{};{};{given};{};{born};{};{place};{place};{:02};{phone};{nina};{:03};CP;{};{};{};{};{};{}",
            number % 20,
            if principal { "ADH" } else { dice.pick(&["CJ", "EN", "EN", "AS"]) },
            dice.pick(FAMILIES),
            dice.pick(&["M", "F"]),
            if about { "O" } else { "N" },
            dice.below(20),
            number % 20,
            french(dice.day(2015, 9)),
            french(dice.day(2015, 9)),
            french(dice.day(2026, 3)),
            dice.pick(&["AJ", "AJ", "AJ", "RT", "SU", "RD"]),
            french(dice.day(2015, 10)),
            if principal { dice.pick(&["2200", "3 850", "4950"]) } else { "" },
        )
        .expect("a string takes everything");
    }
    text.into_bytes()
}

/// Insured people with their dependants as the CANAM sends them: `records` counts both.
pub fn ml_canam(records: usize) -> Vec<u8> {
    let mut dice = Dice(3);
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<exportAMO xmlns=\"urn:example:canam:amo:2\" version=\"2.1\">\n".to_owned();
    for family in 0..records / 5 {
        let rights = |dice: &mut Dice| {
            let day = |day: String| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..8]);
            format!(
                "<droits etat=\"{}\" effetEtat=\"{}\" immatriculation=\"{}\" ouverture=\"{}\" fin=\"{}\"/>",
                dice.pick(&["O", "O", "O", "S", "F"]),
                day(dice.day(2015, 10)),
                day(dice.day(2015, 9)),
                day(dice.day(2015, 9)),
                day(dice.day(2026, 3)),
            )
        };
        let person = |dice: &mut Dice| {
            let given =
                format!("{}{}", if dice.chance(2) { "El Hadj " } else { "" }, dice.pick(GIVEN));
            let nina = if dice.chance(30) {
                format!("<nina>{}</nina>", dice.nina())
            } else {
                "<nina/>".to_owned()
            };
            let (precision, born) = if dice.chance(20) {
                ("annee", format!("{}-01-01", 1940 + dice.below(60)))
            } else {
                let day = dice.day(1940, 80);
                ("jour", format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..8]))
            };
            format!(
                "<identite><nom>{}</nom><prenom>{given}</prenom><sexe>{}</sexe><dateNaissance precision=\"{precision}\">{born}</dateNaissance>{nina}</identite>",
                dice.pick(FAMILIES),
                dice.pick(&["1", "2"]),
            )
        };
        let phone = dice.phone("7", 8);
        writeln!(
            text,
            "<assure numImmatriculation=\"999{family:010}\" ogd=\"{}\" categorie=\"SAL\">\n {}\n <contact><telephone>{phone}</telephone><region code=\"ML-{}\"/><commune>{}</commune></contact>\n {}\n <ayantsDroit>",
            dice.pick(&["INPS", "CMSS"]),
            person(&mut dice),
            1 + dice.below(9),
            dice.pick(PLACES),
            rights(&mut dice),
        )
        .expect("a string takes everything");
        for rank in 1..5 {
            writeln!(
                text,
                "  <ayantDroit rang=\"{rank:02}\" lien=\"{}\" scolarise=\"{}\" handicap=\"N\">{}{}</ayantDroit>",
                dice.pick(&["CJT", "ENF", "ENF", "ASC"]),
                dice.pick(&["O", "N"]),
                person(&mut dice),
                rights(&mut dice),
            )
            .expect("a string takes everything");
        }
        text.push_str(" </ayantsDroit>\n</assure>\n");
    }
    text.push_str("</exportAMO>\n");
    text.into_bytes()
}

/// How the simple list is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Lines,
    Rows,
    Elements,
}

/// A list of eight columns that hardly needs a mapping.
pub fn simple(records: usize, shape: Shape) -> Vec<u8> {
    let mut dice = Dice(4);
    let mut text = match shape {
        Shape::Lines => "",
        Shape::Rows => "id,family,given,sex,born,status,start,end\n",
        Shape::Elements => "<records>\n",
    }
    .to_owned();
    let day = |day: String| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..8]);
    for record in 0..records {
        let (family, given) = (dice.pick(FAMILIES), dice.pick(GIVEN));
        let (sex, status) = (dice.pick(&["M", "F"]), dice.pick(&["A", "S", "E"]));
        let (born, start, end) =
            (day(dice.day(1940, 80)), day(dice.day(2015, 9)), day(dice.day(2026, 3)));
        match shape {
            Shape::Lines => writeln!(text, "{{\"id\":\"S-{record:07}\",\"family\":\"{family}\",\"given\":\"{given}\",\"sex\":\"{sex}\",\"born\":\"{born}\",\"status\":\"{status}\",\"start\":\"{start}\",\"end\":\"{end}\"}}"),
            Shape::Rows => writeln!(text, "S-{record:07},{family},{given},{sex},{born},{status},{start},{end}"),
            Shape::Elements => writeln!(text, "<record id=\"S-{record:07}\"><family>{family}</family><given>{given}</given><sex>{sex}</sex><born>{born}</born><status>{status}</status><start>{start}</start><end>{end}</end></record>"),
        }
        .expect("a string takes everything");
    }
    if shape == Shape::Elements {
        text.push_str("</records>\n");
    }
    text.into_bytes()
}
