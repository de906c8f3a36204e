//! `packyard verify`.

use super::arguments::Verify;
use super::{Context, Outcome, check, progress};
use crate::client::verify;
use crate::diag::{Counts, plural};

pub(super) fn run(arguments: &Verify, context: &Context) -> anyhow::Result<Outcome> {
    let folder = context.path(&arguments.folder);
    let beside = context.path(&context.config()?.registry.index);
    let index = match &arguments.index {
        Some(index) => Some(context.path(index)),
        None => Some(beside).filter(|beside| arguments.folder == "public" && beside.is_dir()),
    };
    let verified = verify::verify(&folder, index.as_deref(), &*progress::on_stderr(false))?;
    let counted = format!(
        "{}, {}, {} of archives",
        plural(verified.packs, "pack"),
        plural(verified.releases, "release"),
        size(verified.bytes)
    );
    let summary = match verified.findings.is_empty() {
        true => format!("{} {folder}: {counted}\n", context.terminal.bold("Verified")),
        false => format!("{} in {counted}\n", Counts::of(&verified.findings)),
    };
    check::print(&verified.findings, arguments.format, &summary, context)?;
    Ok(check::outcome(&verified.findings, false))
}

/// Returns a number of bytes as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => plural(usize::try_from(bytes).unwrap_or_default(), "byte"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
