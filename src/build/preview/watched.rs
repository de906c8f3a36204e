//! What a preview was made from: what has to be watched, and what need not be fetched again.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::PreviewOptions;
use crate::build::sources::{Reading, is_hidden};
use crate::config::{Config, Registry, SourceConfig};
use crate::release::open::identity;
use crate::source::git::{self, Repository};

/// The places that a preview depends on, and those that it must not look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// Directories with everything below them: sources, templates, the registry index. They need not exist.
    pub folders: BTreeSet<Utf8PathBuf>,
    /// Git directories, of which `HEAD` and the references count.
    pub repositories: BTreeSet<Utf8PathBuf>,
    /// Single files.
    pub files: BTreeSet<Utf8PathBuf>,
    /// Directories that are written by the program: what happens there is no change.
    pub written: BTreeSet<Utf8PathBuf>,
}

impl Watched {
    /// Returns what the configuration names.
    pub fn configured(config: &Config, options: &PreviewOptions) -> Self {
        let root = &options.root;
        let mut watched = Self::default();
        watched.files.insert(root.join(Config::FILE));
        watched.folders.insert(root.join(&config.registry.index));
        let templates = config.registry.templates.as_ref().map(|folder| root.join(folder));
        watched.folders.extend(options.templates.clone().or(templates));
        watched.files.extend(config.site.logo.as_ref().map(|path| root.join(path)));
        watched.folders.extend(config.site.docs.as_ref().map(|path| root.join(path)));
        let default = [SourceConfig { path: Some(".".into()), ..SourceConfig::default() }];
        let sources = if config.sources.is_empty() { &default[..] } else { &config.sources };
        for source in sources.iter().filter(|source| !is_hidden(source, options.private)) {
            if let Some(path) = &source.path {
                let directory = root.join(path);
                watched.repositories.extend(repositories(&directory));
                watched.folders.insert(directory);
            }
            let local = source.git.as_ref().filter(|url| !git::is_remote(url)).map(|path| root.join(path));
            watched.repositories.extend(local.map(|path| {
                let inner = path.join(".git");
                if inner.is_dir() { inner } else { path }
            }));
        }
        let Registry { archives, private, .. } = &config.registry;
        watched.written.extend([root.join(archives), root.join(private), options.out.clone()]);
        watched
    }
}

/// Returns the git directories of the repository that holds a directory.
fn repositories(directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(Some((repository, _))) = Repository::enclosing(directory) else { return Vec::new() };
    let own = repository.directory().to_owned();
    // A work tree made by `git worktree` has its own HEAD, and shares the references (gitrepository-layout(5)).
    let common = std::fs::read_to_string(own.join("commondir")).ok().map(|text| own.join(text.trim()));
    common.into_iter().chain([own]).collect()
}

/// Reads remote sources from their copies, where they were fetched before.
pub(super) fn use_copies(config: &mut Config, fetched: &BTreeMap<String, Utf8PathBuf>) {
    for source in &mut config.sources {
        if let Some(copy) = source.git.as_ref().and_then(|url| fetched.get(url)) {
            source.repository = Some(identity(source));
            source.git = Some(copy.to_string());
        }
    }
}

/// Notes where the copies of remote sources are.
pub(super) fn note_copies(config: &Config, reading: &Reading, fetched: &mut BTreeMap<String, Utf8PathBuf>) {
    for source in &config.sources {
        let Some(url) = source.git.as_ref().filter(|url| git::is_remote(url)) else { continue };
        let opened = reading.opened.get(&identity(source));
        let copy = opened.and_then(|source| source.git_directory()?.canonicalize_utf8().ok());
        fetched.extend(copy.map(|copy| (url.clone(), copy)));
    }
}
