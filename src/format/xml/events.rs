//! The events of an element whose markup is plain: tags with names of ASCII letters, digits and `_`,
//! attributes in double quotes, texts without references. Most records are such, and need no more than a
//! look at each byte. What is heard of them is what [`super::walk`] hears through the library, which reads
//! every other, and says what is wrong with it; a property test holds the two together.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::super::events::{Events, Scalar, ScalarKind};
use super::super::options::Limits;

/// What a sink is told.
#[derive(Clone, Copy)]
pub(super) enum Event<'s> {
    Begin,
    Key(&'s str),
    Attribute(&'s str),
    Text(&'s str, u32),
    End,
}

/// The events of one element.
pub(super) type Heard<'s> = SmallVec<[Event<'s>; 64]>;

/// Tells a sink of them.
pub(super) fn tell<'s>(events: &Heard<'s>, sink: &mut impl Events<'s>) {
    for event in events {
        match *event {
            Event::Begin => sink.begin_object(),
            Event::Key(name) => sink.key(Cow::Borrowed(name)),
            Event::Attribute(name) => sink.attribute(name),
            Event::Text(text, at) => {
                sink.scalar(Scalar { kind: ScalarKind::Text, text: Cow::Borrowed(text), at });
            }
            Event::End => sink.end_object(),
        }
    }
}

/// The events of a text, when it is one plain element.
pub(super) fn plain<'s>(text: &'s str, limits: &Limits) -> Option<Heard<'s>> {
    let (bytes, heard, open) = (text.as_bytes(), SmallVec::new(), SmallVec::new());
    let mut scan = Scan { text, bytes, at: 0, fields: 0, limits, heard, open };
    scan.start()?;
    while !scan.open.is_empty() {
        scan.content()?;
        match scan.byte(1)? {
            b'/' => scan.end()?,
            _ => scan.start()?,
        }
    }
    (scan.at == bytes.len()).then_some(scan.heard)
}

struct Scan<'s, 'l> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    fields: usize,
    limits: &'l Limits,
    heard: Heard<'s>,
    open: SmallVec<[Open<'s>; 16]>,
}

/// An element that is open.
struct Open<'s> {
    name: &'s str,
    /// Whether it has attributes or children.
    object: bool,
    /// Its text, and where that or its tag stands.
    content: &'s str,
    content_at: usize,
}

impl<'s> Scan<'s, '_> {
    /// A byte from here.
    #[inline]
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Goes on to the first byte that is not of a class; what was passed over.
    #[inline]
    fn pass(&mut self, class: u8) -> &'s str {
        let from = self.at;
        while self.byte(0).is_some_and(|byte| CLASSES[usize::from(byte)] & class != 0) {
            self.at += 1;
        }
        self.text.get(from..self.at).unwrap_or_default()
    }

    #[inline]
    fn name(&mut self) -> Option<&'s str> {
        self.byte(0)?.is_ascii_alphabetic().then(|| self.pass(NAME))
    }

    /// The text up to the next tag.
    fn content(&mut self) -> Option<()> {
        let at = self.at;
        let text = self.pass(TEXT);
        (self.byte(0)? == b'<').then_some(())?;
        if text.is_empty() {
            return Some(());
        }
        let open = self.open.last_mut()?;
        if open.content.is_empty() {
            (open.content, open.content_at) = (text, at);
            return Some(());
        }
        // Of text between children only blanks are plain.
        is_blank(open.content).then_some(())?;
        is_blank(text).then_some(())
    }

    /// A start tag and its attributes.
    fn start(&mut self) -> Option<()> {
        let at = self.at;
        (self.byte(0)? == b'<' && self.open.len() < self.limits.depth).then_some(())?;
        self.at += 1;
        let name = self.name()?;
        if let Some(around) = self.open.last() {
            is_blank(around.content).then_some(())?;
            self.count()?;
            self.begin();
            self.heard.push(Event::Key(name));
        }
        self.open.push(Open { name, object: false, content: "", content_at: at });
        let attributes = self.heard.len();
        loop {
            let blanks = self.pass(BLANK);
            match self.byte(0)? {
                b'>' => {
                    self.at += 1;
                    return Some(());
                }
                b'/' => {
                    (self.byte(1)? == b'>').then_some(())?;
                    self.at += 2;
                    return self.close();
                }
                _ => (!blanks.is_empty()).then_some(())?,
            }
            self.attribute(attributes)?;
        }
    }

    /// An attribute; those of its tag are heard from `first` on.
    fn attribute(&mut self, first: usize) -> Option<()> {
        let name = self.name().filter(|name| *name != "xmlns")?;
        (self.byte(0)? == b'=' && self.byte(1)? == b'"').then_some(())?;
        self.at += 2;
        let at = self.at;
        let value = self.pass(VALUE);
        (self.byte(0)? == b'"').then_some(())?;
        self.at += 1;
        let same = |event: &Event<'_>| matches!(event, Event::Attribute(known) if *known == name);
        let twice = self.heard.get(first..)?.iter().any(same);
        (!twice).then_some(())?;
        self.count()?;
        self.begin();
        self.heard.extend([Event::Attribute(name), Event::Text(value, at as u32)]);
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        self.at += 2;
        let name = self.pass(NAME);
        (self.byte(0)? == b'>' && self.open.last()?.name == name).then_some(())?;
        self.at += 1;
        self.close()
    }

    /// Ends the innermost element.
    fn close(&mut self) -> Option<()> {
        let Open { object, content, content_at, .. } = self.open.pop()?;
        let text = Event::Text(content, content_at as u32);
        if !object {
            self.heard.push(text);
            return Some(());
        }
        if !content.trim().is_empty() {
            self.heard.extend([Event::Key("#text"), text]);
        }
        self.heard.push(Event::End);
        Some(())
    }

    fn count(&mut self) -> Option<()> {
        self.fields += 1;
        (self.fields <= self.limits.fields).then_some(())
    }

    /// The innermost element is more than text.
    fn begin(&mut self) {
        if let Some(open) = self.open.last_mut().filter(|open| !open.object) {
            open.object = true;
            self.heard.push(Event::Begin);
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| CLASSES[usize::from(byte)] & BLANK != 0)
}

const NAME: u8 = 1;
const BLANK: u8 = 2;
const TEXT: u8 = 4;
const VALUE: u8 = 8;

/// What each byte may be part of. A return may be changed by the library, and a byte that begins one of
/// U+F000 to U+FFFF may begin a character that XML does not allow.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let sign = byte as u8;
        if sign.is_ascii_alphanumeric() || sign == b'_' {
            classes[byte] |= NAME;
        }
        if matches!(sign, b' ' | b'\t' | b'\n') {
            classes[byte] |= BLANK | TEXT;
        }
        if sign >= 0x20 && !matches!(sign, b'&' | b'<' | 0xef) {
            if sign != b'>' {
                classes[byte] |= TEXT;
            }
            if sign != b'"' {
                classes[byte] |= VALUE;
            }
        }
        byte += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::walk_through_library;
    use super::*;

    /// What a sink was told, as text.
    #[derive(Default)]
    struct Told(Vec<String>);

    impl<'r> Events<'r> for Told {
        fn begin_object(&mut self) {
            self.0.push("{".to_owned());
        }
        fn key(&mut self, name: Cow<'r, str>) {
            self.0.push(format!("key {name}"));
        }
        fn end_object(&mut self) {
            self.0.push("}".to_owned());
        }
        fn begin_array(&mut self) {
            self.0.push("[".to_owned());
        }
        fn end_array(&mut self) {
            self.0.push("]".to_owned());
        }
        fn scalar(&mut self, scalar: Scalar<'r>) {
            self.0.push(format!("{:?} {:?} at {}", scalar.kind, scalar.text, scalar.at));
        }
    }

    fn both(text: &str, limits: &Limits) -> bool {
        let Some(events) = plain(text, limits) else { return false };
        let (mut ours, mut library) = (Told::default(), Told::default());
        tell(&events, &mut ours);
        assert!(walk_through_library(text, limits, &mut library).is_ok(), "{text}");
        assert_eq!(ours.0, library.0, "{text}");
        true
    }

    #[test]
    fn plain_elements_are_heard() {
        let limits = Limits::default();
        for text in [
            "<r/>",
            "<r></r>",
            "<r>\u{a0}</r>",
            "<r id=\"1\">\n  <a>é</a> <b/>\n<c x=\"\"> z </c></r>",
            "<r id=\"a>b\"\n>\u{a0}</r>",
            "<r><a x=\"1\">t</a><a>\"\\</a></r>",
        ] {
            assert!(both(text, &limits), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_plain_element_is_heard_as_the_library_has_it(
            parts in prop::collection::vec(prop::sample::select(vec![
                "<a>", "</a>", "<b x=\"1\">", "</b>", "<c/>", "<c />", "<d y=\"&lt;\"/>", "<d y=\">\" x=\"é\"/>",
                "é text", "\n ", "\u{a0}", "\u{ffff}", "\u{7f}", "<b x=\"<\">", "</a >", "<!-- <a> -->", "<a/ >",
                "<a\n z=\"/\">", "<d x=\"1\" x=\"2\"/>", "<d x=\"1\"y=\"2\"/>", "<d xmlns=\"u\"/>", "<n:d/>", "<é>",
                "<d x = \"1\"/>", "<d x='1'/>", "]]>", "&amp;", "<![CDATA[x]]>", "<", ">", "\"", "\r\n", "\t",
            ]), 0..14),
            ends in any::<bool>(),
            few in any::<bool>(),
        ) {
            let text = format!("<a>{}{}", parts.concat(), if ends { "</a>" } else { "" });
            let mut limits = Limits::default();
            if few {
                (limits.depth, limits.fields) = (3, 4);
            }
            both(&text, &limits);
        }
    }
}
