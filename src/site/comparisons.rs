//! Which releases of a pack are compared, and the verdict of each comparison, made when a page first shows it.

use std::sync::OnceLock;

use crate::catalog::CatalogPack;
use crate::compare::Impact;

/// The comparison of each release with the one before it, in the order of the pack.
pub(super) struct Comparisons(Vec<Compared>);

struct Compared {
    before: Option<usize>,
    verdict: OnceLock<Option<Impact>>,
}

impl Comparisons {
    /// Returns the comparisons of a pack; compares nothing yet.
    pub(super) fn of(pack: &CatalogPack) -> Self {
        let compared = |before| Compared { before, verdict: OnceLock::new() };
        Self(pack.before_each().into_iter().map(compared).collect())
    }

    /// Returns the place of the release that one is compared with.
    pub(super) fn before(&self, at: usize) -> Option<usize> {
        self.0[at].before
    }

    /// Returns the comparisons before and after that of a release: which two releases each compares.
    pub(super) fn beside(&self, at: usize) -> [Option<(usize, usize)>; 2] {
        let previous = self.before(at).and_then(|to| Some((self.before(to)?, to)));
        // The nearest of those that are compared with it.
        let next = (0..at).rev().find(|later| self.before(*later) == Some(at)).map(|later| (at, later));
        [previous, next]
    }

    /// Returns the release that one is compared with, and the verdict, which is empty when nothing changed.
    pub(super) fn verdict(&self, pack: &CatalogPack, at: usize) -> Option<(usize, Option<Impact>)> {
        let Compared { before, verdict } = &self.0[at];
        let before = (*before)?;
        Some((before, *verdict.get_or_init(|| pack.comparison(before, at).verdict())))
    }
}
