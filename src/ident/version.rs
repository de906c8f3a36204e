//! Versions: kept as written, ordered by precedence.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A version, kept as written and ordered by SemVer 2.0.0 item 11.
///
/// Equal precedence (versions that differ in build metadata only) is ordered by the text, so that the order is total.
/// Numeric prerelease parts with leading zeros, which SemVer forbids but StackStorm allows, are ordered as numbers;
/// [`Version::is_semver2`] tells them apart.
#[derive(Clone)]
pub struct Version {
    text: Arc<str>,
    order: semver::Version,
}

/// Reports text that cannot be a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a semantic version: {reason}")]
pub struct VersionError {
    text: String,
    reason: String,
}

/// Longest version, in bytes: it becomes a file name.
const MAX_BYTES: usize = 100;

impl Version {
    /// Returns the version that `text` writes.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        if text.len() > MAX_BYTES {
            let start: String = text.chars().take(24).collect();
            return Err(VersionError {
                text: format!("{start}…"),
                reason: format!("it is longer than {MAX_BYTES} bytes"),
            });
        }
        let order = semver::Version::parse(text).or_else(|error| {
            semver::Version::parse(&without_leading_zeros(text))
                .map_err(|_| VersionError { text: text.to_owned(), reason: error.to_string() })
        })?;
        Ok(Self { text: text.into(), order })
    }

    /// Returns the text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Tells whether the text is a version by SemVer 2.0.0, to the letter.
    pub fn is_semver2(&self) -> bool {
        semver::Version::parse(&self.text).is_ok()
    }

    /// Tells whether this is a prerelease, which is never the default version of a pack that has another.
    pub fn is_prerelease(&self) -> bool {
        !self.order.pre.is_empty()
    }

    /// Tells whether the version has build metadata.
    pub fn has_build_metadata(&self) -> bool {
        !self.order.build.is_empty()
    }
}

/// Drops leading zeros of numeric prerelease parts: `1.0.0-01` becomes `1.0.0-1`.
fn without_leading_zeros(text: &str) -> String {
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let Some((core, pre)) = rest.split_once('-') else { return text.to_owned() };
    let parts: Vec<&str> = pre
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            trimmed if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) => trimmed,
            _ => part,
        })
        .collect();
    let build = build.map_or_else(String::new, |build| format!("+{build}"));
    format!("{core}-{}{build}", parts.join("."))
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Version {}

impl std::hash::Hash for Version {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order.cmp_precedence(&other.order).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A semantic version, as its author wrote it.",
            "type": "string",
            "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$",
            "maxLength": 100,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    /// Orders the example of SemVer 2.0.0 item 11.
    #[test]
    fn precedence_is_semver_precedence() {
        let order = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
        ];
        assert!(order.windows(2).all(|pair| version(pair[0]) < version(pair[1])));
        assert!(version("1.9.0") < version("1.10.0"));
    }

    #[test]
    fn leading_zeros_in_a_prerelease_are_ordered_as_numbers() {
        assert!(version("1.0.0-02") < version("1.0.0-10"));
        assert!(!version("1.0.0-02").is_semver2() && version("1.0.0-2").is_semver2());
        assert!(version("1.0.0-0").is_semver2());
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["1.0", "v1.0.0", "", "1.0.0.0", "1.0.0-", "01.0.0", &format!("1.0.0-{}", "a".repeat(100))] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }
}
