//! `tasks.md`: tasks with check boxes, and the requirements that they cite.

use crate::diag::Span;

/// What is to be done, and why.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tasks {
    /// The tasks, in the order of the file.
    pub tasks: Vec<Task>,
}

/// One task.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Task {
    /// Its number, such as `2.1`; empty when it has none.
    pub number: String,
    /// What is to be done.
    pub title: String,
    /// Whether it is done.
    pub is_done: bool,
    /// Whether it may be left out.
    pub is_optional: bool,
    /// What it cites.
    pub cites: Vec<Citation>,
}

/// A requirement, or one criterion of it, as a task cites it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Citation {
    /// The number of the requirement.
    pub requirement: u32,
    /// The number of the criterion; nothing for all of them.
    pub criterion: Option<u32>,
    /// Where it stands.
    pub span: Span,
}

/// Most tasks that are read.
const MOST: usize = 2000;

/// Most citations of a file that are read.
const MOST_CITATIONS: usize = 20_000;

/// Longest line in which citations are looked for, in bytes.
const LONGEST_LINE: usize = 4000;

/// Most criteria that a range such as `1.1-1.9` stands for.
const MOST_IN_RANGE: u32 = 50;

/// Reads the text of the file.
pub(super) fn read(text: &str) -> Tasks {
    let (mut tasks, mut is_code, mut cited) = (Tasks::default(), false, 0);
    for (line, number) in text.lines().zip(1..) {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        if let Some(task) = task(trimmed).filter(|_| tasks.tasks.len() < MOST) {
            tasks.tasks.push(task);
        }
        if let Some(task) = tasks.tasks.last_mut().filter(|_| cited < MOST_CITATIONS && line.len() <= LONGEST_LINE) {
            let before = task.cites.len();
            task.cites.extend(citations(line, number));
            cited += task.cites.len() - before;
        }
    }
    tasks
}

/// Returns the task of `- [x]* 2.1 Title`.
fn task(line: &str) -> Option<Task> {
    let rest = line.strip_prefix("- [").or_else(|| line.strip_prefix("* ["))?;
    let mark = rest.chars().next()?;
    let rest = rest[mark.len_utf8()..].strip_prefix(']')?;
    let (is_optional, rest) = match rest.strip_prefix('*') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start();
    let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, title) = rest.split_at(digits);
    let number = number.trim_end_matches('.');
    let title = if number.is_empty() { rest } else { title };
    Some(Task {
        number: number.to_owned(),
        title: title.trim().trim_matches('*').trim().to_owned(),
        is_done: matches!(mark, 'x' | 'X'),
        is_optional,
        cites: Vec::new(),
    })
}

/// Returns what a line cites: numbers behind the word `Requirement` or `Requirements`.
fn citations(line: &str, number: u32) -> Vec<Citation> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("Requirement") {
        rest = rest[at + "Requirement".len()..].trim_start_matches('s');
        // `_Requirements: 1.1_` and `**Validates: Requirements 1.1**`.
        let mut list = rest.strip_prefix(':').unwrap_or(rest);
        list = list.trim_start_matches(['*', '_', ' ']);
        while let Some((first, last, behind)) = reference(list) {
            let offset = line.len() - list.len();
            let column = line[..offset].chars().count() as u32 + 1;
            let end_column = column + (list.len() - behind.len()) as u32;
            let span = Span { line: number, column, end_line: number, end_column };
            found.extend(range(first, last).map(|(requirement, criterion)| Citation { requirement, criterion, span }));
            if found.len() >= MOST_CITATIONS {
                return found;
            }
            rest = behind;
            let separated = behind.trim_start();
            let next = separated.strip_prefix([',', ';', '&']).or_else(|| separated.strip_prefix("and "));
            match next {
                Some(next) => list = next.trim_start(),
                None => break,
            }
        }
    }
    found
}

type Numbers = (u32, Option<u32>);

/// Returns the numbers of `3`, `3.1` or `3.1-3.4` at the start of a text, and what stands behind them.
fn reference(text: &str) -> Option<(Numbers, Option<Numbers>, &str)> {
    let (first, behind) = numbers(text)?;
    let joined = behind.strip_prefix(['-', '–', '—']).and_then(numbers);
    match joined {
        Some((last, behind)) => Some((first, Some(last), behind)),
        None => Some((first, None, behind)),
    }
}

fn numbers(text: &str) -> Option<(Numbers, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let end = digits(text);
    let requirement = text[..end].parse().ok()?;
    let rest = &text[end..];
    let Some(behind) = rest.strip_prefix('.') else { return Some(((requirement, None), rest)) };
    let end = digits(behind);
    match behind[..end].parse() {
        Ok(criterion) => Some(((requirement, Some(criterion)), &behind[end..])),
        Err(_) => Some(((requirement, None), rest)),
    }
}

/// Returns what a reference stands for; a range that is none stands for its ends.
fn range(first: Numbers, last: Option<Numbers>) -> impl Iterator<Item = Numbers> {
    let between = match (first, last) {
        ((a, Some(from)), Some((b, Some(to)))) if a == b && from < to && to - from <= MOST_IN_RANGE => from + 1..to,
        _ => 0..0,
    };
    std::iter::once(first).chain(between.map(move |criterion| (first.0, Some(criterion)))).chain(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited(text: &str) -> Vec<(u32, Option<u32>)> {
        citations(text, 1).into_iter().map(|citation| (citation.requirement, citation.criterion)).collect()
    }

    #[test]
    fn tasks_have_numbers_and_marks() {
        let text = "- [x] 1. Set up\n  - a step\n- [ ] 2. Build\n  - [ ]* 2.1 Test it\n    - _Requirements: 1.1, 2.3_\n- [ ] No number\n";
        let tasks = read(text).tasks;
        let shown: Vec<(&str, &str, bool, bool)> =
            tasks.iter().map(|task| (&*task.number, &*task.title, task.is_done, task.is_optional)).collect();
        assert_eq!(
            shown,
            [
                ("1", "Set up", true, false),
                ("2", "Build", false, false),
                ("2.1", "Test it", false, true),
                ("", "No number", false, false)
            ]
        );
        let cites: Vec<(u32, Option<u32>)> =
            tasks[2].cites.iter().map(|one| (one.requirement, one.criterion)).collect();
        assert_eq!(cites, [(1, Some(1)), (2, Some(3))]);
        assert_eq!((tasks[2].cites[1].span.column, tasks[2].cites[1].span.end_column), (27, 30));
    }

    #[test]
    fn citations_are_numbers_behind_the_word() {
        assert_eq!(
            cited("  - _Requirements: 1.1, 2, 3.1-3.3_"),
            [(1, Some(1)), (2, None), (3, Some(1)), (3, Some(2)), (3, Some(3))]
        );
        assert_eq!(cited("**Validates: Requirements 4.1 and 5.2**"), [(4, Some(1)), (5, Some(2))]);
        assert_eq!(cited("at load time (Requirement 15)."), [(15, None)]);
        assert_eq!(cited("_Requirements: All_, 3 files, 1.2"), []);
        assert_eq!(cited("Requirement 1.1-99999.99999999999 Requirement"), [(1, Some(1)), (99999, None)]);
    }
}
