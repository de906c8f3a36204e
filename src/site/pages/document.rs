//! A Markdown file as its page shows it, before its source: rendered and sanitised as READMEs are.
//!
//! Its links lead to the pages of the files that they name, and its images are the copies beside those. What it shows is fixed with
//! the release that its page belongs to.

use crate::catalog::CatalogPack;
use crate::site::highlight::{Code, Language};
use crate::site::images::{self, Images};
use crate::site::markdown::{self, Document, Part};
use crate::site::{PackSite, links};

/// Most lines of front matter.
const MOST_FRONT: usize = 200;

/// Returns the text of the file at a path as HTML for a page from which `root` leads to the site's root; nothing when it is no
/// Markdown, says nothing, or is beyond the bounds of what is rendered.
pub(super) fn html(site: &PackSite, at: usize, path: &str, text: &str, root: &str) -> Option<String> {
    if !markdown::is_markdown(path) || text.len() > markdown::MAX_BYTES {
        return None;
    }
    let (front, text) = front_matter(text);
    let pack = &*site.pack;
    let release = &pack.releases[at];
    let folder = links::pack_address(&pack.id);
    let images = copies(site, pack, at, &folder, images::of_document(&release.content, text, path));
    let document = Document {
        part: Part::File,
        text,
        path,
        source: &release.record.source,
        images: &images,
        images_folder: &folder,
        page_of: &|path| site.files.link(pack, at, path, None),
        most: usize::MAX,
    };
    let body = document.render_markdown()?.html;
    if body.trim().is_empty() {
        return None;
    }
    let front = front.map(|front| Code::new(Language::Yaml, front).html());
    let front = front.map(|code| format!("<pre tabindex=\"0\"><code>{code}</code></pre>\n")).unwrap_or_default();
    Some(front + &markdown::on_page(&body, root))
}

/// Returns the images of a document by the names of their copies, which lie below the pack's folder; those without a copy are none.
fn copies(site: &PackSite, pack: &CatalogPack, at: usize, folder: &str, images: Images) -> Images {
    let copy = |(path, mut image): (String, images::Image)| {
        let address = site.files.address_of(pack, at, &path)?;
        let (_, ending) = image.name.rsplit_once('.')?;
        image.name = format!("{}.{ending}", address.strip_prefix(folder)?.strip_prefix('/')?);
        Some((path, image))
    };
    images.into_iter().filter_map(copy).collect()
}

/// Returns what stands between two lines of dashes at the top of a document, and the document behind it: Markdown knows no such
/// thing, and would make a heading of it.
fn front_matter(text: &str) -> (Option<&str>, &str) {
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return (None, text) };
    let mut at = 0;
    for line in rest.split_inclusive('\n').take(MOST_FRONT) {
        if matches!(line.trim_end(), "---" | "...") {
            let front = &rest[..at];
            let is_empty = front.trim().is_empty();
            return if is_empty { (None, text) } else { (Some(front), &rest[at + line.len()..]) };
        }
        at += line.len();
    }
    (None, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_ends_with_its_dashes() {
        assert_eq!(front_matter("---\nname: x\n---\n# T\n"), (Some("name: x\n"), "# T\n"));
        assert_eq!(front_matter("---\r\na: b\r\n...\r\nx"), (Some("a: b\r\n"), "x"));
        for none in ["", "# T\n---\na\n---\n", "---\n---\nx", "---\na: b\n", "--- \na\n---\n"] {
            assert_eq!(front_matter(none), (None, none));
        }
        let long = format!("---\n{}---\n", "a: b\n".repeat(MOST_FRONT));
        assert_eq!(front_matter(&long).0, None);
    }
}
