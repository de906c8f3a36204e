//! The search index: names, references, summaries and keywords of the default releases.
//!
//! Loaded by a `<script>` when somebody starts to search, because browsers refuse `fetch` on `file://`. Ranking is done by
//! `assets/site.js`.

use std::borrow::Cow;

use serde::Serialize;

use super::pages::{Files, home};
use super::{Site, links, text};
use crate::ident::RelPath;
use crate::output::RenderError;

/// Most characters of a summary in the index, which every searcher loads.
const SUMMARY: usize = 90;

type PackEntry<'a> = (String, Cow<'a, str>, Cow<'a, str>, String, String);
type ComponentEntry<'a> = (usize, usize, Cow<'a, str>, Cow<'a, str>, Cow<'a, str>, String);

/// What `assets/site.js` reads. Lists instead of named fields: the index has thousands of entries.
#[derive(Default, Serialize)]
struct Index<'a> {
    /// Identity, title unless it is the name, summary, keywords and aliases, folder of the default release.
    packs: Vec<PackEntry<'a>>,
    /// The words for kinds.
    kinds: Vec<&'static str>,
    /// Number of the pack, number of the kind, name, reference, summary, page below the pack's folder.
    components: Vec<ComponentEntry<'a>>,
}

/// Makes `search/index.js`.
pub(super) fn files(site: &Site) -> Files {
    let mut index = Index::default();
    for (number, pack) in site.catalog.packs.values().enumerate() {
        let release = pack.latest();
        let content = &release.pack;
        index.packs.push((
            pack.id.to_string(),
            text::visible(home::title(&pack.id, content).unwrap_or_default()),
            summary(&content.description),
            text::visible(&[&content.keywords[..], &content.aliases].concat().join(" ")).into_owned(),
            links::release_address(&pack.id, release.version()),
        ));
        for (component, page) in content.components.iter().zip(links::component_path(content)) {
            let singular = component.kind.singular;
            let kind = index.kinds.iter().position(|kind| *kind == singular).unwrap_or_else(|| {
                index.kinds.push(singular);
                index.kinds.len() - 1
            });
            let (name, reference) = (text::visible(&component.name), text::visible(&component.reference));
            index.components.push((number, kind, name, reference, summary(&component.description), page));
        }
    }
    let path = RelPath::composed("search/index.js");
    let json = serde_json::to_string(&index)
        .map_err(|error| RenderError { page: path.to_string(), reason: error.to_string() })?;
    // In JSON `<` stands in strings only; written as an escape, no text of a pack looks like markup to a lenient reader.
    let script = format!("window.packyardIndex={};\n", json.replace('<', "\\u003c"));
    Ok(vec![(path, script.into_bytes())])
}

fn summary(description: &str) -> Cow<'_, str> {
    let line = text::summary(description);
    match text::cut(&line, SUMMARY) {
        Cow::Borrowed(whole) if whole.len() == line.len() => text::visible(&line).into_owned().into(),
        short => text::visible(&short).into_owned().into(),
    }
}
