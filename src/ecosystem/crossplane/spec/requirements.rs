//! `requirements.md`: numbered requirements with numbered criteria.

use std::collections::BTreeMap;

/// What a feature has to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Requirements {
    /// The heading of the document.
    pub title: Option<String>,
    /// The first paragraph.
    pub introduction: String,
    /// The requirements by number, in the order of the file.
    pub requirements: Vec<Requirement>,
}

/// One requirement.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Requirement {
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Who wants it, and why.
    pub story: String,
    /// Its criteria by number.
    pub criteria: BTreeMap<u32, Criterion>,
    /// Whether it says that it was removed.
    pub is_removed: bool,
}

/// One acceptance criterion.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Criterion {
    /// Its text.
    pub text: String,
    /// Whether it says that it was removed.
    pub is_removed: bool,
}

/// Most requirements, and most criteria of one, that are read.
const MOST: usize = 1000;

/// Reads the text of the file.
pub(super) fn read(text: &str) -> Requirements {
    let mut document = Requirements::default();
    let (mut in_criteria, mut in_introduction, mut is_code) = (false, false, false);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        if let Some((level, heading)) = heading(trimmed) {
            in_introduction = level == 2 && heading.to_lowercase().contains("introduction");
            in_criteria = heading.to_lowercase().contains("criteria");
            if level == 1 && document.title.is_none() {
                document.title = Some(heading.to_owned());
            }
            if let Some((number, title)) = numbered(heading).filter(|_| document.requirements.len() < MOST) {
                let is_removed = is_removed(heading);
                let title = title.trim_matches(['~', ' ']).to_owned();
                document.requirements.push(Requirement { number, title, is_removed, ..Requirement::default() });
            }
            continue;
        }
        if in_introduction && document.introduction.is_empty() {
            trimmed.clone_into(&mut document.introduction);
        }
        let Some(requirement) = document.requirements.last_mut() else { continue };
        if let Some(story) = trimmed.strip_prefix("**User Story:**").or_else(|| trimmed.strip_prefix("User Story:")) {
            story.trim().clone_into(&mut requirement.story);
        } else if let Some((number, text)) = item(trimmed).filter(|_| in_criteria && !line.starts_with(['\t', ' '])) {
            let criterion = Criterion { text: text.trim_matches('~').to_owned(), is_removed: is_removed(text) };
            if requirement.criteria.len() < MOST {
                requirement.criteria.entry(number).or_insert(criterion);
            }
        }
    }
    document
}

/// Returns the level and text of a heading.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|&byte| byte == b'#').count();
    let text = line.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, text.trim().trim_end_matches('#').trim()))
}

/// Returns the number and title of `Requirement 3: Title`.
fn numbered(heading: &str) -> Option<(u32, &str)> {
    let rest = heading.trim_start_matches(['~', '*']).strip_prefix("Requirement")?.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let title = rest[digits..].trim_start_matches([':', '.', '-', ' ', '–', '—']);
    Some((rest[..digits].parse().ok()?, title))
}

/// Returns the number and text of `3. text` or `3) text`.
fn item(line: &str) -> Option<(u32, &str)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let text = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))?;
    Some((line[..digits].parse().ok()?, text.trim()))
}

/// Tells whether a text says of itself that it was removed.
fn is_removed(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_struck = text.trim().strip_prefix("~~").is_some_and(|rest| rest.contains("~~"));
    is_struck
        || ["(removed", "[removed", "(deprecated)", "(obsolete)"].iter().any(|word| lower.contains(word))
        || lower.trim_start_matches(['*', '_']).starts_with("removed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_have_stories_and_criteria() {
        let text = "# Requirements Document: Queue\n\n## Introduction\n\nMoves jobs.\nMore.\n\n## Requirements\n\n\
                    ### Requirement 1: Fast\n\n**User Story:** As a user, I want speed.\n\n#### Acceptance Criteria\n\n\
                    1. WHEN asked, THE queue SHALL answer\n2. ~~THE queue SHALL sing~~\n   1. nested\n\n\
                    ### Requirement 2: (REMOVED) Slow\n\n```\n### Requirement 9: no\n```\n";
        let read = read(text);
        assert_eq!((read.title.as_deref(), &*read.introduction), (Some("Requirements Document: Queue"), "Moves jobs."));
        let numbers: Vec<(u32, bool)> = read.requirements.iter().map(|one| (one.number, one.is_removed)).collect();
        assert_eq!(numbers, [(1, false), (2, true)]);
        let first = &read.requirements[0];
        assert_eq!((&*first.title, &*first.story), ("Fast", "As a user, I want speed."));
        let criteria: Vec<(u32, bool)> = first.criteria.iter().map(|(number, one)| (*number, one.is_removed)).collect();
        assert_eq!(criteria, [(1, false), (2, true)]);
    }
}
