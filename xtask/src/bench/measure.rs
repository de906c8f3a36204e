//! Runs a command several times and says what it cost.

use anyhow::{Context as _, Result, bail};

use super::scenario::{Context, Run};
use crate::process::{output, program};

/// What a run cost.
#[derive(Debug, Clone)]
pub(super) struct Cost {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of all threads and children, user and system.
    pub(super) cpu: f64,
    /// The most memory that was resident at once, in MiB.
    pub(super) mib: u64,
}

/// Returns the medians of time, and the peak of memory, of some runs.
///
/// `prepare` is called before each run, outside the measurement.
pub(super) fn median(context: &Context, runs: usize, prepare: impl Fn() -> Result<Run>) -> Result<Cost> {
    let mut costs = Vec::with_capacity(runs);
    for _ in 0..runs {
        let run = prepare()?;
        let mut command = program("python3");
        command.arg(context.peer("measure.py")).arg(&run.program).args(&run.arguments);
        let mut cost = parse(&output(&mut command)?)?;
        cost.cpu = cost.cpu.max(0.001);
        costs.push(cost);
    }
    let middle = |value: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let mib = costs.iter().map(|cost| cost.mib).max().unwrap_or_default();
    Ok(Cost { wall: middle(|cost| cost.wall), cpu: middle(|cost| cost.cpu), mib })
}

/// Reads the line that `measure.py` prints: `{"wall": 1.5, "cpu": 2.5, "mib": 30}`.
fn parse(line: &str) -> Result<Cost> {
    let field = |name: &str| {
        let (_, rest) = line.split_once(&format!("\"{name}\": ")).with_context(|| format!("no `{name}` in {line}"))?;
        let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        number.parse::<f64>().with_context(|| format!("`{name}` in {line}"))
    };
    let cost = Cost { wall: field("wall")?, cpu: field("cpu")?, mib: field("mib")? as u64 };
    if cost.wall < 0.0 {
        bail!("negative time in {line}");
    }
    Ok(cost)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_line_of_the_measuring_script_is_read() {
        let cost = parse("{\"wall\": 1.5, \"cpu\": 2.25, \"mib\": 30}\n").expect("a cost");
        assert_eq!((cost.wall, cost.cpu, cost.mib), (1.5, 2.25, 30));
        assert!(parse("{}").is_err());
    }
}
