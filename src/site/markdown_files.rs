//! Which files of its pack a document links to.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag};

use super::markdown::{is_markdown, is_within_bounds, options, resolve};

/// Most links of a document that are looked at.
const MOST_LINKS: usize = 1000;

/// A link of a document to a file of its pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLink {
    /// The path in the pack.
    pub path: String,
    /// Where the link stands in the document, in bytes.
    pub at: Range<usize>,
}

/// Returns the links and images of a document at `path` that name files of its pack by relative paths.
///
/// What leads out of the pack, to other hosts or to headings is not among them. `None` for a document beyond the bounds of what
/// is rendered.
pub fn files_linked(document: &str, path: &str) -> Option<Vec<FileLink>> {
    if !is_within_bounds(document) {
        return None;
    }
    if !is_markdown(path) {
        return Some(Vec::new());
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for (event, at) in Parser::new_ext(document, options()).into_offset_iter() {
        let Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) = event else {
            continue;
        };
        let target = dest_url.split(['#', '?']).next().unwrap_or_default();
        // A slash in front means the top of the repository, which may lie above; escapes mean what a server makes of them.
        if matches!(link_type, LinkType::Autolink | LinkType::Email) || target.starts_with('/') || target.contains('%')
        {
            continue;
        }
        if let Some(path) = resolve(folder, target) {
            found.push(FileLink { path, at });
        }
        if found.len() == MOST_LINKS {
            break;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_told_from_all_others() {
        let document = "[a](docs/a.md#part) ![b](../b.png) [c](https://acme.example/c) [d](#d) [e](../../e) <f@acme.example>\n\
            [g](/g) [h](mailto:h) [i](%69) [j](j%20j) [k][k] `[l](l)`\n\n[k]: ./k.txt\n";
        let linked = |path| files_linked(document, path).expect("it is small");
        let paths = |path| linked(path).into_iter().map(|link| link.path).collect::<Vec<_>>();
        assert_eq!(paths("docs/README.md"), ["docs/docs/a.md", "b.png", "docs/k.txt"]);
        assert_eq!(paths("README.md"), ["docs/a.md", "k.txt"], "nobody knows what lies above");
        assert!(paths("README.txt").is_empty());
        let first = &linked("README.md")[0];
        assert_eq!(&document[first.at.clone()], "[a](docs/a.md#part)");
    }

    #[test]
    fn hostile_documents_cost_little() {
        for document in ["[a](b)".repeat(40_000), "[".repeat(200_000), "![](x".repeat(40_000)] {
            let linked = files_linked(&document, "README.md");
            assert!(linked.is_none_or(|linked| linked.len() <= MOST_LINKS));
        }
    }
}
