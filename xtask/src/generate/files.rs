//! The files of a pack: at its newest release, or release by release.

use std::collections::BTreeMap;

use super::plan::{Ecosystem, Pack};
use super::{attune, stackstorm};

/// Files by path, relative to the pack's root.
#[derive(Debug, Default)]
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files {
    /// Adds or replaces a file.
    pub(crate) fn put(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), content.into());
    }
}

/// Returns the whole pack at its newest release.
pub(crate) fn newest(pack: &Pack) -> Files {
    let mut files = Files::default();
    let last = pack.releases.len() - 1;
    foundation(pack, &mut files);
    documents(pack, document_revision(pack, last), &mut files);
    for (number, &revision) in pack.revisions()[last].iter().enumerate() {
        action(pack, number, revision, &mut files);
    }
    release(pack, last, &mut files);
    files
}

/// Returns, for each release, the files that it adds or changes.
pub(crate) fn history(pack: &Pack) -> impl Iterator<Item = Files> {
    let revisions = pack.revisions();
    (0..pack.releases.len()).map(move |number| {
        let mut files = Files::default();
        let before = number.checked_sub(1);
        if before.is_none() {
            foundation(pack, &mut files);
        }
        let document = document_revision(pack, number);
        if before.is_none_or(|before| document_revision(pack, before) != document) {
            documents(pack, document, &mut files);
        }
        for (at, &revision) in revisions[number].iter().enumerate() {
            if revision > 0 && before.is_none_or(|before| revisions[before][at] != revision) {
                action(pack, at, revision, &mut files);
            }
        }
        release(pack, number, &mut files);
        files
    })
}

/// Returns how often README and code changed until a release: with every release that is more than a patch.
fn document_revision(pack: &Pack, release: usize) -> u64 {
    pack.releases[..=release].iter().filter(|release| release.churn > 4).count() as u64
}

fn release(pack: &Pack, number: usize, files: &mut Files) {
    match pack.ecosystem {
        Ecosystem::StackStorm => stackstorm::release(pack, number, files),
        Ecosystem::Attune => attune::release(pack, number, files),
    }
}

fn documents(pack: &Pack, revision: u64, files: &mut Files) {
    match pack.ecosystem {
        Ecosystem::StackStorm => stackstorm::documents(pack, revision, files),
        Ecosystem::Attune => attune::documents(pack, revision, files),
    }
}

fn foundation(pack: &Pack, files: &mut Files) {
    match pack.ecosystem {
        Ecosystem::StackStorm => stackstorm::foundation(pack, files),
        Ecosystem::Attune => attune::foundation(pack, files),
    }
}

fn action(pack: &Pack, number: usize, revision: u32, files: &mut Files) {
    match pack.ecosystem {
        Ecosystem::StackStorm => stackstorm::action(pack, number, revision, files),
        Ecosystem::Attune => attune::action(pack, number, revision, files),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Mix, Shape, packs};
    use super::*;

    /// Holds the two ways to the same files, so that a directory and a repository of one seed are the same packs.
    #[test]
    fn the_history_ends_at_the_newest_release() {
        for pack in packs(5, Mix::Both, Shape::Even { packs: 4, components: 20, releases: 7 }) {
            let mut replayed = Files::default();
            for files in history(&pack) {
                replayed.0.extend(files.0);
            }
            assert_eq!(replayed.0, newest(&pack).0, "{}", pack.name);
        }
    }

    #[test]
    fn actions_and_readmes_have_the_size_of_real_ones() {
        for pack in packs(6, Mix::Both, Shape::Even { packs: 40, components: 30, releases: 2 }) {
            let files = newest(&pack).0;
            let actions: Vec<usize> =
                (0..pack.actions).map(|number| files[&format!("actions/{}.yaml", pack.action(number))].len()).collect();
            let mean = actions.iter().sum::<usize>() / actions.len();
            assert!((900..2_300).contains(&mean), "{}: {mean} bytes per action", pack.name);
            let readme = files["README.md"].len();
            assert!((1_800..6_200).contains(&readme), "{}: README of {readme} bytes", pack.name);
        }
    }
}
