//! The root of the index: what every search starts from, and where the rest lies.
//!
//! It has the names of all packs, so that a search answers from the first letter and a misspelt name is found; how many
//! components of which kind each has, so that the number of an entry tells its pack and its kind; and where pieces start.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::blocks::Block;
use super::shards::{Shard, Shards};
use super::{Document, blocks, numbers, words};
use crate::catalog::{Catalog, CatalogPack};
use crate::ident::PackId;
use crate::pack::ComponentKind;
use crate::site::pages::status;

/// The words for packs that are not as others, gravest last; from `prerelease` on they come after all others.
const STATUS: [&str; 9] =
    ["", "unversioned", "draft", "prerelease", "deprecated", "archived", "renamed", "yanked", "quarantined"];
/// The first of the words that put a pack behind others.
const DEMOTED: u8 = 3;

/// What every search starts from, as `assets/search.js` reads it.
#[derive(Serialize)]
pub(super) struct Root<'a> {
    /// Identifier, title and number of packs of each ecosystem, in the order of packs.
    ecosystems: Vec<(&'static str, &'static str, usize)>,
    /// The names of packs, front-coded per ecosystem.
    packs: String,
    /// Key and words of each kind of component.
    kinds: Vec<(&'static str, &'static str, &'static str)>,
    /// For each pack how many runs of components of one kind it has; for each of them the kind, and how many.
    runs: String,
    /// For each pack a digit, the number of its status.
    status: String,
    statuses: [&'static str; STATUS.len()],
    demoted: u8,
    /// For each pack a digit: how many packs depend on it, as a logarithm.
    dependents: String,
    /// Title, address and summary of documents; their entries are behind those of packs.
    documents: Vec<(&'a str, &'a str, String)>,
    /// Words that a query may have in vain.
    stop: String,
    /// The first entry of each block, ascending.
    blocks: String,
    /// From where on each leaf, each head, and each piece of the spelling counts.
    leaves: String,
    heads: String,
    spelling: String,
}

/// What is known of packs before their words are.
pub(super) struct Packs {
    ecosystems: Vec<(&'static str, &'static str, usize)>,
    names: String,
    kinds: Vec<&'static ComponentKind>,
    runs: String,
    /// Number of the status of each, and logarithm of its dependents.
    marks: Vec<(u8, u8)>,
    /// The number of the first entry of each.
    firsts: Vec<u32>,
    entries: u32,
}

impl Packs {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let dependents = dependents(catalog);
        let mut packs = Self {
            ecosystems: Vec::new(),
            names: String::new(),
            kinds: Vec::new(),
            runs: String::new(),
            marks: Vec::new(),
            firsts: Vec::new(),
            entries: 0,
        };
        let all: Vec<&CatalogPack> = catalog.packs.values().map(|pack| &**pack).collect();
        for group in all.chunk_by(|a, b| a.id.ecosystem == b.id.ecosystem) {
            let ecosystem = group[0].ecosystem;
            packs.ecosystems.push((ecosystem.id(), ecosystem.title(), group.len()));
            packs.names.push_str(&numbers::front_coded(group.iter().map(|pack| pack.id.name.as_str()), ' '));
        }
        for pack in all {
            let count = dependents.get(&pack.id).copied().unwrap_or_default();
            packs.marks.push((mark(pack), (count + 1).ilog2().min(9) as u8));
            packs.add_components(pack);
        }
        packs
    }

    fn add_components(&mut self, pack: &CatalogPack) {
        let components = &pack.latest().pack.components;
        let runs: Vec<_> = components.chunk_by(|a, b| a.kind == b.kind).collect();
        numbers::push(number(runs.len()), &mut self.runs);
        for run in runs {
            let kind = self.kinds.iter().position(|kind| *kind == run[0].kind).unwrap_or_else(|| {
                self.kinds.push(run[0].kind);
                self.kinds.len() - 1
            });
            numbers::push(number(kind), &mut self.runs);
            numbers::push(number(run.len()), &mut self.runs);
        }
        self.firsts.push(self.entries);
        self.entries += 1 + number(components.len());
    }

    /// Returns the number of the first entry of a pack: itself. Its components follow.
    pub(super) fn first(&self, pack: usize) -> u32 {
        self.firsts[pack]
    }

    /// Returns how many entries packs and components are.
    pub(super) fn entries(&self) -> u32 {
        self.entries
    }

    /// Returns how entries stand that match alike, and the documents behind them; less is better.
    pub(super) fn standing(&self, documents: usize) -> Vec<u32> {
        let mut standing = Vec::with_capacity(self.entries as usize + documents);
        for (at, (status, dependents)) in self.marks.iter().enumerate() {
            let end = self.firsts.get(at + 1).copied().unwrap_or(self.entries);
            let status = if *status < DEMOTED { 0 } else { u32::from(*status) };
            let of_component = status << 8 | 16 | u32::from(9 - dependents);
            standing.push(of_component & !16);
            standing.extend((self.firsts[at] + 1..end).map(|_| of_component));
        }
        standing.extend(std::iter::repeat_n(0, documents));
        standing
    }

    /// Returns the root, now that it is known what pieces there are.
    pub(super) fn root<'a>(
        self,
        documents: &'a [Document],
        blocks: &[Block],
        shards: &Shards,
        spelling: &[Shard],
    ) -> Root<'a> {
        let froms = |shards: &[Shard]| shards.iter().map(|shard| shard.from.as_str()).collect::<Vec<_>>().join(" ");
        let digits = |of: fn(&(u8, u8)) -> u8| self.marks.iter().map(|mark| char::from(b'0' + of(mark))).collect();
        let mut firsts = String::new();
        numbers::push_ascending(blocks.iter().map(|block| block.first), &mut firsts);
        Root {
            packs: self.names,
            kinds: self.kinds.iter().map(|kind| (kind.key, kind.singular, kind.plural)).collect(),
            runs: self.runs,
            status: digits(|mark| mark.0),
            statuses: STATUS,
            demoted: DEMOTED,
            dependents: digits(|mark| mark.1),
            documents: documents
                .iter()
                .map(|one| {
                    (one.title.as_str(), one.address.as_str(), one.text.strip_prefix(&one.title).unwrap_or(&one.text))
                })
                .map(|(title, address, text)| (title, address, blocks::summary(text)))
                .collect(),
            stop: words::STOP.join(" "),
            blocks: firsts,
            leaves: froms(&shards.leaves),
            heads: froms(&shards.heads),
            spelling: froms(spelling),
            ecosystems: self.ecosystems,
        }
    }
}

/// Returns the number of a pack's status.
fn mark(pack: &CatalogPack) -> u8 {
    let word = status::word(pack, pack.latest()).unwrap_or_default();
    STATUS.iter().position(|status| *status == word).unwrap_or_default() as u8
}

/// Counts the packs that depend on each pack.
fn dependents(catalog: &Catalog) -> HashMap<PackId, u32> {
    let mut names: BTreeMap<_, HashMap<&str, &PackId>> = BTreeMap::new();
    for id in catalog.packs.keys() {
        names.entry(&id.ecosystem).or_default().insert(id.name.as_str(), id);
    }
    let mut counts = HashMap::new();
    for (id, pack) in &catalog.packs {
        let of_packs = pack.latest().pack.dependencies.iter().filter(|one| one.kind.is_none());
        let needed: HashSet<&PackId> =
            of_packs.filter_map(|one| names[&id.ecosystem].get(&*one.name).copied()).collect();
        for needed in needed {
            *counts.entry(needed.clone()).or_default() += 1;
        }
    }
    counts
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
