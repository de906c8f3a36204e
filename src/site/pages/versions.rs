//! What the version picker reads: the versions of a pack, and which of them have which component.
//!
//! Loaded by a `<script>` when somebody opens the picker, because browsers refuse `fetch` on `file://`; so pages of old releases
//! know of new ones without being made again. Read by `script/30-versions.js`, and by `assets/compare.js` for which two are
//! compared.

use std::collections::BTreeMap;

use serde::Serialize;

use super::status;
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::site::{PackSite, links, text};

/// Lists instead of named fields: a pack may have hundreds of versions and thousands of components.
#[derive(Serialize)]
struct Versions<'a> {
    /// The place of the default release.
    latest: usize,
    /// Version, day and status, highest version first; a draft has no day.
    versions: Vec<(std::borrow::Cow<'a, str>, String, &'static str)>,
    /// The pages that not every release has, below its folder: for each the places where releases with it begin and end, by turns.
    pages: BTreeMap<String, Vec<usize>>,
    /// The place of the release that each is compared with, and the places of those compared with the default one; nothing where
    /// there is no choice of two.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Vec<Option<usize>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<Vec<usize>>,
}

/// Makes `packs/<ecosystem>/<name>/versions.js`.
pub(super) fn file(site: &PackSite) -> Result<(RelPath, Vec<u8>), RenderError> {
    let pack = &*site.pack;
    let path = RelPath::composed(links::versions_address(&pack.id));
    let versions = pack.releases.iter().map(|release| {
        let time = release.published_at.to_string();
        let day = if release.status.draft { "" } else { time.split('T').next().unwrap_or_default() };
        let status = status::word_of_release(pack, release).unwrap_or_default();
        (text::visible(release.version().as_str()), day.to_owned(), status)
    });
    let pages = ranges(pack.releases.iter().map(|release| links::component_path(&release.pack)));
    let (comparisons, has_choice) = (&site.comparisons, super::comparisons::has_page(pack));
    let before = has_choice.then(|| (0..pack.releases.len()).map(|at| comparisons.before(at)).collect());
    let ends = has_choice.then(|| comparisons.ends().collect());
    let versions = Versions { latest: pack.latest, versions: versions.collect(), pages, before, ends };
    let json = serde_json::to_string(&versions)
        .map_err(|error| RenderError { page: path.to_string(), reason: error.to_string() })?;
    // In JSON `<` stands in strings only; written as an escape, no text of a pack looks like markup to a lenient reader.
    Ok((path, format!("window.packyardVersions={};\n", json.replace('<', "\\u003c")).into_bytes()))
}

/// Returns the pages that some lists do not have, each with the places where runs of lists with it begin and end.
fn ranges(lists: impl ExactSizeIterator<Item = Vec<String>>) -> BTreeMap<String, Vec<usize>> {
    let (count, mut pages) = (lists.len(), BTreeMap::<String, Vec<usize>>::new());
    for (at, list) in lists.enumerate() {
        for page in list {
            let ranges = pages.entry(page).or_default();
            match ranges.last_mut() {
                Some(end) if *end == at => *end += 1,
                _ => ranges.extend([at, at + 1]),
            }
        }
    }
    pages.retain(|_, ranges| *ranges != [0, count]);
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_known_by_the_versions_that_have_them() {
        let list = |pages: &[&str]| pages.iter().map(ToString::to_string).collect::<Vec<_>>();
        let lists = [list(&["a", "b"]), list(&["a", "c"]), list(&["a", "b", "c"]), list(&["a", "b"])];
        let expected = [("b".to_owned(), vec![0, 1, 2, 4]), ("c".to_owned(), vec![1, 3])];
        assert_eq!(ranges(lists.into_iter()), BTreeMap::from(expected));
    }

    #[test]
    fn a_pack_says_its_versions() {
        let catalog = crate::site::testing::catalog();
        let pack = catalog.packs.values().next().expect("a pack");
        let comparisons = std::sync::Arc::new(crate::catalog::Comparisons::of(pack));
        let site = crate::site::testing::pack_site(&catalog, pack, comparisons);
        let (path, script) = file(&site).expect("it is made");
        assert_eq!(path.as_str(), "packs/demo/weather/versions.js");
        let expected = r#"window.packyardVersions={"latest":1,"versions":[["2.0.0-rc.1","2026-03-01","prerelease"],["1.10.0","2026-03-01",""],["1.9.0+build.5","2026-03-01","yanked"],["1.0.0","2026-03-01","deprecated"]],"pages":{},"before":[1,2,3,null],"ends":[3]};"#;
        assert_eq!(String::from_utf8_lossy(&script).trim_end(), expected);
    }
}
