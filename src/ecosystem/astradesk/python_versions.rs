//! Python packaging's own texts: versions, specifiers, requirements and names.

use std::str::FromStr as _;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{Requirement as Pep508, VerbatimUrl, VersionOrUrl};

/// Longest text that is parsed, in bytes.
const MOST_BYTES: usize = 1000;

/// A version by PEP 440.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PythonVersion {
    /// Its canonical text, such as `1.0rc1` for `1.0-RC1`.
    pub canonical: String,
    /// Whether it has a local part, `+x`, which public indexes refuse.
    pub is_local: bool,
}

/// A dependency as PEP 508 writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Requirement {
    /// The name, normalised (PEP 503).
    pub name: String,
    /// The versions, as they are normally written; absent for any.
    pub range: Option<String>,
    /// Whether it applies to some environments only.
    pub has_marker: bool,
    /// The whole of it, normalised, for `Requires-Dist`.
    pub text: String,
}

/// Returns a version; the error says why it is none.
pub(super) fn version(text: &str) -> Result<PythonVersion, String> {
    bounded(text)?;
    let version = Version::from_str(text.trim()).map_err(|error| first_line(&error.to_string()))?;
    Ok(PythonVersion { canonical: version.to_string(), is_local: version.is_local() })
}

/// Returns a set of specifiers as it is normally written; the error says why it is none.
pub(super) fn specifiers(text: &str) -> Result<String, String> {
    bounded(text)?;
    let specifiers = VersionSpecifiers::from_str(text.trim()).map_err(|error| first_line(&error.to_string()))?;
    Ok(joined(&specifiers))
}

/// Returns a requirement; the error says why it is none.
pub(super) fn requirement(text: &str) -> Result<Requirement, String> {
    bounded(text)?;
    // Markers may nest in brackets, and whoever reads them recurses.
    if text.matches('(').count() > 16 {
        return Err("it has more than 16 brackets".to_owned());
    }
    let parsed = Pep508::<VerbatimUrl>::from_str(text).map_err(|error| first_line(&error.to_string()))?;
    let range = match &parsed.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => Some(joined(specifiers)).filter(|text| !text.is_empty()),
        Some(VersionOrUrl::Url(url)) => Some(format!("@ {url}")),
        None => None,
    };
    Ok(Requirement {
        name: parsed.name.to_string(),
        range,
        has_marker: !parsed.marker.is_true(),
        text: parsed.to_string(),
    })
}

/// Returns a name as PEP 503 compares it: lower case, with one `-` for each run of `-`, `_` and `.`.
pub(super) fn normalised(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if text.ends_with('-') => {}
            '-' | '_' | '.' => text.push('-'),
            c => text.push(c.to_ascii_lowercase()),
        }
    }
    text
}

/// Tells whether text can be a project's name (PEP 508).
pub(super) fn is_project_name(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.len() <= 100 && edge(bytes.first()) && edge(bytes.last()) && bytes.iter().all(|b| inner(*b))
}

/// Returns specifiers without spaces, as metadata has them.
fn joined(specifiers: &VersionSpecifiers) -> String {
    specifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn bounded(text: &str) -> Result<(), String> {
    if text.len() > MOST_BYTES {
        return Err(format!("it is longer than {MOST_BYTES} bytes"));
    }
    Ok(())
}

/// Returns what an error says before it draws a picture of the place.
fn first_line(error: &str) -> String {
    error.lines().next().unwrap_or_default().trim().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_canonical() {
        for (text, canonical) in [("0.3.0", "0.3.0"), ("1.0-RC1", "1.0rc1"), ("1.0-1", "1.0.post1"), ("v2", "2")] {
            assert_eq!(version(text).map(|version| version.canonical).as_deref(), Ok(canonical));
        }
        assert!(version("1.0+local").is_ok_and(|version| version.is_local));
        assert!(["", "latest", "1.0.x", "^1.0"].iter().all(|text| version(text).is_err()));
    }

    #[test]
    fn requirements_are_read_with_their_range() {
        let read = requirement("Uvicorn[standard] >= 0.30, <0.31 ; python_version < '3.14'").expect("a requirement");
        assert_eq!((read.name.as_str(), read.range.as_deref()), ("uvicorn", Some(">=0.30,<0.31")));
        assert!(read.has_marker);
        assert_eq!(requirement("astradesk_core").map(|read| read.name).as_deref(), Ok("astradesk-core"));
        assert!(["", "a b", "x==1.0.0.", "prophet~>1.0"].iter().all(|text| requirement(text).is_err()));
        assert_eq!(specifiers(">=3.11, <3.12").as_deref(), Ok(">=3.11,<3.12"));
        assert!(specifiers("3.11").is_err());
    }

    #[test]
    fn names_compare_normalised() {
        assert_eq!(normalised("Astradesk__Domain.-x"), "astradesk-domain-x");
        assert!(is_project_name("a") && is_project_name("A.b-c_9"));
        assert!(!is_project_name("") && !is_project_name("-a") && !is_project_name("a b"));
    }
}
