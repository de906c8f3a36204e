//! Lists a folder and everything below it, in parallel, with what the system says about each entry.

use std::io;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};

use super::stamp::{Moment, Stamp};
use super::{Context as _, PathError};

/// A directory of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Directory {
    /// Its path relative to the root, with `/`; empty for the root.
    pub path: String,
    /// What the system says about the directory itself, taken before it was listed: another one when an entry came or went.
    pub stamp: Option<Stamp>,
    /// What it holds, sorted by name.
    pub entries: Vec<Entry>,
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Its name; what is not UTF-8 in it is replaced.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What the system says about it, if every later change will change that; nothing for directories, whose entries are
    /// listed instead.
    pub stamp: Option<Stamp>,
}

/// What an entry is; no link is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory, which is listed too unless it was left out.
    Directory,
    /// Anything else: a link, a pipe, a socket.
    Other,
}

/// Returns the directories of a folder, sorted by path; a folder that is not there has none.
///
/// Left out are those, and the entries, that `left_out` (path relative to the folder, whether it is a directory) names.
pub fn list(root: &Utf8Path, left_out: &(dyn Fn(&str, bool) -> bool + Sync)) -> Result<Vec<Directory>, PathError> {
    let lister = Lister { root, left_out, directories: Mutex::default(), failure: Mutex::default() };
    rayon::scope(|scope| lister.list(scope, String::new()));
    if let Some(failure) = lister.failure.into_inner().expect("no panic while locked") {
        return Err(failure);
    }
    let mut directories = lister.directories.into_inner().expect("no panic while locked");
    directories.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(directories)
}

/// Returns a path below a directory, either of which may be relative to a root.
pub fn below(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

struct Lister<'a> {
    root: &'a Utf8Path,
    left_out: &'a (dyn Fn(&str, bool) -> bool + Sync),
    directories: Mutex<Vec<Directory>>,
    failure: Mutex<Option<PathError>>,
}

impl Lister<'_> {
    fn list<'s>(&'s self, scope: &rayon::Scope<'s>, path: String) {
        match self.entries(&path) {
            Ok((stamp, entries)) => {
                for entry in entries.iter().filter(|entry| entry.kind == Kind::Directory) {
                    let path = below(&path, &entry.name);
                    scope.spawn(move |scope| self.list(scope, path));
                }
                self.directories.lock().expect("no panic while locked").push(Directory { path, stamp, entries });
            }
            Err(failure) => {
                // The root need not be there, and what vanishes while it is listed is not there either.
                if failure.source.kind() != io::ErrorKind::NotFound {
                    self.failure.lock().expect("no panic while locked").get_or_insert(failure);
                }
            }
        }
    }

    fn entries(&self, path: &str) -> Result<(Option<Stamp>, Vec<Entry>), PathError> {
        let directory: Utf8PathBuf = if path.is_empty() { self.root.to_owned() } else { self.root.join(path) };
        let moment = Moment::now();
        let stamp = moment.stamp(&directory.metadata().context("look at", &directory)?);
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(&directory).context("list", &directory)? {
            let entry = entry.context("list", &directory)?;
            let kind = entry.file_type().context("list", &directory)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if (self.left_out)(&below(path, &name), kind.is_dir()) {
                continue;
            }
            if kind.is_dir() {
                entries.push(Entry { name, kind: Kind::Directory, stamp: None });
                continue;
            }
            let kind = if kind.is_file() { Kind::File } else { Kind::Other };
            match entry.metadata() {
                Ok(metadata) => entries.push(Entry { name, kind, stamp: moment.stamp(&metadata) }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => Err(error).context("look at", &directory.join(name))?,
            }
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok((stamp, entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_below_a_folder_is_listed_and_no_link_is_followed() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        assert_eq!(list(&root.join("absent"), &|_, _| false).unwrap(), []);
        for path in ["b/c/d", "b/e", "skipped/f", "a"] {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), path).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(root, root.join("link")).unwrap();
        let found = list(root, &|path, is_directory| is_directory && path == "skipped").unwrap();
        let names = |directory: &Directory| {
            let names = directory.entries.iter().map(|entry| entry.name.clone());
            (directory.path.clone(), names.collect::<Vec<_>>().join(" "))
        };
        let found: Vec<_> = found.iter().map(names).collect();
        let expected = [("", if cfg!(unix) { "a b link" } else { "a b" }), ("b", "c e"), ("b/c", "d")];
        assert_eq!(found, expected.map(|(path, names)| (path.to_owned(), names.to_owned())));
    }

    #[test]
    fn a_fresh_file_is_not_settled() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        std::fs::write(root.join("a"), "a").unwrap();
        let stamp = || list(root, &|_, _| false).unwrap()[0].entries[0].stamp;
        assert_eq!(stamp(), None);
        std::thread::sleep(std::time::Duration::from_millis(70));
        assert_eq!(stamp().is_some(), cfg!(unix));
    }
}
