//! Severities set in `packyard.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Diagnostic, Severity};

/// What `[lints]` says about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The finding is not reported.
    Allow,
    /// The finding is a warning.
    Warn,
    /// The finding is an error.
    Deny,
}

/// The severities of `[lints]`, by code name.
#[derive(Debug, Clone, Default)]
pub struct Levels(BTreeMap<String, Level>);

impl Levels {
    /// Returns the levels of a table from code name to level.
    pub fn new(levels: BTreeMap<String, Level>) -> Self {
        Self(levels)
    }

    /// Applies the levels: changes severities and drops what is allowed.
    ///
    /// A blocking fault stays an error: it protects the registry, not the author.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain_mut(|diagnostic| match self.0.get(diagnostic.code.name()) {
            _ if diagnostic.code.blocks() => true,
            None => true,
            Some(Level::Allow) => false,
            Some(Level::Warn) => {
                diagnostic.severity = Severity::Warning;
                true
            }
            Some(Level::Deny) => {
                diagnostic.severity = Severity::Error;
                true
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Place, Sink};
    use crate::pack::{NAME_UNSAFE, YAML_LIMIT, YAML_TWO_READINGS};

    /// A level changes what an author is told; what protects the registry stays an error.
    #[test]
    fn levels_apply_to_everything_but_what_blocks() {
        let mut sink = Sink::new();
        for code in [NAME_UNSAFE, YAML_LIMIT, YAML_TWO_READINGS] {
            sink.report(code, Place::file("pack.yaml"), "found");
        }
        let level = |name: &str, level| (name.to_owned(), level);
        let levels = Levels::new(
            [
                level("name-unsafe", Level::Allow),
                level("yaml-limit", Level::Allow),
                level("yaml-two-readings", Level::Deny),
            ]
            .into(),
        );
        let mut found = sink.finish();
        levels.apply(&mut found);
        let left: Vec<_> = found.iter().map(|finding| (finding.code.name(), finding.severity)).collect();
        assert_eq!(left, [("name-unsafe", Severity::Error), ("yaml-two-readings", Severity::Error)]);
    }
}
