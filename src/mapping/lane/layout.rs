//! What stands between the values of a document.
//!
//! Keys, brackets and constants are the same in every document with the same values, so that between two
//! values that follow each other there is one text. It is made when the mapping is compiled, with the
//! quotes of both values. Of a group without a value nothing is written.

/// What a document is made of, in its order.
#[derive(Debug)]
pub enum Piece {
    /// A group or list begins: its key and bracket.
    Open(Box<[u8]>),
    /// It ends.
    Close(u8),
    /// A key with a value that is always the same.
    Fixed(Box<[u8]>),
    /// The key of a value, and what encloses the value.
    Value(Box<[u8]>, Around),
}

/// What encloses a value.
#[derive(Clone, Copy, Debug)]
pub enum Around {
    Quotes,
    Brackets,
    Nothing,
}

impl Around {
    const fn signs(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::Quotes => (b"\"", b"\""),
            Self::Brackets => (b"[", b"]"),
            Self::Nothing => (b"", b""),
        }
    }
}

/// The texts between a value and so many after it are kept; between values that are further apart, which
/// is rare, they are put together for each record.
const KEPT: usize = 8;

/// See the module. Values are counted from 1, so that 0 is the beginning of the document.
#[derive(Debug)]
pub struct Layout {
    pieces: Box<[Piece]>,
    /// For each [`Piece::Open`] where it is closed.
    closed: Box<[usize]>,
    /// Where each value stands among the pieces.
    places: Box<[usize]>,
    /// For each value and the beginning, the texts up to the next values.
    kept: Box<[Text]>,
}

/// A text that is written as it is: what stands between two values, or a code.
#[derive(Clone, Debug)]
pub enum Text {
    /// So many of these bytes: a text that is short is written with the room that it stands in, which
    /// takes no call, and the rest is cut off.
    Short(u8, [u8; ROOM]),
    Long(Box<[u8]>),
}

/// The longest [`Text::Short`].
const ROOM: usize = 32;

impl Text {
    /// Of the bytes that are to be written.
    pub fn new(text: Vec<u8>) -> Self {
        match u8::try_from(text.len()) {
            Ok(length) if text.len() <= ROOM => {
                let mut room = [0; ROOM];
                room.iter_mut().zip(text).for_each(|(to, from)| *to = from);
                Self::Short(length, room)
            }
            _ => Self::Long(text.into()),
        }
    }

    /// Writes it.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Short(length, room) => {
                let end = out.len() + usize::from(*length);
                out.extend_from_slice(room);
                out.truncate(end);
            }
            Self::Long(text) => out.extend_from_slice(text),
        }
    }
}

impl Layout {
    /// Of the pieces of a document.
    pub fn new(pieces: Vec<Piece>) -> Self {
        let mut closed = vec![0; pieces.len()];
        let (mut open, mut places) = (Vec::new(), Vec::new());
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Open(_) => open.push(at),
                Piece::Close(_) => closed[open.pop().unwrap_or_default()] = at,
                Piece::Value(..) => places.push(at),
                Piece::Fixed(_) => {}
            }
        }
        let (closed, places) = (closed.into(), places.into());
        let pieces = pieces.into();
        let mut layout = Self { pieces, closed, places, kept: Box::default() };
        let from = 0..=layout.places.len();
        let pairs = from.flat_map(|from| (from + 1..=from + KEPT).map(move |to| (from, to)));
        layout.kept = pairs.map(|(from, to)| Text::new(layout.put_together(from, to))).collect();
        layout
    }

    /// The end of the document, counted as a value.
    pub fn end(&self) -> usize {
        self.places.len() + 1
    }

    /// Writes what stands between a value and a later one, of which none between is there.
    #[inline]
    pub fn between(&self, from: usize, to: usize, out: &mut Vec<u8>) {
        let distance = to - from - 1;
        match self.kept.get(from * KEPT + distance).filter(|_| distance < KEPT) {
            Some(text) => text.write(out),
            None => self.far(from, to, out),
        }
    }

    #[cold]
    fn far(&self, from: usize, to: usize, out: &mut Vec<u8>) {
        out.extend(self.put_together(from, to));
    }

    fn put_together(&self, from: usize, to: usize) -> Vec<u8> {
        let place = |value: usize| self.places.get(value.checked_sub(1)?).copied();
        let mut text = Vec::new();
        let mut at = 0;
        if let Some(place) = place(from) {
            if let Piece::Value(_, around) = &self.pieces[place] {
                text.extend_from_slice(around.signs().1);
            }
            at = place + 1;
        }
        let until = place(to).unwrap_or(self.pieces.len());
        while at < until {
            match &self.pieces[at] {
                Piece::Open(key) if self.closed[at] > until => begin(key, &mut text),
                // No value of it is there.
                Piece::Open(_) => at = self.closed[at],
                Piece::Close(bracket) => text.push(*bracket),
                Piece::Fixed(both) => begin(both, &mut text),
                Piece::Value(..) => {}
            }
            at += 1;
        }
        if let Some(Piece::Value(key, around)) = self.pieces.get(until) {
            begin(key, &mut text);
            text.extend_from_slice(around.signs().0);
        }
        text
    }
}

/// Writes a key; the comma before it only where something stands before.
fn begin(key: &[u8], out: &mut Vec<u8>) {
    match (out.last(), key.split_first()) {
        (Some(b'{' | b'['), Some((b',', rest))) => out.extend_from_slice(rest),
        _ => out.extend_from_slice(key),
    }
}
