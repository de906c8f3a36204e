//! What lies in `public/` before it is written.

use std::collections::{HashMap, HashSet};

use camino::Utf8Path;

use super::MARKER;
use crate::fs::{Context as _, PathError};

/// The entries of a folder, by their paths relative to it; no symbolic link is followed.
#[derive(Debug, Default)]
pub(super) struct Existing {
    /// Whether it is a regular file, by path, of everything that is no directory.
    pub(super) files: HashMap<String, bool>,
    /// The directories.
    pub(super) directories: HashSet<String>,
}

impl Existing {
    /// Lists a folder, without our marker and without git's own `.git` at its top.
    pub(super) fn scan(root: &Utf8Path) -> Result<Self, PathError> {
        let mut found = Self::default();
        let mut waiting = vec![String::new()];
        while let Some(directory) = waiting.pop() {
            let path = root.join(&directory);
            for entry in path.read_dir_utf8().context("list", &path)? {
                let entry = entry.context("list", &path)?;
                let kind = entry.file_type().context("list", &path)?;
                let name = entry.file_name();
                if directory.is_empty() && (name == MARKER || name == ".git") {
                    continue;
                }
                let below = if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
                if kind.is_dir() {
                    found.directories.insert(below.clone());
                    waiting.push(below);
                } else {
                    found.files.insert(below, kind.is_file());
                }
            }
        }
        Ok(found)
    }
}
