//! Proves that an index only grew: the gate for changes of a registry.
//!
//! In: the files of two states of an index, byte for byte. Out: what was changed, removed or moved, as findings. That the new
//! state also verifies by itself is what [`Store::load`](super::store::Store::load) tells.

use std::collections::BTreeMap;

use super::INDEX_NOT_APPEND_ONLY;
use super::store::Store;
use crate::diag::{Diagnostic, Place, Sink, Span};
use crate::ident::PackId;
use crate::source::{ReadError, Snapshot};

/// The history files of an index, by their paths relative to it.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Returns the history files in a snapshot of an index, such as that of a git revision.
pub fn files_of(snapshot: &Snapshot) -> Result<Files, ReadError> {
    let histories = snapshot.below("packs").iter().filter(|entry| pack_of(entry.path.as_str()).is_some());
    histories.map(|entry| Ok((entry.path.to_string(), snapshot.read(entry)?.to_vec()))).collect()
}

/// Returns what keeps the `new` state from being an extension of the `old` one: every old line must still be there, byte for
/// byte, in its place.
pub fn check(old: &Files, new: &Files) -> Vec<Diagnostic> {
    let mut sink = Sink::new();
    for (path, before) in old {
        let Some(after) = new.get(path) else {
            sink.report(INDEX_NOT_APPEND_ONLY, Place::file(path), format!("`{path}` was removed from the index")).help(
                "take the file back: what was published stays published; a pack can be deprecated or quarantined",
            );
            continue;
        };
        let Some((number, line)) = first_lost_line(before, after) else { continue };
        let shown: String = String::from_utf8_lossy(line).chars().take(120).collect();
        let place = place(path, number, &String::from_utf8_lossy(after));
        sink.report(
            INDEX_NOT_APPEND_ONLY,
            place,
            format!("line {number} was changed or removed; it was `{}`", shown.trim_end()),
        )
        .help("take the recorded lines back, and append events behind them");
    }
    sink.finish()
}

/// Returns the first line of `before` that `after` has not in the same place, counted from 1.
fn first_lost_line<'a>(before: &'a [u8], after: &[u8]) -> Option<(u64, &'a [u8])> {
    if after.starts_with(before) && (before.is_empty() || before.ends_with(b"\n")) {
        return None;
    }
    let lines = |bytes: &'a [u8]| bytes.split_inclusive(|byte| *byte == b'\n');
    let mut kept = after.split_inclusive(|byte| *byte == b'\n');
    (1..).zip(lines(before)).find(|(_, line)| kept.next() != Some(line))
}

/// Returns the pack whose history lies at a path.
pub(super) fn pack_of(path: &str) -> Option<PackId> {
    let (ecosystem, rest) = path.strip_prefix("packs/")?.strip_suffix(".jsonl")?.split_once('/')?;
    let id: PackId = format!("{ecosystem}/{}", rest.split_once('/')?.1).parse().ok()?;
    (Store::file(&id) == path).then_some(id)
}

/// Returns the place of a line of a history, which is where it should be when it is missing at the end.
pub(crate) fn place(path: &str, line: u64, text: &str) -> Place {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    let span = Span { line, column: 1, end_line: line, end_column: 2 };
    if text.lines().count() < line as usize {
        return Place { path: path.to_owned(), span: Some(span), excerpt: None };
    }
    Place::in_text(path, span, text)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{at, history, yank};
    use super::*;

    fn index(packs: &[(&str, &[&str])]) -> Files {
        let file = |(name, versions): &(&str, &[&str])| {
            let history = history(name, versions);
            (Store::file(history.id()), history.new_lines().as_bytes().to_vec())
        };
        packs.iter().map(file).collect()
    }

    fn messages(old: &Files, new: &Files) -> Vec<String> {
        check(old, new).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn new_packs_and_new_lines_are_an_extension() {
        let old = index(&[("echo", &["1.0.0"])]);
        assert_eq!(messages(&old, &old), [""; 0]);
        assert_eq!(messages(&old, &index(&[("echo", &["1.0.0", "1.1.0"]), ("shout", &["1.0.0"])])), [""; 0]);
        assert_eq!(messages(&Files::new(), &old), [""; 0]);
    }

    #[test]
    fn removed_files_and_removed_changed_or_reordered_lines_are_not() {
        let old = index(&[("echo", &["1.0.0", "1.1.0"]), ("shout", &["1.0.0"])]);
        assert_eq!(
            messages(&old, &index(&[("echo", &["1.0.0", "1.1.0"])])),
            ["`packs/attune/sh/shout.jsonl` was removed from the index"]
        );
        let changed = |change: fn(Vec<&str>) -> String| {
            let mut new = old.clone();
            let text = String::from_utf8(old["packs/attune/ec/echo.jsonl"].clone()).unwrap();
            new.insert(
                "packs/attune/ec/echo.jsonl".to_owned(),
                change(text.split_inclusive('\n').collect()).into_bytes(),
            );
            check(&old, &new).iter().filter_map(|finding| finding.place.span).map(|span| span.line).collect::<Vec<_>>()
        };
        assert_eq!(changed(|lines| lines[..2].concat()), [3]);
        assert_eq!(changed(|lines| lines[1..].concat()), [1]);
        assert_eq!(changed(|lines| [lines[0], lines[2], lines[1]].concat()), [2]);
        assert_eq!(changed(|lines| lines.concat().replace("2026-01-02T03:05", "2026-01-02T03:06")), [2]);
        assert_eq!(changed(|lines| lines.concat().trim_end().to_owned()), [3]);
        assert_eq!(changed(|_| String::new()), [1]);
    }

    #[test]
    fn appended_status_is_an_extension() {
        let old = index(&[("echo", &["1.0.0"])]);
        let mut history = history("echo", &["1.0.0"]);
        history.append(at(7), yank("1.0.0")).unwrap();
        let new = [(Store::file(history.id()), history.new_lines().as_bytes().to_vec())].into();
        assert_eq!(messages(&old, &new), [""; 0]);
        assert_eq!(check(&new, &old).len(), 1);
    }

    #[test]
    fn only_the_place_of_a_pack_holds_its_history() {
        assert_eq!(pack_of("packs/attune/ec/echo.jsonl"), Some("attune/echo".parse().unwrap()));
        for path in ["packs/attune/xx/echo.jsonl", "packs/attune/echo.jsonl", "packs/attune/ec/echo.json", "echo.jsonl"]
        {
            assert_eq!(pack_of(path), None, "{path}");
        }
    }
}
