//! What a run of the program leaves to the one after it.

use super::*;

/// Returns what a run of the program would know that comes after this one.
pub(super) fn next_run(world: &World, known: &mut Known, cache: &Cache) -> Known {
    known.save(cache).expect("saved");
    let root = world.root();
    let (folder, written) = (root.join("cache"), vec![root.join("public")]);
    let place = Place { root: &root, cache: &folder, written };
    Known::load_for(cache, &world.config, &place, Wanted::Everything, true)
}

pub(super) fn cache(world: &World) -> Cache {
    let key = Key::at(&world.root().join("cache.key")).expect("a key");
    Cache::open(&world.root().join("cache"), key).expect("a cache")
}

#[test]
fn the_next_run_opens_and_reads_nothing_that_did_not_change() {
    let mut world = World::new();
    world.config.lints = BTreeMap::from([("missing-license".to_owned(), Level::Deny)]);
    world.write("work/packs/one/large.bin", &"x".repeat(100_000));
    rest();
    let (cache, mut known) = (cache(&world), Known::default());
    world.check(&mut known, None, "first");
    let mut next = next_run(&world, &mut known, &cache);
    let again = world.check(&mut next, None, "the next run");
    assert_eq!(next.done(), Done { directories_scanned: 2, ..Done::default() });
    assert_eq!(changed(&world.read(&mut next, None), &again), [""; 0]);

    // Nothing is written again that is the same.
    let modified = |cache: &Cache| -> Vec<_> {
        let files = cache.files().into_iter();
        files.map(|path| path.metadata().expect("a file").modified().expect("a time")).collect()
    };
    let before = modified(&cache);
    assert_eq!(before.len(), 3);
    next.save(&cache).expect("saved");
    assert_eq!(modified(&cache), before);

    // What did change is read, and only that is written.
    world.write("plain/four/README.md", "# new\n");
    world.write("work/packs/two/rules/on.yaml", &rule("when", "nobody.act"));
    world.repository.tag("three-v1.0.0");
    rest();
    let mut next = next_run(&world, &mut next, &cache);
    world.check(&mut next, None, "after changes");
    assert_eq!((next.done().files_opened, next.done().packs_read), (2, 2));
    next.save(&cache).expect("saved");
    let after = modified(&cache);
    assert_eq!(before.iter().zip(&after).filter(|(before, after)| before == after).count(), 0, "all three");
    let mut next = next_run(&world, &mut next, &cache);
    world.check(&mut next, None, "and once more");
    assert_eq!(next.done(), Done { directories_scanned: 2, ..Done::default() });
}

/// The example packs have one of everything: kinds, tables, steps, links, examples, checksums, findings with excerpts.
#[test]
fn real_packs_of_every_ecosystem_come_back_whole() {
    let mut world = World::new();
    let examples = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("packs");
    for (number, manifest) in manifests(&examples).iter().enumerate() {
        let from = manifest.parent().expect("a directory");
        copy(from, &world.root().join("plain").join(format!("{number}")).join(from.file_name().expect("a name")));
    }
    world.write("plain/broken/pack.yaml", "ref: broken\nname: [1\n");
    world.write("plain/broken/actions/a.yaml", "name: on\n");
    rest();
    let (cache, mut known) = (cache(&world), Known::default());
    let first = world.check(&mut known, None, "first");
    assert!(first.candidates.iter().filter(|candidate| candidate.source.repository == "plain").count() > 4);
    let mut next = next_run(&world, &mut known, &cache);
    world.check(&mut next, None, "the next run");
    assert_eq!(next.done().packs_read, 0);
}

fn manifests(directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut entries: Vec<_> = directory.read_dir_utf8().expect("listed").filter_map(Result::ok).collect();
    entries.sort_by(|a, b| a.path().cmp(b.path()));
    let below = |path: &Utf8Path| if path.is_dir() { manifests(path) } else { Vec::new() };
    match entries.iter().find(|entry| entry.file_name() == "pack.yaml") {
        Some(manifest) => vec![manifest.path().to_owned()],
        None => entries.iter().flat_map(|entry| below(entry.path())).collect(),
    }
}

fn copy(from: &Utf8Path, to: &Utf8Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in from.read_dir_utf8().expect("listed").filter_map(Result::ok) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

/// A file that was changed after a run listed it is not handed out for what it was.
#[test]
fn content_that_is_read_later_is_what_was_listed_or_an_error() {
    let world = World::new();
    rest();
    let (cache, mut known) = (cache(&world), Known::default());
    world.read(&mut known, None);
    let mut next = next_run(&world, &mut known, &cache);
    let reading = world.read(&mut next, None);
    let snapshot = &reading.candidates[0].snapshot;
    let entry = snapshot.get("README.md").expect("a file");
    assert!(snapshot.read(entry).is_ok());
    write(&world.root(), "work/packs/one/README.md", "# 7\n");
    assert!(snapshot.read(entry).is_err());
    world.check(&mut next, None, "it is read again");
}

#[test]
fn files_of_a_cache_that_are_damaged_cost_a_reading_and_nothing_else() {
    let world = World::new();
    rest();
    let (cache, mut known) = (cache(&world), Known::default());
    world.read(&mut known, None);
    known.save(&cache).expect("saved");
    for path in cache.files() {
        let mut bytes = std::fs::read(&path).expect("a file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("a file");
    }
    let mut next = next_run(&world, &mut Known::default(), &cache);
    world.check(&mut next, None, "damaged");
    assert!(next.done().packs_read > 0);
}

#[test]
fn two_runs_that_save_at_once_leave_what_either_of_them_knew() {
    let world = World::new();
    rest();
    let cache = cache(&world);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut known = Known::default();
                world.read(&mut known, None);
                known.save(&cache).expect("saved");
            });
        }
    });
    let mut next = next_run(&world, &mut Known::default(), &cache);
    world.check(&mut next, None, "the next run");
    assert_eq!(next.done().packs_read, 0);
}

/// What a run wrote down belongs to its sources: with other ones, other names are there.
#[test]
fn a_run_with_other_sources_asks_again() {
    let mut world = World::new();
    world.write("work/packs/one/pack.yaml", &manifest("one", "1.0.0", "four"));
    rest();
    let (cache, mut known) = (cache(&world), Known::default());
    world.check(&mut known, None, "first");
    known.save(&cache).expect("saved");
    let plain = world.config.sources.pop().expect("a source");
    let mut next = next_run(&world, &mut Known::default(), &cache);
    world.check(&mut next, None, "without a source");
    assert_eq!(next.done().packs_read, 0);
    world.config.sources.push(plain);
    world.config.lints = BTreeMap::from([("unknown-dependency".to_owned(), Level::Deny)]);
    let mut next = next_run(&world, &mut next, &cache);
    world.check(&mut next, None, "with it, and other lints");
}
