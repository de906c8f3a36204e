//! Which new names a registry gives to whom: `reserved_names` and `namespaces` of `registry.json`.
//!
//! They are asked about packs that the index does not have yet; what is recorded keeps its name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ident::{EcosystemId, PackId};

/// The rules for new names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct NameRules {
    /// Names that no new pack gets, as patterns `ecosystem/name` in which `*` stands for any letters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reserved_names: Vec<Pattern>,
    /// Which source may bring new packs whose names are like a pattern; an exception to what is reserved.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub namespaces: BTreeMap<Pattern, String>,
}

/// A pattern of names: `ecosystem/name`, where `*` stands for any characters but `/`.
///
/// Names are compared as confusable ones are: without regard to case, and `-`, `_` and `.` are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(String);

/// Says why a name is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused<'a> {
    /// Nobody gets it.
    Reserved(&'a Pattern),
    /// Another source may have it.
    Foreign {
        /// The namespace.
        pattern: &'a Pattern,
        /// The source that it belongs to.
        source: &'a str,
    },
}

impl NameRules {
    /// Returns why a source does not get a name; nothing when it may have it.
    pub fn refuse(&self, id: &PackId, source: &str) -> Option<Refused<'_>> {
        let mut spaces = self.namespaces.iter().filter(|(pattern, _)| pattern.is_like(id)).peekable();
        if let Some((pattern, first)) = spaces.peek().copied() {
            let foreign = Refused::Foreign { pattern, source: first };
            return (!spaces.any(|(_, owner)| owner == source)).then_some(foreign);
        }
        self.reserved_names.iter().find(|pattern| pattern.is_like(id)).map(Refused::Reserved)
    }
}

impl Pattern {
    /// Returns a pattern, or what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let is_part = |part: &str, allowed: fn(char) -> bool| {
            !part.is_empty() && part.len() <= 100 && part.chars().all(|c| c == '*' || allowed(c))
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        match text.split_once('/') {
            Some((ecosystem, name)) if is_part(ecosystem, |c| c.is_ascii_alphanumeric()) && is_part(name, is_name) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(format!("`{text}` is no pattern of names: write `ecosystem/name`, with `*` for any letters")),
        }
    }

    /// Tells whether a name is like the pattern.
    pub fn is_like(&self, id: &PackId) -> bool {
        let (ecosystem, name) = self.0.split_once('/').unwrap_or_default();
        matches(ecosystem.as_bytes(), EcosystemId::as_str(&id.ecosystem).as_bytes())
            && matches(folded(name).as_bytes(), id.name.folded().as_bytes())
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Pattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9*]{1,100}/[A-Za-z0-9_.*-]{1,100}$" })
    }
}

/// Returns the part of a pattern that names a pack, as [`PackName::folded`](crate::ident::PackName::folded) writes names.
fn folded(name: &str) -> String {
    name.chars().map(|c| if matches!(c, '-' | '.') { '_' } else { c.to_ascii_lowercase() }).collect()
}

/// Tells whether a text is like a pattern with stars: the last star that was passed takes one more letter where the rest does
/// not fit, so that the time is at most the product of both lengths.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            (p, t) = (at + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_like(pattern: &str, id: &str) -> bool {
        Pattern::new(pattern).expect("a pattern").is_like(&id.parse().expect("an identity"))
    }

    #[test]
    fn stars_stand_for_any_letters() {
        for (pattern, id, expected) in [
            ("attune/echo", "attune/echo", true),
            ("attune/echo", "attune/echoes", false),
            ("attune/acme-*", "attune/acme-tools", true),
            ("attune/acme-*", "attune/Acme_tools", true),
            ("attune/acme-*", "attune/acmetools", false),
            ("attune/acme-*", "stackstorm/acme-tools", false),
            ("*/core", "stackstorm/core", true),
            ("*/*", "nasiko/anything", true),
            ("attune/*a*b*", "attune/xxaxxbxx", true),
            ("attune/*a*b", "attune/xxbxxa", false),
            ("attune/**x", "attune/x", true),
        ] {
            assert_eq!(is_like(pattern, id), expected, "{pattern} {id}");
        }
        let bomb = format!("attune/{}b", "*a".repeat(49));
        assert!(!is_like(&bomb, &format!("attune/{}", "a".repeat(100))));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "echo", "/", "attune/", "/echo", "a/b/c", "attune/a b", "at-tune/x", "attune/\u{e9}"] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_namespace_is_an_exception_to_what_is_reserved() {
        let rules: NameRules = serde_json::from_str(
            r#"{"reserved_names":["*/acme-*","attune/core"],"namespaces":{"attune/acme-*":"https://git.acme.example/a"}}"#,
        )
        .expect("rules");
        let refuse = |id: &str, source: &str| rules.refuse(&id.parse().expect("an identity"), source).is_some();
        assert!(!refuse("attune/acme-a", "https://git.acme.example/a"));
        assert!(refuse("attune/acme-a", "https://git.acme.example/b"));
        assert!(refuse("stackstorm/acme-a", "https://git.acme.example/a"));
        assert!(refuse("attune/core", "https://git.acme.example/a"));
        assert!(!refuse("attune/echo", "https://git.acme.example/b"));
    }
}
