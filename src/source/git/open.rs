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

    /// Returns a git directory that was opened by an earlier run; it is opened when something is read of it.
    pub fn unopened(directory: Utf8PathBuf, name: String) -> Self {
        Self(Arc::new(Shared { directory, name, pool: Mutex::default(), known: Known::default() }))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::RepoFixture;

    fn repository() -> RepoFixture {
        let mut repository = RepoFixture::new();
        repository.write("packs/a.txt", "a").commit("1");
        repository
    }

    #[test]
    fn a_repository_is_opened_however_it_is_named() {
        let repository = repository();
        let outside = repository.outside();
        repository.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
        repository.git(&["worktree", "add", "-q", "../linked"]);
        repository.git(&["clone", "-q", "--separate-git-dir", "../apart.git", ".", "../separate"]);
        let head = repository.git(&["rev-parse", "HEAD"]);
        for place in
            ["work", "work/.git", "bare.git", "linked", "linked/.git", "separate", "separate/.git", "apart.git"]
        {
            let opened = Repository::open(&outside.join(place)).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(opened.head().expect("a head").expect("a commit").id.to_string(), head, "{place}");
        }
        assert!(matches!(Repository::open(&outside.join("nowhere")), Err(SourceError::Missing(_))));
        let error = Repository::open(&outside.join("work/packs")).expect_err("no repository");
        assert!(error.to_string().contains("no git repository"), "{error}");
    }

    #[test]
    fn only_a_directory_that_is_tracked_lies_in_a_repository() {
        let mut repository = repository();
        repository.write("new/b.txt", "").write("staged/c.txt", "");
        repository.git(&["add", "staged"]);
        let prefix = |path: &str| {
            Repository::enclosing(&repository.root().join(path)).expect("readable").map(|(_, prefix)| prefix)
        };
        assert_eq!(prefix("packs").as_deref(), Some("packs"));
        assert_eq!(prefix("").as_deref(), Some(""));
        assert_eq!(prefix("staged").as_deref(), Some("staged"));
        assert_eq!(prefix("new"), None);
        assert!(Repository::enclosing(&repository.outside()).expect("readable").is_none());
    }

    #[test]
    fn an_empty_repository_has_no_newest_commit() {
        let repository = RepoFixture::new();
        assert_eq!(Repository::open(&repository.root()).expect("a repository").head().expect("readable"), None);
    }

    #[test]
    fn formats_that_cannot_be_read_are_named() {
        for (option, word) in [("--object-format=sha256", "SHA-256"), ("--ref-format=reftable", "reftable")] {
            let repository = RepoFixture::with(&[option]);
            let error = Repository::open(&repository.root()).expect_err("cannot be read");
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
