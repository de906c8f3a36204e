//! Tells from what the system says about a file whether it is still the one that was read.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// What the system says about a file that changes whenever its content does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    size: u64,
    /// When its content was changed, in nanoseconds since 1970; whoever writes the file can set it.
    modified: i64,
    /// When anything about it was changed, as the system has it; what cannot be set. As `modified` where there is no such.
    changed: i64,
    /// Which file it is, so that another one that was put in its place is noticed; 0 where there is no such.
    inode: u64,
}

/// How long a file must have been left alone before its stamp is trusted.
///
/// The system's times have steps, of up to 10 ms on Linux: a change within the step in which the file was looked at could
/// leave the stamp as it is.
const SETTLED: Duration = Duration::from_millis(50);

/// The same where times are kept in whole seconds, or in steps of two, as on FAT.
const SETTLED_COARSE: Duration = Duration::from_millis(2_100);

impl Stamp {
    /// Returns the stamp of a file.
    pub(super) fn of(file: &Metadata) -> Self {
        let modified = file.modified().map_or(0, nanoseconds);
        #[cfg(unix)]
        let (changed, inode) = {
            use std::os::unix::fs::MetadataExt as _;
            (file.ctime().wrapping_mul(1_000_000_000).wrapping_add(file.ctime_nsec()), file.ino())
        };
        #[cfg(not(unix))]
        let (changed, inode) = (modified, 0);
        Self { size: file.len(), modified, changed, inode }
    }

    /// Tells whether every later change will change the stamp, given when the file was looked at.
    ///
    /// A file from the future, by a clock that was set back or another machine's, is not settled until that time has come.
    pub(super) fn is_settled(&self, looked_at: SystemTime) -> bool {
        let is_coarse = self.changed % 1_000_000_000 == 0;
        let settled = if is_coarse { SETTLED_COARSE } else { SETTLED };
        let age = nanoseconds(looked_at).saturating_sub(self.changed);
        u64::try_from(age).is_ok_and(|age| Duration::from_nanos(age) >= settled)
    }
}

/// Returns the time of the system's clock; decides only whether a file is read once more, never what is made of it.
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

fn nanoseconds(time: SystemTime) -> i64 {
    let since = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(duration) => since(duration),
        Err(before) => -since(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(changed: i64) -> Stamp {
        Stamp { size: 1, modified: 0, changed, inode: 1 }
    }

    #[test]
    fn fresh_coarse_and_future_files_are_not_trusted() {
        let at = |milliseconds: u64| UNIX_EPOCH + Duration::from_millis(milliseconds);
        let precise = stamp(1_000_500_000);
        assert!(!precise.is_settled(at(1_001)) && !precise.is_settled(at(1_050)) && precise.is_settled(at(1_051)));
        let coarse = stamp(1_000_000_000);
        assert!(!coarse.is_settled(at(1_051)) && !coarse.is_settled(at(3_099)) && coarse.is_settled(at(3_100)));
        assert!(!precise.is_settled(at(900)));
    }

    #[test]
    fn another_file_in_the_same_place_has_another_stamp() {
        let directory = tempfile::tempdir().unwrap();
        let (one, two) = (directory.path().join("one"), directory.path().join("two"));
        std::fs::write(&one, "same").unwrap();
        let before = Stamp::of(&one.symlink_metadata().unwrap());
        assert_eq!(Stamp::of(&one.symlink_metadata().unwrap()), before);
        assert!(!before.is_settled(now()));
        std::fs::write(&two, "same").unwrap();
        std::fs::rename(&two, &one).unwrap();
        assert_ne!(Stamp::of(&one.symlink_metadata().unwrap()), before);
    }
}
