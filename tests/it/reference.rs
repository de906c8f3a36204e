//! The generated pages of the documentation say what the program says.

use std::path::PathBuf;

use packyard::cli::reference;

use crate::support::snapshot::assert_text;

fn page(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "docs", "reference", name].iter().collect()
}

/// Ensures that the reference of diagnostics holds every rule as it is.
#[test]
fn diagnostics_reference_is_up_to_date() {
    assert_text(&page("diagnostics.md"), &reference::diagnostics());
}

/// Ensures that the reference of commands, which is their help, is as it is.
#[test]
fn command_reference_is_up_to_date() {
    assert_text(&page("cli.md"), &reference::commands());
}
