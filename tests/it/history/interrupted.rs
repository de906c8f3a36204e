//! Builds that meet each other, and builds that are killed.

use std::process::Stdio;
use std::time::Instant;

use packyard::index::archives::ArchiveStore;

use super::{Registry, assert_same};
use crate::support::{SiteTest, packs};

/// Packs of the registry whose builds are killed: enough for a build to be killed in the middle.
const PACKS: usize = 24;
const KILLS: u32 = 10;

/// Ensures that two builds of one registry wait for each other, and that nothing is lost.
#[test]
fn two_builds_at_once_both_end_well() {
    let expected = Registry::recorded();
    let registry = Registry::new();
    for _ in 0..3 {
        let start = || {
            let mut command = registry.site.command();
            command.arg("build").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
        };
        for child in [start(), start()] {
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert_eq!(registry.site.verified().len(), 3);
        assert_same(&expected.index(), &registry.index());
        assert_same(&expected.published(""), &registry.published(""));
        std::fs::remove_dir_all(registry.site.root().join("public")).expect("it is there");
    }
}

fn many_packs() -> SiteTest {
    (0..PACKS).fold(SiteTest::new(), |site, number| {
        let name = format!("pack_{number}");
        site.pack(&format!("packs/{name}"), &packs::attune(&name, "1.0.0", "hello"))
    })
}

/// Ensures that whatever a killed build leaves behind verifies, and is completed by the next one.
#[cfg(unix)]
#[test]
fn a_killed_build_leaves_a_registry_that_verifies() {
    let undisturbed = many_packs();
    let start = Instant::now();
    undisturbed.packyard(&["build"]).with_code(0);
    let whole = start.elapsed();

    let site = many_packs();
    let mut killed = 0;
    for number in 1..=KILLS {
        let mut child = site.command().arg("build").stdout(Stdio::null()).spawn().expect("the program runs");
        std::thread::sleep(whole * number / (KILLS + 1));
        child.kill().expect("a child can be killed");
        killed += usize::from(child.wait().expect("it ends").code().is_none());
        assert_sound(&site);
    }
    assert!(killed > 0, "no build was killed in the middle");
    site.packyard(&["build"]).with_code(0);
    assert_eq!(site.verified().len(), PACKS);
    assert_same(&undisturbed.tree(), &site.tree());
    let names: Vec<_> =
        std::fs::read_dir(site.root()).expect("a directory").map(|e| e.expect("listed").file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("tmp")), "{names:?}");
}

/// Requires that the index verifies, that every archive it names is stored, and that `index.json` names served files only.
fn assert_sound(site: &SiteTest) {
    let loaded = site.index().load().expect("the index can be read");
    assert!(loaded.findings.is_empty(), "{:?}", loaded.findings);
    let root = camino::Utf8PathBuf::from_path_buf(site.root()).expect("UTF-8");
    let archives = ArchiveStore::at(root.join("registry-archives"));
    for (id, history) in &loaded.histories {
        for (release, _) in history.releases() {
            let stored = archives.get(id, &release.version, &release.archive).expect("as recorded");
            assert!(stored.is_some(), "{id} {}", release.version);
        }
    }
    let Ok(index) = std::fs::read(root.join("public/index.json")) else { return };
    let index: serde_json::Value = serde_json::from_slice(&index).expect("whole");
    for pack in index["packs"].as_object().expect("packs").values() {
        for version in pack["versions"].as_array().expect("versions") {
            let archive = root.join("public").join(version["archive"]["url"].as_str().expect("an address"));
            assert!(archive.is_file(), "{archive}");
        }
    }
}
