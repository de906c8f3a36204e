//! Making planned files without writing them: what a preview serves.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::{Make, OutputError, PlannedFile, RenderError};
use crate::ident::RelPath;
use crate::progress::Progress;

/// What a file of the registry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What this file of the archive store holds.
    Copy(Utf8PathBuf),
}

/// Makes the planned files in parallel, and returns them by path; the first page that fails ends it.
pub fn in_memory(
    planned: Vec<PlannedFile<'_>>,
    progress: &dyn Progress,
) -> Result<BTreeMap<RelPath, Made>, OutputError> {
    progress.stage("Rendering", Some(planned.len() as u64));
    let made: Vec<Vec<(RelPath, Made)>> = planned
        .into_par_iter()
        .map(|file| {
            let files = match file.make {
                Make::Bytes(path, bytes) => vec![(path, Made::Bytes(bytes))],
                Make::Copy(path, source) => vec![(path, Made::Copy(source))],
                Make::Batch(batch) => batch()?.into_iter().map(|(path, bytes)| (path, Made::Bytes(bytes))).collect(),
            };
            progress.tick(1);
            Ok::<_, RenderError>(files)
        })
        .collect::<Result<_, _>>()?;
    let mut files = BTreeMap::new();
    for (path, made) in made.into_iter().flatten() {
        if files.insert(path.clone(), made).is_some() {
            return Err(OutputError::Twice(path));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Phase;
    use crate::progress::Silent;

    fn path(text: &str) -> RelPath {
        RelPath::composed(text)
    }

    #[test]
    fn every_kind_of_plan_is_made() {
        let planned = vec![
            PlannedFile::bytes(Phase::Data, path("a.json"), "a"),
            PlannedFile { phase: Phase::Archives, make: Make::Copy(path("b.tar.gz"), "store/b".into()) },
            PlannedFile::batch(Phase::Pages, || Ok(vec![(path("c.html"), b"c".to_vec())])),
        ];
        let files = in_memory(planned, &Silent).expect("made");
        assert_eq!(files.len(), 3);
        assert_eq!(files[&path("b.tar.gz")], Made::Copy("store/b".into()));
        assert_eq!(files[&path("c.html")], Made::Bytes(b"c".to_vec()));
    }

    #[test]
    fn the_same_path_twice_is_an_error() {
        let planned = ["1", "2"].map(|text| PlannedFile::bytes(Phase::Data, path("a"), text)).into();
        assert!(matches!(in_memory(planned, &Silent), Err(OutputError::Twice(_))));
    }
}
