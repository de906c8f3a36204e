//! The file system, with errors that name the act and the path.
//!
//! [`stamp`] tells whether a file is still the one that was read; [`listing`] lists a whole folder with such stamps.

pub mod listing;
pub mod stamp;

use std::fs::File;
use std::io::{self, Write as _};

use camino::{Utf8Path, Utf8PathBuf};

/// Reports an I/O failure together with what was attempted, and where.
#[derive(Debug, thiserror::Error)]
#[error("cannot {act} `{path}`")]
pub struct PathError {
    /// What was attempted, such as `read`.
    pub act: &'static str,
    /// Where.
    pub path: Utf8PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Adds the act and the path to an I/O error.
pub trait Context<T> {
    /// Returns the value, or the error with what was attempted and where.
    fn context(self, act: &'static str, path: &Utf8Path) -> Result<T, PathError>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, act: &'static str, path: &Utf8Path) -> Result<T, PathError> {
        self.map_err(|source| PathError { act, path: path.to_owned(), source })
    }
}

/// Returns the content of a file.
pub fn read(path: &Utf8Path) -> Result<Vec<u8>, PathError> {
    std::fs::read(path).context("read", path)
}

/// Returns the content of a file, or nothing when there is none.
pub fn read_if_exists(path: &Utf8Path) -> Result<Option<Vec<u8>>, PathError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("read", path),
    }
}

/// Creates a directory and its parents.
pub fn create_dir_all(path: &Utf8Path) -> Result<(), PathError> {
    std::fs::create_dir_all(path).context("create the directory", path)
}

/// A new directory in the system's folder for temporary files; it goes when the value does.
#[derive(Debug)]
pub struct TemporaryDirectory {
    path: Utf8PathBuf,
    _directory: tempfile::TempDir,
}

impl TemporaryDirectory {
    /// Makes one.
    pub fn new() -> Result<Self, PathError> {
        let made = tempfile::Builder::new().prefix("packyard-").tempdir();
        let path = |path: std::path::PathBuf| {
            Utf8PathBuf::from_path_buf(path).map_err(|_| io::Error::other("its name is not UTF-8"))
        };
        let both = made.and_then(|directory| Ok((path(directory.path().to_owned())?, directory)));
        let (path, _directory) = both.context("make a temporary directory in", Utf8Path::new("the system's folder"))?;
        Ok(Self { path, _directory })
    }

    /// Returns where it is.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

/// Writes a file so that a reader sees the old or the new content, never a part: a temporary file, then a rename.
///
/// The mode is 0644 whatever the umask. `durable` waits until the disk has the file and its name, for what must survive a
/// power cut.
pub fn write_atomic(path: &Utf8Path, bytes: &[u8], durable: bool) -> Result<(), PathError> {
    replace(path, |file| file.write_all(bytes), durable, 0o644)
}

/// Writes a file in the same way whose content is not in memory as a whole.
pub fn write_atomic_with(path: &Utf8Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), PathError> {
    replace(path, write, false, 0o644)
}

/// Writes a file in the same way that nobody but its owner may read at any moment: the mode is 0600.
pub fn write_private(path: &Utf8Path, bytes: &[u8]) -> Result<(), PathError> {
    replace(path, |file| file.write_all(bytes), false, 0o600)
}

fn replace(
    path: &Utf8Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
    durable: bool,
    mode: u32,
) -> Result<(), PathError> {
    let directory = path.parent().unwrap_or(Utf8Path::new(""));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".packyard-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    let mut file = builder.tempfile_in(directory).context("create a file in", directory)?;
    write(file.as_file_mut()).context("write", path)?;
    if durable {
        file.as_file().sync_all().context("write", path)?;
    }
    set_mode(file.as_file(), mode).context("set the mode of", path)?;
    file.persist(path).map_err(|error| error.error).context("write", path)?;
    if durable {
        sync_directory(directory).context("write the directory", directory)?;
    }
    Ok(())
}

/// Creates a file that is not there yet, with mode 0644 as far as the umask lets it.
pub fn create_new(path: &Utf8Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options.open(path)
}

/// Creates a directory that is not there yet, with mode 0755 as far as the umask lets it.
pub fn create_dir(path: &Utf8Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder.create(path)
}

/// Gives a file or directory its permission bits, if it has others; does nothing where there are none.
pub fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    if has_mode(&file.metadata()?, mode) {
        return Ok(());
    }
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    Ok(())
}

/// Tells whether a file has these permission bits; always true where there are none.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there are no permission bits"))]
pub fn has_mode(metadata: &std::fs::Metadata, mode: u32) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777 == mode;
    #[cfg(not(unix))]
    true
}

/// Waits until the disk has the names in a directory, where that can be asked for.
#[cfg_attr(not(unix), expect(unused_variables, reason = "directories cannot be opened"))]
fn sync_directory(directory: &Utf8Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        // The parent of a plain file name is the empty path, which cannot be opened.
        let directory = if directory.as_str().is_empty() { Utf8Path::new(".") } else { directory };
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atomic_write_replaces_and_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(directory.path().join("file")).unwrap();
        for (bytes, durable) in [(&b"old"[..], true), (b"new", false)] {
            write_atomic(&path, bytes, durable).unwrap();
            assert_eq!(read(&path).unwrap(), bytes);
        }
        assert!(has_mode(&path.metadata().unwrap(), 0o644));
        assert_eq!(directory.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn error_names_the_act_and_the_path() {
        let error = read(Utf8Path::new("no/such/file")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read `no/such/file`");
        assert_eq!(read_if_exists(Utf8Path::new("no/such/file")).unwrap(), None);
    }
}
