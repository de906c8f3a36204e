//! What a repository refers to right now, so that nothing has to be read again as long as that is the same.
//!
//! Objects never change, so everything that is read of a repository follows from its references and from where its history
//! is cut off. [`Looked`] says by a few stats that they are surely the same; otherwise [`State`] lists them.

use std::path::{Path, PathBuf};

use super::{ObjectId, Repository};
use crate::ident::Digest;
use crate::source::{Moment, Seen};

/// The references of a repository, its newest commit, and where its history is cut off.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct State {
    head: Option<[u8; 20]>,
    /// Names, and what they point to: an object, or another name.
    references: Vec<(Vec<u8>, Vec<u8>)>,
    shallow: Option<Digest>,
    grafts: Option<Digest>,
}

/// The stamps of the files that hold the references.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Looked {
    /// Tells one repository from another that was put in its place.
    objects_inode: u64,
    files: Vec<(PathBuf, Seen)>,
}

/// The files beside the references on which the state depends (gitrepository-layout(5)).
const FILES: &[&str] = &["HEAD", "packed-refs", "shallow", "info/grafts"];
/// Most files that are looked at: whoever has more loose references gets them listed.
const MOST: usize = 100_000;

impl Repository {
    /// Returns the git directory, and the one that it shares with other working directories, if any.
    pub fn directories(&self) -> Vec<PathBuf> {
        let own = self.directory().as_std_path().to_owned();
        let common = std::fs::read_to_string(own.join("commondir")).ok().map(|text| own.join(text.trim()));
        std::iter::once(own).chain(common).collect()
    }

    /// Looks at the files that hold the references.
    pub fn look(&self) -> Looked {
        let (moment, directories) = (Moment::now(), self.directories());
        let mut files = Vec::new();
        for directory in &directories {
            files.extend(FILES.iter().map(|name| directory.join(name)).map(|path| {
                let seen = Seen::at(&path, moment);
                (path, seen)
            }));
            below(&directory.join("refs"), moment, &mut files);
        }
        files.sort();
        let objects = directories.last().map(|directory| directory.join("objects"));
        Looked { objects_inode: objects.map_or(0, |path| inode(&path)), files }
    }

    /// Returns what the repository refers to; nothing when it cannot be listed.
    pub fn state(&self) -> Option<State> {
        let digest = |name: &str| {
            let read = self.directories().into_iter().find_map(|directory| std::fs::read(directory.join(name)).ok());
            read.map(|bytes| Digest::of(&bytes))
        };
        let head = self.head().ok()?.map(|commit| commit.id.0);
        let references = self.with(|handle| {
            let mut references = Vec::new();
            for reference in handle.references()? {
                let reference = reference?;
                let target = match reference.target() {
                    Some(id) => ObjectId::of(id).to_string().into_bytes(),
                    None => reference.symbolic_target_bytes().unwrap_or_default().to_vec(),
                };
                references.push((reference.name_bytes().to_vec(), target));
            }
            references.sort();
            Ok(references)
        });
        Some(State { head, references: references.ok()?, shallow: digest("shallow"), grafts: digest("info/grafts") })
    }
}

impl Repository {
    /// Returns the digest of what is read of the repository, as far as a few stats tell it: its references, and for a working
    /// directory also what is tracked and ignored; nothing when some of it may be changing.
    pub fn outline(&self, has_working_directory: bool) -> Option<Digest> {
        let (moment, looked) = (Moment::now(), self.look());
        let mut rules = None;
        if has_working_directory {
            let index = Seen::at(&self.directory().join("index").into_std_path_buf(), moment);
            let handle = super::open::bare(self.directory(), self.name()).ok()?;
            rules = Some((self.basis(&handle, moment)?, index));
        }
        let is_sure = |seen: &Seen| *seen != Seen::Unknown;
        let index = rules.as_ref().map(|(_, index)| index);
        let all_sure = looked.files.iter().map(|(_, seen)| seen).chain(index).all(is_sure);
        all_sure.then(|| Digest::of(format!("{looked:?} {rules:?}").as_bytes()))
    }
}

impl Looked {
    /// Tells whether the references are surely those from before.
    pub fn is_still(&self, before: &Self) -> bool {
        self.is_same_repository(before)
            && self.files.len() == before.files.len()
            && self
                .files
                .iter()
                .zip(&before.files)
                .all(|((path, seen), (other, before))| path == other && seen.is_still(*before))
    }

    /// Tells whether this is the same repository, whatever it refers to.
    pub fn is_same_repository(&self, before: &Self) -> bool {
        self.objects_inode == before.objects_inode
    }
}

/// Adds the stamps of all files below a directory; what cannot be listed is unknown.
fn below(directory: &Path, moment: Moment, files: &mut Vec<(PathBuf, Seen)>) {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(_) => {
            files.push((directory.to_owned(), Seen::Unknown));
            return;
        }
    };
    for entry in entries {
        let Ok(entry) = entry else {
            files.push((directory.to_owned(), Seen::Unknown));
            continue;
        };
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            below(&path, moment, files);
        } else {
            let seen = if files.len() < MOST { Seen::at(&path, moment) } else { Seen::Unknown };
            files.push((path, seen));
        }
    }
}

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| std::os::unix::fs::MetadataExt::ino(&metadata))
}

#[cfg(not(unix))]
fn inode(_: &Path) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::RepoFixture;

    fn rest() {
        std::thread::sleep(std::time::Duration::from_millis(80));
    }

    #[test]
    #[cfg(unix)]
    fn every_change_of_a_reference_is_a_change_of_the_state() {
        let mut fixture = RepoFixture::new();
        fixture.write("a.txt", "a").commit("1");
        fixture.write("a.txt", "b").commit("2");
        let repository = Repository::open(&fixture.root()).expect("a repository");
        rest();
        let (mut looked, mut state) = (repository.look(), repository.state().expect("a state"));
        assert!(repository.look().is_still(&looked));
        for arguments in [
            &["tag", "v1.0.0"][..],
            &["tag", "-f", "v1.0.0", "HEAD~1"],
            &["pack-refs", "--all"],
            &["branch", "next"],
            &["symbolic-ref", "HEAD", "refs/heads/next"],
            &["update-ref", "refs/heads/next", "HEAD~1"],
            &["tag", "-d", "v1.0.0"],
            &["checkout", "-q", "--detach", "main"],
        ] {
            fixture.git(arguments);
            let (now, new) = (repository.look(), repository.state().expect("a state"));
            assert!(!now.is_still(&looked), "{arguments:?}");
            // Where references are kept, and how the newest commit is called, makes no difference.
            let is_same = ["pack-refs", "symbolic-ref"].contains(&arguments[0]);
            assert_eq!(new == state, is_same, "{arguments:?}");
            assert!(!repository.look().is_still(&now), "{arguments:?}: not at rest yet");
            rest();
            (looked, state) = (repository.look(), new);
        }
    }
}
