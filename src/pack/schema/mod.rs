//! JSON Schema validation, with a place in the author's file for every violation.

mod bounds;
mod tree;

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value as Json;

use crate::yaml::{Node, Yaml};
pub use bounds::bounds;
use tree::{Seen, Tree};

/// A compiled JSON Schema (2020-12) of ours, or of a pack's author.
///
/// References are resolved inside the schema only, patterns run in linear time, `format` is checked.
#[derive(Debug)]
pub struct Schema {
    validator: Validator,
    /// For [`Schema::violations_in`]; made when it is first asked, since few schemas are.
    of_trees: OnceLock<Validator<Tree>>,
    source: Json,
}

/// What a value breaks.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The keyword, such as `required`.
    pub keyword: String,
    /// The way to the faulty value.
    pub path: Vec<String>,
    /// The property that is missing (`required`) or not known (`additionalProperties`); one violation each.
    pub property: Option<String>,
    /// The types that the value might have had (`type`); none for other keywords.
    pub expected: Vec<String>,
    /// What is wrong, in words.
    pub message: String,
}

impl Schema {
    /// Compiles a schema.
    pub fn compile(schema: &Json) -> Result<Self, String> {
        let validator = validator(schema)?;
        Ok(Self { validator, of_trees: OnceLock::new(), source: schema.clone() })
    }

    /// Compiles a schema that is part of the program.
    ///
    /// # Panics
    ///
    /// When the text is not a schema: a bug, found by the first test that uses it.
    pub fn embedded(text: &str) -> Self {
        let json = serde_json::from_str(text).expect("an embedded schema is JSON");
        Self::compile(&json).unwrap_or_else(|error| panic!("an embedded schema is a schema: {error}"))
    }

    /// Tells whether a value satisfies the schema.
    pub fn is_valid(&self, value: &Json) -> bool {
        self.validator.is_valid(value)
    }

    /// Returns everything that a part of a YAML file breaks; `json` makes a JSON value of it, if that is needed.
    pub fn violations_in(&self, yaml: &Yaml, node: &Node, json: impl FnOnce(&Node) -> Json) -> Vec<Violation> {
        if tree::is_plain(yaml, node) && self.of_trees().is_valid(Seen::Node(node)) {
            return Vec::new();
        }
        self.violations(&json(node))
    }

    fn of_trees(&self) -> &Validator<Tree> {
        self.of_trees.get_or_init(|| validator(&self.source).expect("it was compiled before"))
    }

    /// Returns everything that a value breaks, in the order of the schema; nothing for a valid value, quickly.
    pub fn violations(&self, value: &Json) -> Vec<Violation> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let mut violations = Vec::new();
        for error in self.validator.iter_errors(value) {
            let path: Vec<String> = pointer(error.instance_path().as_str());
            let keyword = error.kind().keyword().to_owned();
            let expected = match error.kind() {
                ValidationErrorKind::Type { kind: TypeKind::Single(one) } => vec![one.to_string()],
                ValidationErrorKind::Type { kind: TypeKind::Multiple(several) } => {
                    several.iter().map(|one| one.to_string()).collect()
                }
                _ => Vec::new(),
            };
            let mut push = |property: Option<String>, message: String| {
                let (keyword, path, expected) = (keyword.clone(), path.clone(), expected.clone());
                violations.push(Violation { keyword, path, property, expected, message });
            };
            match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected }
                | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                    for property in unexpected {
                        push(Some(property.clone()), format!("`{property}` is not a known key"));
                    }
                }
                ValidationErrorKind::Required { property } => {
                    let property = property.as_str().unwrap_or_default().to_owned();
                    push(Some(property.clone()), format!("the key `{property}` is missing"));
                }
                _ => push(None, error.masked_with("this value").to_string()),
            }
        }
        violations
    }
}

fn validator<F: jsonschema::json::Json>(schema: &Json) -> Result<Validator<F>, String> {
    jsonschema::options_for::<F>()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex())
        .build(schema)
        .map_err(|error| error.to_string())
}

impl Violation {
    /// Returns the node to point at: the unknown key, or the faulty value.
    pub fn node<'a>(&self, root: &'a Node) -> &'a Node {
        let node = root.at(self.path.iter().map(String::as_str));
        match &self.property {
            Some(property) => {
                node.entries().iter().find(|(key, _)| key.key_text() == *property).map_or(node, |(key, _)| key)
            }
            None => node,
        }
    }
}

/// Splits a JSON pointer (RFC 6901).
fn pointer(text: &str) -> Vec<String> {
    text.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_violation_is_returned_with_its_way() {
        let schema = Schema::compile(&json!({
            "type": "object",
            "required": ["name", "kind"],
            "additionalProperties": false,
            "properties": {"name": {"type": "string"}, "kind": {}, "list": {"items": {"type": "integer"}}},
        }))
        .expect("a schema");
        let violations = schema.violations(&json!({"name": 1, "list": [1, "x"], "nmae": 2, "knid": 3}));
        let mut found: Vec<String> =
            violations.iter().map(|v| format!("{} {} {:?}", v.keyword, v.path.join("/"), v.property)).collect();
        found.sort();
        assert_eq!(
            found,
            [
                "additionalProperties  Some(\"knid\")",
                "additionalProperties  Some(\"nmae\")",
                "required  Some(\"kind\")",
                "type list/1 None",
                "type name None",
            ]
        );
    }

    /// A schema of a pack must not make the program open files or hosts.
    #[test]
    fn references_to_files_and_hosts_are_refused() {
        for target in ["file:///etc/passwd", "http://localhost/x.json"] {
            assert!(Schema::compile(&json!({ "$ref": target })).is_err(), "{target}");
        }
    }
}
