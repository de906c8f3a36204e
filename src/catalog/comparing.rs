//! Which release of a pack is compared with which, and how.

use super::{CatalogPack, CatalogRelease};
use crate::compare::{Comparison, Side};

impl CatalogPack {
    /// Returns for each release the place of the one that it is compared with, by the rule of [`compare::before`](crate::compare::before).
    pub fn before_each(&self) -> Vec<Option<usize>> {
        let mut before = vec![None; self.releases.len()];
        let (mut lower, mut lower_stable) = (None, None);
        for (at, release) in self.releases.iter().enumerate().rev() {
            let is_stable = !release.version().is_prerelease();
            before[at] = if is_stable { lower_stable.or(lower) } else { lower };
            lower = Some(at);
            if is_stable {
                lower_stable = lower;
            }
        }
        before
    }

    /// Compares the release at a place with another one.
    pub fn comparison(&self, before: usize, at: usize) -> Comparison {
        Comparison::of(self.releases[before].side(), self.releases[at].side(), self.ecosystem.compatibility())
    }
}

impl CatalogRelease {
    fn side(&self) -> Side<'_> {
        Side { version: self.version(), pack: &self.pack, listing: &self.listing }
    }
}
