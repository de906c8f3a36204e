//! Candidates: which packs a source has, at which revisions, and what each of them is.
//!
//! 1. [`tags`] reads versions and names out of tag names.
//! 2. `open` finds the directory or repository of a source.
//! 3. `scan` and `discover` find what may be a pack in a tree or directory, by manifests or by what files say; `settle` says which
//!    of it is: what an ecosystem claims, none inside another.
//! 4. `read` reads a directory as a pack, with its listing and findings; `packs` does so for any tree of a repository,
//!    and `places` shares what several of its trees have in common; `outside` looks at what lies in none.
//! 5. `tagged` (with `assign`) and `history` decide which revisions are releases of which pack; `facts` says what is odd about them.
//! 6. [`candidates`] puts together what `repository` and `directory` give; `known` is what the next reading need not do
//!    again, and `saved` says what it has to when somebody watches the files.
//!
//! 7. [`stored`] writes down what is known for the next run of the program.
//!
//! In: the configuration of a source. Out: values; what is wrong with a pack is a finding, never an error.

mod assign;
pub mod candidates;
mod directory;
mod discover;
mod facts;
mod history;
mod known;
pub mod open;
mod outside;
mod packs;
mod places;
mod read;
mod repository;
mod saved;
mod scan;
mod settle;
pub mod stored;
mod tagged;
pub mod tags;

pub(crate) use packs::joined;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use jiff::Timestamp;

use crate::content::Listing;
use crate::diag::{Diagnostic, codes};
use crate::ecosystem::Ecosystem;
use crate::index::event::SourceFacts;
use crate::pack::{Pack, Remark};
use crate::source::Snapshot;

/// A pack at one revision of a source.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The ecosystem that claims it.
    pub ecosystem: &'static dyn Ecosystem,
    /// Where it comes from, with what git knows.
    pub source: SourceFacts,
    /// What it is in the source's life.
    pub stage: Stage,
    /// When it was released: the tag's or commit's time; `None` for a plain directory.
    pub at: Option<Timestamp>,
    /// The pack's files.
    pub snapshot: Snapshot,
    /// The pack; `None` when it has no usable identity.
    pub pack: Option<Arc<Pack>>,
    /// Its files with their digests; `None` when a file could not be read.
    pub listing: Option<Arc<Listing>>,
    /// What is wrong with it, places relative to the source's root.
    pub findings: Vec<Diagnostic>,
    /// What checking its components against other packs came to.
    pub remarks: Arc<[Remark]>,
}

/// What a candidate is in its source's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Released: by a tag, or by a version in the history.
    Released,
    /// The present state of a plain directory, or of a source with `releases = "head"`: published as it is, if it is clean.
    Head,
    /// The working directory of a repository, or its newest commit where no release is: shown to its author only.
    Draft,
}

codes! {
    /// The version of a release says less than what changed since the release before it.
    ///
    /// People and tools upgrade by the number alone: by SemVer a patch only mends, a minor version only adds, and what breaks is a
    /// major version; from 0.x to 0.y anything may change. `packyard diff` lists what changed. Release it under a version that says
    /// so, or keep what others rely on.
    VERSION_UNDERSTATES_CHANGE = "version-understates-change", Warning;
    /// A tag looks like a version, but no release could be made of it.
    ///
    /// The tagged commit has no pack that can be read, or the tag names a pack that is not there.
    TAG_WITHOUT_PACK = "tag-without-pack", Warning;
    /// A tag is not a version by any pattern, so it is no release.
    TAG_IGNORED = "tag-ignored", Note;
    /// Two tags release the same version of the same pack; the first in the order of the patterns counts.
    DUPLICATE_TAG = "duplicate-tag", Warning;
    /// A tag's version and the manifest's version differ.
    ///
    /// The tag names the release: it is what a client asks for. Raise the manifest's version in the same commit as the tag.
    VERSION_TAG_MISMATCH = "version-tag-mismatch", Warning;
    /// A released pack has another name than the repository's pack: it was renamed later.
    RELEASE_OF_OTHER_NAME = "release-of-other-name", Warning;
    /// A pack is released by tags, and the version of its newest commit has none.
    ///
    /// The version can be read in the repository but not installed from the registry: tag the commit, or raise the version
    /// when the next release is due.
    VERSION_UNTAGGED = "version-untagged", Warning;
    /// A pack whose manifest says no version lies outside any git repository.
    ///
    /// Its versions come from tags, or from the commits that changed it. Without git there is nothing to publish it under, so
    /// it is checked and shown as a draft only.
    VERSION_NEEDS_GIT = "version-needs-git", Note;
    /// A tagged commit is on no branch.
    ///
    /// Clients that clone branches do not get it, and git may drop it when the tag is deleted. StackStorm clones in full, so
    /// the release installs today.
    ORPHAN_TAG = "orphan-tag", Warning;
    /// A branch is called like a version, and clients that ask for that version get the branch.
    ///
    /// StackStorm looks for a branch before it looks for a tag: what it installs then changes with every commit. Rename the
    /// branch, for example to `release/1.2`.
    BRANCH_SHADOWS_VERSION = "branch-shadows-version", Warning;
    /// A StackStorm pack's repository is not called `stackstorm-<ref>`.
    ///
    /// Nothing depends on it, but people and the StackStorm Exchange look for that name.
    REPOSITORY_NAME_MISMATCH = "repository-name-mismatch", Warning;
    /// A path or repository holds no pack at all.
    NO_PACK = "no-pack", Warning;
}
