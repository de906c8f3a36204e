//! The files of a pack that are no manifest: documents, licences, what should not be there.

use super::codes::{ARCHIVE_IN_PACK, JUNK_FILE, NASIKO_CASE_MISMATCH};
use super::detect::MISSPELT;
use super::document::MOST_REPEATED;
use crate::diag::{Place, Sink};
use crate::ecosystem::{MISSING_LICENSE, MISSING_README};
use crate::pack::{Pack, PackTree, license};
use crate::source::FileEntry;

/// Names of directories that tools leave behind.
const JUNK_DIRECTORIES: &[&str] =
    &[".nasiko", "__pycache__", "node_modules", ".venv", "__MACOSX", ".pytest_cache", ".mypy_cache"];
/// Names of files that systems leave behind.
const JUNK_FILES: &[&str] = &[".DS_Store", "Thumbs.db", "desktop.ini"];
/// How the names of archives end.
const ARCHIVES: &[&str] = &[".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".7z", ".rar"];
/// Spellings of other files that are not read, with the right ones.
const NEAR_MISSES: &[(&str, &str)] = &[
    ("dockerfile", "Dockerfile"),
    ("DockerFile", "Dockerfile"),
    ("Dockerfile.agent", "Dockerfile"),
    ("docker-compose.yaml", super::compose::FILE),
];

/// Fills in what the files of a pack say: documents and licence; and reports what is odd about them.
pub(super) fn complete(tree: &PackTree<'_>, pack: &mut Pack, sink: &mut Sink) {
    let license_file = at_root(tree, license::NAMES);
    pack.license = license::of_pack(tree);
    pack.license_file = license_file.map(|entry| entry.path.clone());
    pack.readme = at_root(tree, &["readme.md", "readme.rst", "readme.txt", "readme"]).map(|entry| entry.path.clone());
    pack.changelog = at_root(tree, &["changelog.md", "changes.md"]).map(|entry| entry.path.clone());
    let manifest = || Place::file(pack.manifest.as_str());
    if pack.license_file.is_none() && tree.license_above().is_none() {
        sink.report(MISSING_LICENSE, manifest(), "the pack has no licence text")
            .help("add a `LICENSE` file here, or at the root of the repository");
    }
    if pack.readme.is_none() {
        sink.report(MISSING_README, manifest(), "the pack has no README")
            .help("add a `README.md` that says what it does and which settings it needs");
    }
    junk(tree, sink);
    archives(tree, sink);
    near_misses(tree, pack.manifest.as_str(), sink);
}

/// Returns the file at the root of a pack that has one of these names in any letter case, and is not empty.
fn at_root<'a>(tree: &PackTree<'a>, names: &[&str]) -> Option<&'a FileEntry> {
    let is_one = |entry: &&FileEntry| names.iter().any(|name| entry.path.as_str().eq_ignore_ascii_case(name));
    tree.directly_in("").filter(|entry| entry.size > 0).find(is_one)
}

/// Reports what systems and tools leave behind, once per directory.
fn junk(tree: &PackTree<'_>, sink: &mut Sink) {
    let mut reported = std::collections::BTreeSet::new();
    for entry in tree.snapshot.files() {
        let path = entry.path.as_str();
        // A `target` further down may be somebody's source.
        let is_junk = |(depth, segment): (usize, &str)| {
            JUNK_DIRECTORIES.contains(&segment) || (depth == 0 && segment == "target")
        };
        let depth = entry.path.parent().split('/').enumerate().position(is_junk);
        let name = entry.path.file_name();
        let what = match depth {
            Some(depth) => path.split('/').take(depth + 1).collect::<Vec<_>>().join("/"),
            None if JUNK_FILES.contains(&name) || name.ends_with(".pyc") => path.to_owned(),
            None => continue,
        };
        if reported.len() < MOST_REPEATED && reported.insert(what.clone()) {
            sink.report(JUNK_FILE, Place::file(path), format!("`{what}` is part of the pack"))
                .help("remove it from the repository, and list it in `.gitignore`");
        }
    }
}

fn archives(tree: &PackTree<'_>, sink: &mut Sink) {
    let is_archive = |entry: &&FileEntry| {
        let name = entry.path.file_name().to_ascii_lowercase();
        ARCHIVES.iter().any(|end| name.ends_with(end))
    };
    for entry in tree.snapshot.files().iter().filter(is_archive).take(MOST_REPEATED) {
        sink.report(ARCHIVE_IN_PACK, Place::file(entry.path.as_str()), format!("`{}` is an archive", entry.path))
            .help("remove it: the registry makes an archive of every release");
    }
}

/// Reports files beside the manifest that nothing reads because of their spelling.
fn near_misses(tree: &PackTree<'_>, manifest: &str, sink: &mut Sink) {
    let is_agent = manifest == super::card::FILE;
    let of_agents = NEAR_MISSES.iter().filter(|_| is_agent);
    for (wrong, right) in MISSPELT.iter().chain(of_agents) {
        // `agent.json` beside the right card is another program's; a second spelling of the same file is none's.
        let is_only_another_case = wrong.eq_ignore_ascii_case(right);
        if tree.get(wrong).is_some() && (tree.get(right).is_none() || is_only_another_case) {
            sink.report(NASIKO_CASE_MISMATCH, Place::file(*wrong), format!("`{wrong}` is not read"))
                .help(format!("rename it to `{right}`"));
        }
    }
    if manifest == super::skill_file::FILE || !tree.directly_in("").any(|entry| entry.path.as_str() == "SKILL.md") {
        return;
    }
    sink.report(NASIKO_CASE_MISMATCH, Place::file("SKILL.md"), "`SKILL.md` is not read")
        .help("describe a skill in a directory of its own with a `skill.json`");
}
