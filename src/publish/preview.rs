//! What would be recorded, as a diff that people can review and `git apply` understands.

use std::fmt::Write as _;

use super::PublishError;
use super::registry::Base;
use crate::build::Addition;
use crate::ident::Digest;

/// Returns what an addition does to the registry: texts as a unified diff, archives by size and digest.
pub(super) fn diff(base: &Base, addition: &Addition) -> Result<String, PublishError> {
    let mut text = String::new();
    for (path, bytes) in &addition.files {
        let Ok(new) = str::from_utf8(bytes).map(str::to_owned) else {
            let _ = writeln!(text, "# new file {path}: {} bytes, {}", bytes.len(), Digest::of(bytes));
            continue;
        };
        let old = base.file(path)?.unwrap_or_default();
        let kept = String::from_utf8_lossy(&old);
        let added = new.strip_prefix(&*kept).unwrap_or(&new);
        let (before, lines) = (kept.lines().count(), added.lines().count());
        if old.is_empty() {
            let _ = writeln!(text, "--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{lines} @@");
        } else {
            let last = kept.lines().last().unwrap_or_default();
            let _ = writeln!(text, "--- a/{path}\n+++ b/{path}\n@@ -{before},1 +{before},{} @@\n {last}", lines + 1);
        }
        for line in added.lines() {
            let _ = writeln!(text, "+{line}");
        }
    }
    Ok(text)
}
