//! Laws that hold for every input: readers are total, orders are orders, two parsers agree on plain documents.

mod memory;
mod packs;
mod stored;

use std::cmp::Ordering;

use packyard::ident::{PackId, PackName, RelPath, Version};
use packyard::yaml::{self, Dialect, Limits, Node, Value};
use proptest::prelude::*;
use serde_json::Value as Json;

/// A valid document with one of everything, as a start for mutations.
const DOCUMENT: &str = "\
---
ref: demo
version: 1.10.0
flags: [yes, no, ~, 0o17, 0x1F, 1_000, 1:30, 2020-01-01, .inf, -1.5e3]
anchors: &base {name: \"quoted \\u00e9 \\x41\", 'single': 'it''s'}
again: *base
merged:
  <<: *base
text: |
  literal
   text
folded: >-
  folded
  text
? complex key
: - nested
  - - list
tagged: !!str 12
";

const DIALECTS: [Dialect; 2] = [Dialect::Yaml11, Dialect::Yaml12];

/// Limits so small that random input reaches them.
const SMALL: Limits = Limits { bytes: 4096, depth: 6, nodes: 60 };

/// Returns how many nodes a tree has and how deep its collections nest.
fn measure(node: &Node) -> (usize, usize) {
    let children: Vec<&Node> = match &node.value {
        Value::Seq(items) => items.iter().collect(),
        Value::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
        _ => return (1, 0),
    };
    let (mut nodes, mut depth) = (1, 0);
    for child in children {
        let (more, deeper) = measure(child);
        (nodes, depth) = (nodes + more, depth.max(deeper));
    }
    (nodes, depth + 1)
}

/// Reads in both dialects, and holds what comes out to the limits.
fn read_is_bounded(bytes: &[u8], limits: Limits) -> Result<(), TestCaseError> {
    for dialect in DIALECTS {
        match yaml::read(bytes, dialect, limits) {
            Ok(yaml) => {
                let (nodes, depth) = measure(&yaml.root);
                prop_assert!(nodes <= limits.nodes.max(1), "{nodes} nodes");
                prop_assert!(depth <= limits.depth, "{depth} levels");
                // Whatever was read can be shown and handed on.
                let _ = (yaml.root.to_json(), yaml.root.key_text());
            }
            Err(fault) => prop_assert!(!fault.message.is_empty()),
        }
    }
    Ok(())
}

/// A place, how many bytes to remove there, and what to put in their stead.
type Edit = (usize, usize, Vec<u8>);

/// Applies edits.
fn mutated(original: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for (at, remove, insert) in edits {
        let at = at % (bytes.len() + 1);
        let end = (at + remove).min(bytes.len());
        bytes.splice(at..end, insert.iter().copied());
    }
    bytes
}

/// Gives edits that tend to hit YAML's own characters.
fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let special = prop::sample::select(b":-?[]{},&*!|>'\"%@`# \n\t<~\0\x7f\xff\xc3".to_vec());
    let insert = prop::collection::vec(prop_oneof![3 => special, 1 => any::<u8>()], 0..6);
    prop::collection::vec((any::<usize>(), 0..8_usize, insert), 1..8)
}

/// Gives documents of plain structure: what every loader reads alike.
fn plain() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        (-1_000_000..1_000_000_i32).prop_map(|n| Json::from(f64::from(n) / 64.0)),
        // Ordinary text and text that looks like something else.
        "[ -~äß€\n\t]{0,24}".prop_map(Json::from),
        prop::sample::select(vec![
            "yes", "no", "~", "null", "010", "1:30", "1e3", ".inf", "-", "", " x ", "a: b", "# c"
        ])
        .prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map("[a-z_]{1,8}|[0-9]{1,3}|yes|no", inner, 0..6)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// Gives versions, and text that is almost one.
fn version_text() -> impl Strategy<Value = String> {
    "[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}(-[0-9a-b]{1,3}(\\.[0-9a-b]{1,3}){0,2})?(\\+[0-9a-b]{1,2})?"
}

proptest! {
    /// Ensures that no bytes make the YAML reader panic, hang or exceed its limits.
    #[test]
    fn yaml_read_is_total_over_bytes(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_is_bounded(&bytes, Limits::default())?;
        read_is_bounded(&bytes, SMALL)?;
    }

    /// Ensures the same for text made of YAML's own characters, which gets further into the parser.
    #[test]
    fn yaml_read_is_total_over_punctuation(text in "[-:?\\[\\]{},&*!|>'\"%@`# \n\ta1<~]{0,200}") {
        read_is_bounded(text.as_bytes(), Limits::default())?;
        read_is_bounded(text.as_bytes(), SMALL)?;
    }

    /// Ensures the same for a valid document with faults put in.
    #[test]
    fn yaml_read_is_total_over_mutations(edits in edits()) {
        let bytes = mutated(DOCUMENT.as_bytes(), &edits);
        read_is_bounded(&bytes, Limits::default())?;
        read_is_bounded(&bytes, SMALL)?;
    }

    /// Holds the gate to the values of serde_yaml, for every document that has no peculiarity.
    #[test]
    fn two_parsers_agree_on_plain_documents(document in plain()) {
        let text = yaml::to_string(&document);
        let gate = yaml::read(text.as_bytes(), Dialect::Yaml12, Limits::default());
        let gate = gate.map_err(|fault| TestCaseError::fail(format!("{}\n{text}", fault.message)))?;
        let second = yaml::decode(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(&gate.root.to_json(), &second, "{}", text);
        prop_assert_eq!(second, document, "{}", text);
    }

    /// Ensures that identity types take any text, and give back what they took.
    #[test]
    fn identities_are_total(text in "\\PC{0,40}|[a-zA-Z0-9._/\\\\ -]{0,120}|[\u{0}-\u{7f}]{0,20}") {
        if let Ok(version) = Version::parse(&text) {
            prop_assert_eq!(version.as_str(), &text);
        }
        if let Ok(path) = RelPath::new(&text) {
            prop_assert_eq!(path.as_str(), &text);
            prop_assert!(text.split('/').all(|segment| !matches!(segment, "" | "." | "..")));
        }
        if let Ok(name) = PackName::new(&text) {
            prop_assert_eq!(name.as_str(), &text);
            prop_assert!(RelPath::new(&text).is_ok(), "a name is a file name");
            prop_assert!(!name.shard().is_empty() && RelPath::new(&name.shard()).is_ok(), "a shard is a folder name");
        }
        if let Ok(id) = text.parse::<PackId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    /// Ensures that versions have one order: total, antisymmetric, transitive, and equal only when written alike.
    #[test]
    fn versions_are_totally_ordered(texts in [version_text(), version_text(), version_text()]) {
        let versions: Vec<Version> = texts.iter().filter_map(|text| Version::parse(text).ok()).collect();
        for a in &versions {
            for b in &versions {
                prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
                prop_assert_eq!(a.cmp(b) == Ordering::Equal, a == b);
                for c in &versions {
                    prop_assert!(!(a <= b && b <= c) || a <= c, "{} {} {}", a, b, c);
                }
            }
        }
    }
}
