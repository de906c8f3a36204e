//! Which release of a pack is compared with which, and how.

use std::sync::{Arc, OnceLock};

use super::{CatalogPack, CatalogRelease};
use crate::compare::{Comparison, Side};

/// The comparison of each release of a pack with the one before it, made when somebody first asks for it.
#[derive(Debug)]
pub struct Comparisons {
    pack: Arc<CatalogPack>,
    before: Vec<Option<usize>>,
    made: Vec<OnceLock<Comparison>>,
}

impl Comparisons {
    /// Returns the comparisons of a pack; compares nothing yet.
    pub fn of(pack: &Arc<CatalogPack>) -> Self {
        let made = pack.releases.iter().map(|_| OnceLock::new()).collect();
        Self { pack: Arc::clone(pack), before: pack.before_each(), made }
    }

    /// Returns how many releases the pack has.
    pub fn count(&self) -> usize {
        self.before.len()
    }

    /// Returns the place of the release that one is compared with.
    pub fn before(&self, at: usize) -> Option<usize> {
        self.before[at]
    }

    /// Returns the comparison of the release at a place with the one before it; nothing for one that has none before it.
    pub fn get(&self, at: usize) -> Option<&Comparison> {
        let before = self.before[at]?;
        Some(self.made[at].get_or_init(|| self.pack.comparison(before, at)))
    }

    /// Returns the comparisons before and after that of a release: which two releases each compares.
    pub fn beside(&self, at: usize) -> [Option<(usize, usize)>; 2] {
        let previous = self.before(at).and_then(|to| Some((self.before(to)?, to)));
        // The nearest of those that are compared with it.
        let next = (0..at).rev().find(|later| self.before(*later) == Some(at)).map(|later| (at, later));
        [previous, next]
    }

    /// Returns the places of a release and of all that lie before it: what it is compared with, what that is compared with, and
    /// so on.
    pub fn line(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(at), |at| self.before[*at])
    }
}

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
