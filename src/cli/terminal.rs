//! Printing: colours only where they are wanted, a closed pipe is no error.

use std::io::Write as _;

use anstream::{AutoStream, ColorChoice};

use crate::diag::human;

/// Where a command prints.
#[derive(Debug)]
pub(super) struct Terminal {
    style: human::Style,
}

impl Terminal {
    /// Looks at stdout and at the conventions of the environment (`NO_COLOR`, `CLICOLOR_FORCE`, `TERM`).
    pub(super) fn new() -> Self {
        let stdout = std::io::stdout();
        let color = AutoStream::choice(&stdout) != ColorChoice::Never;
        let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0).max(40));
        Self { style: human::Style { color, width: width.unwrap_or(human::Style::PLAIN.width) } }
    }

    /// Returns how findings look here.
    pub(super) fn style(&self) -> human::Style {
        self.style
    }

    /// Returns a text in bold where colours are wanted.
    pub(super) fn bold(&self, text: &str) -> String {
        if self.style.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Prints a text to stdout.
    ///
    /// A reader that went away, as `head` does, is not an error: the exit code still tells what was found.
    pub(super) fn print(&self, text: &str) -> anyhow::Result<()> {
        let mut stdout = anstream::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(anyhow::Error::new(error).context("cannot write to stdout"))
            }
            _ => Ok(()),
        }
    }

    /// Prints to stderr what is not the result.
    pub(super) fn aside(&self, text: &str) {
        // When stderr is gone, nobody is left to be told.
        let _ = anstream::stderr().lock().write_all(text.as_bytes());
    }

    /// Prints an error to stderr, once, with what caused it.
    pub(super) fn error(&self, error: &anyhow::Error) {
        let mut text = format!("\u{1b}[1;31merror\u{1b}[0m: {}\n", human::safe(&error.to_string()));
        for cause in error.chain().skip(1) {
            text.push_str(&format!("  caused by: {}\n", human::safe(&cause.to_string())));
        }
        self.aside(&text);
    }
}
