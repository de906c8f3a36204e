//! Units: some files of the registry that are made together, and what they depend on.

use std::hash::Hash;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::{Phase, RenderError};
use crate::ident::{Digest, Fingerprint, RelPath};

/// Finished files.
pub type Files = Vec<(RelPath, Vec<u8>)>;

/// Some files of the registry that are made together, such as the pages of one release.
#[derive(Clone)]
pub struct Unit {
    /// When they are written.
    pub phase: Phase,
    /// Where they lie; no other unit of the phase has files there.
    pub places: Vec<Place>,
    /// The digest of all that their bytes depend on, besides the program.
    pub key: Digest,
    /// What makes them.
    pub make: Make,
}

/// Where files of a unit lie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A single file.
    File(RelPath),
    /// Below a folder.
    Folder(RelPath),
}

/// How the files of a unit come to be. Pure: the same key gives the same bytes.
#[derive(Clone)]
pub enum Make {
    /// One file, from bytes that are already there.
    Bytes(Arc<[u8]>),
    /// A copy of a file of the archive store.
    Copy(Utf8PathBuf),
    /// Files that share work.
    Batch(Arc<Batch>),
}

/// Makes several files, and hands each over when it is made: together they may be large.
pub type Batch = dyn Fn(&mut Put<'_>) -> Result<(), RenderError> + Send + Sync;

/// Takes a finished file.
pub type Put<'a> = dyn FnMut(RelPath, Vec<u8>) + 'a;

impl Unit {
    /// Returns a file from bytes.
    pub fn bytes(phase: Phase, path: RelPath, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { phase, places: vec![Place::File(path)], key: Digest::of(&bytes), make: Make::Bytes(bytes) }
    }

    /// Returns a copy of a file of the archive store, which has this digest.
    pub fn copy(path: RelPath, source: Utf8PathBuf, digest: Digest) -> Self {
        Self { phase: Phase::Archives, places: vec![Place::File(path)], key: digest, make: Make::Copy(source) }
    }

    /// Returns a file that is made when it is needed, and depends on `key`.
    pub fn file(
        phase: Phase,
        path: RelPath,
        key: impl Hash,
        make: impl Fn() -> Result<Vec<u8>, RenderError> + Send + Sync + 'static,
    ) -> Self {
        let place = Place::File(path.clone());
        Self::batch(phase, [place], key, move || Ok(vec![(path.clone(), make()?)]))
    }

    /// Returns files that are made together when they are needed, lie at `places`, and depend on `key`.
    pub fn batch(
        phase: Phase,
        places: impl Into<Vec<Place>>,
        key: impl Hash,
        make: impl Fn() -> Result<Files, RenderError> + Send + Sync + 'static,
    ) -> Self {
        Self::stream(phase, places, key, move |put| {
            make()?.into_iter().for_each(|(path, bytes)| put(path, bytes));
            Ok(())
        })
    }

    /// Returns files like those of a batch, of which not all need be in memory at once.
    pub fn stream(
        phase: Phase,
        places: impl Into<Vec<Place>>,
        key: impl Hash,
        make: impl Fn(&mut Put<'_>) -> Result<(), RenderError> + Send + Sync + 'static,
    ) -> Self {
        Self { phase, places: places.into(), key: Fingerprint::of(key), make: Make::Batch(Arc::new(make)) }
    }

    /// Makes the files of a unit that is no copy.
    #[cfg(test)]
    pub(crate) fn files(&self) -> Result<Files, RenderError> {
        match (&self.make, self.path()) {
            (Make::Batch(batch), _) => collected(&**batch),
            (Make::Bytes(bytes), Some(path)) => Ok(vec![(path.clone(), bytes.to_vec())]),
            _ => panic!("{self:?} is no unit of this kind"),
        }
    }

    /// Returns the path of a unit that is a single file.
    pub fn path(&self) -> Option<&RelPath> {
        match &self.places[..] {
            [Place::File(path)] => Some(path),
            _ => None,
        }
    }

    /// Tells whether a path lies where the unit's files do.
    pub fn covers(&self, path: &str) -> bool {
        self.places.iter().any(|place| place.covers(path))
    }
}

/// Makes files, and returns them together.
pub fn collected(batch: &Batch) -> Result<Files, RenderError> {
    let mut files = Files::new();
    batch(&mut |path, bytes| files.push((path, bytes)))?;
    Ok(files)
}

impl Place {
    /// Returns a file.
    pub fn file(path: impl AsRef<str>) -> Self {
        Self::File(RelPath::composed(path))
    }

    /// Returns a folder.
    pub fn folder(path: impl AsRef<str>) -> Self {
        Self::Folder(RelPath::composed(path))
    }

    /// Returns the path of the file or folder.
    pub fn path(&self) -> &RelPath {
        let (Self::File(path) | Self::Folder(path)) = self;
        path
    }

    /// Tells whether a path is the file, or lies below the folder.
    pub fn covers(&self, path: &str) -> bool {
        match self {
            Self::File(file) => file.as_str() == path,
            Self::Folder(folder) => path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')),
        }
    }
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unit")
            .field("phase", &self.phase)
            .field("places", &self.places)
            .field("key", &self.key)
            .finish()
    }
}
