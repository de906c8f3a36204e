//! Which release of a pack is compared with which, and how.

use std::sync::{Arc, OnceLock};

use super::{CatalogPack, CatalogRelease};
use crate::compare::{Comparison, Side};

/// Most lines of releases, such as 1.4.x, of which the last release is compared with the default one.
const MOST_LINES: usize = 10;

/// The comparison of each release of a pack with the one before it, and of the last release of each of its older lines with the
/// default one; made when somebody first asks for it.
#[derive(Debug)]
pub struct Comparisons {
    pack: Arc<CatalogPack>,
    before: Vec<Option<usize>>,
    made: Vec<OnceLock<Comparison>>,
    lines: Vec<(usize, OnceLock<Comparison>)>,
}

impl Comparisons {
    /// The word for the default release in the name of a comparison with it; no version is written so.
    pub const DEFAULT: &'static str = "latest";

    /// Returns the comparisons of a pack; compares nothing yet.
    pub fn of(pack: &Arc<CatalogPack>) -> Self {
        let made = pack.releases.iter().map(|_| OnceLock::new()).collect();
        let before = pack.before_each();
        let lines = pack.ends_of_lines(before[pack.latest]).into_iter().map(|end| (end, OnceLock::new())).collect();
        Self { pack: Arc::clone(pack), before, made, lines }
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

    /// Returns the places of the releases that are compared with the default release without being the one before it, highest version first.
    ///
    /// They depend on versions only, so that no status takes a comparison away.
    pub fn ends(&self) -> impl Iterator<Item = usize> + '_ {
        self.lines.iter().map(|(end, _)| *end)
    }

    /// Returns the comparison of the release at one of the places of [`Comparisons::ends`] with the default release.
    pub fn with_default(&self, end: usize) -> Option<&Comparison> {
        let (end, made) = self.lines.iter().find(|(place, _)| *place == end)?;
        Some(made.get_or_init(|| self.pack.comparison(*end, self.pack.latest)))
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

    /// Returns the places of the releases that people upgrade from: the last one of each line of versions, such as 1.4.x, below that
    /// of the default release, without this one; where there are very many, those of the newest major versions first, then of the newest lines.
    fn ends_of_lines(&self, but: Option<usize>) -> Vec<usize> {
        let line = |at: usize| {
            let (epoch, numbers) = self.releases[at].version().release_numbers();
            let number = |place: usize| numbers.get(place).copied().unwrap_or(0);
            ((epoch, number(0)), number(1))
        };
        let (mut ends, mut last) = (Vec::new(), line(self.latest));
        for at in self.latest + 1..self.releases.len() {
            let release = &self.releases[at];
            if release.version().is_prerelease() || release.status.draft || line(at) == last {
                continue;
            }
            let is_major = line(at).0 != last.0;
            if but != Some(at) {
                ends.push((at, is_major));
            }
            last = line(at);
        }
        ends.sort_by_key(|(at, is_major)| (!is_major, *at));
        ends.truncate(MOST_LINES);
        let mut ends: Vec<usize> = ends.into_iter().map(|(at, _)| at).collect();
        ends.sort_unstable();
        ends
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
