//! Which events are changes of what is previewed.

use std::collections::BTreeSet;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::resolved;
use crate::build::Watched;
use crate::output::MARKER;

/// Tells changes from noise; all paths are absolute.
#[derive(Debug, Default)]
pub(super) struct Relevant {
    pub(super) folders: BTreeSet<Utf8PathBuf>,
    pub(super) repositories: BTreeSet<Utf8PathBuf>,
    pub(super) files: BTreeSet<Utf8PathBuf>,
    written: BTreeSet<Utf8PathBuf>,
}

impl Relevant {
    pub(super) fn new(watched: &Watched) -> Self {
        let all = |paths: &BTreeSet<Utf8PathBuf>| paths.iter().map(|path| resolved(path)).collect();
        Self {
            folders: all(&watched.folders),
            repositories: all(&watched.repositories),
            files: all(&watched.files),
            written: all(&watched.written),
        }
    }

    /// Tells whether something that happened at a path may change what is previewed.
    pub(super) fn is_change(&self, path: &Utf8Path) -> bool {
        if self.files.contains(path) {
            return true;
        }
        if self.written.iter().any(|written| path.starts_with(written)) {
            return false;
        }
        match self.inside_repositories(path, is_reference) {
            Some(is_reference) => is_reference,
            None => {
                !is_ours(path)
                    && !path.file_name().is_some_and(is_temporary)
                    && self.folders.iter().any(|folder| path.starts_with(folder))
            }
        }
    }

    /// Tells whether something that happens in a folder, or below it, may be a change.
    pub(super) fn may_hold_changes(&self, folder: &Utf8Path) -> bool {
        if self.files.iter().any(|file| file.starts_with(folder)) {
            return true;
        }
        if self.written.iter().any(|written| folder.starts_with(written)) {
            return false;
        }
        if self.repositories.iter().any(|repository| repository.starts_with(folder)) {
            return true;
        }
        self.inside_repositories(folder, |inside| inside.starts_with("refs")).unwrap_or_else(|| !is_ours(folder))
    }

    /// Asks something of a path in git directories, seen from each that holds it: that of a linked work tree lies inside of
    /// the one whose references it shares. Nothing outside of them.
    fn inside_repositories(&self, path: &Utf8Path, is_it: impl Fn(&Utf8Path) -> bool) -> Option<bool> {
        let inside = self.repositories.iter().filter_map(|repository| path.strip_prefix(repository).ok());
        inside.map(is_it).reduce(|one, other| one || other)
    }
}

/// Tells whether a path leads through what git or this program keeps for itself.
fn is_ours(path: &Utf8Path) -> bool {
    path.components().any(|part: Utf8Component<'_>| part.as_str() == ".git" || part.as_str().starts_with(MARKER))
}

/// Tells whether a path in a git directory says what is checked out or released (gitrepository-layout(5)).
fn is_reference(inside: &Utf8Path) -> bool {
    let path = inside.as_str();
    !path.ends_with(".lock") && (matches!(path, "HEAD" | "packed-refs") || path.starts_with("refs/"))
}

/// Tells whether a file is one that editors and systems make beside the one that is edited.
///
/// Vim: `.x.swp`, `4913`, `x~`; Emacs: `.#x`, `#x#`; IDEA: `x___jb_tmp___`; KDE: `.x.kate-swp`; GNOME: `.goutputstream-`;
/// macOS: `.DS_Store`, `x.sb-1234`; our own index: `.lock`, `.packyard-…`.
fn is_temporary(name: &str) -> bool {
    const NAMES: &[&str] = &["4913", ".DS_Store", ".lock", "Thumbs.db"];
    const STARTS: &[&str] = &[".#", ".goutputstream-", ".packyard-"];
    const ENDS: &[&str] = &["~", ".swp", ".swo", ".swx", ".swpx", ".tmp", ".kate-swp", "___jb_tmp___", "___jb_old___"];
    NAMES.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start))
        || ENDS.iter().any(|end| name.ends_with(end))
        || (name.starts_with('#') && name.ends_with('#') && name.len() > 1)
        || name.contains(".sb-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relevant() -> Relevant {
        let set = |paths: &[&str]| paths.iter().map(Utf8PathBuf::from).collect();
        Relevant {
            folders: set(&["/r", "/r/registry-index", "/else/templates"]),
            repositories: set(&["/r/.git", "/r/.git/worktrees/w"]),
            files: set(&["/r/packyard.toml"]),
            written: set(&["/r/public", "/r/registry-archives"]),
        }
    }

    #[test]
    fn sources_templates_configuration_index_and_references_count() {
        for path in [
            "/r/packs/echo/README.md",
            "/r/packs/echo",
            "/r/packyard.toml",
            "/r/registry-index/packs/attune/ec/echo.jsonl",
            "/else/templates/home.html",
            "/r/.git/HEAD",
            "/r/.git/packed-refs",
            "/r/.git/refs/tags/v1.0.0",
            "/r/.git/worktrees/w/HEAD",
            "/r/packs/publicity/pack.yaml",
        ] {
            assert!(relevant().is_change(path.into()), "{path}");
        }
    }

    #[test]
    fn outputs_objects_and_temporary_files_do_not() {
        for path in [
            "/r/public/index.html",
            "/r/registry-archives/attune/echo/echo-1.0.0.tar.gz",
            "/r/.git/index",
            "/r/.git/index.lock",
            "/r/.git/refs/heads/main.lock",
            "/r/.git/objects/00/11",
            "/r/.git/worktrees/other/HEAD",
            "/r/packs/sub/.git/HEAD",
            "/r/packs/echo/.pack.yaml.swp",
            "/r/packs/echo/pack.yaml~",
            "/r/packs/echo/4913",
            "/r/packs/echo/.#README.md",
            "/r/packs/echo/#README.md#",
            "/r/packs/echo/pack.yaml___jb_tmp___",
            "/r/registry-index/.lock",
            "/r/.packyard-public-1/index.html",
            "/other/file",
        ] {
            assert!(!relevant().is_change(path.into()), "{path}");
        }
    }

    #[test]
    fn folders_that_can_hold_no_change_are_known() {
        for folder in ["/r", "/r/packs/echo~", "/r/.git", "/r/.git/refs/tags", "/r/.git/worktrees", "/r/registry-index"]
        {
            assert!(relevant().may_hold_changes(folder.into()), "{folder}");
        }
        for folder in ["/r/public", "/r/public/packs", "/r/.git/objects", "/r/packs/sub/.git", "/r/.packyard-public-1"]
        {
            assert!(!relevant().may_hold_changes(folder.into()), "{folder}");
        }
    }
}
