//! Which names can be published: the same rules for directories and for git trees.
//!
//! A name is one segment of a path, as bytes. What is wrong with it is a finding at a path that is safe to print; the file
//! or directory is left out, so that nothing downstream ever sees it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;

use super::{PATH_CLASH, PATH_UNSAFE};
use crate::diag::{Diagnostic, Place, Sink};
use crate::ident::{RelPath, is_device};

/// Returns a name as text, or says why it cannot be part of a published path.
pub(super) fn check_name(name: &[u8]) -> Result<&str, String> {
    let Ok(text) = std::str::from_utf8(name) else { return Err("the name is not UTF-8".to_owned()) };
    if text.contains('/') {
        return Err("the name has a slash".to_owned());
    }
    if let Some(fault) = RelPath::fault(text) {
        return Err(fault.to_string().replace("it has", "the path has").replace("it is", "the path is"));
    }
    if text.ends_with(['.', ' ']) {
        return Err("the name ends with a dot or a space, which Windows drops".to_owned());
    }
    if is_device(text) {
        return Err("the name is a device on Windows".to_owned());
    }
    // Unpacked, such a directory would be taken for a repository, with hooks and settings (CVE-2014-9390).
    if text.eq_ignore_ascii_case(".git") || text.eq_ignore_ascii_case("git~1") {
        return Err("the name is git's own".to_owned());
    }
    Ok(text)
}

/// Returns a name or path that is safe to print: what is not UTF-8, controls the terminal or reverses the reading
/// direction is escaped, and the length is bounded.
pub(crate) fn printable(bytes: &[u8]) -> String {
    const MOST: usize = 400;
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if c.is_control() || turns {
                text.extend(c.escape_default());
            } else {
                text.push(c);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
        if text.len() > MOST {
            let mut end = MOST;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            text.push('…');
            break;
        }
    }
    text
}

/// Returns the path of a name in a directory, which is empty at the top.
pub(crate) fn join<'a>(directory: &str, name: &'a str) -> Cow<'a, str> {
    if directory.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("{directory}/{name}")) }
}

/// Returns the finding about a name that cannot be published.
pub(super) fn unsafe_path(directory: &str, name: &[u8], why: &str) -> Diagnostic {
    let path = join(directory, &printable(name)).into_owned();
    let mut sink = Sink::new();
    sink.report(PATH_UNSAFE, Place::file(path.clone()), format!("`{path}` cannot be published: {why}"))
        .help("rename it to something that every system can store");
    only(sink)
}

/// Returns the one finding of a sink.
pub(super) fn only(sink: Sink) -> Diagnostic {
    sink.finish().pop().expect("one finding was reported")
}

/// Finds names in one directory that some systems take for the same.
#[derive(Debug, Default)]
pub(super) struct Siblings<'a>(HashMap<Cow<'a, str>, Cow<'a, str>>);

impl<'a> Siblings<'a> {
    /// Adds a name; returns the finding when an earlier one differs from it by letter case or normalisation only, or is
    /// the same, which no file system but a crafted tree can hold.
    pub(super) fn add(&mut self, directory: &str, name: impl Into<Cow<'a, str>>) -> Option<Diagnostic> {
        let name = name.into();
        let earlier = self.0.insert(folded(&name), name.clone())?;
        let (path, other) = (join(directory, &name), join(directory, &earlier));
        let mut sink = Sink::new();
        sink.report(PATH_CLASH, Place::file(&*path), format!("`{path}` and `{other}` are one path on some systems"))
            .help("rename one of them")
            .related("the other one", Place::file(&*other));
        Some(only(sink))
    }
}

/// Returns the form under which names are equal on systems that ignore case and normalisation.
fn folded<'a>(name: &Cow<'a, str>) -> Cow<'a, str> {
    if !name.is_ascii() {
        // Lowercasing may denormalise and the other way round; twice is stable.
        let once: String = name.nfc().flat_map(char::to_lowercase).nfc().collect();
        return once.to_lowercase().into();
    }
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return name.to_ascii_lowercase().into();
    }
    name.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_system_cannot_store_are_refused() {
        for name in
            [&b"a\xff"[..], b"a\\b", b"a\nb", b"nul", b"COM1.txt", b"x.", b"x ", b"..", b"", b".git", b".GIT", b"a/b"]
        {
            assert!(check_name(name).is_err(), "{}", printable(name));
        }
        for name in ["pack.yaml", ".gitignore", "ä.txt", "a b", "-x", "console.py"] {
            assert_eq!(check_name(name.as_bytes()), Ok(name));
        }
    }

    #[test]
    fn printed_paths_control_no_terminal() {
        assert_eq!(printable(b"a\x1b[31m\xff\xe2\x80\xae.py"), "a\\u{1b}[31m\\xff\\u{202e}.py");
        assert!(printable(&b"x".repeat(10_000)).len() < 500);
    }

    #[test]
    fn names_that_differ_by_case_or_normalisation_clash() {
        for (one, other) in [("README", "readme"), ("\u{e9}", "e\u{301}"), ("\u{c9}", "e\u{301}"), ("same", "same")] {
            let mut siblings = Siblings::default();
            assert_eq!(siblings.add("", one), None);
            let found = siblings.add("", other).expect("a clash");
            assert_eq!(found.code, PATH_CLASH);
        }
        let mut siblings = Siblings::default();
        assert!(["a", "b", "a_b", "a-b"].into_iter().all(|name| siblings.add("d", name).is_none()));
    }
}
