//! Patterns as Kubernetes reads them: Go's RE2 syntax, unanchored, in linear time.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

/// Largest compiled pattern, in bytes: a pattern of a hostile schema costs no more.
const MOST_BYTES: usize = 256 << 10;

/// Most repetitions that Go's parser takes (`regexp/syntax`).
const MOST_REPETITIONS: u32 = 1000;

/// Most patterns that are compiled for one schema or one claim; known definitions have a few dozen.
pub(in super::super) const MOST_PATTERNS: usize = 500;

/// Compiled patterns, each once, and no more than [`MOST_PATTERNS`].
#[derive(Debug, Default)]
pub(in super::super) struct Patterns(HashMap<String, Option<Regex>>);

impl Patterns {
    /// Tells whether there were more patterns than are compiled.
    pub(in super::super) fn are_too_many(&self) -> bool {
        self.0.len() >= MOST_PATTERNS
    }

    /// Tells whether a text has a match; nothing when the pattern is none, or one too many.
    pub(in super::super) fn matches(&mut self, pattern: &str, text: &str) -> Option<bool> {
        if !self.0.contains_key(pattern) {
            if self.are_too_many() {
                return None;
            }
            self.0.insert(pattern.to_owned(), compile(pattern).ok());
        }
        self.0[pattern].as_ref().map(|regex| regex.is_match(text))
    }
}

/// Returns what makes a text no pattern.
pub(in super::super) fn fault(pattern: &str) -> Option<String> {
    compile(pattern).err()
}

fn compile(pattern: &str) -> Result<Regex, String> {
    if has_large_repetition(pattern) {
        return Err(format!("it repeats something more than {MOST_REPETITIONS} times"));
    }
    RegexBuilder::new(pattern).size_limit(MOST_BYTES).dfa_size_limit(MOST_BYTES).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The message has the pattern and a pointer into it on lines of their own; the last line says why.
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim().trim_start_matches("error: ").to_owned()
        }
    })
}

/// Tells whether a pattern says `{n}` with a number that Go refuses.
fn has_large_repetition(pattern: &str) -> bool {
    pattern.split('{').skip(1).any(|rest| {
        let inside = rest.split('}').next().unwrap_or_default();
        let numbers = inside.split(',').map(str::trim);
        inside.bytes().all(|b| b.is_ascii_digit() || b == b',')
            && numbers
                .filter(|number| !number.is_empty())
                .any(|number| number.parse::<u32>().map_or(true, |number| number > MOST_REPETITIONS))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_unanchored_and_linear() {
        let mut patterns = Patterns::default();
        assert_eq!(patterns.matches("b", "abc"), Some(true));
        assert_eq!(patterns.matches("^b", "abc"), Some(false));
        assert_eq!(patterns.matches("(a*)*$", &"a".repeat(10_000)), Some(true));
    }

    #[test]
    fn what_re2_refuses_is_told() {
        for pattern in ["(?=a)", "(a)\\1", "[", "a{1001}", "((a{900}){900}){900}"] {
            assert!(fault(pattern).is_some(), "{pattern}");
        }
        assert_eq!(fault("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"), None);
    }
}
