//! What is measured: commands of ours, the peers that do the same work, and the ratios that are wanted.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;

use super::catalogues;
use super::generators;
use super::saves;
use super::table::{By, Row};
use super::written;
use crate::process::{outputs, program};

/// Where things are.
pub(super) struct Context {
    /// The root of the workspace.
    pub(super) root: PathBuf,
    /// Where catalogues and output go.
    pub(super) directory: PathBuf,
    /// How often each command runs.
    pub(super) runs: usize,
    /// How often a file is saved while the preview runs.
    pub(super) saves: usize,
}

/// A command to be measured.
pub(super) struct Run {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<PathBuf>,
}

/// Prepares a run.
type Prepare = fn(&Context) -> Result<Run>;

/// What is measured together, and the lines of the table that it gives.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) how: How,
}

/// How a scenario is measured.
pub(super) enum How {
    /// By commands that run to their end.
    Commands(Commands),
    /// In its own way; true for the peers alone.
    Own(fn(&Context, &str, bool) -> Result<Vec<Row>>),
}

/// A command of ours beside a peer's.
pub(super) struct Commands {
    pub(super) peer_name: &'static str,
    /// Runs before ours.
    pub(super) peer: Option<Prepare>,
    pub(super) ours: Prepare,
    pub(super) parts: &'static [Part],
    /// Looks at what our last run has left, and says what is worth a remark.
    pub(super) check: Option<fn(&Context) -> Result<String>>,
}

/// A line of the table.
pub(super) struct Part {
    pub(super) what: &'static str,
    /// The stages of `--timings` that belong to it; none for the whole run.
    pub(super) stages: &'static [&'static str],
    /// What ours and the peer's are compared by.
    pub(super) by: By,
    /// The largest ratio that is wanted.
    pub(super) wanted: &'static str,
}

/// The stages that end in a new registry index, without archives.
const INDEXING: &[&str] = &["Reading", "Planning", "Recording"];

const EVERYTHING: Part = Part { what: "everything", stages: &[], by: By::Cpu, wanted: "–" };

const UNCHANGED: Part =
    Part { what: "nothing to do", stages: &[], by: By::Wall, wanted: "3.000 of the time; 0 files written" };

/// Lists the scenarios, in the order of the table.
pub(super) static SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "index",
        what: "80 packs, 9 000 actions",
        how: How::Commands(Commands {
            peer_name: "Python script",
            peer: Some(python),
            ours: |context| Ok(context.build(&catalogues::without_build(catalogues::exchange(context)?)?)),
            parts: &[
                Part { what: "read, validate, hash, index", stages: INDEXING, by: By::Cpu, wanted: "0.020" },
                Part { what: "archives", stages: &["Archiving"], by: By::Cpu, wanted: "–" },
                EVERYTHING,
            ],
            check: None,
        }),
    },
    Scenario {
        name: "tags",
        what: "the same packs with 1 100 tags",
        how: How::Commands(Commands {
            peer_name: "Python script, newest versions only",
            peer: Some(python),
            ours: |context| Ok(context.build(&catalogues::without_build(catalogues::exchange_tags(context)?)?)),
            parts: &[
                Part { what: "read, validate, hash, index", stages: INDEXING, by: By::Cpu, wanted: "0.100" },
                Part { what: "archives", stages: &["Archiving"], by: By::Cpu, wanted: "–" },
                EVERYTHING,
            ],
            check: None,
        }),
    },
    Scenario {
        name: "site",
        what: "1 000 packs with 15 components",
        how: How::Commands(Commands {
            peer_name: "bare loop",
            peer: Some(bare_site),
            ours: |context| Ok(context.build(&catalogues::without_build(catalogues::thousand(context)?)?)),
            parts: &[
                Part { what: "pages", stages: &["Writing pages"], by: By::Cpu, wanted: "2.000 of the time" },
                Part {
                    what: "pages, all indexes, what is kept for the next build",
                    stages: &["Writing pages", "Writing indexes", "Remembering files"],
                    by: By::Cpu,
                    wanted: "–",
                },
                EVERYTHING,
            ],
            check: None,
        }),
    },
    Scenario { name: "site-generators", what: "5 000 packs with 15 components", how: How::Own(generators::rows) },
    Scenario {
        name: "unchanged",
        what: "1 000 packs with 15 components, built before",
        how: How::Commands(Commands {
            peer_name: "bare walk",
            peer: Some(|context| Ok(context.walk(&catalogues::thousand(context)?))),
            ours: |context| unchanged(context, &catalogues::thousand(context)?),
            parts: &[UNCHANGED],
            check: Some(|context| nothing_was_written(context, &catalogues::thousand(context)?)),
        }),
    },
    Scenario {
        name: "unchanged-tags",
        what: "1 000 packs with 3 tags each in one repository, built before",
        how: How::Commands(Commands {
            peer_name: "bare walk",
            peer: Some(|context| Ok(context.walk(&catalogues::monorepo(context)?.directory))),
            ours: |context| unchanged(context, &catalogues::monorepo(context)?.directory),
            parts: &[UNCHANGED],
            check: Some(|context| nothing_was_written(context, &catalogues::monorepo(context)?.directory)),
        }),
    },
    Scenario {
        name: "one-tag",
        what: "one new tag in a repository with 3 000",
        how: How::Commands(Commands {
            peer_name: "first build",
            peer: Some(first_build),
            ours: one_tag,
            parts: &[Part { what: "record and publish it", stages: &[], by: By::Wall, wanted: "–" }],
            check: Some(|context| {
                let public = catalogues::monorepo(context)?.directory.join("public");
                let (written, all) = written::since_stamp(context, &public, usize::MAX)?;
                Ok(format!("{written} of {all} files written"))
            }),
        }),
    },
    Scenario {
        name: "big-index",
        what: "index of 10 000 packs with 200 000 releases",
        how: How::Commands(Commands {
            peer_name: "none",
            peer: None,
            ours: |context| Ok(context.big_index("remember", &catalogues::big_index(context)?)),
            parts: &[Part {
                what: "read and verify everything",
                stages: &["Loading"],
                by: By::Wall,
                wanted: "5 s, 1 GiB",
            }],
            check: None,
        }),
    },
    Scenario {
        name: "big-index-one",
        what: "one more release in that index, the rest known",
        how: How::Commands(Commands {
            peer_name: "none",
            peer: None,
            ours: one_more_release,
            parts: &[
                Part { what: "load, plan, append", stages: &["Index stage"], by: By::Wall, wanted: "200 ms" },
                Part { what: "recall from JSON, and all that", stages: &[], by: By::Wall, wanted: "–" },
            ],
            check: None,
        }),
    },
    Scenario { name: "serve", what: "preview of 1 000 packs with 3 tags each", how: How::Own(saves::rows) },
];

impl Context {
    /// Returns the program that is measured.
    pub(super) fn packyard(&self) -> PathBuf {
        self.root.join("target/release/packyard")
    }

    /// Returns the path of a script of a peer.
    pub(super) fn peer(&self, name: &str) -> PathBuf {
        self.root.join("benches/peers").join(name)
    }

    /// Returns a build of a catalogue.
    pub(super) fn build(&self, directory: &Path) -> Run {
        let out = directory.join("public");
        let arguments = ["build".into(), "--timings".into(), "--dir".into(), directory.to_owned(), "--out".into(), out];
        Run { program: self.packyard(), arguments: arguments.into() }
    }

    /// Returns a walk over the sources of a catalogue.
    fn walk(&self, directory: &Path) -> Run {
        Run { program: self.example("bare_walk"), arguments: vec![directory.join("packs")] }
    }

    /// Returns the bare loop over a catalogue.
    pub(super) fn bare_site(&self, catalogue: PathBuf) -> Result<Run> {
        let out = catalogues::output(self, "bare-site")?;
        Ok(Run { program: self.example("bare_site"), arguments: vec![catalogue, out] })
    }

    /// Returns a task of the example that writes and reads a large index.
    pub(super) fn big_index(&self, task: &str, folder: &Path) -> Run {
        let mut arguments = vec![task.into(), folder.to_owned()];
        if task != "write" {
            arguments.push(folder.with_extension("known"));
        }
        Run { program: self.example("big_index"), arguments }
    }

    fn example(&self, name: &str) -> PathBuf {
        self.root.join("target/release/examples").join(name)
    }
}

fn python(context: &Context) -> Result<Run> {
    let (packs, out) = (catalogues::exchange(context)?.join("packs"), catalogues::output(context, "python")?);
    Ok(Run { program: "python3".into(), arguments: vec![context.peer("index_python.py"), packs, out] })
}

fn bare_site(context: &Context) -> Result<Run> {
    context.bare_site(catalogues::thousand(context)?)
}

/// Prepares a build of what the same program has built already.
fn unchanged(context: &Context, directory: &Path) -> Result<Run> {
    catalogues::built(context, directory)?;
    written::stamp(context)?;
    Ok(context.build(directory))
}

fn nothing_was_written(context: &Context, directory: &Path) -> Result<String> {
    let (written, all) = written::since_stamp(context, &directory.join("public"), 0)?;
    Ok(format!("{written} of {all} files written"))
}

fn first_build(context: &Context) -> Result<Run> {
    let monorepo = catalogues::without_added(catalogues::monorepo(context)?)?;
    Ok(context.build(&catalogues::without_build(monorepo.directory)?))
}

/// Prepares a build after one more release was tagged.
fn one_tag(context: &Context) -> Result<Run> {
    let monorepo = catalogues::monorepo(context)?;
    catalogues::built(context, &monorepo.directory)?;
    catalogues::tag_release(&monorepo)?;
    written::stamp(context)?;
    Ok(context.build(&monorepo.directory))
}

/// Prepares a recording into an index whose files are known.
fn one_more_release(context: &Context) -> Result<Run> {
    let folder = catalogues::big_index(context)?;
    // The release before was recorded just now: until its file is settled it would not be known.
    sleep(Duration::from_millis(100));
    let run = context.big_index("remember", &folder);
    outputs(program(&run.program).args(&run.arguments))?;
    Ok(context.big_index("record", &folder))
}
