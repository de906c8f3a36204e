//! What changed between two releases of a pack, and what that means for those who use it.
//!
//! 1. `components` matches the components of both by kind and name; `fields` compares their tables, by the rules of `values`.
//! 2. `needs` compares what the pack requires, depends on and provides.
//! 3. `files` compares the listings: added, removed, changed, moved.
//! 4. Every change has an [`Impact`] with a reason; the greatest is the verdict. `versions` tells what the version numbers promise.
//!
//! In: two [`Side`]s, and what the ecosystem adds to the rules ([`Compatibility`]). Out: a [`Comparison`]. Pure, and linear in the
//! size of both: names are looked up, never searched for. The rules are those of `docs/format/comparison.md`.

mod change;
mod compatibility;
mod components;
mod fields;
mod files;
mod needs;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod values;
mod versions;

pub use change::{Change, ComponentName, Impact, Part, What};
pub use compatibility::{Compatibility, Role};
pub use files::{FileChanges, Moved};
pub use versions::{Promise, before, promise};

use crate::content::Listing;
use crate::ident::{Digest, Version};
use crate::pack::Pack;

/// One of the two releases.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Its version.
    pub version: &'a Version,
    /// The pack as it was read from the release.
    pub pack: &'a Pack,
    /// Its files.
    pub listing: &'a Listing,
}

/// What changed from one release to another.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The version that is compared with, and the digest of its content.
    pub from: (Version, Digest),
    /// The version that is compared, and the digest of its content.
    pub to: (Version, Digest),
    /// Everything that changed but for files: about the pack first, then by component.
    pub changes: Vec<Change>,
    /// The files that changed.
    pub files: FileChanges,
}

impl Comparison {
    /// Compares a release with an earlier one.
    pub fn of(from: Side<'_>, to: Side<'_>, rules: &Compatibility) -> Self {
        let files = FileChanges::of(from.listing, to.listing);
        let mut changes = Vec::new();
        needs::compare(from.pack, to.pack, rules, &mut changes);
        components::compare(from, to, &files, rules, &mut changes);
        Self {
            from: (from.version.clone(), from.listing.content_digest),
            to: (to.version.clone(), to.listing.content_digest),
            changes,
            files,
        }
    }

    /// Returns the greatest impact of any change; nothing when the content is the same.
    ///
    /// Files as such are how a pack works inside: that they changed is a fix, unless something that can be seen changed too.
    pub fn verdict(&self) -> Option<Impact> {
        let is_other = self.from.1 != self.to.1;
        self.changes.iter().map(|change| change.impact).max().or(is_other.then_some(Impact::Fix))
    }

    /// Returns the changes of one impact.
    pub fn with_impact(&self, impact: Impact) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.impact == impact)
    }

    /// Returns what the two version numbers promise; nothing when they promise nothing.
    pub fn promise(&self) -> Option<Promise> {
        promise(&self.from.0, &self.to.0)
    }

    /// Returns the lowest version that would say enough, when the version says less than what changed.
    pub fn understated(&self) -> Option<Version> {
        let verdict = self.verdict()?;
        self.promise().filter(|promise| verdict > promise.most).and_then(|promise| promise.version_for(verdict))
    }
}
