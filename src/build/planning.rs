//! Decides what a build adds to the registry index, and what it refuses.
//!
//! In: the histories as they are, and the candidates of every source. Out: a [`Plan`]. Pure: nothing is written here.
//!
//! 1. [`bind_names`] gives each name to one source: the owner the index records, else the first that brings it.
//! 2. [`compare`] holds recorded releases against what the sources say now; a difference is a finding, the record stays.
//! 3. What is new and fit to be recorded is listed in order of publication.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::diag::{Diagnostic, Place, Severity, Sink};
use crate::ident::{PackId, Version};
use crate::index::event::Release;
use crate::index::histories::Histories;
use crate::index::naming::{NameRules, Refused};
use crate::index::store::StoreError;
use crate::index::{
    DUPLICATE_REF, NAME_CONFUSABLE, NAME_RESERVED, NAMESPACE_FOREIGN, RELEASE_CONTENT_CHANGED, TAG_MOVED,
};
use crate::pack::Pack;
use crate::release::{Candidate, Stage, joined};

/// What a build would add to the registry index.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// New releases, by pack, each in order of publication.
    pub(super) releases: BTreeMap<PackId, Vec<NewRelease<'a>>>,
    /// What is present and may use its name, released or not: what a preview shows.
    pub(super) present: Vec<&'a Candidate>,
    /// What was refused, and what no longer is as it was recorded.
    pub(super) findings: Vec<Diagnostic>,
}

/// A release that is not recorded yet.
#[derive(Debug)]
pub(super) struct NewRelease<'a> {
    /// The pack at that version.
    pub(super) candidate: &'a Candidate,
    /// The version.
    pub(super) version: Version,
    /// When it is published.
    pub(super) at: Timestamp,
}

impl Plan<'_> {
    /// Takes out what sources would add of which nothing new may be recorded.
    pub(super) fn hold(&mut self, sources: &BTreeSet<String>) {
        for releases in self.releases.values_mut() {
            releases.retain(|release| !sources.contains(&release.candidate.source.repository));
        }
        self.releases.retain(|_, releases| !releases.is_empty());
    }
}

impl<'a> NewRelease<'a> {
    /// Returns the release that a candidate is; `now` dates what nothing else dates.
    pub(super) fn of(candidate: &'a Candidate, pack: &Pack, now: Timestamp) -> Self {
        Self { candidate, version: pack.version.clone(), at: whole_seconds(candidate.at.unwrap_or(now)) }
    }
}

/// Plans what the candidates of all sources, in the order of the configuration, add to the histories.
///
/// `taken` are names that are given already, with their owners, and `naming` says who may have which new ones; `now` dates
/// releases of plain directories only, which nothing else dates.
pub(super) fn plan<'a>(
    histories: &Histories,
    taken: &[(&PackId, &str)],
    naming: &NameRules,
    candidates: &'a [Arc<Candidate>],
    now: Timestamp,
) -> Result<Plan<'a>, StoreError> {
    let mut sink = Sink::new();
    let accepted = bind_names(histories.claims().chain(taken.iter().copied()), naming, candidates, &mut sink);
    let mut plan = plan_accepted(histories, accepted.into_iter().map(|at| &candidates[at]), now)?;
    plan.findings.splice(0..0, sink.finish());
    Ok(plan)
}

/// Plans what candidates add to the histories that may use their names.
pub(super) fn plan_accepted<'a>(
    histories: &Histories,
    accepted: impl Iterator<Item = &'a Arc<Candidate>>,
    now: Timestamp,
) -> Result<Plan<'a>, StoreError> {
    let mut sink = Sink::new();
    let accepted: Vec<&Candidate> = accepted.map(|candidate| &**candidate).collect();
    let mut releases: BTreeMap<PackId, BTreeMap<Version, NewRelease<'a>>> = BTreeMap::new();
    let present = accepted.iter().copied().filter(|candidate| candidate.stage != Stage::Released).collect();
    for candidate in accepted {
        let (Some(pack), Some(listing)) = (&candidate.pack, &candidate.listing) else { continue };
        if candidate.stage == Stage::Draft {
            continue;
        }
        if let Some(recorded) = histories.digest_of(&pack.id, &pack.version) {
            let history = if recorded == listing.content_digest { None } else { histories.get(&pack.id)? };
            if let Some((recorded, _)) = history.and_then(|history| history.release(&pack.version)) {
                compare(candidate, recorded, &mut sink);
            }
        } else if is_fit(candidate) {
            let of_pack = releases.entry(pack.id.clone()).or_default();
            // Two candidates of one version in one build: the release stage reports them; the first counts.
            of_pack.entry(pack.version.clone()).or_insert_with(|| NewRelease::of(candidate, pack, now));
        }
    }
    let in_order = |of_pack: BTreeMap<Version, NewRelease<'a>>| {
        let mut list: Vec<NewRelease<'a>> = of_pack.into_values().collect();
        list.sort_by(|a, b| (a.at, &a.version).cmp(&(b.at, &b.version)));
        list
    };
    let releases: BTreeMap<_, _> = releases.into_iter().map(|(id, of_pack)| (id, in_order(of_pack))).collect();
    Ok(Plan { releases, present, findings: sink.finish() })
}

/// Tells whether a candidate may be recorded.
///
/// What was released upstream is history: only a fault that would make our output unsafe blocks it. The present state of a
/// plain directory is being published now: any error blocks it.
fn is_fit(candidate: &Candidate) -> bool {
    let blocks = |finding: &Diagnostic| match candidate.stage {
        Stage::Released => finding.code.blocks(),
        Stage::Head => finding.severity == Severity::Error,
        Stage::Draft => true,
    };
    !candidate.findings.iter().any(blocks)
}

/// Gives each name to one source and one directory in it: the owner, where it has one, else the first that brings it. Returns
/// the places of the candidates that may go on. A name that nobody owns is given as `naming` says.
pub(super) fn bind_names<'h>(
    owners: impl Iterator<Item = (&'h PackId, &'h str)>,
    naming: &NameRules,
    candidates: &[Arc<Candidate>],
    sink: &mut Sink,
) -> Vec<usize> {
    let mut owners: BTreeMap<PackId, String> = owners.map(|(id, owner)| (id.clone(), owner.to_owned())).collect();
    let mut folded: BTreeMap<(String, String), PackId> = owners.keys().map(|id| (fold(id), id.clone())).collect();
    // Where the present state of a name lies: two directories of one source cannot both hold it.
    let mut present: BTreeMap<PackId, &str> = BTreeMap::new();
    let mut reported: BTreeSet<(PackId, &str, &str)> = BTreeSet::new();
    let mut accepted = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let Some(pack) = &candidate.pack else { continue };
        let (id, source) = (&pack.id, &candidate.source);
        let place = || Place::file(joined(&source.path, pack.manifest.as_str()));
        let mut first_report = || reported.insert((id.clone(), source.repository.as_str(), source.path.as_str()));
        if let Some(other) = folded.get(&fold(id)).filter(|other| *other != id) {
            if first_report() {
                let message = format!("`{id}` is too much like `{other}`, which is already there");
                sink.report(NAME_CONFUSABLE, place(), message).help("choose a name that cannot be taken for it");
            }
            continue;
        }
        if !owners.contains_key(id)
            && let Some(refused) = naming.refuse(id, &source.repository)
        {
            if first_report() {
                report_refused(refused, id, &source.repository, place(), sink);
            }
            continue;
        }
        let owner = owners.entry(id.clone()).or_insert_with(|| source.repository.clone());
        if *owner != source.repository {
            if first_report() {
                let message = format!("`{id}` belongs to `{owner}`; `{}` claims it too", source.repository);
                sink.report(DUPLICATE_REF, place(), message).help(format!(
                    "rename this pack, or remove one of the two sources from the configuration; if the name is to go to this \
                     source for good: `packyard transfer {id} --to {} --reason …`",
                    source.repository
                ));
            }
            continue;
        }
        if candidate.stage != Stage::Released {
            let path = *present.entry(id.clone()).or_insert(&source.path);
            if path != source.path {
                if first_report() {
                    let message = format!("`{id}` is in `{}` too", if path.is_empty() { "." } else { path });
                    sink.report(DUPLICATE_REF, place(), message).help("a name can be used once: rename one of them");
                }
                continue;
            }
        }
        folded.entry(fold(id)).or_insert_with(|| id.clone());
        accepted.push(at);
    }
    accepted
}

/// Reports a new name that a source does not get.
fn report_refused(refused: Refused<'_>, id: &PackId, source: &str, place: Place, sink: &mut Sink) {
    match refused {
        Refused::Reserved(pattern) => sink
            .report(NAME_RESERVED, place, format!("`{id}` is reserved: it is like `{pattern}`"))
            .help("choose another name; `reserved_names` in registry.json of the index lists what is reserved"),
        Refused::Foreign { pattern, source: owner } => sink
            .report(NAMESPACE_FOREIGN, place, format!("names like `{pattern}` belong to `{owner}`, not to `{source}`"))
            .help(format!("choose another name than `{id}`; `namespaces` in registry.json of the index has the rule")),
    };
}

/// Reports a recorded release whose source now has other content.
fn compare(candidate: &Candidate, recorded: &Release, sink: &mut Sink) {
    let Some(pack) = &candidate.pack else { return };
    let place = Place::file(joined(&candidate.source.path, pack.manifest.as_str()));
    let same_tag = candidate.source.tag.is_some() && candidate.source.tag == recorded.source.tag;
    let (code, message) = if same_tag && candidate.source.commit != recorded.source.commit {
        let short = |commit: &Option<String>| commit.as_deref().map_or("?", |id| id.get(..10).unwrap_or(id)).to_owned();
        let tag = candidate.source.tag.as_deref().unwrap_or_default();
        let (now, then) = (short(&candidate.source.commit), short(&recorded.source.commit));
        (TAG_MOVED, format!("tag `{tag}` of `{}` now points to {now}; it was released from {then}", pack.id))
    } else {
        let message = format!("`{} {}` was released with other content", pack.id, pack.version);
        (RELEASE_CONTENT_CHANGED, message)
    };
    sink.report(code, place, message).help(format!(
        "the recorded bytes stay ({}); release this content under a new version",
        recorded.content_digest
    ));
}

/// Returns the form under which confusable names of an ecosystem are equal.
fn fold(id: &PackId) -> (String, String) {
    (id.ecosystem.to_string(), id.name.folded())
}

/// Drops fractions of a second, which the index does not record.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
