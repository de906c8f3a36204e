//! Versions that say less than what changed since the release before.
//!
//! A release is held against the highest lower version that is no prerelease, of those that are recorded and those that are
//! recorded with it. What nothing is promised about is not compared at all, so most drafts cost nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use camino::Utf8Path;
use rayon::prelude::*;

use super::planning::Plan;
use super::sources::Reading;
use super::{BuildError, joining, leaks, visibilities};
use crate::compare::{Comparison, Impact, Side, promise};
use crate::config::Config;
use crate::diag::{Diagnostic, Lines, Place, Sink};
use crate::ident::{PackId, Version};
use crate::index::archives::ArchiveStore;
use crate::index::event::Release;
use crate::index::histories::Histories;
use crate::index::history::History;
use crate::index::store::Store;
use crate::pack::{Pack, VersionedBy};
use crate::release::{Candidate, Stage, VERSION_UNDERSTATES_CHANGE};

/// Most changes that the help names.
const MOST_NAMED: usize = 3;
/// Largest manifest in which the version is looked for, in bytes.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// What is wrong with the versions of releases that are recorded.
#[derive(Debug, Default)]
pub(super) struct Understated {
    /// Of releases that somebody has just made.
    pub(super) news: Vec<Diagnostic>,
    /// Of releases that come with a new pack.
    pub(super) historical: Vec<Diagnostic>,
}

/// Holds the versions of planned releases against what changed.
pub(super) fn of_plan(
    plan: &Plan<'_>,
    histories: &Histories,
    shelf: &joining::Shelf<'_>,
    reading: &Reading,
    all: &mut Understated,
) -> Result<(), BuildError> {
    let mut by_pack: HashMap<&PackId, Vec<&Arc<Candidate>>> = plan.releases.keys().map(|id| (id, Vec::new())).collect();
    if by_pack.is_empty() {
        return Ok(());
    }
    for candidate in &reading.candidates {
        if let Some(list) = candidate.pack.as_ref().and_then(|pack| by_pack.get_mut(&pack.id)) {
            list.push(candidate);
        }
    }
    let found: Vec<Vec<(bool, Diagnostic)>> = plan
        .releases
        .par_iter()
        .map(|(id, releases)| {
            let history = histories.get(id)?;
            let (by_content, _) = joining::contents(by_pack[id].iter().copied());
            let planned: BTreeMap<&Version, &Candidate> =
                releases.iter().map(|release| (&release.version, release.candidate)).collect();
            let stable = stable(history.map(|history| &**history), planned.keys().copied());
            let mut found = Vec::new();
            for release in releases {
                let Some(before) = before(&release.version, &stable) else { continue };
                let finding = match planned.get(before) {
                    Some(candidate) => {
                        candidate.pack.as_deref().zip(candidate.listing.as_deref()).and_then(|(pack, listing)| {
                            understated(release.candidate, Side { version: before, pack, listing }, &reading.paths)
                        })
                    }
                    None => {
                        let recorded = history.and_then(|history| history.release(before));
                        let Some((record, _)) = recorded else { continue };
                        let candidate = by_content.get(&(&record.version, record.content_digest)).copied();
                        of_recorded(shelf, id, record, candidate, release.candidate, &reading.paths)?
                    }
                };
                let is_news = history.is_some() || release.candidate.stage == Stage::Head;
                found.extend(finding.map(|finding| (is_news, finding)));
            }
            Ok(found)
        })
        .collect::<Result<_, BuildError>>()?;
    for (is_news, finding) in found.into_iter().flatten() {
        let list = if is_news { &mut all.news } else { &mut all.historical };
        list.push(finding);
    }
    Ok(())
}

/// Holds the versions of what is present against the releases that are recorded, as far as there is an index.
///
/// Of a pack whose version is recorded, or promises nothing, one small file is read; of the others one archive too.
pub(super) fn of_drafts(config: &Config, root: &Utf8Path, reading: &Reading) -> Result<Vec<Diagnostic>, BuildError> {
    let mut found = Vec::new();
    for (visibility, candidates) in visibilities(true).zip(reading.by_visibility()) {
        let [index, archives] = config.registry.folders(visibility).map(|folder| root.join(folder));
        // Nothing is written by a check.
        let (store, archives) = (Store::at(index), ArchiveStore::preview_of(archives));
        let (setting, archived) = (reading.setting(config), &*reading.archived);
        let shelf = joining::Shelf { archives: &archives, setting, provided: None, archived };
        let findings = candidates
            .par_iter()
            .filter(|candidate| candidate.stage != Stage::Released)
            .map(|candidate| {
                let Some(pack) = candidate.pack.as_deref().filter(|pack| !pack.version.is_prerelease()) else {
                    return Ok(None);
                };
                let Some(history) = store.history(&pack.id)? else { return Ok(None) };
                if history.release(&pack.version).is_some() {
                    return Ok(None);
                }
                let before = before(&pack.version, &stable(Some(&history), std::iter::empty())).cloned();
                match before.and_then(|before| history.release(&before)) {
                    Some((record, _)) => of_recorded(&shelf, &pack.id, record, None, candidate, &reading.paths),
                    None => Ok(None),
                }
            })
            .collect::<Result<Vec<_>, BuildError>>()?;
        found.extend(findings.into_iter().flatten());
    }
    Ok(found)
}

/// Returns the versions of which something can be promised.
fn stable<'v>(history: Option<&'v History>, planned: impl Iterator<Item = &'v Version>) -> BTreeSet<&'v Version> {
    let recorded = history.into_iter().flat_map(|history| history.releases().map(|(release, _)| &release.version));
    recorded.chain(planned).filter(|version| !version.is_prerelease()).collect()
}

/// Returns the highest lower version, if the step from there promises less than everything.
fn before<'v>(version: &Version, stable: &BTreeSet<&'v Version>) -> Option<&'v Version> {
    let before = *stable.range::<Version, _>(..version).next_back()?;
    promise(before, version).filter(|promise| promise.most < Impact::Breaking).map(|_| before)
}

/// Compares with a recorded release, whose content is that of `candidate` where there is one.
fn of_recorded(
    shelf: &joining::Shelf<'_>,
    id: &PackId,
    record: &Release,
    candidate: Option<&Candidate>,
    new: &Candidate,
    paths: &BTreeMap<String, String>,
) -> Result<Option<Diagnostic>, BuildError> {
    // What cannot be had is reported where it is joined.
    Ok(shelf.content(new.ecosystem, id, record, candidate)?.ok().and_then(|content| {
        let from = Side { version: &record.version, pack: &content.pack, listing: &content.listing };
        understated(new, from, paths)
    }))
}

/// Compares a release with the one before it, and returns what is wrong with its version.
fn understated(new: &Candidate, from: Side<'_>, paths: &BTreeMap<String, String>) -> Option<Diagnostic> {
    let (pack, listing) = (new.pack.as_deref()?, new.listing.as_deref()?);
    let to = Side { version: &pack.version, pack, listing };
    let comparison = Comparison::of(from, to, new.ecosystem.compatibility());
    let enough = comparison.understated()?;
    let (verdict, promise) = (comparison.verdict()?, comparison.promise()?);
    let most = if promise.most == Impact::Fix { "a fix" } else { "a feature" };
    let is = if verdict == Impact::Breaking { "breaks" } else { "is more than that" };
    let (id, before, version) = (&pack.id, from.version, &pack.version);
    let message = format!("`{id} {version}` is at most {most} by its number, but what changed since {before} {is}");
    let (mut named, mut count) = (Vec::new(), 0);
    for change in comparison.with_impact(verdict) {
        count += 1;
        if named.len() < MOST_NAMED {
            let place = change.place().map_or_else(String::new, |(title, path)| format!(" {}", path.unwrap_or(title)));
            named.push(format!("{}{place}: {}", change.subject(), short(&change.words())));
        }
    }
    let more = if count > named.len() { format!("; and {} more", count - named.len()) } else { String::new() };
    let mut sink = Sink::new();
    sink.report(VERSION_UNDERSTATES_CHANGE, place(new, pack), message)
        .help(format!("release it as {enough}, or undo what is more: {}{more}", named.join("; ")));
    let mut findings = sink.finish();
    leaks::put_below(&mut findings, new, paths);
    let mut finding = findings.pop()?;
    finding.revision = new.source.tag.clone().filter(|_| new.stage == Stage::Released);
    Some(finding)
}

/// Returns the beginning of a text, which may hold whatever the author wrote.
fn short(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}

/// Returns where the manifest says the version, as far as that is a line of its own.
fn place(candidate: &Candidate, pack: &Pack) -> Place {
    let path = pack.manifest.as_str();
    let entry = candidate.snapshot.get(path).filter(|entry| entry.size <= LARGEST_MANIFEST);
    let bytes = entry
        .filter(|_| pack.versioned_by == VersionedBy::Manifest)
        .and_then(|entry| candidate.snapshot.read(entry).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()).unwrap_or_default();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let key = line.trim_start().trim_start_matches(['"', '\'']);
        if let Some(at) = line.find(pack.version.as_str()).filter(|_| key.starts_with("version")) {
            let (start, length) = (offset + at, pack.version.as_str().len());
            return Place::in_text(path, Lines::new(&text).span(start, start + length), &text);
        }
        offset += line.len();
    }
    Place::file(path)
}
