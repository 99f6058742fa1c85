//! Which elements each type has, in which order and of which type: R4's own schema, as one line a type.
//!
//! `@` marks a resource, `*` a list; what follows a colon is a type of the table or one of the kinds of [`Kind`], and
//! nothing is a primitive whose value is text. A test makes the table anew from the official schema.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The table.
const TEXT: &str = include_str!("elements.txt");

/// What an element holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A primitive that JSON writes as text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// An integer or a decimal.
    Number,
    /// A narrative, kept as it is written.
    Xhtml,
    /// Any resource.
    Resource,
    /// Elements of a type of the table.
    Type(&'static str),
}

/// One element of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Element {
    /// Its name, with the type where there is a choice: `valueString`.
    pub name: &'static str,
    /// Whether it may come more than once.
    pub many: bool,
    /// What it holds.
    pub kind: Kind,
}

/// A type: a resource, a data type, or the inner type of an element.
#[derive(Debug)]
pub struct Type {
    /// Whether it is a resource.
    pub resource: bool,
    /// Whether it is an extension, whose url is an attribute.
    extension: bool,
    /// Its elements, in order.
    pub elements: Vec<Element>,
}

impl Type {
    /// An element by its name.
    #[must_use]
    pub fn element(&self, name: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.name == name)
    }

    /// Whether an element is an attribute in XML: the id of what is no resource, and the url of an extension.
    #[must_use]
    pub fn is_attribute(&self, element: &Element) -> bool {
        (element.name == "id" && !self.resource) || (element.name == "url" && self.extension)
    }
}

static TABLE: LazyLock<HashMap<&'static str, Type>> =
    LazyLock::new(|| TEXT.lines().filter_map(line).collect());

fn line(line: &'static str) -> Option<(&'static str, Type)> {
    let (name, rest) = line.split_once(' ')?;
    let elements = rest.split(' ').map(element).collect();
    let (resource, extension) = (name.starts_with('@'), name == "Extension");
    Some((name.trim_start_matches('@'), Type { resource, extension, elements }))
}

fn element(text: &'static str) -> Element {
    let (name, kind) = text.split_once(':').unwrap_or((text, ""));
    let kind = match kind {
        "" => Kind::Text,
        "!boolean" => Kind::Boolean,
        "!number" => Kind::Number,
        "!xhtml" => Kind::Xhtml,
        "!resource" => Kind::Resource,
        named => Kind::Type(named),
    };
    Element { name: name.trim_end_matches('*'), many: name.ends_with('*'), kind }
}

/// A type by its name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Type> {
    TABLE.get(name)
}

/// A resource by its name.
#[must_use]
pub fn resource(name: &str) -> Option<&'static Type> {
    find(name).filter(|found| found.resource)
}
