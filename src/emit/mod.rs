//! Catalog → the files that runtimes and verifiers read.
//!
//! `index.json`, and per pack `pack.json`, per release `release.json`, `SHA256SUMS` and the archive; the JSON Schemas of all
//! of them; the runtime feeds of every ecosystem; `_headers` with the cache policy. Pure: takes a catalog, plans files.

mod convert;
pub mod schemas;
pub mod wire;

use serde::Serialize;

use crate::catalog::{Catalog, CatalogPack, CatalogRelease};
use crate::config::Feeds;
use crate::diag::Sink;
use crate::ecosystem;
use crate::ident::RelPath;
use crate::output::{Make, Phase, PlannedFile};

/// Plans every file of a registry but its pages; what had to be left out of a feed goes to the sink.
pub fn plan<'a>(catalog: &'a Catalog, feeds: &Feeds, sink: &mut Sink) -> Vec<PlannedFile<'a>> {
    let mut planned = Vec::new();
    for pack in catalog.packs.values() {
        planned.extend(archives(pack));
        planned.push(PlannedFile::batch(Phase::Data, move || Ok(vec![pack_file(pack)])));
        // One by one: the facts of a large pack are as large as its content, and it has many releases.
        let release = |release| PlannedFile::batch(Phase::Data, move || Ok(release_files(pack, release)));
        planned.extend(pack.releases.iter().map(release));
    }
    for ecosystem in ecosystem::ALL {
        planned.extend(ecosystem.feed(catalog, feeds, sink));
    }
    planned.extend(schemas::plan());
    planned.push(PlannedFile::bytes(Phase::Data, RelPath::composed("_headers"), HEADERS));
    planned.push(PlannedFile::batch(Phase::Pointers, || {
        Ok(vec![(RelPath::composed("index.json"), json(&convert::index(catalog)))])
    }));
    planned
}

/// The cache policy, in the form that several static hosts read: pointers short, what never changes for ever.
const HEADERS: &str = "\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
  Cache-Control: public, max-age=60, must-revalidate
/archives/*
  Cache-Control: public, max-age=31536000, immutable
/runtimes/*
  Access-Control-Allow-Origin: *
/index.json
  Access-Control-Allow-Origin: *
";

fn archives(pack: &CatalogPack) -> impl Iterator<Item = PlannedFile<'_>> {
    pack.releases.iter().map(|release| {
        let path = RelPath::composed(format!("archives/{}/{}-{}.tar.gz", pack.id, pack.id.name, release.version()));
        PlannedFile { phase: Phase::Archives, make: Make::Copy(path, release.archive.clone()) }
    })
}

fn pack_file(pack: &CatalogPack) -> (RelPath, Vec<u8>) {
    (RelPath::composed(format!("packs/{}/pack.json", pack.id)), json(&convert::pack(pack)))
}

fn release_files(pack: &CatalogPack, release: &CatalogRelease) -> Vec<(RelPath, Vec<u8>)> {
    let path = |name: &str| RelPath::composed(format!("packs/{}/{}/{name}", pack.id, release.version()));
    vec![
        (path("release.json"), json(&convert::release(&pack.id, release))),
        (path("SHA256SUMS"), release.listing.text().into_bytes()),
    ]
}

/// Writes a value as JSON with an indent of two spaces and a line feed at the end.
pub fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("wire types have string keys and no failing parts");
    bytes.push(b'\n');
    bytes
}
