//! Two codes for the tests of the renderers.

use super::{Code, CodeInfo, Severity};

/// An error.
pub(super) const TWICE: Code = Code(&CodeInfo {
    name: "twice",
    severity: Severity::Error,
    blocks: false,
    explanation: "A key occurs twice.\n\nLoaders disagree on which one counts.",
});

/// A note.
pub(super) const ODD: Code =
    Code(&CodeInfo { name: "odd", severity: Severity::Note, blocks: false, explanation: "A file is odd." });
