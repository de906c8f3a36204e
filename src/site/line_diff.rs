//! Which lines changed. The only module that names imara-diff.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// Lines that were replaced by others; either side may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Which lines they were, counted from 0.
    pub(super) before: Range<usize>,
    /// Which lines they are.
    pub(super) after: Range<usize>,
}

/// Compares lists of lines.
pub(super) fn changes<'t>(before: impl Iterator<Item = &'t str>, after: impl Iterator<Item = &'t str>) -> Vec<Change> {
    let mut input = InternedInput::default();
    input.update_before(before);
    input.update_after(after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Change { before: range(hunk.before), after: range(hunk.after) }).collect()
}

/// Joins changes that have at most so many equal lines between them.
pub(super) fn grouped(changes: Vec<Change>, between: usize) -> Vec<Vec<Change>> {
    let mut groups: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| change.after.start - last.after.end <= between) => {
                group.push(change);
            }
            _ => groups.push(vec![change]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(before: &str, after: &str) -> Vec<Change> {
        changes(before.split_terminator(' '), after.split_terminator(' '))
    }

    #[test]
    fn lines_that_changed_are_found() {
        assert_eq!(of("a b c", "a b c"), []);
        assert_eq!(
            of("a b c", "a x c d"),
            [Change { before: 1..2, after: 1..2 }, Change { before: 3..3, after: 3..4 }]
        );
        assert_eq!(of("", "a"), [Change { before: 0..0, after: 0..1 }]);
        let groups = grouped(of("a b c d e f", "x b c d e y"), 3);
        assert_eq!(groups.len(), 2);
        assert_eq!(grouped(of("a b c d e f", "x b c d e y"), 4).len(), 1);
    }

    /// Ensures that lines which repeat and differ in every way cost no more than a moment.
    #[test]
    fn hostile_lines_cost_little() {
        let line = |seed: usize, n: usize| ["a", "b", "c", "d"][(n * n + seed * n / 7 + seed) % 4];
        let started = std::time::Instant::now();
        for seed in 0..4 {
            let before: Vec<&str> = (0..5_000).map(|n| line(seed, n)).collect();
            let after: Vec<&str> = (0..5_000).map(|n| line(seed + 5, n)).collect();
            assert!(!changes(before.into_iter(), after.into_iter()).is_empty());
        }
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }
}
