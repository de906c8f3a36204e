//! Tests of which comparisons have pages, and of what makes them again.

use super::super::testing::with_releases;
use super::*;

/// Returns a pack of which these are all releases, highest first; the default one is the first that is no prerelease.
fn pack(versions: &[&str]) -> Arc<CatalogPack> {
    let mut pack = with_releases(versions.iter().map(|version| (*version, Vec::new())).collect());
    let inner = Arc::get_mut(&mut pack).expect("nobody else holds it");
    inner.latest = inner.releases.iter().position(|release| !release.version().is_prerelease()).unwrap_or(0);
    pack
}

fn ends(versions: &[&str]) -> Vec<String> {
    let pack = pack(versions);
    let comparisons = Comparisons::of(&pack);
    comparisons.ends().map(|end| pack.releases[end].version().to_string()).collect()
}

/// Returns the units of comparisons, by their place.
fn units(versions: &[&str]) -> BTreeMap<String, Digest> {
    let pack = pack(versions);
    let catalog = edited(|catalog| catalog.packs = BTreeMap::from([(pack.id.clone(), Arc::clone(&pack))]));
    let base = Arc::new(Base::new(&catalog, &Arc::new(Templates::builtin()), &Feeds::default()));
    let units = of_pack(&base, &pack, &Arc::default(), &Arc::new(Comparisons::of(&pack)));
    let path = |unit: &Unit| unit.path().map(|path| path.as_str().to_owned());
    let compared = units.iter().filter_map(|unit| Some((path(unit)?, unit.key)));
    compared.filter_map(|(path, key)| Some((path.strip_prefix("packs/demo/p/compare/")?.to_owned(), key))).collect()
}

#[test]
fn the_last_release_of_each_older_line_is_compared_with_the_default_one() {
    let nothing: [&str; 0] = [];
    assert_eq!(ends(&["1.0.0"]), nothing);
    assert_eq!(ends(&["1.1.0", "1.0.0"]), nothing, "the one before has a page already");
    assert_eq!(ends(&["1.0.2", "1.0.1", "1.0.0"]), nothing, "they are of the same line");
    assert_eq!(ends(&["2.0.0", "1.4.2", "1.4.1", "1.3.0", "0.9.0"]), ["1.3.0", "0.9.0"]);
    assert_eq!(ends(&["2.1.0-rc.1", "2.0.1", "2.0.0", "1.4.2", "1.4.1-rc.1"]), ["1.4.2"], "prereleases are none");
    assert_eq!(ends(&["1.0.0-b", "1.0.0-a", "0.9.0-a"]), nothing);
    // The last one of each major version comes first where there are too many.
    let many: Vec<String> =
        (0..3).flat_map(|major| (0..20).map(move |minor| format!("{major}.{minor}.0"))).rev().collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let newest = (10..=17).rev().map(|minor| format!("2.{minor}.0"));
    let expected: Vec<String> = newest.chain(["1.19.0".to_owned(), "0.19.0".to_owned()]).collect();
    assert_eq!(ends(&many), expected);
}

/// Ensures that a release makes again what is compared with the default one and nothing between other releases.
#[test]
fn a_release_makes_only_what_it_must() {
    let before = units(&["2.0.0", "1.4.0", "1.3.0", "1.2.0"]);
    let after = units(&["2.0.1", "2.0.0", "1.4.0", "1.3.0", "1.2.0"]);
    let changed = |path: &&String| before.get(*path) != after.get(*path);
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed: Vec<&String> = all.into_iter().filter(changed).collect();
    // The one before this release now names the comparison behind it.
    let expected = [
        "1.2.0...latest.html",
        "1.3.0...latest.html",
        "1.4.0...2.0.0.html",
        "1.4.0...latest.html",
        "2.0.0...2.0.1.html",
    ];
    assert_eq!(changed, expected);
    // A release of an older line takes the place of the one that was its last, and leaves the other lines alone.
    let older = units(&["2.0.0", "1.4.0", "1.3.1", "1.3.0", "1.2.0"]);
    assert_eq!(older["1.2.0...latest.html"], before["1.2.0...latest.html"]);
    assert!(!older.contains_key("1.3.0...latest.html") && older.contains_key("1.3.1...latest.html"));
    // A pack with one release, or two, has no more files than it had.
    assert_eq!((units(&["1.0.0"]).len(), units(&["2.0.0", "1.0.0"]).len()), (0, 1));
}

#[test]
fn comparisons_are_listed_and_chosen_from() {
    let files = made(&catalog());
    let list = &files["packs/demo/weather/compare/index.html"];
    for needed in [
        "compare/1.0.0...latest.html\">1.0.0 → 1.10.0</a>",
        "compare/1.9.0%2Bbuild.5...1.10.0.html\">1.9.0+build.5 → 1.10.0</a>",
        "compare/1.10.0...2.0.0-rc.1.html\">1.10.0 → 2.0.0-rc.1</a>",
        "packyard diff demo/weather FROM TO",
        "assets/compare.js\" defer>",
    ] {
        assert!(list.contains(needed), "{needed}: {list}");
    }
    assert!(files["packs/demo/weather/versions.js"].contains("\"before\":[1,2,3,null],\"ends\":[3]"));
    let page = &files["packs/demo/weather/compare/1.0.0...latest.html"];
    assert!(page.contains("1.10.0 is the default release.") && page.contains("1.0.0...latest.json"), "{page}");
    assert!(page.contains("compare/index.html?from=1.0.0&amp;to=1.10.0\">"), "{page}");
    let old = &files["packs/demo/weather/1.0.0/index.html"];
    assert!(old.contains("compare/1.0.0...latest.html\">What changes</a>"), "{old}");
    assert!(files["packs/demo/weather/index.html"].contains("compare/index.html\">Compare any two releases</a>"));
    // Three releases of one line are chosen from too, though none of them is the end of another.
    let pack = pack(&["1.0.2", "1.0.1", "1.0.0"]);
    let catalog = edited(|catalog| catalog.packs = BTreeMap::from([(pack.id.clone(), pack)]));
    assert!(made(&catalog)["packs/demo/p/versions.js"].contains("\"before\":[1,2,null],\"ends\":[]"));
    // A pack with one release has none of it.
    assert!(!files.keys().any(|path| path.starts_with("packs/other/") && path.contains("compare")));
    assert!(!files["packs/other/hostile/versions.js"].contains("before"));
}
