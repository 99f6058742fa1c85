//! Judging a document place by place, for who writes it and knows all its places beforehand: what is
//! asked of a date or a code that the writer can only write well is answered once for all documents.
//!
//! The answers are those of [`super::judge::Judge`], which follows a document that somebody else wrote.

use super::form::Form;
use super::judge::{FORBIDDEN, Known};
use super::{Fused, kind};

impl Fused {
    /// Whether nothing may stand at a place at all.
    #[must_use]
    pub const fn forbids(&self, place: Known) -> bool {
        place.0 == FORBIDDEN
    }

    /// Whether a text may stand at a place.
    #[inline]
    #[must_use]
    pub fn takes_text(&self, place: Known, text: &str) -> bool {
        self.rules(place.0).text(text)
    }

    /// Whether `true` or `false` may stand at a place.
    #[must_use]
    pub fn takes_boolean(&self, place: Known, truth: bool) -> bool {
        self.rules(place.0).boolean(truth)
    }

    /// Whether a number may stand at a place; one with many digits is not certain.
    #[must_use]
    pub fn takes_number(&self, place: Known, digits: &str) -> bool {
        self.rules(place.0).number(digits)
    }

    /// Whether null is named as a value at a place; else it is none.
    #[must_use]
    pub fn names_null(&self, place: Known) -> bool {
        self.rules(place.0).takes_null
    }

    /// The names of the fields of an object of which something is asked.
    pub fn names(&self, object: Known) -> impl Iterator<Item = &str> {
        self.rules(object.0).fields.iter().map(|(name, _)| &**name)
    }

    /// Whether an object may have no other fields than those.
    #[must_use]
    pub fn is_closed(&self, object: Known) -> bool {
        self.rules(object.0).closed
    }

    /// Whether nothing but an object may stand at a place: in XML, which does not tell, a text is read as
    /// one then.
    #[must_use]
    pub fn is_only_group(&self, place: Known) -> bool {
        self.rules(place.0).only(kind::OBJECT)
    }

    /// Whether nothing but a list may stand at a place.
    #[must_use]
    pub fn is_only_list(&self, place: Known) -> bool {
        self.rules(place.0).only(kind::ARRAY)
    }

    /// Whether a list, or an object, may stand at a place.
    #[must_use]
    pub fn takes_group(&self, place: Known, list: bool) -> bool {
        self.rules(place.0).group(if list { kind::ARRAY } else { kind::OBJECT })
    }

    /// Whether every day of the calendar, written `yyyy-MM-dd`, may stand at a place; with `partly`
    /// also `yyyy`, `yyyy-MM` and each with `~`.
    #[must_use]
    pub fn takes_dates(&self, place: Known, partly: bool) -> bool {
        let rules = self.rules(place.0);
        let form = |form: &Form| match form {
            Form::Edtf => true,
            Form::Day(_) => !partly,
            Form::Letters { .. } | Form::Own(_) | Form::Library(_) => false,
        };
        let (shortest, longest) =
            if partly { ("yyyy", "yyyy-MM-dd~") } else { ("yyyy-MM-dd", "yyyy-MM-dd") };
        rules.kinds & kind::STRING != 0
            && rules.codes.is_none()
            && rules.forms.iter().all(form)
            && rules.min_length <= shortest.len()
            && rules.max_length >= longest.len()
    }

    /// Whether an object with these fields ([`Known::bit`]) is whole.
    #[inline]
    #[must_use]
    pub fn is_whole(&self, object: Known, fields: u64) -> bool {
        self.rules(object.0).whole(fields)
    }

    /// Whether a list may have so many items.
    #[inline]
    #[must_use]
    pub fn is_filled(&self, list: Known, items: usize) -> bool {
        let rules = self.rules(list.0);
        (rules.min_items..=rules.max_items).contains(&items)
    }
}

impl Known {
    /// Its place among the fields of its object; no bit where nobody asks whether it is there.
    #[must_use]
    pub const fn bit(self) -> u64 {
        self.1
    }
}
