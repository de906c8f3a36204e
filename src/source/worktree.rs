//! Directories: the files of a disk as a snapshot.
//!
//! The walk follows no link, stops at the limits, and reads every file once to know its content; a file that has the stamp
//! it had in an earlier walk is not opened. Small files stay in memory until [`Walked::let_go`]; the others are read again
//! when they are asked for, and refused if they are not what was listed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::{Arc, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::git::finding;
use super::paths::{self, Siblings};
use super::pointer;
use super::{
    BlobId, Blobs, FILE_UNREADABLE, FileEntry, LFS_POINTER, Limits, Moment, PACK_TOO_LARGE, ReadError, SUBMODULE,
    SYMLINK, Snapshot, SourceError, Stamp,
};
use crate::diag::Diagnostic;
use crate::fs::PathError;
use crate::ident::{Digest, RelPath};

/// Largest file whose content is kept in memory, in bytes.
const KEPT_BYTES: u64 = 64 << 10;

/// Returns the regular files below a directory.
///
/// `.git` is left out. What cannot be a file, and every limit that was reached, is a finding of the snapshot; an error means
/// that the directory itself cannot be listed.
pub fn snapshot(root: &Utf8Path, limits: &Limits) -> Result<Snapshot, SourceError> {
    snapshot_without(root, limits, &|_, _| false)
}

/// Returns the regular files below a directory, without those for which `left_out` (path, whether it is a directory) says
/// so.
pub fn snapshot_without(
    root: &Utf8Path,
    limits: &Limits,
    left_out: &dyn Fn(&str, bool) -> bool,
) -> Result<Snapshot, SourceError> {
    Ok(walk(root, limits, left_out, None)?.snapshot)
}

/// A directory as a walk found it, for the next walk.
#[derive(Debug, Clone)]
pub struct Walked {
    /// The files.
    pub snapshot: Snapshot,
    /// How many files were opened.
    pub opened: u64,
    /// The stamps of the files, in their order; none for a file that was not at rest.
    stamps: Vec<Option<Stamp>>,
    content: Arc<Files>,
}

impl Walked {
    /// Returns a walk from what was written down of it; nothing when there is not one stamp per file.
    pub fn again(snapshot: Snapshot, root: &Utf8Path, stamps: Vec<Option<Stamp>>) -> Option<Self> {
        let content = Arc::new(Files::new(root));
        (stamps.len() == snapshot.files().len()).then_some(Self { snapshot, opened: 0, stamps, content })
    }

    /// Returns the stamps of the files, in their order; none for a file that was not at rest.
    pub fn stamps(&self) -> &[Option<Stamp>] {
        &self.stamps
    }

    /// Lets go of what was kept of small files: all packs of a large catalogue together are too large for memory.
    pub fn let_go(&self) {
        *self.content.kept.write().expect("no panic while locked") = HashMap::new();
    }

    /// Returns what is known of a file, if it still has its stamp.
    fn file(&self, path: &str, stamp: Stamp) -> Option<&FileEntry> {
        let files = self.snapshot.files();
        let at = files.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        (self.stamps[at] == Some(stamp)).then_some(&files[at])
    }
}

/// Returns a snapshot of files that were listed earlier; one that is not what was listed any more is refused when it is read.
pub fn listed(root: &Utf8Path, files: Vec<FileEntry>, findings: Vec<Diagnostic>) -> Snapshot {
    Snapshot::new(files, Arc::new(Files::new(root)), findings)
}

/// Returns the regular files below a directory as [`snapshot_without`] does, and opens those only that may have changed
/// since an earlier walk.
pub fn walk(
    root: &Utf8Path,
    limits: &Limits,
    left_out: &dyn Fn(&str, bool) -> bool,
    earlier: Option<&Walked>,
) -> Result<Walked, SourceError> {
    let mut walk = Walk {
        root,
        limits,
        earlier,
        moment: Moment::now(),
        files: Vec::new(),
        findings: Vec::new(),
        kept: HashMap::new(),
        bytes: 0,
        opened: 0,
    };
    let mut siblings: HashMap<String, Siblings<'static>> = HashMap::new();
    let mut directories = 0;
    // One level more than is allowed, to see that there is something.
    let mut entries =
        WalkDir::new(root).follow_root_links(true).max_depth(limits.depth + 1).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                walk.unlisted(error)?;
                continue;
            }
        };
        if entry.depth() == 0 {
            continue;
        }
        let is_directory = entry.file_type().is_dir();
        let skip = |entries: &mut walkdir::IntoIter| {
            if is_directory {
                entries.skip_current_dir();
            }
        };
        let Some(directory) = relative(root, entry.path().parent()) else {
            skip(&mut entries);
            continue;
        };
        let name = entry.file_name().as_encoded_bytes();
        if name == b".git" {
            skip(&mut entries);
            continue;
        }
        let name = match paths::check_name(name) {
            Ok(name) => name,
            Err(why) => {
                walk.findings.push(paths::unsafe_path(&directory, name, &why));
                skip(&mut entries);
                continue;
            }
        };
        let path = paths::join(&directory, name).into_owned();
        if left_out(&path, is_directory) {
            skip(&mut entries);
            continue;
        }
        // Git itself would commit such a directory as a submodule, or not at all.
        if is_directory && entry.path().join(".git").symlink_metadata().is_ok() {
            let message = format!("`{path}` is a repository of its own");
            walk.findings.push(finding(SUBMODULE, &path, message, "copy its files into the pack"));
            skip(&mut entries);
            continue;
        }
        if let Some(clash) = siblings.entry(directory).or_default().add(parent(&path), name.to_owned()) {
            walk.findings.push(clash);
            skip(&mut entries);
            continue;
        }
        let mut excess = None;
        if entry.depth() > limits.depth {
            excess = Some(format!("`{}` is nested deeper than {} levels", parent(&path), limits.depth));
        } else if is_directory {
            directories += 1;
        } else if entry.file_type().is_file() {
            walk.add(&path, entry.metadata());
        } else {
            walk.irregular(&path, entry.file_type());
        }
        let excess = excess.or_else(|| limits.excess(walk.files.len(), directories, walk.findings.len(), walk.bytes));
        if let Some(excess) = excess {
            walk.findings.push(finding(PACK_TOO_LARGE, "", excess, "split the pack, or raise `[limits]`"));
            break;
        }
    }
    let content = Arc::new(Files { kept: RwLock::new(walk.kept), ..Files::new(root) });
    walk.files.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    let (files, stamps) = walk.files.into_iter().unzip();
    let snapshot = Snapshot::new(files, Arc::clone(&content) as Arc<dyn Blobs>, walk.findings);
    Ok(Walked { snapshot, opened: walk.opened, stamps, content })
}

/// Returns a path below `root` as text; nothing when it is not UTF-8, which its own directory has reported.
fn relative(root: &Utf8Path, path: Option<&std::path::Path>) -> Option<String> {
    let path = path?.strip_prefix(root).ok()?.to_str()?;
    Some(if std::path::MAIN_SEPARATOR == '/' { path.to_owned() } else { path.replace(std::path::MAIN_SEPARATOR, "/") })
}

fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

struct Walk<'a> {
    root: &'a Utf8Path,
    limits: &'a Limits,
    earlier: Option<&'a Walked>,
    moment: Moment,
    files: Vec<(FileEntry, Option<Stamp>)>,
    findings: Vec<Diagnostic>,
    kept: HashMap<BlobId, Arc<[u8]>>,
    bytes: u64,
    opened: u64,
}

impl Walk<'_> {
    fn add(&mut self, path: &str, metadata: walkdir::Result<std::fs::Metadata>) {
        let size = metadata.as_ref().map(std::fs::Metadata::len).unwrap_or_default();
        // Not even opened: the size is the file system's, and reading would take as long as somebody likes.
        if size > self.limits.file_bytes {
            self.findings.push(self.limits.too_large(path, size));
            return;
        }
        if self.bytes.saturating_add(size) > self.limits.pack_bytes {
            self.bytes = self.bytes.saturating_add(size);
            return;
        }
        let stamp = metadata.as_ref().ok().and_then(|metadata| self.moment.stamp(metadata));
        if let Some(entry) = stamp.and_then(|stamp| self.earlier?.file(path, stamp)) {
            self.bytes = self.bytes.saturating_add(entry.size);
            self.files.push((entry.clone(), stamp));
            return;
        }
        self.opened += 1;
        let read = metadata.map_err(io::Error::from).and_then(|metadata| {
            Ok((is_executable(&metadata), read(&self.root.join(path), size, self.limits.file_bytes)?))
        });
        let (executable, bytes) = match read {
            Ok((executable, Some(bytes))) => (executable, bytes),
            Ok((_, None)) => {
                self.findings.push(self.limits.too_large(path, self.limits.file_bytes + 1));
                return;
            }
            Err(error) => {
                let message = format!("cannot read `{path}`: {error}");
                self.findings.push(finding(
                    FILE_UNREADABLE,
                    path,
                    message,
                    "make it readable, or move it out of the pack",
                ));
                return;
            }
        };
        let is_pointer = pointer::is_pointer(&bytes);
        if is_pointer {
            let message = format!("`{path}` is a Git LFS pointer");
            self.findings.push(finding(LFS_POINTER, path, message, "fetch the file itself: `git lfs pull`"));
        }
        // What is said of a file is found by opening it, so it is opened each time.
        let stamp = stamp.filter(|_| !is_pointer);
        let Ok(path) = RelPath::new(path) else { return };
        let (size, blob) = (bytes.len() as u64, BlobId::sha256(Digest::of(&bytes)));
        self.bytes = self.bytes.saturating_add(size);
        if size <= KEPT_BYTES {
            self.kept.entry(blob).or_insert_with(|| bytes.into());
        }
        self.files.push((FileEntry { path, blob, size, executable }, stamp));
    }

    fn irregular(&mut self, path: &str, kind: std::fs::FileType) {
        let (what, help) = if kind.is_symlink() {
            ("a symbolic link", "replace it by the file that it points to")
        } else {
            ("no regular file", "move it out of the pack")
        };
        self.findings.push(finding(SYMLINK, path, format!("`{path}` is {what}"), help));
    }

    /// Handles what the walk could not list: the root is an error, anything below it a finding.
    fn unlisted(&mut self, error: walkdir::Error) -> Result<(), SourceError> {
        let path = error.path().map(|path| paths::printable(path.as_os_str().as_encoded_bytes())).unwrap_or_default();
        let below = relative(self.root, error.path()).filter(|path| !path.is_empty());
        match below {
            Some(below) => {
                let reason = error.into_io_error().map(|error| error.to_string()).unwrap_or_default();
                let message = format!("cannot list `{below}`: {reason}");
                self.findings.push(finding(FILE_UNREADABLE, &below, message, "make it readable"));
                Ok(())
            }
            None => Err(PathError { act: "list", path: path.into(), source: io::Error::from(error) }.into()),
        }
    }
}

/// Returns the content of a file of at most `limit` bytes, or nothing when it has more; `size` is what it is said to have.
fn read(path: &Utf8Path, size: u64, limit: u64) -> io::Result<Option<Vec<u8>>> {
    // One byte more, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(size.min(limit) as usize + 1);
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // The owner's bit alone, as git has it.
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    false
}

/// The content of the files of a directory.
#[derive(Debug)]
struct Files {
    root: Utf8PathBuf,
    kept: RwLock<HashMap<BlobId, Arc<[u8]>>>,
}

impl Files {
    /// Returns the files below a directory, of which nothing is kept.
    fn new(root: &Utf8Path) -> Self {
        Self { root: root.to_owned(), kept: RwLock::default() }
    }
}

impl Blobs for Files {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        if let Some(bytes) = self.kept.read().expect("no panic while locked").get(&entry.blob) {
            return Ok(Arc::clone(bytes));
        }
        let path = self.root.join(entry.path.as_str());
        let changed = || ReadError::Changed(entry.path.to_string());
        let bytes = read(&path, entry.size, entry.size)
            .map_err(|error| ReadError::Unreadable { path: entry.path.to_string(), reason: error.to_string() })?;
        let bytes = bytes.ok_or_else(changed)?;
        if BlobId::sha256(Digest::of(&bytes)) == entry.blob { Ok(bytes.into()) } else { Err(changed()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::write;

    fn directory() -> (tempfile::TempDir, Utf8PathBuf) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = Utf8PathBuf::try_from(directory.path().to_owned()).expect("UTF-8");
        (directory, path)
    }

    fn codes(snapshot: &Snapshot) -> Vec<String> {
        snapshot.findings().iter().map(|finding| format!("{} {}", finding.code, finding.place.path)).collect()
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_regular_file_is_left_out_and_reported() {
        use std::os::unix::ffi::OsStrExt as _;
        let (_keep, root) = directory();
        write(&root, "outside.txt", "secret");
        write(&root, "pack/a.txt", "a");
        write(&root, "pack/.git/config", "no");
        write(&root, "pack/b/aux", "device");
        write(&root, "pack/vendor/.git", "gitdir: elsewhere");
        write(&root, "pack/vendor/x.txt", "");
        std::os::unix::fs::symlink(root.join("outside.txt"), root.join("pack/link")).expect("a link");
        std::os::unix::fs::symlink(&root, root.join("pack/loop")).expect("a link");
        let _socket = std::os::unix::net::UnixListener::bind(root.join("pack/socket")).expect("a socket");
        std::fs::write(root.join("pack").as_std_path().join(std::ffi::OsStr::from_bytes(b"x\xff")), "")
            .expect("a file");
        write(&root, "pack/README", "");
        write(&root, "pack/readme", "");
        let snapshot = snapshot(&root.join("pack"), &Limits::default()).expect("a snapshot");
        let files: Vec<&str> = snapshot.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(files, ["README", "a.txt"]);
        assert_eq!(
            codes(&snapshot),
            [
                "path-unsafe b/aux",
                "symlink link",
                "symlink loop",
                "path-clash readme",
                "symlink socket",
                "submodule vendor",
                "path-unsafe x\\xff",
            ]
        );
    }

    #[test]
    fn a_pointer_to_content_elsewhere_is_reported_by_every_walk() {
        let (_keep, root) = directory();
        let pointer =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", "0".repeat(64));
        write(&root, "model.bin", &pointer);
        write(&root, "text.txt", &pointer.replace("https", "http"));
        std::thread::sleep(std::time::Duration::from_millis(70));
        let first = walk(&root, &Limits::default(), &|_, _| false, None).expect("a walk");
        assert_eq!(codes(&first.snapshot), ["lfs-pointer model.bin"]);
        let again = walk(&root, &Limits::default(), &|_, _| false, Some(&first)).expect("a walk");
        assert_eq!((codes(&again.snapshot), again.opened), (codes(&first.snapshot), 1));
    }

    #[test]
    fn every_limit_stops_the_walk_and_says_so() {
        let (_keep, root) = directory();
        write(&root, "a/b/c/d.txt", "0123456789");
        write(&root, "e.txt", "0123456789");
        write(&root, "f.txt", "");
        let full = Limits { files: 10, file_bytes: 10, pack_bytes: 20, depth: 4 };
        assert_eq!(codes(&snapshot(&root, &full).expect("a snapshot")), [""; 0]);
        for limits in [Limits { files: 2, ..full }, Limits { pack_bytes: 19, ..full }, Limits { depth: 3, ..full }] {
            assert_eq!(codes(&snapshot(&root, &limits).expect("a snapshot")), ["pack-too-large "], "{limits:?}");
        }
        let small = snapshot(&root, &Limits { file_bytes: 9, ..full }).expect("a snapshot");
        assert_eq!(codes(&small), ["pack-too-large a/b/c/d.txt", "pack-too-large e.txt"]);
    }

    /// A file that does not end must not be read to the end.
    #[test]
    #[cfg(unix)]
    fn a_huge_file_is_not_read() {
        let (_keep, root) = directory();
        File::create(root.join("huge")).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
        let snapshot = snapshot(&root, &Limits::default()).expect("a snapshot");
        assert_eq!(codes(&snapshot), ["pack-too-large huge"]);
    }

    #[test]
    fn a_large_file_that_changes_is_not_taken_for_what_was_listed() {
        let (_keep, root) = directory();
        write(&root, "large", &"a".repeat(100_000));
        write(&root, "small", "a");
        let snapshot = snapshot(&root, &Limits::default()).expect("a snapshot");
        let [large, small] = snapshot.files() else { panic!("two files") };
        assert_eq!(snapshot.read(large).expect("content").len(), 100_000);
        write(&root, "large", &"b".repeat(100_000));
        write(&root, "small", "b");
        assert_eq!(snapshot.read(large), Err(ReadError::Changed("large".to_owned())));
        assert_eq!(&*snapshot.read(small).expect("content"), b"a");
        std::fs::remove_file(root.join("large")).expect("removed");
        assert!(matches!(snapshot.read(large), Err(ReadError::Unreadable { .. })));
    }

    #[test]
    fn what_was_let_go_of_is_read_again() {
        let (_keep, root) = directory();
        write(&root, "a", "a");
        let walked = walk(&root, &Limits::default(), &|_, _| false, None).expect("walked");
        let [a] = walked.snapshot.files() else { panic!("one file") };
        walked.let_go();
        assert_eq!(&*walked.snapshot.read(a).expect("content"), b"a");
        write(&root, "a", "b");
        assert_eq!(walked.snapshot.read(a), Err(ReadError::Changed("a".to_owned())));
    }

    #[test]
    fn a_directory_that_is_not_there_is_an_error() {
        let (_keep, root) = directory();
        assert!(snapshot(&root.join("nowhere"), &Limits::default()).is_err());
    }
}
