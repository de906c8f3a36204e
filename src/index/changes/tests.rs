use camino::Utf8PathBuf;

use super::super::samples::{at, history, owner};
use super::*;

const WHY: &str = "because it is so";

/// Makes an index of `attune/echo` (1.0.0, 1.1.0), `attune/shout` and `attune/say`, which has the source of `echo`.
fn index() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::at(Utf8PathBuf::from_path_buf(directory.path().join("index")).unwrap());
    let mut say = history("say", &["1.0.0"]);
    say.append(at(5), owner("packs/echo")).unwrap();
    let mut histories = [history("echo", &["1.0.0", "1.1.0"]), history("shout", &["1.0.0"]), say];
    let guard = store.lock(Duration::ZERO, |_| {}).unwrap();
    store.append(&guard, &mut histories.iter_mut().collect::<Vec<_>>()).unwrap();
    (directory, store)
}

fn say(store: &Store, pack: &str, change: Change) -> Result<Appended, ChangeError> {
    say_because(store, pack, change, WHY)
}

fn say_because(store: &Store, pack: &str, change: Change, reason: &str) -> Result<Appended, ChangeError> {
    let request = Request { pack: pack.to_owned(), change, reason: reason.to_owned() };
    append(store, &[], &request, at(9), Duration::ZERO, |_| {})
}

#[track_caller]
fn refused(said: Result<Appended, ChangeError>) -> String {
    match said {
        Err(ChangeError::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

fn version() -> Option<String> {
    Some("1.0.0".to_owned())
}

fn yank(version: &str) -> Change {
    Change::Yank { version: version.to_owned(), advisory: None }
}

fn deprecate(version: Option<&str>, successor: &str) -> Change {
    Change::Deprecate { version: version.map(str::to_owned), successor: Some(successor.to_owned()) }
}

fn rename(to: &str) -> Change {
    Change::Rename { to: to.to_owned() }
}

/// Ensures that a proposal is what is appended, and by itself writes nothing.
#[test]
fn what_is_proposed_is_appended() {
    let (_directory, store) = index();
    let before = store.files().unwrap();
    let change = Change::Yank { version: "1.0.0".to_owned(), advisory: Some("https://acme.example/1".to_owned()) };
    let request = Request { pack: "echo".to_owned(), change, reason: format!(" {WHY} ") };
    let proposed = propose(&store, &[], &request, at(9)).unwrap();
    assert_eq!(store.files().unwrap(), before);
    let appended = append(&store, &[], &request, at(9), Duration::ZERO, |_| {}).unwrap();
    assert_eq!(proposed, appended);
    assert_eq!((appended.file.as_str(), appended.line), ("packs/attune/ec/echo.jsonl", 4));
    let after = store.files().unwrap();
    let text = String::from_utf8(after[&appended.file].clone()).unwrap();
    assert_eq!(text.lines().last(), Some(appended.text.as_str()));
    assert!(appended.text.contains("\"advisory\":\"https://acme.example/1\"") && text.contains(&format!("\"{WHY}\"")));
    assert!(super::super::extension::check(&before, &after).is_empty());
}

/// Ensures that everything that can be said is taken once, refused the second time, and taken back once.
#[test]
fn what_changes_nothing_is_refused() {
    let none = || None;
    let pairs = [
        (yank("1.0.0"), Change::Unyank { version: "1.0.0".to_owned() }),
        (deprecate(Some("1.0.0"), "1.1.0"), Change::Undeprecate { version: version() }),
        (Change::Deprecate { version: none(), successor: none() }, Change::Undeprecate { version: none() }),
        (Change::Quarantine { version: version() }, Change::Unquarantine { version: version() }),
        (Change::Quarantine { version: none() }, Change::Unquarantine { version: none() }),
        (Change::Archive, Change::Unarchive),
        (rename("attune/repeat"), rename("echo")),
    ];
    let (_directory, store) = index();
    for (said, taken_back) in pairs {
        let no_change = |change: &Change| {
            let said = refused(say(&store, "echo", change.clone()));
            assert!(said.ends_with("; nothing would change"), "{said}");
        };
        no_change(&taken_back);
        say(&store, "echo", said.clone()).unwrap();
        no_change(&said);
        if !matches!(said, Change::Rename { .. }) {
            say_because(&store, "echo", said.clone(), "for another reason").unwrap();
        }
        say(&store, "echo", taken_back.clone()).unwrap();
        no_change(&taken_back);
    }
    let loaded = store.load().unwrap();
    assert_eq!(loaded.findings, []);
    let echo = &loaded.histories[&"attune/echo".parse().unwrap()];
    assert_eq!((echo.pack_status(), echo.owner()), (Status::default(), Some("packs/echo")));
}

/// Ensures that a name can be given to the source that has it, which accepts what became of it, but not twice.
#[test]
fn a_name_may_be_given_to_its_owner_again() {
    let (_directory, store) = index();
    let transfer = || Change::Transfer { to: "packs/echo".to_owned() };
    say(&store, "echo", transfer()).unwrap();
    assert!(refused(say(&store, "echo", transfer())).ends_with("; nothing would change"));
    say(&store, "echo", Change::Transfer { to: "packs/new".to_owned() }).unwrap();
    say(&store, "echo", transfer()).unwrap();
}

#[test]
fn what_is_not_there_is_refused() {
    let (_directory, store) = index();
    let said = |pack: &str, change: Change| refused(say(&store, pack, change));
    assert!(said("ecko", yank("1.0.0")).contains("did you mean `attune/echo`?"));
    assert!(said("echo", yank("2.0.0")).contains("Recorded: 1.1.0, 1.0.0"));
    assert!(said("echo", deprecate(None, "attune/shuot")).contains("no pack `attune/shuot`"));
    assert!(said("echo", deprecate(Some("1.0.0"), "1.2.0")).contains("Recorded: 1.1.0, 1.0.0"));
    assert!(said("echo", deprecate(Some("1.0.0"), "v1.0.0")).contains("cannot succeed itself"));
    assert!(said("echo", deprecate(None, "1.1.0")).contains("succeeds nothing"));
    assert!(said("echo", deprecate(None, "echo")).contains("cannot succeed itself"));
    for (pack, successor) in [("attune/shout", "shout"), ("attune/shout", "attune/shout")] {
        let appended = say_because(&store, "echo", deprecate(None, successor), successor).unwrap();
        assert!(appended.text.contains(&format!("\"successor\":\"{pack}\"")), "{}", appended.text);
    }
    let nowhere = Store::at(store.root().join("nowhere"));
    assert!(refused(say(&nowhere, "echo", yank("1.0.0"))).contains("there is no registry index"));
    assert!(!nowhere.root().exists());
}

#[test]
fn renames_lead_to_a_name_that_can_be_had() {
    let (_directory, store) = index();
    let said = |to: &str| refused(say(&store, "echo", rename(to)));
    assert!(said("nasiko/echo").contains("another ecosystem"));
    assert!(said("a b").contains("character"));
    assert!(said("Echo").contains("too much like `attune/echo`"));
    assert!(said("shout").contains("belongs to `packs/shout`"));
    say(&store, "echo", rename("say")).unwrap();
    assert!(refused(say(&store, "say", rename("echo"))).contains("itself goes on as `attune/say`"));
}

#[test]
fn texts_that_nobody_should_have_to_read_are_refused() {
    let (_directory, store) = index();
    for reason in ["", "  ", "two\nlines", "bell\u{7}", &"x".repeat(1001)] {
        assert!(refused(say_because(&store, "echo", Change::Archive, reason)).contains("reason"), "{reason:?}");
    }
    for advisory in ["javascript:alert(1)", "https://", "https://a b", "GHSA-1", "https://a/\"onclick"] {
        let change = Change::Yank { version: "1.0.0".to_owned(), advisory: Some(advisory.to_owned()) };
        assert!(refused(say(&store, "echo", change)).contains("no web address"), "{advisory}");
    }
    assert!(refused(say(&store, "echo", Change::Transfer { to: " ".to_owned() })).contains("a source"));
}

/// Ensures that nothing is said of a pack whose history does not verify.
#[test]
fn a_broken_history_is_left_alone() {
    let (_directory, store) = index();
    let path = store.root().join("packs/attune/ec/echo.jsonl");
    let text = std::fs::read_to_string(&path).unwrap().replacen("packs/echo", "packs/evil", 1);
    std::fs::write(&path, &text).unwrap();
    assert!(refused(say(&store, "echo", Change::Archive)).contains("does not verify"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}
