//! What git would leave out of a working directory.
//!
//! Asking git costs more than anything else about a file that did not change, so answers are kept, by directory. They hold
//! as long as what they follow from is the same: the rules outside the working directory, and every `.gitignore` on the way
//! down.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::{Repository, open, taken_back};
use crate::fs::Context as _;
use crate::ident::Digest;
use crate::source::{Moment, Seen, SourceError};

/// Tells which files of a working directory are ignored: build products, caches, local settings.
///
/// A draft is what would be committed, so what `.gitignore` names does not belong to it, unless it is tracked anyway.
pub struct IgnoreRules {
    handle: Mutex<git2::Repository>,
    root: Utf8PathBuf,
    prefix: String,
    tracked: Arc<Tracked>,
    /// What all answers follow from; nothing when it may be changing right now.
    basis: Option<Digest>,
    moment: Moment,
    directories: Mutex<HashMap<String, Directory>>,
    asked: AtomicU64,
}

/// Answers, and what they follow from: what one reading learns for the next one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Decisions {
    #[serde(skip)]
    tracked: Option<Arc<Tracked>>,
    directories: HashMap<String, Directory>,
}

/// The tracked files, and the stamp of the index that lists them.
#[derive(Debug)]
struct Tracked {
    index: Seen,
    paths: BTreeSet<Vec<u8>>,
}

/// The answers in one directory of the working directory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Directory {
    /// What the answers follow from: the basis, and the `.gitignore` of this directory and of those above.
    follows: Option<Digest>,
    /// Whether `follows` was looked up by this reading.
    #[serde(skip)]
    is_current: bool,
    answers: HashMap<String, bool>,
}

impl Repository {
    /// Returns the rules for a directory that lies at `prefix` in the repository's working directory.
    ///
    /// `earlier` answers are taken where they still hold.
    pub fn ignore_rules(
        &self,
        directory: &Utf8Path,
        prefix: &str,
        earlier: Decisions,
    ) -> Result<IgnoreRules, SourceError> {
        let directory = directory.canonicalize_utf8().context("find", directory)?;
        let above = prefix.split('/').filter(|segment| !segment.is_empty()).count();
        let root = directory.ancestors().nth(above).unwrap_or(&directory);
        let handle = open::bare(self.directory(), self.name())?;
        handle.set_workdir(root.as_std_path(), false).map_err(|error| self.error(&error))?;
        let moment = Moment::now();
        let index = Seen::at(&self.directory().join("index").into_std_path_buf(), moment);
        let tracked = match earlier.tracked.filter(|tracked| index.is_still(tracked.index)) {
            Some(tracked) => tracked,
            None => Arc::new(self.tracked(&handle, index)?),
        };
        let basis = self.basis(&handle, moment);
        let mut directories = earlier.directories;
        directories.values_mut().for_each(|directory| directory.is_current = false);
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let (handle, root, directories) = (Mutex::new(handle), root.to_owned(), Mutex::new(directories));
        let asked = AtomicU64::new(0);
        Ok(IgnoreRules { handle, root, prefix, tracked, basis, moment, directories, asked })
    }

    fn tracked(&self, handle: &git2::Repository, index: Seen) -> Result<Tracked, SourceError> {
        let listed = handle.index().map_err(|error| self.error(&error))?;
        Ok(Tracked { index, paths: listed.iter().map(|entry| entry.path).collect() })
    }

    /// Returns what all answers follow from: the rules outside the working directory, and how names compare.
    pub(super) fn basis(&self, handle: &git2::Repository, moment: Moment) -> Option<Digest> {
        let mut text = String::new();
        let config = handle.config().and_then(|mut config| config.snapshot()).ok()?;
        for key in ["core.ignorecase", "core.precomposeunicode"] {
            let _ = writeln!(text, "{key}={:?}", config.get_bool(key).ok());
        }
        let mut files: Vec<std::path::PathBuf> =
            self.directories().into_iter().map(|directory| directory.join("info/exclude")).collect();
        // gitignore(5): the user's own rules lie where the configuration says, else at a fixed place in the home directory.
        match config.get_path("core.excludesfile") {
            Ok(path) => files.push(path),
            Err(_) => {
                let home = std::env::home_dir().map(|home| home.join(".config"));
                let set = std::env::var_os("XDG_CONFIG_HOME").map(std::path::PathBuf::from);
                files.extend([home, set].into_iter().flatten().map(|folder| folder.join("git/ignore")));
            }
        }
        for path in files {
            let seen = Seen::at(&path, moment);
            if seen == Seen::Unknown {
                return None;
            }
            let _ = writeln!(text, "{path:?} {seen:?}");
        }
        Some(Digest::of(text.as_bytes()))
    }
}

impl IgnoreRules {
    /// Tells whether git leaves out a path below the directory; a directory goes with everything in it.
    pub fn leaves_out(&self, path: &str, is_directory: bool) -> bool {
        let slash = if is_directory { "/" } else { "" };
        let path = format!("{}{path}{slash}", self.prefix);
        let name_at = path.trim_end_matches('/').rfind('/').map_or(0, |slash| slash + 1);
        let (directory, name) = (path[..name_at].trim_end_matches('/'), &path[name_at..]);
        if !self.is_ignored(&path, directory, name) {
            return false;
        }
        let first = self.tracked.paths.range(path.as_bytes().to_vec()..).next();
        !first.is_some_and(
            |tracked| if is_directory { tracked.starts_with(path.as_bytes()) } else { tracked == path.as_bytes() },
        )
    }

    /// Tells whether the rules name a path, tracked or not: by an answer that still holds, else git is asked.
    fn is_ignored(&self, path: &str, directory: &str, name: &str) -> bool {
        let follows = {
            let mut directories = self.directories.lock().expect("no panic while locked");
            let follows = self.follows(directory, &mut directories);
            if let Some(known) = directories.get(directory).and_then(|directory| directory.answers.get(name)) {
                return *known;
            }
            follows
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        let handle = self.handle.lock().expect("no panic while locked");
        let mut answer = handle.is_path_ignored(path).unwrap_or(false);
        if answer && let Some(rules) = taken_back::rules(&self.root, directory) {
            // Rules that are added come before those of files, and go again at once.
            let added = handle.clear_ignore_rules().and_then(|()| handle.add_ignore_rule(&rules));
            answer = added.is_err() || handle.is_path_ignored(path).unwrap_or(true);
            let _ = handle.clear_ignore_rules();
        }
        drop(handle);
        if follows.is_some()
            && let Some(known) = self.directories.lock().expect("no panic while locked").get_mut(directory)
        {
            known.answers.insert(name.to_owned(), answer);
        }
        answer
    }

    /// Returns what the answers in a directory follow from, and forgets those that followed from something else.
    fn follows(&self, directory: &str, directories: &mut HashMap<String, Directory>) -> Option<Digest> {
        if let Some(known) = directories.get(directory).filter(|known| known.is_current) {
            return known.follows;
        }
        let above = match (directory.rsplit_once('/'), directory) {
            (_, "") => self.basis,
            (Some((above, _)), _) => self.follows(above, directories),
            (None, _) => self.follows("", directories),
        };
        let rules = Seen::at(self.root.join(directory).join(".gitignore").as_std_path(), self.moment);
        let follows = match (above, rules) {
            (None, _) | (_, Seen::Unknown) => None,
            (above, Seen::Absent) => above,
            (Some(above), Seen::File(_)) => Some(Digest::of(format!("{above} {directory} {rules:?}").as_bytes())),
        };
        let known = directories.entry(directory.to_owned()).or_default();
        if known.follows != follows || follows.is_none() {
            known.answers.clear();
        }
        (known.follows, known.is_current) = (follows, true);
        follows
    }

    /// Returns a copy of the answers, to be written down.
    pub fn decisions(&self) -> Decisions {
        let mut directories = self.directories.lock().expect("no panic while locked").clone();
        directories.retain(|_, directory| directory.is_current && directory.follows.is_some());
        Decisions { tracked: None, directories }
    }

    /// Tells how often git had to be asked.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Returns the answers for the next reading: those of directories that this one has seen.
    pub fn into_decisions(self) -> Decisions {
        let mut directories = self.directories.into_inner().expect("no panic while locked");
        directories.retain(|_, directory| directory.is_current);
        Decisions { tracked: Some(self.tracked), directories }
    }
}

impl std::fmt::Debug for IgnoreRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IgnoreRules").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::{RepoFixture, write};

    fn rest() {
        std::thread::sleep(std::time::Duration::from_millis(70));
    }

    /// Answers hold as long as the rules do: those above a file, those in the repository, and no others.
    #[test]
    #[cfg(unix)]
    fn git_is_asked_again_when_the_rules_are_others() {
        let mut fixture = RepoFixture::new();
        fixture.write("a/tracked.log", "").write("a/b/c.txt", "").commit("1");
        let repository = Repository::open(&fixture.root()).expect("a repository");
        let root = fixture.root();
        let mut known = Decisions::default();
        let asked = |known: &mut Decisions| {
            rest();
            let rules = repository.ignore_rules(&root, "", std::mem::take(known)).expect("rules");
            let files = ["a/tracked.log", "a/b/x.log", "a/b/d.txt", "d/x.log"];
            let left_out: Vec<&str> = files.into_iter().filter(|path| rules.leaves_out(path, false)).collect();
            let asked = rules.asked();
            *known = rules.into_decisions();
            (left_out.join(" "), asked)
        };
        assert_eq!(asked(&mut known), (String::new(), 4));
        assert_eq!(asked(&mut known), (String::new(), 0));
        write(&root, "a/.gitignore", "*.log\n");
        assert_eq!(asked(&mut known), ("a/b/x.log".to_owned(), 3));
        assert_eq!(asked(&mut known), ("a/b/x.log".to_owned(), 0));
        write(&root, "a/.gitignore", "*.txt\n");
        assert_eq!(asked(&mut known), ("a/b/d.txt".to_owned(), 3), "of the same size");
        write(&root, "a/b/.gitignore", "x.log\n");
        assert_eq!(asked(&mut known), ("a/b/x.log a/b/d.txt".to_owned(), 2));
        write(&root, ".git/info/exclude", "*.log\n");
        assert_eq!(asked(&mut known), ("a/b/x.log a/b/d.txt d/x.log".to_owned(), 4));
        write(&root, "d/x.log", "");
        fixture.git(&["add", "-f", "d/x.log"]);
        assert_eq!(asked(&mut known), ("a/b/x.log a/b/d.txt".to_owned(), 0), "what is tracked is looked up each time");
        // As another run gets them.
        let rules = repository.ignore_rules(&root, "", known).expect("rules");
        rules.leaves_out("a/b/x.log", false);
        let text = serde_json::to_string(&rules.decisions()).expect("written");
        let mut known: Decisions = serde_json::from_str(&text).expect("read");
        assert_eq!(asked(&mut known), ("a/b/x.log a/b/d.txt".to_owned(), 1), "of `d` alone nothing was written");
    }
}
