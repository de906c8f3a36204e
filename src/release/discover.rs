//! Finds what may be a pack: directories with a manifest.
//!
//! 1. A [`scan`](super::scan) lists the directories that hold a manifest or something spelt almost like one, by names alone,
//!    and what files elsewhere say of packs.
//! 2. [`Rules`] say which of them are looked at: dot-directories never are; below `tests`, `fixtures` and the like only what
//!    the configuration names.
//! 3. [`settle`](super::settle) reads them, and says which of them count.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use camino::Utf8Path;
use globset::{GlobBuilder, GlobMatcher};

use crate::config::SourceConfig;
use crate::diag::{Diagnostic, Place, Sink};
use crate::ecosystem::{Around, Clue, Ecosystem, NEAR_MISS};
use crate::pack::Configured;
use crate::pack::above::{Above, RootFile};
use crate::pack::license;
use crate::source::SourceError;
use crate::source::paths::join;

use super::open;
use super::packs::parent;
use super::read::Setting;
use super::scan::{Hint, Marked, Said, Scan};

/// Which directories are packs.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// The ecosystems that may claim a pack.
    pub(super) ecosystems: Vec<&'static dyn Ecosystem>,
    packs: Option<GlobMatcher>,
    /// What the configuration says of the packs.
    ecosystem: Option<String>,
    profile: Option<String>,
    /// The name of the repository.
    repository: Option<String>,
    /// Where the source lies in it.
    within: String,
}

/// A directory whose manifest some ecosystem knows.
#[derive(Debug, Clone)]
pub(super) struct Found<K> {
    /// Its path, empty at the top.
    pub(super) path: String,
    /// What identifies its content.
    pub(super) key: K,
    /// The ecosystems that may claim it.
    pub(super) ecosystems: Vec<&'static dyn Ecosystem>,
    /// Whether another directory with a manifest of the same ecosystem lies beside it.
    pub(super) has_sibling: bool,
    /// What the rest of the source says; nothing at its root, where everything is part of the pack.
    pub(super) above: Option<Arc<Above>>,
}

impl<K> Found<K> {
    /// Returns a directory, of which nobody knows yet what lies beside it.
    pub(super) fn new(
        path: String,
        key: K,
        ecosystems: Vec<&'static dyn Ecosystem>,
        above: Option<&Arc<Above>>,
    ) -> Self {
        // What stands at the root of the source is part of a pack there.
        let above = above.filter(|_| !path.is_empty()).cloned();
        Self { path, key, ecosystems, has_sibling: false, above }
    }

    /// Returns the path with each ecosystem that may claim it.
    fn claims(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.ecosystems.iter().map(|ecosystem| (self.path.as_str(), ecosystem.id()))
    }

    /// Returns what is known of the directory before it is read: the ecosystem that its path usually belongs to,
    /// `last`, the name of the source's own directory, and what the configuration says.
    pub(super) fn setting<'a>(
        &'a self,
        usual: Option<&'static dyn Ecosystem>,
        last: Option<&'a str>,
        rules: &'a Rules,
    ) -> Setting<'a> {
        let directory = self.path.rsplit('/').next().filter(|name| !name.is_empty()).or(last);
        let Self { path, ecosystems, has_sibling, above, .. } = self;
        let (configured, has_sibling) = (rules.configured(), *has_sibling);
        Setting { ecosystems, usual, directory, path, has_sibling, configured, above: above.as_ref() }
    }
}

impl Rules {
    /// Returns the rules of a source, for a choice of ecosystems.
    pub(super) fn new(config: &SourceConfig, all: &[&'static dyn Ecosystem]) -> Result<Self, SourceError> {
        let named = |ecosystem: &&&'static dyn Ecosystem| {
            config.ecosystem.as_deref().is_none_or(|wanted| ecosystem.id() == wanted)
        };
        let packs = match config.packs.as_deref().map(|glob| glob.trim_start_matches("./").trim_end_matches('/')) {
            None => None,
            Some(glob) => Some(
                GlobBuilder::new(if glob == "." { "" } else { glob })
                    .literal_separator(true)
                    .build()
                    .map_err(|error| SourceError::Git {
                        repository: config
                            .git
                            .clone()
                            .or_else(|| Some(config.path.as_ref()?.to_string()))
                            .unwrap_or_default(),
                        reason: format!("`packs` is not a glob: {error}"),
                    })?
                    .compile_matcher(),
            ),
        };
        let (ecosystem, profile) = (config.ecosystem.clone(), config.profile.clone());
        let repository = open::repository_name(&open::identity(config)).map(str::to_owned);
        Ok(Self {
            ecosystems: all.iter().filter(named).copied().collect(),
            packs,
            ecosystem,
            profile,
            repository,
            within: String::new(),
        })
    }

    /// Returns the same rules for a source at a path of its repository.
    pub(super) fn within(&self, path: &str) -> Self {
        Self { within: path.to_owned(), ..self.clone() }
    }

    /// Returns what the configuration says of the packs, and where the source lies.
    pub(super) fn configured(&self) -> Configured<'_> {
        let (ecosystem, profile) = (self.ecosystem.as_deref(), self.profile.as_deref());
        let (repository, within) = (self.repository.as_deref(), &*self.within);
        Configured { ecosystem, profile, repository, within, ..Configured::default() }
    }

    /// Tells whether any ecosystem finds packs by clues.
    pub(super) fn has_clues(&self) -> bool {
        self.ecosystems.iter().any(|ecosystem| ecosystem.clues().is_some())
    }

    /// Returns the variants of formats that a source shows which has some directories at its root.
    pub(super) fn layouts(&self, has: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let layouts = self.ecosystems.iter().flat_map(|one| one.layouts().iter().map(|layout| (one.id(), layout)));
        let shown = layouts.filter(|(_, (_, directories))| directories.iter().all(|name| has(name)));
        shown.map(|(id, (profile, _))| (id.to_owned(), (*profile).to_owned())).collect()
    }

    /// Returns the files at the root of a source that say something of the packs below it, and to which ecosystem.
    pub(super) fn root_files(&self) -> impl Iterator<Item = (&'static str, RootFile)> + use<'_> {
        self.ecosystems.iter().filter_map(|one| Some((one.id(), one.root_file()?)))
    }

    /// Tells whether a directory of that name, at the root of a source, may be part of what shows a variant.
    fn is_in_layout(&self, name: &str) -> bool {
        self.ecosystems.iter().flat_map(|one| one.layouts()).any(|(_, directories)| directories.contains(&name))
    }

    /// Tells whether a saved file may change what the root of a source says of all packs; `stays` says that it was and is there.
    pub(super) fn concerns_all(&self, path: &Utf8Path, stays: bool) -> bool {
        let mut segments = path.as_str().split('/');
        match (segments.next(), segments.next()) {
            (Some(name), None) => license::is_it(name) || self.root_files().any(|(_, file)| file.name == name),
            (Some(directory), Some(_)) => !stays && self.is_in_layout(directory),
            (None, _) => false,
        }
    }

    /// Tells whether a file of that name may hold a clue.
    pub(super) fn may_hold_clue(&self, name: &str) -> bool {
        self.ecosystems.iter().filter_map(|ecosystem| ecosystem.clues()).any(|clues| clues.may_hold(name))
    }

    /// Returns what a file says.
    pub(super) fn said_in(&self, name: &str, bytes: &[u8]) -> Said {
        let mut said = Said::default();
        for (number, ecosystem) in self.ecosystems.iter().enumerate() {
            let Some(clues) = ecosystem.clues().filter(|clues| clues.may_hold(name)) else { continue };
            said.clues.extend(clues.clue(name, bytes).map(|clue| (number, clue.into())));
            said.statements.extend(clues.statement(name, bytes).map(|statement| (number, statement.into())));
        }
        said
    }

    /// Returns what is said of a pack: what stands at the root of its source, and the statements that concern it.
    pub(super) fn above(
        &self,
        path: &str,
        ecosystem: &dyn Ecosystem,
        statements: &[Hint],
        above: Option<Arc<Above>>,
    ) -> Option<Arc<Above>> {
        let said = self.said_of(ecosystem, statements, &[path]).pop().unwrap_or_default();
        with_said(above, said)
    }

    /// Returns what statements say of packs of an ecosystem, by their paths.
    fn said_of(&self, ecosystem: &dyn Ecosystem, statements: &[Hint], packs: &[&str]) -> Vec<Vec<(String, String)>> {
        let own = self.of_ecosystem(ecosystem, statements);
        let (Some(clues), false) = (ecosystem.clues(), own.is_empty()) else { return vec![Vec::new(); packs.len()] };
        let said = clues.of_packs(&own, packs, self.configured()).into_iter();
        let by_name = |words: Vec<String>| words.into_iter().map(|word| (ecosystem.id().to_owned(), word)).collect();
        said.map(by_name).collect()
    }

    fn of_ecosystem<'h>(&self, ecosystem: &dyn Ecosystem, statements: &'h [Hint]) -> Vec<Clue<'h>> {
        let number = self.ecosystems.iter().position(|other| other.id() == ecosystem.id());
        let own = statements.iter().filter(|hint| Some(hint.ecosystem) == number);
        own.map(|hint| Clue { path: &hint.path, says: &hint.says }).collect()
    }

    /// Adds to each directory what is said of it elsewhere.
    fn add_statements<K: Clone>(&self, found: &mut [Found<K>], statements: &[Hint]) {
        for ecosystem in self.ecosystems.iter().filter(|_| !statements.is_empty()) {
            let may_be = |one: &Found<K>| {
                !one.path.is_empty() && one.ecosystems.iter().any(|other| other.id() == ecosystem.id())
            };
            let places: Vec<usize> = (0..found.len()).filter(|at| may_be(&found[*at])).collect();
            let paths: Vec<&str> = places.iter().map(|at| found[*at].path.as_str()).collect();
            let said = self.said_of(*ecosystem, statements, &paths);
            for (at, said) in places.into_iter().zip(said) {
                found[at].above = with_said(found[at].above.take(), said);
            }
        }
    }

    /// Reports what is wrong with files that lie in no pack, where the source has packs of the ecosystem that they are about.
    pub(super) fn check_outside(
        &self,
        statements: &[Hint],
        packs: &[(&str, &'static dyn Ecosystem)],
        source: &dyn Around,
        sink: &mut Sink,
    ) {
        for ecosystem in &self.ecosystems {
            let own = self.of_ecosystem(*ecosystem, statements);
            let has_packs = packs.iter().any(|(_, other)| other.id() == ecosystem.id());
            if let (Some(clues), true, false) = (ecosystem.clues(), has_packs, own.is_empty()) {
                clues.check_outside(&own, source, sink);
            }
        }
    }

    /// Tells whether a manifest of that name makes a directory a pack, so that nothing below is a clue of another one.
    pub(super) fn is_certain(&self, name: &str) -> bool {
        let certain = self.ecosystems.iter().filter(|ecosystem| ecosystem.has_certain_manifest());
        certain.flat_map(|ecosystem| ecosystem.manifests()).any(|manifest| *manifest == name)
    }

    /// Tells whether no clue can lie below a directory of that name.
    pub(super) fn has_no_clues_below(&self, name: &str) -> bool {
        self.packs.is_none()
            && self
                .ecosystems
                .iter()
                .filter(|ecosystem| ecosystem.clues().is_some())
                .all(|ecosystem| ecosystem.skipped_directories().contains(&name))
    }

    /// Tells whether a file name is a manifest or a near miss of any ecosystem.
    pub(super) fn marks(&self, name: &str) -> bool {
        self.ecosystems.iter().any(|ecosystem| {
            ecosystem.manifests().contains(&name) || ecosystem.near_misses().iter().any(|(wrong, _)| *wrong == name)
        })
    }

    /// Tells whether no pack can lie below a directory of that name.
    pub(super) fn never_enters(&self, name: &str) -> bool {
        name.starts_with('.')
            || self.packs.is_none()
                && self.ecosystems.iter().all(|ecosystem| ecosystem.skipped_directories().contains(&name))
    }

    /// Tells whether an ecosystem's packs are looked for at a path.
    fn looks_at(&self, ecosystem: &dyn Ecosystem, path: &str) -> bool {
        match &self.packs {
            Some(glob) => glob.is_match(path),
            None => !path.split('/').any(|segment| ecosystem.skipped_directories().contains(&segment)),
        }
    }

    /// Returns a directory with files of these names, if it may be a pack by them.
    pub(super) fn found<K: Clone>(
        &self,
        path: &str,
        names: &[String],
        key: &K,
        above: Option<&Arc<Above>>,
    ) -> Option<Found<K>> {
        let knows = |ecosystem: &&'static dyn Ecosystem| {
            ecosystem.manifests().iter().any(|name| names.iter().any(|n| n == name)) && self.looks_at(*ecosystem, path)
        };
        let ecosystems: Vec<&'static dyn Ecosystem> =
            self.ecosystems.iter().copied().filter(|ecosystem| knows(ecosystem)).collect();
        (!ecosystems.is_empty()).then(|| Found::new(path.to_owned(), key.clone(), ecosystems, above))
    }

    /// Tells whether what a file of that name marks depends on nothing but the directory that holds it.
    pub(super) fn is_plain(&self, name: &str) -> bool {
        let knows = |ecosystem: &&&'static dyn Ecosystem| ecosystem.manifests().contains(&name);
        self.ecosystems.iter().filter(knows).all(|ecosystem| ecosystem.has_certain_manifest())
    }

    /// Returns the directories that may be packs, outer ones before those inside them.
    ///
    /// `key` returns what identifies the content of a directory without a mark; nothing when it is not there.
    /// `above` is what stands at the root of the source.
    pub(super) fn packs<K: Clone>(
        &self,
        scan: &Scan<K>,
        above: Option<&Arc<Above>>,
        key: impl Fn(&str) -> Option<K>,
    ) -> Vec<Found<K>> {
        let mut found: Vec<Found<K>> =
            scan.marked.iter().filter_map(|Marked { path, names, key }| self.found(path, names, key, above)).collect();
        let by_clues = self.packs_by_clues(&scan.hints);
        if !by_clues.is_empty() {
            let mut places: HashMap<String, usize> = found.iter().map(|one| one.path.clone()).zip(0..).collect();
            for (path, ecosystem) in by_clues {
                match places.get(&path) {
                    Some(at) if found[*at].ecosystems.iter().any(|other| other.id() == ecosystem.id()) => {}
                    Some(at) => found[*at].ecosystems.push(ecosystem),
                    None => {
                        let Some(key) = key(&path) else { continue };
                        places.insert(path.clone(), found.len());
                        found.push(Found::new(path, key, vec![ecosystem], above));
                    }
                }
            }
        }
        // Where every manifest leaves no doubt, nobody asks what lies beside it.
        if found.iter().flat_map(|found| &found.ecosystems).any(|ecosystem| !ecosystem.has_certain_manifest()) {
            let mut neighbours: HashMap<(&str, &str), usize> = HashMap::new();
            for (path, ecosystem) in found.iter().flat_map(Found::claims) {
                *neighbours.entry((parent(path), ecosystem)).or_default() += 1;
            }
            let is_beside = |found: &Found<K>| {
                let mut claims = found.claims();
                !found.path.is_empty() && claims.any(|(path, ecosystem)| neighbours[&(parent(path), ecosystem)] > 1)
            };
            let beside: Vec<bool> = found.iter().map(is_beside).collect();
            found.iter_mut().zip(beside).for_each(|(found, beside)| found.has_sibling = beside);
        }
        self.add_statements(&mut found, &scan.statements);
        found.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
        found
    }

    /// Returns the directories that are packs by what files say.
    fn packs_by_clues(&self, hints: &[Hint]) -> Vec<(String, &'static dyn Ecosystem)> {
        let mut found = Vec::new();
        for (number, ecosystem) in self.ecosystems.iter().enumerate() {
            let Some(clues) = ecosystem.clues() else { continue };
            let own = hints.iter().filter(|hint| hint.ecosystem == number);
            let mut own: Vec<Clue<'_>> = own.map(|hint| Clue { path: &hint.path, says: &hint.says }).collect();
            own.sort_by_key(|clue| clue.path);
            let packs = clues.packs(&own, self.configured()).into_iter().map(|path| (path, *ecosystem));
            found.extend(packs.filter(|(path, _)| self.looks_at(*ecosystem, path)));
        }
        found
    }

    /// Reports files that are spelt almost like a manifest, in directories that have none.
    pub(super) fn near_misses<K>(&self, scan: &Scan<K>, sink: &mut Sink) {
        for Marked { path, names, .. } in &scan.marked {
            let mut right_by_wrong = BTreeMap::new();
            for ecosystem in self.ecosystems.iter().filter(|ecosystem| self.looks_at(**ecosystem, path)) {
                for (wrong, right) in ecosystem.near_misses() {
                    let has = |wanted: &str| names.iter().any(|name| name == wanted);
                    if has(wrong) && !has(right) {
                        right_by_wrong.entry(*wrong).or_insert(*right);
                    }
                }
            }
            for (wrong, right) in right_by_wrong {
                let file = join(path, wrong);
                sink.report(NEAR_MISS, Place::file(&*file), format!("`{file}` is not read by any runtime"))
                    .help(format!("rename it to `{right}`"));
            }
        }
    }
}

/// Adds what is said of one pack to what stands at the root of its source.
fn with_said(above: Option<Arc<Above>>, said: Vec<(String, String)>) -> Option<Arc<Above>> {
    if said.is_empty() {
        return above;
    }
    let mut one = above.map(|above| Above::clone(&above)).unwrap_or_default();
    one.said.extend(said);
    Some(Arc::new(one))
}

/// Returns findings with their places below a directory.
pub(super) fn below(directory: &str, findings: impl IntoIterator<Item = Diagnostic>) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = findings.into_iter().collect();
    findings.iter_mut().for_each(|finding| finding.put_below(directory));
    findings
}

#[cfg(test)]
mod tests;
