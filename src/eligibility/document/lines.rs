//! On which line of a YAML file a JSON pointer stands.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser};

/// The line of every node, by its pointer; as far as the file can be read.
pub(super) fn lines(yaml: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut open: Vec<Group> = Vec::new();
    for event in Parser::new_from_str(yaml) {
        let Ok((event, span)) = event else { break };
        let line = span.start.line();
        match event {
            Event::Scalar(text, ..) => match open.last_mut() {
                Some(Group::Map { key: key @ None, .. }) => {
                    *key = Some((text.replace('~', "~0").replace('/', "~1"), line));
                }
                _ => done(&mut open, &mut found, line),
            },
            Event::SequenceStart(..) => open.push(Group::List { next: 0, line }),
            Event::MappingStart(..) => open.push(Group::Map { key: None, line }),
            Event::SequenceEnd | Event::MappingEnd => {
                let begun = open.pop().map_or(line, |group| group.line());
                done(&mut open, &mut found, begun);
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => done(&mut open, &mut found, line),
            _ => {}
        }
    }
    found
}

/// A list or map whose end was not reached yet.
enum Group {
    List {
        next: usize,
        line: usize,
    },
    /// The key whose value comes next, with its line.
    Map {
        key: Option<(String, usize)>,
        line: usize,
    },
}

impl Group {
    const fn line(&self) -> usize {
        match self {
            Self::List { line, .. } | Self::Map { line, .. } => *line,
        }
    }

    /// The last part of the pointer of the value that is being read.
    fn part(&self) -> String {
        match self {
            Self::List { next, .. } => next.to_string(),
            Self::Map { key, .. } => key.as_ref().map(|(key, _)| key.clone()).unwrap_or_default(),
        }
    }
}

/// A value was read: notes its line (that of its key, in a map) and goes on to the next one.
fn done(open: &mut [Group], found: &mut BTreeMap<String, usize>, line: usize) {
    let pointer: String = open.iter().flat_map(|group| ["/".to_owned(), group.part()]).collect();
    let line = match open.last_mut() {
        None => line,
        Some(Group::List { next, .. }) => {
            *next += 1;
            line
        }
        Some(Group::Map { key, .. }) => key.take().map_or(line, |(_, line)| line),
    };
    found.insert(pointer, line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_has_the_line_where_it_begins() {
        let yaml = "a: 1\nb:\n  - { c: 2 }\n  - d:\n      e/f: 3\n";
        let found = lines(yaml);
        let line = |pointer: &str| found.get(pointer).copied();
        assert_eq!(line("/a"), Some(1));
        assert_eq!(line("/b"), Some(2));
        assert_eq!(line("/b/0/c"), Some(3));
        assert_eq!(line("/b/1/d/e~1f"), Some(5));
        assert_eq!(line("/x"), None);
    }

    #[test]
    fn a_broken_file_has_the_lines_before_the_fault() {
        assert_eq!(lines("a: 1\nb: [\n").get("/a"), Some(&1));
    }
}
