//! What a build has written, told by the times of the files.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};

use super::scenario::Context;

/// Notes the time before a build.
pub(super) fn stamp(context: &Context) -> Result<()> {
    let stamp = context.directory.join("before-build");
    fs::write(&stamp, "").with_context(|| format!("cannot write {}", stamp.display()))
}

/// Returns how many files below `public/` are newer than the stamp, and how many there are; fails unless `allowed` are enough.
pub(super) fn since_stamp(context: &Context, public: &Path, allowed: usize) -> Result<(usize, usize)> {
    let before = modified(&context.directory.join("before-build"))?;
    let (mut written, mut all) = (0, 0);
    let mut open = vec![public.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))? {
            let path = entry?.path();
            let is_newer = modified(&path)? > before;
            if is_newer {
                ensure!(written < allowed, "a build with nothing changed has written {}", path.display());
            }
            if path.is_dir() {
                open.push(path);
            } else {
                all += 1;
                written += usize::from(is_newer);
            }
        }
    }
    Ok((written, all))
}

fn modified(path: &Path) -> Result<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).with_context(|| format!("cannot look at {}", path.display()))
}
