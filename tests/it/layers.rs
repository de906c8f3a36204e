//! The arrows between modules point one way, and a third-party crate is named in one place.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::tree;

/// Where each crate may be named, as prefixes of paths below `src/`: so that it can be swapped in a day.
///
/// Vocabulary (serde, `serde_json`, thiserror, camino, jiff, tracing, rayon, and schemars on the types that are published) is
/// not listed.
const OWNERS: &[(&str, &[&str])] = &[
    ("ammonia", &["site/markdown"]),
    ("annotate_snippets", &["diag/human.rs"]),
    ("anstream", &["cli/"]),
    ("anyhow", &["cli/"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/man.rs"]),
    // The experimental Attune archive is a zip file: the same encoder in another wrapping.
    ("crc32fast", &["content/", "ecosystem/attune/archive_v1.rs", "ecosystem/stackstorm/git_feed/"]),
    ("ctrlc", &["cli/serve.rs"]),
    ("flate2", &["content/", "serve/gzip.rs"]),
    ("git2", &["source/git/"]),
    ("globset", &["release/discover.rs"]),
    ("hex", &["ident/digest.rs", "source/git/", "ecosystem/stackstorm/git_feed/"]),
    ("imara_diff", &["site/line_diff.rs"]),
    ("include_dir", &["site/"]),
    ("indicatif", &["cli/progress.rs"]),
    ("jsonschema", &["pack/schema/"]),
    // Git objects of a static repository are zlib streams.
    ("mimalloc", &["main.rs"]),
    ("miniz_oxide", &["content/", "ecosystem/attune/archive_v1.rs", "ecosystem/stackstorm/git_feed/"]),
    ("notify", &["serve/watch/"]),
    ("pep440_rs", &["ident/version.rs", "ecosystem/astradesk/"]),
    ("pep508_rs", &["ecosystem/astradesk/"]),
    ("postcard", &["cache/"]),
    ("pulldown_cmark", &["site/markdown"]),
    ("regex", &["ecosystem/crossplane/schema/pattern.rs"]),
    ("regorus", &["ecosystem/astradesk/"]),
    ("ruff_python_ast", &["python/"]),
    ("ruff_python_parser", &["python/"]),
    ("ruff_text_size", &["python/"]),
    ("saphyr_parser", &["yaml/everyday.rs", "yaml/gate.rs"]),
    ("rustix", &["cli/timings.rs", "serve/settling.rs"]),
    ("semver", &["ident/version.rs"]),
    ("serde_json_canonicalizer", &["index/"]),
    ("serde_yaml", &["yaml/second_opinion.rs"]),
    ("sha1", &["ecosystem/nasiko/feed/artifact.rs", "ecosystem/stackstorm/git_feed/"]),
    ("siphasher", &["pack/memo.rs"]),
    ("sha2", &["ident/digest.rs"]),
    ("spdx", &["pack/"]),
    ("tar", &["content/"]),
    ("tempfile", &["fs/", "index/", "source/git/run.rs"]),
    ("tera", &["site/templates"]),
    ("terminal_size", &["cli/terminal.rs"]),
    ("toml", &["config.rs", "ecosystem/astradesk/"]),
    ("tracing_subscriber", &["cli/"]),
    ("unicode_normalization", &["source/paths.rs", "ecosystem/attune/"]),
    ("walkdir", &["source/worktree.rs", "release/scan.rs", "release/discover.rs"]),
];

/// Which modules each module may name; what is not listed may name nothing of ours.
///
/// Below: `ident`, `diag`, `yaml`, `fs`. Then the stages in the order of the pipeline. Four pairs know each other: `ecosystem`
/// writes feeds from the `catalog`, whose packs know their ecosystem; `release` carries the facts that `index` records, and
/// `index` plans what to record from candidates; a history gives the status that the `catalog` shows; `config` names ecosystems, which read their part of it.
const ARROWS: &[(&str, &[&str])] = &[
    ("diag", &["ident"]),
    ("yaml", &["diag"]),
    ("cache", &["fs", "ident"]),
    ("output", &["fs", "ident", "progress"]),
    ("source", &["diag", "fs", "ident"]),
    ("pack", &["diag", "ident", "source", "yaml"]),
    ("python", &["diag", "pack", "source", "yaml"]),
    ("content", &["diag", "ident", "pack", "source"]),
    ("compare", &["content", "ident", "pack"]),
    ("config", &["content", "diag", "ecosystem", "fs", "rules", "source", "yaml"]),
    (
        "ecosystem",
        &[
            "catalog", "compare", "config", "content", "diag", "ident", "index", "output", "pack", "python", "source",
            "yaml",
        ],
    ),
    ("release", &["cache", "config", "content", "diag", "ecosystem", "ident", "index", "pack", "source", "yaml"]),
    ("index", &["diag", "fs", "ident", "pack", "source"]),
    ("catalog", &["compare", "config", "content", "diag", "ecosystem", "ident", "index", "pack", "source"]),
    ("emit", &["catalog", "compare", "config", "diag", "ecosystem", "ident", "index", "output", "pack"]),
    (
        "site",
        &[
            "catalog",
            "compare",
            "config",
            "content",
            "diag",
            "ecosystem",
            "fs",
            "ident",
            "index",
            "output",
            "pack",
            "source",
        ],
    ),
    ("client", &["content", "diag", "fs", "ident", "index", "progress", "source"]),
    ("rules", &["client", "content", "diag", "ecosystem", "index", "pack", "release", "site", "source"]),
    (
        "build",
        &[
            "cache",
            "catalog",
            "compare",
            "config",
            "content",
            "diag",
            "ecosystem",
            "emit",
            "fs",
            "ident",
            "index",
            "output",
            "pack",
            "progress",
            "release",
            "rules",
            "site",
            "source",
        ],
    ),
    ("publish", &["build", "config", "diag", "fs", "ident", "progress", "release", "source"]),
    ("serve", &["build", "config", "diag", "ecosystem", "fs", "ident", "output", "progress"]),
    (
        "cli",
        &[
            "build",
            "client",
            "compare",
            "config",
            "diag",
            "ecosystem",
            "emit",
            "fs",
            "ident",
            "index",
            "progress",
            "publish",
            "rules",
            "serve",
            "source",
        ],
    ),
];

/// One file of `src/`, without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }
}

/// Returns the sources that end up in the program: no comments, no test modules, no files of test modules.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<(String, String)> = tree::read(&root)
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, bytes)| (path, String::from_utf8(bytes).expect("UTF-8")))
        .collect();
    let test_files: Vec<String> = files.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let is_test = |path: &str| {
        test_files.iter().any(|test| path == format!("{test}.rs") || path.starts_with(&format!("{test}/")))
    };
    files
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| {
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            Source { path, code: lines.join("\n") }
        })
        .collect()
}

/// Returns the paths of the modules that a file declares for tests only.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let folder =
        path.strip_suffix("mod.rs").map_or_else(|| path.trim_end_matches(".rs").to_owned() + "/", str::to_owned);
    let mut lines = text.lines().peekable();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]"
            && let Some(module) = lines.peek().and_then(|next| next.trim().strip_suffix(';'))
            && let Some((_, name)) = module.split_once("mod ")
        {
            found.push(format!("{folder}{name}"));
        }
    }
    found
}

/// Returns every name that follows `before` in a text, and stands before `::`, `;`, `,` or a space.
fn names_after<'a>(code: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(before).map(move |(at, _)| {
        let rest = &code[at + before.len()..];
        rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()
    })
}

/// Tells whether code names a crate: `name::` or `use name;`, not as a part of another path.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::"))
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '"'))
        || code.contains(&format!("use {name};"))
}

/// Ensures that a third-party crate is named by its owners only.
#[test]
fn crates_have_owners() {
    let mut faults = Vec::new();
    for source in sources() {
        for (name, owners) in OWNERS {
            if names_crate(&source.code, name) && !owners.iter().any(|owner| source.path.starts_with(owner)) {
                faults.push(format!("src/{}: names `{name}`, which belongs to {owners:?}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Ensures that every dependency has an owner or is vocabulary.
#[test]
fn no_dependency_is_without_an_owner() {
    const VOCABULARY: &[&str] = &["camino", "jiff", "rayon", "schemars", "serde", "serde_json", "thiserror", "tracing"];
    let manifest = include_str!("../../Cargo.toml");
    let dependencies =
        manifest.split("[dependencies]\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a table");
    for line in dependencies.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(' ').next().unwrap_or_default().replace('-', "_");
        let known = VOCABULARY.contains(&name.as_str()) || OWNERS.iter().any(|(owned, _)| *owned == name);
        assert!(known, "`{name}` is in Cargo.toml, but not in the table of owners");
    }
}

/// Ensures that no stage names a later one, beyond what the table says and explains.
#[test]
fn arrows_point_one_way() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut faults = Vec::new();
    for source in sources() {
        if matches!(source.path.as_str(), "lib.rs" | "main.rs") {
            continue;
        }
        let allowed = arrows.get(source.module()).copied().unwrap_or_default();
        let grouped = source.code.split("use crate::{").skip(1).flat_map(|rest| {
            rest.split("};").next().unwrap_or_default().split(',').filter_map(|part| part.trim().split("::").next())
        });
        for name in names_after(&source.code, "crate::").chain(grouped) {
            let is_module = |name: &str| arrows.contains_key(name) || ["ident", "fs", "progress"].contains(&name);
            if is_module(name) && name != source.module() && !allowed.contains(&name) {
                faults.push(format!("src/{}: names `{name}`, which `{}` may not", source.path, source.module()));
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Ensures that the library neither prints, nor reads the environment, nor exits.
#[test]
fn only_the_command_line_talks_to_the_outside() {
    const OUTSIDE: &[&str] =
        &["println!", "print!(", "std::env::", "process::exit", "Timestamp::now", "SystemTime::now"];
    // git is run with the user's environment, from which what would redirect it is taken, and ignores what the user's own
    // rules say; the clock tells whether a file was at rest when its stamp was taken, and when a cached one was used last.
    const EXCEPTIONS: &[(&str, &str)] = &[
        ("cache/mod.rs", "SystemTime::now"),
        ("source/git/run.rs", "std::env::"),
        ("source/git/status.rs", "std::env::"),
        ("fs/stamp.rs", "SystemTime::now"),
    ];
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("cli/")) {
        for word in OUTSIDE.iter().filter(|word| source.code.contains(**word)) {
            if !EXCEPTIONS.contains(&(source.path.as_str(), word)) {
                faults.push(format!("src/{}: {word}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Ensures that no test file is forgotten: one that `main.rs` does not mention would never run.
#[test]
fn every_test_file_is_a_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(root.join("main.rs")).expect("main.rs");
    for path in tree::read(&root).keys().filter(|path| path.ends_with(".rs") && *path != "main.rs") {
        let module = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        assert!(main.contains(&format!("mod {module};")), "tests/it/{path} is in no module of main.rs");
    }
}
