//! The table that is printed: a line per figure, ours beside the peer's.

use super::measure::Cost;

/// One line of the table; what does not apply is a dash.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) what: String,
    pub(super) peer_name: String,
    pub(super) ours: Figures,
    pub(super) peer: Figures,
    /// What the two are compared by.
    pub(super) by: By,
    pub(super) wanted: String,
}

/// What was measured of one side.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    /// Seconds of all threads and children.
    pub(super) cpu: Option<f64>,
    /// Seconds from start to end.
    pub(super) wall: Option<f64>,
    /// The most memory that was resident at once, in MiB.
    pub(super) mib: Option<u64>,
}

/// What a ratio is the ratio of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum By {
    /// The CPU time of all cores.
    #[default]
    Cpu,
    /// The time that somebody waits.
    Wall,
}

impl From<Cost> for Figures {
    fn from(cost: Cost) -> Self {
        Self { cpu: Some(cost.cpu), wall: Some(cost.wall), mib: Some(cost.mib) }
    }
}

impl Figures {
    /// Returns what is known of a wait: its time.
    pub(super) fn wall(seconds: f64) -> Self {
        Self { wall: Some(seconds), ..Self::default() }
    }
}

/// Returns the lines as a Markdown table.
pub(super) fn markdown(rows: &[Row]) -> String {
    let mut text = "| scenario | peer | ours CPU | peer CPU | ratio | wanted | ours wall | peer wall | ours memory | peer memory |\n\
                    |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for row in rows {
        let (ours, peer) = (&row.ours, &row.peer);
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            row.what,
            row.peer_name,
            seconds(ours.cpu),
            seconds(peer.cpu),
            row.ratio().map_or_else(dash, |ratio| format!("{ratio:.3}")),
            row.wanted,
            seconds(ours.wall),
            seconds(peer.wall),
            mebibytes(ours.mib),
            mebibytes(peer.mib),
        ));
    }
    text
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        match self.by {
            By::Cpu => Some(self.ours.cpu? / self.peer.cpu?),
            By::Wall => Some(self.ours.wall? / self.peer.wall?),
        }
    }
}

fn seconds(value: Option<f64>) -> String {
    match value {
        None => dash(),
        Some(seconds) if seconds < 0.1 => format!("{:.1} ms", seconds * 1000.0),
        Some(seconds) => format!("{seconds:.2} s"),
    }
}

fn mebibytes(value: Option<u64>) -> String {
    value.map_or_else(dash, |mib| format!("{mib} MiB"))
}

fn dash() -> String {
    "–".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_what_both_sides_have() {
        let both = Figures { cpu: Some(3.0), wall: Some(1.0), mib: Some(5) };
        let row = |by, peer| Row { ours: both, peer, by, ..Row::default() };
        assert_eq!(row(By::Wall, Figures::wall(0.25)).ratio(), Some(4.0));
        assert_eq!(row(By::Cpu, Figures::wall(0.25)).ratio(), None);
        let text = markdown(&[row(By::Wall, Figures::wall(0.05))]);
        assert!(text.ends_with("| 3.00 s | – | 20.000 |  | 1.00 s | 50.0 ms | 5 MiB | – |\n"), "{text}");
    }
}
