//! What a repository gives: its newest commit, and its releases.
//!
//! Everything here follows from objects, which never change, and from references. As long as those are the same nothing is
//! read; when they are not, only trees are that nobody has read before.

use std::collections::HashMap;
use std::sync::Arc;

use super::candidates::{Reader, Wanted};
use super::discover::Rules;
use super::known::shared;
use super::open::{Below, OpenSource};
use super::outside::{self, InTree};
use super::packs::{Packs, Usual};
use super::settle::{At, Settled};
use super::{Candidate, Stage, facts, history, tagged};
use crate::config::{Releases, SourceConfig};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ident::PackId;
use crate::pack::{Pack, VersionedBy};
use crate::source::git::{Commit, Looked, ObjectId, State};
use crate::source::{FILE_UNREADABLE, SHALLOW_CLONE, SourceError};

/// What a repository gave, and what it referred to then.
#[derive(Debug)]
pub(super) struct KnownRepository {
    pub(super) looked: Looked,
    pub(super) state: State,
    pub(super) settled: Settled<ObjectId>,
    pub(super) part: Arc<RepositoryPart>,
}

/// What a repository gives to its source.
#[derive(Debug)]
pub(super) struct RepositoryPart {
    /// The ecosystem of each path in the newest commit.
    pub(super) usual: Usual,
    /// The newest commit, where it counts, then the releases.
    pub(super) candidates: Vec<Arc<Candidate>>,
    /// What is to be said about the draft of a pack in the working directory.
    pub(super) notes: Notes,
    /// What is wrong beyond one pack.
    pub(super) findings: Vec<Diagnostic>,
}

/// Findings about the first draft of a pack.
pub(super) type Notes = Vec<(PackId, Diagnostic)>;

/// A repository while it is read.
pub(super) struct Job<'a> {
    pub(super) source: &'a OpenSource,
    pub(super) config: &'a SourceConfig,
    pub(super) reader: &'a Reader<'a>,
    pub(super) rules: &'a Rules,
    pub(super) candidates: Vec<Candidate>,
    pub(super) notes: Notes,
    pub(super) sink: Sink,
    /// Whether every object that was asked for is here: what is missing may come without any reference saying so.
    pub(super) is_whole: bool,
}

/// Reads a repository, or takes what is known of it; tells whether anything about it is new.
pub(super) fn read(
    source: &OpenSource,
    below: &Below,
    config: &SourceConfig,
    reader: &Reader<'_>,
    rules: &Rules,
    known: &mut Option<KnownRepository>,
) -> Result<(Arc<RepositoryPart>, bool), SourceError> {
    let looked = below.repository.look();
    if let Some(known) = known.as_ref().filter(|known| looked.is_still(&known.looked)) {
        return Ok((Arc::clone(&known.part), false));
    }
    let state = below.repository.state();
    let mut before = known.take().filter(|known| looked.is_same_repository(&known.looked));
    if let Some(same) = before.take_if(|before| state.as_ref() == Some(&before.state)) {
        let part = Arc::clone(&same.part);
        *known = Some(KnownRepository { looked, ..same });
        return Ok((part, true));
    }
    let (settled, part_before) = before.map(|before| (before.settled, before.part)).unzip();
    let mut packs = Packs::new(below, rules, reader, source.last_segment(Some(below)), settled.unwrap_or_default());
    let (candidates, notes, sink) = (Vec::new(), Notes::new(), Sink::new());
    let mut job = Job { source, config, reader, rules, candidates, notes, sink, is_whole: true };
    job.read(below, &mut packs)?;
    let Job { candidates, notes, sink, is_whole, .. } = job;
    let (usual, settled) = packs.finish();
    let candidates = shared(candidates, part_before.as_ref().map_or(&[], |part| &part.candidates));
    let part = Arc::new(RepositoryPart { usual, candidates, notes, findings: sink.found().to_vec() });
    let mut findings = settled.values().flat_map(|reading| &reading.findings);
    let is_whole = is_whole && findings.all(|finding| finding.code != FILE_UNREADABLE);
    // References that were changed meanwhile may have been read before or after the change.
    if let Some(state) = state.filter(|state| is_whole && below.repository.state().as_ref() == Some(state)) {
        *known = Some(KnownRepository { looked, state, settled, part: Arc::clone(&part) });
    }
    source.forget_trees();
    Ok((part, true))
}

impl Job<'_> {
    /// Reads what is present, then what is released.
    fn read(&mut self, below: &Below, packs: &mut Packs<'_>) -> Result<(), SourceError> {
        let head = below.repository.head()?;
        let present = match head {
            Some(head) => packs.at(&[below.repository.tree_at(head.tree, &below.prefix)?])?.remove(0),
            None => Arc::default(),
        };
        let claimed = present.iter().filter(|at| at.reading.claimed);
        packs.usual = claimed.filter_map(|at| Some((at.path.clone(), at.reading.ecosystem?))).collect();
        if let Some(head) = head {
            self.read_head(below, head, &present, packs)?;
        }
        if self.reader.wanted == Wanted::Drafts || self.config.releases == Some(Releases::Head) {
            return Ok(());
        }
        if self.config.only_tag.is_some() {
            tagged::releases(self, below, packs, &present)?;
            return Ok(());
        }
        if below.repository.is_shallow()? {
            self.sink
                .report(SHALLOW_CLONE, Place::file(""), format!("`{}` is a shallow clone", self.source.identity))
                .help("fetch it in full: `git fetch --unshallow --tags`");
        }
        let mut released = Vec::new();
        if self.config.releases != Some(Releases::History) {
            released = tagged::releases(self, below, packs, &present)?;
        }
        if self.source.directory.is_none() {
            annotate(&mut self.candidates, std::mem::take(&mut self.notes));
        }
        if let (Some(head), None | Some(Releases::History)) = (head, self.config.releases) {
            let untagged: Vec<&At<ObjectId>> =
                present.iter().map(|at| &**at).filter(|at| !released.contains(&at.path)).collect();
            history::releases(self, below, packs, head, &untagged)?;
        }
        Ok(())
    }

    /// Adds the newest commit: published as it is, or as a draft where no working directory is.
    fn read_head(
        &mut self,
        below: &Below,
        head: Commit,
        present: &[Arc<At<ObjectId>>],
        packs: &mut Packs<'_>,
    ) -> Result<(), SourceError> {
        let stage = match (self.config.releases, &self.source.directory) {
            (Some(Releases::Head), _) => Stage::Head,
            (_, None) => Stage::Draft,
            (_, Some(_)) => return Ok(()),
        };
        if self.source.directory.is_none()
            && let Some(tree) = below.repository.tree_at(head.tree, &below.prefix)?
        {
            let node = packs.scan.scan(&below.repository, self.rules, tree, None)?;
            let scan = node.scan();
            self.rules.near_misses(&scan, &mut self.sink);
            let claimed = present.iter().filter_map(|at| Some((at.path.as_str(), at.reading.claimed_by()?)));
            let claimed: Vec<_> = claimed.collect();
            self.sink.extend(outside::check(self.rules, &scan.statements, &claimed, &InTree { below, tree }).findings);
        }
        let unversioned = present.iter().filter(|at| {
            let by_source = |pack: &Arc<Pack>| pack.versioned_by == VersionedBy::Source;
            stage == Stage::Head && at.reading.pack.as_ref().is_some_and(by_source)
        });
        let versions = history::last_versions(below, head, unversioned.map(|at| at.path.as_str()))?;
        for at in present {
            let facts = self.source.facts(&at.path, None, Some(head.id), Some(at.key));
            match at.reading.candidate(&at.path, facts, stage, Some(head.time), None) {
                Some(mut candidate) => {
                    if let (Some(pack), Some(version)) = (&candidate.pack, versions.get(at.path.as_str())) {
                        candidate.pack = Some(Arc::new(Pack { version: version.clone(), ..Pack::clone(pack) }));
                    }
                    facts::repository_name(self.source, &mut candidate);
                    self.candidates.push(candidate);
                }
                None => self.sink.extend(at.reading.findings_at(&at.path, None)),
            }
        }
        Ok(())
    }
}

/// Adds notes to the first draft of each pack.
fn annotate(candidates: &mut [Candidate], notes: Notes) {
    if notes.is_empty() {
        return;
    }
    let mut notes = by_pack(notes);
    for candidate in candidates.iter_mut().filter(|candidate| candidate.stage == Stage::Draft) {
        if let Some(found) = candidate.pack.as_ref().and_then(|pack| notes.remove(&pack.id)) {
            add_notes(candidate, found);
        }
    }
}

/// Returns notes by the pack that they are about.
pub(super) fn by_pack(notes: Notes) -> HashMap<PackId, Vec<Diagnostic>> {
    let mut map: HashMap<PackId, Vec<Diagnostic>> = HashMap::new();
    for (id, finding) in notes {
        map.entry(id).or_default().push(finding);
    }
    map
}

/// Adds notes to a draft.
pub(super) fn add_notes(candidate: &mut Candidate, notes: impl IntoIterator<Item = Diagnostic>) {
    candidate.findings.extend(notes);
    crate::diag::sort(&mut candidate.findings);
}
