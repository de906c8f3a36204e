//! What a field accepts: whether everything that was accepted still is.
//!
//! Types and constraints are compared in the words that [`Field`](crate::pack::Field) has them in: what these words cannot tell
//! counts as narrower, because nobody can rely on it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// How what is accepted has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// All that was accepted still is.
    Wider,
    /// Something that was accepted may not be any more.
    Narrower,
    /// The same is accepted, and something else is said about it.
    Wording,
}

/// Tells how another type changes what is accepted.
pub(super) fn of_types(from: &str, to: &str) -> Change {
    if from.split(" or ").all(|from| accepts(to, from)) { Change::Wider } else { Change::Narrower }
}

/// Tells whether a type, or one of several, accepts whatever another one does.
fn accepts(types: &str, value: &str) -> bool {
    if is_any(types) {
        return true;
    }
    if is_any(value) {
        return false;
    }
    types.split(" or ").any(|one| {
        let inner = |prefix: &str| Some((one.strip_prefix(prefix)?, value.strip_prefix(prefix)?));
        let in_list = inner("array of ").or_else(|| inner("map of "));
        one == value
            || (one == "number" && value == "integer")
            || (one == "array" && value.starts_with("array of "))
            || (one == "object" && value.starts_with("map of "))
            || in_list
                .is_some_and(|(one, value)| is_any(one) || one == value || (one == "number" && value == "integer"))
    })
}

fn is_any(name: &str) -> bool {
    matches!(name, "" | "any" | "anything")
}

/// Returns the constraints that changed, each as it was and as it is, and what that changes.
pub(super) fn of_constraints(from: &[String], to: &[String]) -> Vec<(Option<String>, Option<String>, Change)> {
    let (from, to) = (constraints(from), constraints(to));
    let mut keys: Vec<&Key<'_>> = from.keys().chain(to.keys()).collect();
    keys.sort();
    keys.dedup();
    let changed = keys.into_iter().filter_map(|key| {
        let (from, to) = (from.get(key), to.get(key));
        let change = match (from, to) {
            (Some(from), Some(to)) => compared(key, from, to)?,
            _ if key.kind == Kind::Words => Change::Wording,
            (None, _) => Change::Narrower,
            (_, None) => Change::Wider,
        };
        let text = |one: Option<&Constraint<'_>>| one.map(|one| one.text.to_owned());
        Some((text(from), text(to), change))
    });
    changed.collect()
}

/// What a constraint is about; two constraints of one key can be compared.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    kind: Kind,
    /// Such as `length` or `characters`; all of a constraint that either holds or does not.
    subject: Vec<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Lower,
    Upper,
    /// One that either stays or is another: a pattern, a format, a divisor.
    Single,
    /// One that either holds or does not.
    Flag,
    /// What constrains nothing.
    Words,
}

struct Constraint<'a> {
    text: &'a str,
    /// The bound, and whether it is itself left out.
    bound: (f64, bool),
}

/// Tells what it means that a constraint has another text; nothing when it means nothing.
fn compared(key: &Key<'_>, from: &Constraint<'_>, to: &Constraint<'_>) -> Option<Change> {
    let (before, after) = (from.bound, to.bound);
    let order = after.0.partial_cmp(&before.0).unwrap_or(Ordering::Equal);
    match key.kind {
        Kind::Lower => match order.then(after.1.cmp(&before.1)) {
            Ordering::Greater => Some(Change::Narrower),
            Ordering::Less => Some(Change::Wider),
            Ordering::Equal => None,
        },
        Kind::Upper => match order.then(before.1.cmp(&after.1)) {
            Ordering::Less => Some(Change::Narrower),
            Ordering::Greater => Some(Change::Wider),
            Ordering::Equal => None,
        },
        Kind::Single if from.text == to.text => None,
        Kind::Single => Some(Change::Narrower),
        Kind::Words if from.text == to.text => None,
        Kind::Words => Some(Change::Wording),
        Kind::Flag => None,
    }
}

fn constraints(texts: &[String]) -> BTreeMap<Key<'_>, Constraint<'_>> {
    texts.iter().map(|text| constraint(text)).collect()
}

fn constraint(text: &str) -> (Key<'_>, Constraint<'_>) {
    const SINGLE: &[&str] = &["matches ", "format ", "a multiple of "];
    const WORDS: &[&str] = &["for example ", "has a default"];
    let plain =
        |kind, subject: &'static str| (Key { kind, subject: vec![subject] }, Constraint { text, bound: (0.0, false) });
    if let Some(prefix) = SINGLE.iter().find(|prefix| text.starts_with(**prefix)) {
        return plain(Kind::Single, prefix);
    }
    if let Some(prefix) = WORDS.iter().find(|prefix| text.starts_with(**prefix)) {
        return plain(Kind::Words, prefix);
    }
    bound(text)
        .unwrap_or_else(|| (Key { kind: Kind::Flag, subject: vec![text] }, Constraint { text, bound: (0.0, false) }))
}

/// Reads a bound, with the words about what it bounds before or behind it: `at least 2 characters`, `length at least 2`.
fn bound(text: &str) -> Option<(Key<'_>, Constraint<'_>)> {
    const BOUNDS: &[(&str, &str, Kind, bool)] = &[
        ("at", "least", Kind::Lower, false),
        ("more", "than", Kind::Lower, true),
        ("at", "most", Kind::Upper, false),
        ("less", "than", Kind::Upper, true),
    ];
    let words: Vec<&str> = text.split(' ').collect();
    // What bounds anything is short; a rule of the author's may be long and hold the same words.
    let at = (words.len() <= 5).then(|| words.windows(3)).into_iter().flatten().enumerate();
    let (at, kind, is_left_out, value) = at.into_iter().find_map(|(at, three)| {
        let (_, _, kind, is_left_out) = BOUNDS.iter().find(|(a, b, ..)| three[0] == *a && three[1] == *b)?;
        let value = three[2].parse::<f64>().ok().filter(|value| !value.is_nan())?;
        Some((at, *kind, *is_left_out, value))
    })?;
    let subject = words[..at].iter().chain(&words[at + 3..]).copied().collect();
    Some((Key { kind, subject }, Constraint { text, bound: (value, is_left_out) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_accepts_more_is_wider() {
        for (from, to, change) in [
            ("string", "string or null", Change::Wider),
            ("integer", "number", Change::Wider),
            ("string", "", Change::Wider),
            ("array of integer", "array", Change::Wider),
            ("array of integer", "array of number", Change::Wider),
            ("map of string", "object", Change::Wider),
            ("integer or string", "string or integer", Change::Wider),
            ("", "string", Change::Narrower),
            ("string or null", "string", Change::Narrower),
            ("number", "integer", Change::Narrower),
            ("array", "array of string", Change::Narrower),
            ("string", "integer", Change::Narrower),
        ] {
            assert_eq!(of_types(from, to), change, "{from} → {to}");
        }
    }

    /// All the words that ecosystems write constraints in.
    #[test]
    fn bounds_are_compared_as_numbers_and_the_rest_as_text() {
        for (from, to, change) in [
            ("at least 1", "at least 2", Some(Change::Narrower)),
            ("at least 10", "at least 9", Some(Change::Wider)),
            ("at least 1", "more than 1", Some(Change::Narrower)),
            ("more than 1", "at least 1.0", Some(Change::Wider)),
            ("at least 1", "at least 1.0", None),
            ("at most 5", "at most 4 characters", Some(Change::Narrower)),
            ("at most 5 characters", "at most 6 characters", Some(Change::Wider)),
            ("at most 5", "less than 5", Some(Change::Narrower)),
            ("length at least 2", "length at least 3", Some(Change::Narrower)),
            ("items at most 2", "items at most 3", Some(Change::Wider)),
            ("matches ^a", "matches ^b", Some(Change::Narrower)),
            ("matches ^a", "", Some(Change::Wider)),
            ("", "matches ^a", Some(Change::Narrower)),
            ("", "no item twice", Some(Change::Narrower)),
            ("rule: be at least 2 or none at all", "", Some(Change::Wider)),
            ("format email", "format uri", Some(Change::Narrower)),
            ("for example 1", "for example 2", Some(Change::Wording)),
            ("has a default", "", Some(Change::Wording)),
        ] {
            let list = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
            let found: Vec<Change> = of_constraints(&list(from), &list(to)).iter().map(|change| change.2).collect();
            let expected: Vec<Change> = match from.split_once(' ') {
                // A bound of something else: one goes, one comes.
                Some(_) if to == "at most 4 characters" => vec![Change::Wider, Change::Narrower],
                _ => change.into_iter().collect(),
            };
            assert_eq!(found, expected, "{from} → {to}");
        }
    }
}
