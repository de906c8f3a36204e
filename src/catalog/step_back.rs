//! Packs whose version went back: an abandoned release must not be what people get for ever.

use super::CatalogRelease;
use crate::ident::Version;

/// Returns the release that a source has gone back to, and those above it that it has left behind; releases are sorted
/// highest version first.
///
/// What was published last is the state of the source. A lower version is a step back unless it continues a line of versions
/// that was there before the higher one, and a prerelease is no state to go back to.
pub fn step_back(releases: &[CatalogRelease]) -> Option<(usize, Vec<usize>)> {
    let is_chosen = |release: &CatalogRelease| release.status.may_be_chosen() && !release.status.draft;
    let chosen = || releases.iter().enumerate().filter(|(_, release)| is_chosen(release));
    let (last, newest) = chosen().max_by_key(|(at, release)| (release.published_at, std::cmp::Reverse(*at)))?;
    let of_its_line = releases.iter().filter(|release| line(release.version()) == line(newest.version()));
    let line_began = of_its_line.map(|release| release.published_at).min()?;
    let is_left_behind = |(at, higher): &(usize, &CatalogRelease)| {
        *at < last && higher.published_at < newest.published_at && higher.published_at <= line_began
    };
    let abandoned: Vec<usize> = chosen().filter(is_left_behind).map(|(at, _)| at).collect();
    (!abandoned.is_empty() && !newest.version().is_prerelease()).then_some((last, abandoned))
}

/// Returns the first two numbers of a version: those of a line of maintenance.
fn line(version: &Version) -> (&str, &str) {
    let mut parts = version.as_str().split(|c: char| !c.is_ascii_digit());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
