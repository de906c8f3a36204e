//! Collecting findings.

use super::{Code, Diagnostic, Place, Severity};

/// Collects the findings of one pack while it is read and checked.
#[derive(Debug, Default)]
pub struct Sink {
    found: Vec<Diagnostic>,
}

/// A finding that was just reported; its help and further places can still be added.
#[derive(Debug)]
pub struct Draft<'a>(&'a mut Diagnostic);

impl Sink {
    /// Returns an empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports a fault at a place.
    pub fn report(&mut self, code: Code, place: Place, message: impl Into<String>) -> Draft<'_> {
        let diagnostic = Diagnostic {
            code,
            severity: code.severity(),
            place,
            message: message.into(),
            help: None,
            related: Vec::new(),
            revision: None,
            source: None,
        };
        self.found.push(diagnostic);
        Draft(self.found.last_mut().expect("one was just pushed"))
    }

    /// Adds findings that were made elsewhere.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.found.extend(diagnostics);
    }

    /// Tells whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns what was reported, in order of report.
    pub fn found(&self) -> &[Diagnostic] {
        &self.found
    }

    /// Returns what was reported, sorted.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        super::sort(&mut self.found);
        self.found
    }
}

impl Draft<'_> {
    /// Changes how serious it is, where a rule is stricter for some packs than for others.
    pub fn severity(self, severity: Severity) -> Self {
        self.0.severity = severity;
        self
    }

    /// Adds what to do about it.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds another place that belongs to it.
    pub fn related(self, label: impl Into<String>, place: Place) -> Self {
        self.0.related.push((label.into(), place));
        self
    }
}
