//! What is remembered of an index, so that files that did not change need not be read again.
//!
//! Of each history: the stamp of its file, and its [`Head`], which is what planning asks about packs that do not change. In a
//! process that lives on, also the history itself, if it was asked for: it comes back as the very same value.
//!
//! Everything here can be lost at any time: then the files are read. Whoever keeps it between processes keeps it where only
//! this user can write; a head that is not the file's is found out when the history is asked for, and not before.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use camino::Utf8Path;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::history::History;
use super::status::Status;
use super::store::StoreError;
use crate::fs;
use crate::fs::stamp::Stamp;
use crate::ident::{Digest, PackId, Version};

/// What is remembered of an index; empty at first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KnownIndex {
    #[serde(with = "by_id")]
    pub(super) files: BTreeMap<PackId, KnownFile>,
}

/// What is remembered of one file, which verified.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KnownFile {
    /// Its stamp when it was read; nothing when it had been changed just then, so that it must be read again.
    pub(super) stamp: Option<Stamp>,
    pub(super) head: Arc<Head>,
    /// The history, when it was needed.
    #[serde(skip)]
    whole: Arc<OnceLock<Arc<History>>>,
}

/// What a history ends in: all that is asked about a pack that does not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    owner: String,
    lines: u64,
    digest: Digest,
    /// Seconds since 1970: the index has no fractions.
    updated: i64,
    status: Status,
    /// The content digest of each release and what stands for its origin, sorted by the text of the version.
    releases: Vec<(Box<str>, Digest, u64)>,
}

impl KnownIndex {
    /// Returns how many histories are remembered.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Tells whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl Head {
    /// Returns the head of a history; nothing of an empty one.
    pub(super) fn of(history: &History) -> Option<Self> {
        let releases = history.releases();
        let releases = releases.map(|(release, _)| release.content());
        let mut releases: Vec<(Box<str>, Digest, u64)> =
            releases.map(|(version, digest, origin)| (version.into(), digest, origin)).collect();
        releases.sort_unstable();
        Some(Self {
            owner: history.owner()?.to_owned(),
            lines: history.lines(),
            digest: history.head()?,
            updated: history.updated()?.as_second(),
            status: history.pack_status(),
            releases,
        })
    }

    /// Returns the source that owns the name.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Returns how many lines the history has.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns the digest of the last line, which stands for the whole history.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns when the newest event happened.
    pub fn updated(&self) -> Timestamp {
        Timestamp::from_second(self.updated).unwrap_or_default()
    }

    /// Returns the status of the pack as a whole.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Returns how many releases there are.
    pub fn releases(&self) -> usize {
        self.releases.len()
    }

    /// Returns the content digest of a release; nothing when the version was not released.
    pub fn digest_of(&self, version: &Version) -> Option<Digest> {
        let place = self.releases.binary_search_by(|(text, ..)| (**text).cmp(version.as_str())).ok()?;
        Some(self.releases[place].1)
    }

    /// Returns the version of each release, its content digest and the number of its origin
    /// ([`SourceFacts::origin`](super::event::SourceFacts::origin)).
    pub fn contents(&self) -> impl Iterator<Item = (&str, Digest, u64)> {
        self.releases.iter().map(|(version, digest, origin)| (&**version, *digest, *origin))
    }

    fn is_of(&self, history: &History) -> bool {
        history.lines() == self.lines && history.head() == Some(self.digest())
    }
}

impl KnownFile {
    /// Returns what is to be remembered of a file, given its history and what was remembered before.
    ///
    /// A file that was read again and says the same keeps what was made of it. The history itself is kept if `is_kept` says so, else it is read
    /// again when it is asked for. Nothing when the history is empty.
    pub(super) fn new(history: History, stamp: Option<Stamp>, before: Option<&Self>, is_kept: bool) -> Option<Self> {
        let file = match before.filter(|before| before.head.is_of(&history)) {
            Some(before) => Self { stamp, ..before.clone() },
            None => Self { stamp, head: Arc::new(Head::of(&history)?), whole: Arc::default() },
        };
        if is_kept {
            // When it was there already, it is the same.
            let _ = file.whole.set(Arc::new(history));
        }
        Some(file)
    }

    /// Returns the history, which is read if nobody has asked for it yet.
    ///
    /// Fails when the file does not hold what is remembered: when it was changed since, or memory is wrong.
    pub(super) fn whole(&self, id: &PackId, path: &Utf8Path) -> Result<&Arc<History>, StoreError> {
        if let Some(history) = self.whole.get() {
            return Ok(history);
        }
        let raced = || StoreError::Raced { path: path.to_owned() };
        let text = String::from_utf8(fs::read(path)?).map_err(|_| raced())?;
        let history = History::parse(id.clone(), &text).ok().filter(|history| self.head.is_of(history));
        let history = Arc::new(history.ok_or_else(raced)?);
        Ok(self.whole.get_or_init(|| history))
    }

    /// Takes the history out, when it was read; copied only when somebody else has it too.
    pub(super) fn into_whole(self) -> Option<History> {
        let whole = Arc::try_unwrap(self.whole).map_or_else(|shared| shared.get().cloned(), OnceLock::into_inner)?;
        Some(Arc::unwrap_or_clone(whole))
    }

    /// Tells whether the history was read.
    #[cfg(test)]
    pub(super) fn is_read(&self) -> bool {
        self.whole.get().is_some()
    }
}

/// Writes packs as `ecosystem/name`.
mod by_id {
    use std::collections::BTreeMap;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::KnownFile;
    use crate::ident::PackId;

    pub(super) fn serialize<S: Serializer>(files: &BTreeMap<PackId, KnownFile>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(files.iter().map(|(id, file)| (id.to_string(), file)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<PackId, KnownFile>, D::Error> {
        let files = BTreeMap::<String, KnownFile>::deserialize(from)?;
        files.into_iter().map(|(id, file)| Ok((id.parse().map_err(D::Error::custom)?, file))).collect()
    }
}

#[cfg(test)]
mod tests;
