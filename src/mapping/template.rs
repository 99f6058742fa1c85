//! Texts with paths in braces: `{N° adhérent}/{Rang}`.

use super::scene::Input;
use super::value::trimmed;

/// A piece of a template as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece<I> {
    /// Literal text.
    Text(Box<str>),
    /// Something that is filled in.
    Hole(I),
}

/// A template whose holes are resolved.
#[derive(Debug)]
pub struct Template {
    pieces: Vec<Piece<Input>>,
    /// What is filled when a part of it is absent.
    otherwise: Option<Box<Template>>,
}

/// Takes a template apart; `None` when a brace is open or empty.
#[must_use]
pub fn pieces(text: &str) -> Option<Vec<Piece<String>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Text(before.into()));
        }
        let (name, after) = after.split_once('}')?;
        if name.trim().is_empty() {
            return None;
        }
        pieces.push(Piece::Hole(name.trim().to_owned()));
        rest = after;
    }
    if rest.contains('}') {
        return None;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.into()));
    }
    Some(pieces)
}

impl Template {
    /// Of resolved pieces.
    #[must_use]
    pub const fn new(pieces: Vec<Piece<Input>>) -> Self {
        Self { pieces, otherwise: None }
    }

    /// Of several: the first counts of which every part is present. None of none.
    #[must_use]
    pub fn first_of(several: Vec<Vec<Piece<Input>>>) -> Option<Self> {
        several.into_iter().rev().fold(None, |otherwise, pieces| {
            Some(Self { pieces, otherwise: otherwise.map(Box::new) })
        })
    }

    /// What it reads.
    pub fn inputs(&self) -> impl Iterator<Item = Input> {
        let several = std::iter::successors(Some(self), |one| one.otherwise.as_deref());
        several.flat_map(|one| &one.pieces).filter_map(|piece| match piece {
            Piece::Hole(input) => Some(*input),
            Piece::Text(_) => None,
        })
    }

    /// The pieces; of several templates those of the first, which is the one that is written.
    #[must_use]
    pub fn pieces(&self) -> &[Piece<Input>] {
        &self.pieces
    }

    /// The text, when every part is present; parts without blanks around.
    pub fn fill<'t>(&self, text: impl Fn(Input) -> Option<&'t str>) -> Option<String> {
        let mut filled = String::with_capacity(32);
        self.fill_into(&mut filled, text).then_some(filled)
    }

    /// The same into memory that is at hand; false when a part is absent.
    pub fn fill_into<'t>(
        &self,
        filled: &mut String,
        text: impl Fn(Input) -> Option<&'t str>,
    ) -> bool {
        let mut several = std::iter::successors(Some(self), |one| one.otherwise.as_deref());
        several.any(|one| one.fill_alone(filled, &text))
    }

    fn fill_alone<'t>(&self, filled: &mut String, text: impl Fn(Input) -> Option<&'t str>) -> bool {
        filled.clear();
        self.pieces.iter().all(|piece| {
            let part = match piece {
                Piece::Text(literal) => Some(&**literal),
                Piece::Hole(input) => text(*input).map(trimmed),
            };
            filled.push_str(part.unwrap_or_default());
            part.is_some()
        })
    }
}

/// Takes a filled template apart again: each literal ends the hole before it at its last occurrence
/// that leaves the later literals room. `None` when the text is not of this form.
#[must_use]
pub fn unfill<I: Copy>(pieces: &[Piece<I>], text: &str) -> Option<Vec<(I, String)>> {
    match pieces.split_first() {
        None => text.is_empty().then(Vec::new),
        Some((Piece::Text(literal), rest)) => unfill(rest, text.strip_prefix(&**literal)?),
        Some((Piece::Hole(hole), rest)) => {
            let Some((Piece::Text(literal), after)) = rest.split_first() else {
                return rest.is_empty().then(|| vec![(*hole, text.to_owned())]);
            };
            text.rmatch_indices(&**literal).take(MOST_TRIES).find_map(|(at, _)| {
                let (value, tail) = text.split_at_checked(at)?;
                let mut found = vec![(*hole, value.to_owned())];
                found.extend(unfill(after, tail.strip_prefix(&**literal)?)?);
                (!value.is_empty()).then_some(found)
            })
        }
    }
}

/// A template with more occurrences of a separator than this cannot be taken apart.
const MOST_TRIES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_taken_apart_again() {
        let pieces = pieces("{a}-{b}").unwrap();
        let pieces: Vec<Piece<char>> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Piece::Text(text.clone()),
                Piece::Hole(name) => Piece::Hole(name.chars().next().unwrap()),
            })
            .collect();
        let found = unfill(&pieces, "UTM-001-02");
        assert_eq!(found, Some(vec![('a', "UTM-001".to_owned()), ('b', "02".to_owned())]));
    }

    #[test]
    fn an_open_brace_is_no_template() {
        assert_eq!(pieces("{a"), None);
        assert_eq!(pieces("{}"), None);
        assert_eq!(pieces("a}"), None);
    }
}
