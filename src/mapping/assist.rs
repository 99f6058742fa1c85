//! Help for the person who writes a mapping: what may stand at a place, what stands there, where it
//! comes from, how to put it right.
//!
//! Pure answers about a text and an offset in it, for `dankun mapping lsp` and for any other editor.
//! The text may be broken, since it is being written: [`outline`] reads it by its indentation. No
//! answer ever fails; where nothing is known it is empty. Start reading at [`Assist::new`].

mod complete;
mod correction;
mod cursor;
mod definition;
mod hover;
mod outline;
mod place;
mod symbol;
#[cfg(test)]
mod tests;
mod view;
mod word;
pub(super) mod words;

use crate::model::Language;

use super::compile::Library;
use super::yaml::{LARGEST, Span};

pub use correction::{Edit, Fix, corrections};
pub use symbol::Symbol;

pub(super) use place::Group;

use cursor::Cursor;
use outline::Outline;
use place::Place;
use view::View;

/// A text that could stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// What it is called.
    pub label: String,
    /// What is written in place of [`Proposal::replace`].
    pub insert: String,
    /// What it replaces, in bytes.
    pub replace: Span,
    /// What it is.
    pub kind: ProposalKind,
    /// A few words beside the label.
    pub detail: String,
    /// What it means, in Markdown; may be empty.
    pub meaning: String,
}

/// What a proposal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProposalKind {
    /// A key of the language.
    Key,
    /// A verb.
    Verb,
    /// A field of the canonical record.
    Target,
    /// A field of the sender.
    Source,
    /// A name that the author gave.
    Name,
    /// A table.
    Table,
    /// A code or a word of a closed list.
    Code,
    /// A function of conditions.
    Function,
}

/// What stands at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    /// What is explained, in bytes.
    pub span: Span,
    /// The explanation, in Markdown.
    pub text: String,
}

/// Where something is defined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Definition {
    /// The shared table in whose file it stands; none for this file.
    pub codes: Option<String>,
    /// Where, in bytes.
    pub span: Span,
}

/// Help at one place of one text.
pub struct Assist<'a> {
    text: &'a str,
    offset: usize,
    outline: Outline,
    library: Library<'a>,
    language: Language,
}

impl<'a> Assist<'a> {
    /// Reads the text; an offset outside of it, or within a character, counts as the one before.
    /// A text that is too large to be a mapping gets no help.
    #[must_use]
    pub fn new(text: &'a str, offset: usize, library: Library<'a>, language: Language) -> Self {
        let text = if text.len() > LARGEST { "" } else { text };
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let outline = Outline::read(text, offset);
        Self { text, offset, outline, library, language }
    }

    /// What could be written here, the likeliest first.
    #[must_use]
    pub fn complete(&self) -> Vec<Proposal> {
        complete::proposals(&self.here())
    }

    /// What stands here.
    #[must_use]
    pub fn hover(&self) -> Option<Hover> {
        hover::hover(&self.here())
    }

    /// Where what stands here is defined.
    #[must_use]
    pub fn definition(&self) -> Option<Definition> {
        definition::definition(&self.here())
    }

    /// The parts of the file.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        symbol::symbols(&self.outline.root)
    }

    fn here(&self) -> Here<'_> {
        let view = View::new(&self.outline.root, self.library, &self.outline.cursor.path);
        let cursor = &self.outline.cursor;
        let place = place::expected(view.file, &cursor.path);
        let Self { text, offset, language, .. } = *self;
        Here { text, offset, language, cursor, place, view }
    }
}

/// The cursor with all that is known around it.
struct Here<'h> {
    text: &'h str,
    offset: usize,
    language: Language,
    cursor: &'h Cursor,
    /// What is expected where the cursor's path ends.
    place: Place,
    view: View<'h>,
}

impl Here<'_> {
    /// Whether the cursor is in the way back, whose rules read the canonical record.
    fn is_back(&self) -> bool {
        self.cursor.path.first().and_then(view::key) == Some("back")
    }

    /// The text of a span.
    fn slice(&self, span: &Span) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// What the key or value under the cursor says, without its quotes.
    fn written(&self) -> String {
        let written = self.slice(&self.cursor.span).trim();
        let inner = ['"', '\''].iter().find_map(|quote| written.strip_prefix(*quote));
        let inner = inner.map_or(written, |inner| inner.trim_end_matches(['"', '\'']));
        inner.to_owned()
    }
}
