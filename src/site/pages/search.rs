//! The page that shows everything a search finds. `assets/results.js` fills it.

use serde::Serialize;

use super::{Files, Head};
use crate::ident::RelPath;
use crate::site::Site;

#[derive(Serialize)]
struct SearchPage<'a> {
    head: Head<'a>,
}

/// Makes `search.html`.
pub(in crate::site) fn files(site: &Site) -> Files {
    let path = RelPath::composed("search.html");
    let page = SearchPage {
        head: Head {
            title: "Search".into(),
            description: "Find packs and components by name, keyword and description.".into(),
            canonical: site.base.absolute("search.html"),
            ..Head::default()
        },
    };
    let html = site.base.templates.render("search.html", &path, &[("site", &site.base.frame)], &page)?;
    Ok(vec![(path, html)])
}
