//! The packs of a repository at any of its trees.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::candidates::Reader;
use super::discover::{Found, Rules};
use super::open::{Below, is_license};
use super::places::{self, Place};
use super::read::{Reading, read};
use super::scan::{Hint, Node, TreeScan};
use super::settle::{At, Settled, settle};
use crate::ecosystem::Ecosystem;
use crate::pack::above::{Above, LicenseAbove, RootFile};
use crate::pack::license;
use crate::source::SourceError;
use crate::source::git::{Commit, EntryKind, ObjectId, TreeEntry};

/// The ecosystem of each path in the newest state.
pub(super) type Usual = BTreeMap<String, &'static dyn Ecosystem>;

/// The packs of one tree, which several tags may share.
pub(super) type State = Arc<[Arc<At<ObjectId>>]>;

/// The directories of a tree that may be packs.
enum Listed {
    /// By names alone, shared between trees.
    Tree(Arc<Place>),
    /// By all that is in the tree.
    Flat(Vec<Found<ObjectId>>),
}

/// What a pack was told last, and what that follows from.
struct Told {
    stated: Arc<[Hint]>,
    at_root: Option<Arc<Above>>,
    above: Option<Arc<Above>>,
}

/// The packs of a repository at any of its trees, each directory read once per content.
pub(super) struct Packs<'a> {
    below: &'a Below,
    rules: &'a Rules,
    reader: &'a Reader<'a>,
    last_segment: Option<String>,
    pub(super) scan: TreeScan,
    /// What an earlier reading read; it counts where the setting is the same.
    earlier: Settled<ObjectId>,
    settled: Settled<ObjectId>,
    pub(super) usual: Usual,
    /// Licence files by their content.
    licenses: HashMap<ObjectId, LicenseAbove>,
    /// What files at the root say to an ecosystem, by their content.
    said: HashMap<(&'static str, ObjectId), Vec<(String, String)>>,
    /// What stood at the root of the tree that was looked at last, by that tree.
    above: Option<(ObjectId, Option<Arc<Above>>)>,
    /// What files in a tree state: trees of which the same is stated share it.
    stated: HashMap<ObjectId, Arc<[Hint]>>,
    stated_last: Arc<[Hint]>,
}

impl<'a> Packs<'a> {
    pub(super) fn new(
        below: &'a Below,
        rules: &'a Rules,
        reader: &'a Reader<'a>,
        last_segment: Option<String>,
        earlier: Settled<ObjectId>,
    ) -> Self {
        let (scan, settled, usual) = (TreeScan::default(), Settled::new(), Usual::new());
        let (licenses, said, above, stated) = (HashMap::new(), HashMap::new(), None, HashMap::new());
        let stated_last = Arc::default();
        Self {
            below,
            rules,
            reader,
            last_segment,
            scan,
            earlier,
            settled,
            usual,
            licenses,
            said,
            above,
            stated,
            stated_last,
        }
    }

    /// Returns what stands at the root of a tree; trees that follow each other and say the same share it.
    fn above(&mut self, tree: ObjectId) -> Result<Option<Arc<Above>>, SourceError> {
        let last = match self.above.take() {
            Some((known, above)) if known == tree => {
                self.above = Some((known, above.clone()));
                return Ok(above);
            }
            last => last.and_then(|(_, above)| above),
        };
        let entries = self.below.repository.list(tree)?;
        let license = entries.iter().find(|entry| is_license(entry)).and_then(|entry| {
            let known = self.licenses.get(&entry.id).cloned();
            known.or_else(|| {
                let read = LicenseAbove::of(&self.below.repository.small_blob(entry.id, license::LARGEST as usize)?);
                self.licenses.insert(entry.id, read.clone());
                Some(read)
            })
        });
        let is_directory = |name: &str| {
            entries.iter().any(|entry| entry.kind == EntryKind::Directory && *entry.name == *name.as_bytes())
        };
        let mut shown = self.rules.layouts(is_directory);
        for (ecosystem, RootFile { name, says }) in self.rules.root_files() {
            let is_it =
                |entry: &&TreeEntry| matches!(entry.kind, EntryKind::File { .. }) && *entry.name == *name.as_bytes();
            let Some(entry) = entries.iter().find(is_it) else { continue };
            let said = self.said.entry((ecosystem, entry.id)).or_insert_with(|| {
                let bytes = self.below.repository.small_blob(entry.id, RootFile::LARGEST).unwrap_or_default();
                says(&bytes).into_iter().map(|word| (ecosystem.to_owned(), word)).collect()
            });
            shown.extend(said.iter().cloned());
        }
        let above = Above { license, shown, said: Vec::new() };
        let above = match last {
            Some(last) if *last == above => Some(last),
            _ => (!above.is_empty()).then(|| Arc::new(above)),
        };
        self.above = Some((tree, above.clone()));
        Ok(above)
    }

    /// Returns what files in a tree state; `before` is a similar tree, and becomes this one.
    fn stated(&mut self, tree: ObjectId, before: &mut Option<Arc<Node>>) -> Result<Arc<[Hint]>, SourceError> {
        if let Some(known) = self.stated.get(&tree) {
            return Ok(Arc::clone(known));
        }
        let node = self.scan.scan(&self.below.repository, self.rules, tree, before.as_ref())?;
        let stated = node.statements();
        if *self.stated_last != *stated {
            self.stated_last = stated.into();
        }
        self.stated.insert(tree, Arc::clone(&self.stated_last));
        *before = Some(node);
        Ok(Arc::clone(&self.stated_last))
    }

    /// Returns the ecosystems of the newest state, and everything that was read.
    pub(super) fn finish(self) -> (Usual, Settled<ObjectId>) {
        (self.usual, self.settled)
    }

    /// Returns the packs of trees, in their order; a tree that is not there has none.
    ///
    /// Trees that stand next to each other should be similar: they share what is the same in both.
    pub(super) fn at(&mut self, trees: &[Option<ObjectId>]) -> Result<Vec<State>, SourceError> {
        let repository = &self.below.repository;
        // Many tags of one commit have one tree.
        let mut numbers: HashMap<Option<ObjectId>, usize> = HashMap::from([(None, 0)]);
        let mut found: Vec<Listed> = vec![Listed::Flat(Vec::new())];
        let (mut node, mut place): (Option<Arc<Node>>, Option<Arc<Place>>) = (None, None);
        let mut above = None;
        for tree in trees.iter().copied().flatten() {
            let Entry::Vacant(new) = numbers.entry(Some(tree)) else { continue };
            new.insert(found.len());
            let scanned = self.scan.scan(repository, self.rules, tree, node.as_ref())?;
            // What stands at the root is part of what every directory is. Where names alone tell packs, no file states anything of one.
            let before = std::mem::replace(&mut above, self.above(tree)?);
            place = place.filter(|_| before == above);
            found.push(if scanned.is_plain {
                let tree = Place::of(self.rules, &scanned, above.as_ref(), place.as_ref());
                place = Some(Arc::clone(&tree));
                Listed::Tree(tree)
            } else {
                let key = |path: &str| repository.tree_at(tree, path).ok().flatten();
                Listed::Flat(self.rules.packs(&scanned.scan(), above.as_ref(), key))
            });
            node = Some(scanned);
        }
        let usual = &self.usual;
        let read = |found: &Found<ObjectId>| {
            reading(self.below, self.rules, self.reader, &self.earlier, self.last_segment.as_deref(), found, |path| {
                usual.get(path).copied()
            })
        };
        let (mut places, mut lists) = (Vec::new(), Vec::new());
        for listed in &mut found {
            match listed {
                Listed::Tree(place) => places.push(Arc::clone(place)),
                Listed::Flat(found) => lists.push(std::mem::take(found)),
            }
        }
        places::settle(&places, &mut self.settled, &read);
        let mut lists = settle(&lists, &mut self.settled, &read).into_iter();
        let state = |listed: Listed| -> State {
            match listed {
                Listed::Tree(place) => place.packs(),
                Listed::Flat(_) => lists.next().unwrap_or_default().into_iter().map(Arc::new).collect(),
            }
        };
        let states: Vec<State> = found.into_iter().map(state).collect();
        Ok(trees.iter().map(|tree| Arc::clone(&states[numbers[tree]])).collect())
    }

    /// Reads one directory in several states of its content, each with a commit that has it, in parallel.
    pub(super) fn of(
        &mut self,
        path: &str,
        ecosystem: &'static dyn Ecosystem,
        states: &[(Commit, ObjectId)],
    ) -> Result<Vec<At<ObjectId>>, SourceError> {
        let mut found = Vec::with_capacity(states.len());
        let (mut node, says) = (None, ecosystem.clues().is_some() && !path.is_empty());
        // Most commits say the same of a pack as the one before.
        let mut last: Option<Told> = None;
        for (commit, tree) in states {
            let above = match self.below.repository.tree_at(commit.tree, &self.below.prefix)? {
                Some(root) if says => {
                    let (above, stated) = (self.above(root)?, self.stated(root, &mut node)?);
                    match &last {
                        Some(last) if Arc::ptr_eq(&last.stated, &stated) && last.at_root == above => last.above.clone(),
                        _ => {
                            let told = self.rules.above(path, ecosystem, &stated, above.clone());
                            last = Some(Told { stated, at_root: above, above: told.clone() });
                            told
                        }
                    }
                }
                Some(root) => self.above(root)?,
                None => None,
            };
            // Nobody asks beside which packs an earlier state of this one lay: what it is has been decided.
            let one = Found::new(path.to_owned(), *tree, vec![ecosystem], above.as_ref());
            found.push(vec![Found { has_sibling: true, ..one }]);
        }
        let states = settle(&found, &mut self.settled, &|found| {
            reading(self.below, self.rules, self.reader, &self.earlier, self.last_segment.as_deref(), found, |_| {
                Some(ecosystem)
            })
        });
        Ok(states.into_iter().flatten().collect())
    }
}

/// Takes the earlier reading of a tree, or reads it.
fn reading(
    below: &Below,
    rules: &Rules,
    reader: &Reader<'_>,
    earlier: &Settled<ObjectId>,
    last_segment: Option<&str>,
    found: &Found<ObjectId>,
    usual: impl Fn(&str) -> Option<&'static dyn Ecosystem>,
) -> Arc<Reading> {
    let setting = found.setting(usual(&found.path), last_segment, rules);
    match earlier.get(&found.settled_by()) {
        Some(earlier) if earlier.asked.fits(&setting) => Arc::clone(earlier),
        _ => Arc::new(read(below.repository.snapshot(found.key, &reader.limits), setting, reader)),
    }
}

/// Returns the directory that holds a path, empty at the top.
pub(super) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

/// Joins two relative paths, either of which may be empty.
pub(crate) fn joined(directory: &str, path: &str) -> String {
    match (directory, path) {
        ("", path) => path.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, path) => format!("{directory}/{path}"),
    }
}
