//! The set of diagnostic codes is public API: it is configured, filtered and linked to by name.

use std::fmt::Write as _;
use std::path::Path;

use crate::support::snapshot::assert_text;

/// Ensures that no code comes, goes or changes its severity unseen.
#[test]
fn codes_are_a_public_list() {
    let mut list = String::new();
    for code in packyard::rules::all() {
        let blocks = if code.blocks() { " blocking" } else { "" };
        let _ = writeln!(list, "{code} {}{blocks}", code.severity().as_str());
    }
    assert_text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/codes.txt"), &list);
}
