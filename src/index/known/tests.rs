use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use proptest::prelude::*;

use super::super::samples::{at, history, id, owner, release, yank};
use super::super::store::{LoadedKnown, Store, StoreError};
use super::*;

/// A little more than the time after which a stamp is trusted.
const SETTLING: Duration = Duration::from_millis(70);

struct Index {
    _directory: tempfile::TempDir,
    store: Store,
}

impl Index {
    fn new(packs: &[(&str, &[&str])]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::at(Utf8PathBuf::from_path_buf(directory.path().join("index")).unwrap());
        let index = Self { _directory: directory, store };
        for (name, versions) in packs {
            index.append(history(name, versions));
        }
        index
    }

    fn append(&self, mut history: History) {
        let guard = self.store.lock(Duration::from_secs(20), |_| {}).unwrap();
        self.store.append(&guard, &mut [&mut history]).unwrap();
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        self.store.root().join(Store::file(&id(name)))
    }

    fn text(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.path(name)).ok()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }

    fn load(&self, known: &mut KnownIndex) -> LoadedKnown {
        self.store.load_known(known).unwrap()
    }

    /// Returns what is known of an index whose files are settled.
    fn known(&self) -> KnownIndex {
        std::thread::sleep(SETTLING);
        let mut known = KnownIndex::default();
        self.load(&mut known);
        known
    }
}

/// Returns what a later process would know.
fn kept(known: &KnownIndex) -> KnownIndex {
    serde_json::from_str(&serde_json::to_string(known).unwrap()).unwrap()
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

#[test]
fn unchanged_files_are_not_opened_and_answer_all_the_same() {
    let index = Index::new(&[("echo", &["1.0.0", "1.10.0", "1.9.0"]), ("shout", &["2.0.0"])]);
    let known = index.known();
    assert_eq!((known.len(), known.is_empty()), (2, false));
    for mut known in [known.clone(), kept(&known)] {
        let LoadedKnown { histories, broken, findings, read } = index.load(&mut known);
        assert_eq!((read, broken.len(), findings.len()), (0, 0, 0));
        assert_eq!(histories.ids().collect::<Vec<_>>(), [&id("echo"), &id("shout")]);
        assert_eq!(
            histories.owners().collect::<Vec<_>>(),
            [(&id("echo"), "packs/echo"), (&id("shout"), "packs/shout")]
        );
        for text in ["1.0.0", "1.10.0", "1.9.0"] {
            assert_eq!(histories.digest_of(&id("echo"), &version(text)), Some(Digest::of(text.as_bytes())));
        }
        assert_eq!(histories.digest_of(&id("echo"), &version("2.0.0")), None);
        assert_eq!(histories.digest_of(&id("other"), &version("1.0.0")), None);
        let head = histories.head(&id("echo")).unwrap();
        assert_eq!((head.lines(), head.releases(), head.updated()), (4, 3, at(3)));
    }
    let mut later = kept(&known);
    let LoadedKnown { histories, .. } = index.load(&mut later);
    assert!(!histories.is_read(&id("echo")) && !histories.is_read(&id("shout")), "nobody has asked");
    assert_eq!(histories.get(&id("echo")).unwrap().unwrap().releases().count(), 3);
    assert!(histories.is_read(&id("echo")) && !histories.is_read(&id("shout")));
    assert!(histories.get(&id("other")).unwrap().is_none());
}

#[test]
fn only_changed_files_are_read_again() {
    let index = Index::new(&[("echo", &["1.0.0"]), ("shout", &["1.0.0"]), ("whisper", &["1.0.0"])]);
    let mut known = index.known();
    let LoadedKnown { mut histories, .. } = index.load(&mut known);
    let unread = index.load(&mut kept(&known)).histories;
    let history = histories.get_mut(&id("shout")).unwrap().unwrap();
    history.append(at(9), release("1.1.0", b"new")).unwrap();
    assert_eq!(histories.digest_of(&id("shout"), &version("1.1.0")), Some(Digest::of(b"new")));
    assert!(histories.head(&id("shout")).is_none(), "what it was is not what it is");
    assert!(unread.digest_of(&id("shout"), &version("1.1.0")).is_none());
    let guard = index.store.lock(Duration::from_secs(20), |_| {}).unwrap();
    index.store.append_all(&guard, &mut histories).unwrap();
    index.store.append_all(&guard, &mut histories).unwrap();
    let loaded = index.load(&mut known);
    assert_eq!(loaded.read, 1);
    assert_eq!(loaded.histories.digest_of(&id("shout"), &version("1.1.0")), Some(Digest::of(b"new")));
    std::fs::remove_file(index.path("echo")).unwrap();
    let loaded = index.load(&mut known);
    assert!(!loaded.histories.contains(&id("echo")) && known.len() == 2);
}

/// Ensures that a history that nobody changed is the very same value, so that what was made of it can be used again.
#[test]
fn unchanged_history_is_the_same_value_from_load_to_load() {
    let index = Index::new(&[("echo", &["1.0.0"]), ("shout", &["1.0.0"])]);
    // Just written: read again and again until the files are settled, with the same result.
    let mut known = KnownIndex::default();
    let get = |known: &mut KnownIndex, name: &str| {
        let LoadedKnown { histories, read, .. } = index.load(known);
        (Arc::clone(histories.get(&id(name)).unwrap().unwrap()), read)
    };
    let (first, read) = get(&mut known, "echo");
    assert_eq!(read, 2);
    let (again, _) = get(&mut known, "echo");
    assert!(Arc::ptr_eq(&first, &again), "read again, and the same");
    std::thread::sleep(SETTLING);
    assert_eq!(get(&mut known, "echo").1, 2, "looked at while it was fresh");
    let (settled, read) = get(&mut known, "echo");
    assert!(Arc::ptr_eq(&first, &settled) && read == 0);

    // Asked for late, in what another process has kept.
    let mut later = kept(&known);
    let (late, _) = get(&mut later, "echo");
    assert!(!Arc::ptr_eq(&first, &late) && Arc::ptr_eq(&late, &get(&mut later, "echo").0));

    // What one build appends in memory, as a preview does, is not there in the next one.
    let mut histories = index.load(&mut known).histories;
    histories.get_or_new(&id("echo")).unwrap().append(at(9), release("9.0.0", b"draft")).unwrap();
    histories.get_or_new(&id("new")).unwrap().append(at(9), owner("packs/new")).unwrap();
    histories.insert(history("newer", &[]));
    assert_eq!(histories.owners().count(), 4);
    assert!(Arc::ptr_eq(&first, &get(&mut known, "echo").0));
    assert_eq!(index.load(&mut known).histories.len(), 2);

    index.write("echo", &(index.text("echo").unwrap() + "{}\n"));
    index.load(&mut known);
    index.write("echo", history("echo", &["1.0.0"]).new_lines());
    assert!(!Arc::ptr_eq(&first, &get(&mut known, "echo").0), "it was broken in between");
}

#[test]
fn tampered_file_is_found_broken_even_with_its_old_time() {
    let index = Index::new(&[("echo", &["1.0.0"])]);
    let mut known = index.known();
    let modified = index.path("echo").metadata().unwrap().modified().unwrap();
    let text = index.text("echo").unwrap();
    index.write("echo", &text.replacen("packs/echo", "packs/evil", 1));
    std::fs::File::options().write(true).open(index.path("echo")).unwrap().set_modified(modified).unwrap();
    let loaded = index.load(&mut known);
    assert_eq!((loaded.broken.len(), loaded.findings.len(), known.len()), (1, 1, 0));
    index.write("echo", &text);
    assert!(index.load(&mut known).broken.is_empty());
}

/// Ensures that what is remembered is held against the file before anything is built on the history.
#[test]
fn history_that_is_not_what_is_remembered_is_refused() {
    let index = Index::new(&[("echo", &["1.0.0"])]);
    let known = index.known();
    let last = index.text("echo").unwrap().lines().last().map(|line| Digest::of(line.as_bytes())).unwrap();
    let text = serde_json::to_string(&known).unwrap();
    let wrong = text.replace(&last.to_string(), &Digest::of(b"other").to_string());
    assert_ne!(wrong, text);
    let mut wrong: KnownIndex = serde_json::from_str(&wrong).unwrap();
    let LoadedKnown { mut histories, read, .. } = index.load(&mut wrong);
    assert_eq!(read, 0, "the stamp is right");
    assert!(matches!(histories.get(&id("echo")), Err(StoreError::Raced { .. })));
    assert!(matches!(histories.get_mut(&id("echo")), Err(StoreError::Raced { .. })));

    // The same happens when the file changes between being looked at and being asked for.
    let LoadedKnown { histories, .. } = index.load(&mut kept(&known));
    index.write("echo", history("echo", &["1.0.0", "1.1.0"]).new_lines());
    assert!(matches!(histories.get(&id("echo")), Err(StoreError::Raced { .. })));
}

/// Ensures that a large index is verified without being kept, and is there when it is asked for.
#[test]
fn what_is_too_much_to_keep_is_read_again_when_it_is_asked_for() {
    let index = Index::new(&[("echo", &["1.0.0"]), ("shout", &["1.0.0"])]);
    let one = index.text("echo").unwrap().len() as u64;
    for (bytes, kept) in [(0, 0), (one + 1, 1), (u64::MAX, 2)] {
        let LoadedKnown { histories, read, .. } = index.store.load_within(&mut KnownIndex::default(), bytes).unwrap();
        assert_eq!((read, PACKS[..2].iter().filter(|name| histories.is_read(&id(name))).count()), (2, kept));
        assert!(histories.ids().all(|id| histories.get(id).unwrap().unwrap().releases().count() == 1));
        assert!(PACKS[..2].iter().all(|name| histories.is_read(&id(name))));
    }
}

/// Ensures that edits which leave the size alone are seen, however quickly they follow each other.
#[test]
fn same_size_edits_in_quick_succession_are_seen() {
    let index = Index::new(&[("echo", &["1.0.0"])]);
    let texts = ["1.0.0", "2.0.0"].map(|version| history("echo", &[version]).new_lines().to_owned());
    assert_eq!(texts[0].len(), texts[1].len());
    let mut known = KnownIndex::default();
    for number in 0..400 {
        let newest = number % 2;
        index.write("echo", &texts[newest]);
        let histories = index.load(&mut known).histories;
        let expected = version(["1.0.0", "2.0.0"][newest]);
        assert!(histories.digest_of(&id("echo"), &expected).is_some(), "edit {number}");
    }
}

/// What may happen to an index between two loads.
#[derive(Debug, Clone)]
enum Step {
    /// A release is recorded by ourselves.
    Record(usize),
    /// A status is recorded by somebody else.
    Yank(usize),
    /// One byte is changed, the size and the time of the file are kept.
    Tamper(usize, prop::sample::Index),
    /// The end is cut off.
    Cut(usize, prop::sample::Index),
    Delete(usize),
    /// The last good text is put in the place of the file.
    Heal(usize),
    /// A valid history of the same size takes its place.
    Swap(usize),
    /// A file lies where none belongs.
    Misplace,
    /// Enough time goes by for stamps to be trusted.
    Wait,
    /// Another process goes on.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let pack = 0_usize..3;
    prop_oneof![
        4 => pack.clone().prop_map(Step::Record),
        2 => pack.clone().prop_map(Step::Yank),
        3 => (pack.clone(), any::<prop::sample::Index>()).prop_map(|(pack, at)| Step::Tamper(pack, at)),
        1 => (pack.clone(), any::<prop::sample::Index>()).prop_map(|(pack, at)| Step::Cut(pack, at)),
        1 => pack.clone().prop_map(Step::Delete),
        4 => pack.clone().prop_map(Step::Heal),
        2 => pack.prop_map(Step::Swap),
        1 => Just(Step::Misplace),
        4 => Just(Step::Wait),
        2 => Just(Step::Restart),
    ]
}

const PACKS: [&str; 3] = ["echo", "shout", "whisper"];

fn take(step: &Step, number: usize, index: &Index, good: &mut [String; 3], known: &mut KnownIndex) {
    let append = |pack: usize, what| {
        let mut histories = index.load(&mut known.clone()).histories;
        // A pack may be gone or broken, and a last line that was tampered with may have taken the version away.
        let history = histories.get_mut(&id(PACKS[pack])).unwrap();
        if history.is_some_and(|history| history.append(at(100), what).is_ok()) {
            let guard = index.store.lock(Duration::from_secs(20), |_| {}).unwrap();
            index.store.append_all(&guard, &mut histories).unwrap();
        }
    };
    match step {
        Step::Record(pack) => append(*pack, release(&format!("9.{number}.0"), &number.to_be_bytes())),
        Step::Yank(pack) => append(*pack, yank("1.0.0")),
        Step::Tamper(pack, place) => {
            let Some(text) = index.text(PACKS[*pack]).filter(|text| !text.is_empty()) else { return };
            let modified = index.path(PACKS[*pack]).metadata().unwrap().modified().unwrap();
            let mut bytes = text.into_bytes();
            let place = place.index(bytes.len());
            bytes[place] ^= 1;
            std::fs::write(index.path(PACKS[*pack]), bytes).unwrap();
            let file = std::fs::File::options().write(true).open(index.path(PACKS[*pack])).unwrap();
            file.set_modified(modified).unwrap();
        }
        Step::Cut(pack, place) => {
            if let Some(text) = index.text(PACKS[*pack]) {
                index.write(PACKS[*pack], &text[..place.index(text.len() + 1)]);
            }
        }
        Step::Delete(pack) => drop(std::fs::remove_file(index.path(PACKS[*pack]))),
        Step::Heal(pack) => {
            index.write("temporary", &good[*pack]);
            std::fs::create_dir_all(index.path(PACKS[*pack]).parent().unwrap()).unwrap();
            std::fs::rename(index.path("temporary"), index.path(PACKS[*pack])).unwrap();
        }
        Step::Swap(pack) => {
            let other = good[*pack].replace("9.", "8.");
            // Another version makes another chain: the text is made again, line by line.
            let mut history = History::empty(id(PACKS[*pack]));
            for line in other.lines() {
                let value: serde_json::Value = serde_json::from_str(line).unwrap();
                if let Ok(what) = serde_json::from_value(value.clone()) {
                    let _ = history.append(value["at"].as_str().unwrap().parse().unwrap(), what);
                }
            }
            index.write(PACKS[*pack], history.new_lines());
        }
        Step::Misplace => std::fs::write(index.store.root().join("packs/attune/misplaced"), "{}\n").unwrap(),
        Step::Wait => std::thread::sleep(SETTLING),
        Step::Restart => *known = kept(known),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Ensures that what is remembered never changes what is told, whatever happens to the files.
    #[test]
    fn what_is_known_never_changes_what_is_told(steps in prop::collection::vec((step(), any::<bool>()), 1..16)) {
        let index = Index::new(&PACKS.map(|name| (name, &["1.0.0"][..])));
        let mut good = PACKS.map(|name| index.text(name).unwrap());
        let mut known = index.known();
        for (number, (step, is_asked)) in steps.iter().enumerate() {
            take(step, number, &index, &mut good, &mut known);
            let warm = index.load(&mut known);
            let cold = index.store.load().unwrap();
            prop_assert_eq!(&warm.broken, &cold.broken);
            prop_assert_eq!(&warm.findings, &cold.findings);
            prop_assert!(warm.histories.ids().eq(cold.histories.keys()));
            for (id, history) in &cold.histories {
                let head = Head::of(history);
                prop_assert_eq!(warm.histories.head(id), head.as_ref());
                if *is_asked {
                    let whole = warm.histories.get(id).unwrap().unwrap();
                    prop_assert_eq!(whole.events(), history.events());
                    prop_assert_eq!((whole.head(), whole.lines()), (history.head(), history.lines()));
                }
            }
            for (pack, name) in PACKS.iter().enumerate() {
                if cold.histories.contains_key(&id(name)) {
                    good[pack] = index.text(name).unwrap();
                }
            }
        }
    }
}
