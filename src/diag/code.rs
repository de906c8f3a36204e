//! Codes: the public list of faults.

use std::fmt;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing needs to be done.
    Note,
    /// Works, but is wrong, fails later or is poor.
    Warning,
    /// A runtime refuses it, or publishing it would be unsafe.
    Error,
}

impl Severity {
    /// Returns the word that all renderers use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Everything that is fixed about a fault.
#[derive(Debug)]
pub struct CodeInfo {
    /// The stable name: lowercase words joined by `-`.
    pub name: &'static str,
    /// The severity unless `packyard.toml` says otherwise.
    pub severity: Severity,
    /// Whether a release with this fault is never recorded, wherever it comes from.
    pub blocks: bool,
    /// The rule, as its doc comment states it: first the fault in one sentence, then what is behind it.
    pub explanation: &'static str,
}

/// Names a fault. Codes compare by name; the list of all of them is public API.
#[derive(Clone, Copy)]
pub struct Code(pub(crate) &'static CodeInfo);

impl Code {
    /// Returns the stable name.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns the severity unless `packyard.toml` says otherwise.
    pub const fn severity(self) -> Severity {
        self.0.severity
    }

    /// Tells whether a release with this fault is never recorded.
    pub const fn blocks(self) -> bool {
        self.0.blocks
    }

    /// Returns the fault in one sentence.
    pub fn description(self) -> &'static str {
        self.0.explanation.lines().next().unwrap_or_default().trim()
    }

    /// Returns the whole rule, as `packyard explain` prints it.
    pub fn explanation(self) -> String {
        // The lines of a doc comment begin with the space behind `///`.
        let lines = self.0.explanation.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Code {}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Declares a module's codes: constants, and `CODES`, their list in order.
///
/// The doc comment of a code *is* the rule; `packyard explain` prints it. `blocking` marks a fault with which no release
/// is recorded.
///
/// ```ignore
/// codes! {
///     /// A mapping has the same key twice.
///     ///
///     /// Loaders disagree on which one counts.
///     DUPLICATE_KEY = "duplicate-key", Error;
///     /// A name is not safe as a file name.
///     UNSAFE_NAME = "unsafe-name", Error, blocking;
/// }
/// ```
macro_rules! codes {
    (@blocks) => { false };
    (@blocks blocking) => { true };
    ($($(#[doc = $doc:literal])+ $id:ident = $name:literal, $severity:ident $(, $blocks:ident)?;)+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) const $id: $crate::diag::Code = $crate::diag::Code(&$crate::diag::CodeInfo {
                name: $name,
                severity: $crate::diag::Severity::$severity,
                blocks: $crate::diag::codes!(@blocks $($blocks)?),
                explanation: $crate::diag::explanation!($($doc)+),
            });
        )+
        /// Lists every code of this module, in the order of the documentation.
        pub(crate) const CODES: &[$crate::diag::Code] = &[$($id),+];
    };
}

/// Joins the lines of a doc comment; each starts with the space behind `///`.
macro_rules! explanation {
    ($first:literal $($rest:literal)*) => { concat!($first $(, "\n", $rest)*) };
}

pub(crate) use codes;
pub(crate) use explanation;
