//! Proves that the registry index is an extension of the one at another git revision.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::BuildError;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::index::extension;
use crate::index::store::Store;
use crate::source::git::Repository;

/// Returns what keeps the registry index from being an extension of the one at `revision`: the gate for pull requests.
///
/// Every line of the older index must stand unchanged at the start of the newer file.
pub fn check_against(config: &Config, root: &Utf8Path, revision: &str) -> Result<Vec<Diagnostic>, BuildError> {
    let index = root.join(&config.registry.index);
    let error = |reason: String| BuildError::Revision { path: index.clone(), revision: revision.to_owned(), reason };
    let (repository, prefix) =
        Repository::enclosing(root)?.ok_or_else(|| error("it is not in a git repository".to_owned()))?;
    let parts = [prefix.as_str(), config.registry.index.as_str()];
    let folder = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    let old = repository.files_at(revision, &folder).map_err(|reason| error(reason.to_string()))?;
    let old: BTreeMap<String, Vec<u8>> = old.into_iter().filter(|(path, _)| path.ends_with(".jsonl")).collect();
    let new = Store::at(&index).files()?;
    Ok(extension::check(&old, &new))
}
