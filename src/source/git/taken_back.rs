//! Files that one `.gitignore` names and a deeper one takes back.
//!
//! libgit2 drops a rule like `!lib/` unless a rule before it *in the same file* names `lib/` too (`does_negate_rule` in its
//! `ignore.c`); git itself keeps it. Python's customary `.gitignore` names `lib/`, where StackStorm packs have their code.
//! Rules with a wildcard are kept, so that all rules on the way to a file are written as one list of such rules.

use std::path::Path;

use camino::Utf8Path;

/// Largest `.gitignore` that is read, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Returns the rules of a directory and of those above it, those that count most at the end; nothing when none of them takes
/// anything back, so that libgit2's own answer is git's.
///
/// What none of them names is left to libgit2, which looks at the directories above and at the rules of the user then.
pub(super) fn rules(root: &Utf8Path, directory: &str) -> Option<String> {
    let mut rules = String::new();
    let mut takes_back = false;
    let mut add = |at: &str| {
        let text = read(root.join(at).join(".gitignore").as_std_path());
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let (sign, pattern) = line.strip_prefix('!').map_or(("", line), |pattern| ("!", pattern));
            takes_back |= sign == "!";
            rules.push_str(sign);
            rules.push_str(&from_the_root(at, pattern));
            rules.push('\n');
        }
    };
    add("");
    for (end, _) in directory.match_indices('/') {
        add(&directory[..end]);
    }
    if !directory.is_empty() {
        add(directory);
    }
    takes_back.then_some(rules)
}

fn read(path: &Path) -> String {
    let is_small = path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() <= MOST_BYTES);
    let bytes = if is_small { std::fs::read(path).unwrap_or_default() } else { Vec::new() };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns a pattern of a `.gitignore` as one of the file at the root, with a wildcard in it (gitignore(5)).
fn from_the_root(directory: &str, pattern: &str) -> String {
    let is_anchored = pattern.trim_end().trim_end_matches('/').contains('/');
    let pattern = with_wildcard(pattern.strip_prefix('/').unwrap_or(pattern));
    let mut anywhere = if is_anchored || !directory.is_empty() { String::from("/") } else { String::new() };
    for letter in directory.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\' | ' ' | '!' | '#') {
            anywhere.push('\\');
        }
        anywhere.push(letter);
    }
    if !directory.is_empty() {
        anywhere.push_str(if is_anchored { "/" } else { "/**/" });
    }
    anywhere + &pattern
}

/// Writes the first letter that is one as a set of itself, unless there is a wildcard.
fn with_wildcard(pattern: &str) -> String {
    let first = pattern.find(|letter: char| letter.is_ascii_alphanumeric());
    match first {
        Some(at) if !pattern.contains(['*', '?', '[', '\\']) => {
            format!("{}[{}]{}", &pattern[..at], &pattern[at..=at], &pattern[at + 1..])
        }
        _ => pattern.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Repository;
    use super::super::status::Decisions;
    use crate::source::testing::{RepoFixture, write};

    /// Git itself is the judge.
    #[test]
    fn what_is_left_out_is_what_git_leaves_out() {
        let mut fixture = RepoFixture::new();
        fixture.write("README", "").commit("1");
        let root = fixture.root();
        write(&root, ".gitignore", "lib/\n*.log\nbuild\n/top.txt\n!never.log\n# !x\ndeep/\n");
        write(&root, "packs/a/.gitignore", "!lib/\n!keep.log\n/lib/cache/\nsub/*.txt\n!/sub/one.txt\n");
        write(&root, "packs/a/inner/.gitignore", "keep.log\n!build\n");
        write(&root, "packs/[b] c/.gitignore", "!lib\n!\u{e9}.log\n");
        let files = [
            "lib/x",
            "packs/a/lib/x",
            "packs/a/lib/cache/x",
            "packs/a/keep.log",
            "packs/a/other.log",
            "never.log",
            "packs/a/inner/keep.log",
            "packs/a/inner/build",
            "packs/a/build",
            "packs/a/sub/one.txt",
            "packs/a/sub/two.txt",
            "packs/a/sub/lib/y",
            "packs/a/top.txt",
            "top.txt",
            "packs/[b] c/lib/z",
            "packs/[b] c/\u{e9}.log",
            "packs/b/lib/z",
            "packs/a/deep/keep.log",
            "packs/a/x.txt",
        ];
        for file in files {
            write(&root, file, "");
        }
        let repository = Repository::open(&root).expect("a repository");
        let rules = repository.ignore_rules(&root, "", Decisions::default()).expect("rules");
        let is_left_out = |file: &str| {
            let above = file.match_indices('/').any(|(end, _)| rules.leaves_out(&file[..end], true));
            above || rules.leaves_out(file, false)
        };
        let kept: Vec<&str> = files.into_iter().filter(|file| !is_left_out(file)).collect();
        let listed = fixture.git(&["-c", "core.quotepath=off", "ls-files", "-z", "--others", "--exclude-standard"]);
        let mut expected: Vec<&str> = listed.split('\0').filter(|file| files.contains(file)).collect();
        expected.sort_unstable();
        let mut kept_sorted = kept.clone();
        kept_sorted.sort_unstable();
        assert_eq!(kept_sorted, expected);
        assert!(kept.contains(&"packs/a/lib/x") && !kept.contains(&"packs/b/lib/z"), "{kept:?}");
    }
}
