//! Small packs that pass every check, written by hand so that a test can say what is in them.

use super::tree::Tree;

/// Returns an Attune pack with one action that prints `word`.
pub(crate) fn attune(name: &str, version: &str, word: &str) -> Tree {
    tree(&[
        (
            "pack.yaml",
            format!(
                "ref: {name}\nlabel: \"{name}\"\ndescription: \"Says {word}\"\nversion: \"{version}\"\nauthor: \"Ann\"\n\
                 license: MIT\ntags: [words]\nruntime_deps: [shell]\ndependencies: []\n"
            ),
        ),
        (
            "actions/say.yaml",
            format!(
                "ref: {name}.say\nlabel: \"Say\"\ndescription: \"Says a word\"\nrunner_type: shell\nentry_point: say.sh\n\
                 parameter_delivery: stdin\nparameter_format: json\noutput_format: text\nparameters:\n  loud:\n    \
                 type: boolean\n    description: \"Whether to shout\"\n    default: false\n"
            ),
        ),
        ("actions/say.sh", format!("#!/bin/sh\necho {word}\n")),
        ("README.md", format!("# {name}\n\nSays {word}.\n")),
    ])
}

/// The smallest square image.
const ICON: &[u8] = include_bytes!("../../cases/check/stackstorm/duplicate-key/good/icon.png");

/// Returns a StackStorm pack with one action that prints `word`.
pub(crate) fn stackstorm(name: &str, version: &str, word: &str) -> Tree {
    let mut files = tree(&[
        (
            "pack.yaml",
            format!(
                "---\nref: {name}\nname: {name}\ndescription: Says {word}.\nversion: {version}\nauthor: Ann\n\
                 email: ann@example.org\npython_versions:\n  - \"3\"\n"
            ),
        ),
        (
            "actions/say.yaml",
            "---\nname: say\ndescription: Says a word.\nrunner_type: local-shell-script\nentry_point: say.sh\nenabled: \
             true\nparameters:\n  loud:\n    type: boolean\n    description: Whether to shout.\n    default: false\n"
                .to_owned(),
        ),
        ("actions/say.sh", format!("#!/bin/sh\necho {word}\n")),
        ("README.md", format!("# {name}\n\nSays {word}.\n")),
        ("CHANGES.md", format!("# Changes\n\n## {version}\n\n- Says {word}.\n")),
        ("LICENSE", "Apache License\nVersion 2.0, January 2004\n".to_owned()),
    ]);
    files.insert("icon.png".to_owned(), ICON.to_vec());
    files
}

/// Returns files given as text.
pub(crate) fn tree(files: &[(&str, String)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes())).collect()
}
