//! What is said of the pack itself: words, requirements, dependencies, provisions, settings and environment.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

use super::components::matched;
use super::fields::{self, About};
use super::{Change, Compatibility, Impact, Part, What};
use crate::pack::{Dependency, Pack, Provision, Requirement};

/// Compares everything of two releases but components and files.
pub(super) fn compare(from: &Pack, to: &Pack, rules: &Compatibility, changes: &mut Vec<Change>) {
    words(from, to, changes);
    for pair in matched(&from.requirements, &to.requirements, |one| one.name.as_str()) {
        requirement(pair, changes);
    }
    let name = |one: &Dependency| (one.kind.clone(), one.name.clone());
    for (from, to) in matched(&from.dependencies, &to.dependencies, name) {
        dependency(from, to, changes);
    }
    provisions(from, to, rules, changes);
    let about = About { component: None, rules };
    fields::tables(&from.configuration, &to.configuration, about, changes);
    fields::tables(&from.environment, &to.environment, about, changes);
}

fn push(
    changes: &mut Vec<Change>,
    part: Part,
    what: What,
    texts: (Option<String>, Option<String>),
    means: (Impact, &'static str),
) {
    let ((from, to), (impact, reason)) = (texts, means);
    changes.push(Change { component: None, part, what, from, to, impact, reason });
}

/// Compares what is said in words.
fn words(from: &Pack, to: &Pack, changes: &mut Vec<Change>) {
    let some = |text: &str| Some(text.to_owned());
    let list = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
    let describes = (Impact::Fix, "It only describes.");
    let mut add = |is_other: bool, what, texts, means| {
        if is_other {
            push(changes, Part::Whole, what, texts, means);
        }
    };
    add(from.title != to.title, What::Title, (some(&from.title), some(&to.title)), describes);
    add(from.description != to.description, What::Description, (None, None), describes);
    let license = (Impact::Fix, "It changes nothing that the pack does; read it before you upgrade.");
    add(from.license != to.license, What::License, (from.license.clone(), to.license.clone()), license);
    add(from.authors != to.authors, What::Authors, (list(&from.authors), list(&to.authors)), describes);
    add(from.keywords != to.keywords, What::Keywords, (list(&from.keywords), list(&to.keywords)), describes);
    add(from.homepage != to.homepage, What::Homepage, (from.homepage.clone(), to.homepage.clone()), describes);
}

fn requirement((from, to): (Option<&Requirement>, Option<&Requirement>), changes: &mut Vec<Change>) {
    let Some(known) = to.or(from) else { return };
    let range = |one: Option<&Requirement>| one.and_then(|one| one.range.clone());
    let texts = (range(from), range(to));
    let excludes = (Impact::Breaking, "Where it was installed until now, it may not be installable any more.");
    let (what, means) = match (from, to) {
        (None, _) => (What::Added, excludes),
        (_, None) => (What::Removed, (Impact::Feature, "It can be installed in more places.")),
        (Some(from), Some(to)) if from == to => return,
        _ if admits(texts.0.as_deref(), texts.1.as_deref()) => {
            (What::Range, (Impact::Feature, "It can be installed in more places."))
        }
        _ => (What::Range, excludes),
    };
    push(changes, Part::Requirement(known.name.clone()), what, texts, means);
}

fn dependency(from: Option<&Dependency>, to: Option<&Dependency>, changes: &mut Vec<Change>) {
    let Some(known) = to.or(from) else { return };
    let range = |one: Option<&Dependency>| one.and_then(|one| one.range.clone());
    let (what, means) = match (from, to) {
        (None, _) => (What::Added, (Impact::Feature, "It has to be there as well.")),
        (_, None) => (What::Removed, (Impact::Fix, "It need not be there any more.")),
        (Some(from), Some(to)) if from == to => return,
        _ => (What::Range, (Impact::Fix, "Other versions of it are installed.")),
    };
    let part = Part::Dependency { kind: known.kind.clone(), name: known.name.clone() };
    push(changes, part, what, (range(from), range(to)), means);
}

/// Compares what others may ask for. What has a component of the same name is told by the component.
fn provisions(from: &Pack, to: &Pack, rules: &Compatibility, changes: &mut Vec<Change>) {
    fn components(pack: &Pack) -> HashSet<&str> {
        pack.components.iter().flat_map(|one| [one.name.as_str(), one.reference.as_str()]).collect()
    }
    let (named_before, named_after) = (components(from), components(to));
    for (old, new) in matched(&from.provides, &to.provides, |one| (one.kind, one.name.as_str())) {
        let Some(known) = new.or(old) else { continue };
        let part = || Part::Provision { kind: known.kind, name: known.name.clone() };
        match (old, new) {
            (None, Some(new)) if !named_after.contains(new.name.as_str()) => {
                push(changes, part(), What::Added, (None, None), (Impact::Feature, "There is more to use."));
            }
            (Some(old), None) if !named_before.contains(old.name.as_str()) => {
                let means = (Impact::Breaking, "Whoever asks for it finds nothing.");
                push(changes, part(), What::Removed, (None, None), means);
            }
            (Some(old), Some(new)) if old.value != new.value => {
                let promised = |one: &Provision| -> BTreeSet<String> { (rules.promises)(one).into_iter().collect() };
                let (old, new) = (promised(old), promised(new));
                for gone in old.difference(&new) {
                    let means = (Impact::Breaking, "Whoever relies on it finds nothing.");
                    push(changes, part(), What::PromiseRemoved, (Some(gone.clone()), None), means);
                }
                for more in new.difference(&old) {
                    let means = (Impact::Feature, "There is more to use.");
                    push(changes, part(), What::PromiseAdded, (None, Some(more.clone())), means);
                }
            }
            _ => {}
        }
    }
}

/// Tells whether a range certainly admits all that another one did: each of its bounds is implied by one of the other's.
fn admits(from: Option<&str>, to: Option<&str>) -> bool {
    let Some(to) = to else { return true };
    let Some(from) = from else { return false };
    let from: Vec<Bound<'_>> = bounds(from);
    bounds(to).iter().all(|new| from.iter().any(|old| old.implies(new)))
}

/// A bound of a range: an operator and what stands behind it.
struct Bound<'a>(&'a str, &'a str);

/// Most bounds of a range that are compared.
const MOST_BOUNDS: usize = 16;

fn bounds(range: &str) -> Vec<Bound<'_>> {
    let parts = range.split(',').map(str::trim).filter(|part| !part.is_empty()).take(MOST_BOUNDS);
    let operator = |part: &str| part.len() - part.trim_start_matches(['>', '<', '=', '~', '^', '!']).len();
    parts.map(|part| part.split_at(operator(part))).map(|(operator, rest)| Bound(operator, rest.trim())).collect()
}

impl Bound<'_> {
    fn implies(&self, other: &Bound<'_>) -> bool {
        if (self.0, self.1) == (other.0, other.1) {
            return true;
        }
        let order = || Some(compare_numbers(&numbers(self.1)?, &numbers(other.1)?));
        match (self.0, other.0) {
            (">=" | ">", ">=") => order().is_some_and(Ordering::is_ge),
            ("<=" | "<", "<=") => order().is_some_and(Ordering::is_le),
            (">", ">") => order().is_some_and(Ordering::is_ge),
            ("<", "<") => order().is_some_and(Ordering::is_le),
            _ => false,
        }
    }
}

/// Returns the numbers of a plain version; nothing when it is anything else.
fn numbers(text: &str) -> Option<Vec<u64>> {
    text.trim_start_matches('v').split('.').map(|part| part.parse().ok()).collect()
}

fn compare_numbers(a: &[u64], b: &[u64]) -> Ordering {
    let longest = a.len().max(b.len());
    let padded = |numbers: &[u64]| (0..longest).map(|at| numbers.get(at).copied().unwrap_or(0)).collect::<Vec<_>>();
    padded(a).cmp(&padded(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_wider_only_when_that_is_certain() {
        for (from, to, expected) in [
            (">=3.6.0", ">=3.5.0", true),
            (">=3.6.0", ">=3.10.0", false),
            (">=3.6.0,<4", ">=3.6.0", true),
            (">=3.6.0", ">=3.6.0, <4", false),
            (">=3.6.0,<4", ">= 3.6.0, < 5.0.0", true),
            (">3", ">=3", true),
            (">=3", ">3", false),
            ("^1.2", "^1.1", false),
            ("3.10", "3.10", true),
        ] {
            assert_eq!(admits(Some(from), Some(to)), expected, "{from} → {to}");
        }
        assert!(admits(Some(">=1"), None) && !admits(None, Some(">=1")));
    }
}
