//! Names of ecosystems and packs.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The identifier of an ecosystem, such as `attune`: lowercase letters and digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EcosystemId(Arc<str>);

/// The name of a pack, safe as a file name and as a URL segment.
///
/// ASCII letters, digits, `_`, `-` and `.`, starting with a letter, digit or `_`; 1 to 100 bytes; not ending in a dot;
/// not a device name that Windows reserves. An ecosystem's own rule may be narrower.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackName(Arc<str>);

/// The identity of a pack, written `ecosystem/name`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackId {
    /// The ecosystem.
    pub ecosystem: EcosystemId,
    /// The name within the ecosystem.
    pub name: PackName,
}

/// Says why text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The name is empty or too long.
    #[error("`{0}` is not 1 to 100 bytes long")]
    Length(String),
    /// The name has a character that is not safe in file names and URLs.
    #[error("`{0}` has a character other than ASCII letters, digits, `_`, `-` and `.`")]
    Character(String),
    /// The name starts or ends with a character that is only allowed inside.
    #[error("`{0}` starts with `-` or `.`, or ends with `.`")]
    Edge(String),
    /// The name is reserved by Windows for a device.
    #[error("`{0}` is a device name, which Windows reserves")]
    Device(String),
    /// The text is not `ecosystem/name`.
    #[error("`{0}` is not `ecosystem/name`")]
    Form(String),
}

/// Device names that Windows reserves, with or without an extension (Microsoft, "Naming Files, Paths, and Namespaces").
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt0",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Tells whether a path segment is reserved for a device by Windows.
pub(crate) fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment).to_ascii_lowercase();
    DEVICES.contains(&stem.as_str())
}

impl EcosystemId {
    /// Returns `text` as an identifier.
    pub fn new(text: &str) -> Result<Self, NameError> {
        if text.is_empty() || text.len() > 100 {
            return Err(NameError::Length(text.to_owned()));
        }
        if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Err(NameError::Character(text.to_owned()));
        }
        Ok(Self(text.into()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PackName {
    /// Returns `text` as a name.
    pub fn new(text: &str) -> Result<Self, NameError> {
        if text.is_empty() || text.len() > 100 {
            return Err(NameError::Length(text.to_owned()));
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) {
            return Err(NameError::Character(text.to_owned()));
        }
        if text.starts_with(['-', '.']) || text.ends_with('.') {
            return Err(NameError::Edge(text.to_owned()));
        }
        if is_device(text) {
            return Err(NameError::Device(text.to_owned()));
        }
        Ok(Self(text.into()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form under which confusable names are equal: lowercase, with `-` and `.` as `_`.
    pub fn folded(&self) -> String {
        self.0.chars().map(|c| if matches!(c, '-' | '.') { '_' } else { c.to_ascii_lowercase() }).collect()
    }

    /// Returns the folder that holds the pack's file in the registry index: its first two characters, lowercase.
    pub fn shard(&self) -> String {
        self.0.chars().take(2).map(|c| c.to_ascii_lowercase()).collect::<String>().trim_end_matches('.').to_owned()
    }
}

impl FromStr for PackId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (ecosystem, name) = text.split_once('/').ok_or_else(|| NameError::Form(text.to_owned()))?;
        Ok(Self { ecosystem: EcosystemId::new(ecosystem)?, name: PackName::new(name)? })
    }
}

impl fmt::Display for PackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ecosystem, self.name)
    }
}

impl fmt::Debug for PackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for PackId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PackId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for PackId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PackId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The identity of a pack: `ecosystem/name`.",
            "type": "string",
            "pattern": "^[a-z0-9]{1,100}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$",
        })
    }
}

macro_rules! text_newtype {
    ($type:ident, $description:literal, $pattern:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "description": $description, "type": "string", "pattern": $pattern })
            }
        }
    };
}

text_newtype!(EcosystemId, "The identifier of an ecosystem.", "^[a-z0-9]{1,100}$");
text_newtype!(PackName, "The name of a pack within its ecosystem.", "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_unsafe_somewhere_are_refused() {
        for text in ["", ".", "..", "a/b", "a b", "-x", "x.", "con", "NUL.txt", "é", &"x".repeat(101)] {
            assert!(PackName::new(text).is_err(), "{text:?}");
        }
        assert!(PackName::new("aws_ec2-tools.v2").is_ok());
    }

    #[test]
    fn confusable_names_fold_to_one() {
        let fold = |text| PackName::new(text).expect("valid").folded();
        assert_eq!(fold("My-Pack"), fold("my_pack"));
        assert_ne!(fold("mypack"), fold("my_pack"));
    }
}
