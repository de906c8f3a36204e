//! Signatures; the body follows.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::history::{History, HistoryFault};
use crate::diag::Diagnostic;
use crate::fs::PathError;
use crate::ident::PackId;

/// The folder `registry-index/`.
#[derive(Debug, Clone)]
pub struct Store {
    root: Utf8PathBuf,
}

/// Proves that this process alone may append.
#[derive(Debug)]
pub struct Guard {}

/// What an index holds.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The histories that verify.
    pub histories: BTreeMap<PackId, History>,
    /// What is wrong with the others (`index-broken`); paths are relative to the index.
    pub findings: Vec<Diagnostic>,
}

/// Reports an index that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// Another process holds the lock.
    #[error("`{path}` is locked")]
    Locked {
        /// The lock file.
        path: Utf8PathBuf,
    },
    /// A file does not verify.
    #[error("`{path}` does not verify: {fault}")]
    Broken {
        /// The file, relative to the index.
        path: String,
        /// Where and how.
        fault: HistoryFault,
    },
    /// A file is not what was loaded.
    #[error("`{path}` was changed by another process")]
    Raced {
        /// The file.
        path: Utf8PathBuf,
    },
}

/// `registry.json`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct RegistryFile {
    /// 1.
    pub format_version: u32,
    /// What people call the registry.
    pub name: String,
    /// Where it is served; null when it was not said.
    pub base_url: Option<String>,
}

impl Store {
    /// Returns the store in a folder, which need not exist; touches nothing.
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into() }
    }
    /// Takes the lock; `waiting` is called once if another process holds it.
    pub fn lock(&self, patience: Duration, waiting: impl FnOnce(&Utf8Path)) -> Result<Guard, StoreError> {
        unimplemented!()
    }
    /// Reads every history; a file that does not verify is a finding.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        unimplemented!()
    }
    /// Stores the new lines of histories, in parallel, each file atomically and durably.
    pub fn append(&self, guard: &Guard, histories: &mut [&mut History]) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Reads `registry.json`.
    pub fn registry(&self) -> Result<Option<RegistryFile>, StoreError> {
        unimplemented!()
    }
    /// Writes `registry.json` if it differs.
    pub fn write_registry(&self, guard: &Guard, file: &RegistryFile) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Returns every file of the index, by path relative to it: what [`super::extension::check`] compares.
    pub fn files(&self) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        unimplemented!()
    }
}
