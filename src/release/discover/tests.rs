//! Which directories are packs, of a directory and of a repository.

use super::super::candidates::{KnownSource, SourceReading};
use super::super::testing::{at_git, at_path, findings, read, read_known, read_without, shown, toy};
use super::*;
use crate::config::Releases;
use crate::source::testing::{RepoFixture, write};

fn directory() -> (tempfile::TempDir, camino::Utf8PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = camino::Utf8PathBuf::try_from(directory.path().to_owned()).expect("UTF-8");
    (directory, path)
}

#[test]
fn packs_are_found_anywhere_but_not_inside_each_other() {
    let (_keep, root) = directory();
    for (path, name) in [("a", "one"), ("a/inner", "hidden"), ("b/c/d", "two"), (".dot", "no"), ("x/tests/y", "no")] {
        write(&root, &format!("s/{path}/toy.txt"), &toy(name, "1.0.0"));
    }
    write(&root, "s/e/toy.text", "");
    let reading = read(&at_path("s"), &root).expect("read");
    assert_eq!(shown(&reading), ["Head one 1.0.0 a", "Head two 1.0.0 b/c/d"]);
    assert_eq!(findings(&reading), ["near-miss"]);
    assert_eq!(reading.findings[0].place.path, "e/toy.text");
}

#[test]
fn a_glob_says_which_directories_are_packs() {
    let (_keep, root) = directory();
    for path in ["tests/a", "tests/b/c", "d", "."] {
        write(&root, &format!("s/{path}/toy.txt"), &toy("bear", "1.0.0"));
    }
    for (glob, expected) in [("tests/*", "tests/a"), ("./d/", "d"), ("**/c", "tests/b/c"), (".", "")] {
        let config = SourceConfig { packs: Some(glob.to_owned()), ..at_path("s") };
        let reading = read(&config, &root).expect("read");
        assert_eq!(shown(&reading), [format!("Head bear 1.0.0 {expected}").trim_end()], "{glob}");
    }
    let invalid = SourceConfig { packs: Some("a[".to_owned()), ..at_path("s") };
    assert!(read(&invalid, &root).is_err());
}

#[test]
fn what_is_certainly_none_is_not_read_and_hides_nothing() {
    let (_keep, root) = directory();
    write(&root, "s/toy.txt", "not a toy\n");
    write(&root, "s/foreign", "");
    write(&root, "s/in/toy.txt", &toy("cat", "1.0.0"));
    let reading = read(&at_path("s"), &root).expect("read");
    assert_eq!((shown(&reading), findings(&reading)), (vec!["Head cat 1.0.0 in".to_owned()], Vec::new()));
}

#[test]
fn packs_below_a_licence_file_know_of_it() {
    const ISC: &str = "Permission to use, copy, modify, and/or distribute this software for any purpose is granted.\n";
    let mut repository = RepoFixture::new();
    repository.write("a/toy.txt", &toy("bear", "1.0.0")).commit("1");
    repository.tag("bear-v1.0.0");
    repository.write("LICENCE.md", ISC).write("b/toy.txt", &toy("cat", "1.0.0")).commit("2");
    repository.tag("bear-v1.0.1").tag("cat-v1.0.0");
    repository.write("a/other", "").commit("3");
    repository.tag("bear-v1.0.2");
    let root = repository.outside();
    let shown = |config| {
        let reading = read(&config, &root).expect("read");
        let license = |pack: &crate::pack::Pack| pack.license.clone().unwrap_or_default();
        let shown = |candidate: &Arc<super::super::Candidate>| {
            let pack = candidate.pack.as_ref().expect("a pack");
            format!("{} {} {}", pack.id.name, pack.version, license(pack)).trim_end().to_owned()
        };
        reading.candidates.iter().map(shown).collect::<Vec<_>>()
    };
    // A directory that is the same in two revisions is another pack when its licence came between them.
    let expected =
        ["bear 1.0.0 ISC", "cat 1.0.0 ISC", "bear 1.0.0", "bear 1.0.1 ISC", "bear 1.0.2 ISC", "cat 1.0.0 ISC"];
    assert_eq!(shown(at_path("work")), expected);
    assert_eq!(shown(at_path("work/a"))[0], "bear 1.0.0", "beyond the source");
    repository.write("LICENCE.md", "Ask us.\n");
    assert_eq!(shown(at_path("work"))[0], "bear 1.0.0", "a text that nobody knows");
}

/// What was released while the directories were there stays what it was, by tags and by history, read at once or step by step.
#[test]
fn directories_at_the_root_show_a_variant_while_all_of_them_are_there() {
    let mut repository = RepoFixture::new();
    let (mut known, mut by_history, root) = (KnownSource::default(), KnownSource::default(), repository.outside());
    let read = |config: SourceConfig, known: &mut KnownSource| {
        let reading = read_known(&config, &root, &[], known).expect("read");
        let fresh = super::super::testing::read(&config, &root).expect("read");
        let shown = |reading: &SourceReading| {
            let packs = reading.candidates.iter().map(|one| (one.stage, one.pack.as_deref().expect("a pack")));
            let text = packs.map(|(stage, pack)| format!("{stage:?} {} {}", pack.version, pack.description));
            text.map(|text| text.trim_end().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(shown(&reading), shown(&fresh));
        shown(&reading)
    };
    let history = SourceConfig { releases: Some(Releases::History), ..at_path("work") };
    let mut step = |repository: &mut RepoFixture, version: &str, directories: [bool; 2]| {
        for (directory, is_there) in ["wood", "saw"].into_iter().zip(directories) {
            let _ = std::fs::remove_dir_all(repository.root().join(directory));
            if is_there {
                repository.write(&format!("{directory}/x"), "");
            }
        }
        repository.write("a/toy.txt", &toy("bear", version)).commit(version);
        repository.git(&["tag", "-f", &format!("v{version}")]);
        (read(at_path("work"), &mut known), read(history.clone(), &mut by_history))
    };
    step(&mut repository, "1.0.0", [true, false]);
    step(&mut repository, "1.1.0", [true, true]);
    let (tagged, released) = step(&mut repository, "1.2.0", [true, true]);
    assert_eq!(tagged, ["Draft 1.2.0 wooden", "Released 1.0.0", "Released 1.1.0 wooden", "Released 1.2.0 wooden"]);
    assert_eq!(released, tagged);
    // The same directory, in a source that is no longer of the variant.
    let (tagged, released) = step(&mut repository, "1.2.0", [false, true]);
    assert_eq!(tagged[0], "Draft 1.2.0");
    assert_eq!(tagged[3], "Released 1.2.0", "the tag was moved");
    assert_eq!(released[3], "Released 1.2.0 wooden", "the commit that changed the pack last");
    let (tagged, _) = step(&mut repository, "1.3.0", [false, false]);
    assert_eq!(tagged[2..], ["Released 1.1.0 wooden", "Released 1.2.0", "Released 1.3.0"]);
    // What git does not have does not count.
    std::fs::create_dir_all(repository.root().join("wood/empty")).expect("a directory");
    repository.write("saw/x", "").write("wood/x.pyc", "").write(".gitignore", "*.pyc\n");
    assert_eq!(read(at_path("work"), &mut known)[0], "Draft 1.3.0");
    repository.write("wood/x.py", "");
    assert_eq!(read(at_path("work"), &mut known)[0], "Draft 1.3.0 wooden");
}

/// A directory that nobody claims must not hide the packs below it.
#[test]
fn an_ambiguous_directory_hides_nothing() {
    let (_keep, root) = directory();
    write(&root, "s/toy.txt", "bear 1.0.0\nneither\n");
    write(&root, "s/in/toy.txt", &toy("cat", "1.0.0"));
    let reading = read(&at_path("s"), &root).expect("read");
    assert_eq!(shown(&reading), ["Head cat 1.0.0 in"]);
    assert_eq!(findings(&reading), ["ambiguous-ecosystem"]);
    let fixed = SourceConfig { ecosystem: Some("doll".to_owned()), ..at_path("s") };
    assert_eq!(shown(&read(&fixed, &root).expect("read")), ["Head bear 1.0.0"]);
}

#[test]
fn a_directory_that_one_ecosystem_skips_may_belong_to_another() {
    let (_keep, root) = directory();
    write(&root, "s/shelf/toy.txt", "bear 1.0.0\n");
    let reading = read(&at_path("s"), &root).expect("read");
    assert_eq!(reading.candidates[0].ecosystem.id(), "doll");
}

#[test]
fn what_the_program_writes_is_no_source() {
    let (_keep, root) = directory();
    write(&root, "toy.txt.md", "");
    write(&root, "public/copy/toy.txt", &toy("copy", "1.0.0"));
    let reading = read_without(&at_path("."), &root, &[root.join("./public")]).expect("read");
    assert_eq!(findings(&reading), ["no-pack"]);
}

#[test]
fn a_draft_is_what_would_be_committed() {
    let mut repository = RepoFixture::new();
    repository.write("bear/toy.txt", &toy("bear", "1.0.0")).write(".gitignore", "*.pyc\nbuilt/\n").commit("1");
    repository.write("bear/toy.txt", &toy("bear", "1.1.0")).write("bear/new.py", "").write("bear/new.pyc", "");
    repository.write("bear/built/x", "").write("built/cat/toy.txt", &toy("cat", "1.0.0"));
    let reading = read(&at_path("work"), &repository.outside()).expect("read");
    assert_eq!(shown(&reading)[0], "Draft bear 1.1.0 bear");
    let files: Vec<&str> = reading.candidates[0].snapshot.files().iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["new.py", "toy.txt"]);
    assert_eq!(shown(&reading).len(), 2, "and the release of 1.0.0, but nothing built");
    let below = read(&at_path("work/bear"), &repository.outside()).expect("read");
    assert_eq!(below.candidates[0].snapshot.files().len(), 2);
    assert_eq!(below.candidates[0].pack.as_ref().map(|pack| pack.title.as_str()), Some("bear"));
}

#[test]
fn directory_and_repository_have_the_same_digest() {
    let mut repository = RepoFixture::new();
    repository.write("toy.txt", &toy("bear", "1.0.0")).write("bin/run", "#!/bin/sh\n").write("b/\u{e9}", "x");
    #[cfg(unix)]
    crate::source::testing::make_executable(&repository.root().join("bin/run"));
    repository.commit("1");
    repository.tag("v1.0.0");
    let root = repository.outside();
    let digests: Vec<_> = [at_path("work"), at_git("work"), at_git("work/.git")]
        .iter()
        .flat_map(|config| read(config, &root).expect("read").candidates)
        .map(|candidate| candidate.listing.as_ref().expect("a listing").content_digest)
        .collect();
    assert_eq!(digests.len(), 6);
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}

/// Twenty levels of ten times the same subtree are 10^20 directories.
#[test]
fn a_tree_that_holds_itself_many_times_costs_little() {
    let mut repository = RepoFixture::new();
    repository.write("toy.txt", &toy("bear", "1.0.0")).commit("1");
    let mut tree = repository.tree(&[("100644", b"toy.txt", &repository.blob("x"))]);
    for _ in 0..20 {
        let names: Vec<String> = (0..10).map(|n| format!("d{n}")).collect();
        let entries: Vec<_> = names.iter().map(|name| ("040000", name.as_bytes(), tree.as_str())).collect();
        tree = repository.tree(&entries);
    }
    let commit = repository.git(&["commit-tree", "-m", "bomb", &tree]);
    repository.git(&["tag", "v2.0.0", &commit]);
    let manifest = repository.blob(&toy("bear", "3.0.0"));
    let tree = repository.tree(&[("100644", b"toy.txt", &manifest), ("040000", b"x", &tree)]);
    let commit = repository.git(&["commit-tree", "-m", "bomb in a pack", &tree]);
    repository.git(&["tag", "v3.0.0", &commit]);
    let started = std::time::Instant::now();
    let reading = read(&at_git("work"), &repository.outside()).expect("read");
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    assert!(findings(&reading).contains(&"pack-too-large v3.0.0".to_owned()));
}
