//! The list of every diagnostic code, for `packyard explain`, `[lints]` and the documentation.

use crate::diag::Code;
use crate::{client, content, ecosystem, index, pack, release, site, source};

/// Returns every code under the title of its stage, then under that of its ecosystem, in the order of the documentation.
pub fn groups() -> Vec<(&'static str, &'static [Code])> {
    let mut groups = vec![
        ("Sources", source::CODES),
        ("Files of a pack", pack::CODES),
        ("Releases", release::CODES),
        ("Archives", content::CODES),
        ("Every ecosystem", ecosystem::CODES),
        ("Registry index", index::CODES),
        ("Published registries", client::CODES),
        ("Website", site::CODES),
    ];
    groups.extend(ecosystem::ALL.iter().map(|ecosystem| (ecosystem.title(), ecosystem.codes())));
    groups
}

/// Returns every code, in the order of [`groups`].
pub fn all() -> Vec<Code> {
    groups().into_iter().flat_map(|(_, codes)| codes.iter().copied()).collect()
}

/// Returns the code of that name.
pub fn by_name(name: &str) -> Option<Code> {
    all().into_iter().find(|code| code.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_well_formed() {
        let mut names: Vec<&str> = all().iter().map(|code| code.name()).collect();
        let count = names.len();
        assert!(
            names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_rule_is_a_sentence() {
        for code in all() {
            assert!(code.description().ends_with(['.', ':', ';']), "{code}: {}", code.description());
        }
    }
}
