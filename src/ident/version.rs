//! Versions: kept as written, ordered by precedence.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A version, kept as written and ordered by the precedence of its scheme: SemVer 2.0.0 item 11, or PEP 440.
///
/// Equal precedence (versions that differ in build metadata or in zeros at the end) is ordered by the text, so that the order
/// is total. Numeric prerelease parts with leading zeros, which SemVer forbids but StackStorm allows, are ordered as numbers;
/// [`Version::is_semver2`] tells them apart. The text tells the scheme: what SemVer does not know is a version of PEP 440 in
/// its normal form. A pack has versions of one scheme; where both meet, a prerelease by SemVer stands first in its release.
#[derive(Clone)]
pub struct Version {
    text: Arc<str>,
    order: Order,
}

#[derive(Clone)]
enum Order {
    SemVer(semver::Version),
    Pep440(pep440_rs::Version),
}

/// Reports text that cannot be a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a version: {reason}")]
pub struct VersionError {
    text: String,
    reason: String,
}

/// Longest version, in bytes: it becomes a file name.
const MAX_BYTES: usize = 100;

impl Version {
    /// Returns the version that `text` writes: by SemVer, or else by PEP 440 in its normal form.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        Self::semver(text).or_else(|error| {
            let version = Self::pep440(text).map_err(|_| error.clone())?;
            if version.as_str() == text { Ok(version) } else { Err(error) }
        })
    }

    /// Returns the version that `text` writes by SemVer.
    pub fn semver(text: &str) -> Result<Self, VersionError> {
        bounded(text)?;
        let order = semver::Version::parse(text).or_else(|error| {
            semver::Version::parse(&without_leading_zeros(text))
                .map_err(|_| VersionError { text: text.to_owned(), reason: error.to_string() })
        })?;
        Ok(Self { text: text.into(), order: Order::SemVer(order) })
    }

    /// Returns the version that `text` writes by PEP 440, in its normal form: `1.0-RC.1` becomes `1.0rc1`.
    pub fn pep440(text: &str) -> Result<Self, VersionError> {
        bounded(text)?;
        let order: pep440_rs::Version = text.parse().map_err(|error: pep440_rs::VersionParseError| VersionError {
            text: text.to_owned(),
            reason: error.to_string(),
        })?;
        // The normal form of a plain release is a version by SemVer as well, and has the same place in both orders.
        let normal = order.to_string();
        let order = semver::Version::parse(&normal).map_or(Order::Pep440(order), Order::SemVer);
        Ok(Self { text: normal.into(), order })
    }

    /// Returns the version of a draft whose manifest has none.
    pub fn draft() -> Self {
        Self::semver("0.0.0-draft").expect("a version")
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
        match &self.order {
            Order::SemVer(version) => !version.pre.is_empty(),
            Order::Pep440(version) => version.any_prerelease(),
        }
    }

    /// Returns the epoch, which SemVer does not have, and the numbers of the release: 1, 2 and 3 of `1.2.3-rc.1`.
    pub fn release_numbers(&self) -> (u64, Vec<u64>) {
        match &self.order {
            Order::SemVer(version) => (0, vec![version.major, version.minor, version.patch]),
            Order::Pep440(version) => (version.epoch(), version.release().to_vec()),
        }
    }

    /// Tells whether the version has build metadata, which PEP 440 calls a local part.
    pub fn has_build_metadata(&self) -> bool {
        match &self.order {
            Order::SemVer(version) => !version.build.is_empty(),
            Order::Pep440(version) => version.is_local(),
        }
    }
}

/// Refuses what is too long for a file name, before any parser sees it.
fn bounded(text: &str) -> Result<(), VersionError> {
    if text.len() <= MAX_BYTES {
        return Ok(());
    }
    let start: String = text.chars().take(24).collect();
    Err(VersionError { text: format!("{start}…"), reason: format!("it is longer than {MAX_BYTES} bytes") })
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
        let precedence = match (&self.order, &other.order) {
            (Order::SemVer(a), Order::SemVer(b)) => a.cmp_precedence(b),
            (Order::Pep440(a), Order::Pep440(b)) => a.cmp(b),
            (Order::SemVer(a), Order::Pep440(b)) => mixed(a, b),
            (Order::Pep440(a), Order::SemVer(b)) => mixed(b, a).reverse(),
        };
        precedence.then_with(|| self.text.cmp(&other.text))
    }
}

/// Compares versions of both schemes: by their release numbers, then as PEP 440 does, after any prerelease by SemVer.
fn mixed(a: &semver::Version, b: &pep440_rs::Version) -> Ordering {
    let release = pep440_rs::Version::new([a.major, a.minor, a.patch]);
    if a.pre.is_empty() {
        return release.cmp(b);
    }
    let only_release = pep440_rs::Version::new(b.release().iter().copied()).with_epoch(b.epoch());
    release.cmp(&only_release).then(Ordering::Less)
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
            "description": "A version, as its author wrote it: by SemVer, or for Python packages by PEP 440 in its normal form.",
            "type": "string",
            "pattern": "^([0-9]+!)?[0-9]+(\\.[0-9]+)*[0-9A-Za-z.+-]*$",
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

    /// Orders the example of PEP 440, section "Summary of permitted suffixes and relative ordering".
    #[test]
    fn python_versions_are_ordered_as_pep_440_says() {
        let order = [
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "1!0.1",
        ];
        assert!(order.windows(2).all(|pair| version(pair[0]) < version(pair[1])));
        assert!(order.iter().all(|text| version(text).as_str() == *text));
        let prereleases: Vec<&str> = order.into_iter().filter(|text| version(text).is_prerelease()).collect();
        assert_eq!(prereleases.len(), 13);
        for (written, normal) in [("v1.0-RC.1", "1.0rc1"), ("1.0.0-1", "1.0.0.post1"), ("2.1.0", "2.1.0")] {
            assert_eq!(Version::pep440(written).expect("a version").as_str(), normal);
        }
    }

    proptest::proptest! {
        /// Whatever is compared with whatever: a total order, which sorting needs.
        #[test]
        fn the_order_is_total(texts in proptest::collection::vec("[01](!1)?(\\.[01]){0,3}(-[01a]|-rc\\.1|a1|rc0|\\.post1|\\.dev1)?(\\+[01a])?", 3)) {
            let versions: Vec<Version> = texts.iter().filter_map(|text| Version::parse(text).ok()).collect();
            if let [a, b, c] = &versions[..] {
                proptest::prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
                proptest::prop_assert_eq!(a.cmp(b) == Ordering::Equal, a == b);
                if a <= b && b <= c {
                    proptest::prop_assert!(a <= c);
                }
            }
        }
    }

    #[test]
    fn leading_zeros_in_a_prerelease_are_ordered_as_numbers() {
        assert!(version("1.0.0-02") < version("1.0.0-10"));
        assert!(!version("1.0.0-02").is_semver2() && version("1.0.0-2").is_semver2());
        assert!(version("1.0.0-0").is_semver2());
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["1.0", "v1.0.0", "", "1.0.0.0", "1.0.0-", "01.0.0", "1.0rc1"] {
            assert!(Version::semver(text).is_err(), "{text}");
        }
        for text in
            ["v1.0.0", "", " 1.0", "1.0.0-", "01.0.0", "1.0-rc.1", "1.0.RC1", &format!("1.0.0-{}", "a".repeat(100))]
        {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }
}
