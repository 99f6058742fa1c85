//! Texts with names in them: conditions and templates.

use super::super::condition::Condition;
use super::super::diagnostic::Code;
use super::super::scene::{Input, When};
use super::super::spec::Word;
use super::super::template::{Piece, Template, pieces};
use super::super::yaml::Span;
use super::unreadable::bad_condition;
use super::{Compared, Names};

impl Names<'_> {
    /// A condition with its names resolved.
    pub fn when(&mut self, text: &Word) -> Option<When> {
        match Condition::parse(&text.value) {
            Ok(condition) => {
                let used: Vec<(String, Span)> = condition
                    .paths()
                    .iter()
                    .map(|used| {
                        let span = used.span.clone();
                        (used.path.clone(), self.problems.part(&text.span, &text.value, span))
                    })
                    .collect();
                let right = condition.right_paths();
                self.bare.extend(right.iter().filter_map(|i| Some(used.get(*i)?.1.clone())));
                let inputs: Option<Vec<Input>> =
                    used.iter().map(|(path, span)| self.input(path, span)).collect();
                let inputs = inputs?;
                self.note_texts(&condition, &inputs, text);
                Some(When::new(condition, inputs, &text.value))
            }
            Err(error) => {
                bad_condition(&mut self.problems, text, &error);
                None
            }
        }
    }

    /// Keeps the texts that a condition compares paths with, for the check against the schema.
    fn note_texts(&mut self, condition: &Condition, inputs: &[Input], whole: &Word) {
        for (path, text) in condition.texts() {
            let Some(Input::Path(path)) = inputs.get(path).copied() else { continue };
            let quoted = [format!("'{text}'"), format!("\"{text}\"")];
            let at = quoted.iter().find_map(|quoted| whole.value.find(quoted.as_str()));
            let span = at.map_or_else(
                || whole.span.clone(),
                |at| self.problems.part(&whole.span, &whole.value, at + 1..at + 1 + text.len()),
            );
            self.compared.push(Compared { path, text: text.to_owned(), span });
        }
    }

    /// A template with its names resolved.
    pub fn template(&mut self, text: &Word) -> Option<Template> {
        self.resolved(text, Self::text).map(Template::new)
    }

    /// The templates of a record's id. Values come after the id, so there are none in it.
    pub fn id_template(&mut self, texts: &[Word]) -> Option<Template> {
        let path =
            |names: &mut Self, name: &str, span: &Span| names.path(name, span).map(Input::Path);
        let found: Option<Vec<_>> = texts.iter().map(|text| self.resolved(text, path)).collect();
        Template::first_of(found?)
    }

    fn resolved(
        &mut self,
        text: &Word,
        resolve: impl Fn(&mut Self, &str, &Span) -> Option<Input>,
    ) -> Option<Vec<Piece<Input>>> {
        let Some(found) = pieces(&text.value) else {
            self.problems
                .error(Code::BadValue, text.span.clone())
                .arg("value", &text.value)
                .arg("expected", "{A}-{B}");
            return None;
        };
        found
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(Piece::Text(text)),
                Piece::Hole(name) => {
                    let span = self.hole(text, &name);
                    resolve(self, &name, &span).map(Piece::Hole)
                }
            })
            .collect()
    }

    /// Where the path in braces stands.
    fn hole(&self, template: &Word, name: &str) -> Span {
        let at = template.value.find(&format!("{{{name}}}")).map(|brace| brace + 1);
        at.map_or_else(
            || template.span.clone(),
            |at| self.problems.part(&template.span, &template.value, at..at + name.len()),
        )
    }
}
