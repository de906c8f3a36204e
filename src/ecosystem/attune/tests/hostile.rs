//! Files made to hurt: none may panic, hang, or lead out of the pack.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Attune, MANIFEST, codes, read, snapshot, testing, tree};
use crate::ecosystem::Ecosystem;
use crate::pack::Memo;

/// A file of each kind, with something in it of everything that is read.
const FILES: &[(&str, &str)] = &[
    (
        "pack.yaml",
        "ref: demo\nversion: 1.0.0\nlabel: Demo\ndescription: Says hello\nmeta: {keywords: [a], license: MIT}\ntags: [b]\ndependencies: [core, other@1]\nconf_schema: {a: {type: string, default: on}}\ntesting: {runners: {x: {entry_point: tests/run.sh}}}\n",
    ),
    (
        "actions/a.yaml",
        "ref: demo.a\nentry_point: a.py\nparameters:\n  hosts: {type: array, min_items: 1, items: {type: object, properties: {n: {type: int}}}}\n",
    ),
    ("actions/w.yaml", "ref: demo.w\nworkflow_file: workflows/w.yaml\n"),
    (
        "actions/workflows/w.yaml",
        "version: 1\ntasks:\n  - name: a\n    action: demo.a\n    next: [{when: x, do: [a, b]}]\n  - {name: p, type: parallel, tasks: [{name: q}]}\n",
    ),
    ("sensors/s.yaml", "ref: demo.s\nrunner_type: native\nentry_point: s\ntrigger_types: [demo.t, core.x]\n"),
    ("triggers/t.yaml", "ref: demo.t\noutput: {a: {type: string, enum: [1, 2]}}\n"),
    ("rules/r.yaml", "ref: r\ntrigger_ref: demo.t\naction_ref: other.b\nconditions: {a: [1]}\n"),
    (
        "permission_sets/p.yaml",
        "ref: demo.p\ngrants: [{resource: actions, actions: [read], constraints: {refs: [a]}}]\n",
    ),
    ("queues/q.yaml", "ref: demo.q\nlabel: Q\ndispatch_action: demo.a\nitem_schema: {a: {type: string}}\n"),
    (
        "policies/l.yaml",
        "ref: l\nconcurrency: {limit: 1}\nrate_limit: {max_executions: 1, window_seconds: 2}\nquotas: [{quota_type: a, limit: 1}]\n",
    ),
    ("dashboards/d.yaml", "ref: d\ndata_sources: [{id: a}]\ncards: [{id: c, source: a}]\nlayout: {breakpoints: [1]}\n"),
    ("caches/c.yaml", "namespace: demo\nowner_type: action\nowner_ref: demo.a\n"),
    (
        "runtimes/x.yaml",
        "ref: demo.x\nname: X\nversions: [{version: 1, is_default: true}, {version: 1, is_default: true}]\n",
    ),
    ("workflows/old.yaml", "ref: demo.old\nversion: 1\nvars: []\ntasks: {}\n"),
    (".gitattributes", "* text=auto\n"),
    ("LICENSE", "Apache License"),
];

/// Values that are wrong almost everywhere.
const WRONG: &[&str] = &[
    "null",
    "[]",
    "{}",
    "[[]]",
    "{a: {b: c}}",
    "-1",
    "1.5",
    "true",
    "''",
    "\"\\0\"",
    "../../etc/passwd",
    "/etc/passwd",
    "é",
    "demo.",
    ".",
    "demo..a",
    "a.b.c",
    "{{ x }}",
    "<script>",
    "*x",
    "&x 1",
    "!!binary x",
    "<<",
    "2026-01-01",
    "yes",
    "\u{202e}",
    "con",
    "999999999999999999999",
];

fn survives(files: &[(&str, &str)]) {
    let (snapshot, memo) = (snapshot(files), Memo::new());
    let _ = Attune.evidence(&tree(&snapshot, &memo));
    let (pack, _) = read(&snapshot);
    for component in pack.iter().flat_map(|pack| &pack.components) {
        assert!(crate::pack::Component::is_safe_name(&component.name), "{:?}", component.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Replaces one value of one file by another.
    #[test]
    fn a_wrong_value_anywhere_is_survived(file in 0..FILES.len(), at in any::<prop::sample::Index>(), wrong in 0..WRONG.len()) {
        let text = FILES[file].1;
        let starts: Vec<usize> = text.match_indices(": ").map(|(at, _)| at + 2).collect();
        prop_assume!(!starts.is_empty());
        let start = starts[at.index(starts.len())];
        let end = text[start..].find([',', '\n', '}', ']']).map_or(text.len(), |len| start + len);
        let broken = format!("{}{}{}", &text[..start], WRONG[wrong], &text[end..]);
        let mut files = FILES.to_vec();
        files[file].1 = &broken;
        survives(&files);
    }

    /// Puts any text anywhere into one file.
    #[test]
    fn any_text_anywhere_is_survived(file in 0..FILES.len(), at in any::<prop::sample::Index>(), noise in "\\PC{0,12}|[ \\t\\n:{}\\[\\]&*!|>'\"%@`-]{1,12}") {
        let text = FILES[file].1;
        let at = at.index(text.len() + 1);
        prop_assume!(text.is_char_boundary(at));
        let broken = format!("{}{noise}{}", &text[..at], &text[at..]);
        let mut files = FILES.to_vec();
        files[file].1 = &broken;
        survives(&files);
    }
}

/// A file within the limits, with something wrong on every line, must not take time by the square of its length.
#[test]
fn a_fault_on_every_line_is_bounded() {
    let started = Instant::now();
    let lines = |line: &str| line.repeat((90_000 / line.len()).min(9_000));
    let dependencies = format!("{MANIFEST}dependencies:\n{}", lines("- a@1\n"));
    let schema =
        format!("{}parameters:\n{}", testing::ACTION, (0..9_000).map(|n| format!("  f{n}: on\n")).collect::<String>());
    let tasks =
        (0..9_000).map(|n| format!("- {{name: t{n}, action: demo.x, next: [{{do: [z]}}]}}\n")).collect::<String>();
    let found = codes(&[
        ("pack.yaml", &dependencies),
        ("actions/hello.yaml", &schema),
        ("actions/hello.sh", ""),
        ("actions/w.yaml", "ref: demo.w\nworkflow_file: workflows/w.yaml\n"),
        ("actions/workflows/w.yaml", &format!("version: 1.0.0\ntasks:\n{tasks}")),
        ("sensors/s.yaml", &format!("ref: demo.s\nentry_point: s\ntrigger_types:\n{}", lines("- demo.x\n"))),
    ]);
    assert!(found.contains(&"attune-workflow-file") && found.contains(&"attune-dependency-not-a-ref"), "{found:?}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn no_reference_to_a_file_leaves_the_pack() {
    for text in ["../../secret.py", "/etc/passwd", "a/../../../x", "..\\x"] {
        let action = format!("ref: demo.hello\nentry_point: '{text}'\n");
        let files = [("pack.yaml", MANIFEST), ("actions/hello.yaml", action.as_str()), ("secret.py", "")];
        let (pack, found) = read(&snapshot(&files));
        assert_eq!(found[0].code.name(), "attune-entry-point-missing", "{text}");
        assert!(pack.expect("a pack").components[0].entry_point.is_none(), "{text}");
    }
}
