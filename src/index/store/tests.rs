use super::super::INDEX_BROKEN;
use super::super::archives::ArchiveStore;
use super::super::samples::{at, facts, history, id, owner, release};
use super::*;
use crate::ident::Version;

const PATIENT: Duration = Duration::from_secs(20);

fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(directory.path().join("index")).unwrap();
    (directory, Store::at(root))
}

fn append(store: &Store, mut history: History) {
    let guard = store.lock(PATIENT, |_| {}).unwrap();
    store.append(&guard, &mut [&mut history]).unwrap();
    assert_eq!(history.new_lines(), "");
}

#[test]
fn stored_histories_are_loaded() {
    let (_directory, store) = store();
    assert!(store.load().unwrap().histories.is_empty());
    append(&store, history("echo", &["1.0.0"]));
    append(&store, history("X", &[]));
    let mut loaded = store.load().unwrap();
    assert_eq!(loaded.findings, []);
    assert_eq!(loaded.histories.keys().collect::<Vec<_>>(), [&id("X"), &id("echo")]);
    let mut echo = loaded.histories.remove(&id("echo")).unwrap();
    echo.append(at(8), release("1.1.0", b"x")).unwrap();
    append(&store, echo);
    assert_eq!(store.load().unwrap().histories[&id("echo")].releases().count(), 2);
    assert_eq!(store.files().unwrap().len(), 2);
}

#[test]
fn broken_file_stops_only_its_pack() {
    let (_directory, store) = store();
    append(&store, history("echo", &["1.0.0"]));
    append(&store, history("shout", &["1.0.0"]));
    let at = |path: &str| store.root().join("packs/attune").join(path);
    let text = std::fs::read_to_string(at("ec/echo.jsonl")).unwrap();
    std::fs::write(at("ec/echo.jsonl"), text.replacen("packs/echo", "packs/evil", 1)).unwrap();
    std::fs::write(at("ec/empty.jsonl"), "").unwrap();
    std::fs::write(at("em/empty.jsonl").parent().unwrap(), "").unwrap();
    std::fs::write(at("sh/.packyard-x"), "left by a killed run").unwrap();
    std::fs::write(at("sh/binary.jsonl"), b"\xff").unwrap();
    std::fs::create_dir_all(at("sh/deep.jsonl/deeper")).unwrap();
    let loaded = store.load().unwrap();
    assert_eq!(loaded.histories.keys().collect::<Vec<_>>(), [&id("shout")]);
    assert_eq!(loaded.broken.iter().collect::<Vec<_>>(), [&id("echo")]);
    let found: Vec<_> = loaded.findings.iter().map(|finding| (finding.code, finding.place.path.as_str())).collect();
    let broken = |path| (INDEX_BROKEN, path);
    assert_eq!(
        found,
        [
            broken("packs/attune/ec/echo.jsonl"),
            broken("packs/attune/ec/empty.jsonl"),
            broken("packs/attune/em"),
            broken("packs/attune/sh/binary.jsonl"),
            broken("packs/attune/sh/deep.jsonl"),
        ]
    );
}

#[test]
fn change_behind_our_back_is_not_overwritten() {
    let (_directory, store) = store();
    append(&store, history("echo", &["1.0.0"]));
    let mut stale = store.load().unwrap().histories.remove(&id("echo")).unwrap();
    append(&store, {
        let mut newer = stale.clone();
        newer.append(at(8), release("1.1.0", b"x")).unwrap();
        newer
    });
    stale.append(at(9), release("1.2.0", b"y")).unwrap();
    let guard = store.lock(PATIENT, |_| {}).unwrap();
    assert!(matches!(store.append(&guard, &mut [&mut stale]), Err(StoreError::Raced { .. })));
    let mut unknown = history("echo", &[]);
    assert!(matches!(store.append(&guard, &mut [&mut unknown]), Err(StoreError::Raced { .. })));
    assert!(!stale.new_lines().is_empty());
}

#[test]
fn lock_that_is_held_is_waited_for_and_then_reported() {
    let (_directory, store) = store();
    let guard = store.lock(PATIENT, |_| panic!("nobody holds it")).unwrap();
    let mut told = 0;
    let refused = store.lock(Duration::from_millis(60), |_| told += 1);
    assert!(matches!(refused, Err(StoreError::Locked { .. })));
    assert_eq!(told, 1);
    drop(guard);
    store.lock(Duration::ZERO, |_| panic!("nobody holds it")).unwrap();
    assert_eq!(std::fs::read_to_string(store.root().join(".gitignore")).unwrap(), IGNORED);
}

/// Ensures that writers at once lose no event: each appends what the others have not.
#[test]
fn many_writers_at_once_lose_nothing() {
    let (_directory, store) = store();
    let start = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                for patch in 0..5 {
                    let guard = store.lock(PATIENT, |_| {}).unwrap();
                    let mut histories = store.load().unwrap().histories;
                    let history = histories.entry(id("echo")).or_insert_with(|| {
                        let mut history = History::empty(id("echo"));
                        history.append(at(0), owner("packs/echo")).unwrap();
                        history
                    });
                    history.append(at(patch), release(&format!("{writer}.0.{patch}"), b"x")).unwrap();
                    store.append(&guard, &mut [history]).unwrap();
                }
            });
        }
    });
    let loaded = store.load().unwrap();
    assert_eq!(loaded.findings, []);
    assert_eq!(loaded.histories[&id("echo")].releases().count(), 20);
}

/// Ensures that a process stopped between archive and index leaves a registry that verifies, and can be run again.
#[test]
fn kill_between_archive_and_index_leaves_a_registry_that_verifies() {
    let (_directory, store) = store();
    let archives = ArchiveStore::at(store.root().join("../archives"));
    append(&store, history("echo", &["1.0.0"]));
    let version = Version::parse("1.1.0").unwrap();
    archives.put(&id("echo"), &version, &facts(b"first try"), b"first try").unwrap();
    let mut loaded = store.load().unwrap();
    assert_eq!(loaded.findings, []);
    let echo = loaded.histories.get_mut(&id("echo")).unwrap();
    assert!(echo.release(&version).is_none());
    archives.put(&id("echo"), &version, &facts(b"second try"), b"second try").unwrap();
    echo.append(at(9), release("1.1.0", b"second try")).unwrap();
    store.append(&store.lock(PATIENT, |_| {}).unwrap(), &mut [echo]).unwrap();
    let loaded = store.load().unwrap();
    let (release, _) = loaded.histories[&id("echo")].release(&version).unwrap();
    assert!(archives.get(&id("echo"), &version, &release.archive).unwrap().is_some());
}

#[test]
fn registry_file_is_kept_and_checked() {
    let (_directory, store) = store();
    assert_eq!(store.registry().unwrap(), None);
    let file =
        RegistryFile { format_version: 1, name: "Acme".to_owned(), base_url: None, naming: NameRules::default() };
    let guard = store.lock(PATIENT, |_| {}).unwrap();
    store.write_registry(&guard, "Acme", None).unwrap();
    assert_eq!(store.registry().unwrap(), Some(file));
    let path = store.root().join("registry.json");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "{\n  \"format_version\": 1,\n  \"name\": \"Acme\",\n  \"base_url\": null\n}\n"
    );
    let rules = r#""reserved_names":["*/core"],"namespaces":{"attune/acme-*":"packs"}}"#;
    std::fs::write(&path, format!(r#"{{"format_version":1,"name":"Acme","base_url":null,{rules}"#)).unwrap();
    let naming = store.naming().unwrap();
    assert_eq!((naming.reserved_names.len(), naming.namespaces.len()), (1, 1));
    store.write_registry(&guard, "Acme packs", Some("https://packs.acme.example")).unwrap();
    assert_eq!(store.naming().unwrap(), naming, "a build keeps what people wrote");
    assert_eq!(store.registry().unwrap().unwrap().name, "Acme packs");
    std::fs::write(&path, r#"{"format_version":1,"name":"x","base_url":null,"reserved_names":["core"]}"#).unwrap();
    let said = store.registry().unwrap_err().to_string();
    assert!(said.contains("`core` is no pattern of names"), "{said}");
    std::fs::write(store.root().join("registry.json"), r#"{"format_version":2,"name":"x","base_url":null}"#).unwrap();
    assert!(matches!(store.registry(), Err(StoreError::Registry { .. })));
}
