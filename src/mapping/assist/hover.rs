//! What the thing under the cursor means.

use crate::model::IssueCode;

use super::super::verb;
use super::super::yaml::{Kind, Span};
use super::cursor::Spot;
use super::place::{Group, Place};
use super::view::{self, entries, key};
use super::word::WordKind;
use super::{Here, Hover, word, words};

/// The explanation of what stands at the cursor.
pub fn hover(here: &Here<'_>) -> Option<Hover> {
    let (span, text) = match here.cursor.spot {
        Spot::Key => (here.cursor.span.clone(), here.key()?),
        Spot::Value => here.value()?,
        Spot::Nowhere => return None,
    };
    (!span.is_empty() && !text.is_empty()).then_some(Hover { span, text })
}

impl Here<'_> {
    /// What a key means.
    fn key(&self) -> Option<String> {
        let written = self.written();
        let language = self.language;
        match self.place {
            Place::Group(group) => self.key_of(group, &written),
            Place::Unmapped => self.key_of(Group::Unmapped, &written),
            Place::Code => self.key_of(Group::Row, &written),
            Place::TableOrRows if Group::Table.keys().contains(&&*written) => {
                self.key_of(Group::Table, &written)
            }
            Place::Fields => self.target(&view::target_path(&self.cursor.path, Some(&written))),
            Place::Canonical => self.target(&self.canonical_path(Some(&written))?),
            Place::Back | Place::Record | Place::Labels => self.source(&written),
            Place::Names | Place::Values => self.source(&written),
            Place::Tables => self.table(&written),
            Place::Rows | Place::TableOrRows => self.row(&written),
            Place::Steps => match verb::declaration(&written) {
                Some(found) => Some(words::verb(language, found)),
                None => self.option(),
            },
            Place::Argument(_)
            | Place::Path
            | Place::Codes
            | Place::Condition
            | Place::Check
            | Place::Template
            | Place::Severity
            | Place::Issue
            | Place::Words(_)
            | Place::Schema
            | Place::Free => None,
        }
    }

    fn key_of(&self, group: Group, key: &str) -> Option<String> {
        let known = group.keys().contains(&key);
        let meaning = known.then(|| words::key(self.language, group, key)).flatten()?;
        Some(format!("**{key}** — {meaning}"))
    }

    /// What a value means, and which part of it is meant.
    fn value(&self) -> Option<(Span, String)> {
        let written = self.written();
        let whole = self.cursor.span.clone();
        let language = self.language;
        let text = match self.place {
            Place::Path if self.is_back() => self.target(&written),
            Place::Path => self.source(&written),
            Place::Steps => verb::declaration(&written).map(|found| words::verb(language, found)),
            Place::TableOrRows => self.table(&written),
            Place::Codes => self.shared(&written),
            Place::Condition | Place::Check => return self.word(),
            Place::Template => {
                let word = word::in_template(self.text, &whole, self.offset)?;
                return Some((word.span.clone(), self.source(self.slice(&word.span))?));
            }
            Place::Issue => IssueCode::find(&written).map(|code| words::issue(language, code)),
            Place::Code => self.code(),
            Place::Record => {
                let field = self.cursor.path.iter().rev().find_map(key)?;
                self.source(field)
            }
            Place::Canonical => self.target(&self.canonical_path(None)?),
            Place::Argument(name) => {
                verb::declaration(name).map(|found| words::verb(language, found))
            }
            Place::Severity | Place::Unmapped | Place::Words(_) => {
                let meaning = words::say(language, &format!("word-{written}"), &[])?;
                Some(format!("**{written}** — {meaning}"))
            }
            Place::Schema => {
                let schema = self.view.library.schemas.get(&written)?;
                Some(format!("**{written}** — {}", words::of(language, schema.title())))
            }
            Place::Group(_)
            | Place::Fields
            | Place::Back
            | Place::Values
            | Place::Tables
            | Place::Names
            | Place::Labels
            | Place::Rows
            | Place::Free => None,
        };
        Some((whole, text?))
    }

    /// A canonical field.
    fn target(&self, path: &str) -> Option<String> {
        let (field, takes) = view::canonical(&self.view.library, path)?;
        Some(words::field(self.language, path, field, takes))
    }

    /// The canonical path of the cursor within `expect`.
    fn canonical_path(&self, last: Option<&str>) -> Option<String> {
        let keys: Vec<&str> = self.cursor.path.iter().filter_map(key).collect();
        let start = keys.iter().position(|key| *key == "expect")? + 1;
        let mut path = keys.get(start..)?.to_vec();
        path.extend(last);
        Some(path.join("."))
    }

    /// A field of the sender, or a name of the author's.
    fn source(&self, written: &str) -> Option<String> {
        let language = self.language;
        if let Some(field) = self.view.field(written) {
            let path = self.view.expand(written);
            let mut said = words::field(language, path, field, None);
            if field.codes.is_empty() && field.examples.is_empty() {
                said.extend(self.in_sample(path));
            }
            return Some(said);
        }
        if matches!(written, "today" | "record_id" | "value") {
            let meaning = words::say(language, &format!("name-{written}"), &[])?;
            return Some(format!("**{written}** — {meaning}"));
        }
        let named = self.view.named(written)?;
        let made = self.slice(&named.value.span).trim();
        let meaning = words::say(language, "name-made", &[])?;
        Some(format!("**{written}** — {meaning}\n\n```yaml\n{made}\n```"))
    }

    /// The field's value in the mapping's own sample.
    fn in_sample(&self, path: &str) -> Option<String> {
        let sample = self.view.entries(&["sample"]).iter().find(|entry| entry.key == path)?;
        let value = words::listed(&[sample.value.text()?.to_owned()]);
        let said = words::say(self.language, "field-examples", &[("examples", value.into())])?;
        Some(format!("\n\n{said}"))
    }

    /// A word of a condition: a function, a path, or a code of the path it is compared with.
    fn word(&self) -> Option<(Span, String)> {
        let whole = &self.cursor.span;
        let written = self.slice(whole).trim_matches(['"', '\'']);
        if written == "not future" {
            let meaning = words::say(self.language, "word-not-future", &[])?;
            return Some((whole.clone(), meaning));
        }
        let word = word::in_condition(self.text, whole, self.offset);
        let name = self.slice(&word.span);
        let text = match word.kind {
            WordKind::Text => {
                let path = word::compared(self.text, whole, &word)?;
                self.source(path)?
            }
            WordKind::Plain | WordKind::Quoted => {
                let function = name.rsplit('.').next().unwrap_or(name);
                let meaning = words::say(self.language, &format!("function-{function}"), &[]);
                match meaning {
                    Some(meaning) => format!("**{function}** — {meaning}"),
                    None if self.is_back() => self.target(name)?,
                    None => self.source(name)?,
                }
            }
        };
        Some((word.span, text))
    }

    /// A table by its name: its rows.
    fn table(&self, name: &str) -> Option<String> {
        let table = &self.view.table(name)?.value;
        if let Some(codes) = table.get("codes").and_then(super::super::yaml::Node::text) {
            return self.shared(codes);
        }
        let rows = table.get("rows").unwrap_or(table);
        let rows: Vec<(&str, &str)> = entries(rows)
            .iter()
            .filter_map(|row| {
                let to = row.value.text().or_else(|| row.value.get("to")?.text())?;
                Some((row.key.as_str(), to))
            })
            .collect();
        Some(self.rows(name, &rows))
    }

    fn shared(&self, name: &str) -> Option<String> {
        let rows = self.view.library.codes.get(name)?;
        let rows: Vec<(&str, &str)> =
            rows.iter().map(|row| (row.from.value.as_str(), row.to.value.as_str())).collect();
        Some(self.rows(name, &rows))
    }

    fn rows(&self, name: &str, rows: &[(&str, &str)]) -> String {
        let count = rows.len().to_string();
        let count = words::say(self.language, "table-rows", &[("count", count.into())]);
        let mut lines = vec![format!("**{name}** — {}\n", count.unwrap_or_default())];
        lines.extend(rows.iter().take(MOST_ROWS).map(|(from, to)| format!("- `{from}` → `{to}`")));
        if rows.len() > MOST_ROWS {
            lines.push("- …".to_owned());
        }
        lines.join("\n")
    }

    /// A row of a table: what its code becomes, what that is called, of which field it is.
    fn row(&self, code: &str) -> Option<String> {
        let rows = self.view.at(&self.cursor.path)?;
        let row = rows.get(code)?;
        let to = row.text().or_else(|| row.get("to")?.text()).unwrap_or_default();
        let mut lines = vec![format!("**{code}** → `{to}`")];
        let label = row.get("label").and_then(|label| label.get(self.language.tag())?.text());
        lines.extend(label.map(str::to_owned));
        if let Some(field) = self.view.sources(&self.cursor.path).first() {
            let title = words::of(self.language, &field.title);
            lines.extend(words::say(self.language, "code-of-sender", &[("field", title.into())]));
            lines.push(words::of(self.language, &field.description).to_owned());
        }
        Some(lines.join("\n\n"))
    }

    /// The fields of the target that a code is for.
    fn code(&self) -> Option<String> {
        let targets = self.view.targets(&self.cursor.path);
        let described: Vec<String> =
            targets.iter().filter_map(|target| self.target(target)).collect();
        (!described.is_empty()).then(|| described.join("\n\n---\n\n"))
    }

    /// An option of a verb: the verb that it stands with.
    fn option(&self) -> Option<String> {
        let step = self.cursor.path.iter();
        let node = self.view.at(step)?;
        let Kind::Map(entries) = &node.kind else { return None };
        let found = entries.iter().find_map(|entry| verb::declaration(&entry.key))?;
        Some(words::verb(self.language, found))
    }
}

/// How many rows of a table are shown.
const MOST_ROWS: usize = 12;
