//! Finding and opening a repository.

use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};

use super::{Repository, Shared};
use crate::fs::Context as _;
use crate::source::SourceError;
use crate::source::git::tree::Known;

/// Largest `.git` file and `config` that is looked at, in bytes.
const SMALL_FILE: u64 = 64 << 10;

impl Repository {
    /// Opens the repository at a path: the root of a working directory, a `.git` folder or file, or a bare repository.
    ///
    /// The path was given by the operator, so it does not matter who owns the files: objects are read and nothing is run.
    pub fn open(path: &Utf8Path) -> Result<Self, SourceError> {
        if !path.exists() {
            return Err(SourceError::Missing(path.to_owned()));
        }
        match git_directory(path) {
            Some(directory) => Self::at(&directory, path.as_str()),
            None => Err(SourceError::Git {
                repository: path.to_string(),
                reason: "there is no git repository here: neither `.git` nor a bare repository".to_owned(),
            }),
        }
    }

    /// Opens the repository whose working directory holds `directory`, with the path of `directory` in it (empty at its
    /// root); `None` without a repository, or when it tracks nothing below `directory`.
    ///
    /// A repository further up that belongs to another user is refused as git refuses it (`safe.directory`): nobody asked
    /// for it, and whoever can write to a parent directory could otherwise plant releases.
    pub fn enclosing(directory: &Utf8Path) -> Result<Option<(Self, String)>, SourceError> {
        let directory = directory.canonicalize_utf8().context("find", directory)?;
        for above in directory.ancestors() {
            if above.file_name() == Some(".git") {
                return Ok(None);
            }
            let Some(git) = linked_directory(&above.join(".git")) else { continue };
            let prefix = directory.strip_prefix(above).map(Utf8Path::as_str).unwrap_or_default().replace('\\', "/");
            let repository = Self::at(&git, above.as_str())?;
            if !repository.tracks(&prefix)? {
                return Ok(None);
            }
            if !prefix.is_empty() {
                refuse_foreign(above)?;
            }
            return Ok(Some((repository, prefix)));
        }
        Ok(None)
    }

    /// Opens a git directory; `name` is for messages.
    pub(super) fn at(directory: &Utf8Path, name: &str) -> Result<Self, SourceError> {
        let handle = bare(directory, name)?;
        Ok(Self(Arc::new(Shared {
            directory: directory.to_owned(),
            name: name.to_owned(),
            pool: Mutex::new(vec![handle]),
            known: Known::default(),
        })))
    }

    /// Tells whether the newest commit or the index has anything at a path.
    fn tracks(&self, prefix: &str) -> Result<bool, SourceError> {
        if let Some(head) = self.head()?
            && self.tree_at(head.tree, prefix)?.is_some()
        {
            return Ok(true);
        }
        let below = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        self.with(|handle| Ok(handle.index()?.iter().any(|entry| entry.path.starts_with(below.as_bytes()))))
    }
}

/// Opens a git directory without asking who owns it.
pub(super) fn bare(directory: &Utf8Path, name: &str) -> Result<git2::Repository, SourceError> {
    git2::Repository::open_bare(directory).map_err(|error| SourceError::Git {
        repository: name.to_owned(),
        reason: unsupported(directory)
            .map_or_else(|| format!("it cannot be opened: {}", error.message()), str::to_owned),
    })
}

/// Says which known format of git the repository has that libgit2 cannot read.
fn unsupported(directory: &Utf8Path) -> Option<&'static str> {
    let config = read_small(&directory.join("config"))?.to_ascii_lowercase();
    let sets = |key: &str, value: &str| {
        config.lines().filter_map(|line| line.split_once('=')).any(|(k, v)| k.trim() == key && v.trim() == value)
    };
    if sets("objectformat", "sha256") {
        return Some(
            "it uses SHA-256 object ids, which cannot be read; convert it, or add a checked-out copy as a `path` source \
             outside of it",
        );
    }
    if sets("refstorage", "reftable") {
        return Some(
            "it stores its references as reftable, which cannot be read; run `git refs migrate --ref-format=files`, or name \
             it by a `file://` URL",
        );
    }
    None
}

/// Returns the git directory of a path that names a repository in one of the usual ways.
fn git_directory(path: &Utf8Path) -> Option<Utf8PathBuf> {
    linked_directory(&path.join(".git")).or_else(|| linked_directory(path))
}

/// Returns the git directory that a `.git` is, or that it names when it is a file (gitrepository-layout(5)).
fn linked_directory(path: &Utf8Path) -> Option<Utf8PathBuf> {
    if path.is_dir() {
        let has_objects = path.join("objects").is_dir() || path.join("commondir").is_file();
        return (has_objects && path.join("HEAD").symlink_metadata().is_ok()).then(|| path.to_owned());
    }
    let text = read_small(path)?;
    let target = text.strip_prefix("gitdir:")?.trim();
    Some(path.parent()?.join(target))
}

fn read_small(path: &Utf8Path) -> Option<String> {
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > SMALL_FILE {
        return None;
    }
    String::from_utf8(std::fs::read(path).ok()?).ok()
}

/// Fails for a repository that `safe.directory` protects from the current user.
fn refuse_foreign(root: &Utf8Path) -> Result<(), SourceError> {
    match git2::Repository::open(root) {
        Err(error) if error.code() == git2::ErrorCode::Owner => Err(SourceError::Git {
            repository: root.to_string(),
            reason: format!(
                "it belongs to another user; if you trust it, run `git config --global --add safe.directory {root}`"
            ),
        }),
        _ => Ok(()),
    }
}
