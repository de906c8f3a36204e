//! What a run left: which units it made from what, and their files as they were then.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::existing::Existing;
use super::paths::Paths;
use super::unit::Unit;
use super::writer;
use crate::fs::listing::Directory;
use crate::fs::stamp::Stamp;
use crate::ident::{Digest, Fingerprint};

/// What a run left in a folder, so that the next one need not make again what is as it was.
///
/// A unit is left out if a change of one of its files right after the run could go unnoticed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// By the unit's phase and places.
    units: HashMap<Digest, Made>,
}

/// A unit as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    key: Digest,
    files: Paths,
    /// What the system says about each of the files.
    stamps: Vec<Stamp>,
}

impl Record {
    /// Returns the files of a unit, if all of them are there as they were made from the same key.
    pub(super) fn unchanged(&self, unit: &Unit, existing: &Existing) -> Option<&Paths> {
        let made = self.units.get(&name(unit)).filter(|made| made.key == unit.key)?;
        let is_there = |(path, stamp): (String, &Stamp)| {
            existing.files.get(&path).is_some_and(|file| file.is_regular && file.stamp == Some(*stamp))
        };
        (made.files.len() == made.stamps.len() && made.files.iter().zip(&made.stamps).all(is_there))
            .then_some(&made.files)
    }

    /// Returns the record of units and their files, as they are in the folder, which was just listed.
    pub(super) fn of(units: writer::Made, listed: &[Directory]) -> Self {
        let made = |(name, key, files): (Digest, Digest, Paths)| {
            let stamps = files.iter().map(|path| stamp(listed, &path)).collect::<Option<_>>()?;
            Some((name, Made { key, files, stamps }))
        };
        Self { units: units.into_par_iter().filter_map(made).collect() }
    }
}

/// Returns the stamp of a file among the directories of a listing, which are sorted, as their entries are.
fn stamp(listed: &[Directory], path: &str) -> Option<Stamp> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let directory = listed.binary_search_by(|directory| directory.path.as_str().cmp(folder)).ok()?;
    let entries = &listed[directory].entries;
    let entry = entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
    entries[entry].stamp
}

/// Returns what names a unit from one run to the next.
pub(super) fn name(unit: &Unit) -> Digest {
    Fingerprint::of((unit.phase, &unit.places))
}
