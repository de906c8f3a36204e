//! YAML files that were looked at before they are read.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::source::BlobId;
use crate::yaml::{Dialect, Fault, Yaml};

/// Keeps files that ecosystems looked at for evidence, until one of them reads the file.
///
/// What is learnt for good goes to the memo. Trees are large: those of small files are kept, a few of them, and handed out for
/// good.
#[derive(Default)]
pub(super) struct Sniffed(Mutex<Kept>);

/// A file that was read.
#[derive(Debug, Clone)]
pub(super) struct Sniff {
    /// Its content.
    pub(super) bytes: Arc<[u8]>,
    /// Its tree, or why it has none.
    pub(super) tree: Arc<Result<Yaml, Fault>>,
}

#[derive(Default)]
struct Kept {
    files: HashMap<(BlobId, Dialect), Sniff>,
    order: VecDeque<(BlobId, Dialect)>,
}

impl Sniffed {
    /// Most files that are kept.
    const FILES: usize = 256;
    /// Largest file whose tree is kept, in bytes.
    const BYTES: usize = 16 << 10;

    /// Returns a file for a look at it, and keeps it; `None` when it cannot be read.
    pub(super) fn get_or_read(
        &self,
        blob: BlobId,
        dialect: Dialect,
        read: impl FnOnce() -> Option<Sniff>,
    ) -> Option<Sniff> {
        let key = (blob, dialect);
        if let Some(file) = self.0.lock().expect("no panic while locked").files.get(&key) {
            return Some(file.clone());
        }
        let file = read()?;
        if file.bytes.len() > Self::BYTES {
            return Some(file);
        }
        let mut kept = self.0.lock().expect("no panic while locked");
        if kept.files.insert(key, file.clone()).is_none() {
            kept.order.push_back(key);
        }
        // Those that were taken are still in the order: forgetting them costs nothing.
        while kept.order.len() > Self::FILES
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.files.remove(&oldest);
        }
        Some(file)
    }

    /// Takes a file that is now read for good, if it is here.
    pub(super) fn take(&self, blob: BlobId, dialect: Dialect) -> Option<Sniff> {
        self.0.lock().expect("no panic while locked").files.remove(&(blob, dialect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::Digest;
    use crate::yaml::{self, Limits};

    #[test]
    fn a_file_is_kept_until_it_is_taken_and_the_number_of_files_is_bounded() {
        let (sniffed, mut reads) = (Sniffed::default(), 0);
        let blob = |number: usize| BlobId::sha256(Digest::of(number.to_string().as_bytes()));
        let mut get = |number: usize, size: usize| {
            let found = sniffed.get_or_read(blob(number), Dialect::Yaml12, || {
                reads += 1;
                let bytes: Arc<[u8]> = vec![b'a'; size].into();
                let tree = Arc::new(yaml::read(&bytes, Dialect::Yaml12, Limits::default()));
                Some(Sniff { bytes, tree })
            });
            assert_eq!(found.expect("a file").bytes.len(), size);
        };
        get(0, 5);
        get(0, 5);
        get(1, Sniffed::BYTES + 1);
        get(1, Sniffed::BYTES + 1);
        (2..2 + Sniffed::FILES).for_each(|number| get(number, 5));
        get(0, 5);
        assert_eq!(reads, 1 + 2 + Sniffed::FILES + 1);
        assert!(sniffed.take(blob(0), Dialect::Yaml11).is_none());
        assert!(sniffed.take(blob(0), Dialect::Yaml12).is_some());
        assert!(sniffed.take(blob(0), Dialect::Yaml12).is_none());
        assert_eq!(sniffed.0.lock().expect("no panic while locked").files.len(), Sniffed::FILES - 1);
    }
}
