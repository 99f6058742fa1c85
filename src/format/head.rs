//! The beginning of a file as text, to look at before it is known how to read it.

use std::io::Cursor;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::source::Source;

/// The first text of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Expanded and decoded; the last character or line may be cut.
    pub text: String,
    /// The encoding that it seems to have, by the label that [`super::ReadOptions`] takes.
    pub encoding: &'static str,
}

/// Expands and decodes the first bytes of a file, giving at most `most` bytes of text before
/// decoding. `first` may end anywhere, also within a compressed block.
///
/// ```
/// let head = dankun::format::head(b"Pr\xe9nom;Nom\n", 100);
/// assert_eq!((head.text.as_str(), head.encoding), ("Prénom;Nom\n", "windows-1252"));
/// ```
#[must_use]
pub fn head(first: &[u8], most: usize) -> Head {
    let mut bytes = Vec::new();
    let input = Box::new(Cursor::new(first.to_vec()));
    // A file that breaks off here goes on after what we were given.
    let _ = Source::new(input, most as u64).read(most, &mut bytes);
    let encoding = encoding_of(&bytes);
    let (text, _, _) = encoding.decode(&bytes);
    let label = if encoding == UTF_8 {
        "utf-8"
    } else if encoding == WINDOWS_1252 {
        "windows-1252"
    } else {
        encoding.name()
    };
    Head { text: text.trim_end_matches('\u{fffd}').to_owned(), encoding: label }
}

fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        // The cut may have gone through a character.
        Err(error) if error.error_len().is_none() => UTF_8,
        // A few broken rows do not make another encoding: what is legal beyond ASCII decides.
        Err(_) if mostly_utf8(bytes) => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

/// Whether more characters beyond ASCII are legal UTF-8 than bytes are not.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut legal, mut illegal) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        legal += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        illegal += chunk.invalid().len();
    }
    legal > illegal
}
