//! What an installation gets: the packages that setuptools finds and the data files that it takes along.
//!
//! Only setuptools is known so well; what another backend does is not guessed. Nor is anything where a `setup.py` or
//! `setup.cfg` has a say.

use std::collections::{BTreeMap, BTreeSet};

use super::globs::{matches_name, matches_path};
use crate::diag::Span;
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::Node;

/// Most packages that are looked at.
const MOST: usize = 2000;

/// Names that setuptools never takes from the top of a pack by itself (`FlatLayoutPackageFinder.DEFAULT_EXCLUDE`).
const NEVER_FOUND: &[&str] = &[
    "ci",
    "bin",
    "debian",
    "doc",
    "docs",
    "documentation",
    "manpages",
    "news",
    "newsfragments",
    "changelog",
    "test",
    "tests",
    "unit_test",
    "unit_tests",
    "example",
    "examples",
    "scripts",
    "tools",
    "util",
    "utils",
    "python",
    "build",
    "benchmark",
    "benchmarks",
    "exercise",
    "exercises",
    "htmlcov",
    "tasks",
    "fabfile",
    "site_scons",
];

/// What an installation gets.
#[derive(Debug)]
pub(super) struct Packaging {
    /// The packages by their name, with their folder.
    pub packages: BTreeMap<String, String>,
    /// Whether setuptools would refuse to choose among these packages.
    pub is_ambiguous: bool,
    /// Where the packages are chosen, if anywhere.
    pub chosen: Option<Span>,
    data: Vec<(String, Vec<String>)>,
    manifest_in: Option<String>,
}

/// Returns what an installation gets; `None` where that is not known.
pub(super) fn of(tree: &PackTree<'_>, root: &Node) -> Option<Packaging> {
    let backend = root.at(["build-system", "build-backend"]).as_str().unwrap_or("setuptools.build_meta");
    if !backend.starts_with("setuptools.build_meta")
        || ["setup.py", "setup.cfg"].iter().any(|name| tree.get(name).is_some())
    {
        return None;
    }
    let empty = Node { span: Span::default(), value: crate::yaml::Value::Map(Vec::new()) };
    let settings = root.get("tool").and_then(|tool| tool.get("setuptools")).unwrap_or(&empty);
    if ["exclude-package-data", "ext-modules", "cmdclass", "data-files"].iter().any(|key| settings.get(key).is_some()) {
        return None;
    }
    let folders = folders(tree);
    let top = settings.get("package-dir").and_then(|dirs| dirs.get("")).and_then(Node::as_str).map(clean);
    let mut packaging = Packaging {
        packages: BTreeMap::new(),
        is_ambiguous: false,
        chosen: None,
        data: data(settings),
        manifest_in: None,
    };
    match settings.entry("packages") {
        Some((key, list)) if list.is_seq() => {
            packaging.chosen = Some(key.span);
            let dirs = settings.get("package-dir").map(Node::entries).unwrap_or_default();
            for name in list.items().iter().filter_map(Node::as_str).take(MOST) {
                // The innermost package with a folder of its own says where the others inside it lie.
                let outer = dirs.iter().filter_map(|(package, folder)| {
                    let (package, folder) = (package.as_str().filter(|package| !package.is_empty())?, folder.as_str()?);
                    let rest = name.strip_prefix(package)?;
                    (rest.is_empty() || rest.starts_with('.')).then_some((package.len(), folder, rest))
                });
                let folder = match outer.max() {
                    Some((_, folder, rest)) => {
                        below(&clean(folder), rest.trim_start_matches('.').replace('.', "/").as_str())
                            .trim_matches('/')
                            .to_owned()
                    }
                    None => below(top.as_deref().unwrap_or_default(), &name.replace('.', "/")),
                };
                packaging.packages.insert(name.to_owned(), folder);
            }
        }
        Some((_, table)) => {
            let (key, find) = table.entry("find").or_else(|| table.entry("find-namespace"))?;
            packaging.chosen = Some(find.entry("include").map_or(key.span, |(key, _)| key.span));
            let finder = Finder::of(find, key.as_str() == Some("find-namespace"));
            let places = strings(find.get("where"));
            let places = if places.is_empty() { vec![".".to_owned()] } else { places };
            for place in places.iter().take(8) {
                packaging.packages.extend(finder.found(&folders, &clean(place)));
            }
        }
        None if settings.get("py-modules").is_some() => return None,
        None if folders.contains("src") => {
            packaging.packages = Finder::everything(&[]).found(&folders, "src");
        }
        None => {
            packaging.packages = Finder::everything(NEVER_FOUND).found(&folders, top.as_deref().unwrap_or_default());
            let tops: BTreeSet<&str> = packaging.packages.keys().filter_map(|name| name.split('.').next()).collect();
            packaging.is_ambiguous = tops.len() > 1;
        }
    }
    if settings.get("include-package-data").and_then(Node::as_bool) != Some(false) {
        packaging.manifest_in = tree.get("MANIFEST.in").and_then(|entry| tree.text(entry, 64 << 10));
    }
    Some(packaging)
}

impl Packaging {
    /// Tells whether an installation gets a file of the pack.
    pub(super) fn installs(&self, path: &str) -> bool {
        self.place(path).is_some()
    }

    /// Returns where an installation has a file of the pack, relative to `site-packages`.
    pub(super) fn place(&self, path: &str) -> Option<String> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if name.ends_with(".py") {
            let (package, _) = self.packages.iter().find(|(_, own)| *own == folder)?;
            return Some(below(&package.replace('.', "/"), name));
        }
        // The innermost package that has the file below it.
        let owner = self.packages.iter().filter_map(|(package, own)| Some((package, below_of(own, path)?)));
        let owners: Vec<(&String, &str)> = owner.collect();
        let by_data = owners.iter().find(|(package, rest)| {
            let patterns = self.data.iter().filter(|(key, _)| key.is_empty() || key == "*" || key == *package);
            patterns.flat_map(|(_, patterns)| patterns).any(|pattern| matches_path(pattern, rest))
        });
        let innermost = owners.iter().min_by_key(|(_, rest)| rest.len());
        let by_manifest = innermost.filter(|_| self.manifest_in.as_ref().is_some_and(|rules| lists(rules, path)));
        let (package, rest) = by_data.or(by_manifest)?;
        Some(below(&package.replace('.', "/"), rest))
    }

    /// Returns the files that an installation gets, with their place in it, in the order of the places.
    pub(super) fn files<'a>(&self, files: &'a [FileEntry]) -> BTreeMap<String, &'a FileEntry> {
        files.iter().filter_map(|entry| Some((self.place(entry.path.as_str())?, entry))).collect()
    }

    /// Returns the names of what is installed at the top level.
    pub(super) fn top_level(&self) -> BTreeSet<&str> {
        self.packages.keys().filter_map(|name| name.split('.').next()).collect()
    }
}

/// How packages are looked for.
struct Finder {
    include: Vec<String>,
    exclude: Vec<String>,
    /// Whether folders without `__init__.py` are packages.
    namespaces: bool,
}

impl Finder {
    fn of(find: &Node, is_namespace: bool) -> Self {
        let include = strings(find.get("include"));
        let namespaces = is_namespace || find.get("namespaces").and_then(Node::as_bool).unwrap_or(true);
        let include = if include.is_empty() { vec!["*".to_owned()] } else { include };
        Self { include, exclude: strings(find.get("exclude")), namespaces }
    }

    fn everything(except: &[&str]) -> Self {
        let exclude = except.iter().flat_map(|name| [(*name).to_owned(), format!("{name}.*")]).collect();
        Self { include: vec!["*".to_owned()], exclude, namespaces: true }
    }

    /// Returns the packages below a folder.
    fn found(&self, folders: &BTreeSet<String>, place: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for folder in folders.iter().take(50 * MOST) {
            let Some(rest) = below_of(place, folder).filter(|rest| !rest.is_empty()) else { continue };
            let parts: Vec<&str> = rest.split('/').collect();
            let is_package =
                parts.iter().all(|part| !part.contains('.') && !part.contains('-') && *part != "__pycache__")
                    && (self.namespaces || (1..=parts.len()).all(|many| has_init(folders, place, &parts[..many])));
            let name = parts.join(".");
            let is_wanted = self.include.iter().any(|pattern| matches_name(pattern, &name))
                && !self.exclude.iter().any(|pattern| matches_name(pattern, &name));
            if is_package && is_wanted && found.len() < MOST {
                found.insert(name, folder.clone());
            }
        }
        found
    }
}

/// Marks in the set of folders that one has an `__init__.py`.
const INIT: &str = "/__init__.py";

fn has_init(folders: &BTreeSet<String>, place: &str, parts: &[&str]) -> bool {
    folders.contains(&format!("{}{INIT}", below(place, &parts.join("/"))))
}

/// Returns all folders that hold files, and, marked, those with an `__init__.py`.
fn folders(tree: &PackTree<'_>) -> BTreeSet<String> {
    let mut folders = BTreeSet::new();
    for entry in tree.snapshot.files() {
        let mut folder = entry.path.parent();
        if entry.path.file_name() == "__init__.py" && !folder.is_empty() {
            folders.insert(entry.path.to_string());
        }
        while !folder.is_empty() && folders.insert(folder.to_owned()) {
            folder = folder.rfind('/').map_or("", |at| &folder[..at]);
        }
    }
    folders
}

/// Returns `[tool.setuptools.package-data]`.
fn data(settings: &Node) -> Vec<(String, Vec<String>)> {
    let entries = settings.get("package-data").map(Node::entries).unwrap_or_default();
    entries.iter().take(100).map(|(package, globs)| (package.key_text(), strings(Some(globs)))).collect()
}

fn strings(list: Option<&Node>) -> Vec<String> {
    let items = list.map(Node::items).unwrap_or_default().iter().take(100);
    items.filter_map(Node::as_str).map(str::to_owned).collect()
}

/// Returns a folder without `./` and slashes at the end; empty for the pack's own.
fn clean(folder: &str) -> String {
    folder.trim_start_matches("./").trim_matches('/').trim_start_matches('.').to_owned()
}

fn below(folder: &str, rest: &str) -> String {
    if folder.is_empty() { rest.to_owned() } else { format!("{folder}/{rest}") }
}

/// Returns the path relative to a folder that it lies below.
fn below_of<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

/// Tells whether a `MANIFEST.in` lists a file: its commands apply in order.
fn lists(rules: &str, path: &str) -> bool {
    let mut is_listed = false;
    for line in rules.lines().take(500) {
        let mut words = line.split_whitespace();
        let (Some(command), rest) = (words.next(), words.take(50).collect::<Vec<_>>()) else { continue };
        let name = path.rsplit('/').next().unwrap_or_default();
        let any = |patterns: &[&str], text: &str| patterns.iter().any(|pattern| matches_path(pattern, text));
        let is_below = |folder: &&str| below_of(folder.trim_matches('/'), path).is_some();
        let (applies, lists) = match command {
            "include" => (any(&rest, path), true),
            "exclude" => (any(&rest, path), false),
            "global-include" => (any(&rest, name), true),
            "global-exclude" => (any(&rest, name), false),
            "recursive-include" => (rest.first().is_some_and(is_below) && any(&rest[1..], name), true),
            "recursive-exclude" => (rest.first().is_some_and(is_below) && any(&rest[1..], name), false),
            "graft" => (rest.first().is_some_and(is_below), true),
            "prune" => (rest.first().is_some_and(is_below), false),
            _ => continue,
        };
        if applies {
            is_listed = lists;
        }
    }
    is_listed
}
