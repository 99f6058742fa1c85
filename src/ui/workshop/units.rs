//! Places of a text as scripts count them, in UTF-16 units, and as this program does, in bytes.

/// The lines of one text.
pub struct Units<'t> {
    text: &'t str,
    /// Where each line begins: bytes, units.
    starts: Vec<(usize, usize)>,
}

impl<'t> Units<'t> {
    /// Measures a text.
    pub fn of(text: &'t str) -> Self {
        let mut starts = vec![(0, 0)];
        let (mut bytes, mut units) = (0, 0);
        for line in text.split_inclusive('\n') {
            bytes += line.len();
            units += length(line);
            starts.push((bytes, units));
        }
        Self { text, starts }
    }

    /// The units before a byte.
    pub fn before(&self, byte: usize) -> usize {
        let byte = self.text.floor_char_boundary(byte.min(self.text.len()));
        let (start, units) = self.line(|(start, _)| *start <= byte);
        units + length(self.text.get(start..byte).unwrap_or_default())
    }

    /// The byte behind so many units.
    pub fn byte(&self, units: usize) -> usize {
        let (start, mut left) = self.line(|(_, before)| *before <= units);
        left = units - left;
        for (at, letter) in self.text.get(start..).unwrap_or_default().char_indices() {
            if left < letter.len_utf16() {
                return start + at;
            }
            left -= letter.len_utf16();
        }
        self.text.len()
    }

    /// Where a line begins and ends, in units; lines count from 1, and one that is not there is the nearest.
    pub fn of_line(&self, line: usize) -> (usize, usize) {
        let last = self.starts.len() - 1;
        let at = line.clamp(1, last.max(1)) - 1;
        let unit = |at: usize| self.starts.get(at.min(last)).map_or(0, |(_, units)| *units);
        let (start, next) = (unit(at), unit(at + 1));
        // Without the sign that ends it.
        (start, next.saturating_sub(1).max(start))
    }

    fn line(&self, before: impl Fn(&(usize, usize)) -> bool) -> (usize, usize) {
        let found = self.starts.partition_point(before).saturating_sub(1);
        self.starts.get(found).copied().unwrap_or_default()
    }
}

fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_found_without_their_ends() {
        let units = Units::of("a: é\nb: 𝄞\nc");
        assert_eq!(units.of_line(1), (0, 4));
        assert_eq!(units.of_line(2), (5, 10));
        assert_eq!((units.before(10), units.byte(10)), (8, 13));
    }

    proptest! {
        #[test]
        fn what_is_counted_forth_comes_back(text in "(?s).{0,60}") {
            let units = Units::of(&text);
            for (at, _) in text.char_indices() {
                prop_assert_eq!(units.byte(units.before(at)), at);
                let encoded = text.get(..at).unwrap_or_default().encode_utf16().count();
                prop_assert_eq!(units.before(at), encoded);
            }
        }
    }
}
