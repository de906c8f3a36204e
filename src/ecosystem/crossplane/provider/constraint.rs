//! SemVer constraints, as Crossplane reads them (`Masterminds/semver` v3).

use crate::ident::Version;

/// A constraint: alternatives of comparisons that all hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Constraint(Vec<Vec<Comparison>>);

/// A half-open range, whose ends may be included.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Comparison {
    operator: Operator,
    /// Major, minor, patch and prerelease; what is not written is a wildcard.
    parts: [Option<u64>; 3],
    prerelease: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Tilde,
    Caret,
}

/// Lists the operators, longer ones before those they start with.
const OPERATORS: &[(&str, Operator)] = &[
    ("=>", Operator::GreaterEqual),
    (">=", Operator::GreaterEqual),
    ("=<", Operator::LessEqual),
    ("<=", Operator::LessEqual),
    ("!=", Operator::NotEqual),
    ("~>", Operator::Tilde),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
];

/// Longest constraint, in bytes.
const MOST_BYTES: usize = 500;

impl Constraint {
    /// Returns the constraint that a text writes.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MOST_BYTES {
            return None;
        }
        text.split("||").map(alternative).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Tells whether the constraint holds for a release, such as `2.0.0`.
    pub(in super::super) fn admits(&self, version: [u64; 3]) -> bool {
        self.0.iter().any(|all| all.iter().all(|one| one.admits(version)))
    }
}

/// Reads comparisons that all hold, with commas or spaces between them.
fn alternative(text: &str) -> Option<Vec<Comparison>> {
    let text = text.trim();
    if let Some((from, to)) = text.split_once(" - ") {
        let bound = |text: &str, operator| Some(Comparison { operator, ..comparison(text)? });
        return Some(vec![bound(from, Operator::GreaterEqual)?, bound(to, Operator::LessEqual)?]);
    }
    let mut rest = text;
    let mut all = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if rest.is_empty() {
            break;
        }
        // An operator may stand apart from its version.
        let operator = rest.find(|c: char| !"=<>!~^".contains(c)).unwrap_or(rest.len());
        let spaces = rest[operator..].len() - rest[operator..].trim_start().len();
        let start = operator + spaces;
        let end = rest[start..].find([' ', ',']).map_or(rest.len(), |end| start + end);
        all.push(comparison(&rest[..end])?);
        rest = &rest[end..];
    }
    (!all.is_empty()).then_some(all)
}

fn comparison(text: &str) -> Option<Comparison> {
    let text = text.trim();
    let found = OPERATORS.iter().find_map(|(prefix, operator)| Some((text.strip_prefix(prefix)?, *operator)));
    let (version, operator) = found.unwrap_or((text, Operator::Equal));
    let version = version.trim();
    let version = version.strip_prefix('v').unwrap_or(version);
    let (version, _build) = version.split_once('+').unwrap_or((version, ""));
    let (core, prerelease) = match version.split_once('-') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (version, ""),
    };
    let mut parts = [None; 3];
    let written: Vec<&str> = core.split('.').collect();
    if written.len() > 3 {
        return None;
    }
    for (part, text) in parts.iter_mut().zip(&written) {
        *part = match *text {
            "x" | "X" | "*" => None,
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
            _ => return None,
        };
    }
    if !prerelease.is_empty() && Version::parse(&format!("0.0.0-{prerelease}")).is_err() {
        return None;
    }
    Some(Comparison { operator, parts, prerelease: prerelease.to_owned() })
}

impl Comparison {
    /// Returns the lowest version that is meant.
    fn floor(&self) -> [u64; 3] {
        self.parts.map(Option::unwrap_or_default)
    }

    /// Returns the lowest version above all that are meant, when the last `kept` written parts stay.
    fn ceiling(&self, kept: usize) -> [u64; 3] {
        let mut parts = self.floor();
        if kept == 0 {
            return [u64::MAX; 3];
        }
        parts[kept - 1] = parts[kept - 1].saturating_add(1);
        parts[kept..].fill(0);
        parts
    }

    fn written(&self) -> usize {
        self.parts.iter().take_while(|part| part.is_some()).count()
    }

    fn admits(&self, version: [u64; 3]) -> bool {
        let (floor, written) = (self.floor(), self.written());
        // A release is above the prereleases of its own version.
        let is_below = version < floor;
        let is_meant = !is_below && version < self.ceiling(written);
        let is_same = is_meant && (self.prerelease.is_empty() || written < 3);
        match self.operator {
            Operator::Equal => is_same,
            Operator::NotEqual => !is_same,
            Operator::GreaterEqual => !is_below,
            Operator::Greater if self.prerelease.is_empty() => !is_below && !is_meant,
            Operator::Greater => !is_below,
            Operator::Less => is_below,
            Operator::LessEqual if self.prerelease.is_empty() => is_below || is_meant,
            Operator::LessEqual => is_below,
            Operator::Tilde => !is_below && version < self.ceiling(written.min(2)),
            Operator::Caret => {
                let first = floor[..written].iter().position(|part| *part > 0).map_or(written, |at| at + 1);
                !is_below && version < self.ceiling(first)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_admit_what_they_say() {
        for (text, admitted, refused) in [
            (">=v1.14.0-0, <v2.0.0-0", [1, 14, 0], [2, 0, 0]),
            (">= 1.14.0 < 2.0.0", [1, 20, 3], [2, 0, 0]),
            ("^1.14.0", [1, 99, 0], [2, 0, 0]),
            ("^0.2.3", [0, 2, 9], [0, 3, 0]),
            ("~1.14.2", [1, 14, 9], [1, 15, 0]),
            ("1.14.x", [1, 14, 9], [1, 15, 0]),
            ("v1.14.1", [1, 14, 1], [1, 14, 2]),
            ("1.2 - 1.4", [1, 4, 9], [1, 5, 0]),
            ("<1.0.0 || >=2.0.0", [2, 0, 0], [1, 5, 0]),
            ("!=2.0.0", [1, 0, 0], [2, 0, 0]),
            (">1.14", [1, 15, 0], [1, 14, 9]),
        ] {
            let constraint = Constraint::parse(text).expect(text);
            assert!(constraint.admits(admitted), "{text} {admitted:?}");
            assert!(!constraint.admits(refused), "{text} {refused:?}");
        }
        assert!(Constraint::parse("*").is_some_and(|all| all.admits([2, 0, 0])));
    }

    #[test]
    fn what_is_no_constraint_is_none() {
        for text in ["", "latest", ">=1.2.3.4", ">=v1.14.0-", "1.2.3 or 2", "=>", "sha256:abc"] {
            assert_eq!(Constraint::parse(text), None, "{text}");
        }
    }
}
