//! A registry index of 10 000 packs with 20 releases each: written, then read as builds read it.
//!
//! ```sh
//! cargo run --release --example big_index -- write <folder>            # once
//! cargo run --release --example big_index -- load <folder>             # everything, as whole histories
//! cargo run --release --example big_index -- remember <folder> <file>  # everything from nothing, and keep what is known
//! cargo run --release --example big_index -- record <folder> <file>    # with what is known: one more release
//! ```
//!
//! Prints the time of each step in the form of `packyard build --timings`. Every line is appended by the library itself, so
//! that the index verifies; names and digests come from the numbers alone, so that it is the same everywhere.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use packyard::ident::{Digest, PackId, Version};
use packyard::index::event::{ArchiveFacts, Release, SourceFacts, What};
use packyard::index::history::History;
use packyard::index::known::KnownIndex;
use packyard::index::store::{Loaded, LoadedKnown, Store, StoreError};
use packyard::pack::{Dependency, Requirement};
use rayon::prelude::*;

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PACKS: u64 = 10_000;
const RELEASES: u64 = 20;

const VERBS: &[&str] = &["get", "list", "create", "update", "delete", "describe", "start", "stop"];
const OBJECTS: &[&str] = &["instance", "volume", "snapshot", "address", "subnet", "route", "record", "certificate"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", folder] => write(&Store::at(folder)),
        ["load", folder] => load(&Store::at(folder)),
        ["remember", folder, kept] => remember(&Store::at(folder), kept),
        ["record", folder, kept] => record(&Store::at(folder), kept),
        _ => Err("usage: big_index write|load|remember|record <folder> [<file>]".into()),
    }
}

fn write(store: &Store) -> Result<(), Box<dyn Error>> {
    let packs: Vec<u64> = (0..PACKS).collect();
    let mut histories: Vec<History> = packs.into_par_iter().map(history).collect();
    let guard = store.lock(Duration::ZERO, |_| {})?;
    store.append(&guard, &mut histories.iter_mut().collect::<Vec<_>>())?;
    println!("{PACKS} packs, {} releases", PACKS * RELEASES);
    Ok(())
}

fn load(store: &Store) -> Result<(), Box<dyn Error>> {
    let Loaded { histories, broken, .. } = timed("Loading", || store.load())?;
    assert_eq!((histories.len() as u64, broken.len()), (PACKS, 0), "the index is not the one that is measured");
    println!("{} releases", histories.values().map(|history| history.releases().count()).sum::<usize>());
    // The end of the process gives the memory back.
    std::mem::forget(histories);
    Ok(())
}

fn remember(store: &Store, kept: &str) -> Result<(), Box<dyn Error>> {
    let mut known = KnownIndex::default();
    let loaded = timed("Loading", || store.load_known(&mut known))?;
    println!("{} files read", loaded.read);
    let text = timed("Keeping", || serde_json::to_vec(&known))?;
    std::fs::write(kept, text)?;
    std::mem::forget((known, loaded));
    Ok(())
}

fn record(store: &Store, kept: &str) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read(kept)?;
    let mut known: KnownIndex = timed("Remembering", || serde_json::from_slice(&text))?;
    let (pack, all): (u64, Vec<PackId>) = (PACKS / 3, (0..PACKS).map(id).collect());
    let versions: Vec<Version> = (0..RELEASES).map(version).collect();
    let (histories, read) = timed("Index stage", || -> Result<_, StoreError> {
        let guard = store.lock(Duration::ZERO, |_| {})?;
        let LoadedKnown { mut histories, read, .. } = timed("Loading", || store.load_known(&mut known))?;
        let planned = timed("Planning", || {
            let owners = histories.owners().filter(|(_, owner)| owner.starts_with("https://")).count();
            let asked = all.iter().flat_map(|pack| versions.iter().map(move |version| (pack, version)));
            (owners, asked.filter(|(pack, version)| histories.digest_of(pack, version).is_some()).count())
        });
        assert_eq!(planned, (all.len(), all.len() * versions.len()), "the index is not the one that is measured");
        timed("Appending", || {
            let history = histories.get_or_new(&all[pack as usize])?;
            let (number, at) = (history.lines(), history.updated().unwrap_or_default());
            history.append(at, release(&all[pack as usize], pack, number)).expect("a new version");
            store.append_all(&guard, &mut histories)
        })?;
        Ok((histories, read))
    })?;
    println!("{read} files read before");
    std::mem::forget((known, histories));
    Ok(())
}

/// Runs a step and says how long it took.
fn timed<T>(name: &str, step: impl FnOnce() -> T) -> T {
    let (start, cpu_before) = (Instant::now(), cpu());
    let value = step();
    let (wall, cpu) = (start.elapsed().as_secs_f64(), (cpu() - cpu_before).as_secs_f64());
    eprintln!("{name:<20} {wall:>7.3} s {cpu:>7.3} s");
    value
}

/// Returns the processor time of all threads so far; nothing where the system does not say.
fn cpu() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
    }
    #[cfg(not(unix))]
    Duration::ZERO
}

fn history(number: u64) -> History {
    let id = id(number);
    let mut history = History::empty(id.clone());
    let source = format!("https://git.example.org/packs/{}.git", id.name);
    let start = 1_578_301_200 + i64::try_from(number).expect("small");
    let at = |release: u64| Timestamp::from_second(start + i64::try_from(release).expect("small") * 1_209_600);
    history.append(at(0).expect("in range"), What::Owner { source, reason: None }).expect("the first event");
    for release in 0..RELEASES {
        history.append(at(release).expect("in range"), self::release(&id, number, release)).expect("a new version");
    }
    history
}

fn id(number: u64) -> PackId {
    let ecosystem = if number.is_multiple_of(2) { "stackstorm" } else { "attune" };
    // The first letters are spread as those of words are.
    let word = Digest::of(&number.to_be_bytes()).hex();
    let letters: String = word[..3].bytes().map(|byte| char::from(b'a' + byte % 26)).collect();
    format!("{ecosystem}/{letters}_pack_{number}").parse().expect("a pack id")
}

fn release(id: &PackId, pack: u64, number: u64) -> What {
    let digest = |purpose: &str| Digest::of(format!("{purpose} {pack} {number}").as_bytes());
    let version = version(number);
    let action = |nth: u64| {
        let place = (pack * 7 + nth) as usize;
        format!("{}_{}", VERBS[place % VERBS.len()], OBJECTS[place / VERBS.len() % OBJECTS.len()])
    };
    let mut components: BTreeMap<String, Vec<String>> = BTreeMap::new();
    components.insert("action".to_owned(), (0..11).map(action).chain(["all_steps".to_owned()]).collect());
    for (kind, name) in [("rule", "on_change"), ("sensor", "watcher"), ("trigger", "changed")] {
        components.insert(kind.to_owned(), vec![name.to_owned()]);
    }
    let dependency = || Dependency { name: format!("pack_{}", pack / 2), range: None, kind: None };
    What::Release(Box::new(Release {
        version: version.clone(),
        content_digest: digest("content"),
        archive: ArchiveFacts { sha256: digest("archive"), size: 9_000 + pack % 1000 },
        source: SourceFacts {
            repository: format!("https://git.example.org/packs/{}.git", id.name),
            path: String::new(),
            tag: Some(format!("v{version}")),
            commit: Some(digest("commit").hex()[..40].to_owned()),
            tree: Some(digest("tree").hex()[..40].to_owned()),
        },
        requirements: vec![Requirement { name: "python".to_owned(), range: Some(">=3.8".to_owned()) }],
        dependencies: pack.is_multiple_of(6).then(dependency).into_iter().collect(),
        components,
        checksums: BTreeMap::new(),
    }))
}

fn version(number: u64) -> Version {
    let text = format!("{}.{}.{}", 1 + number / 12, number % 12 / 4, number % 4);
    Version::parse(&text).expect("a version")
}
