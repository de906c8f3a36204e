//! Names: what an artifact is called, and as which repository it is published.

use crate::content::oci;
use crate::ident::{PackName, Version};

/// Returns text as part of an OCI name: as it is if it is one already, else in lowercase with everything else as `-`.
///
/// `None` when nothing of it is left.
pub(super) fn slug(text: &str) -> Option<String> {
    if oci::is_name_component(text) {
        return Some(text.to_owned());
    }
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    (!slug.is_empty()).then_some(slug)
}

/// Returns the name of a pack: the first of the texts that gives one.
pub(super) fn pack_name<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<PackName> {
    texts.into_iter().filter_map(slug).find_map(|slug| PackName::new(&slug).ok())
}

/// Returns a version as the control plane reads it: without one leading `v`, SemVer without prerelease and build metadata.
pub(super) fn plain_version(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let version = Version::semver(text).ok()?;
    (!version.is_prerelease() && !version.has_build_metadata()).then_some(version)
}

/// Returns a name as the client shows it: each word with a capital.
pub(super) fn title_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    name.split(['-', '_', ' ']).filter(|word| !word.is_empty()).map(capital).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_repositories() {
        for (text, name) in [
            ("tide-times", Some("tide-times")),
            ("a.b_c", Some("a.b_c")),
            ("Tide Times!", Some("tide-times")),
            ("--A  b--", Some("a-b")),
            ("émile", Some("mile")),
            ("…", None),
            ("", None),
        ] {
            assert_eq!(slug(text).as_deref(), name, "{text}");
            assert!(name.is_none_or(oci::is_name_component));
        }
        assert_eq!(pack_name(["…", "con", "Agent"]).map(|name| name.to_string()).as_deref(), Some("agent"));
    }

    #[test]
    fn versions_are_three_plain_numbers() {
        for text in ["1.0.0", "v1.2.3", "0.0.0"] {
            assert!(plain_version(text).is_some(), "{text}");
        }
        for text in ["1.0", "latest", "1.0.0-beta", "1.0.0+b", "vv1.0.0", "01.0.0", "", "1.0.0.post1"] {
            assert!(plain_version(text).is_none(), "{text}");
        }
    }

    #[test]
    fn titles_are_those_of_the_client() {
        assert_eq!(title_case("wind-lookup"), "Wind Lookup");
        assert_eq!(title_case("émile_b"), "Émile B");
    }
}
