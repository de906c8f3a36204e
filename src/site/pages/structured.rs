//! What pages are about, in words that search engines know: JSON-LD with the vocabulary of schema.org.
//!
//! It is data in a `<script>` of a type that no browser executes, so the page's policy does not concern it; but it ends at the
//! first `</script`, so that no `<` may stand in it. Addresses in it are absolute: without the registry's URL there is none.

use serde::Serialize;
use serde_json::{Value, json};

use crate::catalog::{CatalogPack, CatalogRelease};
use crate::site::{Base, links, source_links, text};

/// Most components, keywords or authors that are named.
const MOST: usize = 20;

/// What a script says.
#[derive(Serialize)]
struct Script<T> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: T,
}

/// The way to a page.
#[derive(Serialize)]
pub(in crate::site) struct Breadcrumbs<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: Vec<ListItem<'a>>,
}

#[derive(Serialize)]
struct ListItem<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item: Option<String>,
    name: &'a str,
    position: usize,
}

/// Returns the text of one script about a list of things; nothing when the registry's URL is not known.
pub(in crate::site) fn script(base: &Base, things: impl Serialize) -> Option<String> {
    base.registry.url.as_ref()?;
    let json = serde_json::to_string(&Script { context: "https://schema.org", graph: things });
    Some(inert(&json.expect("things are text and numbers")))
}

/// Returns JSON in which no character means anything to HTML, and none deceives a reader.
fn inert(json: &str) -> String {
    let visible = text::visible(json);
    // The separators of lines start with this byte.
    if !visible.bytes().any(|byte| matches!(byte, b'<' | b'>' | b'&' | 0xe2)) {
        return visible.into_owned();
    }
    let mut inert = String::with_capacity(visible.len());
    for c in visible.chars() {
        match c {
            '<' => inert.push_str("\\u003c"),
            '>' => inert.push_str("\\u003e"),
            '&' => inert.push_str("\\u0026"),
            '\u{2028}' => inert.push_str("\\u2028"),
            '\u{2029}' => inert.push_str("\\u2029"),
            c => inert.push(c),
        }
    }
    inert
}

/// Returns the way from the home page to a page: names and addresses from the site's root.
pub(in crate::site) fn breadcrumbs<'a>(
    base: &'a Base,
    way: impl IntoIterator<Item = (&'a str, String)>,
) -> Breadcrumbs<'a> {
    let home = (base.registry.name.as_str(), "index.html".to_owned());
    let item = |((name, address), position): ((&'a str, String), usize)| ListItem {
        kind: "ListItem",
        item: base.absolute(&address),
        name,
        position,
    };
    Breadcrumbs { kind: "BreadcrumbList", items: std::iter::once(home).chain(way).zip(1..).map(item).collect() }
}

/// Returns the registry as a website that can be searched.
pub(in crate::site) fn website(base: &Base) -> Value {
    let search = format!("{}?q={{search_term_string}}", base.absolute("search.html").unwrap_or_default());
    json!({
        "@type": "WebSite",
        "name": base.registry.name,
        "description": base.registry.description,
        "url": base.absolute("index.html"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": search },
            "query-input": "required name=search_term_string",
        },
    })
}

/// Returns a release of a pack as the source code of a piece of software.
pub(in crate::site) fn software(base: &Base, pack: &CatalogPack, release: &CatalogRelease) -> Value {
    let content = &release.pack;
    let authors: Vec<Value> =
        content.authors.iter().take(MOST).map(|name| json!({ "@type": "Person", "name": name })).collect();
    let page = format!("{}/index.html", links::release_address(&pack.id, release.version()));
    let mut software = json!({
        "@type": "SoftwareSourceCode",
        "name": pack.id.name.as_str(),
        "identifier": format!("{}@{}", pack.id, release.version()),
        "version": release.version().as_str(),
        "description": text::summary(&content.description),
        "url": base.absolute(&page),
        "datePublished": release.published_at.to_string(),
        "runtimePlatform": pack.ecosystem.title(),
    });
    let mut add = |key: &str, value: Value| {
        software[key] = value;
    };
    if !authors.is_empty() {
        add("author", authors.into());
    }
    if let Some(license) = &content.license {
        add("license", license.as_str().into());
    }
    if !content.keywords.is_empty() {
        add("keywords", content.keywords.iter().take(MOST).cloned().collect());
    }
    if let Some(repository) = source_links::web_url(&release.record.source.repository) {
        add("codeRepository", repository.into());
    }
    software
}

/// Returns the way to a pack, for [`breadcrumbs`].
pub(in crate::site) fn way_to(pack: &CatalogPack) -> Vec<(&str, String)> {
    vec![
        (pack.ecosystem.title(), format!("packs/{}/index.html", pack.id.ecosystem)),
        (pack.id.name.as_str(), format!("{}/index.html", links::pack_address(&pack.id))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `</script>` in a description would end the script and start markup of the author's.
    #[test]
    fn no_text_ends_the_script() {
        let text = inert(&json!({ "name": "</script><img src=x>&\u{2028}\u{202e}" }).to_string());
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{202e}']), "{text}");
        let back: Value = serde_json::from_str(&text).expect("it is JSON still");
        assert_eq!(back["name"], "</script><img src=x>&\u{2028}\u{fffd}");
    }
}
