//! The rules, each by what it says of a small change.

use super::testing::{action, compared, line, listing, pack, table_of, text, with};
use super::*;
use crate::pack::{Dependency, Field, Provision, Requirement};

fn lines(from: &Pack, to: &Pack) -> Vec<String> {
    compared(from, to, &Compatibility::USUAL).changes.iter().map(line).collect()
}

/// What is said of a change of one field.
fn of_field(anchor: &'static str, from: Field, to: Field) -> Vec<String> {
    let lines =
        lines(&with(vec![table_of("send", anchor, vec![from])]), &with(vec![table_of("send", anchor, vec![to])]));
    lines.iter().map(|line| line.replace("Action send ", "")).collect()
}

#[test]
fn components_come_and_go() {
    let (one, two) = (with(vec![action("a", vec![])]), with(vec![action("a", vec![]), action("b", vec![])]));
    assert_eq!(lines(&one, &two), ["feature Action b: added"]);
    assert_eq!(lines(&two, &one), ["breaking Action b: removed"]);
    assert!(lines(&two, &two).is_empty());
}

#[test]
fn a_component_is_renamed_only_when_that_is_certain() {
    let with_code = |name: &str, field: &str| {
        let entry_point = Some(crate::ident::RelPath::composed("actions/run.py"));
        crate::pack::Component { entry_point, ..action(name, vec![text(field)]) }
    };
    let files = listing(&[("actions/run.py", "print()")]);
    let changes = |from: &Pack, to: &Pack| -> Vec<String> {
        fn side<'a>(pack: &'a Pack, listing: &'a Listing) -> Side<'a> {
            Side { version: &pack.version, pack, listing }
        }
        Comparison::of(side(from, &files), side(to, &files), &Compatibility::USUAL).changes.iter().map(line).collect()
    };
    let (a, b) = (with(vec![with_code("a", "to")]), with(vec![with_code("b", "to")]));
    assert_eq!(changes(&a, &b), ["breaking Action a: renamed: a → b"]);
    let other = with(vec![with_code("b", "other")]);
    assert_eq!(changes(&a, &other), ["feature Action b: added", "breaking Action a: removed"]);
    let two = with(vec![with_code("b", "to"), with_code("c", "to")]);
    assert_eq!(changes(&a, &two).len(), 3, "which of the two it is cannot be known");
}

#[test]
fn what_a_caller_gives_may_grow_and_not_shrink() {
    let field = || Field { allowed: vec!["1".to_owned(), "2".to_owned()], ..text("to") };
    let plain = || text("to");
    for (from, to, expected) in [
        (plain(), Field { required: true, ..plain() }, "breaking to: now required"),
        (Field { required: true, ..plain() }, plain(), "feature to: no longer required"),
        (plain(), Field { required: true, default: Some("1".to_owned()), ..plain() }, "feature to: default: now 1"),
        (plain(), Field { type_text: "integer".to_owned(), ..plain() }, "breaking to: type: string → integer"),
        (plain(), Field { type_text: String::new(), ..plain() }, "feature to: type: string → anything"),
        (field(), Field { allowed: vec!["1".to_owned()], ..plain() }, "breaking to: no longer allows 2"),
        (Field { allowed: vec!["1".to_owned()], ..plain() }, field(), "feature to: now allows 2"),
        (plain(), field(), "breaking to: no longer allows other values, only 1, 2"),
        (field(), plain(), "feature to: now allows any value"),
        (
            Field { constraints: vec!["at most 9".to_owned()], ..plain() },
            Field { constraints: vec!["at most 8".to_owned()], ..plain() },
            "breaking to: constraint: at most 9 → at most 8",
        ),
        (Field { secret: true, ..plain() }, plain(), "breaking to: no longer secret"),
        (plain(), Field { secret: true, ..plain() }, "fix to: now secret"),
        (plain(), Field { fixed: true, ..plain() }, "breaking to: now fixed"),
        (Field { fixed: true, ..plain() }, plain(), "feature to: no longer fixed"),
        (plain(), Field { description: "Whom".to_owned(), ..plain() }, "fix to: description changed"),
        (plain(), Field { position: Some(1), ..plain() }, "fix to: position: now 1"),
        (
            plain(),
            Field { fields: vec![Field { required: true, ..text("name") }], ..plain() },
            "breaking to.name: added",
        ),
    ] {
        assert_eq!(of_field("parameters", from, to), [expected]);
    }
}

/// Two things may have one name: each is compared with itself, wherever it stands.
#[test]
fn fields_of_one_name_are_told_apart_by_their_types() {
    let of = |type_text: &str| Field { type_text: type_text.to_owned(), ..text("host") };
    let table = |fields| with(vec![action("a", fields)]);
    let (one, two) = (table(vec![of("key of Db")]), table(vec![of("key of Cache"), of("key of Db")]));
    assert_eq!(lines(&one, &two), ["feature Action a host: added"]);
    assert_eq!(lines(&two, &one), ["breaking Action a host: removed"]);
}

#[test]
fn a_new_parameter_breaks_only_when_it_must_be_given() {
    let none = with(vec![action("send", vec![])]);
    let with_field = |field| with(vec![action("send", vec![field])]);
    let required = || Field { required: true, ..text("to") };
    assert_eq!(lines(&none, &with_field(required())), ["breaking Action send to: added"]);
    assert_eq!(lines(&with_field(required()), &none), ["breaking Action send to: removed"]);
    assert_eq!(lines(&none, &with_field(text("to"))), ["feature Action send to: added"]);
    let with_default = Field { default: Some("1".to_owned()), ..required() };
    assert_eq!(lines(&none, &with_field(with_default)), ["feature Action send to: added"]);
    assert_eq!(lines(&none, &with_field(Field { fixed: true, ..required() })), ["fix Action send to: added"]);
}

#[test]
fn what_a_component_gives_may_shrink_to_what_it_could_be_before() {
    for (from, to, expected) in [
        (text("to"), Field { required: true, ..text("to") }, "feature to: now required"),
        (Field { required: true, ..text("to") }, text("to"), "breaking to: no longer required"),
        (
            text("to"),
            Field { type_text: "string or null".to_owned(), ..text("to") },
            "breaking to: type: string → string or null",
        ),
        (
            Field { type_text: "string or null".to_owned(), ..text("to") },
            text("to"),
            "feature to: type: string or null → string",
        ),
    ] {
        assert_eq!(of_field("output", from, to), [expected]);
    }
    let table = |fields| with(vec![table_of("send", "output", fields)]);
    assert_eq!(lines(&table(vec![]), &table(vec![text("id")])), ["feature Action send id: added"]);
    assert_eq!(lines(&table(vec![text("id")]), &table(vec![])), ["breaking Action send id: removed"]);
}

#[test]
fn the_ecosystem_says_what_a_table_holds_and_what_a_default_means() {
    let rules = Compatibility {
        default_change: Impact::Breaking,
        tables: &[
            ("fields-", Role::VersionedInput),
            ("resources", Role::Parts),
            ("words", Role::Notes),
            ("added", Role::Derived),
        ],
        illustrative: &["action"],
        promises: |one| one.value.iter().map(|value| format!("version {value}")).collect(),
    };
    let rules = |illustrative| Compatibility { illustrative, ..rules };
    let lines = |from: Vec<crate::pack::Component>,
                 to: Vec<crate::pack::Component>,
                 rules: &Compatibility|
     -> Vec<String> { compared(&with(from), &with(to), rules).changes.iter().map(line).collect() };
    let required = || vec![Field { required: true, ..text("to") }];
    let bare = || crate::pack::Component { tables: vec![], ..action("a", vec![]) };
    let version = || vec![table_of("a", "fields-v2", required())];
    assert_eq!(lines(vec![bare()], version(), &rules(&[])), ["feature Action a Parameters: added"]);
    assert_eq!(lines(version(), vec![bare()], &rules(&[])), ["breaking Action a Parameters: removed"]);
    let parts = |of: &str| vec![table_of("a", "resources", vec![Field { type_text: of.to_owned(), ..text("db") }])];
    assert_eq!(lines(parts("Db"), parts("Table"), &rules(&[])), ["breaking Action a db: type: Db → Table"]);
    let words = |of: &str| vec![table_of("a", "words", vec![text(of)])];
    assert_eq!(lines(words("a"), words("b"), &rules(&[])), ["fix Action a Parameters: changed"]);
    let derived = |of: &str| vec![table_of("a", "added", vec![text(of)])];
    assert!(lines(derived("a"), derived("b"), &rules(&[])).is_empty());
    let default = |of: &str| vec![action("a", vec![Field { default: Some(of.to_owned()), ..text("to") }])];
    assert_eq!(lines(default("1"), default("2"), &rules(&[])), ["breaking Action a to: default: 1 → 2"]);
    assert_eq!(lines(default("1"), vec![], &rules(&["action"])), ["fix Action a: removed"]);

    let api = |value: &str| Pack {
        provides: vec![Provision { kind: "api", name: "acme/Db".to_owned(), value: Some(value.into()) }],
        ..pack()
    };
    let found: Vec<String> = compared(&api("v1"), &api("v2"), &rules(&[])).changes.iter().map(line).collect();
    let expected =
        ["breaking Provided api acme/Db: removed version v1", "feature Provided api acme/Db: added version v2"];
    assert_eq!(found, expected);
}

#[test]
fn the_default_of_a_secret_is_never_told() {
    let secret = |value: &str| Field { secret: true, default: Some(value.to_owned()), ..text("to") };
    let open = Field { default: Some("\"hunter3\"".to_owned()), ..text("to") };
    for to in [secret("\"hunter3\""), open] {
        let found = of_field("parameters", secret("\"hunter2\""), to);
        assert!(found.iter().any(|line| line == "feature to: default changed"), "{found:?}");
        assert!(!format!("{found:?}").contains("hunter"), "{found:?}");
    }
}

#[test]
fn what_a_pack_needs_may_become_less() {
    let requirement = |range: &str| Requirement { name: "python".to_owned(), range: Some(range.to_owned()) };
    let needs = |list: Vec<Requirement>| Pack { requirements: list, ..pack() };
    let (none, low, high) = (needs(vec![]), needs(vec![requirement(">=3.9")]), needs(vec![requirement(">=3.10")]));
    assert_eq!(lines(&none, &low), ["breaking Requirement python: added >=3.9"]);
    assert_eq!(lines(&low, &high), ["breaking Requirement python: range: >=3.9 → >=3.10"]);
    assert_eq!(lines(&high, &low), ["feature Requirement python: range: >=3.10 → >=3.9"]);
    assert_eq!(lines(&low, &none), ["feature Requirement python: removed >=3.9"]);
    let depends = |names: &[&str]| {
        let of = |name: &&str| Dependency { name: (*name).to_owned(), range: None, kind: None };
        Pack { dependencies: names.iter().map(of).collect(), ..pack() }
    };
    assert_eq!(lines(&depends(&[]), &depends(&["core"])), ["feature Dependency core: added"]);
    assert_eq!(lines(&depends(&["core"]), &depends(&[])), ["fix Dependency core: removed"]);
}

#[test]
fn the_verdict_is_the_greatest_impact() {
    let verdict = |from: &Pack, to: &Pack| compared(from, to, &Compatibility::USUAL).verdict();
    let (one, two) = (with(vec![action("a", vec![])]), with(vec![action("b", vec![text("x")])]));
    assert_eq!(verdict(&one, &two), Some(Impact::Breaking));
    assert_eq!(verdict(&one, &one), Some(Impact::Fix), "files changed, and nothing that can be seen");
    let files = listing(&[]);
    let side = Side { version: &one.version, pack: &one, listing: &files };
    assert_eq!(Comparison::of(side, side, &Compatibility::USUAL).verdict(), None);
}

#[test]
fn files_are_followed_where_they_went() {
    let changes = |from: &[(&str, &str)], to: &[(&str, &str)]| {
        let FileChanges { added, removed, changed, moved } = FileChanges::of(&listing(from), &listing(to));
        let moved = moved
            .iter()
            .map(|one| format!("{} → {}{}", one.from, one.to, if one.is_changed { ", changed" } else { "" }));
        let signed =
            |sign: &str, paths: Vec<String>| paths.into_iter().map(|path| format!("{sign} {path}")).collect::<Vec<_>>();
        [signed("+", added), signed("-", removed), signed("~", changed), moved.collect()].concat()
    };
    assert_eq!(changes(&[("a", "1"), ("b", "2")], &[("a", "9"), ("c", "3")]), ["+ c", "- b", "~ a"]);
    // A flat layout becomes one below `src/`; empty files of one name are told apart by where most files went.
    let flat = [
        ("agents/__init__.py", ""),
        ("agents/triage.py", "triage"),
        ("tools/__init__.py", ""),
        ("tools/mail.py", "mail"),
        ("README.md", "read me"),
    ];
    let nested = [
        ("src/desk/__init__.py", ""),
        ("src/desk/agents/__init__.py", ""),
        ("src/desk/agents/triage.py", "triage, rewritten"),
        ("src/desk/tools/__init__.py", ""),
        ("src/desk/tools/mail.py", "mail"),
        ("README.md", "read me"),
    ];
    let there = [
        "+ src/desk/__init__.py",
        "agents/__init__.py → src/desk/agents/__init__.py",
        "agents/triage.py → src/desk/agents/triage.py, changed",
        "tools/__init__.py → src/desk/tools/__init__.py",
        "tools/mail.py → src/desk/tools/mail.py",
    ];
    assert_eq!(changes(&flat, &nested), there);
    let back = changes(&nested, &flat);
    assert!(back.contains(&"src/desk/agents/triage.py → agents/triage.py, changed".to_owned()), "{back:?}");
    // It could have come from two folders, and came from the one that most files moved to.
    let two = changes(&[("x", "1"), ("y", "2")], &[("a/x", "3"), ("src/x", "4"), ("src/y", "5")]);
    assert_eq!(two, ["+ a/x", "x → src/x, changed", "y → src/y, changed"]);
    // Under another name: only when nothing else has the content.
    assert_eq!(changes(&[("a", "1")], &[("x/b", "1")]), ["a → x/b"]);
    assert_eq!(changes(&[("a", "")], &[("b", ""), ("c", "")]), ["+ b", "+ c", "- a"]);
}

/// Ten thousand components with a hundred thousand files: names are looked up, never searched for.
#[test]
fn large_packs_are_compared_in_linear_time() {
    let pack =
        |from: usize| with((from..from + 10_000).map(|at| action(&format!("a{at}"), vec![text("to")])).collect());
    let (before, after) = (pack(0), pack(5_000));
    let files = |folder: &str| {
        let paths: Vec<String> = (0..50_000).map(|at| format!("{folder}/x/{at}/same.py")).collect();
        listing(&paths.iter().map(|path| (path.as_str(), "same")).collect::<Vec<_>>())
    };
    let (old, new) = (files("a"), files("a/b"));
    let side = |pack, listing| Side { version: &before.version, pack, listing };
    let start = std::time::Instant::now();
    let comparison = Comparison::of(side(&before, &old), side(&after, &new), &Compatibility::USUAL);
    assert_eq!((comparison.changes.len(), comparison.files.count()), (10_000, 100_000));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
