//! `cargo xtask gen`: writes a seeded catalogue of packs that look like real ones.
//!
//! 1. [`plan`] decides sizes, names and releases, from the seed alone.
//! 2. [`files`] makes the files of each pack ([`stackstorm`], [`attune`]), at one release or over all of them.
//! 3. [`store`] writes directories or git repositories, and this module the `packyard.toml` beside them.
//!
//! The same options give the same bytes on every machine: there is no clock and no other source of chance.

mod attune;
mod documents;
mod files;
mod parameters;
mod plan;
mod random;
mod stackstorm;
mod store;
mod words;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, bail, ensure};

use crate::arguments::Arguments;
use files::Files;
pub(crate) use plan::{Ecosystem, Pack};
use plan::{Mix, Shape};
pub(crate) use random::Random;
pub(crate) use store::git;

/// What `cargo xtask gen` takes.
pub(crate) const USAGE: &str = "\
cargo xtask gen <dir> [options]

Writes a catalogue of generated packs and a packyard.toml into an empty or absent directory.

  --packs N           number of packs (default 20)
  --components M      components per pack (default 15)
  --releases R        releases per pack (default 1; only --git and --monorepo show them all)
  --seed S            another catalogue of the same shape (default 1)
  --ecosystem E       stackstorm, attune or mixed (default mixed)
  --git               bare git repositories with a commit and a tag per release, instead of directories
  --monorepo          one git repository of all packs with a clean working directory: a commit and a tag
                      <name>-v<version> per release
  --shape exchange    80 packs with 9 000 actions, skewed as a real exchange is; with tags about 1 100 of them";

/// A catalogue to be written.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) directory: PathBuf,
    seed: u64,
    mix: Mix,
    shape: Shape,
    form: Form,
}

/// How packs lie on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A directory each, at the newest release.
    Directories,
    /// A bare repository each.
    Repositories,
    /// One repository with a working directory.
    Monorepo,
}

/// Runs the command.
pub(crate) fn command(mut arguments: Arguments) -> Result<ExitCode> {
    let options = Options::parse(&mut arguments)?;
    let packs = run(&options)?;
    let releases: usize =
        packs.iter().map(|pack| if options.form.has_history() { pack.releases.len() } else { 1 }).sum();
    let actions: usize = packs.iter().map(|pack| pack.actions).sum();
    println!("{} packs, {actions} actions, {releases} releases in {}", packs.len(), options.directory.display());
    Ok(ExitCode::SUCCESS)
}

impl Options {
    /// Takes the options of `cargo xtask gen`.
    pub(crate) fn parse(arguments: &mut Arguments) -> Result<Self> {
        let form = match (arguments.flag("--git"), arguments.flag("--monorepo")) {
            (false, false) => Form::Directories,
            (true, false) => Form::Repositories,
            (false, true) => Form::Monorepo,
            (true, true) => bail!("--git and --monorepo exclude each other"),
        };
        let number = |arguments: &mut Arguments, name, default| -> Result<usize> {
            arguments.value(name)?.map_or(Ok(default), |text| text.parse().with_context(|| format!("{name} {text}")))
        };
        let packs = number(arguments, "--packs", 20)?;
        let components = number(arguments, "--components", 15)?;
        let releases = number(arguments, "--releases", 1)?;
        let seed = number(arguments, "--seed", 1)? as u64;
        ensure!(packs > 0 && components > 0 && releases > 0, "--packs, --components and --releases start at 1");
        ensure!(components <= 7_000, "a pack has at most 7000 components");
        let mix = match arguments.value("--ecosystem")?.as_deref() {
            Some("stackstorm") => Mix::Only(Ecosystem::StackStorm),
            Some("attune") => Mix::Only(Ecosystem::Attune),
            Some("mixed") | None => Mix::Both,
            Some(other) => bail!("unknown ecosystem `{other}`: stackstorm, attune or mixed"),
        };
        let shape = match arguments.value("--shape")?.as_deref() {
            Some("exchange") => Shape::Exchange { history: form.has_history() },
            Some("even") | None => Shape::Even { packs, components, releases },
            Some(other) => bail!("unknown shape `{other}`: exchange or even"),
        };
        let directory = PathBuf::from(arguments.positional("the directory to write to")?);
        // Git is run elsewhere.
        let directory = std::path::absolute(&directory)
            .with_context(|| format!("{} is no path to write to", directory.display()))?;
        arguments.finish()?;
        Ok(Self { directory, seed, mix, shape, form })
    }

    /// Returns what the catalogue holds.
    pub(crate) fn packs(&self) -> Vec<Pack> {
        plan::packs(self.seed, self.mix, self.shape)
    }
}

impl Form {
    fn has_history(self) -> bool {
        self != Self::Directories
    }
}

/// Writes the catalogue, on all cores.
pub(crate) fn run(options: &Options) -> Result<Vec<Pack>> {
    let root = &options.directory;
    let occupied = fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some());
    ensure!(!occupied, "{} is not empty", root.display());
    let packs = options.packs();
    let configuration = configuration(options.form, &packs);
    if options.form == Form::Monorepo {
        let mut at_root = Files::default();
        at_root.put("packyard.toml", configuration);
        at_root.put(".gitignore", "/.packyard/\n/public/\n/registry-archives/\n/registry-index/\n");
        store::monorepo(&packs, &at_root, root)?;
        return Ok(packs);
    }
    let bare = options.form == Form::Repositories;
    let parent = root.join(if bare { "repositories" } else { "packs" });
    fs::create_dir_all(&parent).with_context(|| format!("cannot create {}", parent.display()))?;
    in_parallel(&packs, |pack| match bare {
        true => store::bare_repository(pack, &parent.join(store::repository(pack))),
        false => store::directory(pack, &parent.join(&pack.name)),
    })?;
    let path = root.join("packyard.toml");
    fs::write(&path, configuration).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(packs)
}

fn configuration(form: Form, packs: &[Pack]) -> String {
    let mut text = "[registry]\nname = \"Generated packs\"\nurl = \"https://packs.example.org\"\n".to_owned();
    if form == Form::Repositories {
        for pack in packs {
            text.push_str(&format!("\n[[source]]\ngit = \"repositories/{}\"\n", store::repository(pack)));
        }
    } else {
        text.push_str("\n[[source]]\npath = \"packs\"\n");
    }
    text
}

/// Runs a function on every pack; the first failure is returned after all threads have ended.
fn in_parallel(packs: &[Pack], write: impl Fn(&Pack) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(pack) = packs.get(next.fetch_add(1, Ordering::Relaxed)) {
            write(pack)?;
        }
        Ok(())
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("the work does not panic"))
    })
}
