//! Places in files of a pack, for findings.

use crate::diag::{Place, Span};
use crate::ident::distance;
use crate::pack::PackTree;
use crate::source::FileEntry;

/// Most findings of one kind in one file: a hostile file may have one on each of its lines.
pub(super) const MOST_REPEATED: usize = 50;
/// Largest file that is looked at for an excerpt, in bytes.
const TEXT_BYTES: u64 = 1 << 20;

/// Returns a place in a file, with its excerpt; reads the file, so it is for findings only.
pub(super) fn place(tree: &PackTree<'_>, entry: &FileEntry, span: Option<Span>) -> Place {
    let path = entry.path.as_str();
    let Some(span) = span else { return Place::file(path) };
    match tree.text(entry, TEXT_BYTES) {
        Some(text) => Place::in_text(path, span, text.strip_prefix('\u{feff}').unwrap_or(&text)),
        None => Place { path: path.to_owned(), span: Some(span), excerpt: None },
    }
}

/// Returns a place in the file at a path.
pub(super) fn place_at(tree: &PackTree<'_>, path: &str, span: Span) -> Place {
    match tree.get(path) {
        Some(entry) => place(tree, entry, Some(span)),
        None => Place::file(path),
    }
}

/// Returns the known name that was probably meant.
pub(super) fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // One word off, as in `x.list` for `x.list_items`, is nearer than three letters elsewhere.
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase().split(['.', '_', '-']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let wanted = words(written);
    let mut best: Option<(usize, &str)> = None;
    for name in known.into_iter().take(2000) {
        let other = words(name);
        let shared = wanted.iter().filter(|word| other.contains(word)).count();
        let apart = wanted.len().max(other.len()) - shared;
        let letters = distance(&wanted.join("_"), &other.join("_"));
        let score = if letters <= 2 {
            letters
        } else if shared > 0 && apart <= 2 && shared >= apart {
            2 + apart
        } else {
            continue;
        };
        if best.is_none_or(|(least, _)| score < least) {
            best = Some((score, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn the_nearest_name_is_one_letter_or_one_word_off() {
        let known = ["jira.list_tickets", "asana.create_task", "slack.post_message"];
        assert_eq!(closest("jira.list", known), Some("jira.list_tickets"));
        assert_eq!(closest("slack.post", known), Some("slack.post_message"));
        assert_eq!(closest("asana.create_tasks", known), Some("asana.create_task"));
        assert_eq!(closest("email.send", known), None);
    }
}
