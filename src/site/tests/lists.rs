//! Tests of lists of packs, and of what is for machines: feeds, sitemap, badges and other files.

use super::*;
use crate::index::event::{Event, What};

/// Returns a catalog with so many packs of the ecosystem `demo`, all like the first one.
fn with_packs(number: usize) -> Arc<Catalog> {
    edited(|catalog| {
        for at in 0..number - 1 {
            let mut copies = Arc::try_unwrap(super::super::testing::catalog()).expect("nobody else holds it").packs;
            let (_, pack) = copies.pop_first().expect("a pack");
            let mut pack = Arc::try_unwrap(pack).expect("nobody else holds it");
            pack.id = format!("demo/copy-{at:03}").parse().expect("an identity");
            catalog.packs.insert(pack.id.clone(), Arc::new(pack));
        }
    })
}

/// Ensures that what nobody should install is in no number on the home page.
#[test]
fn counts_on_the_home_page_are_true() {
    let home = &made(&catalog())["index.html"];
    for count in ["<dt>packs</dt><dd>2</dd>", "<dt>releases</dt><dd>4</dd>", "<dt>components</dt><dd>5</dd>"] {
        assert!(home.contains(count), "{count}: {home}");
    }
    assert!(home.contains("Not counted: 1 withdrawn release."), "{home}");
}

/// Ensures that one page holds what fits it, with what the script narrows by, and no data.
#[test]
fn a_short_list_is_narrowed_in_its_page() {
    let files = made(&catalog());
    let page = &files["packs/index.html"];
    assert!(page.contains("data-kind=\"action\trule\"") && page.contains("data-licence=\"apache-2.0\""), "{page}");
    assert!(page.contains("value=\"demo\"><span>Demo</span> <span class=\"note\">1</span>"), "{page}");
    assert!(page.contains("packs/index.html?keyword=weather\">weather</a>"), "{page}");
    assert!(!page.contains("data-script") && !files.contains_key("packs/browse.js"));
    let of_ecosystem = &files["packs/demo/index.html"];
    assert!(!of_ecosystem.contains("data-facet"), "one pack is not told apart from others");
    assert!(
        of_ecosystem
            .contains("demo pack install weather <span class=\"t\">--version</span> <span class=\"n\">1.10.0</span>"),
        "{of_ecosystem}"
    );
    assert!(of_ecosystem.contains("packs/demo/index.html?kind=action\">"), "{of_ecosystem}");
}

/// Ensures that a page of a long list stays small, names its neighbours, and knows where all packs are.
#[test]
fn a_long_list_is_in_pages() {
    let files = made(&with_packs(150));
    let cards = |page: &str| files[page].matches("<li class=\"card\">").count();
    assert_eq!(
        (cards("packs/index.html"), cards("packs/page-2.html")),
        (100, 50),
        "and the hostile one, which is deprecated"
    );
    assert_eq!((cards("packs/demo/index.html"), cards("packs/demo/page-2.html")), (100, 50));
    assert!(!files.contains_key("packs/other/page-2.html"));
    let page = &files["packs/page-2.html"];
    assert!(page.contains("data-script=\"../packs/browse.js\" data-elsewhere>"), "{page}");
    assert!(page.contains("<strong>151 packs</strong>, 101 to 151"), "{page}");
    assert!(page.contains("../packs/page-2.html\" aria-current=\"page\">2</a>"), "{page}");
    assert!(!page.contains("data-kind"), "the script has it");
    assert!(page.contains("<title>All packs, page 2 · Acme packs</title>"), "{page}");
    assert!(
        files["packs/browse.js"].contains("\"copy-000\"") && files["packs/demo/browse.js"].contains("\"copy-000\"")
    );
    assert!(files["sitemap.xml"].contains("<loc>https://packs.acme.example/packs/page-2.html</loc>"));
    assert!(files["index.html"].len() < 20_000, "the home page has {} bytes", files["index.html"].len());
}

/// Ensures that every pack with a finding is reached from `health.html`, by pages that stay small.
#[test]
fn every_finding_is_reached_by_pages() {
    // Only of these pages: the packs' own would take long.
    let health = |catalog: &Arc<Catalog>| -> BTreeMap<String, String> {
        let base = Arc::new(Base::new(catalog, &Arc::new(Templates::builtin()), &Feeds::default()));
        let mut units = of_registry(&base, catalog).into_iter().filter(|unit| unit.covers("health.html"));
        let files = units.next().expect("it is planned").files().expect("it is made");
        files.into_iter().map(|(path, bytes)| (path.to_string(), String::from_utf8(bytes).expect("UTF-8"))).collect()
    };
    let catalog = with_packs(320);
    let files = health(&catalog);
    let pages: Vec<&str> = files.keys().filter(|path| path.starts_with("health")).map(String::as_str).collect();
    let code = crate::ecosystem::NEAR_MISS.name();
    let of_rule = format!("health/rules/{code}");
    let rule = ["index", "page-2"].map(|name| format!("{of_rule}/{name}.html"));
    let expected =
        ["health.html", "health/page-2.html", "health/page-3.html", "health/page-4.html", &*rule[0], &*rule[1]];
    assert_eq!(pages, expected);
    let first = &files["health.html"];
    assert!(first.contains("href=\"health/page-2.html\""), "{first}");
    assert!(first.contains(&format!("href=\"{of_rule}/index.html\">all 321 packs</a>")), "{first}");
    let second = &files["health/page-2.html"];
    assert!(
        second.contains("<strong>321 packs</strong>, 101 to 200") && second.contains("../health.html\">"),
        "{second}"
    );
    for pages in [&pages[..4], &pages[4..]] {
        for id in catalog.packs.keys() {
            let link = format!("packs/{id}/index.html#findings\">");
            assert_eq!(pages.iter().filter(|page| files[**page].contains(&link)).count(), 1, "{id} in {pages:?}");
        }
    }
    assert!(pages.iter().all(|page| files[*page].len() < 60_000));
    assert_eq!(health(&super::catalog()).len(), 1, "a short list is one page");
}

/// Ensures that the newest state of a source with very many findings has a page of them.
#[test]
fn the_newest_findings_have_a_page_where_they_are_many() {
    let files = made(&edited(|catalog| {
        catalog.edit_first(|pack| pack.findings = vec![pack.findings[0].clone(); 60]);
    }));
    assert!(files["packs/demo/weather/index.html"].contains("packs/demo/weather/findings.html\">20 more findings</a>"));
    assert!(files["packs/demo/weather/findings.html"].contains("packs/weather/actions/get.yaml:3"));
}

/// Ensures that the feed of a pack tells what was released and what was said since, newest first.
#[test]
fn a_pack_has_a_feed() {
    let files = made(&edited(|catalog| {
        catalog.edit_first(|pack| {
            pack.releases.truncate(3);
            pack.releases.remove(0);
            pack.latest = 0;
            pack.said = vec![Event {
                seq: 4,
                prev: None,
                at: "2026-03-02T10:00:00Z".parse().expect("a time"),
                what: What::Yank {
                    version: pack.releases[1].version().clone(),
                    reason: "reads the wrong <station>".to_owned(),
                    advisory: None,
                },
            }];
            pack.updated = pack.said[0].at;
        });
    }));
    let expected = r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>demo/weather in Acme packs</title>
<id>https://packs.acme.example/packs/demo/weather/index.html</id>
<link rel="self" type="application/atom+xml" href="https://packs.acme.example/packs/demo/weather/feed.xml"/>
<link rel="alternate" type="text/html" href="https://packs.acme.example/packs/demo/weather/index.html"/>
<icon>https://packs.acme.example/assets/icon.svg</icon>
<generator>Packyard</generator>
<updated>2026-03-02T10:00:00Z</updated>
<entry>
<title>demo/weather 1.9.0+build.5 was yanked</title>
<id>https://packs.acme.example/packs/demo/weather/1.9.0%2Bbuild.5/index.html#event-4</id>
<link rel="alternate" type="text/html" href="https://packs.acme.example/packs/demo/weather/1.9.0%2Bbuild.5/index.html"/>
<published>2026-03-02T10:00:00Z</published>
<updated>2026-03-02T10:00:00Z</updated>
<author><name>Acme packs</name></author>
<summary>reads the wrong &lt;station&gt;</summary>
</entry>
"#;
    let feed = &files["packs/demo/weather/feed.xml"];
    assert_eq!(&feed[..expected.len()], expected);
    let released = "<title>demo/weather 1.10.0</title>
<id>https://packs.acme.example/packs/demo/weather/1.10.0/index.html</id>
<link rel=\"alternate\" type=\"text/html\" href=\"https://packs.acme.example/packs/demo/weather/1.10.0/index.html\"/>
<link rel=\"related\" type=\"text/html\" title=\"What changed since 1.9.0+build.5\" href=\"https://packs.acme.example/packs/demo/weather/compare/1.9.0%2Bbuild.5...1.10.0.html\"/>
<category term=\"fix\" scheme=\"https://packs.acme.example/#verdict\"/>";
    assert!(feed.contains(released), "{feed}");
    assert_eq!(feed.matches("<entry>").count(), 3);
    assert!(!files["feed.xml"].contains("1.9.0+build.5</title>"), "what is yanked is no news");
    assert!(files["packs/demo/feed.xml"].contains("<title>Acme packs: new releases of Demo packs</title>"));
}

/// Ensures that no file for machines holds what XML 1.0 or Markdown would take for something else than text.
#[test]
fn machines_get_text_as_text() {
    let files = made(&catalog());
    let hostile = &files["packs/other/hostile/feed.xml"];
    assert!(hostile.contains("&lt;script&gt;") && !hostile.contains(['\0', '\u{202e}']), "{hostile}");
    let list = &files["llms.txt"];
    assert!(
        list.contains("- [demo/weather](https://packs.acme.example/packs/demo/weather/pack.json) 1.10.0: "),
        "{list}"
    );
    assert!(list.contains("0.1.0, deprecated: \\<script\\>"), "{list}");
    assert_eq!(list.lines().filter(|line| line.starts_with("# ")).count(), 1);
    assert!(files["packs/demo/llms.txt"].starts_with("# Demo packs of Acme packs\n\n> Packs of actions"));
    let search = &files["opensearch.xml"];
    assert!(search.contains("template=\"https://packs.acme.example/search.html?q={searchTerms}\""), "{search}");
    assert!(search.contains("<ShortName>Acme packs</ShortName>"));
    assert!(files["packs/demo/weather/badges/version.svg"].contains("<title>Demo: 1.10.0</title>"));
}

/// Ensures that `llms.txt` of a large registry stays small.
#[test]
fn many_packs_are_listed_by_ecosystem() {
    let files = made(&with_packs(220));
    let list = &files["llms.txt"];
    assert!(list.contains("- [Demo](https://packs.acme.example/packs/demo/llms.txt): 220 packs."), "{list}");
    assert!(!list.contains("copy-000") && files["packs/demo/llms.txt"].contains("copy-000"));
}
