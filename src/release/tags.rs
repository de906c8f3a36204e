//! What tag names say: a version, and in a repository of many packs whose it is.

use crate::ident::Version;

/// The patterns that are tried without a configured one; earlier ones count first.
pub const USUAL: &[&str] =
    &["v{version}", "{version}", "{name}-v{version}", "{name}/v{version}", "{name}-{version}", "{name}/{version}"];

/// Longest tag that is looked at, in bytes: a pack's path, its name and a version.
const MAX_BYTES: usize = 400;

/// Tag patterns, in the order in which they count.
#[derive(Debug, Clone)]
pub struct Patterns {
    patterns: Vec<Pattern>,
    /// Whether versions by PEP 440 are read as well.
    pep440: bool,
}

/// One pattern: what stands around `{version}`, and `{name}` if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// `before{version}after`.
    Bare { before: String, after: String },
    /// `before{name}between{version}after`.
    NameFirst { before: String, between: String, after: String },
    /// `before{version}between{name}after`.
    VersionFirst { before: String, between: String, after: String },
}

/// One way to read a tag; a tag can have several, such as `a-1.0.0-2` with the names `a` and `a-1.0.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<'t> {
    /// Whose version it is; absent when the tag does not say.
    pub name: Option<&'t str>,
    /// The version, in full: `v1.2` is 1.2.0.
    pub version: Version,
    /// Where this way of writing stands among those for the same version: the lowest counts.
    pub rank: usize,
    /// Whether it counts only for a pack whose manifest has this very version.
    pub is_exact: bool,
}

impl Patterns {
    /// Returns the configured pattern, which has `{version}` once and `{name}` at most once, or the usual ones.
    pub fn new(configured: Option<&str>) -> Self {
        let patterns = match configured {
            Some(pattern) => vec![Pattern::new(pattern)],
            None => USUAL.iter().map(|pattern| Pattern::new(pattern)).collect(),
        };
        Self { patterns, pep440: false }
    }

    /// Returns the same patterns for a repository with packs whose manifests may have versions by PEP 440.
    pub fn with_pep440(self, pep440: bool) -> Self {
        Self { pep440, ..self }
    }

    /// Returns every way to read a tag, the one that counts first in front; none when it is no version.
    pub fn read<'t>(&self, tag: &'t str) -> Vec<Reading<'t>> {
        if tag.len() > MAX_BYTES {
            return Vec::new();
        }
        let mut readings = Vec::new();
        for (index, pattern) in self.patterns.iter().enumerate() {
            pattern.read(tag, &mut |name, version, behind_v| {
                if self.pep440
                    && let Ok(version) = Version::pep440(version)
                {
                    readings.push(Reading { name, version, rank: index, is_exact: true });
                }
                // A version in full stands before a shortened one: `v1.2.0` before `v1.2`.
                let (version, shortened) = match Version::semver(version) {
                    Ok(version) => (version, 0),
                    Err(_) => match in_full(version, behind_v) {
                        Some(version) => (version, self.patterns.len()),
                        None => return,
                    },
                };
                readings.push(Reading { name, version, rank: shortened + index, is_exact: false });
            });
        }
        readings.sort_by_key(|reading| reading.rank);
        readings
    }
}

/// Returns the version that a branch or tag name is by itself, as clients read it: `1.2.3` or `v1.2.3`.
pub fn plain_version(name: &str) -> Option<Version> {
    Version::semver(name.strip_prefix('v').unwrap_or(name)).ok()
}

impl Pattern {
    fn new(text: &str) -> Self {
        let name = text.find("{name}");
        let (before, after) = text.split_once("{version}").unwrap_or((text, ""));
        match name {
            Some(at) if at < before.len() => {
                let (outer, between) = before.split_once("{name}").unwrap_or((before, ""));
                Self::NameFirst { before: outer.to_owned(), between: between.to_owned(), after: after.to_owned() }
            }
            Some(_) => {
                let (between, outer) = after.split_once("{name}").unwrap_or((after, ""));
                Self::VersionFirst { before: before.to_owned(), between: between.to_owned(), after: outer.to_owned() }
            }
            None => Self::Bare { before: before.to_owned(), after: after.to_owned() },
        }
    }

    /// Calls `found` with every name and version text that the pattern can see in a tag, and whether a `v` stands before.
    fn read<'t>(&self, tag: &'t str, found: &mut dyn FnMut(Option<&'t str>, &'t str, bool)) {
        let (Self::Bare { before, after }
        | Self::NameFirst { before, after, .. }
        | Self::VersionFirst { before, after, .. }) = self;
        let Some(rest) = tag.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str())) else {
            return;
        };
        match self {
            Self::Bare { before, .. } => found(None, rest, before.ends_with('v')),
            Self::NameFirst { between, .. } => splits(rest, between, &mut |name, version| {
                found(Some(name), version, between.ends_with('v'));
            }),
            Self::VersionFirst { before, between, .. } => splits(rest, between, &mut |version, name| {
                found(Some(name), version, before.ends_with('v'));
            }),
        }
    }
}

/// Calls `found` with both sides of every occurrence of `between`, when neither is empty; longest left side first.
fn splits<'t>(text: &'t str, between: &str, found: &mut dyn FnMut(&'t str, &'t str)) {
    for at in (1..text.len()).rev().filter(|at| text.is_char_boundary(*at)) {
        if let Some(right) = text[at..].strip_prefix(between)
            && !right.is_empty()
        {
            found(&text[..at], right);
        }
    }
}

/// Returns a shortened version in full, as the StackStorm Exchange does: `1.2` is 1.2.0 and, behind a `v`, `1` is 1.0.0.
///
/// A number alone is too often something else, such as a date or a build.
fn in_full(text: &str, behind_v: bool) -> Option<Version> {
    let parts: Vec<&str> = text.split('.').collect();
    let numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    match parts.len() {
        1 if numbers && behind_v => Version::semver(&format!("{text}.0.0")).ok(),
        2 if numbers => Version::semver(&format!("{text}.0")).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(tag: &str) -> Vec<String> {
        let readings = Patterns::new(None).read(tag);
        readings.iter().map(|r| format!("{} {}", r.name.unwrap_or("*"), r.version)).collect()
    }

    #[test]
    fn the_usual_tags_are_read() {
        for (tag, expected) in [
            ("v1.2.3", "* 1.2.3"),
            ("1.2.3", "* 1.2.3"),
            ("aws-v1.2.3", "aws 1.2.3"),
            ("aws/v1.2.3", "aws 1.2.3"),
            ("aws-1.2.3", "aws 1.2.3"),
            ("packs/aws/1.2.3", "packs/aws 1.2.3"),
            ("0.1.1-name", "* 0.1.1-name"),
            ("v1", "* 1.0.0"),
            ("v1.2", "* 1.2.0"),
            ("1.2", "* 1.2.0"),
        ] {
            assert_eq!(read(tag), [expected], "{tag}");
        }
    }

    #[test]
    fn what_is_no_version_is_not_read() {
        for tag in ["", "v", "latest", "20240101", "v1.02.3", "1.2.3.4", "vv1.0.0", "release", &"1".repeat(500)] {
            assert_eq!(read(tag), [""; 0], "{tag}");
        }
    }

    #[test]
    fn a_tag_with_several_readings_has_them_all() {
        assert_eq!(read("a-b-1.0.0-2.0.0"), ["a-b-1.0.0 2.0.0", "a-b 1.0.0-2.0.0"]);
    }

    #[test]
    fn a_version_in_full_counts_before_a_shortened_one() {
        let patterns = Patterns::new(None);
        assert!(patterns.read("1.2.0")[0].rank < patterns.read("v1.2")[0].rank);
    }

    #[test]
    fn a_configured_pattern_is_the_only_one() {
        let patterns = Patterns::new(Some("release/{version}+{name}"));
        let readings = patterns.read("release/1.0.0+aws");
        assert_eq!((readings[0].name, readings[0].version.as_str()), (Some("aws"), "1.0.0"));
        assert!(patterns.read("v1.0.0").is_empty());
    }

    proptest! {
        /// Whatever a pattern composes from a name and a version is read back as that name and version, among others.
        #[test]
        fn what_a_pattern_writes_it_reads(
            name in "[a-z][a-z0-9_-]{0,12}",
            version in "(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})(-[a-z]{1,5}(\\.[1-9])?)?",
            index in 0..USUAL.len(),
        ) {
            let tag = USUAL[index].replace("{name}", &name).replace("{version}", &version);
            let expected = USUAL[index].contains("{name}").then_some(name.as_str());
            let readings = Patterns::new(None).read(&tag);
            prop_assert!(readings.iter().any(|r| r.name == expected && r.version.as_str() == version), "{tag}");
        }

        /// No tag, however odd, panics or is read as something else than a version.
        #[test]
        fn any_tag_is_read_without_panic(tag in "\\PC{0,60}") {
            for reading in Patterns::new(None).read(&tag) {
                prop_assert!(Version::parse(reading.version.as_str()).is_ok());
            }
        }
    }
}
