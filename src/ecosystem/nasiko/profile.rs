//! The two generations of Nasiko, whose rules differ.

use super::rules::ENTRY_FILES;
use super::{ID, compose};
use crate::pack::{PackTree, Requirement};

/// Directories of the earlier generation's repository: its backend and what starts agents, beside the agents.
pub(super) const PYTHON_LAYOUT: &[&str] = &["agents", "app", "orchestrator"];

/// A generation of Nasiko.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Profile {
    /// The current one: a control plane, a command line client, and an artifact registry of the OCI kind.
    Rust,
    /// The earlier one: a registry of agent cards.
    Python,
}

impl Profile {
    /// The name of what a pack requires, by which a release keeps its profile.
    const REQUIREMENT: &'static str = "nasiko";

    /// Returns the profile of a pack: what the configuration says of its source, else `rust`, unless it is an agent as the
    /// earlier generation starts them and lies in a repository of that generation.
    pub(super) fn of(tree: &PackTree<'_>) -> Self {
        match tree.configured.profile {
            Some("python") => Self::Python,
            None if tree.above.is_some_and(|above| above.shows(ID, Self::Python.name())) && is_composed(tree) => {
                Self::Python
            }
            _ => Self::Rust,
        }
    }

    /// Returns the name by which `packyard.toml` calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
        }
    }

    /// Returns the profile as what a pack requires.
    pub(super) fn requirement(self) -> Requirement {
        Requirement { name: Self::REQUIREMENT.to_owned(), range: Some(self.name().to_owned()) }
    }

    /// Returns the profile that a release was recorded with.
    pub(super) fn recorded(requirements: &[Requirement]) -> Self {
        let of_python =
            |one: &Requirement| one.name == Self::REQUIREMENT && one.range.as_deref() == Some(Self::Python.name());
        if requirements.iter().any(of_python) { Self::Python } else { Self::Rust }
    }
}

/// Tells whether a pack has services to compose and a program in Python.
fn is_composed(tree: &PackTree<'_>) -> bool {
    let composed = tree.get(compose::FILE).and_then(|entry| compose::of_file(tree, entry));
    composed.is_some() && ENTRY_FILES.iter().any(|path| tree.get(path).is_some())
}
