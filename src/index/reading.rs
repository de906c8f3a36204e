//! Reads one file of the index, or sees that it need not be read.

use std::sync::atomic::{AtomicU64, Ordering};

use camino::Utf8Path;

use super::history::{History, HistoryFault, LineFault};
use super::known::KnownFile;
use super::{INDEX_BROKEN, extension};
use crate::diag::{Place, Sink};
use crate::fs::stamp::{Moment, Stamp};
use crate::fs::{self, Context as _, PathError};
use crate::ident::PackId;

/// What is known of a file after it was looked at.
#[derive(Debug)]
pub(super) struct Looked {
    /// What it holds, or why it is no history.
    pub(super) file: Result<KnownFile, Unreadable>,
    /// Whether it was opened.
    pub(super) is_read: bool,
}

/// Says why a file of the index is no history.
#[derive(Debug)]
pub(super) enum Unreadable {
    Misplaced,
    NotText,
    Fault(HistoryFault, String),
}

/// How much may be kept of what was read: histories take about three times as much memory as their text.
///
/// Those of a small registry are kept, so that nothing is read twice. Of a large one most are not needed once they are verified.
#[derive(Debug)]
pub(super) struct Budget(AtomicU64);

impl Budget {
    /// Returns a budget of some bytes of text.
    pub(super) fn of(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    /// Takes from the budget, and tells whether it was enough.
    fn take(&self, bytes: usize) -> bool {
        let left = |left: u64| left.checked_sub(bytes as u64);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok()
    }
}

/// Looks at a file below `root`, where the history of `id` should be; reads it unless its stamp says that it is as it was.
pub(super) fn look(
    root: &Utf8Path,
    path: &str,
    id: Option<&PackId>,
    before: Option<&KnownFile>,
    budget: &Budget,
) -> Result<Looked, PathError> {
    let on_disk = root.join(path);
    // The clock is asked before the file is read: a change in between is later than that.
    let moment = Moment::now();
    let metadata = on_disk.symlink_metadata().context("read", &on_disk)?;
    let Some(id) = id.filter(|_| metadata.is_file()) else {
        return Ok(Looked { file: Err(Unreadable::Misplaced), is_read: false });
    };
    let seen = moment.stamp(&metadata);
    if let Some(before) = before.filter(|before| seen.is_some() && before.stamp == seen) {
        return Ok(Looked { file: Ok(before.clone()), is_read: false });
    }
    let bytes = fs::read(&on_disk)?;
    // What was replaced while it was read may be neither the old nor the new.
    let stamp = seen.filter(|_| on_disk.symlink_metadata().is_ok_and(|metadata| moment.stamp(&metadata) == seen));
    Ok(Looked { file: parse(id, bytes, stamp, before, budget), is_read: true })
}

fn parse(
    id: &PackId,
    bytes: Vec<u8>,
    stamp: Option<Stamp>,
    before: Option<&KnownFile>,
    budget: &Budget,
) -> Result<KnownFile, Unreadable> {
    let text = String::from_utf8(bytes).map_err(|_| Unreadable::NotText)?;
    match History::parse(id.clone(), &text) {
        Err(fault) => Err(Unreadable::Fault(fault, text)),
        Ok(history) => KnownFile::new(history, stamp, before, budget.take(text.len()))
            .ok_or(Unreadable::Fault(HistoryFault { line: 1, fault: LineFault::NoOwner }, text)),
    }
}

impl Unreadable {
    pub(super) fn report(self, path: &str, sink: &mut Sink) {
        let restore = "restore the file from git, or from another copy of the index";
        match self {
            Self::Misplaced => {
                let message = format!("`{path}` is not where a pack's history lies, or no plain file");
                sink.report(INDEX_BROKEN, Place::file(path), message).help(
                    "histories are `packs/<ecosystem>/<shard>/<name>.jsonl`, shard: the name's first two letters",
                );
            }
            Self::NotText => {
                let message = format!("`{path}` is not UTF-8");
                sink.report(INDEX_BROKEN, Place::file(path), message).help(restore);
            }
            Self::Fault(HistoryFault { line, fault }, text) => {
                let place = extension::place(path, line, &text);
                sink.report(INDEX_BROKEN, place, format!("line {line} of the index: {fault}")).help(restore);
            }
        }
    }
}
