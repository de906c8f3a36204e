//! Images that no public pack may name: a public platform holds nothing of the applications that run on it.

use super::codes::consumer::PRIVATE_IMAGE;
use crate::diag::{Place, Sink, Span};
use crate::pack::PackTree;

/// Largest file that is searched, in bytes.
const LARGEST: u64 = 1 << 20;

/// Most images of one pack that are reported one by one.
const MOST_REPEATED: usize = 20;

/// Reports every place where a public pack names an image that the configuration calls private.
pub(super) fn check(tree: &PackTree<'_>, sink: &mut Sink) {
    let prefixes: Vec<&str> =
        tree.configured.private_images.iter().map(String::as_str).filter(|prefix| !prefix.is_empty()).collect();
    if prefixes.is_empty() {
        return;
    }
    let before = sink.found().len();
    for entry in tree.snapshot.files() {
        let path = entry.path.as_str();
        if !path.ends_with(".yaml") && !path.ends_with(".yml") {
            continue;
        }
        let Some(text) = tree.text(entry, LARGEST) else { continue };
        for (image, span) in named(&text, &prefixes) {
            if sink.found().len() >= before + MOST_REPEATED {
                return;
            }
            sink.report(PRIVATE_IMAGE, Place::in_text(path, span, &text), format!("`{image}` is a private image"))
                .help("let whoever uses the pack say which image; or publish the image");
        }
    }
}

/// Returns the images of a text, one of each line, with their places.
fn named<'t>(text: &'t str, prefixes: &[&str]) -> Vec<(&'t str, Span)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let in_line = |(line, number): (&'t str, u32)| {
        let starts = prefixes.iter().filter_map(|prefix| line.find(prefix));
        let at = starts.filter(|at| !line[..*at].ends_with(is_part)).min()?;
        let rest = &line[at..];
        let image = &rest[..rest.find(|c: char| !is_part(c) && !matches!(c, ':' | '@')).unwrap_or(rest.len())];
        let column = line[..at].chars().count() as u32 + 1;
        let end_column = column + image.chars().count() as u32;
        Some((image, Span { line: number, column, end_line: number, end_column }))
    };
    text.lines().zip(1..).filter_map(in_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_begin_where_a_word_begins() {
        let text = "a: 1\nimage: \"registry.acme.example/app:1\" # x\nother: not-registry.acme.example/app\n";
        let found = named(text, &["registry.acme.example/"]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1.line, found[0].1.column), ("registry.acme.example/app:1", 2, 9));
    }
}
