//! What a catalogue holds, before any file is written: packs, their sizes, their releases.

use super::random::Random;
use super::words;

/// The ecosystem of a generated pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ecosystem {
    StackStorm,
    Attune,
}

/// Which ecosystems a catalogue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    Only(Ecosystem),
    /// Every other pack.
    Both,
}

/// How sizes are spread over the packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Every pack has the same number of components and releases.
    Even { packs: usize, components: usize, releases: usize },
    /// The skew of a real exchange: one pack has a third of all actions, most have 10 to 60. With `history` the packs have
    /// about 1 100 releases in all, with one release each otherwise.
    Exchange { history: bool },
}

/// One pack to be.
#[derive(Debug, Clone)]
pub(crate) struct Pack {
    pub(crate) seed: u64,
    pub(crate) index: usize,
    pub(crate) ecosystem: Ecosystem,
    pub(crate) name: String,
    /// How many actions it has at its newest release.
    pub(crate) actions: usize,
    /// Whether it has a sensor, a trigger, a rule, an alias and a workflow too.
    pub(crate) extras: bool,
    pub(crate) releases: Vec<Release>,
    /// The name of another pack of the catalogue.
    pub(crate) dependency: Option<String>,
}

/// One release to be.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    pub(crate) version: String,
    /// Seconds since the epoch.
    pub(crate) time: u64,
    /// How many of 100 components it changes.
    pub(crate) churn: usize,
}

/// How many components a pack with extras has besides its actions.
pub(crate) const EXTRAS: usize = 4;
/// 2020-01-06T09:00:00Z: when the first release of every pack was made.
const FIRST_RELEASE: u64 = 1_578_301_200;
const WEEK: u64 = 7 * 24 * 3600;

/// Returns the packs of a catalogue, in the order of their index.
pub(crate) fn packs(seed: u64, mix: Mix, shape: Shape) -> Vec<Pack> {
    let sizes = sizes(seed, shape);
    let names = names(seed, sizes.len());
    let ecosystem = |index: usize| match mix {
        Mix::Only(ecosystem) => ecosystem,
        Mix::Both if index.is_multiple_of(2) => Ecosystem::StackStorm,
        Mix::Both => Ecosystem::Attune,
    };
    let pack = |(index, &(components, releases)): (usize, &(usize, usize))| {
        let mut random = Random::keyed(seed, &[10, index as u64]);
        let extras = components > 2 * EXTRAS;
        let earlier: Vec<usize> = (0..index).filter(|&other| ecosystem(other) == ecosystem(index)).collect();
        let dependency =
            (!earlier.is_empty() && random.chance(15)).then(|| names[earlier[random.below(earlier.len())]].clone());
        Pack {
            seed,
            index,
            ecosystem: ecosystem(index),
            name: names[index].clone(),
            actions: if extras { components - EXTRAS } else { components },
            extras,
            releases: self::releases(&mut random, releases),
            dependency,
        }
    };
    sizes.iter().enumerate().map(pack).collect()
}

/// Returns the number of components and of releases of each pack.
fn sizes(seed: u64, shape: Shape) -> Vec<(usize, usize)> {
    match shape {
        Shape::Even { packs, components, releases } => vec![(components, releases); packs],
        Shape::Exchange { history } => exchange(&mut Random::keyed(seed, &[1]), history),
    }
}

/// Returns 80 sizes with 9 000 actions in all, and about 1 100 releases.
fn exchange(random: &mut Random, history: bool) -> Vec<(usize, usize)> {
    const PACKS: usize = 80;
    const ACTIONS: usize = 9_000;
    let mut sizes = vec![(3_500, 42), (1_150, 20), (760, 16), (450, 18), (300, 24), (240, 12)];
    while sizes.len() < PACKS {
        let actions = if sizes.len() < 16 { random.between(80, 140) } else { random.between(10, 55) };
        sizes.push((actions, random.between(2, 25)));
    }
    // The small packs take up what is missing or too much, so that the sum is exact.
    let mut at = PACKS - 1;
    while sizes.iter().map(|size| size.0).sum::<usize>() != ACTIONS {
        if sizes.iter().map(|size| size.0).sum::<usize>() < ACTIONS {
            sizes[at].0 += 1;
        } else if sizes[at].0 > 10 {
            sizes[at].0 -= 1;
        }
        at = if at == 16 { PACKS - 1 } else { at - 1 };
    }
    sizes.into_iter().map(|(actions, releases)| (actions + EXTRAS, if history { releases } else { 1 })).collect()
}

/// Returns unlike names, such as `cobalt_router`.
fn names(seed: u64, count: usize) -> Vec<String> {
    let mut names: Vec<String> = words::MAKERS
        .iter()
        .flat_map(|maker| words::TRADES.iter().map(move |trade| format!("{maker}_{trade}")))
        .collect();
    Random::keyed(seed, &[2]).shuffle(&mut names);
    let distinct = names.len();
    (0..count)
        .map(|index| match index / distinct {
            0 => names[index].clone(),
            round => format!("{}_{}", names[index % distinct], round + 1),
        })
        .collect()
}

fn releases(random: &mut Random, count: usize) -> Vec<Release> {
    let (mut major, mut minor, mut patch) = (random.below(2), random.below(3), 0);
    let mut time = FIRST_RELEASE + random.below(52) as u64 * WEEK;
    (0..count)
        .map(|number| {
            let mut churn = 100;
            if number > 0 {
                (major, minor, patch, churn) = match random.below(100) {
                    0..4 => (major + 1, 0, 0, 60),
                    4..30 => (major, minor + 1, 0, 15),
                    _ => (major, minor, patch + 1, 4),
                };
            }
            time += WEEK + random.below(3 * WEEK as usize) as u64;
            // The first version is not 0.0.0.
            Release { version: format!("{major}.{}.{patch}", if major == 0 { minor + 1 } else { minor }), time, churn }
        })
        .collect()
}

impl Pack {
    /// Returns a stream of random numbers for one purpose of this pack.
    pub(crate) fn random(&self, purpose: u64, keys: &[u64]) -> Random {
        let keys: Vec<u64> = [20 + purpose, self.index as u64].into_iter().chain(keys.iter().copied()).collect();
        Random::keyed(self.seed, &keys)
    }

    /// Returns the revision of each action at each release, from 1; 0 where it is not there yet.
    ///
    /// Half of the actions are there from the first release; the others join one by one.
    pub(crate) fn revisions(&self) -> Vec<Vec<u32>> {
        let mut current = vec![0_u32; self.actions];
        let last = self.releases.len().saturating_sub(1).max(1);
        let mut all = Vec::with_capacity(self.releases.len());
        for (number, release) in self.releases.iter().enumerate() {
            let mut random = self.random(1, &[number as u64]);
            let newest = number + 1 == self.releases.len();
            let there = if newest { self.actions } else { self.actions / 2 + self.actions * number / (2 * last) };
            for revision in current.iter_mut().take(there.max(2)) {
                if *revision == 0 || random.chance(release.churn) {
                    *revision += 1;
                }
            }
            all.push(current.clone());
        }
        all
    }

    /// Returns the name of an action, distinct within the pack.
    pub(crate) fn action(&self, number: usize) -> String {
        // Each pack starts elsewhere in the list, so that packs do not all have the same actions.
        let (verbs, objects) = (words::VERBS.len(), words::OBJECTS.len());
        let offset = self.random(2, &[]).below(verbs * objects);
        let place = (number + offset) % (verbs * objects);
        let way = words::WAYS[(number / (verbs * objects)) % words::WAYS.len()];
        let (verb, object) = (words::VERBS[place % verbs], words::OBJECTS[place / verbs]);
        if way.is_empty() { format!("{verb}_{object}") } else { format!("{verb}_{object}_{way}") }
    }

    /// Returns what people call the pack.
    pub(crate) fn title(&self) -> String {
        words::title(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_has_the_size_of_the_real_one() {
        let packs = packs(1, Mix::Only(Ecosystem::StackStorm), Shape::Exchange { history: true });
        assert_eq!(packs.len(), 80);
        assert_eq!(packs.iter().map(|pack| pack.actions).sum::<usize>(), 9_000);
        let tags: usize = packs.iter().map(|pack| pack.releases.len()).sum();
        let revisions: Vec<Vec<Vec<u32>>> = packs.iter().map(Pack::revisions).collect();
        let instances: usize =
            revisions.iter().flatten().map(|release| release.iter().filter(|&&r| r > 0).count()).sum();
        let blobs: u32 = revisions.iter().filter_map(|releases| releases.last()).flatten().sum();
        assert!((1_000..1_200).contains(&tags), "{tags} tags");
        assert!((170_000..186_000).contains(&instances), "{instances} instances");
        assert!((23_000..27_000).contains(&blobs), "{blobs} blobs");
    }

    #[test]
    fn names_within_a_catalogue_and_a_pack_are_distinct() {
        let packs = packs(7, Mix::Both, Shape::Exchange { history: false });
        let distinct =
            |names: Vec<String>| names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len();
        assert!(distinct(packs.iter().map(|pack| pack.name.clone()).collect()));
        assert!(distinct((0..packs[0].actions).map(|number| packs[0].action(number)).collect()));
    }

    #[test]
    fn versions_rise() {
        let packs = packs(3, Mix::Both, Shape::Even { packs: 5, components: 3, releases: 30 });
        let parse = |text: &str| text.split('.').map(|part| part.parse::<u32>().expect("a number")).collect::<Vec<_>>();
        for pack in packs {
            assert!(pack.releases.windows(2).all(|pair| parse(&pair[0].version) < parse(&pair[1].version)));
            assert!(pack.releases.windows(2).all(|pair| pair[0].time < pair[1].time));
        }
    }
}
