//! Runs a command several times and says what it cost.

use anyhow::{Context as _, Result, bail};

use super::scenario::{Context, Run};
use crate::process::{outputs, program};

/// What a run cost, or a part of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cost {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of all threads and children, user and system.
    pub(super) cpu: f64,
    /// The most memory that was resident at once, in MiB.
    pub(super) mib: u64,
}

/// What a run and each of its stages cost.
#[derive(Debug)]
pub(super) struct Measured {
    whole: Cost,
    stages: Vec<(String, Cost)>,
}

/// Runs a command `runs` times; `prepare` is called before each run, outside the measurement.
pub(super) fn runs(context: &Context, runs: usize, prepare: impl Fn() -> Result<Run>) -> Result<Vec<Measured>> {
    let measured = |_| {
        let run = prepare()?;
        let mut command = program("python3");
        command.arg(context.peer("measure.py")).arg(&run.program).args(&run.arguments);
        let (line, log) = outputs(&mut command)?;
        let whole = parse(&line)?;
        let stages = stages(&log, whole.mib);
        Ok(Measured { whole, stages })
    };
    (0..runs).map(measured).collect()
}

/// Returns the medians of time, and the peak of memory, of whole runs, or of the stages with these names together.
pub(super) fn median(measured: &[Measured], names: &[&str]) -> Cost {
    let costs: Vec<Cost> = measured.iter().map(|measured| measured.part(names)).collect();
    let middle = |value: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    let mib = costs.iter().map(|cost| cost.mib).max().unwrap_or_default();
    Cost { wall: middle(|cost| cost.wall), cpu: middle(|cost| cost.cpu), mib }
}

impl Measured {
    fn part(&self, names: &[&str]) -> Cost {
        if names.is_empty() {
            return self.whole.clone();
        }
        let stages = self.stages.iter().filter(|(name, _)| names.contains(&name.as_str()));
        stages.fold(Cost { wall: 0.0, cpu: 0.0, mib: self.whole.mib }, |sum, (_, cost)| Cost {
            wall: sum.wall + cost.wall,
            cpu: sum.cpu + cost.cpu,
            mib: sum.mib,
        })
    }
}

/// Reads the line that `measure.py` prints: `{"wall": 1.5, "cpu": 2.5, "mib": 30}`.
fn parse(line: &str) -> Result<Cost> {
    let field = |name: &str| {
        let (_, rest) = line.split_once(&format!("\"{name}\": ")).with_context(|| format!("no `{name}` in {line}"))?;
        let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        number.parse::<f64>().with_context(|| format!("`{name}` in {line}"))
    };
    let cost = Cost { wall: field("wall")?, cpu: field("cpu")?.max(0.001), mib: field("mib")? as u64 };
    if cost.wall < 0.0 {
        bail!("negative time in {line}");
    }
    Ok(cost)
}

/// Reads the table that `packyard build --timings` prints: name, `1.500 s` of wall time, `2.500 s` of CPU time.
fn stages(log: &str, mib: u64) -> Vec<(String, Cost)> {
    let stage = |line: &str| {
        let line = line.trim_end().strip_suffix('s')?.trim_end();
        let (line, cpu) = line.rsplit_once(' ')?;
        let line = line.trim_end().strip_suffix('s')?.trim_end();
        let (name, wall) = line.rsplit_once(' ')?;
        Some((name.trim().to_owned(), Cost { wall: wall.parse().ok()?, cpu: cpu.parse().ok()?, mib }))
    };
    log.lines().filter_map(stage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_measuring_script_is_read() {
        let cost = parse("{\"wall\": 1.5, \"cpu\": 2.25, \"mib\": 30}\n").expect("a cost");
        assert_eq!((cost.wall, cost.cpu, cost.mib), (1.5, 2.25, 30));
        assert!(parse("{}").is_err());
    }

    #[test]
    fn the_table_of_stages_is_read_and_summed() {
        let log = "note: something else\nstage                     wall       cpu\n\
                   Reading                0.850 s   1.500 s\nWriting pages          0.695 s   1.250 s\n";
        let whole = Cost { wall: 9.0, cpu: 9.0, mib: 7 };
        let measured = [Measured { whole: whole.clone(), stages: stages(log, 7) }];
        assert_eq!(median(&measured, &[]), whole);
        assert_eq!(median(&measured, &["Writing pages"]), Cost { wall: 0.695, cpu: 1.25, mib: 7 });
        assert_eq!(median(&measured, &["Reading", "Writing pages"]).cpu, 2.75);
    }
}
