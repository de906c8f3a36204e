//! Progress on a terminal: one line on stderr, gone when the work is done.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::diag::human;
use crate::progress::{Progress, Silent};

/// Returns what shows progress: a line on stderr when that is a terminal and nobody asked for quiet;
/// in a log, notes only.
pub(super) fn on_stderr(quiet: bool) -> Box<dyn Progress> {
    if quiet || !std::io::stderr().is_terminal() {
        return if quiet { Box::new(Silent) } else { Box::new(Notes) };
    }
    Box::new(Line { bar: Mutex::new(ProgressBar::hidden()) })
}

/// Prints a note to stderr; when that is gone, nobody is left to be told.
fn note(message: &str) {
    let _ = writeln!(anstream::stderr().lock(), "note: {}", human::safe(message));
}

/// Tells notes only: stderr is a log.
struct Notes;

impl Progress for Notes {
    fn stage(&self, _name: &str, _total: Option<u64>) {}

    fn tick(&self, _steps: u64) {}

    fn note(&self, message: &str) {
        note(message);
    }
}

/// The line of the present stage.
struct Line {
    bar: Mutex<ProgressBar>,
}

impl Line {
    /// A thread that panicked while it held the bar leaves a bar that can still be drawn.
    fn bar(&self) -> MutexGuard<'_, ProgressBar> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Line {
    fn stage(&self, name: &str, total: Option<u64>) {
        let template = match total {
            Some(_) => "{spinner} {msg:<10} {bar:30} {pos}/{len}",
            None => "{spinner} {msg:<10} {pos}",
        };
        let style = ProgressStyle::with_template(template).expect("the templates above are valid");
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(10))
            .with_style(style)
            .with_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        let before = std::mem::replace(&mut *self.bar(), bar);
        before.finish_and_clear();
    }

    fn tick(&self, steps: u64) {
        self.bar().inc(steps);
    }

    fn note(&self, message: &str) {
        self.bar().suspend(|| note(message));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar().finish_and_clear();
    }
}
