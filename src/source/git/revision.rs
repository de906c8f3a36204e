//! Files at a revision that a person names, such as `origin/main` or `HEAD~1`.

use std::collections::BTreeMap;

use super::{ObjectId, Repository};
use crate::source::SourceError;

impl Repository {
    /// Returns a file at a revision; nothing where it does not exist.
    pub fn file_at(&self, revision: &str, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        self.with(|git| {
            let tree = git.revparse_single(revision)?.peel_to_tree()?;
            match tree.get_path(std::path::Path::new(path)) {
                Ok(entry) => Ok(Some(entry.to_object(git)?.peel_to_blob()?.content().to_vec())),
                Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// Returns the files below a directory at a revision, by their path relative to it; none where it does not exist.
    ///
    /// For directories that the registry itself writes: reads every file whole.
    pub fn files_at(&self, revision: &str, directory: &str) -> Result<BTreeMap<String, Vec<u8>>, SourceError> {
        let root = self.with(|git| Ok(ObjectId::of(git.revparse_single(revision)?.peel_to_tree()?.id())))?;
        let Some(tree) = self.tree_at(root, directory)? else { return Ok(BTreeMap::new()) };
        self.with(|git| {
            let mut files = BTreeMap::new();
            let mut failure = None;
            git.find_tree(tree.git2())?
                .walk(git2::TreeWalkMode::PreOrder, |parent, entry| {
                    if entry.kind() == Some(git2::ObjectType::Blob) {
                        match git.find_blob(entry.id()) {
                            Ok(blob) => {
                                let path = format!("{parent}{}", String::from_utf8_lossy(entry.name_bytes()));
                                files.insert(path, blob.content().to_vec());
                            }
                            Err(error) => {
                                failure = Some(error);
                                return git2::TreeWalkResult::Abort;
                            }
                        }
                    }
                    git2::TreeWalkResult::Ok
                })
                .or_else(|error| failure.is_some().then_some(()).ok_or(error))?;
            failure.map_or(Ok(files), Err)
        })
    }
}
