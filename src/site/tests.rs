//! Tests of the whole planned site: links, hostile text, determinism.

mod comparisons;
mod lists;

use std::collections::{BTreeMap, BTreeSet};

use super::testing::{HOSTILE, catalog};
use super::*;
use crate::pack::Remark;

/// Makes every planned file.
pub(super) fn made(catalog: &Arc<Catalog>) -> BTreeMap<String, String> {
    let base = Arc::new(Base::new(catalog, &Arc::new(Templates::builtin()), &Feeds::default()));
    let links = linked(catalog);
    let mut units = of_registry(&base, catalog);
    let around = |pack: &CatalogPack| Arc::new(links.around(&Ties::of(pack)));
    let of_pack = |pack: &Arc<CatalogPack>| of_pack(&base, pack, &around(pack), &Arc::new(Comparisons::of(pack)));
    units.extend(catalog.packs.values().flat_map(of_pack));
    let mut files = BTreeMap::new();
    for unit in units {
        for (path, bytes) in unit.files().expect("the built-in templates render") {
            assert!(unit.covers(path.as_str()), "{path} has no place in {unit:?}");
            let text = if path.as_str().ends_with(".png") {
                format!("{} bytes", bytes.len())
            } else {
                String::from_utf8(bytes).expect("UTF-8")
            };
            assert!(files.insert(path.to_string(), text).is_none(), "{path} is planned twice");
        }
    }
    files
}

fn linked(catalog: &Catalog) -> Crosslinks {
    let mut links = Crosslinks::default();
    let pack = |pack: &Arc<CatalogPack>| links.replace(None, Some(&Ties::of(pack)), &mut BTreeSet::new());
    catalog.packs.values().for_each(pack);
    links
}

/// Returns the catalog with a change.
pub(super) fn edited(change: impl FnOnce(&mut Catalog)) -> Arc<Catalog> {
    let mut catalog = catalog();
    change(Arc::get_mut(&mut catalog).expect("nobody else holds it"));
    catalog
}

/// Returns the files that other stages write and pages may link.
fn of_other_stages(catalog: &Catalog) -> BTreeSet<String> {
    let mut files = BTreeSet::from(["index.json".to_owned(), "search.html".to_owned()]);
    for (id, pack) in &catalog.packs {
        files.insert(format!("packs/{id}/pack.json"));
        let pairs = pack.before_each().into_iter().enumerate().filter_map(|(at, before)| Some((before?, at)));
        files.extend(pairs.map(|(before, at)| {
            format!("packs/{id}/compare/{}...{}.json", pack.releases[before].version(), pack.releases[at].version())
        }));
        let ends = Comparisons::of(pack);
        files.extend(
            ends.ends().map(|end| format!("packs/{id}/compare/{}...latest.json", pack.releases[end].version())),
        );
        for release in &pack.releases {
            let version = release.version();
            files.extend(["release.json", "SHA256SUMS"].map(|file| format!("packs/{id}/{version}/{file}")));
            files.insert(format!("archives/{id}/{}-{version}.tar.gz", id.name));
        }
    }
    files
}

/// Returns the values of all `href`, `src` and `action` attributes.
fn addresses(html: &str) -> Vec<&str> {
    ["href=\"", "src=\"", "action=\"", "data-root=\""]
        .iter()
        .flat_map(|attribute| html.split(*attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

fn resolved(page: &str, address: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{page}: {address} leaves the site"),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = (*first == b'%')
            .then(|| u8::from_str_radix(std::str::from_utf8(&tail[..2]).expect("hex"), 16).expect("hex"));
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn every_internal_link_leads_to_a_file_and_an_anchor() {
    let catalog = catalog();
    let (files, others) = (made(&catalog), of_other_stages(&catalog));
    let mut checked = 0;
    for (path, html) in files.iter().filter(|(path, _)| path.ends_with(".html") && *path != "404.html") {
        for address in addresses(html) {
            if address.starts_with("https://") || address.is_empty() {
                continue;
            }
            if address.chars().all(|c| matches!(c, '.' | '/')) {
                assert_eq!(address.matches("../").count(), path.matches('/').count(), "{path}: {address}");
                continue;
            }
            let (file, anchor) = address.split_once('#').map_or((address, None), |(file, anchor)| (file, Some(anchor)));
            // What a query asks for is up to the page.
            let file = file.split('?').next().unwrap_or_default();
            let target = if file.is_empty() { path.clone() } else { resolved(path, file) };
            assert!(files.contains_key(&target) || others.contains(&target), "{path} links {address}: no {target}");
            if let Some(anchor) = anchor {
                assert!(files[&target].contains(&format!("id=\"{anchor}\"")), "{path} links {address}: no such anchor");
            }
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} links were checked");
}

/// What a pack says stands in comparisons too: in names, values and paths.
#[test]
fn hostile_text_reaches_no_comparison_as_markup() {
    let catalog = edited(|catalog| {
        catalog.edit_first(|pack| {
            let latest = pack.latest;
            let content = Arc::make_mut(&mut pack.releases[latest].pack);
            content.license = Some(HOSTILE.to_owned());
            content
                .requirements
                .push(crate::pack::Requirement { name: HOSTILE.to_owned(), range: Some(HOSTILE.to_owned()) });
            let action = Arc::make_mut(&mut content.components[0]);
            action.name = HOSTILE.replace('/', "");
            let field = crate::pack::Field { name: HOSTILE.to_owned(), ..crate::pack::Field::default() };
            let table = crate::pack::FieldTable {
                title: "Settings".into(),
                anchor: "settings".into(),
                fields: vec![field].into(),
            };
            content.configuration = Some(Arc::new(table));
        });
    });
    let pages: BTreeMap<String, String> =
        made(&catalog).into_iter().filter(|(path, _)| path.contains("/compare/")).collect();
    assert!(pages.values().any(|page| page.contains("&lt;script&gt;alert(1)&lt;/script&gt;")));
    assert_harmless(pages);
}

#[test]
fn hostile_text_reaches_no_page_as_markup() {
    assert_harmless(made(&catalog()));
}

pub(super) fn assert_harmless(files: BTreeMap<String, String>) {
    for (path, text) in files {
        // Copies of files have the very bytes of the files, under names that no browser runs.
        let is_copy = path.contains("/files/") && !path.ends_with(".html");
        if path.starts_with("assets/") || is_copy {
            assert!(!is_copy || [".txt", ".bin", ".png", ".gif"].iter().any(|ending| path.ends_with(ending)), "{path}");
            continue;
        }
        for address in addresses(&text) {
            assert!(!address.trim().to_lowercase().starts_with("javascript:"), "{path}: {address}");
        }
        assert!(!text.contains("<script>"), "{path}");
        let own = ["<img class=\"icon\" src=\"", "<img class=\"picture\" src=\"../", "<img src=\"../"];
        let images: usize = own.iter().map(|own| text.matches(own).count()).sum();
        assert!(path.ends_with(".txt") || text.matches("<img").count() == images, "{path}");
        assert!(!text.contains(['\u{202e}', '\u{0}']), "{path}");
        assert!(!text.contains(" 49 "), "{path} evaluates author text");
        if path.ends_with(".html") {
            let data = text.matches("<script type=\"application/ld+json\">{").count();
            let scripts = text.matches("<script").count() - data;
            let own = ["site", "browse", "search", "results", "compare"]
                .map(|name| format!("{name}.js\" defer{}", if name == "site" { " data-root=" } else { ">" }))
                .map(|script| text.matches(&format!("assets/{script}")).count());
            assert!(scripts == own.iter().sum::<usize>() && own[0] == 1 && data <= 1, "{path}");
            assert_eq!(own[2..4], [usize::from(path == "search.html"); 2], "{path}");
            assert_eq!(own[4], usize::from(path.ends_with("/compare/index.html")), "{path}");
            assert!(!text.contains(" style=") && !text.contains(" onclick=") && !text.contains("<style"), "{path}");
        }
    }
}

#[test]
fn a_pack_page_says_what_a_reader_needs() {
    let files = made(&catalog());
    let page = &files["packs/demo/weather/index.html"];
    for needed in [
        "demo pack install weather <span class=\"t\">--version</span> <span class=\"n\">1.10.0</span>",
        "Apache-2.0",
        "readme-set-up",
        "reads the wrong station",
        "comes with the runtime",
        "not in this registry",
        "2.0.0-rc.1",
        "near-miss",
        "1.9.0%2Bbuild.5/index.html",
        "https://github.com/acme/packs/blob/c0ffee",
        "rel=\"canonical\" href=\"https://packs.acme.example/packs/demo/weather/index.html\"",
    ] {
        assert!(page.contains(needed), "{needed}");
    }
    assert!(!page.contains("hunter2"), "a secret's default is shown");
    let old = &files["packs/demo/weather/1.0.0/index.html"];
    assert!(old.contains("is deprecated: use 1.10.0 instead") && old.contains("There is a newer release: 1.10.0"));
}

/// Ensures that everything that was said after a release stands on its pages, and leads where it is safe to go.
#[test]
fn pages_say_what_changed_since_a_release() {
    let files = made(&edited(|catalog| {
        catalog.edit_first(|pack| {
            let (to, reason) = ("other/hostile".parse().expect("an identity"), "one name for all".to_owned());
            pack.status.renamed = Some((to, reason));
            pack.status.archived = Some("its author left".to_owned());
            pack.releases[2].status.advisory = Some("https://acme.example/advisories/1".to_owned());
            pack.releases[3].status.yanked = Some("leaks".to_owned());
            pack.releases[3].status.advisory = Some("javascript:alert(1)".to_owned());
        });
    }));
    let page = &files["packs/demo/weather/index.html"];
    assert!(page.contains("This pack goes on as other/hostile.</strong> one name for all <a href="), "{page}");
    assert!(page.contains("packs/other/hostile/index.html\">Go to other/hostile</a>"));
    assert!(page.contains("This pack is archived: nobody maintains it.</strong> its author left</p>"));
    assert!(page.contains("<span class=\"badge renamed\">renamed</span>"));
    assert!(files["packs/index.html"].contains("data-status=\"renamed\""));
    let yanked = |version: &str| &files[&format!("packs/demo/weather/{version}/index.html")];
    let link = "href=\"https://acme.example/advisories/1\" rel=\"nofollow noopener noreferrer\">Read more</a>";
    assert!(yanked("1.9.0+build.5").contains(link));
    assert!(yanked("1.0.0").contains("Advisory: javascript:alert(1)"));
    assert!(!yanked("1.0.0").contains("href=\"javascript:"));
}

/// Ensures that a pack without a release that may be chosen says so, and is no news.
#[test]
fn a_pack_of_which_all_is_yanked_stays_and_says_so() {
    let files = made(&edited(|catalog| {
        catalog.edit_first(|pack| {
            pack.releases.iter_mut().for_each(|release| release.status.yanked = Some("leaks".to_owned()));
        });
    }));
    let page = &files["packs/demo/weather/index.html"];
    assert!(page.contains("Every release of this pack is yanked") && page.contains("badge yanked"), "{page}");
    assert!(page.contains("weather-1.10.0.tar.gz"));
    assert!(files["packs/index.html"].contains("data-status=\"yanked\""));
    assert!(!files["feed.xml"].contains("<title>demo/weather"));
}

/// Ensures that what is held back as a whole is no news either.
#[test]
fn a_quarantined_pack_is_no_news() {
    let files = made(&edited(|catalog| catalog.edit_first(|pack| pack.status.quarantined = Some("?".to_owned()))));
    assert!(!files["feed.xml"].contains("<title>demo/weather") && files["feed.xml"].contains("other/hostile"));
}

/// Ensures that nobody is told how to install what is held back, and that the home page says that it does not count it.
#[test]
fn what_is_held_back_has_no_command() {
    let has_command = |page: &str| page.contains("<code>demo pack install weather <span class=\"t\">--version<");
    assert!(has_command(&made(&catalog())["packs/demo/weather/index.html"]));
    let pack = made(&edited(|catalog| catalog.edit_first(|pack| pack.status.quarantined = Some("?".to_owned()))));
    let release = made(&edited(|catalog| {
        catalog.edit_first(|pack| pack.releases[1].status.quarantined = Some("?".to_owned()));
    }));
    for page in [&pack["packs/demo/weather/1.0.0/index.html"], &release["packs/demo/weather/1.10.0/index.html"]] {
        assert!(!has_command(page) && page.contains("no runtime is given it"), "{page}");
    }
    assert!(has_command(&release["packs/demo/weather/1.0.0/index.html"]));
    let home = &pack["index.html"];
    assert!(home.contains("Not counted: 1 withdrawn pack and 4 withdrawn releases."), "{home}");
}

/// Ensures that what is wrong with the newest state is said besides what is wrong with the release, not once more.
#[test]
fn a_finding_of_the_release_is_not_said_again() {
    let page = |change: &dyn Fn(&mut crate::catalog::CatalogPack)| {
        let mut files = made(&edited(|catalog| catalog.edit_first(change)));
        files.remove("packs/demo/weather/index.html").expect("a page")
    };
    let same = page(&|pack| {
        let latest = pack.latest;
        pack.releases[latest].findings = pack.findings.clone().into();
    });
    assert!(same.contains("In this release") && !same.contains("the newest state of the source"), "{same}");
    let more = page(&|pack| {
        let latest = pack.latest;
        pack.releases[latest].findings = pack.findings.clone().into();
        let mut other = pack.findings[0].clone();
        other.message = "something else".to_owned();
        pack.findings.insert(0, other);
    });
    let newest = more.split("Only in the newest state of the source").nth(1).expect("a list");
    assert!(newest.contains("something else") && newest.starts_with(" <span class=\"note\">1 "), "{newest}");
}

#[test]
fn a_component_page_links_what_it_uses_and_what_uses_it() {
    let files = made(&catalog());
    let workflow = &files["packs/demo/weather/1.10.0/action/report~20~week.html"];
    assert!(workflow.contains("1.10.0/action/get.html\"><code>weather.get</code>"), "{workflow}");
    assert!(workflow.contains("<code>core.mail</code>") && !workflow.contains("mail.html"));
    let action = &files["packs/demo/weather/1.10.0/action/get.html"];
    assert!(action.contains("Run by") && action.contains("rule/on_frost.html"));
    assert!(action.contains("Fixed values") && !action.contains("hunter2"));
    assert!(!files["packs/demo/weather/1.0.0/action/get.html"].contains("Run by"));
    assert!(
        files.contains_key(
            "packs/other/hostile/0.1.0/action/~3c~IMG~20~src~3d~x~20~onerror~3d~alert~28~1~29~~3e~~2.html"
        )
    );
}

#[test]
fn releases_are_compared_with_the_one_before_them() {
    let files = made(&catalog());
    let compared: Vec<&str> =
        files.keys().filter_map(|path| path.strip_prefix("packs/demo/weather/compare/")).collect();
    let expected = [
        "1.0.0...1.9.0+build.5.html",
        "1.0.0...latest.html",
        "1.10.0...2.0.0-rc.1.html",
        "1.9.0+build.5...1.10.0.html",
        "index.html",
    ];
    assert_eq!(compared, expected);
    let here = "packs/demo/weather/compare/1.9.0%2Bbuild.5...1.10.0.html\">since 1.9.0+build.5</a>";
    assert_eq!(files["packs/demo/weather/index.html"].matches(here).count(), 2, "in the facts, and in the table");
    assert!(files["packs/demo/weather/1.10.0/index.html"].contains(here));
    let page = &files["packs/demo/weather/compare/1.0.0...1.9.0+build.5.html"];
    assert!(page.contains("../../../../packs/demo/weather/1.9.0%2Bbuild.5/index.html"), "{page}");
    assert!(!files.values().any(|text| text.contains("hunter2")));
}

#[test]
fn icons_are_published_when_they_are_images() {
    let files = made(&catalog());
    assert!(files.contains_key("packs/demo/weather/1.10.0/icon.png"));
    assert!(
        files["packs/demo/weather/index.html"].contains("src=\"../../../packs/demo/weather/1.10.0/icon.png\" alt=\"\"")
    );
    assert!(!files.contains_key("packs/other/hostile/0.1.0/icon.png"));
    assert!(!files["packs/other/hostile/index.html"].contains("<img class=\"icon\""));
}

/// Ensures that images of a README are shown on both pages that show it, from the folder of their release.
#[test]
fn images_of_a_readme_are_published() {
    let files = made(&catalog());
    let shown = |page: &str| {
        let (_, rest) = files[page].split_once("<img src=\"").unwrap_or_else(|| panic!("{page} shows none"));
        rest.split_once('>').expect("it ends").0.to_owned()
    };
    let image = "packs/demo/weather/1.10.0/images/";
    let on_pack = shown("packs/demo/weather/index.html");
    let (name, rest) =
        on_pack.strip_prefix(&format!("../../../{image}")).and_then(|at| at.split_once('"')).expect("it");
    assert_eq!(rest, " alt=\"A map\" width=\"40\" height=\"30\" loading=\"lazy\"");
    assert_eq!(files[&format!("{image}{name}")], "29 bytes");
    assert!(shown("packs/demo/weather/1.10.0/index.html").starts_with(&format!("../../../../{image}{name}\"")));
}

/// Ensures that the page of a pack stays small, and that what it leaves out is on pages that it leads to.
#[test]
fn what_is_too_long_for_a_page_has_its_own() {
    let catalog = edited(|catalog| {
        catalog.edit_first(|pack| {
            let release = &mut pack.releases[1];
            let finding = release.findings.first().or(pack.findings.first()).expect("one").clone();
            release.findings = (0..100)
                .map(|number| crate::diag::Diagnostic { message: format!("fault {number}"), ..finding.clone() })
                .collect();
            let names: Vec<String> = (0..500).map(|number| format!("action{number:03}")).collect();
            let many = super::testing::pack_with_components(&names.iter().map(String::as_str).collect::<Vec<_>>());
            Arc::make_mut(&mut release.pack).components.splice(0..2, many.components);
        });
    });
    let files = made(&catalog);
    let page = &files["packs/demo/weather/index.html"];
    assert!(page.len() < 100_000, "{} bytes", page.len());
    let folder = "packs/demo/weather/1.10.0";
    for (more, last) in [("components.html", "action499.html"), ("findings.html", "fault 99")] {
        assert!(page.contains(&format!("{folder}/{more}")) && !page.contains(last), "{more}");
        assert!(files[&format!("{folder}/{more}")].contains(last), "{more}");
    }
    assert!(!files.contains_key(&format!("{folder}/readme.html")));
}

#[test]
fn the_health_page_explains_what_was_found() {
    let files = made(&catalog());
    let page = &files["health.html"];
    for needed in [
        "<h3 id=\"near-miss\">",
        "packs/demo/weather/index.html#findings\">demo/weather</a>",
        "<dt>of 2 packs have nothing to mend</dt><dd>0</dd>",
    ] {
        assert!(page.contains(needed), "{needed}: {page}");
    }
    assert!(files["packs/demo/weather/index.html"].contains("../../../health.html#near-miss"));
    let clean = made(&edited(|catalog| catalog.edit_first(|pack| pack.findings.clear())));
    assert!(clean["health.html"].contains("<dt>of 2 packs have nothing to mend</dt><dd>1</dd>"));
    assert!(!clean["health.html"].contains("demo/weather/index.html#findings"));
}

#[test]
fn a_release_says_what_changed_in_it() {
    let files = made(&catalog());
    for page in
        ["packs/demo/weather/index.html", "packs/demo/weather/1.10.0/index.html", "packs/demo/weather/changelog.html"]
    {
        assert!(files[page].contains("Reads the wind."), "{page}");
    }
    assert!(!files["packs/demo/weather/1.0.0/index.html"].contains("Reads the wind."));
    let candidate = &files["packs/demo/weather/2.0.0-rc.1/index.html"];
    assert!(candidate.contains("<h2 id=\"changelog\">What changed"), "{candidate}");
    let all = &files["packs/demo/weather/changelog.html"];
    let order =
        ["v2-0-0-rc-1", "v1-10-0", "v1-9-0-build-5", "v1-0-0"].map(|id| all.find(&format!("id=\"{id}\"")).expect(id));
    assert!(order.is_sorted(), "{order:?}");
    assert!(!files.contains_key("packs/other/hostile/changelog.html"), "one release, and no changelog");
}

#[test]
fn a_component_of_an_old_release_leads_to_itself_in_the_default_one() {
    let files = made(&catalog());
    let old = &files["packs/demo/weather/1.0.0/action/get.html"];
    assert!(old.contains("packs/demo/weather/1.10.0/action/get.html\">Go to 1.10.0</a>"), "{old}");
}

#[test]
fn feeds_need_the_registry_url() {
    assert!(made(&catalog()).contains_key("sitemap.xml"));
    let files = made(&edited(|catalog| {
        catalog.registry = Arc::new(crate::catalog::Registry { url: None, ..(*catalog.registry).clone() });
    }));
    assert!(!files.contains_key("sitemap.xml") && !files.contains_key("feed.xml"));
    assert!(!files["index.html"].contains("feed.xml"));
    assert!(files["packs/demo/weather/index.html"].contains("https://REGISTRY"));
}

#[test]
fn a_draft_is_marked_wherever_it_is_shown() {
    let files = made(&edited(|catalog| catalog.edit_first(|pack| pack.releases[pack.latest].status.draft = true)));
    let version = "1.10.0";
    let page = &files["packs/demo/weather/index.html"];
    assert!(page.contains("Draft: not released") && page.contains("<td>not released"), "{page}");
    assert!(files[&format!("packs/demo/weather/{version}/index.html")].contains("<span>not released</span>"));
    assert!(files["packs/index.html"].contains("<span>not released</span>"));
    let entry = format!("<title>demo/weather {version}</title>");
    assert!(!files.get("feed.xml").is_some_and(|feed| feed.contains(&entry)), "a draft is no new release");
}

#[test]
fn an_empty_registry_has_a_home_page() {
    let files = made(&edited(|catalog| catalog.packs.clear()));
    assert!(files["index.html"].contains("There is no pack") && files["packs/index.html"].contains("There is no pack"));
}

#[test]
fn the_same_catalog_gives_the_same_bytes() {
    assert_eq!(made(&catalog()), made(&catalog()));
}

/// One pack's change reaches the pages of another through what they show of it, and in no other way.
#[test]
fn a_change_of_one_pack_touches_the_pages_that_show_it() {
    let touched = |before: &Arc<Catalog>, after: &Arc<Catalog>| {
        let keys = |catalog: &Arc<Catalog>| -> BTreeMap<String, crate::ident::Digest> {
            let base = Arc::new(Base::new(catalog, &Arc::new(Templates::builtin()), &Feeds::default()));
            let links = linked(catalog);
            let of_packs = |pack: &Arc<CatalogPack>| {
                of_pack(&base, pack, &Arc::new(links.around(&Ties::of(pack))), &Arc::new(Comparisons::of(pack)))
            };
            let units = of_registry(&base, catalog).into_iter().chain(catalog.packs.values().flat_map(of_packs));
            units.map(|unit| (format!("{:?}", unit.places), unit.key)).collect()
        };
        let (before, after) = (keys(before), keys(after));
        let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let changed = all.into_iter().filter(|place| before.get(*place) != after.get(*place));
        changed.map(|place| place.replace("RelPath", "").replace(['"', '(', ')', '[', ']'], " ")).collect::<Vec<_>>()
    };
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let expect = |change: &dyn Fn(&mut CatalogPack), expected: &[&str]| {
        let after = edited(|catalog| catalog.edit_first(|pack| change(pack)));
        let found: Vec<String> = touched(&catalog(), &after).iter().map(|place| words(place)).collect();
        assert_eq!(found, expected);
    };
    expect(&|_| {}, &[]);
    // What is recorded of one old release: its own pages, and its pack's, whose table has its size.
    expect(
        &|pack| pack.releases[3].record.archive.size += 1,
        &[
            "File packs/demo/weather/changelog.html",
            "File packs/demo/weather/compare/1.0.0...1.9.0+build.5.html",
            "File packs/demo/weather/compare/1.0.0...latest.html",
            "File packs/demo/weather/feed.xml , Folder packs/demo/weather/badges",
            "Folder packs/demo/weather/1.0.0",
            "Folder packs/demo/weather/1.10.0 , File packs/demo/weather/index.html , File packs/demo/weather/versions.js , File packs/demo/weather/versions.html , File packs/demo/weather/dependents.html , File packs/demo/weather/findings.html , File packs/demo/weather/compare/index.html",
        ],
    );
    // Its content: the pages of all releases after it too, which say what happened before them.
    expect(
        &|pack| Arc::make_mut(&mut pack.releases[2].pack).title.push('!'),
        &[
            "File packs/demo/weather/changelog.html",
            "File packs/demo/weather/compare/1.0.0...1.9.0+build.5.html",
            "File packs/demo/weather/compare/1.9.0+build.5...1.10.0.html",
            "File packs/demo/weather/feed.xml , Folder packs/demo/weather/badges",
            "Folder packs/demo/weather/1.10.0 , File packs/demo/weather/index.html , File packs/demo/weather/versions.js , File packs/demo/weather/versions.html , File packs/demo/weather/dependents.html , File packs/demo/weather/findings.html , File packs/demo/weather/compare/index.html",
            "Folder packs/demo/weather/1.9.0+build.5",
            "Folder packs/demo/weather/2.0.0-rc.1",
        ],
    );
    // What other packs make of a release is in none of its files, and on its pages all the same.
    let remark = Remark {
        kind: "action".to_owned(),
        name: "report".to_owned(),
        against: "station 1.0.0".to_owned(),
        result: "valid".to_owned(),
        is_good: true,
        faults: Vec::new(),
        unevaluated: Vec::new(),
        defaults: Vec::new(),
    };
    expect(
        &|pack| pack.releases[3].remarks = Arc::from([remark.clone()]),
        &[
            "File packs/demo/weather/changelog.html",
            "File packs/demo/weather/compare/1.0.0...1.9.0+build.5.html",
            "File packs/demo/weather/compare/1.0.0...latest.html",
            "File packs/demo/weather/feed.xml , Folder packs/demo/weather/badges",
            "Folder packs/demo/weather/1.0.0",
            "Folder packs/demo/weather/1.10.0 , File packs/demo/weather/index.html , File packs/demo/weather/versions.js , File packs/demo/weather/versions.html , File packs/demo/weather/dependents.html , File packs/demo/weather/findings.html , File packs/demo/weather/compare/index.html",
        ],
    );
    // A status is shown on all pages of the pack, and in lists.
    expect(
        &|pack| pack.releases[3].status.yanked = Some("leaks".to_owned()),
        &[
            "File 404.html",
            "File feed.xml",
            "File health.html , Folder health",
            "File index.html",
            "File packs/demo/feed.xml",
            "File packs/demo/index.html",
            "File packs/demo/llms.txt",
            "File packs/demo/weather/changelog.html",
            "File packs/demo/weather/compare/1.0.0...1.9.0+build.5.html",
            "File packs/demo/weather/compare/1.0.0...latest.html",
            "File packs/demo/weather/feed.xml , Folder packs/demo/weather/badges",
            "File packs/index.html",
            "File robots.txt , File llms.txt , File opensearch.xml",
            "File sitemap.xml",
            "Folder packs/demo/weather/1.0.0",
            "Folder packs/demo/weather/1.10.0 , File packs/demo/weather/index.html , File packs/demo/weather/versions.js , File packs/demo/weather/versions.html , File packs/demo/weather/dependents.html , File packs/demo/weather/findings.html , File packs/demo/weather/compare/index.html",
            "Folder packs/demo/weather/1.9.0+build.5",
            "Folder packs/demo/weather/2.0.0-rc.1",
            "Folder search",
        ],
    );
}
