//! Which releases of a pack are compared, and the verdict of each comparison, made when a page first shows it.

use std::sync::OnceLock;

use serde::Serialize;

use super::text;
use crate::catalog::CatalogPack;
use crate::compare::{Change, Comparison, Impact};

/// Most changes that a summary lists.
const MOST_LINES: usize = 10;
/// Longest words of a change, in characters.
const MOST_WORDS: usize = 160;

/// The comparison of each release with the one before it, in the order of the pack.
pub(super) struct Comparisons(Vec<Compared>);

struct Compared {
    before: Option<usize>,
    summary: OnceLock<Summary>,
}

/// What a comparison comes to.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    #[serde(serialize_with = "word")]
    verdict: Option<Impact>,
    /// What breaks and what is new, the first of it.
    lines: Vec<Line>,
    left_out: usize,
}

/// A change in a few words.
#[derive(Debug, Serialize)]
struct Line {
    impact: &'static str,
    subject: String,
    field: Option<String>,
    words: String,
}

/// Writes a verdict as the word that all formats use.
fn word<S: serde::Serializer>(verdict: &Option<Impact>, serializer: S) -> Result<S::Ok, S::Error> {
    verdict.map(Impact::as_str).serialize(serializer)
}

impl Summary {
    fn of(comparison: &Comparison) -> Self {
        let told = [Impact::Breaking, Impact::Feature];
        let all = || told.into_iter().flat_map(|impact| comparison.with_impact(impact));
        let lines: Vec<Line> = all().take(MOST_LINES).map(Line::of).collect();
        Self { verdict: comparison.verdict(), left_out: all().count() - lines.len(), lines }
    }

    /// Returns the verdict; nothing when the content is the same.
    pub(super) fn verdict(&self) -> Option<Impact> {
        self.verdict
    }
}

impl Line {
    fn of(change: &Change) -> Self {
        let cut = |words: &str| text::cut(words, MOST_WORDS).into_owned();
        let field = change.place().and_then(|(_, field)| field);
        Self {
            impact: change.impact.as_str(),
            subject: cut(&change.subject()),
            field: field.map(cut),
            words: cut(&change.words()),
        }
    }
}

impl Comparisons {
    /// Returns the comparisons of a pack; compares nothing yet.
    pub(super) fn of(pack: &CatalogPack) -> Self {
        let compared = |before| Compared { before, summary: OnceLock::new() };
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

    /// Returns the release that one is compared with, and what that comes to.
    pub(super) fn summary(&self, pack: &CatalogPack, at: usize) -> Option<(usize, &Summary)> {
        let Compared { before, summary } = &self.0[at];
        let before = (*before)?;
        Some((before, summary.get_or_init(|| Summary::of(&pack.comparison(before, at)))))
    }

    /// Returns the release that one is compared with, and the verdict, which is empty when nothing changed.
    pub(super) fn verdict(&self, pack: &CatalogPack, at: usize) -> Option<(usize, Option<Impact>)> {
        self.summary(pack, at).map(|(before, summary)| (before, summary.verdict))
    }
}
