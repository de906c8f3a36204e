//! The registry's repository: its index as a branch has it, and commits on top of that.

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::PublishError;
use super::place::Place;
use crate::build::{Addition, Submission};
use crate::config::{Config, Visibility};
use crate::fs::{self, TemporaryDirectory};
use crate::progress::Progress;
use crate::source::git::{self, CommitFacts, FetchOptions, ObjectId, Pushed, Repository};

const VISIBILITIES: [Visibility; 2] = [Visibility::Public, Visibility::Private];

/// A registry's repository, and the branch that counts.
pub(super) struct Registry {
    url: String,
    cache: Utf8PathBuf,
    /// The branch.
    pub(super) branch: String,
    options: FetchOptions,
}

/// A registry as its branch has it at one commit.
pub(super) struct Base {
    repository: Repository,
    /// The commit.
    pub(super) tip: ObjectId,
    /// The configuration.
    pub(super) config: Config,
    /// Where the index is written down, for those who read files.
    folder: TemporaryDirectory,
}

impl Registry {
    /// Finds the registry and its branch; a path is a repository on this machine.
    pub(super) fn open(registry: &str, branch: Option<&str>, cache: &Utf8Path) -> Result<Self, PublishError> {
        let url = match git::is_remote(registry) {
            true => registry.to_owned(),
            false => {
                let path = Utf8Path::new(registry).canonicalize_utf8().map_err(|error| {
                    PublishError::Unclear(format!("the registry `{registry}` cannot be found: {error}"))
                })?;
                format!("file://{path}")
            }
        };
        let options = FetchOptions::default();
        let branch = match branch {
            Some(branch) => branch.to_owned(),
            None => git::default_branch(&url, cache, &options)?.ok_or_else(|| {
                PublishError::Unclear(format!(
                    "the registry `{}` does not say which branch counts; name it with `--branch`",
                    git::without_credentials(&url)
                ))
            })?,
        };
        Ok(Self { url, cache: cache.to_owned(), branch, options })
    }

    /// Returns what the registry is called in messages.
    pub(super) fn shown(&self) -> String {
        git::without_credentials(&self.url)
    }

    /// Returns the registry as its branch has it now.
    pub(super) fn fetch(&self) -> Result<Base, PublishError> {
        let repository = git::fetch(&self.url, &self.cache, &self.options)?;
        let tip = repository
            .branch(&self.branch)?
            .ok_or_else(|| PublishError::NoBranch { registry: self.shown(), branch: self.branch.clone() })?;
        let config = match repository.file_at(&tip.to_string(), Config::FILE)? {
            Some(text) => Config::parse(Utf8Path::new(Config::FILE), &String::from_utf8_lossy(&text))?,
            None => Config::default(),
        };
        for folder in VISIBILITIES.into_iter().flat_map(|visibility| config.registry.folders(visibility)) {
            // Files are written there; a registry could otherwise have any file of this machine replaced.
            if !folder.components().all(|part| matches!(part, Utf8Component::Normal(_))) {
                return Err(PublishError::Elsewhere(folder));
            }
        }
        let folder = TemporaryDirectory::new()?;
        let base = Base { repository, tip, config, folder };
        for visibility in VISIBILITIES {
            let [index, _] = base.config.registry.folders(visibility);
            for (path, bytes) in base.repository.files_at(&tip.to_string(), index.as_str())? {
                let path = base.root().join(&index).join(path);
                fs::create_dir_all(path.parent().unwrap_or(base.root()))?;
                fs::write_atomic(&path, &bytes, false)?;
            }
        }
        Ok(base)
    }

    /// Offers a commit as the newest one of the branch.
    pub(super) fn push(&self, commit: ObjectId, branch: &str) -> Pushed {
        git::push(&self.url, &self.cache, commit, branch, None, &self.options)
    }

    /// Offers a commit as a branch of its own, in place of what was proposed there before; does nothing when that has the same files.
    pub(super) fn propose(
        &self,
        base: &Base,
        commit: ObjectId,
        branch: &str,
        files: &BTreeMap<Utf8PathBuf, Vec<u8>>,
    ) -> Result<Pushed, PublishError> {
        let old = base.repository.branch(branch)?;
        if let Some(old) = old {
            let mut is_same = true;
            for (path, bytes) in files {
                is_same &= base.repository.file_at(&old.to_string(), path.as_str())?.as_ref() == Some(bytes);
            }
            if is_same {
                return Ok(Pushed::Done);
            }
        }
        Ok(git::push(&self.url, &self.cache, commit, branch, Some(old), &self.options))
    }
}

impl Base {
    /// Returns the directory with the index.
    fn root(&self) -> &Utf8Path {
        self.folder.path()
    }

    /// Returns what a file holds at the commit; nothing where it does not exist.
    pub(super) fn file(&self, path: &Utf8Path) -> Result<Option<Vec<u8>>, PublishError> {
        Ok(self.repository.file_at(&self.tip.to_string(), path.as_str())?)
    }

    /// Returns the folder of an index.
    pub(super) fn index(&self, visibility: Visibility) -> Utf8PathBuf {
        self.root().join(&self.config.registry.folders(visibility)[0])
    }

    /// Adds a submission; to be called once.
    pub(super) fn add(
        &self,
        submission: &Submission,
        visibility: Visibility,
        now: Timestamp,
        progress: &dyn Progress,
    ) -> Result<Addition, PublishError> {
        Ok(submission.add_to(self.root(), &self.config, visibility, now, progress)?)
    }

    /// Makes a commit with these files.
    pub(super) fn commit(
        &self,
        files: &BTreeMap<Utf8PathBuf, Vec<u8>>,
        message: &str,
        author: Option<&(String, String)>,
        place: &Place,
    ) -> Result<ObjectId, PublishError> {
        let author = author.map(|(name, email)| (name.as_str(), email.as_str()));
        let facts = CommitFacts { message, author, configured_in: Some(&place.git_directory) };
        Ok(self.repository.commit_on(self.tip, files, &facts)?)
    }
}
