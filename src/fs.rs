//! The file system, with errors that name the act and the path.

use std::io;

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

/// Writes a file so that a reader sees the old or the new content, never a part: a temporary file, then a rename.
///
/// The mode is 0644 whatever the umask. `durable` waits until the disk has it, for what must survive a power cut.
pub fn write_atomic(path: &Utf8Path, bytes: &[u8], durable: bool) -> Result<(), PathError> {
    use std::io::Write as _;
    let directory = path.parent().unwrap_or(Utf8Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".packyard-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(directory).context("create a file in", directory)?;
    file.write_all(bytes).context("write", path)?;
    if durable {
        file.as_file().sync_all().context("write", path)?;
    }
    let file = file.persist(path).map_err(|error| error.error).context("write", path)?;
    set_mode(&file).context("set the mode of", path)
}

#[cfg(unix)]
fn set_mode(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if file.metadata()?.permissions().mode() & 0o777 == 0o644 {
        return Ok(());
    }
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_mode(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}
