//! YAML trees as the validator sees them: without turning them into JSON values first.
//!
//! Only for [`is_plain`] trees, which have a JSON form of the same shape. Most files are valid and plain, and making a JSON
//! value of one costs more than validating it.

use std::borrow::Cow;

use jsonschema::json::{Array, Json, Node as JsonNode, NodeIdentity, Object};
use jsonschema::types::JsonType;
use serde_json::{Number, Value as JsonValue};

use crate::yaml::{Node, Value, Yaml};

/// The representation, for the validator's type parameter.
#[derive(Debug)]
pub(super) struct Tree;

/// A value of a tree, or the name of a property, which is validated as a string.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seen<'a> {
    Node(&'a Node),
    Name(&'a str),
}

/// Tells whether a part of a file has a JSON form of the same shape: every key is text and stands once, every value is one
/// that JSON has.
pub(super) fn is_plain(yaml: &Yaml, node: &Node) -> bool {
    yaml.duplicate_keys.is_empty() && has_json_form(node)
}

/// Recursive, but only as deep as the gate let the tree grow.
fn has_json_form(node: &Node) -> bool {
    match &node.value {
        Value::Other(_) => false,
        Value::Float(number) => number.is_finite(),
        Value::Seq(items) => items.iter().all(has_json_form),
        Value::Map(entries) => entries.iter().all(|(key, value)| key.as_str().is_some() && has_json_form(value)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Str(_) => true,
    }
}

impl Json for Tree {
    type Node<'a> = Seen<'a>;
    type PreparedKey = String;
    type StringBuffer = ();

    // Lookups go through the entries: beyond one, a pass over them is cheaper.
    const KEYS_PER_LOOKUP: usize = 1;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(_: &mut (), string: &str, f: impl FnOnce(Seen<'_>) -> T) -> T {
        f(Seen::Name(string))
    }
}

impl<'a> JsonNode<'a, Tree> for Seen<'a> {
    type Object = Members<'a>;
    type Array = Elements<'a>;
    type Number = Number;

    fn as_object(&self) -> Option<Members<'a>> {
        match self {
            Self::Node(Node { value: Value::Map(entries), .. }) => Some(Members(entries)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Elements<'a>> {
        match self {
            Self::Node(Node { value: Value::Seq(items), .. }) => Some(Elements(items)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match *self {
            Self::Node(node) => node.as_str().map(Cow::Borrowed),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<Number> {
        match self {
            Self::Node(Node { value: Value::Int(number), .. }) => Some(Number::from(*number)),
            Self::Node(Node { value: Value::Float(number), .. }) => Number::from_f64(*number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Node(node) => node.as_bool(),
            Self::Name(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Node(node) if node.is_null())
    }

    fn json_type(&self) -> JsonType {
        let Self::Node(node) = self else { return JsonType::String };
        match node.value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Int(_) | Value::Float(_) => JsonType::Number,
            Value::Str(_) | Value::Other(_) => JsonType::String,
            Value::Seq(_) => JsonType::Array,
            Value::Map(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &JsonValue) -> bool {
        match (self.as_string(), expected) {
            (Some(text), JsonValue::String(expected)) => text == expected.as_str(),
            (Some(_), _) | (None, JsonValue::String(_)) => false,
            (None, _) => jsonschema::json::cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, JsonValue> {
        Cow::Owned(match self {
            Self::Node(node) => node.to_json(),
            Self::Name(name) => JsonValue::String((*name).to_owned()),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            Self::Node(node) => Some(NodeIdentity::new(std::ptr::from_ref::<Node>(node).addr())),
            Self::Name(_) => None,
        }
    }
}

/// The entries of a mapping, whose keys are text.
pub(super) struct Members<'a>(&'a [(Node, Node)]);

impl<'a> Object<'a, Tree> for Members<'a> {
    type Node = Seen<'a>;
    type MemberName = &'a str;
    type MembersIter = MembersIter<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &String) -> Option<Seen<'a>> {
        let found = self.0.iter().find(|(name, _)| name.as_str() == Some(key));
        found.map(|(_, value)| Seen::Node(value))
    }

    fn members(&self) -> MembersIter<'a> {
        MembersIter(self.0.iter())
    }
}

/// Goes through the entries of a mapping.
pub(super) struct MembersIter<'a>(std::slice::Iter<'a, (Node, Node)>);

impl<'a> Iterator for MembersIter<'a> {
    type Item = (&'a str, Seen<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (name.as_str().unwrap_or_default(), Seen::Node(value)))
    }
}

/// The items of a list.
pub(super) struct Elements<'a>(&'a [Node]);

impl<'a> Array<'a, Tree> for Elements<'a> {
    type Node = Seen<'a>;
    type ElementsIter = std::iter::Map<std::slice::Iter<'a, Node>, fn(&'a Node) -> Seen<'a>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        self.0.iter().map(Seen::Node)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::Schema;
    use super::*;
    use crate::yaml::{self, Dialect, Limits};

    /// Returns every schema of every ecosystem, with those inside that others of its ecosystem refer to by file name.
    fn schemas() -> Vec<(String, Schema)> {
        let parse = |text: &str| serde_json::from_str::<JsonValue>(text).expect("JSON");
        let mut schemas = Vec::new();
        for ecosystem in crate::ecosystem::ALL {
            for (name, text) in ecosystem.schemas() {
                let mut schema = parse(text);
                let others = ecosystem.schemas().iter().filter(|(other, _)| other != name);
                for (other, text) in others
                    .filter(|(other, _)| text.contains(&format!("\"{other}")) || *other == "parameter.schema.json")
                {
                    schema["$defs"][other] = parse(text);
                }
                schemas.push((
                    (*name).to_owned(),
                    Schema::compile(&schema).unwrap_or_else(|error| panic!("{name}: {error}")),
                ));
            }
        }
        schemas
    }

    /// Returns in how many trees both ways of validating were held against each other, and what was valid.
    fn compare(schemas: &[(String, Schema)], text: &str) -> (usize, usize) {
        let Ok(yaml) = yaml::read(text.as_bytes(), Dialect::Yaml12, Limits::default()) else { return (0, 0) };
        if !is_plain(&yaml, &yaml.root) {
            return (0, 0);
        }
        let json = yaml.root.to_json();
        let valid = schemas.iter().filter(|(name, schema)| {
            let of_tree = schema.of_trees().is_valid(Seen::Node(&yaml.root));
            assert_eq!(of_tree, schema.is_valid(&json), "{name}: {text}");
            of_tree
        });
        (schemas.len(), valid.count())
    }

    /// Every file of the examples and of the fixtures, good and bad, against every schema.
    #[test]
    fn a_tree_is_as_valid_as_its_json() {
        let (schemas, mut compared, mut valid) = (schemas(), 0, 0);
        for folder in ["packs", "tests/cases"] {
            for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
                if entry.path().extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
                    && let Ok(text) = std::fs::read_to_string(entry.path())
                {
                    let (more, passed) = compare(&schemas, &text);
                    (compared, valid) = (compared + more, valid + passed);
                }
            }
        }
        assert!(compared > 1000 && valid > 100, "{compared} compared, {valid} valid");
    }

    #[test]
    fn what_json_cannot_say_is_not_plain() {
        for text in ["a: 1\na: 2\n", "1: a\n", "a: .inf\n", "a: [{b: .nan}]\n", "? [a]\n: b\n"] {
            let yaml = yaml::read(text.as_bytes(), Dialect::Yaml12, Limits::default()).expect("YAML");
            assert!(!is_plain(&yaml, &yaml.root), "{text}");
        }
        let yaml = yaml::read(b"a: 2026-01-01\n", Dialect::Yaml11, Limits::default()).expect("YAML");
        assert!(!is_plain(&yaml, &yaml.root));
    }

    fn value() -> impl Strategy<Value = JsonValue> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(|value| json!(value)),
            (-3..3_i64).prop_map(|value| json!(value)),
            Just(json!(1.5)),
            Just(json!(1.0)),
            prop::sample::select(vec!["", "string", "integer", "python-script", "1.0.0", "demo.run", "a b", "é"])
                .prop_map(|text| json!(text)),
        ];
        let key = prop::sample::select(vec![
            "name",
            "ref",
            "type",
            "parameters",
            "enum",
            "default",
            "required",
            "items",
            "version",
            "properties",
            "runner_type",
            "description",
            "position",
            "x-own",
            "tags",
            "enabled",
            "additionalProperties",
        ]);
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(JsonValue::Array),
                prop::collection::btree_map(key.clone(), inner, 0..6).prop_map(|map| JsonValue::Object(
                    map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
                )),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_tree_is_as_valid_as_its_json(value in value()) {
            thread_local!(static SCHEMAS: Vec<(String, Schema)> = schemas());
            SCHEMAS.with(|schemas| compare(schemas, &yaml::to_string(&value)));
        }
    }
}
