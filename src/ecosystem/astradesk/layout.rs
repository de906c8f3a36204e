//! Where the parts of a pack lie: directly in its directory (flat), or below `src/<package>/`.

use std::collections::BTreeSet;

use crate::pack::PackTree;
use crate::source::FileEntry;

/// The folders that hold components.
pub(super) const COMPONENT_FOLDERS: &[&str] = &["agents", "tools", "flows", "policies"];
/// All folders of a pack's own format.
pub(super) const FOLDERS: &[&str] = &["agents", "tools", "flows", "policies", "proto", "clients"];

/// Where the parts of a pack lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// Directly in the pack's directory.
    Flat,
    /// Below `src/` in a package of this name.
    Src(String),
}

impl Layout {
    /// Returns the layout of a pack: a package below `src/` that is called like a domain, else one that holds components.
    pub(super) fn of(tree: &PackTree<'_>) -> Self {
        let mut packages: BTreeSet<&str> = BTreeSet::new();
        let mut with_components: BTreeSet<&str> = BTreeSet::new();
        for entry in tree.snapshot.below("src") {
            let mut parts = entry.path.as_str().split('/').skip(1);
            let (Some(package), Some(next)) = (parts.next(), parts.next()) else { continue };
            packages.insert(package);
            if COMPONENT_FOLDERS.contains(&next) && parts.next().is_some() {
                with_components.insert(package);
            }
        }
        let is_domain = |package: &&&str| package.starts_with("domain_");
        let package = with_components
            .iter()
            .find(is_domain)
            .or_else(|| packages.iter().find(is_domain))
            .or_else(|| with_components.iter().next());
        package.map_or(Self::Flat, |package| Self::Src((*package).to_owned()))
    }

    /// Returns what every path of a part starts with: nothing, or `src/<package>/`.
    pub(super) fn base(&self) -> String {
        match self {
            Self::Flat => String::new(),
            Self::Src(package) => format!("src/{package}/"),
        }
    }

    /// Returns what people call it.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Src(_) => "src",
        }
    }

    /// Returns the files directly in a folder of the pack, sorted by path.
    pub(super) fn files<'a>(&self, tree: &PackTree<'a>, folder: &str) -> Vec<&'a FileEntry> {
        let directory = format!("{}{folder}", self.base());
        tree.snapshot.below(&directory).iter().filter(|entry| entry.path.parent() == directory).collect()
    }

    /// Returns the files directly in a folder of the pack with one of these extensions, sorted by path.
    pub(super) fn files_ending<'a>(&self, tree: &PackTree<'a>, folder: &str, end: &str) -> Vec<&'a FileEntry> {
        let mut files = self.files(tree, folder);
        files.retain(|entry| entry.path.file_name().ends_with(end) && !entry.path.file_name().starts_with('.'));
        files
    }
}

/// Returns the name of a file without its ending.
pub(super) fn stem(entry: &FileEntry) -> &str {
    let name = entry.path.file_name();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
