//! Tags, branches and history.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{ObjectId, Repository};
use crate::source::SourceError;

/// A commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: ObjectId,
    /// Its tree.
    pub tree: ObjectId,
    /// When it was committed.
    pub time: Timestamp,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name without `refs/tags/`; an error holds a printable form of a name that is not UTF-8.
    pub name: Result<String, String>,
    /// What it finally points to.
    pub target: TagTarget,
}

/// What a tag finally points to, however many tag objects lie between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagTarget {
    /// A commit.
    Commit {
        /// The commit.
        commit: Commit,
        /// When it was tagged; a tag without an object of its own has no other time than its commit.
        time: Timestamp,
    },
    /// Something that cannot be released, such as `a blob` or `an object that is not here`.
    Other(&'static str),
}

/// A branch, local or remote-tracking.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch {
    /// The name as its repository has it, without `refs/heads/` or the remote's name, printable.
    pub name: String,
    /// Its newest commit.
    pub tip: ObjectId,
}

/// The reference under which a fetched copy keeps the newest commit of the remote's default branch.
pub(super) const REMOTE_HEAD: &str = "refs/packyard/head";

impl Repository {
    /// Tells whether older commits are missing.
    pub fn is_shallow(&self) -> Result<bool, SourceError> {
        self.with(|handle| Ok(handle.is_shallow()))
    }

    /// Returns the newest commit: of the current branch, or of the remote's default branch in a fetched copy; `None`
    /// before the first commit.
    pub fn head(&self) -> Result<Option<Commit>, SourceError> {
        self.with(|handle| {
            let reference = match handle.find_reference(REMOTE_HEAD) {
                Ok(reference) => reference,
                Err(_) => match handle.head() {
                    Ok(reference) => reference,
                    Err(error) if matches!(error.code(), git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound) => {
                        return Ok(None);
                    }
                    Err(error) => return Err(error),
                },
            };
            reference.peel_to_commit().map(|commit| Some(commit_of(&commit)))
        })
    }

    /// Returns the URL of a remote, as it is configured.
    pub fn remote_url(&self, name: &str) -> Result<Option<String>, SourceError> {
        self.with(|handle| match handle.find_remote(name) {
            Ok(remote) => Ok(remote.url().ok().map(str::to_owned)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Returns every tag, sorted by name.
    pub fn tags(&self) -> Result<Vec<Tag>, SourceError> {
        self.with(|handle| {
            let mut tags = Vec::new();
            for reference in handle.references_glob("refs/tags/*")? {
                let reference = reference?;
                let bytes = reference.name_bytes().strip_prefix(b"refs/tags/").unwrap_or(reference.name_bytes());
                let name =
                    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| crate::source::paths::printable(bytes));
                tags.push(Tag { name, target: target_of(handle, &reference) });
            }
            tags.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(tags)
        })
    }

    /// Returns every branch, sorted by name; one that several remotes have occurs as often.
    pub fn branches(&self) -> Result<Vec<Branch>, SourceError> {
        self.with(|handle| {
            let mut branches = BTreeSet::new();
            for (glob, skip) in [("refs/heads/*", 2), ("refs/remotes/*", 3)] {
                for reference in handle.references_glob(glob)? {
                    let reference = reference?;
                    let Some(tip) = reference.resolve().ok().and_then(|reference| reference.target()) else { continue };
                    let name = reference.name_bytes().splitn(skip + 1, |byte| *byte == b'/').nth(skip);
                    let name = crate::source::paths::printable(name.unwrap_or_default());
                    if name != "HEAD" {
                        branches.insert(Branch { name, tip: ObjectId::of(tip) });
                    }
                }
            }
            Ok(branches.into_iter().collect())
        })
    }

    /// Returns those of `commits` that no branch leads to.
    pub fn unreachable(&self, commits: &[ObjectId]) -> Result<BTreeSet<ObjectId>, SourceError> {
        let branches = self.branches()?;
        self.with(|handle| {
            let mut walk = handle.revwalk()?;
            for commit in commits {
                walk.push(commit.git2())?;
            }
            for branch in &branches {
                // A branch may point to what is no commit, or is missing.
                let _ = walk.hide(branch.tip.git2());
            }
            let wanted: BTreeSet<ObjectId> = commits.iter().copied().collect();
            let mut found = BTreeSet::new();
            for id in walk {
                let id = ObjectId::of(id?);
                if wanted.contains(&id) {
                    found.insert(id);
                }
            }
            Ok(found)
        })
    }

    /// Tells whether a branch or a tag leads to any of `commits`.
    pub fn leads_to_any(&self, commits: &BTreeSet<ObjectId>) -> Result<bool, SourceError> {
        self.with(|handle| {
            let mut walk = handle.revwalk()?;
            for reference in handle.references()? {
                // A tag may point to what is no commit.
                if let Ok(commit) = reference?.peel_to_commit() {
                    walk.push(commit.id())?;
                }
            }
            for id in walk {
                if commits.contains(&ObjectId::of(id?)) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Returns a commit and its first parents, newest first, as far as they are here.
    ///
    /// The last one has no parent, or its parent is missing because the repository is shallow.
    pub fn first_parents(&self, from: ObjectId) -> Result<Vec<Commit>, SourceError> {
        self.with(|handle| {
            let mut commits = Vec::new();
            let mut next = Some(from.git2());
            while let Some(id) = next {
                let commit = match handle.find_commit(id) {
                    Ok(commit) => commit,
                    Err(error) if error.code() == git2::ErrorCode::NotFound && !commits.is_empty() => break,
                    Err(error) => return Err(error),
                };
                commits.push(commit_of(&commit));
                next = commit.parent_id(0).ok();
            }
            Ok(commits)
        })
    }
}

fn target_of(handle: &git2::Repository, reference: &git2::Reference<'_>) -> TagTarget {
    let Some(id) = reference.resolve().ok().and_then(|reference| reference.target()) else {
        return TagTarget::Other("a reference that leads nowhere");
    };
    let Ok(object) = handle.find_object(id, None) else { return TagTarget::Other("an object that is not here") };
    let tagged = object.as_tag().and_then(|tag| tag.tagger().map(|tagger| timestamp(tagger.when())));
    // Peeling "to anything" leads from a tag to the first object that is none, but from a commit to its tree.
    let object = if object.as_tag().is_some() { object.peel(git2::ObjectType::Any) } else { Ok(object) };
    match object {
        Ok(object) => match object.kind() {
            Some(git2::ObjectType::Commit) => match object.peel_to_commit() {
                Ok(commit) => {
                    let commit = commit_of(&commit);
                    TagTarget::Commit { commit, time: tagged.unwrap_or(commit.time) }
                }
                Err(_) => TagTarget::Other("a commit that cannot be read"),
            },
            Some(git2::ObjectType::Tree) => TagTarget::Other("a tree"),
            Some(git2::ObjectType::Blob) => TagTarget::Other("a blob"),
            _ => TagTarget::Other("an object of an unknown kind"),
        },
        Err(_) => TagTarget::Other("an object that is not here"),
    }
}

fn commit_of(commit: &git2::Commit<'_>) -> Commit {
    Commit { id: ObjectId::of(commit.id()), tree: ObjectId::of(commit.tree_id()), time: timestamp(commit.time()) }
}

/// Returns a time of git; one before 1970 or after 9999 (anybody can write any number) is the nearest between.
fn timestamp(time: git2::Time) -> Timestamp {
    const LAST: i64 = 253_402_207_200;
    Timestamp::from_second(time.seconds().clamp(0, LAST)).expect("between 1970 and 9999")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::RepoFixture;

    #[test]
    fn tags_of_every_kind_are_listed_with_what_they_lead_to() {
        let mut repository = RepoFixture::new();
        let commit = repository.write("a.txt", "a").commit("1");
        repository.tag("light").annotated_tag("annotated");
        repository.git(&["tag", "-a", "-m", "twice", "nested", "annotated"]);
        repository.git(&["tag", "blob", "HEAD:a.txt"]);
        repository.git_with_input(&["update-ref", "--stdin"], format!("create refs/tags/\u{e9} {commit}\n").as_bytes());
        let mut odd = b"create refs/tags/x\xff ".to_vec();
        odd.extend_from_slice(format!("{commit}\n").as_bytes());
        repository.git_with_input(&["update-ref", "--stdin"], &odd);
        std::fs::write(repository.root().join(".git/refs/tags/missing"), "1".repeat(40)).expect("a file");
        let tags = Repository::open(&repository.root()).expect("a repository").tags().expect("tags");
        let shown: Vec<_> = tags
            .iter()
            .map(|tag| {
                let name = tag.name.as_ref().unwrap_or_else(|shown| shown);
                match &tag.target {
                    TagTarget::Commit { commit, time } => {
                        format!("{name} {} {}", commit.id, time.as_second() - commit.time.as_second())
                    }
                    TagTarget::Other(what) => format!("{name}: {what}"),
                }
            })
            .collect();
        assert_eq!(
            shown,
            [
                &format!("annotated {commit} 60"),
                "blob: a blob",
                &format!("light {commit} 0"),
                "missing: an object that is not here",
                &format!("nested {commit} 60"),
                &format!("\u{e9} {commit} 0"),
                &format!("x\\xff {commit} 0"),
            ]
        );
    }

    /// Anybody can write any number into a commit; the index needs a time that can be written down.
    #[test]
    fn times_that_no_calendar_has_are_the_nearest_that_one_has() {
        let mut repository = RepoFixture::new();
        repository.commit("1");
        let tree = repository.git(&["rev-parse", "HEAD^{tree}"]);
        for (written, expected) in [("99999999999999", "9999-12-30T22:00:00Z"), ("0", "1970-01-01T00:00:00Z")] {
            let text = format!("tree {tree}\nauthor A <a@b> {written} +0000\ncommitter A <a@b> {written} +0000\n\nx\n");
            let commit = repository
                .git_with_input(&["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], text.as_bytes());
            repository.git(&["update-ref", "refs/heads/main", &commit]);
            let head = Repository::open(&repository.root()).expect("a repository").head().expect("readable");
            assert_eq!(head.expect("a commit").time.to_string(), expected);
        }
    }

    #[test]
    fn branches_have_the_names_of_their_repository() {
        let mut repository = RepoFixture::new();
        let first = repository.commit("1");
        repository.git(&["branch", "feature/v1.0.0"]);
        repository.git(&["update-ref", "refs/remotes/origin/v2.0.0", &first]);
        repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/v2.0.0"]);
        let opened = Repository::open(&repository.root()).expect("a repository");
        let names: Vec<String> = opened.branches().expect("branches").into_iter().map(|branch| branch.name).collect();
        assert_eq!(names, ["feature/v1.0.0", "main", "v2.0.0"]);
        repository.git(&["checkout", "-q", "--detach"]);
        let orphan = repository.commit("2");
        let ids: Vec<ObjectId> = [&first, &orphan].iter().map(|id| id.parse().expect("an id")).collect();
        let unreachable = opened.unreachable(&ids).expect("a walk");
        assert_eq!(unreachable.into_iter().map(|id| id.to_string()).collect::<Vec<_>>(), [orphan]);
    }
}
