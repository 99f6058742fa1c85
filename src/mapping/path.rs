//! Paths: into the sender's record, and into the target.

mod pick;

pub use pick::{Order, Tests, Which};

/// Deeper paths are refused.
const DEEPEST: usize = 32;

/// More selections in one path are refused: each doubles the slots that wait for their item.
const MOST_SELECTIONS: usize = 4;

/// Where a path cannot be read, in characters from its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PathError {
    /// The character.
    pub at: usize,
}

/// One step of a path into the sender's record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A field of a group.
    Key(String),
    /// One of a repeated group, from 0.
    Nth(u32),
    /// The last of a repeated group.
    Last,
    /// All of a repeated group.
    All,
    /// The first of a repeated group for which all these fields have these texts.
    Where(Vec<(Vec<Step>, String)>),
    /// Of those of a repeated group for which all these fields have these texts, the one or all that
    /// are meant.
    Pick(Vec<(Vec<Step>, String)>, Which),
}

/// A path into the sender's record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourcePath {
    /// How many levels above the record it starts (`^.`, once for each).
    pub up: u8,
    /// The repeated group at whose items it starts; 0 for the record itself.
    pub level: u16,
    /// The steps; none for the item itself (`.`).
    pub steps: Vec<Step>,
}

impl SourcePath {
    /// A column of a flat record: the header's text, whatever it holds.
    #[must_use]
    pub fn column(name: &str) -> Self {
        Self::of(vec![Step::Key(name.to_owned())])
    }

    /// Of steps from the record.
    #[must_use]
    pub const fn of(steps: Vec<Step>) -> Self {
        Self { up: 0, level: 0, steps }
    }

    /// Whether it starts at the record itself.
    #[must_use]
    pub const fn at_record(&self) -> bool {
        self.up == 0 && self.level == 0
    }

    /// Reads a path such as `identifier[?type.coding[0].code == 'Code'].value`.
    ///
    /// # Errors
    /// Where the text is no path.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut read = Read { chars: text.chars().collect(), at: 0 };
        let mut up = 0;
        while read.eat("^.") {
            up += 1;
            if usize::from(up) > DEEPEST {
                return read.fail();
            }
        }
        let mut steps = Vec::new();
        if read.eat(".") && read.at == read.chars.len() {
            return Ok(Self { up, level: 0, steps });
        }
        loop {
            steps.push(Step::Key(read.key()?));
            while read.eat("[") {
                let step = match steps.pop() {
                    Some(Step::Where(tests)) => read.among(tests)?,
                    before => {
                        steps.extend(before);
                        read.bracket()?
                    }
                };
                steps.push(step);
            }
            if steps.len() > DEEPEST {
                return read.fail();
            }
            if read.at == read.chars.len() {
                break;
            }
            if !read.eat(".") {
                return read.fail();
            }
        }
        let selections =
            steps.iter().filter(|s| matches!(s, Step::Where(_) | Step::Pick(..))).count();
        let all = |s: &Step| matches!(s, Step::All | Step::Pick(_, Which::All));
        let one = |s: &Step| matches!(s, Step::Last | Step::Where(_) | Step::Pick(..)) && !all(s);
        // One of each of several groups is a list of choices: that is what groups of rules are for.
        let after_all = steps.iter().skip_while(|step| !all(step)).any(one);
        if selections > MOST_SELECTIONS || after_all {
            return Err(PathError { at: 0 });
        }
        Ok(Self { up, level: 0, steps })
    }

    /// As messages show it: `identite/sexe` in XML, `identite.sexe` elsewhere.
    #[must_use]
    pub fn shown(&self, separator: char) -> String {
        let mut shown = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) if key == "#text" => {}
                Step::Key(key) => {
                    if !shown.is_empty() {
                        shown.push(separator);
                    }
                    shown.push_str(key);
                }
                Step::Nth(n) => shown.push_str(&format!("[{n}]")),
                Step::Last => shown.push_str("[last]"),
                Step::All => shown.push_str("[]"),
                Step::Where(tests) | Step::Pick(tests, _) => {
                    let value = tests.last().map(|(_, value)| value.as_str());
                    let value = value.unwrap_or(match step {
                        Step::Pick(_, Which::By(Order { greatest: true, .. })) => "last",
                        _ => "first",
                    });
                    shown.push_str(&format!("[{value}]"));
                }
            }
        }
        shown
    }

    /// As a mapping writes it.
    #[must_use]
    pub fn written(&self) -> String {
        let mut written = "^.".repeat(usize::from(self.up));
        if self.steps.is_empty() {
            written.push('.');
        }
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    written.push_str(if at > 0 { "." } else { "" });
                    written.push_str(key);
                }
                Step::Nth(n) => written.push_str(&format!("[{n}]")),
                Step::Last => written.push_str("[last]"),
                Step::All => written.push_str("[]"),
                Step::Where(tests) => written.push_str(&pick::written_tests(tests)),
                Step::Pick(tests, which) => {
                    written.push_str(&pick::written_tests(tests));
                    written.push_str(&which.written());
                }
            }
        }
        written
    }

    /// The keys alone, without choices among repeated groups: the name of the field in a schema.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        self.steps
            .iter()
            .filter_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Nth(_) | Step::Last | Step::All | Step::Where(_) | Step::Pick(..) => None,
            })
            .collect()
    }
}

struct Read {
    chars: Vec<char>,
    at: usize,
}

impl Read {
    fn fail<T>(&self) -> Result<T, PathError> {
        Err(PathError { at: self.at })
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn until(&mut self, stop: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| !stop(*c)) {
            self.at += 1;
        }
        self.chars.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn key(&mut self) -> Result<String, PathError> {
        let key = self.until(|c| matches!(c, '.' | '[' | ']' | '\'' | '=' | '?' | '^'));
        if key.trim().is_empty() { self.fail() } else { Ok(key) }
    }

    fn blanks(&mut self) {
        drop(self.until(|c| c != ' '));
    }
}

/// One step of a path into the target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TargetStep {
    /// A field.
    Key(String),
    /// One named element of a list.
    Label(String),
    /// A new element of a list.
    Append,
}

/// Reads a target path such as `person.names[official].family`.
///
/// # Errors
/// Where the text is no path.
pub fn parse_target(text: &str) -> Result<Vec<TargetStep>, PathError> {
    let mut read = Read { chars: text.chars().collect(), at: 0 };
    let mut steps = Vec::new();
    loop {
        steps.push(TargetStep::Key(read.key()?));
        if read.eat("[") {
            let label = read.until(|c| matches!(c, ']' | '['));
            if !read.eat("]") {
                return read.fail();
            }
            steps.push(if label.is_empty() {
                TargetStep::Append
            } else {
                TargetStep::Label(label)
            });
        }
        if steps.len() > DEEPEST {
            return read.fail();
        }
        if read.at == read.chars.len() {
            return Ok(steps);
        }
        if !read.eat(".") {
            return read.fail();
        }
    }
}

/// Lists of the target whose elements are told apart by a field: path, that field, and the field
/// that a rule for the element itself fills.
pub const KEYED: &[(&str, &str, Option<&str>)] =
    &[("person.names", "use", None), ("person.identifiers", "system", Some("value"))];

/// The path of a target field in its schema, without labels: `person.names.family`.
#[must_use]
pub fn schema_path(steps: &[TargetStep]) -> String {
    let keys = steps.iter().filter_map(|step| match step {
        TargetStep::Key(key) => Some(key.as_str()),
        TargetStep::Label(_) | TargetStep::Append => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_choices() {
        let key = |key: &str| Step::Key(key.to_owned());
        let path =
            SourcePath::parse("^.identifier[?type.coding[0].code == 'A.b' && use == 'x'].value");
        let tests = vec![
            (vec![key("type"), key("coding"), Step::Nth(0), key("code")], "A.b".to_owned()),
            (vec![key("use")], "x".to_owned()),
        ];
        let steps = vec![key("identifier"), Step::Where(tests), key("value")];
        assert_eq!(path, Ok(SourcePath { up: 1, level: 0, steps }));
    }

    #[test]
    fn a_path_is_written_as_it_was_read() {
        for text in [
            "^.^.a.b",
            ".",
            "a[2].b[last].c[]",
            "a[?t.c[0].d == 'X' && u == 'y'].v",
            "a[?u == 'y'][].v",
            "rows[last by Fin as dd/MM/yyyy].Statut",
        ] {
            assert_eq!(SourcePath::parse(text).map(|path| path.written()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn broken_paths_say_where() {
        for (text, at) in [("", 0), ("a.", 2), ("a[", 2), ("a[?b = 'c']", 5), ("a]b", 1)] {
            assert_eq!(SourcePath::parse(text), Err(PathError { at }), "{text}");
        }
    }

    #[test]
    fn a_path_is_shown_as_the_sender_would_write_it() {
        let shown = |text: &str| SourcePath::parse(text).map(|path| path.shown('/'));
        assert_eq!(shown("droits.@fin").as_deref(), Ok("droits/@fin"));
        assert_eq!(
            shown("identifier[?system == 'NINA'].value").as_deref(),
            Ok("identifier[NINA]/value")
        );
    }
}
