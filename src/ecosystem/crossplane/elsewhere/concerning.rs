//! Which statements concern which pack.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::clues::is_inside;
use super::super::delivery::files::is_delivered;
use super::super::objects::is_declaring;
use super::super::provider::needs::tag;
use super::repository::{in_source, is_own};
use super::statement::{self, Delivers, Source, Statement};
use super::{LABELS, Told};
use crate::ecosystem::Clue;
use crate::ident::Version;
use crate::pack::Configured;

/// Most objects of a source that deliver something, most that install something, and most that one pack is told to be delivered by.
const MOST_OBJECTS: usize = 5000;
const MOST_INSTALLED: usize = 500;
const MOST_TOLD: usize = 20;

/// A source of an object that delivers what lies at a path of this repository, as far as anybody can tell.
struct Delivering<'a> {
    file: &'a str,
    object: &'a Delivers,
    source: &'a Source,
    path: String,
}

/// Returns what each pack is told, in a fixed order.
pub(in super::super) fn of_packs(
    statements: &[Clue<'_>],
    packs: &[&str],
    configured: Configured<'_>,
) -> Vec<Vec<String>> {
    let stated: Vec<(&str, Vec<Statement>)> =
        statements.iter().map(|clue| (clue.path, statement::read(clue.says))).collect();
    let delivering = delivering(&stated, configured);
    let (by_path, below) = (by_path(&delivering), below(&delivering, packs));
    let installed = installed(&stated);
    let needs = needs(&stated);
    let one = |pack: &&str| {
        let mut told: BTreeSet<Told> = BTreeSet::new();
        let above = ancestors(pack).flat_map(|path| by_path.get(path).into_iter().flatten());
        let above = above.filter(|at| {
            let one = &delivering[**at];
            one.path == **pack || one.source.recurses
        });
        let inside = below.get(pack).into_iter().flatten();
        let all = above.chain(inside).map(|at| &delivering[*at]).filter(|one| !is_inside(one.file, pack));
        told.extend(all.take(MOST_TOLD).map(|one| delivered(one, pack)));
        let mut told: Vec<Told> = told.into_iter().collect();
        let needed: BTreeSet<&(&str, &str)> = needs
            .range(format!("{pack}/")..)
            .take_while(|(file, _)| is_inside(file, pack))
            .flat_map(|(_, needed)| needed)
            .collect();
        told.extend(needed.into_iter().filter_map(|(kind, name)| version(kind, name, pack, &installed)));
        told.iter().map(|told| serde_json::to_string(told).expect("plain values")).collect()
    };
    packs.iter().map(one).collect()
}

fn delivering<'a>(stated: &'a [(&str, Vec<Statement>)], configured: Configured<'_>) -> Vec<Delivering<'a>> {
    let mut found = Vec::new();
    for (file, statements) in stated.iter().filter(|(file, _)| is_delivered(file)) {
        for statement in statements {
            let Statement::Delivers(object) = statement else { continue };
            for source in &object.sources {
                let in_repository = source.path.as_deref().unwrap_or_default();
                let Some(path) = in_source(in_repository, configured.within) else { continue };
                let is_ours = match is_own(source.repository.as_deref(), configured.repository) {
                    Some(own) => own,
                    // The root of any repository is called alike.
                    None => in_source(in_repository, "").is_some_and(|path| !path.is_empty()),
                };
                if is_ours && found.len() < MOST_OBJECTS {
                    found.push(Delivering { file, object, source, path });
                }
            }
        }
    }
    found
}

fn by_path<'a>(delivering: &'a [Delivering<'_>]) -> HashMap<&'a str, Vec<usize>> {
    let mut by_path: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, one) in delivering.iter().enumerate() {
        by_path.entry(&one.path).or_default().push(at);
    }
    by_path
}

/// Returns by pack what delivers a part of it.
fn below<'a>(delivering: &[Delivering<'_>], packs: &[&'a str]) -> HashMap<&'a str, Vec<usize>> {
    let packs: BTreeSet<&str> = packs.iter().copied().collect();
    let mut below: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, one) in delivering.iter().enumerate() {
        let holding = ancestors(&one.path).filter(|path| *path != one.path).find_map(|path| packs.get(path));
        if let Some(pack) = holding {
            below.entry(pack).or_default().push(at);
        }
    }
    below
}

/// Returns a path and every directory above it, the root last.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| match path.rfind('/') {
        Some(slash) => Some(&path[..slash]),
        None => (!path.is_empty()).then_some(""),
    })
}

fn delivered(one: &Delivering<'_>, pack: &str) -> Told {
    let Delivering { file, object, source, .. } = one;
    let values = [
        &source.path,
        &source.revision,
        &source.repository,
        &object.namespace,
        &object.project,
        &source.include,
        &source.exclude,
    ];
    const { assert!(LABELS.len() == 7) };
    let facts = values.into_iter().enumerate().filter_map(|(label, value)| Some((label, value.clone()?))).collect();
    Told::Delivered { object: object.object.clone(), file: relative(pack, file), line: object.line, facts }
}

/// Returns the way from a directory to a file elsewhere.
fn relative(directory: &str, file: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (directory.split('/').collect(), file.split('/').collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    [vec![".."; from.len() - common], to[common..].to_vec()].concat().join("/")
}

/// An object that installs a package.
struct Installed<'a> {
    file: &'a str,
    kind: &'a str,
    name: &'a str,
    package: &'a str,
}

fn installed<'a>(stated: &'a [(&str, Vec<Statement>)]) -> Vec<Installed<'a>> {
    let files = stated.iter().filter(|(file, _)| is_delivered(file));
    let all = files.flat_map(|(file, statements)| statements.iter().map(move |statement| (*file, statement)));
    let installed = all.filter_map(|(file, statement)| match statement {
        Statement::Installs { kind, name, package } => Some(Installed { file, kind, name, package }),
        _ => None,
    });
    installed.take(MOST_INSTALLED).collect()
}

/// Returns what each file needs, by its path.
fn needs<'a>(stated: &'a [(&str, Vec<Statement>)]) -> BTreeMap<String, Vec<(&'a str, &'a str)>> {
    let mut needs: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for (file, statements) in stated.iter().filter(|(file, _)| is_declaring(file)) {
        let needed = statements.iter().filter_map(|statement| match statement {
            Statement::Needs { kind, name } => Some((kind.as_str(), name.as_str())),
            _ => None,
        });
        let needed: Vec<_> = needed.collect();
        if !needed.is_empty() {
            needs.insert((*file).to_owned(), needed);
        }
    }
    needs
}

/// Returns the lowest version in which a package is installed outside of a pack: one that the pack surely runs with.
fn version(kind: &str, name: &str, pack: &str, installed: &[Installed<'_>]) -> Option<Told> {
    let of_package = |one: &Installed<'_>| {
        let is_it = one.kind == kind && !is_inside(one.file, pack);
        let image = tag(one.package, name);
        // A pipeline names a function as the cluster does.
        let named = (kind == "function" && one.name == name).then(|| one.package.rsplit_once(':').map(|(_, tag)| tag));
        image.or(named.flatten()).filter(|_| is_it).map(str::to_owned)
    };
    let version = |tag: String| Some((Version::semver(tag.strip_prefix('v').unwrap_or(&tag)).ok()?, tag));
    let (_, tag) = installed.iter().filter_map(of_package).filter_map(version).min()?;
    Some(Told::Installed { kind: kind.to_owned(), name: name.to_owned(), tag })
}
