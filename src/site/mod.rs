//! The website: catalog → pages, search index, feed, sitemap.
//!
//! 1. `links` knows the address of every page, so that all links are relative and none is broken.
//! 2. [`Around`] is what pages of a pack show of other packs, and all of it.
//! 3. `pages` turn packs and catalog into lean context values, one file per kind of page.
//! 4. [`markdown`] renders READMEs, the only author text that becomes HTML; all other text is escaped by `templates`.
//! 5. `fragments` keeps what many pages have in common, `history` tells what happened to components release by release, `news`
//!    what counts as new.
//! 6. `files` decides which released files have pages, and where; `highlight` colours them, `line_diff` tells what changed in them.
//! 7. `feeds`, `sitemap`, `badges` and `machines` are for programs; `search`, `browse_data` and `assets` for scripts of pages.
//!
//! In: a [`Catalog`]. Out: units, one per release, so that work is parallel and memory bounded, with keys that tell what has
//! to be made again. Pure: touches no disk (but for template overrides), knows no clock. Names no ecosystem.

mod around;
mod assets;
mod badges;
mod browse_data;
mod codes;
mod docs;
mod feeds;
#[cfg(test)]
mod file_tests;
mod files;
mod fragments;
mod highlight;
mod history;
mod images;
mod line_diff;
mod links;
mod machines;
pub mod markdown;
mod markdown_changelog;
pub mod markdown_files;
mod markdown_pages;
mod markdown_text;
mod news;
mod pages;
mod search;
mod sitemap;
mod sorted;
mod source_links;
mod templates;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod theme;

use std::sync::{Arc, OnceLock};

use crate::catalog::{Catalog, CatalogPack, Comparisons, Registry};
use crate::config::{Feeds, FilePages};
use crate::ident::{Digest, Fingerprint};
use crate::output::{Phase, Place, Put, RenderError, Unit};

use files::FilePlan;

pub use around::{Around, Crosslinks, Ties};
pub use links::component_path;
pub use templates::{TemplateError, Templates};
pub use theme::{Theme, ThemeError};

pub(crate) use codes::CODES;

/// What all pages are made with.
pub struct Base {
    registry: Arc<Registry>,
    templates: Arc<Templates>,
    frame: templates::Shared,
    fragments: fragments::Fragments,
    feeds: Feeds,
    files: FilePages,
    key: Digest,
}

/// What the pages of a pack are made from.
pub(crate) struct PackSite {
    base: Arc<Base>,
    pack: Arc<CatalogPack>,
    around: Arc<Around>,
    comparisons: Arc<Comparisons>,
    files: FilePlan,
    history: OnceLock<history::History>,
}

impl PackSite {
    /// Returns what happened to the pack's components, which is found out when a page first shows it.
    fn history(&self) -> &history::History {
        self.history.get_or_init(|| history::History::of(&self.pack, &self.comparisons))
    }
}

/// What pages about the whole registry are made from.
pub(crate) struct Site {
    base: Arc<Base>,
    catalog: Arc<Catalog>,
}

impl Base {
    /// Returns what all pages of a catalog are made with.
    pub fn new(catalog: &Catalog, templates: &Arc<Templates>, feeds: &Feeds) -> Self {
        let frame = pages::frame(catalog, templates.theme());
        let key = Fingerprint::of((&catalog.registry, templates.digest(), &frame, feeds));
        Self {
            registry: Arc::clone(&catalog.registry),
            templates: Arc::clone(templates),
            frame: templates::Shared::new(&frame),
            fragments: fragments::Fragments::default(),
            feeds: feeds.clone(),
            files: FilePages::default(),
            key,
        }
    }

    /// Returns it with another choice of what is shown of released files.
    #[must_use]
    pub fn with_files(self, files: FilePages) -> Self {
        Self { files, key: Fingerprint::of((self.key, files)), ..self }
    }

    /// Returns the digest of all of it.
    pub fn key(&self) -> Digest {
        self.key
    }

    /// Returns an absolute address, when the registry's URL is known.
    fn absolute(&self, address: &str) -> Option<String> {
        self.registry.url.as_ref().map(|url| format!("{url}/{address}"))
    }
}

impl std::fmt::Debug for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Base").field("registry", &self.registry).field("key", &self.key).finish_non_exhaustive()
    }
}

/// Plans the pages of a pack, one unit per release and per comparison, and one for its feed and badges; the pack's own page belongs to its default release.
pub fn of_pack(
    base: &Arc<Base>,
    pack: &Arc<CatalogPack>,
    around: &Arc<Around>,
    comparisons: &Arc<Comparisons>,
) -> Vec<Unit> {
    let site = Arc::new(PackSite {
        base: Arc::clone(base),
        pack: Arc::clone(pack),
        around: Arc::clone(around),
        comparisons: Arc::clone(comparisons),
        files: FilePlan::of(pack, base.files),
        history: OnceLock::new(),
    });
    let (keys, outside) = (pack.keys(), (base.key, site.around.key()));
    let lines = lines(&keys.contents, comparisons);
    let release = |at: usize| {
        let mut places = vec![Place::folder(links::release_folder(&pack.id, pack.releases[at].version()))];
        // It shows what happened up to it.
        let files = (site.files.key(pack, at), pages::changelog::has_page(pack));
        let mut key = Fingerprint::of((outside, keys.face, keys.releases[at], lines[at], files));
        if at == pack.latest {
            places.push(Place::file(format!("{}/index.html", links::pack_address(&pack.id))));
            let folder = links::pack_address(&pack.id);
            let beside = ["versions.js", "versions.html", "dependents.html", "findings.html", "compare/index.html"];
            places.extend(beside.map(|name| Place::file(format!("{folder}/{name}"))));
            key = Fingerprint::of((key, keys.whole));
        }
        let site = Arc::clone(&site);
        Unit::batch(Phase::Pages, places, key, move || pages::release::files(&site, at))
    };
    let version = |at: usize| pack.releases[at].version().as_str();
    let comparison = |at: usize| {
        let before = site.comparisons.before(at)?;
        let place =
            Place::File(links::comparison_file(&pack.id, pack.releases[before].version(), pack.releases[at].version()));
        let files = [before, at].map(|at| site.files.key(pack, at));
        let beside = site.comparisons.beside(at).map(|pair| pair.map(|(from, to)| (version(from), version(to))));
        let key =
            (base.key, keys.releases[before], keys.releases[at], files, beside, pages::comparisons::has_page(pack));
        let site = Arc::clone(&site);
        Some(Unit::batch(Phase::Pages, [place], key, move || pages::compare::files(&site, before, at)))
    };
    let with_default = |end: usize| {
        let place = Place::File(links::default_comparison_file(&pack.id, pack.releases[end].version()));
        let files = [end, pack.latest].map(|at| site.files.key(pack, at));
        let key = (base.key, keys.releases[end], keys.releases[pack.latest], files, pages::comparisons::has_page(pack));
        let site = Arc::clone(&site);
        Unit::batch(Phase::Pages, [place], key, move || pages::compare::with_default(&site, end))
    };
    // They show nothing that may change after their release, so that nothing makes them again, but for an older release that is
    // recorded later: the files that documents link to may have their pages there.
    let shown = |at: usize| {
        let (site, release) = (&site, &pack.releases[at]);
        let homes = site.files.key(pack, at);
        let unit = move |(folder, numbers): (String, Vec<usize>)| {
            let files: Vec<_> = numbers.iter().map(|number| &release.listing.files[*number]).collect();
            let facts: Vec<_> = files.iter().map(|file| (&file.path, file.sha256, file.executable)).collect();
            let source = &release.record.source;
            let key = (
                (base.key, &pack.id, release.version().as_str(), facts),
                (&source.repository, &source.path, &source.commit),
                homes,
            );
            let key = Fingerprint::of(key);
            let site = Arc::clone(site);
            Unit::batch(Phase::Pages, [Place::folder(folder)], key, move || pages::file::files(&site, at, &numbers))
        };
        site.files.batches(pack, at).into_iter().map(unit)
    };
    let machines = {
        let places = [Place::file(links::feed_address(&pack.id)), Place::folder(badges::folder(pack))];
        let (site, key) = (Arc::clone(&site), (base.key, keys.whole));
        Unit::batch(Phase::Pointers, places, key, move || {
            let mut files = badges::files(&site.pack)?;
            files.extend(feeds::of_pack(&site)?);
            Ok(files)
        })
    };
    let all = 0..pack.releases.len();
    let changelog = pages::changelog::has_page(pack).then(|| {
        let (site, place) = (Arc::clone(&site), Place::File(pages::changelog::path(pack)));
        let files = site.files.key(pack, pack.latest);
        Unit::batch(Phase::Pages, [place], (base.key, keys.whole, files), move || pages::changelog::files(&site))
    });
    let of_releases =
        all.clone().map(release).chain(all.clone().filter_map(comparison)).chain(comparisons.ends().map(with_default));
    of_releases.chain(all.flat_map(shown)).chain(changelog).chain([machines]).collect()
}

/// Returns the digest of each release's content and of the contents of all releases that lie before it.
fn lines(contents: &[Digest], comparisons: &Comparisons) -> Vec<Digest> {
    let mut lines = contents.to_vec();
    // What lies before a release has a lower version, and so stands behind it.
    for at in (0..contents.len()).rev() {
        lines[at] = Fingerprint::of((contents[at], comparisons.before(at).map(|before| lines[before])));
    }
    lines
}

/// Plans what is about the whole registry: home, lists, search, feeds, sitemap. It names pages of packs, so it is written last.
pub fn of_registry(base: &Arc<Base>, catalog: &Arc<Catalog>) -> Vec<Unit> {
    let site = Arc::new(Site { base: Arc::clone(base), catalog: Arc::clone(catalog) });
    let assets = base.templates.assets().into_iter();
    let mut units: Vec<Unit> = assets.map(|(path, bytes)| Unit::bytes(Phase::Pages, path, bytes)).collect();
    let addresses = docs::addresses(base).filter(|address| address != pages::docs::INSTALL);
    let addresses: Vec<Place> = addresses.map(Place::file).collect();
    let of_docs = Arc::clone(&site);
    units.push(Unit::batch(Phase::Pages, addresses, base.key, move || pages::docs::files(&of_docs)));
    let (install, of_docs) = (Place::file(pages::docs::INSTALL), Arc::clone(&site));
    let key = (base.key, pages::docs::install_key(base, catalog));
    units.push(Unit::batch(Phase::Pointers, [install], key, move || pages::docs::install(&of_docs)));
    let mut add = |paths: Vec<String>, key: Digest, make: Box<MakeFor>| {
        let site = Arc::clone(&site);
        let places: Vec<Place> = paths.iter().map(Place::file).collect();
        units.push(Unit::stream(Phase::Pointers, places, key, move |put| make(&site, put)));
    };
    fn together(make: impl Fn(&Site) -> pages::Files + Send + Sync + 'static) -> Box<MakeFor> {
        Box::new(move |site, put| {
            make(site)?.into_iter().for_each(|(path, bytes)| put(path, bytes));
            Ok(())
        })
    }
    for scope in pages::scopes(catalog) {
        let listed: Vec<_> = scope.packs(catalog).collect();
        let summaries: Vec<_> = listed.iter().map(|pack| pack.keys().summary).collect();
        let key = Fingerprint::of((base.key, &summaries));
        // How packs are installed is shown by one of them.
        let example = pages::ecosystem::example(listed.iter().copied()).map(|pack| pack.keys().releases[pack.latest]);
        let mut places = scope.pages(listed.len());
        places.extend(scope.data(listed.len()));
        let of = scope.clone();
        add(places, Fingerprint::of((key, example)), Box::new(move |site, put| pages::browse::files(site, &of, put)));
        let of = scope.clone();
        add(vec![scope.feed()], key, together(move |site| feeds::of_list(site, &of)));
        match scope {
            pages::browse::Scope::Ecosystem(id) => {
                let place = format!("packs/{id}/llms.txt");
                add(vec![place], key, together(move |site| machines::of_ecosystem(site, &id)));
            }
            pages::browse::Scope::All => {
                add(vec!["index.html".to_owned()], key, together(pages::home::files));
                add(vec!["404.html".to_owned()], key, together(pages::error::files));
                add(vec!["search.html".to_owned()], base.key, together(pages::search::files));
                add(sitemap::paths(base, catalog), key, Box::new(sitemap::files));
                let places = ["robots.txt", "llms.txt", "opensearch.xml"].map(str::to_owned);
                add(places.to_vec(), key, together(machines::files));
            }
        }
    }
    let found: Vec<_> = catalog.packs.values().map(|pack| (pack.keys().summary, pack.keys().findings)).collect();
    let places = [Place::file(pages::HEALTH), Place::folder(pages::health_lists::FOLDER)];
    let key = Fingerprint::of((base.key, found));
    let of_health = Arc::clone(&site);
    units.push(Unit::batch(Phase::Pointers, places, key, move || pages::health::files(&of_health)));
    units.push(search::unit(&site));
    units
}

/// Makes files about the whole registry.
type MakeFor = dyn Fn(&Site, &mut Put<'_>) -> Result<(), RenderError> + Send + Sync;
