//! Stamps: what the file system says about a file without opening it.
//!
//! A file whose stamp is the one from before holds what it held before, with one exception: a file that is written twice
//! within one tick of the file system's clock may have the same stamp both times. So a stamp is only trusted when the file
//! was already at rest when the stamp was taken.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// How long a file must have been at rest: several ticks of any kernel's clock.
const REST: Duration = Duration::from_millis(50);
/// The same where times are whole seconds: two, as on FAT.
const REST_IN_SECONDS: Duration = Duration::from_secs(2);

/// Size, times, inode and mode of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    size: u64,
    modified: (i64, u32),
    changed: (i64, u32),
    inode: u64,
    mode: u32,
}

/// The moment from which stamps are taken.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    now: Duration,
}

impl Moment {
    /// Returns the present moment.
    ///
    /// The clock is held against times of files and nothing else: no result depends on it.
    pub fn now() -> Self {
        Self { now: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() }
    }

    /// Returns the stamp of a file that is looked at after this moment; nothing when the file was not at rest, or where
    /// the system does not say enough.
    #[cfg(unix)]
    pub fn stamp(self, metadata: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt as _;
        let time = |seconds: i64, nanoseconds: i64| (seconds, u32::try_from(nanoseconds).unwrap_or_default());
        let stamp = Stamp {
            size: metadata.len(),
            modified: time(metadata.mtime(), metadata.mtime_nsec()),
            changed: time(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            mode: metadata.mode(),
        };
        let rest = if stamp.modified.1 == 0 && stamp.changed.1 == 0 { REST_IN_SECONDS } else { REST };
        let latest = self.now.checked_sub(rest)?;
        let latest = (i64::try_from(latest.as_secs()).ok()?, latest.subsec_nanos());
        (stamp.modified < latest && stamp.changed < latest).then_some(stamp)
    }

    /// Returns nothing: without the time of the last change of a file's facts, a stamp proves too little.
    #[cfg(not(unix))]
    pub fn stamp(self, _: &Metadata) -> Option<Stamp> {
        None
    }
}

/// What was seen at a path that may be a file or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Seen {
    /// Nothing is there.
    Absent,
    /// A file with this stamp.
    File(Stamp),
    /// Something of which nobody can say whether it is as it was.
    Unknown,
}

impl Seen {
    /// Looks at a path, without following a link.
    pub fn at(path: &std::path::Path, moment: Moment) -> Self {
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_file() => moment.stamp(&metadata).map_or(Self::Unknown, Self::File),
            Ok(_) => Self::Unknown,
            Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
                Self::Absent
            }
            Err(_) => Self::Unknown,
        }
    }

    /// Tells whether what is there now is surely what was there before.
    pub fn is_still(self, before: Self) -> bool {
        self == before && self != Self::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_that_was_just_written_has_no_stamp_yet() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let at = |moment: Moment| Seen::at(&path, moment);
        assert_eq!(at(Moment::now()), Seen::Absent);
        std::fs::write(&path, "a").expect("a file");
        assert_eq!(at(Moment::now()), Seen::Unknown);
        assert!(!at(Moment::now()).is_still(at(Moment::now())));
        let later = Moment { now: Moment::now().now + Duration::from_secs(1) };
        let before = at(later);
        assert!(at(later).is_still(before));
        std::thread::sleep(Duration::from_millis(20));
        std::fs::write(&path, "b").expect("a file");
        assert!(!at(later).is_still(before), "the size is the same, the times are not");
        // Times that lie ahead prove nothing.
        let ahead = SystemTime::now() + Duration::from_secs(3600);
        std::fs::File::options().append(true).open(&path).expect("a file").set_modified(ahead).expect("a time");
        assert_eq!(at(later), Seen::Unknown);
    }
}
