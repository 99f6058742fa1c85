//! Makes UTF-8 of what a sender wrote.
//!
//! A byte sequence that is illegal in the encoding of the file becomes [`ILLEGAL`], a byte that UTF-8
//! never has. So one check, "is this record UTF-8?", finds broken encodings in every encoding, and a
//! broken row stays one broken row.

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Stands where the file has bytes that are illegal in its encoding.
pub(super) const ILLEGAL: u8 = 0xff;

/// Turns blocks of a file into UTF-8.
pub(super) enum Decoder {
    /// Already UTF-8; checked record by record.
    Utf8,
    /// windows-1252, with its five unassigned bytes illegal.
    Windows1252,
    /// Only ASCII so far: the first block with anything else decides.
    Undecided,
    /// Any other encoding.
    Other(Box<encoding_rs::Decoder>),
}

/// The decoder of a file that begins with `head`, and the length of its byte order mark.
pub(super) fn choose(head: &[u8], declared: Option<&str>) -> (Decoder, usize) {
    if let Some((encoding, length)) = Encoding::for_bom(head) {
        return (Decoder::of(encoding), length);
    }
    if let Some(encoding) = utf16_without_mark(head) {
        return (Decoder::of(encoding), 0);
    }
    let encoding = declared
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| xml_declaration(head));
    match encoding {
        Some(encoding) => (Decoder::of(encoding), 0),
        None => (Decoder::Undecided, 0),
    }
}

impl Decoder {
    fn of(encoding: &'static Encoding) -> Self {
        if encoding == UTF_8 {
            Self::Utf8
        } else if encoding == WINDOWS_1252 {
            Self::Windows1252
        } else {
            Self::Other(Box::new(encoding.new_decoder_without_bom_handling()))
        }
    }

    /// Whether the bytes are to be taken as they are; settles an undecided file.
    pub(super) fn keeps(&mut self, block: &[u8]) -> bool {
        if matches!(self, Self::Undecided) {
            let ascii = Encoding::ascii_valid_up_to(block);
            let rest = block.get(ascii..).unwrap_or_default();
            if rest.is_empty() {
                return true;
            }
            *self = if looks_like_utf8(rest) { Self::Utf8 } else { Self::Windows1252 };
        }
        matches!(self, Self::Utf8)
    }

    /// Appends `block` to `out` as UTF-8; `last` says that no block follows.
    pub(super) fn decode(&mut self, block: &[u8], last: bool, out: &mut Vec<u8>) {
        match self {
            Self::Utf8 | Self::Undecided => out.extend_from_slice(block),
            Self::Windows1252 => decode_windows_1252(block, out),
            Self::Other(decoder) => decode_other(decoder, block, last, out),
        }
    }
}

fn decode_other(decoder: &mut encoding_rs::Decoder, block: &[u8], last: bool, out: &mut Vec<u8>) {
    let mut block = block;
    loop {
        let room = decoder
            .max_utf8_buffer_length_without_replacement(block.len())
            .unwrap_or(block.len().saturating_mul(3));
        let written = out.len();
        out.resize(written + room + 1, 0);
        let into = out.get_mut(written..).unwrap_or_default();
        let (result, read, wrote) = decoder.decode_to_utf8_without_replacement(block, into, last);
        out.truncate(written + wrote);
        block = block.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.push(ILLEGAL),
        }
    }
}

/// The characters of 0x80 to 0x9f in windows-1252; the unassigned ones are `None`. encoding_rs follows
/// WHATWG and reads those as control characters, which would let broken bytes pass as text.
const WINDOWS_1252_HIGH: [Option<char>; 32] = {
    const fn c(character: char) -> Option<char> {
        Some(character)
    }
    [
        c('€'),
        None,
        c('‚'),
        c('ƒ'),
        c('„'),
        c('…'),
        c('†'),
        c('‡'),
        c('ˆ'),
        c('‰'),
        c('Š'),
        c('‹'),
        c('Œ'),
        None,
        c('Ž'),
        None,
        None,
        c('‘'),
        c('’'),
        c('“'),
        c('”'),
        c('•'),
        c('–'),
        c('—'),
        c('˜'),
        c('™'),
        c('š'),
        c('›'),
        c('œ'),
        None,
        c('ž'),
        c('Ÿ'),
    ]
};

fn decode_windows_1252(block: &[u8], out: &mut Vec<u8>) {
    let mut rest = block;
    loop {
        let (ascii, other) = rest.split_at(Encoding::ascii_valid_up_to(rest));
        out.extend_from_slice(ascii);
        let Some((&byte, after)) = other.split_first() else {
            return;
        };
        let character = match byte {
            0x80..=0x9f => WINDOWS_1252_HIGH.get(usize::from(byte - 0x80)).copied().flatten(),
            _ => Some(char::from(byte)),
        };
        match character {
            Some(character) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            None => out.push(ILLEGAL),
        }
        rest = after;
    }
}

/// More characters that are well-formed UTF-8 than sequences that are not: a few broken rows do not
/// turn a UTF-8 file into another encoding, in which it would be read as nonsense.
fn looks_like_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= bad
}

/// Markup and separators are ASCII, so in UTF-16 every second byte at the start is zero.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(UTF_16LE),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(UTF_16BE),
        _ => None,
    }
}

fn xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.iter().position(|&byte| byte == b'>')?;
    let declaration = std::str::from_utf8(declaration.get(..end)?).ok()?;
    let (_, after) = declaration.split_once("encoding")?;
    let label = after.split(['"', '\'']).nth(1)?;
    // A document that can be read up to here as single bytes is not UTF-16, whatever it declares.
    Encoding::for_label(label.as_bytes())
        .map(|encoding| if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}
