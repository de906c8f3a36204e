//! What should not happen to a source after its releases were recorded: tags that moved or went, a repository that is another one.
//!
//! In: what is recorded, and what the sources say now. Out: findings, and the sources of which nothing new may be recorded.
//! Recorded bytes stay whatever is found here; other content under a recorded version is found by [`planning`](super::planning).
//!
//! Histories are read only of packs of which a recorded release is not where it was.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::BuildError;
use super::planning::Plan;
use crate::diag::{Diagnostic, Place, Sink};
use crate::ident::{PackId, Version};
use crate::index::event::What;
use crate::index::histories::Histories;
use crate::index::history::History;
use crate::index::{
    LICENSE_CHANGED, REPOSITORY_RECREATED, TAG_DELETED, TAG_MOVED_SAME_CONTENT, VERSION_WENT_BACKWARDS,
};
use crate::pack::Pack;
use crate::release::open::OpenSource;
use crate::release::{Candidate, Stage, joined};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Tripped {
    /// What a person should know, or decide about.
    pub(super) findings: Vec<Diagnostic>,
    /// The sources of which nothing new is recorded until somebody decides.
    pub(super) held: BTreeSet<String>,
}

/// The releases of a pack that its source offers now, by version.
type Offered<'a> = HashMap<&'a str, &'a Candidate>;

/// Looks at every source that was read.
pub(super) fn look(
    histories: &Histories,
    candidates: &[Arc<Candidate>],
    opened: &BTreeMap<String, OpenSource>,
) -> Result<Tripped, BuildError> {
    let mut by_pack: HashMap<(&PackId, &str), Offered<'_>> = HashMap::new();
    for candidate in candidates.iter().filter(|candidate| candidate.stage != Stage::Draft) {
        if let Some(pack) = &candidate.pack {
            let of_pack = by_pack.entry((&pack.id, candidate.source.repository.as_str())).or_default();
            of_pack.entry(pack.version.as_str()).or_insert(candidate);
        }
    }
    let mut by_source: BTreeMap<&str, Vec<&PackId>> = BTreeMap::new();
    for (id, owner) in histories.owners() {
        by_source.entry(owner).or_default().push(id);
    }
    let (mut sink, mut held) = (Sink::new(), BTreeSet::new());
    for (owner, packs) in by_source {
        let Some(source) = opened.get(owner).filter(|source| source.git_directory().is_some()) else { continue };
        let (none, mut is_known, mut tags) = (Offered::new(), false, None);
        for id in &packs {
            let offered = by_pack.get(&(*id, owner)).unwrap_or(&none);
            let is_still = |(version, _, origin): &(&str, _, u64)| {
                offered.get(version).is_some_and(|candidate| candidate.source.origin() == *origin)
            };
            let (still, moved): (Vec<_>, Vec<_>) = histories.contents(id).partition(is_still);
            is_known |= !still.is_empty();
            if moved.is_empty() {
                continue;
            }
            if let Some(history) = histories.get(id)? {
                if tags.is_none() {
                    tags = Some(source.tag_names()?);
                }
                moved_or_gone(history, offered, tags.as_ref().expect("just read"), &mut sink);
            }
        }
        if !is_known && is_another(source, histories, &packs)? {
            report_another(owner, &packs, "nothing new is recorded from it", &mut sink);
            held.insert(owner.to_owned());
        }
    }
    Ok(Tripped { findings: sink.finish(), held })
}

/// Reports sources of releases that have none of the commits any more that were released from them: what a build would hold
/// back must not be published either.
///
/// Nothing is said of a clone that has newer commits only.
pub(super) fn recreated(
    histories: &Histories,
    releases: &[Arc<Candidate>],
    opened: &BTreeMap<String, OpenSource>,
) -> Result<Vec<Diagnostic>, BuildError> {
    let mut sink = Sink::new();
    let sources: BTreeSet<&str> = releases.iter().map(|release| release.source.repository.as_str()).collect();
    for owner in sources {
        let packs: Vec<&PackId> = histories.owners().filter(|(_, of)| *of == owner).map(|(id, _)| id).collect();
        if let Some(source) = opened.get(owner)
            && is_another(source, histories, &packs)?
        {
            let if_cut = "nothing is published; if this clone lacks branches or tags, fetch them";
            report_another(owner, &packs, if_cut, &mut sink);
        }
    }
    Ok(sink.finish())
}

/// Looks at what is new of packs that are known: a version below what was released, another licence.
///
/// A tag names its version on purpose, such as a fix of an older line; a manifest whose version falls may be a mistake.
pub(super) fn look_at_new(
    plan: &Plan<'_>,
    histories: &Histories,
    candidates: &[Arc<Candidate>],
) -> Result<Vec<Diagnostic>, BuildError> {
    let mut sink = Sink::new();
    let packs = candidates.iter().filter_map(|candidate| candidate.pack.as_deref());
    let of_plan = packs.filter(|pack| plan.releases.contains_key(&pack.id));
    let by_version: HashMap<(&PackId, &Version), &Pack> =
        of_plan.map(|pack| ((&pack.id, &pack.version), pack)).collect();
    for (id, releases) in &plan.releases {
        let Some(history) = histories.get(id)? else { continue };
        let recorded = history.releases().map(|(release, _)| &release.version);
        let mut stable: BTreeSet<&Version> = recorded.filter(|version| !version.is_prerelease()).collect();
        for release in releases {
            let (version, candidate) = (&release.version, release.candidate);
            let Some(pack) = candidate.pack.as_deref().filter(|_| !version.is_prerelease()) else { continue };
            let place = || Place::file(joined(&candidate.source.path, pack.manifest.as_str()));
            if let Some(highest) = stable.last().filter(|highest| **highest > version)
                && candidate.source.tag.is_none()
                && !candidate.ecosystem.follows_source()
            {
                let message = format!("`{id}` goes back to {version}; {highest} was released before");
                sink.report(VERSION_WENT_BACKWARDS, place(), message).help(format!(
                    "clients go on taking {highest}: release a higher version, or yank what was abandoned"
                ));
            }
            let before = stable.range::<Version, _>(..version).next_back().copied();
            let before = before.and_then(|before| by_version.get(&(id, before)));
            if let Some(before) = before.filter(|before| before.license != pack.license) {
                let named =
                    |license: &Option<String>| license.clone().unwrap_or_else(|| "none that is known".to_owned());
                let (old, new) = (named(&before.license), named(&pack.license));
                let message =
                    format!("the licence of `{id}` is {new} in {version}; it was {old} in {}", before.version);
                sink.report(LICENSE_CHANGED, place(), message).help("say so in its changelog, if it is meant");
            }
            stable.insert(version);
        }
    }
    Ok(sink.finish())
}

/// Reports recorded releases whose tags moved to the same content, or are gone.
fn moved_or_gone(history: &History, offered: &Offered<'_>, tags: &BTreeSet<String>, sink: &mut Sink) {
    let owner = history.owner().unwrap_or_default();
    for (record, _) in history.releases().filter(|(record, _)| record.source.repository == owner) {
        let Some(tag) = &record.source.tag else { continue };
        let name = format!("`{} {}`", history.id(), record.version);
        let place = || Place::file(record.source.path.as_str());
        let short = |commit: &Option<String>| commit.as_deref().unwrap_or("?").chars().take(10).collect::<String>();
        match offered.get(record.version.as_str()) {
            None if !tags.contains(tag) => {
                let message = format!("the tag `{tag}` of {name} is gone from `{owner}`");
                sink.report(TAG_DELETED, place(), message)
                    .help("what was recorded stays published; to take it from users, yank it");
            }
            Some(now) if now.source.tag.as_ref() == Some(tag) && now.source.commit != record.source.commit => {
                let is_same = now.listing.as_ref().is_some_and(|now| now.content_digest == record.content_digest);
                if is_same {
                    let (then, now) = (short(&record.source.commit), short(&now.source.commit));
                    let message =
                        format!("the tag `{tag}` of {name} moved from {then} to {now}, with the same content");
                    sink.report(TAG_MOVED_SAME_CONTENT, place(), message);
                }
            }
            _ => {}
        }
    }
}

/// Reports a source that is not the one that packs were released from; `so` says what follows.
fn report_another(owner: &str, packs: &[&PackId], so: &str, sink: &mut Sink) {
    let names: Vec<String> = packs.iter().map(ToString::to_string).collect();
    let message = format!("`{owner}` has none of the commits that were released from it: {}", names.join(", "));
    sink.report(REPOSITORY_RECREATED, Place::file(owner), message).help(format!(
        "{so}; if the new repository may go on, say so for each pack: `packyard transfer {} --to {owner} --reason …`",
        names[0]
    ));
}

/// Tells whether a source has none of the commits any more that were released from it since it was last accepted.
fn is_another(source: &OpenSource, histories: &Histories, packs: &[&PackId]) -> Result<bool, BuildError> {
    let mut commits = Vec::new();
    for id in packs {
        let Some(history) = histories.get(id)? else { continue };
        let accepted = history.events().iter().rposition(|event| matches!(event.what, What::Owner { .. }));
        let since = history.events().iter().skip(accepted.unwrap_or_default());
        commits.extend(since.filter_map(|event| match &event.what {
            What::Release(release) => release.source.commit.clone(),
            _ => None,
        }));
    }
    Ok(!source.has_any_commit(&commits)?)
}
