//! Opens a source: a directory, a repository, or a directory that a repository tracks.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::candidates::Reader;
use super::directory::license_of;
use super::packs::joined;
use crate::config::SourceConfig;
use crate::index::event::SourceFacts;
use crate::pack::above::LicenseAbove;
use crate::pack::license;
use crate::source::git::{self, EntryKind, FetchOptions, ObjectId, Repository, TreeEntry};
use crate::source::{Limits, Snapshot, SourceError};

/// A source that can be read.
#[derive(Debug, Clone)]
pub struct OpenSource {
    /// What names it: the first part of every [`SourceFacts`] from it.
    pub identity: String,
    /// The directory whose present state is the draft.
    pub(super) directory: Option<Utf8PathBuf>,
    pub(super) repository: Option<Below>,
}

/// A repository, or the part of it below a directory.
#[derive(Debug, Clone)]
pub(super) struct Below {
    pub(super) repository: Repository,
    /// The directory, empty for all of it.
    pub(super) prefix: String,
}

/// Returns what names a source: its public URL, else its place as the configuration writes it. Opens nothing.
pub fn identity(config: &SourceConfig) -> String {
    match (&config.repository, &config.git, &config.path) {
        (Some(url), _, _) | (None, Some(url), _) => git::without_credentials(url),
        (None, None, Some(path)) => path.to_string(),
        (None, None, None) => ".".to_owned(),
    }
}

/// Returns the last part of a URL, without `.git`; nothing for a path, which differs from clone to clone.
pub fn repository_name(identity: &str) -> Option<&str> {
    let address = identity.split(['?', '#']).next().filter(|address| git::is_remote(address))?.trim_end_matches('/');
    let name = address.rsplit(['/', ':']).next().unwrap_or_default();
    Some(name.strip_suffix(".git").unwrap_or(name)).filter(|name| !name.is_empty())
}

/// Tells whether an entry at the root of a source is its licence file.
pub(super) fn is_license(entry: &TreeEntry) -> bool {
    let name = std::str::from_utf8(&entry.name).unwrap_or_default();
    matches!(entry.kind, EntryKind::File { .. }) && license::is_it(name)
}

/// Opens a source: finds the directory or repository, fetching what is remote.
pub fn open_source(config: &SourceConfig, reader: &Reader<'_>) -> Result<OpenSource, SourceError> {
    let identity = identity(config);
    if let Some(remote) = &config.git {
        let repository = if git::is_remote(remote) {
            git::fetch(remote, reader.cache, &FetchOptions::default())?
        } else {
            Repository::open(&reader.root.join(remote))?
        };
        let below = Below { repository, prefix: String::new() };
        return Ok(OpenSource { identity, directory: None, repository: Some(below) });
    }
    let written = config.path.clone().unwrap_or_else(|| ".".into());
    let directory = reader.root.join(&written);
    if !directory.is_dir() {
        return Err(SourceError::Missing(written));
    }
    let repository = Repository::enclosing(&directory)?.map(|(repository, prefix)| Below { repository, prefix });
    Ok(OpenSource { identity, directory: Some(directory), repository })
}

impl OpenSource {
    /// Tells whether this names the same directory and the same repository as another one.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let repositories = match (&self.repository, &other.repository) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                a.prefix == b.prefix
                    && a.repository.directory() == b.repository.directory()
                    && a.repository.name() == b.repository.name()
            }
            _ => false,
        };
        repositories && self.identity == other.identity && self.directory == other.directory
    }

    /// Returns the directory whose present state is the draft; nothing for a source that is a repository only.
    pub fn directory(&self) -> Option<&Utf8Path> {
        self.directory.as_deref()
    }

    /// Returns where the source lies in its repository, empty at its root.
    pub fn within(&self) -> &str {
        self.repository.as_ref().map_or("", |below| &below.prefix)
    }

    /// Returns the name of the directory that the source is, unless it is the root of a repository or has none of its own.
    pub fn directory_name(&self) -> Option<String> {
        self.last_segment(self.repository.as_ref())
    }

    /// Returns the licence file at the root of the source as it is now: at the newest commit, where there are commits.
    pub fn license(&self) -> Option<LicenseAbove> {
        let Some(Below { repository, prefix }) = &self.repository else {
            return license_of(self.directory()?, &|_, _| false);
        };
        let tree = repository.tree_at(repository.head().ok()??.tree, prefix).ok()??;
        let entries = repository.list(tree).ok()?;
        let entry = entries.iter().find(|entry| is_license(entry))?;
        Some(LicenseAbove::of(&repository.small_blob(entry.id, license::LARGEST as usize)?))
    }

    /// Returns the git directory.
    pub fn git_directory(&self) -> Option<&Utf8Path> {
        self.repository.as_ref().map(|below| below.repository.directory())
    }

    /// Returns where a file of a pack lies on disk; nothing when the source has no working directory.
    pub fn file_on_disk(&self, facts: &SourceFacts, path: &str) -> Option<Utf8PathBuf> {
        let prefix = self.repository.as_ref().map_or("", |below| below.prefix.as_str());
        let is_below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        let whole = facts.path.strip_prefix(prefix).filter(|rest| git::is_remote(&self.identity) && is_below(rest));
        let pack = whole.unwrap_or(&facts.path).trim_start_matches('/');
        Some(self.directory()?.join(joined(pack, path)))
    }

    /// Forgets what was learnt about trees, which is large and only of use while many revisions are read.
    pub(super) fn forget_trees(&self) {
        if let Some(below) = &self.repository {
            below.repository.forget_trees();
        }
    }

    /// Returns the content that the facts of a release name, when the source still has its objects.
    ///
    /// Objects of a deleted tag stay in a repository until it is cleaned up, so this is worth a try and no more.
    pub fn content_of(&self, facts: &SourceFacts, limits: &Limits) -> Option<Snapshot> {
        self.repository.as_ref()?.repository.snapshot_of_tree_id(facts.tree.as_deref()?, limits)
    }

    /// Returns the names of all tags.
    pub fn tag_names(&self) -> Result<BTreeSet<String>, SourceError> {
        let Some(below) = &self.repository else { return Ok(BTreeSet::new()) };
        Ok(below.repository.tags()?.into_iter().filter_map(|tag| tag.name.ok()).collect())
    }

    /// Tells whether a branch or a tag leads to any of these commits, given as hexadecimal ids; true of none at all, and where
    /// nobody can tell because older commits are not here.
    pub fn has_any_commit(&self, commits: &[String]) -> Result<bool, SourceError> {
        let Some(below) = &self.repository else { return Ok(true) };
        if commits.is_empty() || below.repository.is_shallow()? {
            return Ok(true);
        }
        below.repository.leads_to_any(&commits.iter().filter_map(|commit| commit.parse().ok()).collect())
    }

    /// Returns what the index records of where a pack comes from.
    pub(super) fn facts(
        &self,
        path: &str,
        tag: Option<&str>,
        commit: Option<ObjectId>,
        tree: Option<ObjectId>,
    ) -> SourceFacts {
        let prefix = self.repository.as_ref().map_or("", |below| below.prefix.as_str());
        // A configured path names the directory itself; a public URL names the whole repository.
        let is_path = self.directory.is_some() && !git::is_remote(&self.identity);
        SourceFacts {
            repository: self.identity.clone(),
            path: if is_path { path.to_owned() } else { joined(prefix, path) },
            tag: tag.map(str::to_owned),
            commit: commit.map(|id| id.to_string()),
            tree: tree.map(|id| id.to_string()),
        }
    }

    /// Returns the name of the directory that a source is, unless it is the root of a repository or has none of its own.
    pub(super) fn last_segment(&self, below: Option<&Below>) -> Option<String> {
        let name = match below {
            Some(below) => below.prefix.rsplit('/').next().map(str::to_owned),
            None => Utf8Path::new(&self.identity).file_name().map(str::to_owned),
        };
        name.filter(|name| !name.is_empty() && name != "." && name != "..")
    }
}
