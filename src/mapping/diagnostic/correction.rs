//! Ready corrections: edits of the mapping's text that mend one problem, for editors to offer.

use super::{Diagnostic, Span};

/// What a correction does; its words stand in `messages/*.ftl` under `correction-<name>`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mending {
    /// Another text in place of the marked one.
    Replace,
    /// Something that is missing.
    Add,
    /// Something that is too much.
    Remove,
}

impl Mending {
    /// Its name in messages and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }
}

/// Edits that mend a problem. A problem may have several corrections, of which one is to be chosen;
/// the edits of one belong together and do not overlap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    /// What it does.
    pub mending: Mending,
    /// The text that its title names: what is written, added or removed.
    pub subject: String,
    /// Places in bytes of the mapping's text, each with the text that replaces it.
    pub edits: Vec<(Span, String)>,
}

impl Correction {
    /// The mapping's text with the edits made.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut edits: Vec<&(Span, String)> = self.edits.iter().collect();
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut mended = text.to_owned();
        for (span, new) in edits {
            if mended.get(span.clone()).is_some() {
                mended.replace_range(span.clone(), new);
            }
        }
        mended
    }
}

impl Diagnostic {
    /// With a correction that writes another text at a place.
    pub fn replace(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        let text = text.into();
        self.mend(Mending::Replace, text.clone(), vec![(span, text)])
    }

    /// With a correction of any kind.
    pub fn mend(
        &mut self,
        mending: Mending,
        subject: impl Into<String>,
        edits: Vec<(Span, String)>,
    ) -> &mut Self {
        self.corrections.push(Correction { mending, subject: subject.into(), edits });
        self
    }
}
