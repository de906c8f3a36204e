//! Components: matched by kind and name, and renamed only where that is certain.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use super::fields::{self, About};
use super::{Change, Compatibility, ComponentName, FileChanges, Impact, Part, Side, What};
use crate::content::Listing;
use crate::ident::{Digest, RelPath};
use crate::pack::{Component, Fact, FieldTable};

/// Why nothing about an illustrative component matters.
const ILLUSTRATES: &str = "It shows or tests the rest: nobody depends on it.";

/// Returns everything that both have, and what only one has, by keys; where one key stands several times, the first belongs to
/// the first. What is new or in both comes in the order of `to`, then what is gone.
pub(super) fn matched<'t, T, K: Hash + Eq>(
    from: &'t [T],
    to: &'t [T],
    key: impl Fn(&'t T) -> K,
) -> Vec<(Option<&'t T>, Option<&'t T>)> {
    // Where each key stands first, and for each place where its key stands next.
    let mut places: HashMap<K, Option<usize>> = HashMap::with_capacity(from.len());
    let mut next: Vec<Option<usize>> = vec![None; from.len()];
    for (at, one) in from.iter().enumerate().rev() {
        next[at] = places.insert(key(one), Some(at)).flatten();
    }
    let mut is_matched = vec![false; from.len()];
    let mut pairs = Vec::with_capacity(to.len());
    for one in to {
        let place = places.get_mut(&key(one));
        let before = place.and_then(|place| std::mem::replace(place, place.and_then(|at| next[at])));
        if let Some(at) = before {
            is_matched[at] = true;
        }
        pairs.push((before.map(|at| &from[at]), Some(one)));
    }
    pairs.extend(from.iter().zip(is_matched).filter(|(_, is_matched)| !is_matched).map(|(one, _)| (Some(one), None)));
    pairs
}

/// Compares the components of two releases.
pub(super) fn compare(
    from: Side<'_>,
    to: Side<'_>,
    files: &FileChanges,
    rules: &Compatibility,
    changes: &mut Vec<Change>,
) {
    let pairs = matched(&from.pack.components, &to.pack.components, |one| (one.kind.key, one.name.as_str()));
    let renamed = Renamed::among(&pairs, from.listing, to.listing);
    for (old, new) in pairs {
        let first = changes.len();
        match (old, new) {
            (Some(old), Some(new)) if Arc::ptr_eq(old, new) => {}
            (Some(old), Some(new)) => both(old, new, files, rules, changes),
            (Some(old), None) => {
                let new_name = renamed.by_old.get(&address(old)).cloned();
                let (what, reason) = match new_name {
                    Some(_) => (What::Renamed, "Whoever uses the old name finds nothing."),
                    None => (What::Removed, "Whoever uses it finds nothing."),
                };
                let texts = (new_name.is_some().then(|| old.name.clone()), new_name);
                changes.push(whole(old, what, texts, Impact::Breaking, reason));
            }
            (None, Some(new)) if renamed.new.contains(&address(new)) => {}
            (None, Some(new)) => {
                changes.push(whole(new, What::Added, (None, None), Impact::Feature, "There is more to use."));
            }
            (None, None) => {}
        }
        if new.or(old).is_some_and(|one| rules.illustrative.contains(&one.kind.key)) {
            for change in &mut changes[first..] {
                (change.impact, change.reason) = (Impact::Fix, ILLUSTRATES);
            }
        }
    }
}

fn address(component: &Arc<Component>) -> usize {
    Arc::as_ptr(component) as usize
}

fn name(component: &Component) -> ComponentName {
    ComponentName { kind: component.kind, name: component.name.clone() }
}

fn whole(
    component: &Component,
    what: What,
    (from, to): (Option<String>, Option<String>),
    impact: Impact,
    reason: &'static str,
) -> Change {
    Change { component: Some(name(component)), part: Part::Whole, what, from, to, impact, reason }
}

/// What was renamed, by the addresses of components.
#[derive(Default)]
struct Renamed {
    /// The new names.
    by_old: HashMap<usize, String>,
    new: HashSet<usize>,
}

/// A component, as far as either release has it.
type Pair<'t> = (Option<&'t Arc<Component>>, Option<&'t Arc<Component>>);

impl Renamed {
    /// Finds what went under one name and came under another, and is the same in all else: the same implementation, or without
    /// one the same declaration; described in the same words, with the same tables. Where two are alike, nothing is certain.
    fn among(pairs: &[Pair<'_>], from: &Listing, to: &Listing) -> Self {
        let mut renamed = Self::default();
        let gone: Vec<&Arc<Component>> = pairs.iter().filter_map(|pair| pair.0.filter(|_| pair.1.is_none())).collect();
        let come: Vec<&Arc<Component>> = pairs.iter().filter_map(|pair| pair.1.filter(|_| pair.0.is_none())).collect();
        if gone.is_empty() || come.is_empty() {
            return renamed;
        }
        let (gone, come) = (alike(&gone, from), alike(&come, to));
        for (likeness, old) in gone {
            if let ([old], Some([new])) = (&old[..], come.get(&likeness).map(Vec::as_slice)) {
                renamed.by_old.insert(address(old), new.name.clone());
                renamed.new.insert(address(new));
            }
        }
        renamed
    }
}

/// Returns components by all that a new name leaves as it was.
fn alike<'t>(components: &[&'t Arc<Component>], listing: &Listing) -> HashMap<Likeness, Vec<&'t Arc<Component>>> {
    let mut alike: HashMap<Likeness, Vec<&Arc<Component>>> = HashMap::new();
    let digest = |path: &RelPath| {
        let at = listing.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        Some(listing.files[at].sha256)
    };
    for component in components {
        let file = component.entry_point.as_ref().unwrap_or(&component.file);
        if let Some(digest) = digest(file) {
            let likeness = (component.kind.key, digest, component.description.clone(), component.tables.clone());
            alike.entry(likeness).or_default().push(component);
        }
    }
    alike
}

/// Kind, digest of the file that counts, description and tables.
type Likeness = (&'static str, Digest, String, Vec<Arc<FieldTable>>);

/// Compares a component that both releases have.
fn both(from: &Component, to: &Component, files: &FileChanges, rules: &Compatibility, changes: &mut Vec<Change>) {
    let name = name(to);
    let mut push = |part, what, from: Option<String>, to: Option<String>, impact, reason| {
        changes.push(Change { component: Some(name.clone()), part, what, from, to, impact, reason });
    };
    if from.reference != to.reference {
        let (from, to) = (Some(from.reference.clone()), Some(to.reference.clone()));
        push(Part::Whole, What::Reference, from, to, Impact::Breaking, "Whoever uses the old name finds nothing.");
    }
    if from.enabled != to.enabled {
        let (what, impact, reason) = if to.enabled {
            (What::Enabled, Impact::Feature, "It works as soon as the pack is installed.")
        } else {
            (What::Disabled, Impact::Breaking, "It does nothing until somebody switches it on.")
        };
        push(Part::Whole, what, None, None, impact, reason);
    }
    if from.title != to.title {
        push(Part::Whole, What::Title, from.title.clone(), to.title.clone(), Impact::Fix, "It only describes.");
    }
    if from.description != to.description {
        push(Part::Whole, What::Description, None, None, Impact::Fix, "It only describes.");
    }
    let text = |path: &Option<RelPath>| path.as_ref().map(ToString::to_string);
    let (before, after) = (text(&from.entry_point), text(&to.entry_point));
    let is_moved =
        matches!((&before, &after), (Some(before), Some(after)) if files.now(before) == Some(after.as_str()));
    if before != after && !is_moved {
        push(Part::Whole, What::EntryPoint, before, after, Impact::Fix, "How it works inside is its own affair.");
    }
    if from.steps != to.steps {
        push(Part::Whole, What::Steps, None, None, Impact::Fix, "How it works inside is its own affair.");
    }
    let (before, after) = (facts(&from.facts), facts(&to.facts));
    for (from, to) in matched(&before, &after, |(label, _)| *label) {
        let Some((label, _)) = to.or(from) else { continue };
        let (from, to) = (from.map(|fact| fact.1.join(", ")), to.map(|fact| fact.1.join(", ")));
        if from != to {
            push(Part::Fact(label), What::Changed, from, to, Impact::Fix, "It describes how the component works.");
        }
    }
    fields::tables(&from.tables, &to.tables, About { component: Some(&name), rules }, changes);
}

/// Returns the values of facts by their labels, in order.
fn facts(facts: &[Fact]) -> Vec<(&'static str, Vec<&str>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut all: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for fact in facts {
        let at = *places.entry(fact.label).or_insert_with(|| {
            all.push((fact.label, Vec::new()));
            all.len() - 1
        });
        all[at].1.push(&fact.value);
    }
    all
}
