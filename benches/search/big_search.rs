//! The search of a registry of 10 000 packs with ten components each, besides a few that queries are known to look for.
//!
//! ```sh
//! cargo run --example big_search -- <folder>
//! ```
//!
//! Writes the index, the page of results and the assets: what `tests/browser/suites/search.mjs` counts bytes of. Names and
//! texts come from numbers alone, so that they are the same everywhere; words are used as in languages: a few often, most
//! seldom.

mod landmarks;
mod words;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use packyard::catalog::{Catalog, CatalogPack, CatalogRelease, Registry, Status};
use packyard::config::Feeds;
use packyard::content::Listing;
use packyard::ecosystem::Ecosystem;
use packyard::ident::{Digest, PackId, RelPath, Version};
use packyard::index::event::{ArchiveFacts, Release, SourceFacts};
use packyard::output::{Make, Unit};
use packyard::pack::{Component, Dependency, Field, FieldTable, Memo, Pack};
use packyard::site::{Base, Templates, of_registry};
use packyard::source::Snapshot;

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PACKS: u64 = 10_000;
const COMPONENTS: u64 = 10;
/// What is written of the site.
const WANTED: [&str; 3] = ["search", "search.html", "assets/"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: big_search <folder>")?;
    let folder = Path::new(&folder);
    let catalog = timed("Catalog", || Ok(catalog()))?;
    let templates = Arc::new(Templates::builtin());
    let base = Arc::new(Base::new(&catalog, &templates, &Feeds::default()));
    let is_wanted = |unit: &Unit| {
        unit.places.iter().any(|place| WANTED.iter().any(|wanted| place.path().as_str().starts_with(wanted)))
    };
    let mut units = timed("Units", || Ok(of_registry(&base, &catalog)))?;
    units.retain(is_wanted);
    let files = timed("Search", || {
        let made = units.iter().map(|unit| match &unit.make {
            Make::Batch(make) => packyard::output::collected(&**make),
            Make::Bytes(bytes) => Ok(vec![(unit.places[0].path().clone(), bytes.to_vec())]),
            Make::Copy(_) => Ok(Vec::new()),
        });
        Ok(made.collect::<Result<Vec<_>, _>>()?)
    })?;
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let (mut count, mut bytes) = (0, 0);
    for (path, content) in files.into_iter().flatten() {
        let file = folder.join(path.as_str());
        std::fs::create_dir_all(file.parent().expect("a folder"))?;
        std::fs::write(file, &content)?;
        (count, bytes) = (count + 1, bytes + content.len());
    }
    println!("{count} files, {bytes} bytes");
    // The end of the process gives the memory back.
    std::mem::forget(catalog);
    Ok(())
}

fn timed<T>(what: &str, work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<T, Box<dyn Error>> {
    let start = Instant::now();
    let made = work();
    println!("{what:>12} {:>8.3} s", start.elapsed().as_secs_f64());
    made
}

fn catalog() -> Arc<Catalog> {
    let ecosystems = ["attune", "crossplane", "stackstorm"].map(|id| packyard::ecosystem::by_id(id).expect("known"));
    let mut packs = BTreeMap::new();
    for number in 0..PACKS {
        let mut random = words::Random::new(number);
        let ecosystem = ecosystems[random.below(ecosystems.len())];
        let pack = generated(&mut random, ecosystem, number);
        packs.insert(pack.id.clone(), Arc::new(pack));
    }
    for pack in landmarks::packs() {
        packs.insert(pack.id.clone(), Arc::new(pack));
    }
    let registry = Registry { name: "Many packs".to_owned(), url: None, description: None, is_preview: false };
    Arc::new(Catalog { registry: Arc::new(registry), packs, updated: None })
}

fn generated(random: &mut words::Random, ecosystem: &'static dyn Ecosystem, number: u64) -> CatalogPack {
    let mut name = words::name(random, number);
    if ecosystem.id() == "stackstorm" {
        name = name.replace('-', "_");
    }
    let kinds = ecosystem.kinds();
    let mut components: Vec<(usize, String)> = (0..COMPONENTS)
        .map(|_| ((0..3).map(|_| random.below(kinds.len())).min().unwrap_or_default(), words::component(random)))
        .collect();
    components.sort();
    components.dedup();
    let components = components
        .into_iter()
        .map(|(kind, component)| {
            let description = words::sentence(random, 9);
            let tables = vec![Arc::new(fields(random))];
            Arc::new(Component { description, tables, ..self::component(ecosystem, kind, &name, &component) })
        })
        .collect();
    let words = |random: &mut words::Random, count| (0..count).map(|_| words::word(random)).collect();
    let status = match random.below(60) {
        0 => Status { deprecated: Some(("old".to_owned(), None)), ..Status::default() },
        1 => Status { archived: Some("nobody has time".to_owned()), ..Status::default() },
        _ => Status::default(),
    };
    let keywords = words(random, 3);
    let description = words::sentence(random, 12);
    let readme = (0..12).map(|_| words::sentence(random, 14)).collect::<Vec<_>>().join("\n\n");
    let content = Pack { components, keywords, description, ..pack(ecosystem, &name, "1.4.2") };
    catalog_pack(ecosystem, content, status, &readme)
}

/// Returns a pack of which nothing but its name is known.
fn pack(ecosystem: &dyn Ecosystem, name: &str, version: &str) -> Pack {
    let id: PackId = format!("{}/{name}", ecosystem.id()).parse().expect("an identity");
    let version = Version::parse(version).expect("a version");
    Pack { readme: Some(RelPath::composed("README.md")), ..Pack::new(id, version, RelPath::composed("pack.yaml")) }
}

fn component(ecosystem: &dyn Ecosystem, kind: usize, pack: &str, name: &str) -> Component {
    Component {
        kind: ecosystem.kinds()[kind],
        name: name.to_owned(),
        reference: format!("{pack}.{name}"),
        title: None,
        description: String::new(),
        file: RelPath::composed("file.yaml"),
        line: 1,
        entry_point: None,
        enabled: true,
        facts: Vec::new(),
        tables: Vec::new(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }
}

/// Returns the parameters of a component: two to nine.
fn fields(random: &mut words::Random) -> FieldTable {
    let fields: Vec<Field> =
        (0..2 + random.below(8)).map(|_| Field { name: words::field(random), ..Field::default() }).collect();
    FieldTable { title: "Parameters".into(), anchor: "parameters".into(), fields: fields.into() }
}

fn depending(on: &str) -> Dependency {
    Dependency { name: on.to_owned(), range: None, kind: None }
}

fn catalog_pack(ecosystem: &'static dyn Ecosystem, pack: Pack, status: Status, readme: &str) -> CatalogPack {
    let content = Snapshot::in_memory(vec![(RelPath::composed("README.md"), false, readme.as_bytes().into())]);
    let listing = Listing::of(&content, &Memo::new()).expect("memory can be read");
    let published_at = "2026-03-01T08:30:00Z".parse().expect("a time");
    let source = "https://git.acme.example/packs".to_owned();
    let facts = SourceFacts {
        repository: source.clone(),
        path: String::new(),
        tag: Some("v1".to_owned()),
        commit: None,
        tree: None,
    };
    let record = Release {
        version: pack.version.clone(),
        content_digest: listing.content_digest,
        archive: ArchiveFacts { sha256: Digest::of(b"archive"), size: 1 },
        source: facts,
        requirements: Vec::new(),
        dependencies: pack.dependencies.clone(),
        components: BTreeMap::new(),
        checksums: BTreeMap::new(),
    };
    let release = CatalogRelease {
        record,
        published_at,
        status: Status::default(),
        pack: Arc::new(pack),
        content,
        listing: Arc::new(listing),
        findings: Arc::default(),
        remarks: Arc::default(),
        archive: "unused".into(),
    };
    CatalogPack {
        id: release.pack.id.clone(),
        ecosystem,
        source,
        releases: vec![release],
        latest: 0,
        status,
        updated: published_at,
        findings: Vec::new(),
        said: Vec::new(),
        known_keys: OnceLock::new(),
    }
}
