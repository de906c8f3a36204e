//! Readings and candidates, written down.

use std::collections::HashMap;
use std::sync::Arc;

use camino::Utf8Path;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::read::{Asked, Reading};
use super::super::{Candidate, Stage};
use super::files::{FilePool, Files, StoredFile, StoredFiles};
use super::packs::{PackPool, Pool, StoredPacks};
use crate::cache::Chunks;
use crate::content::{Listed, Listing};
use crate::diag::{Codes, Compact};
use crate::ecosystem::{self, Ecosystem};
use crate::ident::Digest;
use crate::index::event::SourceFacts;
use crate::pack::Pack;
use crate::pack::above::Above;
use crate::source::git::Repository;
use crate::source::{FileEntry, Snapshot, worktree};

/// The readings of a source, with their packs.
#[derive(Debug, Default)]
pub(super) struct ReadingPool {
    readings: Pool<Reading>,
    /// In which directory of the working directory each reading's files lie; in none, if they are a repository's.
    directories: Vec<Option<String>>,
    by_snapshot: HashMap<usize, u32>,
    pub(super) packs: PackPool,
    /// What stands at the roots of sources, each once.
    above: HashMap<Arc<Above>, u32>,
}

/// A [`ReadingPool`], written down.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredReadings {
    packs: StoredPacks,
    files: StoredFiles,
    readings: Chunks,
    above: Vec<Above>,
}

/// Packs and readings, by their numbers.
pub(super) type ByNumber = (Vec<Arc<Pack>>, Vec<Arc<Reading>>);

/// What readings need that are read back.
pub(super) struct Context<'a> {
    pub(super) codes: &'a Codes,
    pub(super) repository: Option<&'a Repository>,
    pub(super) directory: Option<&'a Utf8Path>,
}

impl ReadingPool {
    /// Returns the number of a reading; `directory` is where its files lie on disk.
    pub(super) fn add(&mut self, reading: &Arc<Reading>, directory: Option<&str>) -> u32 {
        let (number, is_new) = self.readings.add(reading);
        if is_new {
            self.directories.push(directory.map(str::to_owned));
            self.by_snapshot.insert(reading.snapshot.address(), number);
            reading.pack.iter().for_each(|pack| {
                self.packs.add(pack);
            });
        }
        number
    }

    /// Writes everything down; nothing when something in it is none of the program's own.
    pub(super) fn stored(self) -> Option<StoredReadings> {
        let Self { readings, directories, by_snapshot: _, mut packs, mut above } = self;
        let mut files = FilePool::default();
        let all = readings.values().iter().zip(&directories);
        let readings: Option<Vec<_>> = all
            .map(|(reading, directory)| {
                StoredReading::of(reading, directory.as_deref(), &mut packs, &mut files, &mut above)
            })
            .collect();
        let readings = Chunks::of(&readings?)?;
        let mut above: Vec<(u32, Above)> =
            above.drain().map(|(above, number)| (number, Above::clone(&above))).collect();
        above.sort_unstable_by_key(|(number, _)| *number);
        let above = above.into_iter().map(|(_, above)| above).collect();
        Some(StoredReadings { packs: packs.stored(), files: files.stored()?, readings, above })
    }
}

impl StoredReadings {
    /// Returns the packs and the readings by their numbers.
    pub(super) fn readings(&self, context: &Context<'_>) -> Option<ByNumber> {
        let (packs, files) = (self.packs.packs()?, self.files.files()?);
        let above: Vec<Arc<Above>> = self.above.iter().cloned().map(Arc::new).collect();
        let readings = self
            .readings
            .decode(|reading: StoredReading<'_>| reading.reading(&packs, &files, &above, context).map(Arc::new))?;
        Some((packs, readings))
    }
}

/// Returns the number of an ecosystem: the same for all runs of a program.
pub(super) fn number(id: &str) -> Option<u8> {
    ecosystem::ALL.iter().position(|ecosystem| ecosystem.id() == id)?.try_into().ok()
}

/// Returns the ecosystem of a number.
pub(super) fn by_number(number: u8) -> Option<&'static dyn Ecosystem> {
    ecosystem::ALL.get(usize::from(number)).copied()
}

#[derive(Serialize, Deserialize)]
struct StoredReading<'a> {
    directory: Option<&'a str>,
    claimed: bool,
    ecosystem: Option<u8>,
    pack: Option<u32>,
    /// The content digest.
    content: Option<[u8; 32]>,
    files: Vec<StoredFile>,
    #[serde(borrow)]
    missing: Vec<Compact<'a>>,
    #[serde(borrow)]
    findings: Vec<Compact<'a>>,
    asked_ecosystems: Vec<u8>,
    asked_usual: Option<Option<u8>>,
    asked_directory: Option<&'a str>,
    asked_sibling: bool,
    asked_above: Option<u32>,
}

impl<'a> StoredReading<'a> {
    fn of(
        reading: &'a Reading,
        directory: Option<&'a str>,
        packs: &mut PackPool,
        files: &mut FilePool,
        known_above: &mut HashMap<Arc<Above>, u32>,
    ) -> Option<Self> {
        let Reading { claimed, ecosystem, pack, listing, snapshot, findings, asked } = reading;
        Some(Self {
            directory,
            claimed: *claimed,
            ecosystem: match ecosystem {
                Some(ecosystem) => Some(number(ecosystem.id())?),
                None => None,
            },
            pack: pack.as_ref().map(|pack| packs.add(pack)),
            content: listing.as_ref().map(|listing| *listing.content_digest.as_bytes()),
            files: files.add(snapshot.files(), listing.as_deref())?,
            missing: Compact::all(snapshot.findings()),
            findings: Compact::all(findings),
            asked_ecosystems: asked.ecosystems.iter().map(|id| number(id)).collect::<Option<_>>()?,
            asked_usual: match asked.usual {
                Some(Some(id)) => Some(Some(number(id)?)),
                Some(None) => Some(None),
                None => None,
            },
            asked_directory: asked.directory.as_deref(),
            asked_sibling: asked.has_sibling,
            asked_above: match &asked.above {
                Some(above) => {
                    let next = u32::try_from(known_above.len()).ok()?;
                    Some(*known_above.entry(Arc::clone(above)).or_insert(next))
                }
                None => None,
            },
        })
    }

    fn reading(
        self,
        packs: &[Arc<Pack>],
        files: &Files,
        above: &[Arc<Above>],
        context: &Context<'_>,
    ) -> Option<Reading> {
        let entries: Vec<FileEntry> = self.files.iter().map(|file| files.entry(*file)).collect::<Option<_>>()?;
        let listing = match self.content {
            Some(content) => {
                let listed = |(file, entry): (&StoredFile, &FileEntry)| {
                    let (path, sha256) = (entry.path.clone(), files.sha256(*file)?);
                    Some(Listed { path, sha256, size: entry.size, executable: entry.executable })
                };
                let listed = self.files.iter().zip(&entries).map(listed).collect::<Option<_>>()?;
                Some(Arc::new(Listing { files: listed, content_digest: Digest::from_bytes(content) }))
            }
            None => None,
        };
        let missing = Compact::findings(self.missing, context.codes)?;
        let snapshot = match self.directory {
            Some(directory) => worktree::listed(&context.directory?.join(directory), entries, missing),
            None => Snapshot::new(entries, Arc::new(context.repository?.clone()), missing),
        };
        let id = |number: u8| by_number(number).map(Ecosystem::id);
        Some(Reading {
            claimed: self.claimed,
            ecosystem: match self.ecosystem {
                Some(number) => Some(by_number(number)?),
                None => None,
            },
            pack: match self.pack {
                Some(number) => Some(packs.get(number as usize).cloned()?),
                None => None,
            },
            listing,
            snapshot,
            findings: Compact::findings(self.findings, context.codes)?,
            asked: Asked {
                ecosystems: self.asked_ecosystems.into_iter().map(id).collect::<Option<_>>()?,
                usual: match self.asked_usual {
                    Some(Some(number)) => Some(Some(id(number)?)),
                    Some(None) => Some(None),
                    None => None,
                },
                directory: self.asked_directory.map(str::to_owned),
                has_sibling: self.asked_sibling,
                above: match self.asked_above {
                    Some(number) => Some(Arc::clone(above.get(number as usize)?)),
                    None => None,
                },
            },
        })
    }
}

const STAGES: [Stage; 3] = [Stage::Released, Stage::Head, Stage::Draft];

/// A candidate, written down: what it shares with its reading is not.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredCandidate<'a> {
    reading: u32,
    pack: Option<u32>,
    stage: u8,
    /// Seconds and nanoseconds.
    at: Option<(i64, i32)>,
    repository: &'a str,
    path: &'a str,
    /// Tag, commit, tree.
    #[serde(borrow)]
    revision: [Option<&'a str>; 3],
    #[serde(borrow)]
    findings: Said<'a>,
}

/// What is said of a candidate.
#[derive(Serialize, Deserialize)]
enum Said<'a> {
    /// What its reading says, at this revision.
    AsRead(Option<&'a str>),
    /// Something else.
    #[serde(borrow)]
    Otherwise(Vec<Compact<'a>>),
}

impl<'a> StoredCandidate<'a> {
    /// Writes a candidate down; nothing when its reading is not in the pool.
    pub(super) fn of(candidate: &'a Candidate, pool: &mut ReadingPool) -> Option<Self> {
        let Candidate { ecosystem: _, source, stage, at, snapshot, pack, listing: _, findings, remarks: _ } = candidate;
        let number = *pool.by_snapshot.get(&snapshot.address())?;
        let reading = pool.readings.values().get(number as usize)?;
        let revision = findings.first().and_then(|finding| finding.revision.as_deref());
        let is_as_read = reading.findings_at(&source.path, revision) == *findings;
        Some(Self {
            reading: number,
            pack: pack.as_ref().map(|pack| pool.packs.add(pack)),
            stage: STAGES.iter().position(|known| known == stage)? as u8,
            at: at.map(|at| (at.as_second(), at.subsec_nanosecond())),
            repository: &source.repository,
            path: &source.path,
            revision: [source.tag.as_deref(), source.commit.as_deref(), source.tree.as_deref()],
            findings: if is_as_read { Said::AsRead(revision) } else { Said::Otherwise(Compact::all(findings)) },
        })
    }

    pub(super) fn candidate(self, packs: &[Arc<Pack>], readings: &[Arc<Reading>], codes: &Codes) -> Option<Candidate> {
        let reading = readings.get(self.reading as usize)?;
        let [tag, commit, tree] = self.revision.map(|text| text.map(str::to_owned));
        Some(Candidate {
            ecosystem: reading.ecosystem?,
            source: SourceFacts {
                repository: self.repository.to_owned(),
                path: self.path.to_owned(),
                tag,
                commit,
                tree,
            },
            stage: *STAGES.get(usize::from(self.stage))?,
            at: match self.at {
                Some((seconds, nanoseconds)) => Some(Timestamp::new(seconds, nanoseconds).ok()?),
                None => None,
            },
            snapshot: reading.snapshot.clone(),
            pack: match self.pack {
                Some(number) => Some(packs.get(number as usize).cloned()?),
                None => None,
            },
            listing: reading.listing.clone(),
            findings: match self.findings {
                Said::AsRead(revision) => reading.findings_at(self.path, revision),
                Said::Otherwise(findings) => Compact::findings(findings, codes)?,
            },
            remarks: Arc::default(),
        })
    }
}
