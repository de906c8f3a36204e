//! The documentation of a registry: how to install, publish and verify, the formats of what it publishes, and its owner's own
//! pages.
//!
//! 1. [`SOURCES`] and [`FORMATS`] are Markdown that is compiled into the program; a page of the owner's replaces one of the same name.
//! 2. [`pages`] puts them into one tree, in which their links are resolved as in the repository that they come from.
//! 3. [`documents`] are the same texts without markup, for the search.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

use super::markdown_pages::{self, Rendered};
use super::{Base, markdown};

static SOURCES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/site-docs");
static FORMATS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/docs/format");

/// The built-in pages, in the order in which they are read; the owner's follow them.
const ORDER: [&str; 4] = ["index", "install", "publish", "verify"];
/// What stands in for the registry's URL where none is configured.
pub(super) const UNKNOWN_URL: &str = "https://REGISTRY";
/// Where `install.md` wants the commands of the ecosystems.
pub(super) const ECOSYSTEMS: &str = "<!-- ecosystems -->";

/// A page of the documentation, as a search knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Its heading.
    pub(super) title: String,
    /// Its address, from the site's root.
    pub(super) address: String,
    /// Its words, without markup.
    pub(super) text: String,
}

/// A page as it is written.
pub(super) struct Source<'a> {
    /// Where it lies in the tree of all of them, such as `docs/format/pack.md`.
    path: String,
    text: std::borrow::Cow<'a, str>,
}

impl Source<'_> {
    /// Returns the address of the page, from the site's root.
    pub(super) fn address(&self) -> String {
        address(&self.path)
    }

    /// Tells whether it describes a format.
    pub(super) fn is_format(&self) -> bool {
        self.path.starts_with("docs/format/")
    }

    /// Tells whether it is the first page.
    pub(super) fn is_index(&self) -> bool {
        self.path == "docs/index.md"
    }

    /// Returns its heading.
    pub(super) fn title(&self) -> String {
        let heading = self.text.lines().find_map(|line| line.strip_prefix("# "));
        let plain = heading.map(|heading| heading.replace(['`', '*'], "").trim().to_owned());
        plain.filter(|heading| !heading.is_empty()).unwrap_or_else(|| {
            let name = self.path.rsplit('/').next().unwrap_or_default();
            name.trim_end_matches(".md").replace(['-', '_'], " ")
        })
    }

    /// Returns its text before and behind the place for the commands of the ecosystems.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.text.split_once(ECOSYSTEMS).unwrap_or((&self.text, ""))
    }
}

/// Returns the address that a path in the tree has as a page.
fn address(path: &str) -> String {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    // What stands for a folder in a repository stands beside it here.
    format!("{}.html", stem.strip_suffix("/README").unwrap_or(stem))
}

/// Returns all pages, in the order in which they are read.
pub(super) fn pages(base: &Base) -> Vec<Source<'_>> {
    let own = &base.templates.theme().documents;
    let url = base.registry.url.as_deref().unwrap_or(UNKNOWN_URL);
    let builtin = |name: &str| {
        let text = SOURCES.get_file(format!("{name}.md")).and_then(|file| file.contents_utf8()).unwrap_or_default();
        text.replace("{{name}}", &base.registry.name).replace("{{url}}", url)
    };
    let path = |name: &str| format!("docs/{name}.md");
    let first = ORDER.into_iter().map(|name| Source {
        path: path(name),
        text: own.get(name).map_or_else(|| builtin(name).into(), |text| text.as_str().into()),
    });
    let more = own.iter().filter(|(name, _)| !ORDER.contains(&name.as_str()));
    let more = more.map(|(name, text)| Source { path: path(name), text: text.as_str().into() });
    let mut formats: BTreeMap<String, &'static str> = BTreeMap::new();
    for file in FORMATS.files() {
        if let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            formats.insert(format!("docs/format/{name}"), text);
        }
    }
    let formats = formats.into_iter().map(|(path, text)| Source { path, text: text.into() });
    first.chain(more).chain(formats).collect()
}

/// Renders some Markdown of a page; `known` are all pages.
pub(super) fn render(page: &Source<'_>, markdown: &str, known: &[Source<'_>]) -> Rendered {
    let (folder, _) = page.path.rsplit_once('/').unwrap_or_default();
    let root = "../".repeat(page.address().matches('/').count());
    let resolve = |link: &str| {
        let path = markdown::resolve(folder, link)?;
        if path.ends_with(".md") && !known.iter().any(|page| page.path == path) {
            return None;
        }
        let target = if path.ends_with(".md") { address(&path) } else { path };
        Some(format!("{root}{target}"))
    };
    markdown_pages::render(markdown, &resolve).unwrap_or_default()
}

/// Returns the addresses of all pages, from the site's root.
pub(super) fn addresses(base: &Base) -> impl Iterator<Item = String> {
    pages(base).into_iter().map(|page| page.address()).collect::<Vec<_>>().into_iter()
}

/// Returns all pages as a search knows them.
pub(super) fn documents(base: &Base) -> Vec<Document> {
    let pages = pages(base);
    let document = |page: &Source<'_>| Document {
        title: page.title(),
        address: page.address(),
        text: render(page, &page.text, &pages).text,
    };
    pages.iter().map(document).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::testing::catalog;
    use super::super::theme::Theme;
    use super::super::{Feeds, Templates};
    use super::*;

    fn base(documents: &[(&str, &str)]) -> Base {
        let documents = documents.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let templates = Templates::load(None, Theme { documents, ..Theme::default() }).expect("valid");
        Base::new(&catalog(), &Arc::new(templates), &Feeds::default())
    }

    #[test]
    fn every_page_has_a_heading_and_an_address_of_its_own() {
        let documents = documents(&base(&[]));
        let addresses: std::collections::BTreeSet<&str> = documents.iter().map(|page| page.address.as_str()).collect();
        assert_eq!(addresses.len(), documents.len());
        for address in ["docs/index.html", "docs/verify.html", "docs/format.html", "docs/format/index.html"] {
            assert!(addresses.contains(address), "{address} of {addresses:?}");
        }
        for page in &documents {
            assert!(page.text.starts_with(&page.title) && page.text.len() > 200, "{page:?}");
            assert!(!page.text.contains("{{") && !page.text.contains("](") && !page.text.contains("<!--"), "{page:?}");
        }
    }

    #[test]
    fn pages_of_the_owner_join_and_replace_the_others() {
        let base = base(&[("policy", "Be kind."), ("install", "# Get it\n\nAsk us.")]);
        let documents = documents(&base);
        let page = |address: &str| documents.iter().find(|page| page.address == address).expect("there");
        assert_eq!(page("docs/policy.html").title, "policy");
        assert_eq!(page("docs/install.html").text, "Get it Ask us.");
        assert_eq!(documents[4].address, "docs/policy.html", "it follows the built-in ones");
    }

    /// The texts come from a repository, where what they link lies beside them.
    #[test]
    fn links_lead_to_pages_that_are_here() {
        let base = base(&[]);
        let pages = pages(&base);
        let page = pages.iter().find(|page| page.path == "docs/format/registry-index.md").expect("there");
        let html = render(
            page,
            "[a](README.md#x) [b](../install.md) [c](../private-sources.md) [d](../../index.json)",
            &pages,
        )
        .html;
        let expected = "<p><a href=\"../../docs/format.html#doc-x\">a</a> <a href=\"../../docs/install.html\">b</a> c \
                        <a href=\"../../index.json\">d</a></p>\n";
        assert_eq!(html, expected);
    }
}
