//! What stands in for a pack that is broken right now: its last good state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Problem;
use crate::build::sources::Reading;
use crate::diag::Severity;
use crate::release::{Candidate, Stage};

/// The last good state of every pack that is present, by source, directory and stage.
#[derive(Debug, Default)]
pub(super) struct Standing(BTreeMap<Key, Arc<Candidate>>);

type Key = (String, String, Stage);

impl Standing {
    /// Replaces what has errors by its last good state, and returns the errors; what has none is remembered.
    ///
    /// What was never good stays as it is, errors included. A pack that is not found any more stays as long as its manifest
    /// is there: then the manifest is what is broken.
    pub(super) fn stand_in(&mut self, reading: &mut Reading) -> Vec<Problem> {
        let mut before = std::mem::take(&mut self.0);
        let mut found = BTreeSet::new();
        let mut problems = Vec::new();
        for candidate in reading.candidates.iter_mut().filter(|candidate| candidate.stage != Stage::Released) {
            let key = key(candidate);
            found.insert(key.clone());
            let errors: Vec<_> =
                candidate.findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
            if errors.is_empty() && candidate.pack.is_some() && candidate.listing.is_some() {
                self.0.insert(key, Arc::clone(candidate));
                continue;
            }
            if let Some(good) = before.remove(&key) {
                *candidate = Arc::clone(&good);
                self.0.insert(key, good);
            }
            let pack = candidate.pack.as_ref().map(|pack| pack.id.clone());
            problems.extend(errors.into_iter().map(|finding| Problem { pack: pack.clone(), finding }));
        }
        for (key, good) in before.into_iter().filter(|(key, _)| !found.contains(key)) {
            let manifest = good.pack.as_ref().and_then(|pack| {
                let source = reading.opened.get(&good.source.repository)?;
                source.file_on_disk(&good.source, pack.manifest.as_str())
            });
            if manifest.is_some_and(|path| path.is_file()) {
                reading.candidates.push(Arc::clone(&good));
                self.0.insert(key, good);
            }
        }
        problems
    }
}

fn key(candidate: &Candidate) -> Key {
    (candidate.source.repository.clone(), candidate.source.path.clone(), candidate.stage)
}
