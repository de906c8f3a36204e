//! What everyday YAML is, and that the parser reads the same.

use std::path::Path;

use proptest::prelude::*;

use super::super::gate::{Limits, parse};
use super::super::indented::Indented;
use super::super::{Dialect, Value};
use super::*;

fn read(text: &str) -> Option<Yaml> {
    super::read(text, Builder::new(Dialect::Yaml11, Limits::default(), &Indented::default()))
}

/// Tells whether a text is read, and holds what is read against the parser: values, places, everything noted.
fn is_read(text: &str) -> bool {
    let read = read(text);
    if let Some(read) = &read {
        assert_eq!(Ok(read), parse(text, Dialect::Yaml11, Limits::default()).as_ref(), "{text:?}");
    }
    read.is_some()
}

#[test]
fn block_collections_scalars_and_comments_are_read() {
    for text in [
        "a: 1",
        "a: 1\n",
        "a:\n    b: 1\n  ",
        "a:\n    - b\n #c",
        "# c\n\n---\n# c\na: b # c\n\n# c",
        "--- # c\na: b\n   \n   # c",
        "a:\nb: ~\nc: yes\nd: 2020-01-01\ne: 010",
        "a:\n  b:\n    c: d\n    e: f\n  g: h\ni: j\n",
        "- a\n- b: c\n  d: e\n-\n- - f\n  - g\n-   h: i\n    j: k\n- # c\n  l\n",
        "a:\n- b\n- c: d\n  e:\n  - f\n- # c\n\n-\ng: h",
        "a:\n  - b\n  -\n  # c\nd:\n  e\n",
        "a b: c d  # e\nf#g: h#i\nk:l: m:n\no : p\n-q: -r\n",
        "\"a\": \"b # c: d\"  # e\n'f''g': 'h''i'\n\"j\": \"\\\"\\\\\\/\\n\\t\"\nk: \"\"\nl: ''",
        "a: []\nb: {}\nc: [d, 'e', \"f\", [g, {h: i, \"j\": [k]}]]  # l\nm: { n : o, p: -1 }",
        "é: ü  # ö\nä: [ß, 'ñ']\n\"ø\":\n  - å\n  - é: ü\n",
        "a: 🦀\nb: '日本' # 語",
        "a: 1\na: 2\n<<: 3\n",
        "a",
        "[a, b]",
        "\"a\" # b",
    ] {
        assert!(is_read(text), "{text:?}");
    }
}

#[test]
fn everything_else_is_left_to_the_parser() {
    for text in [
        "",
        "# c\n",
        "---\n",
        "a: |\n  b\n",
        "a: >-\n  b\n",
        "a: b\n  c\n",
        "a: \"b\n  c\"\n",
        "a: [b,\n  c]\n",
        "a: [b, ]\n",
        "a: [b: c]\n",
        "a: {b}\n",
        "a: {\"b\":c}\n",
        "a: &b c\nd: *b\n",
        "a: !!str 1\n",
        "? a\n: b\n",
        "\"a\" : b\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "%YAML 1.2\n---\na: b\n",
        "--- a\n",
        "a: b\r\n",
        "a:\tb\n",
        "a: \"\\x41\"\n",
        "a: \u{85}\n",
        "a: \u{feff}b\n",
        // What the parser finds wrong.
        "a: b: c\n",
        "a: - b\n",
        "a: b\n c: d\n",
        "a:\n    b: c\n  d: e\n",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "a: 'b' c\n",
        "a: [b\n",
        "a: ]\n",
        "a: %b\n",
        "a: @b\n",
        "a\nb: c\n",
    ] {
        assert!(!is_read(text), "{text:?}");
    }
    let long = "k".repeat(LONGEST_KEY + 1);
    assert!(!is_read(&format!("{long}: a\n")) && !is_read(&format!("\"{long}\": a\n")));
}

#[test]
fn a_limit_that_is_exceeded_is_left_to_the_parser() {
    let deep = "- ".repeat(100);
    assert!(!is_read(&format!("{deep}a\n")) && !is_read(&format!("{}a{}", "[".repeat(100), "]".repeat(100))));
    let many = "- a\n".repeat(Limits::default().nodes);
    assert!(!is_read(&many));
    // The columns of a line that is not ASCII are counted once, not from its start for each word.
    let long = format!("[é{}]", ", a".repeat(90_000));
    assert!(matches!(read(&long).expect("read").root.value, Value::Seq(items) if items.len() == 90_001));
}

#[test]
fn nearly_all_files_of_the_example_packs_are_read() {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let is_yaml = |path: &Path| path.extension().is_some_and(|extension| extension == "yaml");
    let (mut files, mut read) = (0, 0);
    for entry in walkdir::WalkDir::new(packs).into_iter().map(|entry| entry.expect("an entry")) {
        if entry.file_type().is_file() && is_yaml(entry.path()) {
            files += 1;
            read += usize::from(is_read(&std::fs::read_to_string(entry.path()).expect("text")));
        }
    }
    assert!(files > 50 && read * 10 > files * 8, "{read} of {files}");
}

/// Words of YAML, in any order.
fn any_text() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "a", "b", "é", "1", "~", "a: ", "b: c", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\n- ", "\na: ",
        "\n  b: ", " ", "  ", "#", " # c", "\"", "'", "\"x\"", "'y'", "\"k\": ", "''", "\\", "\\n", "[", "]", "{", "}",
        ", ", ",", "[a, b]", "{a: b}", "|", ">", "&a ", "*a", "!t ", "? ", "?", "%", "@", "---", "---\n", "...",
        "<<: ", "\t", "\r\n",
    ];
    prop::collection::vec(prop::sample::select(WORDS), 0..24).prop_map(|words| words.concat())
}

/// A text as packs have it, with a few characters replaced.
fn nearly_everyday() -> impl Strategy<Value = String> {
    const TEXT: &str = "---\nname: get_issue\n\"description\": 'Gets an issue' # c\nenabled: true\nparameters:\n  key:\n    \
        type: string\n    enum: [a, 'b', \"c\"]\n    default: {x: 1, y: []}\n  é: \"ü\"\ntags:\n- one\n- two: 2\n  three: ~\n-\nlist:\n  - - x\n    - y\n  - z: \n";
    let change = (
        0..TEXT.len(),
        prop::sample::select(&["", " ", "\n", ":", ": ", "-", "- ", "#", "\"", "'", "[", "]", "{", "}", ",", "x"]),
    );
    prop::collection::vec(change, 0..6).prop_map(|changes| {
        let mut text: Vec<String> = TEXT.chars().map(String::from).collect();
        for (at, with) in changes {
            let at = at % text.len();
            text[at] = with.to_owned();
        }
        text.concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_read_is_what_the_parser_reads(text in prop_oneof![any_text(), nearly_everyday()]) {
        is_read(&text);
    }
}
