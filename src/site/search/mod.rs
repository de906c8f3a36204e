//! The search index: what `assets/search.js` reads to answer queries, on any host and from `file://`.
//!
//! 1. Packs, their components and the registry's documents are numbered: these are the entries. A pack comes before its
//!    components, so that a number tells the pack.
//! 2. [`entries`] finds the words of every entry, [`postings`] gathers them, [`shards`] divides them into pieces of which a query
//!    needs one per word, and [`spelling`] lists those by which a wrongly typed one is put right.
//! 3. [`blocks`] hold what is shown of entries, some at a time.
//! 4. [`root`] has the names of packs and where all pieces start.
//!
//! Every piece is a script, because browsers refuse to fetch from `file://`. A small registry has all of them in one file. The
//! files are made for the script of the same program, and are no promise to anybody else; `docs/search.md` tells more.

mod blocks;
mod entries;
mod numbers;
mod postings;
mod root;
mod script;
mod shards;
mod spelling;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use rayon::prelude::*;

use super::Site;
use super::docs::{self, Document};
use crate::catalog::{Catalog, CatalogPack};
use crate::ident::{Digest, Fingerprint, RelPath};
use crate::output::{Phase, Place, Put, RenderError, Unit};

use blocks::Blocks;
use entries::PackWords;
use postings::Gathered;
use root::Packs;

/// Most characters of a summary in the index.
const RESULT_SUMMARY: usize = 110;
/// How many packs are read at a time: their words are in memory twice while they are.
const AT_ONCE: usize = 128;

/// How large pieces are, in bytes before they are compressed.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// All of it: what is smaller is one file.
    whole: usize,
    leaf: usize,
    block: usize,
    spelling: usize,
}

impl Bounds {
    /// A query loads a leaf per word and a block per result, and may take 30 KB compressed: see `docs/search.md`.
    const USUAL: Self = Self { whole: 64 << 10, leaf: 8 << 10, block: 2_000, spelling: 20 << 10 };
}

/// Plans the index.
pub(super) fn unit(site: &Arc<Site>) -> Unit {
    // The documents are the base's.
    let key = (site.base.key, keys(&site.catalog));
    let site = Arc::clone(site);
    Unit::stream(Phase::Pointers, [Place::folder("search")], key, move |put| {
        files(&site.catalog, &docs::documents(&site.base), Bounds::USUAL, put)
    })
}

/// Returns what the index depends on of each pack.
fn keys(catalog: &Catalog) -> Vec<Digest> {
    catalog.packs.values().map(|pack| pack.keys().words).collect()
}

/// Makes the files.
fn files(catalog: &Catalog, documents: &[Document], bounds: Bounds, put: &mut Put<'_>) -> Result<(), RenderError> {
    let packs = Packs::of(catalog);
    let all: Vec<&CatalogPack> = catalog.packs.values().map(|pack| &**pack).collect();
    let (mut gathered, mut shown) = (Gathered::default(), Blocks::new(bounds.block));
    for (number, some) in all.chunks(AT_ONCE).enumerate() {
        let words: Vec<PackWords> = some.par_iter().map(|pack| PackWords::of(pack)).collect();
        gathered.reserve(words.iter().map(PackWords::len).sum());
        for (at, (pack, words)) in some.iter().zip(words).enumerate() {
            words.gather(packs.first(number * AT_ONCE + at), &mut gathered);
            shown.add(pack);
        }
    }
    for (document, entry) in documents.iter().zip(packs.entries()..) {
        PackWords::of_document(&document.title, &document.text).gather(entry, &mut gathered);
    }
    let postings = gathered.sorted();
    let shards = shards::divide(&postings, &packs.standing(documents.len()), bounds.leaf);
    let spelling = spelling::pieces(&postings, bounds.spelling);
    drop(postings);
    let blocks = shown.end();
    let root = packs.root(documents, &blocks, &shards, &spelling);
    let root = serde_json::to_string(&root)
        .map_err(|error| RenderError { page: "search/index.js".to_owned(), reason: error.to_string() })?;

    // A piece that is older or newer than the root that a browser kept would be misread.
    let numbering = (shards.leaves.iter().chain(&shards.heads).chain(&spelling)).map(|shard| &shard.from);
    let firsts = blocks.iter().map(|block| block.first);
    let tag = Fingerprint::of((
        catalog.packs.keys().collect::<Vec<_>>(),
        numbering.collect::<Vec<_>>(),
        firsts.collect::<Vec<_>>(),
    ));
    let tag = &tag.hex()[..8];

    // Texts become pieces one by one: together they are as large as the index.
    let texts = [('l', shards.leaves), ('h', shards.heads), ('s', spelling)];
    let texts = texts.into_iter().flat_map(|(letter, shards)| {
        shards.into_iter().enumerate().map(move |(at, shard)| (format!("{letter}{at}"), script::text(&shard.text)))
    });
    let blocks = blocks.into_iter().enumerate().map(|(at, block)| (format!("b{at}"), block.text));
    let pieces = texts.chain(blocks).map(|(name, json)| {
        let bytes = script::piece(&name, tag, &json);
        (name, bytes)
    });
    let mut index = script::piece("", tag, &root);
    let path = |name: &str| RelPath::composed(format!("search/{name}.js"));
    // What fits into one file is one file.
    let (mut size, mut fitting) = (index.len(), Some(Vec::new()));
    for (name, bytes) in pieces {
        size += bytes.len();
        if size > bounds.whole {
            let before = fitting.take().into_iter().flatten();
            before.for_each(|(name, bytes): (String, _)| put(path(&name), bytes));
        }
        match &mut fitting {
            Some(fitting) => fitting.push((name, bytes)),
            None => put(path(&name), bytes),
        }
    }
    fitting.into_iter().flatten().for_each(|(_, bytes)| index.extend(bytes));
    put(path("index"), index);
    Ok(())
}
