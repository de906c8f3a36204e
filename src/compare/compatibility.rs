//! What an ecosystem adds to the rules of what breaks.

use super::Impact;
use crate::pack::Provision;

/// What an ecosystem adds to the rules.
#[derive(Debug, Clone, Copy)]
pub struct Compatibility {
    /// What another default means: whoever leaves the field out gets something else.
    pub default_change: Impact,
    /// What tables hold, by their anchor, or by what it begins with when that ends in `-`; others hold what a caller gives.
    pub tables: &'static [(&'static str, Role)],
    /// The kinds of components that show or test the others: nobody depends on one.
    pub illustrative: &'static [&'static str],
    /// Returns what others rely on of something provided, besides its name and the tables, each in words.
    pub promises: fn(&Provision) -> Vec<String>,
}

/// What the fields of a table are to those who use a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What a caller gives.
    Input,
    /// What a caller gives who uses one of several versions: a new version asks nothing of anybody.
    VersionedInput,
    /// What the component gives.
    Output,
    /// What one of several versions gives.
    VersionedOutput,
    /// Parts that are made and deleted by their names.
    Parts,
    /// Words about the component.
    Notes,
    /// What follows from the rest.
    Derived,
}

impl Compatibility {
    /// The rules that hold where an ecosystem says nothing.
    pub const USUAL: Self = Self {
        default_change: Impact::Feature,
        tables: &[("output", Role::Output), ("payload", Role::Output), ("result", Role::Output)],
        illustrative: &[],
        promises: |_| Vec::new(),
    };

    /// Returns what a table holds.
    pub fn role(&self, anchor: &str) -> Role {
        let is_meant = |name: &str| if name.ends_with('-') { anchor.starts_with(name) } else { anchor == name };
        self.tables.iter().find(|(name, _)| is_meant(name)).map_or(Role::Input, |(_, role)| *role)
    }
}

impl Role {
    /// Tells whether such a table comes and goes as a whole, with a version.
    pub(super) fn is_versioned(self) -> bool {
        matches!(self, Self::VersionedInput | Self::VersionedOutput)
    }
}
