//! Diagnostics as text for a terminal, in either language, and as JSON.

use std::sync::LazyLock;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use serde_json::{Value, json};

use crate::model::Language;

use super::{Code, Correction, Diagnostic, Weight};

type Bundle = FluentBundle<FluentResource>;

static FRENCH: LazyLock<Bundle> =
    LazyLock::new(|| bundle("fr", include_str!("../messages/fr.ftl")));
static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle("en", include_str!("../messages/en.ftl")));

fn bundle(language: &str, text: &str) -> Bundle {
    let language = language.parse().expect("`fr` and `en` are language tags");
    let mut bundle = Bundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    // A message that cannot be read would be missed by the test that wants every message.
    let resource =
        FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

const fn messages(language: Language) -> &'static LazyLock<Bundle> {
    match language {
        Language::French => &FRENCH,
        Language::English => &ENGLISH,
    }
}

/// A message, or `None` when there is no such message or attribute.
fn say(
    language: Language,
    id: &str,
    attribute: Option<&str>,
    args: &FluentArgs<'_>,
) -> Option<String> {
    let bundle = messages(language);
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    Some(bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
}

/// A message that is there; its id when it is not, which a test would see.
#[must_use]
pub fn words(language: Language, id: &str, args: &FluentArgs<'_>) -> String {
    say(language, id, None, args).unwrap_or_else(|| id.to_owned())
}

/// What a code means, whatever it is about.
#[must_use]
pub fn about(code: Code, language: Language) -> String {
    let id = format!("diagnostic-{}", code.name());
    say(language, &id, Some("about"), &FluentArgs::new()).unwrap_or_default()
}

impl Diagnostic {
    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        self.say(language, None).unwrap_or_else(|| self.code.name().to_owned())
    }

    /// What is wrong, with the marked line of the mapping and, where possible, what would be right.
    #[must_use]
    pub fn render(&self, text: &str, language: Language) -> String {
        let message = self.message(language);
        let label = self.say(language, Some("label")).unwrap_or_default();
        let level = match self.weight {
            Weight::Error => Level::ERROR,
            Weight::Warning => Level::WARNING,
        };
        let empty = FluentArgs::new();
        let name = say(language, &format!("weight-{}", self.weight.name()), None, &empty);
        let level = level.with_name(name.unwrap_or_else(|| self.weight.name().to_owned()));
        let start = self.span.start.min(text.len());
        let end = self.span.end.clamp(start, text.len());
        let snippet = Snippet::source(text)
            .path(self.file.as_str())
            .annotation(AnnotationKind::Primary.span(start..end).label(label));
        let mut group = level.primary_title(message).id(self.code.number()).element(snippet);
        if let Some(help) = self.help(language) {
            let name = say(language, "help", None, &empty).unwrap_or_else(|| "help".to_owned());
            group = group.element(Level::HELP.with_name(name).message(help));
        }
        let rendered = Renderer::plain().render(&[group]);
        match language {
            // In French a no-break space stands before a colon; the renderer knows English only.
            Language::French => rendered.replacen("]: ", "]\u{a0}: ", 1),
            Language::English => rendered,
        }
    }

    /// What would help, or the nearest name, as a question.
    #[must_use]
    pub fn help(&self, language: Language) -> Option<String> {
        let step = self.args.iter().find(|(name, _)| *name == "help-id");
        let said = step.and_then(|(_, id)| say(language, id, None, &FluentArgs::new()));
        if said.is_some() {
            return said;
        }
        let nearest = self.nearest.as_ref()?;
        let mut args = FluentArgs::new();
        args.set("name", nearest.as_str());
        say(language, "did-you-mean", None, &args)
    }

    /// For tools: everything but the file's text.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let corrections: Vec<Value> = self.corrections.iter().map(Correction::to_json).collect();
        json!({
            "code": self.code.number(),
            "name": self.code.name(),
            "severity": self.weight.name(),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "start": self.span.start,
            "end": self.span.end,
            "message": { "fr": self.message(Language::French), "en": self.message(Language::English) },
            "nearest": self.nearest,
            "corrections": corrections,
        })
    }

    fn say(&self, language: Language, attribute: Option<&str>) -> Option<String> {
        let mut args = FluentArgs::new();
        let own = match language {
            Language::French => ".fr",
            Language::English => ".en",
        };
        for (name, value) in &self.args {
            // What a text of the mapping says in both languages.
            let name = name.strip_suffix(own).unwrap_or(name);
            // Kinds of values have words of their own.
            let word = matches!(name, "expected" | "found")
                .then(|| say(language, &format!("word-{value}"), None, &args))
                .flatten();
            args.set(name, word.unwrap_or_else(|| value.clone()));
        }
        // A reason has words of its own.
        if let Some((_, id)) = self.args.iter().find(|(name, _)| *name == "reason-id") {
            let reason = say(language, id, None, &args).unwrap_or_default();
            args.set("reason", reason);
        }
        let name = self.code.name();
        let variant = self.args.iter().find(|(name, _)| *name == "variant");
        let id = variant.map_or_else(
            || format!("diagnostic-{name}"),
            |(_, variant)| format!("diagnostic-{name}-{variant}"),
        );
        say(language, &id, attribute, &args)
    }
}

impl Correction {
    /// What it does, in one line.
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        let mut args = FluentArgs::new();
        args.set("text", self.subject.as_str());
        let id = format!("correction-{}", self.mending.name());
        say(language, &id, None, &args).unwrap_or_else(|| self.subject.clone())
    }

    /// For tools: its title and its edits, with places in bytes.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let edits: Vec<Value> = self
            .edits
            .iter()
            .map(|(span, text)| json!({ "start": span.start, "end": span.end, "text": text }))
            .collect();
        json!({
            "title": { "fr": self.title(Language::French), "en": self.title(Language::English) },
            "edits": edits,
        })
    }
}

impl Weight {
    /// `error` or `warning`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mending;
    use super::*;

    #[test]
    fn every_code_has_its_words_in_both_languages() {
        let args = FluentArgs::new();
        for code in Code::ALL {
            for language in [Language::French, Language::English] {
                let id = format!("diagnostic-{}", code.name());
                assert!(say(language, &id, None, &args).is_some(), "{id}");
                assert!(say(language, &id, Some("label"), &args).is_some(), "{id}.label");
                assert!(!about(*code, language).is_empty(), "{id}.about");
            }
        }
    }
    #[test]
    fn every_mending_has_its_words_in_both_languages() {
        for mending in [Mending::Replace, Mending::Add, Mending::Remove] {
            let id = format!("correction-{}", mending.name());
            for language in [Language::French, Language::English] {
                assert!(say(language, &id, None, &FluentArgs::new()).is_some(), "{id}");
            }
        }
    }
}
