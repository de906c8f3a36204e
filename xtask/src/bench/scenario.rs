//! What is measured: commands of ours, the peers that do the same work, and the ratios that are wanted.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};

use super::catalogues;

/// Where things are.
pub(super) struct Context {
    /// The root of the workspace.
    pub(super) root: PathBuf,
    /// Where catalogues and output go.
    pub(super) directory: PathBuf,
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
    pub(super) ours: Prepare,
    pub(super) peer_name: &'static str,
    pub(super) peer: Option<Prepare>,
    pub(super) parts: &'static [Part],
    /// What must hold after our last run.
    pub(super) check: Option<fn(&Context) -> Result<()>>,
}

/// A line of the table.
pub(super) struct Part {
    pub(super) what: &'static str,
    /// The stages of `--timings` that belong to it; none for the whole run.
    pub(super) stages: &'static [&'static str],
    /// The largest ratio of our CPU time to the peer's that is wanted.
    pub(super) wanted: &'static str,
}

/// The stages that end in a new registry index, without archives.
const INDEXING: &[&str] = &["Reading", "Planning", "Recording"];

const EVERYTHING: Part = Part { what: "everything", stages: &[], wanted: "–" };

/// Lists the scenarios, in the order of the table.
pub(super) static SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "index",
        what: "80 packs, 9 000 actions",
        ours: |context| Ok(context.build(&catalogues::without_build(catalogues::exchange(context)?)?)),
        peer_name: "Python script",
        peer: Some(python),
        parts: &[
            Part { what: "read, validate, hash, index", stages: INDEXING, wanted: "0.020" },
            Part { what: "archives", stages: &["Archiving"], wanted: "–" },
            EVERYTHING,
        ],
        check: None,
    },
    Scenario {
        name: "tags",
        what: "the same packs with 1 100 tags",
        ours: |context| Ok(context.build(&catalogues::without_build(catalogues::exchange_tags(context)?)?)),
        peer_name: "Python script, newest versions only",
        peer: Some(python),
        parts: &[
            Part { what: "read, validate, hash, index", stages: INDEXING, wanted: "0.100" },
            Part { what: "archives", stages: &["Archiving"], wanted: "–" },
            EVERYTHING,
        ],
        check: None,
    },
    Scenario {
        name: "site",
        what: "1 000 packs with 15 components",
        ours: |context| Ok(context.build(&catalogues::without_build(catalogues::thousand(context)?)?)),
        peer_name: "bare loop",
        peer: Some(bare_site),
        parts: &[
            Part { what: "pages", stages: &["Writing pages"], wanted: "2.000 of the time" },
            Part { what: "pages and all indexes", stages: &["Writing pages", "Writing indexes"], wanted: "–" },
            EVERYTHING,
        ],
        check: None,
    },
    Scenario {
        name: "unchanged",
        what: "1 000 packs with 15 components, built before",
        ours: unchanged,
        peer_name: "none",
        peer: None,
        parts: &[Part { what: "nothing to do", stages: &[], wanted: "0 files written" }],
        check: Some(nothing_was_written),
    },
];

impl Context {
    /// Returns the path of a script of a peer.
    pub(super) fn peer(&self, name: &str) -> PathBuf {
        self.root.join("benches/peers").join(name)
    }

    fn build(&self, directory: &Path) -> Run {
        let out = directory.join("public");
        let arguments = ["build".into(), "--timings".into(), "--dir".into(), directory.to_owned(), "--out".into(), out];
        Run { program: self.root.join("target/release/packyard"), arguments: arguments.into() }
    }
}

fn python(context: &Context) -> Result<Run> {
    let (packs, out) = (catalogues::exchange(context)?.join("packs"), catalogues::output(context, "python")?);
    Ok(Run { program: "python3".into(), arguments: vec![context.peer("index_python.py"), packs, out] })
}

fn bare_site(context: &Context) -> Result<Run> {
    let (catalogue, out) = (catalogues::thousand(context)?, catalogues::output(context, "bare-site")?);
    Ok(Run { program: context.root.join("target/release/examples/bare_site"), arguments: vec![catalogue, out] })
}

/// Prepares a build of what is built already.
fn unchanged(context: &Context) -> Result<Run> {
    let directory = catalogues::thousand(context)?;
    if !directory.join("public/index.json").is_file() {
        let run = context.build(&catalogues::without_build(directory.clone())?);
        crate::process::run(crate::process::program(&run.program).args(&run.arguments))?;
    }
    let stamp = context.directory.join("before-unchanged");
    fs::write(&stamp, "").with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(context.build(&directory))
}

/// Fails if any file below `public/` is newer than the start of the last run.
fn nothing_was_written(context: &Context) -> Result<()> {
    let modified = |path: &Path| -> Result<SystemTime> {
        fs::metadata(path)
            .and_then(|data| data.modified())
            .with_context(|| format!("cannot look at {}", path.display()))
    };
    let before = modified(&context.directory.join("before-unchanged"))?;
    let mut open = vec![catalogues::thousand(context)?.join("public")];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))? {
            let path = entry?.path();
            ensure!(modified(&path)? <= before, "a build with nothing changed has written {}", path.display());
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    Ok(())
}
