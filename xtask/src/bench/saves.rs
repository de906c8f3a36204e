//! Scenario `serve`: how long it takes from saving a file until the browser could have the page.
//!
//! 1. `edits` chooses files of many packs: a README, then an action's description, saved in place, then as editors do.
//! 2. Each is saved, and the page that shows it is asked for until it holds the new text ([`Pages`]).
//! 3. The same is done with `bare_watcher`, whose pages are read from the disk.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::catalogues::{self, Monorepo};
use super::http::Client;
use super::scenario::Context;
use super::table::{By, Figures, Row};
use crate::generate::{Ecosystem, Pack, Random};

/// Between two requests, so that asking does not take the time of what is measured.
const PAUSE: Duration = Duration::from_micros(200);
/// Between two saves: nobody is faster, and a build that is still busy with the last one would be measured twice.
const REST: Duration = Duration::from_millis(150);
/// When a page is given up.
const PATIENCE: Duration = Duration::from_secs(300);

/// One save, and where its text appears.
#[derive(Debug)]
struct Edit {
    file: PathBuf,
    /// Text that no other edit has.
    marker: String,
    /// What the file becomes.
    text: String,
    /// Whether a new file takes the name, as editors do, instead of the same file being written.
    renamed: bool,
    /// The page of the preview.
    served: String,
    /// The page of the bare watcher, below its output.
    written: PathBuf,
}

/// Where the text of an edit is looked for.
enum Pages {
    Served(Client),
    Written(PathBuf),
}

/// A program that watches the catalogue; ended when it is dropped.
struct Watching {
    child: Child,
    /// Kept open, so that the program can go on printing.
    _output: BufReader<ChildStdout>,
    /// The first line that it printed.
    line: String,
    started: Duration,
}

/// What a series of saves took.
struct Series {
    start: Duration,
    /// Sorted.
    waits: Vec<Duration>,
    peak_mib: Option<u64>,
}

/// Measures `packyard serve` and the bare watcher.
pub(super) fn rows(context: &Context, what: &str, peers_only: bool) -> Result<Vec<Row>> {
    let Monorepo { directory, packs } = catalogues::without_added(catalogues::monorepo(context)?)?;
    let out = catalogues::output(context, "bare-watcher")?;
    let mut bare = Command::new(context.root.join("target/release/examples/bare_watcher"));
    bare.arg(directory.join("packs")).arg(&out);
    let peer = series(bare, &directory, &packs, context.saves, |_| Ok(Pages::Written(out.clone())))?;

    let ours = if peers_only {
        None
    } else {
        // As somebody has it who works on a registry: what is released is recorded.
        catalogues::built(context, &directory)?;
        catalogues::restore(&directory)?;
        let mut serve = Command::new(context.packyard());
        serve.args(["serve", "--port", "0", "--dir"]).arg(&directory);
        Some(series(serve, &directory, &packs, context.saves, |line| {
            let (_, rest) = line.split_once("http://").with_context(|| format!("no address in `{line}`"))?;
            Ok(Pages::Served(Client::new(rest.split('/').next().unwrap_or_default())))
        })?)
    };
    catalogues::restore(&directory)?;

    let row = |part: &str, wanted: &str, of: fn(&Series) -> Duration| {
        let figures = |series: &Series| Figures { mib: series.peak_mib, ..Figures::wall(of(series).as_secs_f64()) };
        Row {
            what: format!("{what}: {part}"),
            peer_name: "bare watcher".to_owned(),
            ours: ours.as_ref().map(figures).unwrap_or_default(),
            peer: figures(&peer),
            by: By::Wall,
            wanted: wanted.to_owned(),
        }
    };
    Ok(vec![
        row("start", "–", |series| series.start),
        row("save to page, median", "20 ms", |series| series.quantile(50)),
        row("save to page, 95 of 100", "60 ms", |series| series.quantile(95)),
        row("save to page, slowest", "–", |series| series.quantile(100)),
    ])
}

/// Starts a program, and saves files until each can be seen.
fn series(
    command: Command,
    directory: &Path,
    packs: &[Pack],
    saves: usize,
    pages: impl FnOnce(&str) -> Result<Pages>,
) -> Result<Series> {
    catalogues::restore(directory)?;
    let watching = Watching::start(command)?;
    let mut pages = pages(&watching.line)?;
    let mut waits = Vec::new();
    for number in 0..saves {
        let edit = edit(directory, packs, number)?;
        sleep(REST);
        waits.push(edit.until_shown(&mut pages)?);
    }
    waits.sort();
    Ok(Series { start: watching.started, waits, peak_mib: watching.peak_mib() })
}

/// Returns the save of a number: the same of each series, in packs all over the catalogue.
fn edit(directory: &Path, packs: &[Pack], number: usize) -> Result<Edit> {
    let mut random = Random::keyed(1, &[100, number as u64]);
    let pack = &packs[random.below(packs.len())];
    let marker = format!("saved{number}x{:06x}", random.next() & 0xff_ffff);
    let at = directory.join("packs").join(&pack.name);
    let ecosystem = match pack.ecosystem {
        Ecosystem::StackStorm => "stackstorm",
        Ecosystem::Attune => "attune",
    };
    let served = format!("/packs/{ecosystem}/{}", pack.name);
    let written = PathBuf::from(&pack.name);
    let renamed = number / 2 % 2 == 1;
    let read = |file: &Path| fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()));
    if number.is_multiple_of(2) {
        let file = at.join("README.md");
        let text = format!("{}\nThis was {marker} just now.\n", read(&file)?);
        let (served, written) = (format!("{served}/index.html"), written.join("index.html"));
        return Ok(Edit { file, marker, text, renamed, served, written });
    }
    let action = pack.action(random.below(pack.actions));
    let version = &pack.releases.last().context("a pack without releases")?.version;
    let file = at.join(format!("actions/{action}.yaml"));
    let text = read(&file)?.replacen("\ndescription: \"", &format!("\ndescription: \"{marker} "), 1);
    ensure!(text.contains(&marker), "{} has no description", file.display());
    let served = format!("{served}/{version}%2Bdraft/action/{action}.html");
    let written = written.join(format!("1.0.0/actions/{action}.html"));
    Ok(Edit { file, marker, text, renamed, served, written })
}

impl Edit {
    /// Saves the file, and returns how long it took until the page shows it.
    fn until_shown(&self, pages: &mut Pages) -> Result<Duration> {
        let start = Instant::now();
        self.save().with_context(|| format!("cannot save {}", self.file.display()))?;
        loop {
            if pages.show(self)? {
                return Ok(start.elapsed());
            }
            if start.elapsed() > PATIENCE {
                bail!("{} was saved, but {} does not show it", self.file.display(), self.served);
            }
            sleep(PAUSE);
        }
    }

    fn save(&self) -> std::io::Result<()> {
        if !self.renamed {
            return fs::write(&self.file, &self.text);
        }
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        let new = self.file.with_file_name(format!(".{name}.swp"));
        fs::write(&new, &self.text)?;
        fs::rename(&new, &self.file)
    }
}

impl Pages {
    fn show(&mut self, edit: &Edit) -> Result<bool> {
        let marker = edit.marker.as_bytes();
        let has_marker = |page: &[u8]| page.windows(marker.len()).any(|bytes| bytes == marker);
        match self {
            Self::Served(client) => Ok(client.get(&edit.served)?.is_some_and(has_marker)),
            Self::Written(root) => Ok(fs::read(root.join(&edit.written)).is_ok_and(|page| has_marker(&page))),
        }
    }
}

impl Watching {
    /// Starts a program, which is ready when it prints its first line.
    fn start(mut command: Command) -> Result<Self> {
        let start = Instant::now();
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot run {name}"))?;
        let mut output = BufReader::new(child.stdout.take().context("a program without output")?);
        let mut line = String::new();
        let read = output.read_line(&mut line);
        let watching = Self { child, _output: output, line, started: start.elapsed() };
        ensure!(read? > 0, "{name} ended before it was ready");
        Ok(watching)
    }

    /// Returns the most memory that was resident at once, where the system says so.
    fn peak_mib(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Series {
    /// Returns the wait that so many of 100 do not exceed.
    fn quantile(&self, percent: usize) -> Duration {
        let at = (self.waits.len() * percent).div_ceil(100).saturating_sub(1);
        self.waits.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sorted_waits() {
        let waits = (1..=60).map(Duration::from_millis).collect();
        let series = Series { start: Duration::ZERO, waits, peak_mib: None };
        let quantiles = [50, 95, 100].map(|percent| series.quantile(percent).as_millis());
        assert_eq!(quantiles, [30, 57, 60]);
    }
}
