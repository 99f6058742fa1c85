//! Where a record ends whose markup is plain: start and end tags with names of ASCII letters, digits and
//! `_`, all within the window. Most records of most files are such; [`super::split`] looks closer at any
//! other, and says what is wrong with it.

use memchr::memchr;
use smallvec::SmallVec;

use crate::format::options::Limits;

/// The length of the plain element of this name at the start of `bytes`.
pub(super) fn plain_record(bytes: &[u8], record: &str, limits: &Limits) -> Option<usize> {
    let is_record = bytes.strip_prefix(b"<").and_then(name) == Some(record.as_bytes());
    if is_record { plain_end(bytes, limits) } else { None }
}

fn plain_end(bytes: &[u8], limits: &Limits) -> Option<usize> {
    let mut open: SmallVec<[&[u8]; 16]> = SmallVec::new();
    let mut at = 0;
    loop {
        let inside = bytes.get(at + 1..)?;
        let length = match inside.first()? {
            b'/' => {
                let end = memchr(b'>', inside)?;
                (open.pop()? == inside.get(1..end)?).then_some(end + 1)?
            }
            _ => {
                let name = name(inside)?;
                let end = tag_end(inside, name.len())?;
                if inside.get(end.checked_sub(1)?) != Some(&b'/') {
                    open.push(name);
                }
                end + 1
            }
        };
        at += 1 + length;
        if open.is_empty() {
            return (at <= limits.record).then_some(at);
        }
        if open.len() > limits.depth {
            return None;
        }
        at += memchr(b'<', bytes.get(at..)?)?;
    }
}

/// The name at the start of a tag, when it is plain.
fn name(tag: &[u8]) -> Option<&[u8]> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = tag.iter().position(|byte| !plain(byte))?;
    let name = tag.get(..length).filter(|name| name.first().is_some_and(u8::is_ascii_alphabetic));
    let ends = match tag.get(length)? {
        b'>' | b' ' | b'\t' | b'\r' | b'\n' => true,
        b'/' => tag.get(length + 1) == Some(&b'>'),
        _ => false,
    };
    name.filter(|_| ends)
}

/// Where the closing bracket of a tag stands; one in quotes closes nothing, and a `<` may stand nowhere.
fn tag_end(tag: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match tag.get(at)? {
            b'>' => return Some(at),
            b'<' => return None,
            quote @ (b'"' | b'\'') => {
                let value = tag.get(at + 1..)?;
                let length = memchr(*quote, value)?;
                memchr(b'<', value.get(..length)?).is_none().then_some(())?;
                at += 1 + length;
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::markup::{Markup, markup};
    use super::*;

    /// The end of an element by the tags of the library.
    fn end(text: &str) -> Option<usize> {
        let (mut at, mut open) = (0, Vec::new());
        loop {
            let rest = text.as_bytes().get(at..)?;
            let (found, length) = markup(rest)?;
            let tag = rest.get(1..length - 1)?;
            let name = |tag: &[u8]| {
                let end = tag.iter().position(u8::is_ascii_whitespace).unwrap_or(tag.len());
                tag[..end].to_vec()
            };
            match found {
                Markup::Start => open.push(name(tag)),
                Markup::End if open.pop()? != name(&tag[1..]) => return None,
                Markup::End | Markup::Empty | Markup::Comment => {}
                Markup::Data | Markup::Instruction | Markup::Declaration | Markup::Broken => {
                    return None;
                }
            }
            at += length;
            if open.is_empty() {
                return Some(at);
            }
            at += memchr(b'<', text.as_bytes().get(at..)?)?;
        }
    }

    proptest! {
        #[test]
        fn a_plain_element_ends_where_the_library_says(
            parts in prop::collection::vec(prop::sample::select(vec![
                "<a>", "</a>", "<b x=\"1\">", "</b>", "<c/>", "<d y='>'/>", "é text", "<b x=\"<\">", "</a >",
                "<!-- <a> -->", "<a/ >", "<a\n z=\"/\">", "<é>", "<", ">", "\"",
            ]), 0..14)
        ) {
            let text = format!("<a>{}", parts.concat());
            if let Some(length) = plain_end(text.as_bytes(), &Limits::default()) {
                prop_assert_eq!(Some(length), end(&text));
            }
        }
    }

    #[test]
    fn what_is_plain_is_seen_to_be() {
        let text = "<r id=\"1\"><a>x</a><b/><c y='>'>z</c></r><r>";
        assert_eq!(plain_end(text.as_bytes(), &Limits::default()), Some(text.len() - 3));
        assert_eq!(plain_end(b"<r><a>x</r>", &Limits::default()), None);
    }
}
