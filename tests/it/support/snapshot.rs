//! Expected texts in files.

use std::path::Path;

/// Tells whether what the program says today is accepted as expected.
pub(crate) fn overwrite() -> bool {
    std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite")
}

/// Compares a text with a file, or writes the file when expectations are overwritten.
pub(crate) fn assert_text(path: &Path, actual: &str) {
    if let Some(difference) = text_differs(path, actual) {
        panic!("{difference}\n(`SNAPSHOTS=overwrite cargo test` accepts it)");
    }
}

/// Returns how a text differs from a file, after writing the file when expectations are overwritten.
pub(crate) fn text_differs(path: &Path, actual: &str) -> Option<String> {
    let expected = std::fs::read_to_string(path).ok();
    if expected.as_deref() == Some(actual) {
        return None;
    }
    if overwrite() {
        std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
        std::fs::write(path, actual).expect("an expectation can be written");
        return None;
    }
    Some(match expected {
        None => format!("{}: not there; it would be\n{actual}", path.display()),
        Some(expected) => format!("{}: {}", path.display(), first_difference(&expected, actual)),
    })
}

/// Returns the first line in which two texts differ.
pub(crate) fn first_difference(expected: &str, actual: &str) -> String {
    let (mut left, mut right) = (expected.split('\n'), actual.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        match (left.next(), right.next()) {
            (None, None) => return "the texts are equal".to_owned(),
            (left, right) if left == right => {}
            (left, right) => {
                let show = |line: Option<&str>| line.map_or("(end of file)".to_owned(), |line| format!("{line:?}"));
                return format!("line {number} differs\n  expected {}\n  actual   {}", show(left), show(right));
            }
        }
    }
}
