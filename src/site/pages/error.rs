//! The page for addresses that do not exist.

use serde::Serialize;

use super::{Files, Head};
use crate::ident::RelPath;
use crate::site::Site;

#[derive(Serialize)]
struct ErrorPage<'a> {
    head: Head<'a>,
}

/// Makes `404.html`.
///
/// A host shows it at any depth, so its links start at the host's root when the registry's URL is known; else they are
/// relative like all others, and right only at the top.
pub(in crate::site) fn files(site: &Site) -> Files {
    let path = RelPath::composed("404.html");
    let base = site.base.registry.url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| {
        let folder = rest.split_once('/').map_or("", |(_, folder)| folder);
        if folder.is_empty() { "/".to_owned() } else { format!("/{folder}/") }
    });
    let page = ErrorPage {
        head: Head {
            root: base.unwrap_or_default(),
            title: "Page not found".into(),
            description: "There is no page at this address of the registry.".into(),
            is_unlisted: true,
            ..Head::default()
        },
    };
    let html = site.base.templates.render("404.html", &path, &[("site", &site.base.frame)], &page)?;
    Ok(vec![(path, html)])
}
