//! Writing to a remote repository: a commit is made in the copy, and offered to the remote.
//!
//! Nothing is checked out: a commit is its parent's tree with some files replaced. The remote takes it only if its branch
//! is still where the commit begins, which the remote itself decides; so whoever comes second learns of it and loses nothing.
//!
//! The `git` program makes the commit object, so that it has the author and the signature that git is set up for
//! (`user.name`, `commit.gpgSign`, `gpg.format` …), in the global configuration or in that of the repository at hand.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::fetch::{FetchOptions, folder_name, without_credentials};
use super::run::{Failure, Run};
use super::{ObjectId, Repository};
use crate::source::SourceError;

/// Who a commit is by, where neither git's configuration nor its variables say so.
const NOBODY: (&str, &str) = ("packyard", "packyard@localhost");

/// What a commit says of itself.
#[derive(Debug, Clone, Default)]
pub struct CommitFacts<'a> {
    /// The message.
    pub message: &'a str,
    /// `Name <email>`; nothing for whoever git is set up for.
    pub author: Option<(&'a str, &'a str)>,
    /// The git directory whose configuration counts, besides the global one.
    pub configured_in: Option<&'a Utf8Path>,
}

/// What became of a commit that was offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The branch of the remote is at the commit.
    Done,
    /// The branch was moved by somebody else meanwhile.
    Raced(String),
    /// The remote does not take it, and would not take it another time.
    Refused(String),
    /// The remote could not be reached, or did not answer; the branch may have been moved or not.
    Failed(String),
}

impl Repository {
    /// Returns the newest commit of a branch.
    pub fn branch(&self, name: &str) -> Result<Option<ObjectId>, SourceError> {
        self.with(|git| match git.find_reference(&format!("refs/heads/{name}")) {
            Ok(reference) => Ok(Some(ObjectId::of(reference.peel_to_commit()?.id()))),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Makes a commit on top of another one, with new content for some files, and returns its id; moves no branch.
    pub fn commit_on(
        &self,
        parent: ObjectId,
        files: &BTreeMap<Utf8PathBuf, Vec<u8>>,
        facts: &CommitFacts<'_>,
    ) -> Result<ObjectId, SourceError> {
        let tree = self.with(|git| {
            let base = git.find_commit(parent.git2())?.tree()?;
            let mut update = git2::build::TreeUpdateBuilder::new();
            for (path, bytes) in files {
                update.upsert(path.as_str(), git.blob(bytes)?, git2::FileMode::Blob);
            }
            Ok(ObjectId::of(update.create_updated(git, &base)?))
        })?;
        let (options, shown) = (FetchOptions::default(), self.name());
        let directory = facts.configured_in.unwrap_or(self.directory());
        let run = Run { url: shown, shown, directory, options: &options, lock: None };
        let (is_named, is_signed) = Self::set_up(&run);
        let objects = self.directory().join("objects");
        let mut variables = vec![("GIT_OBJECT_DIRECTORY", objects.as_str())];
        let nobody = (!is_named).then_some(NOBODY);
        let roles = [
            (["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"], facts.author.or(nobody)),
            (["GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"], nobody),
        ];
        for ([name, email], who) in roles {
            if let Some(who) = who {
                variables.extend([(name, who.0), (email, who.1)]);
            }
        }
        let (tree, parent) = (tree.to_string(), parent.to_string());
        let mut arguments = vec!["commit-tree", &tree, "-p", &parent, "-F", "-"];
        if is_signed {
            arguments.push("-S");
        }
        let printed = run.git(&arguments, &variables, facts.message.as_bytes()).map_err(|failure| {
            SourceError::Git { repository: shown.to_owned(), reason: format!("cannot commit: {}", failure.reason) }
        })?;
        printed.trim().parse().map_err(|_| SourceError::Git {
            repository: shown.to_owned(),
            reason: format!("`git commit-tree` printed `{}`, not a commit", printed.trim()),
        })
    }

    /// Tells whether git is set up to know who commits, and whether it signs.
    fn set_up(run: &Run<'_>) -> (bool, bool) {
        let is_named = run.git(&["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"], &[], b"").is_ok();
        let is_signed = run.git(&["config", "--type=bool", "--get", "commit.gpgsign"], &[], b"");
        (is_named, is_signed.is_ok_and(|value| value.trim() == "true"))
    }
}

/// Offers a commit of the copy to the remote, as the newest one of a branch.
///
/// With `instead_of`, the branch may be rewritten, if it is (still) at that commit, or not there when that is nothing;
/// without, the commit must be a descendant of the branch.
pub fn push(
    url: &str,
    cache: &Utf8Path,
    commit: ObjectId,
    branch: &str,
    instead_of: Option<Option<ObjectId>>,
    options: &FetchOptions,
) -> Pushed {
    let shown = without_credentials(url);
    let directory = cache.join(folder_name(&shown));
    let reference = format!("{commit}:refs/heads/{branch}");
    let lease = instead_of.map(|old| {
        let old = old.map(|old| old.to_string()).unwrap_or_default();
        format!("--force-with-lease=refs/heads/{branch}:{old}")
    });
    let mut command = vec!["push", "--porcelain", "--no-verify"];
    command.extend(lease.as_deref());
    let run = Run { url, shown: &shown, directory: &directory, options, lock: None };
    match run.remote(&command, &[&reference]) {
        Ok(_) => Pushed::Done,
        Err(failure) => judge(failure),
    }
}

/// Tells what a failed push means, by the lines that `git push --porcelain` prints: `flag TAB from:to TAB summary (reason)`.
fn judge(failure: Failure) -> Pushed {
    let refused = failure.printed.lines().find_map(|line| line.strip_prefix("!\t")?.split('\t').nth(1));
    let Some(summary) = refused else { return Pushed::Failed(failure.reason) };
    // What receive-pack says when two pushes meet: the reference is locked, or not at what it was when the push began.
    const MEETING: &[&str] = &["cannot lock ref", "failed to update ref", "but expected", "reference already exists"];
    let is_race = summary.starts_with("[rejected]") || {
        let said = format!("{summary} {}", failure.reason);
        MEETING.iter().any(|words| said.contains(words))
    };
    if is_race { Pushed::Raced(summary.to_owned()) } else { Pushed::Refused(failure.reason) }
}
