//! Publishing from a pack's own repository: the release that a tag names is added to the registry's repository, and pushed.
//!
//! 1. [`place`] works out which tag, which source and which registry.
//! 2. [`Submission`] reads and checks what the tag releases; an error in it ends the job.
//! 3. `attempt` adds it to the index as the registry's branch has it now, as one commit, and offers that commit to the remote.
//! 4. If somebody else was faster, all of 3 is done again on what the branch has become.
//!
//! Nothing is ever half done: the branch has the whole commit or none of it. A process that is killed leaves at most objects
//! in its own cache. A push of which the end is not known is found out by looking again: what is recorded already, with the
//! same content, is published.

pub mod place;
mod preview;
mod registry;

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use jiff::Timestamp;

use crate::build::{Addition, BuildError, Submission};
use crate::config::ConfigError;
use crate::diag::{Diagnostic, Severity};
use crate::ident::{PackId, Version};
use crate::progress::Progress;
use crate::source::SourceError;
use crate::source::git::{ObjectId, Pushed};
use place::Place;
use registry::Registry;

/// What is published, and where to.
#[derive(Debug, Clone)]
pub struct Options {
    /// A directory in the repository of the pack.
    pub root: Utf8PathBuf,
    /// Where copies of remote repositories are kept.
    pub cache: Utf8PathBuf,
    /// The registry's repository: a URL, or the path of a repository.
    pub registry: String,
    /// The registry's branch; its default branch when nothing is said.
    pub branch: Option<String>,
    /// The tag; the one that the present commit has when nothing is said.
    pub tag: Option<String>,
    /// The public URL of the pack's repository; that of its remote `origin` when nothing is said.
    pub source: Option<String>,
    /// Whether a branch for review is pushed instead, and its name, if that is chosen.
    pub review: Option<Option<String>>,
    /// Whether the archive is committed, too.
    pub archives: bool,
    /// Whether nothing is pushed, and what would be is shown.
    pub dry_run: bool,
    /// Whether a warning stops it as an error does.
    pub deny_warnings: bool,
    /// The message of the commit; it says what is published when nothing is said.
    pub message: Option<String>,
    /// Name and address of the author, in place of whom git is set up for.
    pub author: Option<(String, String)>,
    /// How long it is tried while others publish, too.
    pub patience: Duration,
    /// The time of events that have no other.
    pub now: Timestamp,
}

/// What was published.
#[derive(Debug)]
pub struct Report {
    /// The tag.
    pub tag: String,
    /// What it releases.
    pub packs: Vec<(PackId, Version)>,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a release.
#[derive(Debug)]
pub enum Outcome {
    /// Something is wrong with it; nothing was pushed.
    Refused,
    /// The registry has it, with the same content.
    Unchanged,
    /// The branch has it now.
    Published(Landed),
    /// The branch for review has it, and waits for somebody to merge it.
    Proposed(Landed),
    /// This is what would be recorded, as a diff.
    Shown(String),
}

/// Where a commit went.
#[derive(Debug)]
pub struct Landed {
    /// The branch.
    pub branch: String,
    /// The commit.
    pub commit: ObjectId,
    /// The files that are new or longer, with their sizes in bytes.
    pub files: Vec<(Utf8PathBuf, usize)>,
    /// How often it was tried.
    pub attempts: u32,
}

/// Reports what stopped a publication besides faults of the pack.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// It is not clear what is to be published, or where to.
    #[error("{0}")]
    Unclear(String),
    /// The registry's repository has no such branch.
    #[error(
        "the registry `{registry}` has no branch `{branch}`; begin it with `packyard init`, a first commit and `git push`"
    )]
    NoBranch {
        /// The registry.
        registry: String,
        /// The branch.
        branch: String,
    },
    /// The registry's configuration cannot be used.
    #[error("the registry's configuration cannot be used")]
    Config(#[from] ConfigError),
    /// The registry's configuration names folders that are not its own.
    #[error("the registry keeps its index or archives in `{0}`, which is not a folder of its repository")]
    Elsewhere(Utf8PathBuf),
    /// A repository could not be read or fetched.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The pack or the index could not be read.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] crate::fs::PathError),
    /// The remote does not take the commit, and would not take it another time.
    #[error("`{registry}` refuses the commit: {reason}; if its branch `{branch}` is protected, propose it with `--pr`")]
    Refused {
        /// The registry.
        registry: String,
        /// The branch.
        branch: String,
        /// What the remote says.
        reason: String,
    },
    /// The remote could not be reached, again and again.
    #[error("cannot push to `{registry}`: {reason}; nothing is half done, so it can be tried again")]
    Unreachable {
        /// The registry.
        registry: String,
        /// What git says.
        reason: String,
    },
    /// Others were faster all the time.
    #[error(
        "others published to `{registry}` faster than this could, {attempts} times in {} s; nothing was recorded, try again",
        waited.as_secs()
    )]
    Outrun {
        /// The registry.
        registry: String,
        /// How often it was tried.
        attempts: u32,
        /// How long.
        waited: Duration,
    },
}

/// How often in a row a remote may fail to answer.
const MOST_FAILURES: u32 = 4;

/// Publishes what a tag releases.
pub fn publish(options: &Options, progress: &dyn Progress) -> Result<Report, PublishError> {
    let registry = Registry::open(&options.registry, options.branch.as_deref(), &options.cache)?;
    let (start, mut attempts, mut failures) = (Instant::now(), 0, 0);
    loop {
        attempts += 1;
        progress.stage("Fetching", None);
        let base = registry.fetch()?;
        let place = Place::find(options, &registry, &base)?;
        progress.stage("Publishing", None);
        // Read each time: the rules of the registry may be others than they were.
        let (sources, index) = (place.sources.clone(), base.index(place.visibility));
        let submission = Submission::read(&base.config, sources, &place.root, &options.cache, &index, progress)?;
        let report = |outcome: Outcome, findings: &[Diagnostic]| {
            let packs = submission.packs().map(|(id, version)| (id.clone(), version.clone())).collect();
            let findings = submission.findings.iter().chain(findings).cloned().collect();
            Report { tag: place.tag.clone(), packs, findings, outcome }
        };
        let stops = |finding: &Diagnostic| {
            finding.severity == Severity::Error || options.deny_warnings && finding.severity == Severity::Warning
        };
        // A tag that releases nothing has been explained by a finding, of whatever severity.
        if submission.packs().next().is_none() || submission.findings.iter().any(stops) {
            return Ok(report(Outcome::Refused, &[]));
        }
        let mut addition = base.add(&submission, place.visibility, options.now, progress)?;
        if addition.findings.iter().any(stops) {
            return Ok(report(Outcome::Refused, &addition.findings));
        }
        if addition.new.is_empty() {
            return Ok(report(Outcome::Unchanged, &addition.findings));
        }
        if !options.archives {
            let [_, archives] = base.config.registry.folders(place.visibility);
            addition.files.retain(|path, _| !path.starts_with(&archives));
        }
        if options.dry_run {
            return Ok(report(Outcome::Shown(preview::diff(&base, &addition)?), &addition.findings));
        }
        let message = options.message.clone().unwrap_or_else(|| message(&addition, &place));
        let commit = base.commit(&addition.files, &message, options.author.as_ref(), &place)?;
        let branch = match &options.review {
            Some(name) => name.clone().unwrap_or_else(|| place.review_branch(&addition.new)),
            None => registry.branch.clone(),
        };
        let pushed = match &options.review {
            Some(_) => registry.propose(&base, commit, &branch, &addition.files)?,
            None => registry.push(commit, &branch),
        };
        match pushed {
            Pushed::Done => {
                let files = addition.files.iter().map(|(path, bytes)| (path.clone(), bytes.len())).collect();
                let landed = Landed { branch, commit, files, attempts };
                let is_review = options.review.is_some();
                let outcome = if is_review { Outcome::Proposed(landed) } else { Outcome::Published(landed) };
                return Ok(report(outcome, &addition.findings));
            }
            Pushed::Refused(reason) => {
                return Err(PublishError::Refused { registry: registry.shown(), branch, reason });
            }
            Pushed::Failed(reason) => {
                failures += 1;
                if failures == MOST_FAILURES {
                    return Err(PublishError::Unreachable { registry: registry.shown(), reason });
                }
                progress.note(&format!("cannot push ({reason}); trying again"));
            }
            Pushed::Raced(_) => {
                failures = 0;
                progress.note("somebody else published meanwhile; trying again on what they recorded");
            }
        }
        if start.elapsed() >= options.patience {
            return Err(PublishError::Outrun { registry: registry.shown(), attempts, waited: start.elapsed() });
        }
        std::thread::sleep(pause(attempts));
    }
}

/// Returns how long to wait before another attempt: longer each time, up to a few seconds, and at random, so that those who
/// met once do not meet again.
fn pause(attempts: u32) -> Duration {
    const FIRST: u64 = 40;
    const LONGEST: u64 = 3_000;
    let most = (FIRST << attempts.min(10)).min(LONGEST);
    // The keys of a hasher are the random numbers of the standard library.
    let random = std::hash::RandomState::new().build_hasher().finish();
    Duration::from_millis(random % most)
}

/// Returns the message of a commit that says what is published, and from where.
fn message(addition: &Addition, place: &Place) -> String {
    let names: Vec<String> = addition.new.iter().map(|(id, version)| format!("{id} {version}")).collect();
    let subject = match names.as_slice() {
        [one] => format!("Publish {one}"),
        many => format!("Publish {} releases", many.len()),
    };
    let list = if names.len() > 1 { format!("{}\n\n", names.join("\n")) } else { String::new() };
    format!("{subject}\n\n{list}Source: {}\nTag: {}\nCommit: {}\n", place.source, place.tag, place.commit)
}
