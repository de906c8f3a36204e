//! Which paths an archive of Attune's proposed 1.0 format can hold.

use std::collections::HashMap;

use unicode_normalization::is_nfc;

use crate::source::Snapshot;

/// Longest path, in bytes, with the top directory.
const MOST_BYTES: usize = 255;

/// Reports every path that cannot be in an archive whose top directory is `pack`.
pub(super) fn check<'a>(snapshot: &'a Snapshot, pack: &str, mut report: impl FnMut(&'a str, String)) {
    let mut folded: HashMap<String, &str> = HashMap::new();
    for entry in snapshot.files() {
        let path = entry.path.as_str();
        if let Some(fault) = fault(path, pack) {
            report(path, format!("an archive of Attune's 1.0 format cannot hold this path: {fault}"));
        }
        if let Some(other) = folded.insert(path.to_lowercase(), path) {
            report(path, format!("an archive of Attune's 1.0 format cannot hold this path beside `{other}`"));
        }
    }
}

/// Returns what keeps a path out of an archive.
pub(super) fn fault(path: &str, pack: &str) -> Option<String> {
    let forbidden = |c: char| matches!(c, '\\' | ':' | ';' | '*' | '?' | '[' | ']') || c.is_control();
    if let Some(c) = path.chars().find(|c| forbidden(*c)) {
        return Some(format!("it has the character `{}`", c.escape_default()));
    }
    if !is_nfc(path) {
        return Some("it is not in Unicode's composed form (NFC)".to_owned());
    }
    let whole = format!("{pack}/{path}");
    if whole.len() > MOST_BYTES {
        return Some(format!("it has more than {MOST_BYTES} bytes"));
    }
    split(&whole).is_none().then(|| "it does not fit into a ustar header".to_owned())
}

/// Splits a path into the prefix (at most 155 bytes) and the name (at most 100) of a ustar header.
pub(super) fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    path.match_indices('/')
        .map(|(at, _)| (&path[..at], &path[at + 1..]))
        .find(|(prefix, name)| prefix.len() <= 155 && name.len() <= 100 && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::attune::testing::snapshot;

    #[test]
    fn what_a_release_archive_cannot_hold_is_reported() {
        let long = format!("{}/x", "d".repeat(160));
        let tree =
            snapshot(&[("a:b", ""), ("e\u{301}", ""), ("Lib/a.py", ""), ("lib/a.py", ""), (&long, ""), ("ok", "")]);
        let mut found = Vec::new();
        check(&tree, "demo", |path, _| found.push(path));
        assert_eq!(found, ["a:b", &long, "e\u{301}", "lib/a.py"]);
    }
}
