//! What a build remembers of the builds before it, and leaves for the next one.

use camino::{Utf8Path, Utf8PathBuf};

use super::finished::{self, Inputs};
use super::{Known, Options, Report};
use crate::cache::{Cache, Key};
use crate::config::Config;
use crate::diag;
use crate::fs::PathError;
use crate::index::known::KnownIndex;
use crate::output::{Left, OutputError, Record};
use crate::progress::Progress;

/// The memory of builds; one that nobody keeps has nothing in it.
pub(super) struct Memory<'a> {
    cache: Option<Cache>,
    config: &'a Config,
    options: &'a Options,
    /// What the build is about to read; nothing if there was something that could not be read.
    inputs: Option<Inputs>,
}

/// What a build learnt.
pub(super) struct Learnt<'a> {
    /// The indexes by their folders, as far as they are not as they were remembered.
    pub(super) indexes: Vec<(Utf8PathBuf, KnownIndex)>,
    pub(super) left: Left,
    pub(super) before: Record,
    pub(super) report: &'a Report,
}

impl<'a> Memory<'a> {
    /// Opens the folder where builds keep what they learn; without it a build does everything, and says why.
    pub(super) fn open(config: &'a Config, options: &'a Options, progress: &dyn Progress) -> Self {
        let open = |folder| Key::at(&options.cache.join("build-cache.key")).and_then(|key| Cache::open(folder, key));
        // What a build with private packs remembers is in a place of its own, so that the other can be handed on.
        let folder = options
            .build_cache
            .as_ref()
            .map(|folder| if options.private { folder.join("private") } else { folder.clone() });
        let cache = match folder.as_deref().map(open) {
            None => None,
            Some(Ok(cache)) => Some(cache),
            Some(Err(error)) => {
                progress.note(&format!("nothing is remembered: {}", diag::chain(&error)));
                None
            }
        };
        Self { cache, config, options, inputs: None }
    }

    /// Returns the report of the last build, if there is nothing to do since.
    pub(super) fn unchanged(&self) -> Option<Report> {
        finished::unchanged(self.cache.as_ref()?, self.config, self.options)
    }

    /// Returns what is known of sources; looks at them before anything of them is read, so that what is changed meanwhile
    /// is a change to the next build.
    pub(super) fn known(&mut self) -> Known {
        let Some(cache) = &self.cache else { return Known::default() };
        self.inputs = Inputs::now(self.config, self.options);
        Known::load(cache, self.config, self.options)
    }

    /// Keeps what is known of sources; before anything is written, since it is large and of no use to what follows.
    pub(super) fn keep_known(&mut self, mut known: Known, progress: &dyn Progress) {
        let Some(cache) = &self.cache else { return };
        progress.stage("Remembering sources", None);
        // What could not be read may be there the next time, without anything else having changed.
        self.inputs = self.inputs.take().filter(|_| known.is_whole());
        if let Err(error) = known.save(cache) {
            not_kept(&error, progress);
        }
    }

    /// Returns what is known of the registry index in a folder.
    pub(super) fn index(&self, folder: &Utf8Path) -> KnownIndex {
        self.cache.as_ref().and_then(|cache| cache.load(&name_of_index(folder))).unwrap_or_default()
    }

    /// Returns what the last build left in the registry.
    pub(super) fn record(&self) -> Record {
        self.cache.as_ref().and_then(|cache| cache.load(&self.name_of_record())).unwrap_or_default()
    }

    /// Keeps what was learnt; to be called while nobody else can write to what the build left.
    pub(super) fn keep(self, learnt: Learnt<'_>, progress: &dyn Progress) -> Result<(), OutputError> {
        let record_name = self.name_of_record();
        let Some(cache) = self.cache else { return Ok(()) };
        progress.stage("Remembering files", None);
        let Learnt { indexes, left, before, report } = learnt;
        let (record, listed) = left.record(&self.options.out)?;
        let save = || -> Result<(), PathError> {
            for (folder, index) in &indexes {
                cache.save(&name_of_index(folder), index)?;
            }
            drop(indexes);
            let record = || if record == before { Ok(()) } else { cache.save(&record_name, &record) };
            let finished = || match self.inputs {
                Some(inputs) => finished::remember(&cache, inputs, report, &listed, self.config, self.options),
                None => Ok(()),
            };
            let (record, finished) = rayon::join(record, finished);
            record.and(finished)?;
            cache.sweep(Cache::LIMIT_BYTES)
        };
        if let Err(error) = save() {
            not_kept(&error, progress);
        }
        Ok(())
    }

    fn name_of_record(&self) -> String {
        format!("record {:?}", whole(&self.options.out))
    }
}

fn name_of_index(folder: &Utf8Path) -> String {
    format!("index {:?}", whole(folder))
}

/// Tells that something is not kept: the next build takes longer, and that is all.
fn not_kept(error: &PathError, progress: &dyn Progress) {
    progress.note(&format!("what was learnt is not kept: {}", diag::chain(error)));
}

/// Returns an absolute path: where the program was started says what a relative one is.
pub(super) fn whole(path: &Utf8Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.as_std_path().to_owned())
}
