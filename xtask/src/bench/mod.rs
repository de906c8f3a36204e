//! `cargo xtask bench`: measures the program against peers that do the same work, on generated catalogues.
//!
//! 1. [`scenario`] lists what is measured, and which ratio is wanted.
//! 2. [`catalogues`] generates the input, once per seed.
//! 3. [`measure`] runs a command several times and takes the median of CPU and wall time, and the peak of memory.
//!
//! Prints Markdown tables for `docs/performance.md`. Ratios carry from machine to machine, seconds do not.

mod catalogues;
mod measure;
mod scenario;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};

use crate::arguments::Arguments;
use crate::process::{cargo, root, run};
use measure::Cost;
use scenario::{Context, SCENARIOS, Scenario};

/// What `cargo xtask bench` takes.
pub(crate) const USAGE: &str = "\
cargo xtask bench [scenario]... [options]

Generates seeded catalogues, runs the program and its peers on them, and prints a Markdown table of ratios.

  --runs N        how often each command runs; medians are shown (default 3)
  --directory D   where catalogues and output go (default target/bench; /dev/shm/packyard measures without a disk)
  --peers         only the peers
  --list          name the scenarios";

/// Runs the command.
pub(crate) fn command(mut arguments: Arguments) -> Result<ExitCode> {
    let list = arguments.flag("--list");
    let peers_only = arguments.flag("--peers");
    let runs = arguments.value("--runs")?.map_or(Ok(3), |text| text.parse())?;
    let directory = arguments.value("--directory")?.map_or_else(|| root().join("target/bench"), PathBuf::from);
    let names = arguments.positionals();
    arguments.finish()?;
    ensure!(runs > 0, "--runs starts at 1");
    if list {
        for scenario in SCENARIOS {
            println!("{:<10} {}", scenario.name, scenario.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = names.iter().find(|name| !SCENARIOS.iter().any(|scenario| scenario.name == **name)) {
        bail!("unknown scenario `{unknown}`; --list names them");
    }
    run(cargo("build").args(["--release", "--quiet", "--bin", "packyard", "--example", "bare_site"]))?;
    let context = Context { root: root(), directory };
    let mut table =
        "| scenario | peer | ours CPU | peer CPU | ratio | wanted | ours wall | peer wall | ours memory |\n\
                     |---|---|---:|---:|---:|---:|---:|---:|---:|\n"
            .to_owned();
    for scenario in
        SCENARIOS.iter().filter(|scenario| names.is_empty() || names.iter().any(|name| name == scenario.name))
    {
        eprintln!("{}: {}", scenario.name, scenario.what);
        table.push_str(&rows(scenario, &context, runs, peers_only)?);
    }
    println!(
        "\n{table}\nMedians of {runs} runs, {} cores.",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    Ok(ExitCode::SUCCESS)
}

/// Returns the lines of a scenario.
fn rows(scenario: &Scenario, context: &Context, runs: usize, peers_only: bool) -> Result<String> {
    let peer = match scenario.peer {
        Some(peer) => Some(measure::median(&measure::runs(context, runs, || peer(context))?, &[])),
        None => None,
    };
    let ours = if peers_only { None } else { Some(measure::runs(context, runs, || (scenario.ours)(context))?) };
    if let (Some(_), Some(check)) = (&ours, scenario.check) {
        check(context)?;
    }
    let seconds = |cost: &Option<Cost>, of: fn(&Cost) -> f64| {
        cost.as_ref().map_or_else(|| "–".to_owned(), |cost| format!("{:.2} s", of(cost)))
    };
    let cpu = |cost: &Option<Cost>| seconds(cost, |cost| cost.cpu);
    let wall = |cost: &Option<Cost>| seconds(cost, |cost| cost.wall);
    let mut text = String::new();
    for part in scenario.parts {
        let ours = ours.as_ref().map(|ours| measure::median(ours, part.stages));
        let ratio = match (&ours, &peer) {
            (Some(ours), Some(peer)) => format!("{:.3}", ours.cpu / peer.cpu),
            _ => "–".to_owned(),
        };
        let memory = ours.as_ref().map_or_else(|| "–".to_owned(), |cost| format!("{} MiB", cost.mib));
        text.push_str(&format!(
            "| {}: {} | {} | {} | {} | {ratio} | {} | {} | {} | {memory} |\n",
            scenario.what,
            part.what,
            scenario.peer_name,
            cpu(&ours),
            cpu(&peer),
            part.wanted,
            wall(&ours),
            wall(&peer),
        ));
    }
    Ok(text)
}
