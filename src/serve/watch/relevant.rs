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
        for repository in &self.repositories {
            if let Ok(inside) = path.strip_prefix(repository) {
                return is_reference(inside);
            }
        }
        let is_ours = |part: Utf8Component<'_>| part.as_str() == ".git" || part.as_str().starts_with(MARKER);
        !path.components().any(is_ours)
            && !path.file_name().is_some_and(is_temporary)
            && self.folders.iter().any(|folder| path.starts_with(folder))
    }
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
            repositories: set(&["/r/.git"]),
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
}
