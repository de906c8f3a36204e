//! Finds packs by the kinds of objects that files declare, never by their paths.
//!
//! 1. Every YAML file says which definitions and compositions it declares, and whether it is the manifest of a package.
//! 2. A composition belongs to the definition of its type; of several such, to the one that shares the longest path.
//! 3. The deepest directory that a definition and its compositions share is a pack; while it is called like a part of one
//!    (`definitions`, `compositions`, …), the directory above it is.
//!
//! A directory inside another one joins it: packs do not nest. A composition without a definition in its source, in none of
//! these directories, and the lock file of a platform engine belong to no pack; their directories are looked at to say so.

use std::collections::BTreeSet;

use super::adapter::lock;
use super::documents::documents;
use super::elsewhere;
use super::objects::{META_GROUP, group_and_kind, is_declaring, is_yaml, says_template};
use super::{composition, consumer, xrd};
use crate::diag::Sink;
use crate::ecosystem::{Around, Clue, Clues};
use crate::pack::Configured;
use crate::yaml::{Limits, Node};

/// Lists names of directories that are a part of a pack.
const PARTS: &[&str] =
    &["definitions", "definition", "xrd", "xrds", "apis", "compositions", "composition", "components"];

/// Most definitions and compositions of a source that are held against each other.
const MOST_DEFINITIONS: usize = 5000;

/// Starts the lines that are about providers; all others are the consumers' own.
const OWN: &str = "provider ";

/// What is said of the lock file of a platform engine.
const LOCK: &str = "provider lock";

/// Most directories outside of packs that are looked at.
const MOST_OUTSIDE: usize = 100;

/// Finds the packs of Crossplane.
#[derive(Debug)]
pub(super) struct Packs;

impl Clues for Packs {
    fn may_hold(&self, name: &str) -> bool {
        is_yaml(name) || name == lock::FILE
    }

    fn clue(&self, name: &str, bytes: &[u8]) -> Option<String> {
        if name == lock::FILE {
            return lock::is_lock(bytes).then(|| LOCK.to_owned());
        }
        let mut lines = declared(bytes);
        lines.extend(consumer::clue(name, bytes));
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    fn packs(&self, clues: &[Clue<'_>], configured: Configured<'_>) -> Vec<String> {
        let own = |clue: &Clue<'_>| clue.says.lines().any(|line| line.starts_with(OWN));
        let own: Vec<Clue<'_>> = clues.iter().filter(|clue| own(clue)).copied().collect();
        let mut packs = providers(&own);
        packs.extend(outside(&own, &packs));
        let rest: Vec<(String, &str)> = clues
            .iter()
            .map(|clue| {
                let lines: Vec<&str> = clue.says.lines().filter(|line| !line.starts_with(OWN)).collect();
                (lines.join("\n"), clue.path)
            })
            .filter(|(says, _)| !says.is_empty())
            .collect();
        let rest: Vec<(&str, &str)> = rest.iter().map(|(says, path)| (*path, says.as_str())).collect();
        packs.extend(consumer::packs(&rest, configured.profile));
        packs.into_iter().collect()
    }

    fn statement(&self, name: &str, bytes: &[u8]) -> Option<String> {
        elsewhere::says(name, bytes)
    }

    fn of_packs(&self, statements: &[Clue<'_>], packs: &[&str], configured: Configured<'_>) -> Vec<Vec<String>> {
        elsewhere::of_packs(statements, packs, configured)
    }

    fn check_outside(&self, statements: &[Clue<'_>], source: &dyn Around, sink: &mut Sink) {
        elsewhere::check(statements, source, sink);
    }
}

/// Returns what a file declares: `provider xrd <group> <kind>` and the like.
pub(super) fn declared(bytes: &[u8]) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
    if !text.contains(xrd::GROUP) && !text.contains(META_GROUP) {
        return Vec::new();
    }
    let limits = Limits::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > limits.bytes || (text.contains("{{") && says_template(text, limits)) {
        return Vec::new();
    }
    let line = |root: &Node| {
        let (group, kind) = group_and_kind(root);
        let text = |way: &[&str]| root.at(way.iter().copied()).as_str().unwrap_or_default().to_owned();
        match (group.as_str(), kind.as_str()) {
            (xrd::GROUP, xrd::KIND) => Some(format!(
                "{OWN}xrd {} {}",
                word(&text(&["spec", "group"])),
                word(&text(&["spec", "names", "kind"]))
            )),
            (xrd::GROUP, composition::KIND) => {
                let api_version = text(&["spec", "compositeTypeRef", "apiVersion"]);
                let group = api_version.split('/').next().unwrap_or_default();
                Some(format!("{OWN}composition {} {}", word(group), word(&text(&["spec", "compositeTypeRef", "kind"]))))
            }
            (META_GROUP, _) => Some(format!("{OWN}package")),
            _ => None,
        }
    };
    documents(text, limits).into_iter().filter_map(|document| line(&document.ok()?.1.root)).collect()
}

/// Returns a text as one word of a line.
fn word(text: &str) -> String {
    if text.is_empty() || text.contains(char::is_whitespace) { "-".to_owned() } else { text.to_owned() }
}

/// Something that a file declares.
struct Declared<'a> {
    directory: &'a str,
    what: &'a str,
    /// Group and kind.
    kind: (&'a str, &'a str),
}

/// Returns the directories of providers without a manifest.
pub(super) fn providers(clues: &[Clue<'_>]) -> BTreeSet<String> {
    let parent = |path: &'_ str| path.rfind('/').map_or(0, |slash| slash);
    let packages: BTreeSet<&str> = clues
        .iter()
        .filter(|clue| {
            clue.path.rsplit('/').next() == Some("crossplane.yaml") && clue.says.contains("provider package")
        })
        .map(|clue| &clue.path[..parent(clue.path)])
        .collect();
    let in_package = |path: &str| packages.iter().any(|directory| directory.is_empty() || is_inside(path, directory));
    let mut declared: Vec<Declared<'_>> = Vec::new();
    for clue in clues.iter().filter(|clue| is_declaring(clue.path) && !in_package(clue.path)) {
        for line in clue.says.lines().filter_map(|line| line.strip_prefix(OWN)) {
            let mut words = line.split(' ');
            if let (Some(what), Some(group), Some(kind)) = (words.next(), words.next(), words.next()) {
                declared.push(Declared { directory: &clue.path[..parent(clue.path)], what, kind: (group, kind) });
            }
        }
    }
    let definitions: Vec<&Declared<'_>> =
        declared.iter().filter(|one| one.what == "xrd").take(MOST_DEFINITIONS).collect();
    let mut directories: Vec<&str> = definitions.iter().map(|one| one.directory).collect();
    for composition in declared.iter().filter(|one| one.what == "composition").take(MOST_DEFINITIONS) {
        let own = definitions.iter().enumerate().filter(|(_, definition)| definition.kind == composition.kind);
        let nearest = own.max_by_key(|(at, definition)| {
            (common(definition.directory, composition.directory).len(), std::cmp::Reverse(*at))
        });
        if let Some((at, _)) = nearest {
            directories[at] = common(directories[at], composition.directory);
        }
    }
    directories.into_iter().map(above_parts).map(str::to_owned).collect()
}

/// Returns the directories outside of packs that hold a composition or a lock file; the root of a source, which is all of it, only
/// where there is no pack.
fn outside(clues: &[Clue<'_>], packs: &BTreeSet<String>) -> BTreeSet<String> {
    let in_pack = |path: &str| packs.iter().any(|pack| pack.is_empty() || is_inside(path, pack));
    let is_of_interest = |clue: &&Clue<'_>| {
        let declares = clue.says.lines().any(|line| line.starts_with("provider composition "));
        clue.says == LOCK || declares && is_declaring(clue.path)
    };
    let found = clues.iter().filter(is_of_interest).filter(|clue| !in_pack(clue.path));
    let directories = found.map(|clue| clue.path.rsplit_once('/').map_or("", |(directory, _)| directory));
    let directories: BTreeSet<&str> = directories.filter(|path| !path.is_empty() || packs.is_empty()).collect();
    directories.into_iter().take(MOST_OUTSIDE).map(str::to_owned).collect()
}

/// Tells whether a path lies below a directory.
pub(super) fn is_inside(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// Returns the deepest directory that holds two directories, or is both.
fn common<'a>(a: &'a str, b: &str) -> &'a str {
    let mut end = 0;
    for part in a.split_inclusive('/') {
        let whole = &a[..end + part.len()];
        let plain = whole.trim_end_matches('/');
        if b != plain && !is_inside(b, plain) {
            break;
        }
        end = whole.len();
    }
    a[..end].trim_end_matches('/')
}

/// Returns a directory, or the first one above it that is not called like a part of a pack.
fn above_parts(mut directory: &str) -> &str {
    while PARTS.contains(&directory.rsplit('/').next().unwrap_or_default()) {
        directory = directory.rfind('/').map_or("", |slash| &directory[..slash]);
    }
    directory
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let says: Vec<(&str, String)> = files
            .iter()
            .map(|(path, what)| {
                let says = what.split(", ").map(|line| format!("{OWN}{line}")).collect::<Vec<_>>().join("\n");
                (*path, says)
            })
            .collect();
        let clues: Vec<Clue<'_>> = says.iter().map(|(path, says)| Clue { path, says }).collect();
        Packs.packs(&clues, Configured::default())
    }

    /// The layouts that one known repository has beside each other.
    #[test]
    fn every_known_layout_is_one_pack() {
        let files = [
            ("p/apis/worker/definitions/x.yaml", "xrd g XWorker"),
            ("p/apis/worker/compositions/c.yaml", "composition g XWorker"),
            ("p/apis/box/xrds/components/a.yaml", "xrd g XBox"),
            ("p/apis/box/xrds/components/b.yaml", "xrd g XDisk"),
            ("p/apis/box/compositions/box.yaml", "composition g XBox"),
            ("p/apis/box/compositions/components/disk.yaml", "composition g XDisk"),
            ("p/apis/bucket/xrd.yaml", "xrd g XBucket"),
            ("p/apis/bucket/composition.yaml", "composition g XBucket"),
            ("p/db/postgres/postgres-xrd.yaml", "xrd d XPostgres, composition d XPostgres"),
        ];
        assert_eq!(found(&files), ["p/apis/box", "p/apis/bucket", "p/apis/worker", "p/db/postgres"]);
    }

    #[test]
    fn the_root_of_a_source_is_not_left() {
        assert_eq!(found(&[("apis/x.yaml", "xrd g X")]), [""]);
        assert_eq!(found(&[("x.yaml", "xrd g X"), ("compositions/c.yaml", "composition g X")]), [""]);
    }

    #[test]
    fn what_belongs_to_no_definition_is_no_pack() {
        assert_eq!(found(&[("a/c.yaml", "composition g X")]), ["a"], "it is looked at, and is told to be none");
        assert_eq!(found(&[("c.yaml", "composition g X"), ("b/x.yaml", "xrd g Y")]), ["b"]);
        assert_eq!(found(&[("a/examples/x.yaml", "xrd g X"), ("vendor/a/x.yaml", "xrd g X")]), Vec::<String>::new());
    }

    #[test]
    fn a_package_is_found_by_its_manifest() {
        let files = [("a/crossplane.yaml", "package"), ("a/apis/x.yaml", "xrd g X"), ("b/x.yaml", "xrd g Y")];
        assert_eq!(found(&files), ["b"]);
    }

    #[test]
    fn a_composition_belongs_to_the_definition_beside_it() {
        let files = [
            ("fork/a/xrd.yaml", "xrd g X"),
            ("fork/a/c.yaml", "composition g X"),
            ("own/a/xrd.yaml", "xrd g X"),
            ("own/a/c.yaml", "composition g X"),
        ];
        assert_eq!(found(&files), ["fork/a", "own/a"]);
    }

    #[test]
    fn only_objects_of_crossplane_count() {
        let xrd = "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nspec: {group: g, names: {kind: X}}\n";
        assert_eq!(declared(xrd.as_bytes()), ["provider xrd g X"]);
        assert!(declared(xrd.replace("crossplane.io", "k8s.io").as_bytes()).is_empty());
        assert!(declared(xrd.replace("kind: X", "kind: {{ .Values.kind }}").as_bytes()).is_empty());
        assert_eq!(declared(format!("{xrd}# {{{{ a comment }}}}\n").as_bytes()), ["provider xrd g X"]);
    }
}
