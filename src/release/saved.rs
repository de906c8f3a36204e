//! What has to be looked at again when it is known which files changed.
//!
//! A saved file inside a pack concerns that pack alone, unless it could change which directories are packs or what git
//! ignores: a manifest or something spelt almost like one that came or went, a file that may say where a pack is, a
//! `.gitignore`, a directory, something that a file elsewhere names. Then, and for everything that lies in no pack, the whole source is looked at.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::directory::{KnownDirectory, plain, written_below};
use super::discover::Rules;
use super::known::KnownSource;
use super::open::OpenSource;
use super::outside;

/// The places of a source, under every name that a watcher may have for them.
#[derive(Debug, Default)]
pub(super) struct Places {
    directory: Vec<Utf8PathBuf>,
    repository: Vec<Utf8PathBuf>,
}

/// Which part of a source may have changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Any part.
    Anything,
    /// Files of these packs.
    Packs(BTreeSet<String>),
    /// No part.
    Nothing,
}

impl Places {
    /// Returns the places of a source that was opened.
    pub(super) fn of(source: &OpenSource) -> Self {
        let directory = source.directory.as_deref().map(names).unwrap_or_default();
        let own = source.repository.iter().flat_map(|below| below.repository.directories());
        let repository = own.filter_map(|path| Utf8PathBuf::from_path_buf(path).ok()).flat_map(|path| names(&path));
        Self { directory, repository: repository.collect() }
    }
}

/// Returns the absolute names of a path: as it is written, and where it leads.
fn names(path: &Utf8Path) -> Vec<Utf8PathBuf> {
    let written = std::path::absolute(path).ok().and_then(|path| Utf8PathBuf::from_path_buf(path).ok());
    let mut names: Vec<Utf8PathBuf> =
        written.into_iter().chain(path.canonicalize_utf8()).map(|path| plain(&path)).collect();
    names.dedup();
    names
}

impl KnownSource {
    /// Returns what may have changed of the source when these files were saved and no others.
    pub(super) fn touched(&self, saved: &[Utf8PathBuf], rules: &Rules, written: &[Utf8PathBuf]) -> Touched {
        if self.result.is_none() {
            return Touched::Anything;
        }
        let directory = self.source.as_ref().and_then(OpenSource::directory);
        let written = directory.map(|directory| written_below(written, directory)).unwrap_or_default();
        let mut packs = BTreeSet::new();
        for path in saved {
            let path = plain(path);
            if self.places.repository.iter().any(|place| path.starts_with(place) || place.starts_with(&path)) {
                return Touched::Anything;
            }
            match self.places.directory.iter().find_map(|place| path.strip_prefix(place).ok()) {
                Some(below) if written.iter().any(|written| below.starts_with(written)) => {}
                Some(below) => match self.directory.as_ref().and_then(|known| known.packs_of(&path, below, rules)) {
                    Some(touched) => packs.extend(touched),
                    None => return Touched::Anything,
                },
                None if self.is_above(&path) => return Touched::Anything,
                None => {}
            }
        }
        if packs.is_empty() { Touched::Nothing } else { Touched::Packs(packs) }
    }

    /// Tells whether a path outside of a source's directory has a say in it: a directory that holds it, or what git reads
    /// on the way down.
    fn is_above(&self, path: &Utf8Path) -> bool {
        let git = |above: &&Utf8Path| matches!(above.file_name(), Some(".git" | ".gitignore"));
        let reads: Vec<&Utf8Path> = path.ancestors().filter(git).filter_map(Utf8Path::parent).collect();
        let mut places = self.places.directory.iter().chain(&self.places.repository);
        places.any(|place| place.starts_with(path) || reads.iter().any(|directory| place.starts_with(directory)))
    }
}

impl KnownDirectory {
    /// Tells whether a directory belongs to a pack whose manifest leaves no doubt, so that its files are no clues of others.
    fn is_certain(&self, directory: &Utf8Path) -> bool {
        directory.ancestors().filter_map(|above| self.packs.get(above.as_str())).any(|known| {
            known.reading.claimed && known.reading.ecosystem.is_some_and(|ecosystem| ecosystem.has_certain_manifest())
        })
    }

    /// Returns the packs that a saved file belongs to; nothing when more than they may have changed.
    fn packs_of(&self, path: &Utf8Path, below: &Utf8Path, rules: &Rules) -> Option<Vec<String>> {
        if below.components().any(|part| matches!(part.as_str(), ".git" | ".gitignore")) {
            return None;
        }
        let (name, directory) = (below.file_name()?, below.parent()?);
        if rules.may_hold_clue(name) && !self.is_certain(directory) {
            return None;
        }
        let metadata = path.symlink_metadata();
        let (is_file, is_gone) = (metadata.as_ref().is_ok_and(std::fs::Metadata::is_file), metadata.is_err());
        let mut packs = Vec::new();
        let is_looked_for = outside::concerns(&self.outside.looked_for, below);
        // Several packs hold a file when the outer ones are not claimed by any ecosystem.
        for above in directory.ancestors() {
            let Some(known) = self.packs.get(above.as_str()) else { continue };
            let inner = below.strip_prefix(above).ok()?.as_str();
            let files = &known.reading.snapshot;
            let was_file = files.get(inner).is_some();
            let fits = if rules.marks(name) {
                // A manifest that came or went makes a pack or ends one.
                was_file && is_file
            } else {
                // Something that was no file before and is none now may be, or have been, a directory.
                is_file || is_gone && was_file
            };
            let fits = fits && !(is_looked_for && !(was_file && is_file));
            let fits = fits && !(above.as_str().is_empty() && rules.concerns_all(below, was_file && is_file));
            if !fits || !files.below(inner).is_empty() {
                return None;
            }
            packs.push(above.to_string());
        }
        (!packs.is_empty()).then_some(packs)
    }
}
