//! The tree of a YAML document.

use crate::diag::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value stands; of an alias, where the alias stands.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is no `i64`.
    Float(f64),
    /// A string.
    Str(String),
    /// A scalar that the runtime's loader turns into something that JSON has no form for, such as a date.
    Other(String),
    /// A list.
    Seq(Vec<Node>),
    /// A mapping in the order of the file. A key that occurs twice is here twice; [`Node::get`] finds the last.
    Map(Vec<(Node, Node)>),
}

/// A scalar as it was written, for findings about scalars that read two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// Where it stands.
    pub span: Span,
    /// The text.
    pub text: String,
    /// What each YAML version reads.
    pub yaml_1_1: &'static str,
    /// What each YAML version reads.
    pub yaml_1_2: &'static str,
}

impl Node {
    /// Returns the value of the last `key` of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns the last `key` of a mapping, with its value.
    pub fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        self.entries().iter().rev().find(|(name, _)| name.as_str() == Some(key)).map(|(name, value)| (name, value))
    }

    /// Returns the entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Self, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list; none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Seq(items) => items,
            _ => &[],
        }
    }

    /// Returns the text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Tells whether this is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Tells whether this is a list.
    pub fn is_seq(&self) -> bool {
        matches!(self.value, Value::Seq(_))
    }

    /// Tells whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Returns what a reader calls the value: `a string`, `a list` …
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Str(_) => "a string",
            Value::Other(_) => "a date or other special value",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// Returns the text of a scalar as a person would write it; `None` for lists and mappings.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.value {
            Value::Null => Some("null".to_owned()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Int(value) => Some(value.to_string()),
            Value::Float(_) => Some(self.to_json().to_string()),
            Value::Str(text) | Value::Other(text) => Some(text.clone()),
            Value::Seq(_) | Value::Map(_) => None,
        }
    }

    /// Returns the value as JSON: the last of duplicate keys wins, keys become text, what JSON cannot say becomes text.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => Json::from(*value),
            Value::Float(value) => {
                serde_json::Number::from_f64(*value).map_or_else(|| Json::String(float_text(*value)), Json::Number)
            }
            Value::Str(text) | Value::Other(text) => Json::String(text.clone()),
            Value::Seq(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|(key, value)| (key.key_text(), value.to_json())).collect())
            }
        }
    }

    /// Returns a mapping key as the text JSON gives it.
    pub fn key_text(&self) -> String {
        self.scalar_text().unwrap_or_else(|| self.to_json().to_string())
    }

    /// Returns the node that a JSON pointer's segments lead to, or the deepest one on the way there.
    pub fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> &Self {
        let mut node = self;
        for segment in path {
            let next = match &node.value {
                Value::Seq(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
                Value::Map(entries) => {
                    entries.iter().rev().find(|(key, _)| key.key_text() == segment).map(|(_, value)| value)
                }
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }
}

/// Writes the floats that JSON has no number for as YAML does.
fn float_text(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if value > 0.0 {
        ".inf".to_owned()
    } else {
        "-.inf".to_owned()
    }
}
