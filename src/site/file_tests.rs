//! Tests of the pages of files: addresses, copies, hostile names and contents, and which unit makes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::testing::HOSTILE;
use super::tests::{assert_harmless, edited, made};
use super::*;
use crate::content::Listing;
use crate::ident::RelPath;
use crate::pack::Memo;
use crate::source::Snapshot;

/// Replaces the files of a release.
fn put(pack: &mut CatalogPack, at: usize, files: &[(&str, &[u8])]) {
    let files = files.iter().map(|(path, bytes)| (RelPath::composed(path), false, Arc::from(*bytes)));
    let content = Snapshot::in_memory(files.collect());
    let release = &mut pack.releases[at];
    release.listing = Arc::new(Listing::of(&content, &Memo::new()).expect("memory can be read"));
    release.record.content_digest = release.listing.content_digest;
    release.content = content;
}

/// Makes a pack whose only files are these, in its lowest release.
fn with(files: &[(&str, &[u8])]) -> BTreeMap<String, String> {
    made(&edited(|catalog| {
        catalog.edit_first(|pack| {
            (0..pack.releases.len()).for_each(|at| put(pack, at, files));
        });
    }))
}

/// Plans the pages of a pack that no other pack has anything to do with.
fn units_of(base: &Arc<Base>, pack: &Arc<CatalogPack>) -> Vec<Unit> {
    let around = Crosslinks::default().around(&Ties::of(pack));
    of_pack(base, pack, &Arc::new(around), &Arc::new(Comparisons::of(pack)))
}

#[test]
fn a_file_has_one_page_for_all_releases_with_the_same_bytes() {
    let files = made(&edited(|catalog| {
        catalog.edit_first(|pack| {
            put(pack, 3, &[("a.yaml", b"x: 1\n"), ("b.py", b"pass\n")]);
            put(pack, 2, &[("a.yaml", b"x: 2\n"), ("b.py", b"pass\n")]);
            put(pack, 1, &[("a.yaml", b"x: 1\n"), ("b.py", b"pass\n"), ("c/d.md", b"# d\n")]);
            put(pack, 0, &[("a.yaml", b"x: 2\n")]);
        });
    }));
    let pages: Vec<&str> = files.keys().filter_map(|path| path.strip_prefix("packs/demo/weather/files/")).collect();
    assert_eq!(
        pages,
        [
            "1.0.0/a.yaml.html",
            "1.0.0/a.yaml.txt",
            "1.0.0/b.py.html",
            "1.0.0/b.py.txt",
            "1.10.0/c/d.md.html",
            "1.10.0/c/d.md.txt",
            "1.9.0~2b~build.5/a.yaml.html",
            "1.9.0~2b~build.5/a.yaml.txt",
        ]
    );
    let list = &files["packs/demo/weather/1.10.0/files.html"];
    for link in ["files/1.0.0/a.yaml.html", "files/1.0.0/b.py.html", "files/1.10.0/c/d.md.html"] {
        assert!(list.contains(&format!("href=\"../../../../packs/demo/weather/{link}\"")), "{link}: {list}");
    }
    let page = &files["packs/demo/weather/files/1.0.0/a.yaml.html"];
    for needed in [
        "<a id=\"L1\" href=\"#L1\">1</a><span class=\"t\">x</span>: <span class=\"n\">1</span>",
        "href=\"https://github.com/acme/packs/blob/c0ffeec0ffeec0ffeec0ffeec0ffeec0ffee/packs/weather/a.yaml\"",
        "a.yaml.txt\" download=\"a.yaml\">",
        &Digest::of(b"x: 1\n").hex(),
    ] {
        assert!(page.contains(needed), "{needed}: {page}");
    }
    assert_eq!(files["packs/demo/weather/files/1.0.0/a.yaml.txt"], "x: 1\n");
    // What changed between two releases leads to the lines of both.
    let compare = &files["packs/demo/weather/compare/1.0.0...1.9.0+build.5.html"];
    assert!(compare.contains("<del><a href=\"../files/1.0.0/a.yaml.html#L1\">1</a>- "), "{compare}");
    assert!(compare.contains("<ins><a href=\"../files/1.9.0~2b~build.5/a.yaml.html#L1\">1</a>+ "), "{compare}");
}

#[test]
fn hostile_names_and_contents_stay_text() {
    let long = "n".repeat(250);
    let evil = format!("</code></pre>{}<script>alert(1)</script>", HOSTILE.replace('\u{0}', ""));
    let files = with(&[
        ("<script>alert(1)<_script>.html", evil.as_bytes()),
        ("%2e%2e/%2fetc", b"x"),
        ("a\u{202e}b.svg", b"<svg onload=alert(1)></svg>"),
        ("a", b"1"),
        ("a.html/b", b"1"),
        ("a.txt/b", b"1"),
        ("\"onload=\"alert(1)", b"1"),
        (&long, b"1"),
        ("x.js", b"alert(1)"),
        ("image.html", b"GIF89a<script>alert(1)</script>"),
        ("program", b"\x7fELF\0"),
    ]);
    let copies: Vec<&String> =
        files.keys().filter(|path| path.contains("/files/") && !path.ends_with(".html")).collect();
    assert!(
        copies.iter().all(|path| [".txt", ".bin", ".gif"].iter().any(|ending| path.ends_with(ending))),
        "{copies:?}"
    );
    assert!(files.keys().all(|path| path.is_ascii() && path.len() < 400), "{copies:?}");
    let there =
        |name: &str| assert!(files.contains_key(&format!("packs/demo/weather/files/1.0.0/{name}")), "{copies:?}");
    there("~3c~script~3e~alert~28~1~29~~3c~_script~3e~.html.txt");
    there("~25~2e~25~2e/~25~2fetc.txt");
    there("a~202e~b.svg.txt");
    there("a.html~/b.html");
    there("image.html.gif");
    there("program.bin");
    assert_eq!(files["packs/demo/weather/files/1.0.0/x.js.txt"], "alert(1)");
    let pages: BTreeMap<String, String> = files.into_iter().filter(|(path, _)| path.ends_with(".html")).collect();
    assert!(pages.values().any(|page| page.contains("&lt;<span class=\"t\">script</span>&gt;alert(1)&lt;/")));
    assert_harmless(pages);
}

#[test]
fn what_is_large_is_not_shown() {
    let shown = pages::file::MOST_SHOWN as usize;
    let (large, huge) = (vec![b'x'; shown + 1], vec![b'x'; files::MOST_BYTES as usize + 1]);
    let lines = "a: 1\n".repeat(pages::file::MOST_LINES + 5);
    let files = with(&[("large.yaml", &large), ("huge.yaml", &huge), ("long.yaml", lines.as_bytes()), ("empty", b"")]);
    let page = |name: &str| &files[&format!("packs/demo/weather/files/1.0.0/{name}.html")];
    assert!(page("large.yaml").contains("too large to show") && page("large.yaml").len() < 8_000);
    assert!(page("long.yaml").contains("5 more lines are not shown"));
    assert!(page("empty").contains("This file is empty."));
    assert!(!files.contains_key("packs/demo/weather/files/1.0.0/huge.yaml.html"));
    let list = &files["packs/demo/weather/1.0.0/files.html"];
    assert!(list.contains("huge.yaml <span class=\"note\">in the archive only</span>"), "{list}");
}

/// Ensures that a new release makes no page of an older file again.
#[test]
fn pages_of_files_are_made_once() {
    let units = |catalog: &Arc<Catalog>| -> BTreeMap<String, Digest> {
        let base = Arc::new(Base::new(catalog, &Arc::new(Templates::builtin()), &Feeds::default()));
        let pack = catalog.packs.values().next().expect("a pack");
        let units = units_of(&base, pack);
        units
            .into_iter()
            .filter(|unit| {
                unit.covers("packs/demo/weather/files/1.0.0/x")
                    || unit.covers("packs/demo/weather/files/1.9.0~2b~build.5/x")
            })
            .map(|unit| (format!("{:?}", unit.places), unit.key))
            .collect()
    };
    let scene = |change: &dyn Fn(&mut CatalogPack)| {
        units(&edited(|catalog| {
            catalog.edit_first(|pack| {
                put(pack, 3, &[("a.yaml", b"x: 1\n")]);
                put(pack, 2, &[("a.yaml", b"x: 2\n")]);
                change(pack);
            });
        }))
    };
    let before = scene(&|_| {});
    assert_eq!(before.len(), 2);
    let later = scene(&|pack| {
        pack.releases[2].status.yanked = Some("leaks".to_owned());
        pack.status.archived = Some("gone".to_owned());
        drop(pack.releases.remove(0));
        pack.latest = 0;
    });
    assert_eq!(before, later);
}

#[test]
fn files_are_only_listed_where_the_configuration_says_so() {
    let catalog = edited(|_| {});
    let base = Base::new(&catalog, &Arc::new(Templates::builtin()), &Feeds::default());
    let listed =
        Arc::new(Base::new(&catalog, &Arc::new(Templates::builtin()), &Feeds::default()).with_files(FilePages::List));
    assert_ne!(base.key(), listed.key());
    let pack = catalog.packs.values().next().expect("a pack");
    let units = units_of(&listed, pack);
    assert!(!units.iter().any(|unit| format!("{:?}", unit.places).contains("/files/")));
}

/// Ensures that the words of the newest changelog are those about older releases too, even of those that had none.
#[test]
fn the_newest_changelog_tells_of_all_releases() {
    let changes: &[u8] =
        b"# Changes\n\n## [1.10.0] - 2026-03-01\n\n- Reads *wind*.\n\n```yaml\na: 1\n```\n\n## v1.0.0\n\n- First.\n";
    let files = made(&edited(|catalog| {
        catalog.edit_first(|pack| {
            put(pack, 1, &[("CHANGES.md", changes)]);
            put(pack, 3, &[("pack.yaml", b"x: 1\n")]);
            Arc::make_mut(&mut pack.releases[3].pack).changelog = None;
        });
    }));
    let page = &files["packs/demo/weather/changelog.html"];
    assert!(page.contains("<li>Reads <em>wind</em>.</li>") && page.contains("<li>First.</li>"), "{page}");
    assert!(page.contains("<span class=\"t\">a</span>: <span class=\"n\">1</span>"), "{page}");
    assert!(!files["packs/demo/weather/1.0.0/index.html"].contains("First."), "it did not know");
}

/// Ensures that a Markdown file is rendered above its source: its links lead to pages, lines and headings, its images are copies.
#[test]
fn markdown_files_are_rendered_above_their_source() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x10";
    let guide: &[u8] = b"---\nname: guide\n---\n# Set up\n\n[line](../a.yaml#L1) [part](more.md#Far-off) [here](#set-up)\n\n![I](i.png)\n\n```yaml\na: 1\n```\n";
    let files = with(&[
        ("a.yaml", b"x: 1\n"),
        ("docs/guide.md", guide),
        ("docs/more.md", b"## Far off\n"),
        ("docs/i.png", png),
    ]);
    let page = &files["packs/demo/weather/files/1.0.0/docs/guide.md.html"];
    let at = |needed: &str| page.find(needed).unwrap_or_else(|| panic!("no {needed}: {page}"));
    for needed in [
        "<span class=\"t\">name</span>: guide\n</code></pre>",
        "<h3 id=\"file-set-up\">Set up</h3>",
        "href=\"../../../../../../packs/demo/weather/files/1.0.0/a.yaml.html#L1\"",
        "href=\"../../../../../../packs/demo/weather/files/1.0.0/docs/more.md.html#file-far-off\"",
        "href=\"#file-set-up\"",
        "<img src=\"../../../../../../packs/demo/weather/files/1.0.0/docs/i.png.png\" alt=\"I\" width=\"32\" height=\"16\"",
    ] {
        assert!(at(needed) < at("<h2 id=\"source\">"), "{needed}: {page}");
    }
    assert!(at("<a id=\"L4\" href=\"#L4\">4</a>") > at("<h2 id=\"source\">"), "{page}");
    assert!(files["packs/demo/weather/files/1.0.0/docs/more.md.html"].contains("<h3 id=\"file-far-off\">"));
    assert!(files.contains_key("packs/demo/weather/files/1.0.0/docs/i.png.png"));
}

/// Ensures that a hostile document harms nobody on its own page, and one beyond the bounds is shown as source.
#[test]
fn hostile_documents_are_sanitised_or_only_source() {
    let hostile = HOSTILE.replace('\u{0}', "");
    let evil = format!(
        "{hostile}\n\n<a id=L1 name=content href=packyard-site/x>x</a> <img src=x onerror=alert(1)> [x](javascript:alert(1))\n\n# content\n"
    );
    let deep = "> ".repeat(500) + "x\n";
    let files = with(&[
        ("evil.md", evil.as_bytes()),
        ("deep.md", deep.as_bytes()),
        ("only.md", b"---\na: b\n---\n"),
        ("x.txt", b"# x\n"),
    ]);
    let page = |name: &str| &files[&format!("packs/demo/weather/files/1.0.0/{name}.html")];
    let evil = page("evil.md");
    assert!(evil.contains("<h2 id=\"source\">") && evil.contains("id=\"file-L1\""), "{evil}");
    assert_eq!(evil.matches("id=\"L1\"").count(), 1, "{evil}");
    for name in ["deep.md", "only.md", "x.txt"] {
        assert!(!page(name).contains("<h2 id=\"source\">"), "{name}");
    }
    let pages: BTreeMap<String, String> = files.into_iter().filter(|(path, _)| path.ends_with(".html")).collect();
    assert_harmless(pages);
}

/// Ensures that whoever mends a finding gets from it to the line.
#[test]
fn findings_lead_to_their_lines() {
    let files = made(&edited(|catalog| {
        catalog.edit_first(|pack| {
            put(pack, 1, &[("actions/get.yaml", b"a: 1\nb: 2\nstationn: oslo\n")]);
            pack.releases[1].findings = Arc::from([pack.findings[0].clone()]);
        });
    }));
    let page = &files["packs/demo/weather/1.10.0/index.html"];
    let line = "packs/demo/weather/files/1.10.0/actions/get.yaml.html#L3\">packs/weather/actions/get.yaml:3</a> (<a href=\"https://github.com/acme/packs/blob/";
    assert!(page.contains(line), "{page}");
}
