//! Catalog → the files that runtimes and verifiers read.
//!
//! `index.json`, and per pack `pack.json`, per release `release.json`, `SHA256SUMS`, the archive and what changed since the release
//! before; the JSON Schemas of all of them; `_headers` with the cache policy. Pure: takes a catalog, plans files.

pub mod comparison;
mod convert;
pub mod schemas;
pub mod wire;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::catalog::{Catalog, CatalogPack, CatalogRelease, Comparisons};
use crate::ecosystem;
use crate::ident::{Digest, RelPath};
use crate::output::{Files, Phase, Place, Unit};

/// Plans the files of a pack and of its releases, but for pages and feeds.
pub fn of_pack(pack: &Arc<CatalogPack>, comparisons: &Arc<Comparisons>) -> Vec<Unit> {
    let keys = pack.keys();
    let mut units: Vec<Unit> = pack.releases.iter().map(|release| archive(pack, release)).collect();
    let whole = Arc::clone(pack);
    let path = RelPath::composed(format!("packs/{}/pack.json", pack.id));
    units.push(Unit::file(Phase::Data, path, keys.whole, move || Ok(json(&convert::pack(&whole)))));
    // One by one: the facts of a large pack are as large as its content, and it has many releases.
    for (at, (release, key)) in pack.releases.iter().zip(&keys.releases).enumerate() {
        let places = RELEASE_FILES.map(|name| Place::File(release_path(pack, release, name)));
        let pack = Arc::clone(pack);
        units.push(Unit::batch(Phase::Data, places, key, move || Ok(release_files(&pack, &pack.releases[at]))));
    }
    units.extend(comparison::of_pack(pack, comparisons));
    units
}

/// Plans the files that are about the whole registry, but for pages and feeds.
pub fn of_registry(catalog: &Arc<Catalog>) -> Vec<Unit> {
    let mut units = schemas::plan();
    units.push(Unit::bytes(Phase::Data, RelPath::composed("_headers"), headers(catalog).into_bytes()));
    let packs: Vec<Digest> = catalog.packs.values().map(|pack| pack.keys().whole).collect();
    let key = (&catalog.registry, catalog.updated, packs);
    let whole = Arc::clone(catalog);
    let index = RelPath::composed("index.json");
    units.push(Unit::file(Phase::Pointers, index, key, move || Ok(json(&convert::index(&whole)))));
    units
}

/// The files of a release's folder that are no pages.
const RELEASE_FILES: [&str; 2] = ["release.json", "SHA256SUMS"];

/// What browsers may do with the files and how long caches keep them, in the form that several static hosts read.
///
/// Hosts join what several rules say of one header, so no two rules that meet name the same one: what no rule names a cache policy for
/// is asked for again each time, which is what these hosts do by themselves.
const HEADERS: &str = "\
/*
  Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
  Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
  Referrer-Policy: no-referrer
  X-Content-Type-Options: nosniff
/archives/*
  Access-Control-Allow-Origin: *
  Cache-Control: public, max-age=31536000, immutable
/packs/*
  Access-Control-Allow-Origin: *
/runtimes/*
  Access-Control-Allow-Origin: *
/index.json
  Access-Control-Allow-Origin: *
";

/// Returns the headers of the registry's files, those of the feeds last: where several rules are about a file, all of them count.
fn headers(catalog: &Catalog) -> String {
    let mut text = HEADERS.to_owned();
    let present: BTreeSet<&str> = catalog.packs.values().map(|pack| pack.ecosystem.id()).collect();
    for ecosystem in ecosystem::ALL.iter().filter(|ecosystem| present.contains(ecosystem.id())) {
        for rule in ecosystem.header_rules() {
            let feed =
                if rule.pattern.starts_with('/') { String::new() } else { format!("/runtimes/{}/", ecosystem.id()) };
            text.push_str(&format!("{feed}{}\n", rule.pattern));
            rule.headers.iter().for_each(|(name, value)| text.push_str(&format!("  {name}: {value}\n")));
        }
    }
    text
}

fn archive(pack: &CatalogPack, release: &CatalogRelease) -> Unit {
    let path = RelPath::composed(format!("archives/{}/{}-{}.tar.gz", pack.id, pack.id.name, release.version()));
    Unit::copy(path, release.archive.clone(), release.record.archive.sha256)
}

fn release_path(pack: &CatalogPack, release: &CatalogRelease, name: &str) -> RelPath {
    RelPath::composed(format!("packs/{}/{}/{name}", pack.id, release.version()))
}

fn release_files(pack: &CatalogPack, release: &CatalogRelease) -> Files {
    let made = [json(&convert::release(&pack.id, release)), release.listing.text().into_bytes()];
    RELEASE_FILES.iter().map(|name| release_path(pack, release, name)).zip(made).collect()
}

/// Writes a value as JSON with an indent of two spaces and a line feed at the end.
pub fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("wire types have string keys and no failing parts");
    bytes.push(b'\n');
    bytes
}
