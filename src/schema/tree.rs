//! A schema as a tree of fields: what mappings are checked against and documents are built by.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use crate::model::IssueCode;

/// One text in both languages; empty when the schema does not say it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// A field of an object, by its exact name.
    Key(String),
    /// Every item of a list.
    Each,
}

/// One field of a schema.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldInfo {
    /// The path, such as `identite.nom`, `droits.@fin`, `name[].given[]`. Names may hold dots
    /// themselves (`DATE NAISS.`): take [`FieldInfo::steps`] apart, not this.
    pub path: String,
    /// The path in steps.
    pub steps: Vec<Step>,
    /// Allowed JSON types: `string`, `number`, `integer`, `boolean`, `object`, `array`, `null`; empty
    /// when any.
    pub types: Vec<String>,
    /// Whether its object must have it.
    pub required: bool,
    /// The code list, when there is one.
    pub codes: Vec<String>,
    /// Values that it may have, for people.
    pub examples: Vec<String>,
    /// The regular expression that its text must match.
    pub pattern: Option<String>,
    /// The issue to report when the pattern does not hold, when it is not `bad_format`.
    pub pattern_code: Option<IssueCode>,
    /// The `format`, such as `date` or `edtf`.
    pub format: Option<String>,
    /// Bounds on the number of characters.
    pub min_length: Option<u64>,
    /// See [`FieldInfo::min_length`].
    pub max_length: Option<u64>,
    /// Smallest and largest number.
    pub minimum: Option<f64>,
    /// See [`FieldInfo::minimum`].
    pub maximum: Option<f64>,
    /// What the field is called.
    pub title: Words,
    /// What it means.
    pub description: Words,
}

impl FieldInfo {
    /// Whether values of this JSON type are allowed.
    #[must_use]
    pub fn allows(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|allowed| allowed == kind)
    }
}

/// Index of a node.
pub(super) type NodeId = usize;

/// One subschema with `$ref` followed.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) properties: FxHashMap<String, NodeId>,
    pub(super) items: Option<NodeId>,
    /// Whether only a list, or only an object, can stand here.
    pub(super) list: bool,
    pub(super) object: bool,
    /// Whether the schema names null as a value that may stand here; else null is no value at all.
    pub(super) takes_null: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    fields: Vec<FieldInfo>,
    title: Words,
}

/// Deeper schemas than this are taken for endless: a `$ref` to itself.
const MOST_LEVELS: usize = 32;

impl Tree {
    /// Reads the tree of a schema document.
    ///
    /// Follows local references (`#/$defs/…`); `allOf`, `if` and the like judge documents but add no
    /// fields. Fails on a reference that leads nowhere or in circles.
    pub(super) fn of(document: &Value) -> Result<Self, String> {
        let mut tree =
            Self { nodes: Vec::new(), fields: Vec::new(), title: words(document, "title") };
        tree.add(document, document, &mut Vec::new())?;
        Ok(tree)
    }

    pub(super) fn fields(&self) -> &[FieldInfo] {
        &self.fields
    }

    pub(super) fn title(&self) -> &Words {
        &self.title
    }

    /// The node of the whole document is the first.
    pub(super) fn root(&self) -> Option<NodeId> {
        (!self.nodes.is_empty()).then_some(0)
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    fn add(
        &mut self,
        document: &Value,
        schema: &Value,
        steps: &mut Vec<Step>,
    ) -> Result<NodeId, String> {
        if steps.len() > MOST_LEVELS {
            return Err(format!("more than {MOST_LEVELS} levels, at {}", shown(steps)));
        }
        let schema = followed(document, schema)?;
        let types = types(schema);
        let only = |kind: &str| matches!(types.as_slice(), [one] if one == kind);
        let id = self.nodes.len();
        self.nodes.push(Node {
            list: only("array"),
            object: only("object"),
            takes_null: takes_null(document, schema, 0),
            ..Node::default()
        });
        let required: Vec<&str> = texts(schema.get("required")).collect();
        for (name, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            steps.push(Step::Key(name.clone()));
            let info = field(
                steps,
                followed(document, property)?,
                property,
                required.contains(&name.as_str()),
            );
            self.fields.push(info);
            let child = self.add(document, property, steps)?;
            steps.pop();
            if let Some(node) = self.nodes.get_mut(id) {
                node.properties.insert(name.clone(), child);
            }
        }
        if let Some(items) = schema.get("items") {
            steps.push(Step::Each);
            self.fields.push(field(steps, followed(document, items)?, items, false));
            let child = self.add(document, items, steps)?;
            steps.pop();
            if let Some(node) = self.nodes.get_mut(id) {
                node.items = Some(child);
            }
        }
        Ok(id)
    }
}

/// The schema that a local `$ref` points to, or the schema itself.
fn followed<'d>(document: &'d Value, schema: &'d Value) -> Result<&'d Value, String> {
    let mut schema = schema;
    for _ in 0..MOST_LEVELS {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return Ok(schema) };
        schema = reference
            .strip_prefix('#')
            .and_then(|pointer| document.pointer(pointer))
            .ok_or_else(|| format!("`{reference}` leads nowhere"))?;
    }
    Err("a reference leads in circles".to_owned())
}

/// Whether a schema names null as a value: by its type, among its codes, or in one of its parts.
fn takes_null(document: &Value, schema: &Value, depth: usize) -> bool {
    let Ok(schema) = followed(document, schema) else { return false };
    let types = schema.get("type").map(|_| types(schema).iter().any(|kind| kind == "null"));
    let codes = schema.get("enum").and_then(Value::as_array);
    let codes = codes.map(|codes| codes.iter().any(Value::is_null));
    let codes = codes.or_else(|| schema.get("const").map(Value::is_null));
    match (types, codes) {
        (Some(false), _) | (_, Some(false)) => false,
        (Some(true), _) | (_, Some(true)) => true,
        (None, None) => ["anyOf", "oneOf", "allOf"].iter().any(|key| {
            let parts = schema.get(key).and_then(Value::as_array).into_iter().flatten();
            depth < MOST_LEVELS
                && parts.into_iter().any(|part| takes_null(document, part, depth + 1))
        }),
    }
}

/// `here` is the place that names the field, which may say more than the `$ref` it leads to.
fn field(steps: &[Step], schema: &Value, here: &Value, required: bool) -> FieldInfo {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let either = |key: &str| {
        let own = words(here, key);
        if own == Words::default() { words(schema, key) } else { own }
    };
    let constant = schema.get("const").map(std::slice::from_ref);
    let codes = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice).or(constant);
    let examples = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
    FieldInfo {
        path: shown(steps),
        steps: steps.to_vec(),
        types: types(schema),
        required,
        codes: codes.into_iter().flatten().filter(|code| !code.is_null()).map(plain).collect(),
        examples: examples.map(plain).collect(),
        pattern: text("pattern").map(str::to_owned),
        pattern_code: text("x-code").and_then(IssueCode::find),
        format: text("format").map(str::to_owned),
        min_length: schema.get("minLength").and_then(Value::as_u64),
        max_length: schema.get("maxLength").and_then(Value::as_u64),
        minimum: schema.get("minimum").and_then(Value::as_f64),
        maximum: schema.get("maximum").and_then(Value::as_f64),
        title: either("title"),
        description: either("description"),
    }
}

fn plain(code: &Value) -> String {
    code.as_str().map_or_else(|| code.to_string(), str::to_owned)
}

fn types(schema: &Value) -> Vec<String> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        several => texts(several).map(str::to_owned).collect(),
    }
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// `x-title` of the key `title`; a plain `title` serves as English.
fn words(schema: &Value, key: &str) -> Words {
    let said: Option<&Map<String, Value>> =
        schema.get(format!("x-{key}")).and_then(Value::as_object);
    let text = |language: &str| {
        said.and_then(|said| said.get(language))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let en = match text("en") {
        en if en.is_empty() => {
            schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        en => en,
    };
    Words { fr: text("fr"), en }
}

fn shown(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Each => path.push_str("[]"),
            Step::Key(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
        }
    }
    path
}
