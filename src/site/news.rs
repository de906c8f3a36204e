//! What counts: which releases are news, which packs are offered, how many there are.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;

use crate::catalog::{CatalogPack, CatalogRelease};

/// A release and its pack.
pub(super) type Released<'a> = (&'a CatalogPack, &'a CatalogRelease);

/// How much there is that somebody can install, and how much that nobody should.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Packs with a release that may be chosen.
    pub(super) packs: usize,
    /// Releases that may be chosen.
    pub(super) releases: usize,
    /// Components of the default releases of those packs.
    pub(super) components: usize,
    /// Releases that are there and not counted: yanked and quarantined ones.
    pub(super) withdrawn: usize,
    /// Packs that have releases, none of which may be chosen.
    pub(super) withdrawn_packs: usize,
    /// Drafts, which are not released.
    pub(super) drafts: usize,
}

impl Tally {
    /// Counts what packs have.
    pub(super) fn of<'a>(packs: impl IntoIterator<Item = &'a Arc<CatalogPack>>) -> Self {
        let mut tally = Self::default();
        for pack in packs {
            let drafts = pack.releases.iter().filter(|release| release.status.draft).count();
            let offered = offered(pack).count();
            tally.drafts += drafts;
            tally.withdrawn += pack.releases.len() - drafts - offered;
            tally.releases += offered;
            if offered == 0 && drafts < pack.releases.len() {
                tally.withdrawn_packs += 1;
            }
            if offered > 0 {
                tally.packs += 1;
                tally.components += pack.latest().pack.components.len();
            }
        }
        tally
    }
}

/// Tells whether a release can be installed by somebody who asks for no version: it is released, and neither it nor its pack was withdrawn.
pub(super) fn is_offered(pack: &CatalogPack, release: &CatalogRelease) -> bool {
    pack.status.may_be_chosen() && release.status.may_be_chosen() && !release.status.draft
}

/// Returns the releases of a pack that may be chosen, highest version first.
pub(super) fn offered(pack: &CatalogPack) -> impl Iterator<Item = &CatalogRelease> {
    pack.releases.iter().filter(|release| is_offered(pack, release))
}

/// Returns the newest releases of packs that may be chosen: newest first, and of those published at once the highest version first.
pub(super) fn newest<'a>(packs: impl IntoIterator<Item = &'a Arc<CatalogPack>>, most: usize) -> Vec<Released<'a>> {
    let of_pack = |pack: &'a Arc<CatalogPack>| offered(pack).map(move |release| (&**pack, release));
    first(packs.into_iter().flat_map(of_pack).collect(), most)
}

/// Returns the pack of the release that came last.
pub(super) fn pack_of_newest<'a>(packs: impl IntoIterator<Item = &'a Arc<CatalogPack>>) -> Option<&'a CatalogPack> {
    let of_pack = |pack: &'a Arc<CatalogPack>| Some((&**pack, latest(pack)?));
    packs.into_iter().filter_map(of_pack).min_by(|a, b| order(a).cmp(&order(b))).map(|(pack, _)| pack)
}

/// Returns the first offered releases of those packs that came last, newest first.
pub(super) fn newcomers<'a>(packs: impl IntoIterator<Item = &'a Arc<CatalogPack>>, most: usize) -> Vec<Released<'a>> {
    let came = |pack: &'a Arc<CatalogPack>| Some((&**pack, earliest(pack)?));
    first(packs.into_iter().filter_map(came).collect(), most)
}

/// Returns the newest release of each pack that has had one before, newest first.
pub(super) fn updates<'a>(packs: impl IntoIterator<Item = &'a Arc<CatalogPack>>, most: usize) -> Vec<Released<'a>> {
    let updated = |pack: &'a Arc<CatalogPack>| {
        let newest = latest(pack)?;
        (newest.published_at > earliest(pack)?.published_at).then_some((&**pack, newest))
    };
    first(packs.into_iter().filter_map(updated).collect(), most)
}

/// Returns the newest release of each pack, newest first.
pub(super) fn active<'a>(packs: impl IntoIterator<Item = &'a Arc<CatalogPack>>, most: usize) -> Vec<Released<'a>> {
    first(packs.into_iter().filter_map(|pack| Some((&**pack, latest(pack)?))).collect(), most)
}

/// Returns when a pack was first released; of a draft, when it was found.
pub(super) fn first_released(pack: &CatalogPack) -> Timestamp {
    let all = || pack.releases.iter();
    let released = all().filter(|release| !release.status.draft).map(|release| release.published_at).min();
    released.or_else(|| all().map(|release| release.published_at).min()).unwrap_or(pack.updated)
}

/// Returns the release of a pack that came last.
fn latest(pack: &CatalogPack) -> Option<&CatalogRelease> {
    offered(pack).max_by_key(|release| (release.published_at, release.version()))
}

/// Returns the release that a pack came with.
fn earliest(pack: &CatalogPack) -> Option<&CatalogRelease> {
    offered(pack).min_by_key(|release| (release.published_at, release.version()))
}

fn first<'a>(mut releases: Vec<Released<'a>>, most: usize) -> Vec<Released<'a>> {
    if releases.len() > most && most > 0 {
        // Of very many only the first are put in order.
        releases.select_nth_unstable_by(most - 1, |a, b| order(a).cmp(&order(b)));
        releases.truncate(most);
    }
    releases.sort_by(|a, b| order(a).cmp(&order(b)));
    releases
}

fn order<'a>((pack, release): &Released<'a>) -> impl Ord + use<'a> {
    (Reverse(release.published_at), &pack.id, Reverse(release.version()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::testing::catalog;

    fn names(releases: &[Released<'_>]) -> Vec<String> {
        releases.iter().map(|(pack, release)| format!("{} {}", pack.id.name, release.version())).collect()
    }

    /// Ensures that numbers on pages are of what can be had: a yanked release, a draft and a quarantined pack are not.
    #[test]
    fn what_nobody_should_install_is_not_counted() {
        let mut catalog = catalog();
        assert_eq!(
            Tally::of(catalog.packs.values()),
            Tally { packs: 2, releases: 4, components: 5, withdrawn: 1, ..Tally::default() }
        );
        Arc::get_mut(&mut catalog).expect("nobody else holds it").edit_first(|pack| {
            pack.releases[0].status.draft = true;
        });
        let of_draft = Tally::of(catalog.packs.values());
        assert_eq!((of_draft.releases, of_draft.drafts, of_draft.withdrawn), (3, 1, 1));
        Arc::get_mut(&mut catalog).expect("nobody else holds it").edit_first(|pack| {
            pack.status.quarantined = Some("somebody looks at it".to_owned());
        });
        let without = Tally::of(catalog.packs.values());
        assert_eq!((without.packs, without.releases, without.withdrawn, without.drafts), (1, 1, 3, 1));
    }

    #[test]
    fn newcomers_and_updates_are_told_apart() {
        let mut catalog = catalog();
        Arc::get_mut(&mut catalog).expect("nobody else holds it").edit_first(|pack| {
            pack.releases[0].published_at = "2026-04-02T00:00:00Z".parse().expect("a time");
            pack.releases[3].published_at = "2025-01-01T00:00:00Z".parse().expect("a time");
        });
        let packs = || catalog.packs.values();
        assert_eq!(names(&newcomers(packs(), 9)), ["hostile 0.1.0", "weather 1.0.0"]);
        assert_eq!(names(&updates(packs(), 9)), ["weather 2.0.0-rc.1"], "a pack's first release is no update");
        assert_eq!(names(&newest(packs(), 2)), ["weather 2.0.0-rc.1", "weather 1.10.0"]);
        assert_eq!(newest(packs(), 9).len(), 4, "the yanked one is no news");
        assert_eq!(first_released(catalog.packs.values().next().expect("a pack")).to_string(), "2025-01-01T00:00:00Z");
    }
}
