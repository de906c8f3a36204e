//! What a run left: which units it made from what, and their files as they were then.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::existing::Existing;
use super::unit::Unit;
use super::writer;
use crate::fs::stamp::Stamp;
use crate::ident::{Digest, Fingerprint, RelPath};

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
    files: Vec<(RelPath, Stamp)>,
}

impl Record {
    /// Returns the files of a unit, if all of them are there as they were made from the same key.
    pub(super) fn unchanged(&self, unit: &Unit, existing: &Existing) -> Option<impl Iterator<Item = &RelPath>> {
        let made = self.units.get(&name(unit)).filter(|made| made.key == unit.key)?;
        let is_there = |(path, stamp): &(RelPath, Stamp)| {
            existing.files.get(path.as_str()).is_some_and(|file| file.is_regular && file.stamp == Some(*stamp))
        };
        made.files.iter().all(is_there).then(|| made.files.iter().map(|(path, _)| path))
    }

    /// Returns the record of units and their files, as they are in the folder now.
    pub(super) fn of(units: writer::Made, existing: &Existing) -> Self {
        let stamped = |path: RelPath| {
            let stamp = existing.files.get(path.as_str())?.stamp?;
            Some((path, stamp))
        };
        let made = |(name, key, files): (Digest, Digest, Vec<RelPath>)| {
            let files = files.into_iter().map(stamped).collect::<Option<_>>()?;
            Some((name, Made { key, files }))
        };
        Self { units: units.into_iter().filter_map(made).collect() }
    }
}

/// Returns what names a unit from one run to the next.
pub(super) fn name(unit: &Unit) -> Digest {
    Fingerprint::of((unit.phase, &unit.places))
}
