//! The site in memory: path → [`Entry`]. Immutable; a rebuild makes another one.
//!
//! A file is made when somebody asks for it first, and kept for as long as nothing changes that it depends on. When it cannot
//! be made, its last good version stands in for it.
//!
//! An address is looked up here and nowhere else, so that no text of a request ever becomes a path on the disk.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::entry::Entry;
use super::types;
use crate::build::{ArchiveStore, Assembly, PackUnits};
use crate::ident::{PackId, RelPath};
use crate::output::{self, Make, Phase, RenderError, Unit};

/// The files of a registry.
#[derive(Debug, Default)]
pub(super) struct Site {
    packs: BTreeMap<PackId, Arc<Pack>>,
    /// What is about the whole registry.
    registry: Vec<Arc<Lazy>>,
    /// What is not as in the site before.
    changed: Vec<Arc<Lazy>>,
    /// What has not been as in the site before for longer, and was not made since.
    overdue: Vec<Arc<Lazy>>,
    gone: Vec<Arc<Lazy>>,
    archives: Option<ArchiveStore>,
    failures: Failures,
}

/// The files of a pack.
#[derive(Debug)]
struct Pack {
    of: Arc<PackUnits>,
    units: Vec<Arc<Lazy>>,
}

/// A unit that is made when somebody asks for one of its files.
#[derive(Debug)]
struct Lazy {
    unit: Arc<Unit>,
    made: OnceLock<Result<Made, RenderError>>,
    /// What it was before, if that is known.
    before: Option<Made>,
    /// Whether it changed while the site was served: then it is made before anybody asks, if there is time.
    is_due: bool,
}

/// The files of a unit.
type Made = Arc<[(RelPath, Arc<Entry>)]>;

/// What could not be made, by page.
#[derive(Debug, Default)]
struct Failures {
    by_page: Mutex<BTreeMap<String, String>>,
    are_new: AtomicBool,
}

/// What an address leads to.
#[derive(Debug)]
pub(super) enum Found {
    /// A file.
    Entry(Arc<Entry>),
    /// A folder that was asked for without the slash at its end: the address of the folder.
    Folder(String),
    /// A file that could not be made, and never was.
    Broken,
    /// Nothing.
    Nothing,
}

/// How a site differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Pages that are new, gone, or have other bytes.
    pub pages: usize,
    /// Other files of which that is true.
    pub files: usize,
    /// Parts of the site that may have changed, and are made when somebody asks for them.
    pub later: usize,
}

impl Site {
    /// Returns the site that an assembly describes; what is as in `before` is taken from there.
    pub(super) fn new(assembly: &Assembly, archives: ArchiveStore, before: &Self) -> Self {
        let mut site = Self { archives: Some(archives), ..Self::default() };
        let mut replaced = HashSet::new();
        let is_first = before.archives.is_none();
        for (id, of) in &assembly.packs {
            let known = before.packs.get(id);
            let pack = match known {
                Some(known) if Arc::ptr_eq(&known.of, of) => Arc::clone(known),
                known => {
                    let known = known.map_or(&[][..], |known| &known.units);
                    Arc::new(Pack { of: Arc::clone(of), units: site.units(&of.units, known, is_first, &mut replaced) })
                }
            };
            site.packs.insert(id.clone(), pack);
        }
        let vanished = before.packs.iter().filter(|(id, _)| !site.packs.contains_key(*id));
        let vanished: Vec<_> = vanished.flat_map(|(_, pack)| pack.units.iter().cloned()).collect();
        site.gone.extend(vanished);
        site.registry = site.units(&assembly.registry, &before.registry, is_first, &mut replaced);
        replaced.extend(site.gone.iter().map(Arc::as_ptr));
        let due = before.changed.iter().chain(&before.overdue).filter(|lazy| lazy.is_due && lazy.made.get().is_none());
        site.overdue = due.filter(|lazy| !replaced.contains(&Arc::as_ptr(lazy))).cloned().collect();
        site
    }

    /// Takes over the units that are as they were, and notes the others; adds those of before to `replaced` whose place another
    /// one has now.
    fn units(
        &mut self,
        units: &[Arc<Unit>],
        before: &[Arc<Lazy>],
        is_first: bool,
        replaced: &mut HashSet<*const Lazy>,
    ) -> Vec<Arc<Lazy>> {
        let place = |unit: &Unit| (unit.phase, unit.places.clone());
        let mut known: HashMap<_, &Arc<Lazy>> = before.iter().map(|lazy| (place(&lazy.unit), lazy)).collect();
        let units = units
            .iter()
            .map(|unit| match known.remove(&place(unit)) {
                // What failed may have failed for a reason that is gone.
                Some(known) if known.unit.key == unit.key && !matches!(known.made.get(), Some(Err(_))) => {
                    Arc::clone(known)
                }
                known => {
                    let before = known.and_then(|known| known.good().cloned());
                    let is_due = !is_first;
                    replaced.extend(known.map(Arc::as_ptr));
                    let lazy = Arc::new(Lazy { unit: Arc::clone(unit), made: OnceLock::new(), before, is_due });
                    self.changed.push(Arc::clone(&lazy));
                    lazy
                }
            })
            .collect();
        self.gone.extend(known.into_values().cloned());
        units
    }

    /// Returns the site of a server that has nothing to show yet.
    pub(super) fn waiting() -> Self {
        let page: Arc<[u8]> = include_bytes!("assets/waiting.html").as_slice().into();
        let unit = |path| Unit::bytes(Phase::Pages, RelPath::composed(path), Arc::clone(&page));
        let lazy =
            |path| Arc::new(Lazy { unit: Arc::new(unit(path)), made: OnceLock::new(), before: None, is_due: false });
        Self { registry: ["index.html", "404.html"].map(lazy).into(), ..Self::default() }
    }

    /// Looks up a decoded path, which starts with a slash.
    pub(super) fn find(&self, path: &str) -> Found {
        let Some(path) = path.strip_prefix('/') else { return Found::Nothing };
        if path.is_empty() || path.ends_with('/') {
            return self.named(&format!("{path}index.html"));
        }
        match self.named(path) {
            Found::Nothing => match self.named(&format!("{path}/index.html")) {
                Found::Nothing => Found::Nothing,
                _ => Found::Folder(format!("/{}/", encoded(path))),
            },
            found => found,
        }
    }

    /// Returns the site's own page for addresses that lead nowhere.
    pub(super) fn not_found(&self) -> Option<Arc<Entry>> {
        match self.named("404.html") {
            Found::Entry(entry) => Some(entry),
            _ => None,
        }
    }

    /// Returns what could not be made so far (page and reason), if there is more of it than when this was asked last.
    pub(super) fn new_failures(&self) -> Option<Vec<(String, String)>> {
        let are_new = self.failures.are_new.swap(false, Ordering::AcqRel);
        are_new.then(|| self.failures.lock().iter().map(|(page, reason)| (page.clone(), reason.clone())).collect())
    }

    /// Makes what changed and was looked at before, then what else changed, and returns how it differs; stops when
    /// `is_over` says so.
    ///
    /// What is left then is made when somebody asks for it.
    pub(super) fn settle(&self, patience: Duration, is_over: &mut dyn FnMut() -> bool) -> Changes {
        let start = Instant::now();
        let (seen, unseen): (Vec<_>, Vec<_>) = self.changed.iter().partition(|lazy| lazy.before.is_some());
        let mut changes = Changes::default();
        for lazy in seen.into_iter().chain(unseen) {
            // What somebody asked for meanwhile is known, and was made.
            if lazy.made.get().is_none() && (start.elapsed() > patience || is_over()) {
                changes.later += 1;
                continue;
            }
            let made = self.make(lazy).as_ref().map_or(&[][..], |made| &**made);
            let old = lazy.before.as_deref().unwrap_or_default();
            let old: HashMap<&str, &Arc<Entry>> = old.iter().map(|(path, entry)| (path.as_str(), entry)).collect();
            let new = made.iter().filter(|(path, entry)| !old.get(path.as_str()).is_some_and(|old| old.is_same(entry)));
            new.for_each(|(path, _)| changes.count(path));
            let is_gone = |path: &&RelPath| !made.iter().any(|(of_made, _)| of_made == *path);
            let before = lazy.before.as_deref().unwrap_or_default().iter().map(|(path, _)| path);
            // What failed shows what it was.
            before
                .filter(|path| matches!(lazy.made.get(), Some(Ok(_))) && is_gone(path))
                .for_each(|path| changes.count(path));
        }
        for lazy in &self.overdue {
            if start.elapsed() > patience || is_over() {
                break;
            }
            self.make(lazy);
        }
        let gone = self.gone.iter().filter_map(|lazy| lazy.good()).flat_map(|made| made.iter());
        gone.for_each(|(path, _)| changes.count(path));
        changes
    }

    fn named(&self, path: &str) -> Found {
        let mut is_broken = false;
        for lazy in self.units_at(path).filter(|lazy| lazy.unit.covers(path)) {
            match self.make(lazy) {
                Some(made) => {
                    if let Some((_, entry)) = made.iter().find(|(made, _)| made.as_str() == path) {
                        return Found::Entry(Arc::clone(entry));
                    }
                }
                None => is_broken = true,
            }
        }
        if is_broken { Found::Broken } else { Found::Nothing }
    }

    /// Returns the units that may have a file: those of its pack, where the path names one.
    fn units_at(&self, path: &str) -> Box<dyn Iterator<Item = &Arc<Lazy>> + '_> {
        let mut segments = path.split('/');
        let pack = match (segments.next(), segments.next(), segments.next()) {
            (Some("packs" | "archives"), Some(ecosystem), Some(name)) => {
                format!("{ecosystem}/{name}").parse().ok().and_then(|id: PackId| self.packs.get(&id))
            }
            _ => None,
        };
        match pack {
            Some(pack) => Box::new(pack.units.iter()),
            // What is at `v2/` belongs to feeds, too: clients of OCI registries look nowhere else.
            None if path.starts_with("runtimes/") || path.starts_with("v2/") => {
                Box::new(self.registry.iter().chain(self.packs.values().flat_map(|pack| &pack.units)))
            }
            None => Box::new(self.registry.iter()),
        }
    }

    /// Returns the files of a unit; those of before when it cannot be made; nothing when there never were any.
    fn make<'a>(&'a self, lazy: &'a Lazy) -> Option<&'a Made> {
        // Not on the stack of a connection, which is small.
        match lazy.made.get_or_init(|| rayon::scope(|_| lazy.make(self.archives.as_ref()))) {
            Ok(made) => Some(made),
            Err(error) => {
                self.failures.note(error);
                lazy.before.as_ref()
            }
        }
    }
}

impl Lazy {
    /// Returns the newest files that it has without making any.
    fn good(&self) -> Option<&Made> {
        match self.made.get() {
            Some(Ok(made)) => Some(made),
            _ => self.before.as_ref(),
        }
    }

    fn make(&self, archives: Option<&ArchiveStore>) -> Result<Made, RenderError> {
        let entries: Vec<(RelPath, Entry)> = match (&self.unit.make, self.unit.path()) {
            (Make::Batch(batch), _) => {
                let entry = |(path, bytes): (RelPath, Vec<u8>)| (path.clone(), Entry::made(&path, bytes));
                output::collected(&**batch)?.into_iter().map(entry).collect()
            }
            (Make::Bytes(bytes), Some(path)) => vec![(path.clone(), Entry::made(path, bytes.to_vec()))],
            (Make::Copy(source), Some(path)) => {
                let kept = archives.and_then(|archives| archives.kept(source));
                let of_file = || Entry::of_file(path, source);
                vec![(path.clone(), kept.map_or_else(of_file, |bytes| Entry::new(types::of(path.as_str()), bytes)))]
            }
            (_, None) => Vec::new(),
        };
        let before: HashMap<&str, &Arc<Entry>> =
            self.before.iter().flat_map(|before| before.iter()).map(|(path, entry)| (path.as_str(), entry)).collect();
        // What has the same bytes shares its memory.
        let shared = |(path, entry): (RelPath, Entry)| {
            let same = before.get(path.as_str()).filter(|old| old.is_same(&entry));
            let entry = same.map_or_else(|| Arc::new(entry), |old| Arc::clone(old));
            (path, entry)
        };
        Ok(entries.into_iter().map(shared).collect())
    }
}

impl Failures {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.by_page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, error: &RenderError) {
        if self.lock().insert(error.page.clone(), error.to_string()).is_none() {
            self.are_new.store(true, Ordering::Release);
        }
    }
}

impl Changes {
    fn count(&mut self, path: &RelPath) {
        *(if types::is_page(path.as_str()) { &mut self.pages } else { &mut self.files }) += 1;
    }
}

/// Percent-encodes a path: whatever is not unreserved (RFC 3986 section 2.3), but for slashes.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' | b'/' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::entry::Body;

    fn assembly(files: &[(&str, &str)]) -> Assembly {
        let unit = |(path, text): &(&str, &str)| {
            let bytes = text.as_bytes().to_vec();
            Arc::new(Unit::file(Phase::Pages, RelPath::composed(path), text, move || match &bytes[..] {
                b"broken" => Err(RenderError { page: "a page".to_owned(), reason: "it is broken".to_owned() }),
                bytes => Ok(bytes.to_vec()),
            }))
        };
        Assembly::of(files.iter().map(unit).collect())
    }

    fn site_after(files: &[(&str, &str)], before: &Site) -> Site {
        Site::new(&assembly(files), ArchiveStore::at("nowhere"), before)
    }

    fn site(files: &[(&str, &str)]) -> Site {
        site_after(files, &Site::default())
    }

    fn changes(site: &Site) -> Changes {
        site.settle(Duration::MAX, &mut || false)
    }

    fn text(site: &Site, path: &str) -> String {
        let Found::Entry(entry) = site.find(path) else { panic!("{path} is not there") };
        let Body::Bytes(bytes) = &entry.body else { panic!("{path} is a file") };
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    #[test]
    fn folders_have_an_index_and_need_a_slash() {
        let site = site(&[("index.html", "home"), ("packs/a b/index.html", "a"), ("x.json", "{}")]);
        assert!(matches!(site.find("/"), Found::Entry(_)));
        assert!(matches!(site.find("/x.json"), Found::Entry(_)));
        assert!(matches!(site.find("/packs/a b/"), Found::Entry(_)));
        assert!(matches!(site.find("/packs/a b"), Found::Folder(to) if to == "/packs/a%20b/"));
    }

    #[test]
    fn nothing_outside_the_map_is_found() {
        let site = site(&[("index.html", "home"), ("packs/index.html", "packs")]);
        for path in
            ["/../Cargo.toml", "/packs/../index.html", "//index.html", "/./index.html", "/\0", "", "x", "//packs"]
        {
            assert!(matches!(site.find(path), Found::Nothing), "{path:?}");
        }
    }

    #[test]
    fn only_what_differs_is_counted() {
        let before = site(&[("index.html", "home"), ("a.html", "a"), ("style.css", "x")]);
        assert_eq!(changes(&before), Changes { pages: 2, files: 1, later: 0 });
        let after = site_after(&[("index.html", "home"), ("a.html", "b"), ("c.html", "c"), ("feed.xml", "f")], &before);
        assert_eq!(changes(&after), Changes { pages: 2, files: 2, later: 0 });
        let same = site_after(&[("index.html", "home"), ("a.html", "b"), ("c.html", "c"), ("feed.xml", "f")], &after);
        assert_eq!(changes(&same), Changes::default());
    }

    #[test]
    fn what_there_is_no_time_for_is_made_when_it_is_asked_for() {
        let site = site(&[("index.html", "home"), ("a.html", "a")]);
        assert_eq!(site.settle(Duration::MAX, &mut || true), Changes { pages: 0, files: 0, later: 2 });
        assert!(text(&site, "/a.html").starts_with('a'));
    }

    #[test]
    fn what_did_not_change_is_shared() {
        let before = site(&[("a.html", "a")]);
        let after = site_after(&[("a.html", "a")], &before);
        assert!(Arc::ptr_eq(&before.registry[0], &after.registry[0]));
    }

    #[test]
    fn the_last_good_version_stands_in_for_what_cannot_be_made() {
        let good = site(&[("a.html", "good")]);
        text(&good, "/a.html");
        let broken = site_after(&[("a.html", "broken"), ("b.html", "broken")], &good);
        assert!(text(&broken, "/a.html").starts_with("good"));
        assert!(matches!(broken.find("/b.html"), Found::Broken));
        assert_eq!(broken.new_failures().expect("new ones").len(), 1);
        assert_eq!(broken.new_failures(), None);
        let mended = site_after(&[("a.html", "mended"), ("b.html", "b")], &broken);
        assert!(text(&mended, "/a.html").starts_with("mended") && text(&mended, "/b.html").starts_with('b'));
    }
}
