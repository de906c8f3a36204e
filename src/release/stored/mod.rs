//! What is known of a source, written down for the next run of the program.
//!
//! | part | how |
//! |---|---|
//! | packs, components, tables | `packs`: each once, however many revisions share it |
//! | what was read of trees and directories | `readings`, with `files`: entries of files, never their content |
//! | references, stamps, answers about ignored files | as they are |
//!
//! Content is read again where it is asked for, from the repository or from the directory; a file that is no longer what was
//! listed says so.

mod files;
mod packs;
mod readings;

use std::collections::HashMap;
use std::sync::Arc;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::Candidate;
use super::directory::{KnownDirectory, KnownPack, Shown};
use super::discover::Found;
use super::known::KnownSource;
use super::open::{Below, OpenSource};
use super::outside::Outside;
use super::packs::Usual;
use super::repository::{KnownRepository, RepositoryPart};
use super::saved::Places;
use super::settle::Settled;
use crate::cache::Chunks;
use crate::diag::{Codes, Compact};
use crate::ident::PackId;
use crate::pack::above::Above;
use crate::source::git::{Decisions, Looked, ObjectId, Repository, State};
use crate::source::{Stamp, worktree::Walked};
use readings::{Context, ReadingPool, StoredCandidate, StoredReadings, by_number, number};

/// A [`KnownSource`], written down.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredSource {
    identity: String,
    directory: Option<Utf8PathBuf>,
    below: Option<StoredBelow>,
    readings: StoredReadings,
    /// Those of the repository, then those of the directory.
    candidates: Chunks,
    repository: Option<StoredRepository>,
    packs: Option<StoredDirectory>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredBelow {
    directory: Utf8PathBuf,
    name: String,
    prefix: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredRepository {
    looked: Looked,
    state: State,
    settled: Vec<(String, [u8; 20], u32)>,
    usual: Vec<(String, u8)>,
    candidates: usize,
    noted: Vec<String>,
    notes: Chunks,
    findings: Chunks,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredDirectory {
    /// Path, ecosystems, whether there is another one beside it, and what the rest of the source says: a place in `above`.
    found: Vec<(String, Vec<u8>, bool, Option<u32>)>,
    above: Vec<Above>,
    near_misses: Chunks,
    outside: Chunks,
    packs: Chunks,
    counting: Vec<String>,
    decisions: Option<Decisions>,
}

#[derive(Serialize, Deserialize)]
struct StoredKnownPack<'a> {
    path: &'a str,
    reading: u32,
    stamps: Option<Vec<Option<Stamp>>>,
    /// The notes, and the number of the candidate.
    #[serde(borrow)]
    shown: Option<(Vec<Compact<'a>>, Option<u32>)>,
}

impl KnownSource {
    /// Writes down what is known; nothing when that is not everything about the source.
    pub fn stored(&self) -> Option<StoredSource> {
        let source = self.source.as_ref()?;
        self.result.as_ref()?;
        let mut pool = ReadingPool::default();
        let mut list: Vec<Arc<Candidate>> = Vec::new();
        let repository = match &self.repository {
            Some(known) => Some(stored_repository(known, &mut pool, &mut list)?),
            None => None,
        };
        let packs = match &self.directory {
            Some(known) => Some(stored_directory(known, &mut pool, &mut list)?),
            None => None,
        };
        let candidates: Option<Vec<_>> =
            list.iter().map(|candidate| StoredCandidate::of(candidate, &mut pool)).collect();
        let candidates = Chunks::of(&candidates?)?;
        let below = source.repository.as_ref().map(|Below { repository, prefix }| StoredBelow {
            directory: repository.directory().to_owned(),
            name: repository.name().to_owned(),
            prefix: prefix.clone(),
        });
        Some(StoredSource {
            identity: source.identity.clone(),
            directory: source.directory.clone(),
            below,
            readings: pool.stored()?,
            candidates,
            repository,
            packs,
        })
    }
}

fn stored_repository(
    known: &KnownRepository,
    pool: &mut ReadingPool,
    list: &mut Vec<Arc<Candidate>>,
) -> Option<StoredRepository> {
    let KnownRepository { looked, state, settled, part } = known;
    let settled =
        settled.iter().map(|((path, tree, _), reading)| (path.clone(), tree.bytes(), pool.add(reading, None)));
    let settled = settled.collect();
    let usual = part.usual.iter().map(|(path, ecosystem)| Some((path.clone(), number(ecosystem.id())?)));
    list.extend(part.candidates.iter().cloned());
    let notes: Vec<Compact<'_>> = part.notes.iter().map(|(_, finding)| Compact::of(finding)).collect();
    Some(StoredRepository {
        looked: looked.clone(),
        state: state.clone(),
        settled,
        usual: usual.collect::<Option<_>>()?,
        candidates: part.candidates.len(),
        noted: part.notes.iter().map(|(id, _)| id.to_string()).collect(),
        notes: Chunks::of(&notes)?,
        findings: Chunks::of(&Compact::all(&part.findings))?,
    })
}

fn stored_directory(
    known: &KnownDirectory,
    pool: &mut ReadingPool,
    list: &mut Vec<Arc<Candidate>>,
) -> Option<StoredDirectory> {
    let mut packs = Vec::with_capacity(known.packs.len());
    for (path, pack) in &known.packs {
        let shown = match &pack.shown {
            Some(Shown { notes, candidate }) => {
                let number = match candidate {
                    Some(candidate) => {
                        list.push(Arc::clone(candidate));
                        Some(u32::try_from(list.len() - 1).ok()?)
                    }
                    None => None,
                };
                Some((Compact::all(notes), number))
            }
            None => None,
        };
        packs.push(StoredKnownPack {
            path,
            reading: pool.add(&pack.reading, Some(path)),
            stamps: pack.walked.as_ref().map(|walked| walked.stamps().to_vec()),
            shown,
        });
    }
    let (mut above, mut numbers_above) = (Vec::new(), HashMap::new());
    let found = known.found.iter().map(|found| {
        let numbers: Option<Vec<u8>> = found.ecosystems.iter().map(|ecosystem| number(ecosystem.id())).collect();
        let at = match &found.above {
            Some(said) => {
                let next = u32::try_from(above.len()).ok()?;
                let at = *numbers_above.entry(Arc::clone(said)).or_insert(next);
                if at == next {
                    above.push(Above::clone(said));
                }
                Some(at)
            }
            None => None,
        };
        Some((found.path.clone(), numbers?, found.has_sibling, at))
    });
    let found = found.collect::<Option<_>>()?;
    Some(StoredDirectory {
        found,
        above,
        near_misses: Chunks::of(&Compact::all(&known.near_misses))?,
        outside: Chunks::of(&Compact::all(&known.outside.findings))?,
        packs: Chunks::of(&packs)?,
        counting: known.counting.clone(),
        decisions: known.ignored.as_ref().map(|ignored| ignored.decisions()),
    })
}

impl StoredSource {
    /// Returns what was known, and its candidates in the order of a reading; nothing when any part of it makes no sense.
    pub fn known(self, codes: &Codes) -> Option<(KnownSource, Vec<Arc<Candidate>>)> {
        let Self { identity, directory, below, readings, candidates, repository, packs } = self;
        let below = below.map(|StoredBelow { directory, name, prefix }| Below {
            repository: Repository::unopened(directory, name),
            prefix,
        });
        let source = OpenSource { identity, directory, repository: below };
        let context = Context {
            codes,
            repository: source.repository.as_ref().map(|below| &below.repository),
            directory: source.directory.as_deref(),
        };
        let (all_packs, readings) = readings.readings(&context)?;
        let mut list: Vec<Arc<Candidate>> =
            candidates.decode(|one: StoredCandidate<'_>| one.candidate(&all_packs, &readings, codes).map(Arc::new))?;
        let findings = |chunks: &Chunks| chunks.decode(|one: Compact<'_>| one.finding(codes));

        let directory = match packs {
            None => None,
            Some(StoredDirectory { found, above, near_misses, outside, packs, counting, decisions }) => {
                let above: Vec<Arc<Above>> = above.into_iter().map(Arc::new).collect();
                let found = found.into_iter().map(|(path, ecosystems, has_sibling, said)| {
                    let ecosystems = ecosystems.into_iter().map(by_number).collect::<Option<_>>()?;
                    let above = match said {
                        Some(at) => Some(above.get(at as usize)?),
                        None => None,
                    };
                    Some(Found { has_sibling, ..Found::new(path.clone(), path, ecosystems, above) })
                });
                let packs = packs.decode(|pack: StoredKnownPack<'_>| {
                    let reading = Arc::clone(readings.get(pack.reading as usize)?);
                    let walked = match pack.stamps {
                        Some(stamps) => Some(Arc::new(Walked::again(
                            reading.snapshot.clone(),
                            &context.directory?.join(pack.path),
                            stamps,
                        )?)),
                        None => None,
                    };
                    let shown = match pack.shown {
                        Some((notes, candidate)) => {
                            let candidate = match candidate {
                                Some(number) => Some(Arc::clone(list.get(number as usize)?)),
                                None => None,
                            };
                            Some(Shown { notes: Compact::findings(notes, codes)?, candidate })
                        }
                        None => None,
                    };
                    Some((pack.path.to_owned(), KnownPack { walked, reading, shown }))
                })?;
                Some(KnownDirectory {
                    ignored: None,
                    decisions: decisions.unwrap_or_default(),
                    found: found.collect::<Option<_>>()?,
                    near_misses: findings(&near_misses)?,
                    statements: Vec::new(),
                    outside: Outside { findings: findings(&outside)?, ..Outside::default() },
                    packs: packs.into_iter().collect(),
                    counting,
                })
            }
        };
        let repository = match repository {
            None => None,
            Some(stored) => {
                if stored.candidates > list.len() {
                    return None;
                }
                list.truncate(stored.candidates);
                let settled = stored.settled.into_iter().map(|(path, tree, reading)| {
                    let reading = Arc::clone(readings.get(reading as usize)?);
                    Some(((path, ObjectId::from_bytes(tree), reading.asked.above.clone()), reading))
                });
                let usual = stored.usual.into_iter().map(|(path, number)| Some((path, by_number(number)?)));
                let noted: Vec<PackId> = stored.noted.iter().map(|id| id.parse().ok()).collect::<Option<_>>()?;
                let part = RepositoryPart {
                    usual: usual.collect::<Option<Usual>>()?,
                    candidates: list,
                    notes: noted.into_iter().zip(findings(&stored.notes)?).collect(),
                    findings: findings(&stored.findings)?,
                };
                Some(KnownRepository {
                    looked: stored.looked,
                    state: stored.state,
                    settled: settled.collect::<Option<Settled<ObjectId>>>()?,
                    part: Arc::new(part),
                })
            }
        };
        let of_directory = directory.iter().flat_map(KnownDirectory::candidates);
        let of_repository = repository.iter().flat_map(|known: &KnownRepository| &known.part.candidates);
        let whole = of_directory.chain(of_repository).cloned().collect();
        let places = Places::of(&source);
        Some((KnownSource { source: Some(source), places, repository, directory, ..KnownSource::default() }, whole))
    }
}
