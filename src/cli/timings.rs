//! `--timings`: what each stage of a build cost.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::progress::Progress;

/// Measures the stages that another progress shows.
pub(super) struct Timings {
    shown: Box<dyn Progress>,
    stages: Mutex<Stages>,
}

struct Stages {
    done: Vec<Stage>,
    name: String,
    start: Clocks,
}

struct Stage {
    name: String,
    wall: Duration,
    cpu: Option<Duration>,
}

#[derive(Clone, Copy)]
struct Clocks {
    wall: Instant,
    cpu: Option<Duration>,
}

impl Clocks {
    fn now() -> Self {
        Self { wall: Instant::now(), cpu: cpu_time() }
    }
}

impl Timings {
    /// Starts to measure; what comes before the first stage is called `Starting`.
    pub(super) fn new(shown: Box<dyn Progress>) -> Self {
        let stages = Stages { done: Vec::new(), name: "Starting".to_owned(), start: Clocks::now() };
        Self { shown, stages: Mutex::new(stages) }
    }

    /// Returns the table: a line per stage, and their sum.
    pub(super) fn table(&self) -> String {
        let mut stages = self.stages();
        stages.end("");
        let total = Stage {
            name: "Total".to_owned(),
            wall: stages.done.iter().map(|stage| stage.wall).sum(),
            cpu: stages.done.iter().map(|stage| stage.cpu).sum(),
        };
        let mut text = format!("{:<20} {:>9} {:>9}\n", "stage", "wall", "cpu");
        for Stage { name, wall, cpu } in stages.done.iter().chain([&total]) {
            let cpu = cpu.map_or_else(|| "?".to_owned(), |cpu| format!("{:.3} s", cpu.as_secs_f64()));
            let _ = writeln!(text, "{name:<20} {:>7.3} s {cpu:>9}", wall.as_secs_f64());
        }
        text
    }

    fn stages(&self) -> MutexGuard<'_, Stages> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stages {
    /// Ends the present stage and begins the next.
    fn end(&mut self, next: &str) {
        let (start, now) = (self.start, Clocks::now());
        let cpu = now.cpu.zip(start.cpu).map(|(now, start)| now.saturating_sub(start));
        let name = std::mem::replace(&mut self.name, next.to_owned());
        self.done.push(Stage { name, wall: now.wall - start.wall, cpu });
        self.start = now;
    }
}

impl Progress for Timings {
    fn stage(&self, name: &str, total: Option<u64>) {
        self.stages().end(name);
        self.shown.stage(name, total);
    }

    fn tick(&self, steps: u64) {
        self.shown.tick(steps);
    }

    fn note(&self, message: &str) {
        self.shown.note(message);
    }
}

/// Returns the processor time that the process has used, on all cores; unknown where the system cannot tell.
#[cfg(unix)]
fn cpu_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

#[cfg(not(unix))]
fn cpu_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn every_stage_has_a_line_and_the_last_is_their_sum() {
        let timings = Timings::new(Box::new(Silent));
        timings.stage("Reading", None);
        timings.stage("Writing", Some(3));
        let table = timings.table();
        let names: Vec<&str> = table.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(names, ["stage", "Starting", "Reading", "Writing", "Total"]);
    }
}
