//! Invented persons, the same every time: names and places follow Zipf's law, as they do in life.

/// Numbers that look random and are the same every time.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 >> 33) ^ (self.0 >> 12);
        mixed % if below == 0 { 1 } else { below }
    }

    /// Small numbers are commoner, as names are: the first is a tenth or so of all.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below `below`")]
    pub fn common(&mut self, below: u64) -> u64 {
        let unit = self.roll(1 << 32) as f64 / (1_u64 << 32) as f64;
        ((below as f64 + 1.0).powf(unit) - 1.0) as u64
    }
}

const SYLLABLES: [&str; 24] = [
    "ba", "di", "fa", "ka", "la", "ma", "na", "ou", "ra", "sa", "ta", "wa", "be", "do", "fo", "ki",
    "lo", "mi", "no", "ri", "se", "to", "yu", "zé",
];

/// A word for each number.
pub fn word(mut number: u64) -> String {
    let mut word = String::new();
    loop {
        let place = usize::try_from(number % 24).unwrap_or(0);
        word.push_str(SYLLABLES[place]);
        number /= 24;
        if number == 0 {
            return word;
        }
    }
}

/// Somebody.
#[derive(Clone)]
pub struct Somebody {
    pub given: String,
    pub family: String,
    pub is_female: bool,
    /// Year, month and day of birth.
    pub born: (u64, u64, u64),
    pub phone: String,
    pub town: u64,
    pub number: u64,
}

/// Towns of a country of so many people: one of some hundreds each, and a few large ones.
pub const fn towns(people: usize) -> u64 {
    2_000 + people as u64 / 500
}

/// The next person of a country of so many people. One birth in five is written as 1 January.
pub fn somebody(people: usize, dice: &mut Dice) -> Somebody {
    let born = if dice.roll(5) == 0 { (1, 1) } else { (1 + dice.roll(12), 1 + dice.roll(28)) };
    Somebody {
        given: word(600 + dice.common(3_000)),
        family: word(14_000 + dice.common(5_000 + people as u64 / 200)),
        is_female: dice.roll(2) == 0,
        born: (1930 + dice.roll(90), born.0, born.1),
        phone: format!("+2237{:07}", dice.roll(10_000_000)),
        town: dice.common(towns(people)),
        number: dice.roll(10_000_000_000),
    }
}

/// A text with one letter less.
pub fn slip(value: &str, dice: &mut Dice) -> String {
    let gone = dice.roll(value.chars().count() as u64);
    (0..).zip(value.chars()).filter(|(at, _)| *at != gone).map(|(_, letter)| letter).collect()
}
