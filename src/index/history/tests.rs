use super::super::samples::{at, history, id, owner, release, yank};
use super::*;

fn faults(change: impl Fn(&str) -> String) -> LineFault {
    let text = history("echo", &["1.0.0", "1.1.0"]).new_lines().to_owned();
    History::parse(id("echo"), &change(&text)).expect_err("broken").fault
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

#[test]
fn written_history_reads_back() {
    let mut written = history("echo", &["1.0.0", "1.1.0"]);
    written.append(at(9), yank("1.0.0")).unwrap();
    let read = History::parse(id("echo"), written.new_lines()).unwrap();
    assert_eq!(read.events(), written.events());
    assert_eq!(read.owner(), Some("packs/echo"));
    assert_eq!(read.releases().map(|(release, _)| release.version.as_str()).collect::<Vec<_>>(), ["1.0.0", "1.1.0"]);
    assert_eq!(read.status(&version("1.0.0")).yanked.as_deref(), Some("broken"));
    assert_eq!(read.status(&version("1.1.0")), Status::default());
    assert_eq!((read.head(), read.lines(), read.new_lines()), (written.head(), written.lines(), ""));
    assert!(written.continues(b"") && read.continues(written.new_lines().as_bytes()));
    assert!(read.release(&version("2.0.0")).is_none());
}

/// Holds the wire format in place: recorded lines are hashed.
#[test]
fn golden_lines() {
    let mut history = History::empty(id("echo"));
    history.append(at(0), owner("packs/echo")).unwrap();
    history.append(at(1), release("1.0.0", b"x")).unwrap();
    let lines: Vec<&str> = history.new_lines().lines().collect();
    assert_eq!(lines[0], r#"{"at":"2026-01-02T03:04:00Z","event":"owner","prev":null,"seq":0,"source":"packs/echo"}"#);
    assert!(lines[1].starts_with(r#"{"archive":{"sha256":"sha256:"#), "{}", lines[1]);
    assert!(lines[1].contains(&format!(r#""prev":"{}","#, Digest::of(lines[0].as_bytes()))));
}

/// Ensures that the example of the specification is one.
#[test]
fn documented_lines_verify() {
    let page = include_str!("../../../docs/format/registry-index.md");
    let (_, rest) = page.split_once("```jsonl\n").unwrap();
    let (lines, _) = rest.split_once("```").unwrap();
    let history = History::parse(id("echo"), lines).unwrap();
    assert!(history.status(&version("1.0.0")).yanked.is_some());
}

#[test]
fn status_can_be_taken_back_and_said_of_the_whole_pack() {
    let mut history = history("echo", &["1.0.0"]);
    history.append(at(3), yank("1.0.0")).unwrap();
    history.append(at(4), What::Unyank { version: version("1.0.0"), reason: "fixed".to_owned() }).unwrap();
    let (reason, successor) = ("old".to_owned(), Some("attune/shout".to_owned()));
    history
        .append(at(5), What::Deprecate { version: None, reason: reason.clone(), successor: successor.clone() })
        .unwrap();
    assert_eq!(history.status(&version("1.0.0")), Status::default());
    assert_eq!(history.pack_status().deprecated, Some((reason, successor)));
}

/// Ensures that every kind of status is said of what it is about, and of nothing else, and that its opposite takes it back.
#[test]
fn every_status_has_an_opposite() {
    let reason = || "why".to_owned();
    let one = || Some(version("1.0.0"));
    let advisory = Some("https://acme.example/1".to_owned());
    let pairs = [
        (
            What::Yank { version: version("1.0.0"), reason: reason(), advisory: advisory.clone() },
            What::Unyank { version: version("1.0.0"), reason: reason() },
            Status { yanked: Some(reason()), advisory, ..Status::default() },
        ),
        (
            What::Deprecate { version: one(), reason: reason(), successor: None },
            What::Undeprecate { version: one(), reason: reason() },
            Status { deprecated: Some((reason(), None)), ..Status::default() },
        ),
        (
            What::Deprecate { version: None, reason: reason(), successor: None },
            What::Undeprecate { version: None, reason: reason() },
            Status { deprecated: Some((reason(), None)), ..Status::default() },
        ),
        (
            What::Quarantine { version: one(), reason: reason() },
            What::Unquarantine { version: one(), reason: reason() },
            Status { quarantined: Some(reason()), ..Status::default() },
        ),
        (
            What::Quarantine { version: None, reason: reason() },
            What::Unquarantine { version: None, reason: reason() },
            Status { quarantined: Some(reason()), ..Status::default() },
        ),
        (
            What::Archive { reason: reason() },
            What::Unarchive { reason: reason() },
            Status { archived: Some(reason()), ..Status::default() },
        ),
        (
            What::Rename { to: id("shout"), reason: reason() },
            What::Rename { to: id("echo"), reason: reason() },
            Status { renamed: Some((id("shout"), reason())), ..Status::default() },
        ),
    ];
    for (said, taken_back, status) in pairs {
        let mut history = history("echo", &["1.0.0", "1.1.0"]);
        let of_pack = said.version().is_none();
        history.append(at(3), said).unwrap();
        let read = History::parse(id("echo"), history.new_lines()).unwrap();
        let (pack, release) = (read.pack_status(), read.status(&version("1.0.0")));
        assert_eq!(if of_pack { &pack } else { &release }, &status);
        assert_eq!(if of_pack { release } else { pack }, Status::default());
        assert_eq!(read.status(&version("1.1.0")), Status::default());
        history.append(at(4), taken_back).unwrap();
        assert_eq!(history.pack_status(), Status::default());
        assert_eq!(history.status(&version("1.0.0")), Status::default());
    }
}

/// Ensures that a name is bound to the source of its last transfer.
#[test]
fn a_later_owner_is_a_transfer() {
    let mut history = history("echo", &["1.0.0"]);
    let to = "https://git.acme.example/echo.git".to_owned();
    history.append(at(3), What::Owner { source: to.clone(), reason: Some("handed over".to_owned()) }).unwrap();
    assert!(
        history
            .new_lines()
            .ends_with("\"reason\":\"handed over\",\"seq\":2,\"source\":\"https://git.acme.example/echo.git\"}\n")
    );
    assert_eq!(History::parse(id("echo"), history.new_lines()).unwrap().owner(), Some(to.as_str()));
}

#[test]
fn what_must_not_be_appended_is_refused_and_changes_nothing() {
    let mut history = history("echo", &["1.0.0"]);
    let before = (history.new_lines().to_owned(), history.head());
    let fault = history.append(at(3), release("1.0.0", b"other")).unwrap_err();
    assert_eq!(fault, HistoryFault { line: 3, fault: LineFault::ReleasedTwice(version("1.0.0")) });
    assert_eq!(history.append(at(3), yank("2.0.0")).unwrap_err().fault, LineFault::NotReleased(version("2.0.0")));
    let undeprecate = What::Undeprecate { version: Some(version("2.0.0")), reason: "why".to_owned() };
    assert_eq!(history.append(at(3), undeprecate).unwrap_err().fault, LineFault::NotReleased(version("2.0.0")));
    let to: PackId = "nasiko/echo".parse().unwrap();
    let rename = What::Rename { to: to.clone(), reason: "why".to_owned() };
    assert_eq!(history.append(at(3), rename).unwrap_err().fault, LineFault::RenamedAcross(to));
    assert_eq!((history.new_lines(), history.head()), (before.0.as_str(), before.1));
    let fault = History::empty(id("echo")).append(at(0), release("1.0.0", b"x")).unwrap_err().fault;
    assert_eq!(fault, LineFault::NoOwner);
}

#[test]
fn changed_lines_are_noticed() {
    let lines = |text: &str, order: &[usize]| -> String {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        order.iter().map(|line| lines[*line]).collect()
    };
    assert_eq!(faults(|text| text.replacen("packs/echo", "packs/evil", 1)), LineFault::Chain);
    assert_eq!(faults(|text| lines(text, &[0, 2])), LineFault::Sequence { expected: 1, found: 2 });
    assert_eq!(faults(|text| lines(text, &[1, 2])), LineFault::Sequence { expected: 0, found: 1 });
    assert_eq!(faults(|text| lines(text, &[0, 1, 1])), LineFault::Sequence { expected: 2, found: 1 });
    assert_eq!(faults(|text| text.replacen("\"seq\":0", "\"seq\": 0", 1)), LineFault::NotCanonical);
    assert_eq!(faults(|text| text.replacen("\"seq\":0", "\"seq\":0,\"seq\":0", 1)), LineFault::NotCanonical);
    assert_eq!(faults(|text| text.replacen('\n', "\r\n", 1)), LineFault::NotCanonical);
    assert_eq!(faults(|text| text.replacen("00Z", "00.5Z", 1)), LineFault::Time);
    assert_eq!(faults(|text| text.replacen("00Z", "00+00:00", 1)), LineFault::Time);
    assert_eq!(faults(|text| text.trim_end().to_owned()), LineFault::Unfinished);
    assert!(matches!(faults(|text| format!("\n{text}")), LineFault::Malformed(_)));
    assert!(matches!(faults(|text| text.replacen("\"owner\"", "5", 1)), LineFault::Malformed(_)));
}

/// Ensures that an older program neither refuses nor loses what a newer one recorded.
#[test]
fn unknown_kinds_and_fields_are_kept() {
    let mut text = history("echo", &["1.0.0"]).new_lines().to_owned();
    let prev = Digest::of(text.lines().last().unwrap().as_bytes());
    let line = format!(r#"{{"at":"2026-01-02T03:09:00Z","event":"bless","prev":"{prev}","seq":2,"zeal":3}}"#);
    text = text + &line + "\n";
    let mut history = History::parse(id("echo"), &text).unwrap();
    assert_eq!(history.events().len(), 2);
    let fuller = text.replacen(r#""seq":0"#, r#""seq":0,"since":"always""#, 1);
    assert_eq!(History::parse(id("echo"), &fuller).unwrap_err().line, 2, "only the chain is broken");
    history.append(at(10), yank("1.0.0")).unwrap();
    assert!(history.continues(text.as_bytes()));
    assert!(history.new_lines().contains(&Digest::of(line.as_bytes()).to_string()));
    History::parse(id("echo"), &(text + history.new_lines())).unwrap();
}

/// Ensures that new lines are put behind the text that they were made for, and no other.
#[test]
fn only_its_own_text_is_continued() {
    let text = history("echo", &["1.0.0"]).new_lines().to_owned();
    let mut read = History::parse(id("echo"), &text).unwrap();
    read.append(at(9), yank("1.0.0")).unwrap();
    assert!(read.continues(text.as_bytes()));
    let longer = history("echo", &["1.0.0", "1.1.0"]).new_lines().to_owned();
    let last_changed = text.replacen("\"path\":\"echo\"", "\"path\":\"evil\"", 1);
    assert_ne!(last_changed, text);
    for other in ["", &longer, &last_changed, text.trim_end(), &text[..text.find('\n').unwrap() + 1], "\u{fffd}"] {
        assert!(!read.continues(other.as_bytes()), "{other}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*", at in 0_usize..2000, byte in proptest::prelude::any::<u8>()) {
        let _ = History::parse(id("echo"), &text);
        let mut bytes = history("echo", &["1.0.0", "1.1.0"]).new_lines().as_bytes().to_vec();
        let at = at % bytes.len();
        let same = bytes[at] == byte;
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            let read = History::parse(id("echo"), &text);
            // The last line is not named by a later one; every earlier change is noticed.
            let last = history("echo", &["1.0.0"]).new_lines().len();
            proptest::prop_assert!(same || at >= last || read.is_err());
        }
    }
}
