//! What can be typed, and the help that teaches it.

use camino::Utf8PathBuf;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = "\
Exit codes:
  0  nothing is wrong
  1  something is wrong with a pack, or with the registry's history
  2  the command line or packyard.toml is wrong
  3  the machine, the disk or the network failed

Try it:
  packyard init                     start a registry in this directory
  packyard new attune hello         add a pack that passes every check
  packyard serve                    look at it while you edit
  packyard build                    write the registry to public/";

/// Turns pack repositories into a registry: files that runtimes install from, and a website.
#[derive(Debug, Parser)]
#[command(name = "packyard", version, styles = STYLES, after_help = AFTER_HELP, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,

    /// Act in this directory: packyard.toml and all relative paths are found from here.
    #[arg(short = 'C', long, global = true, value_name = "DIR", default_value = ".", help_heading = "Everywhere")]
    pub(super) dir: Utf8PathBuf,

    /// Keep clones of remote repositories here instead of the user's cache directory.
    #[arg(long, global = true, value_name = "DIR", env = "PACKYARD_CACHE", hide_env_values = true)]
    #[arg(help_heading = "Everywhere")]
    pub(super) cache: Option<Utf8PathBuf>,

    /// Say on stderr what is done; twice for details.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub(super) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Init(Init),
    New(New),
    Check(Check),
    Build(Build),
    Serve(Serve),
    Publish(Publish),
    Verify(Verify),
    Diff(Diff),
    #[command(flatten)]
    Change(ChangeCommand),
    Log(Log),
    Index(Index),
    Explain(Explain),
    Completions(Completions),
    Man(Man),
}

/// Start a registry: packyard.toml, a folder for packs, and a line in .gitignore.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard init                     here
  packyard init registry            in a new directory

No file that exists is overwritten.")]
pub(super) struct Init {
    /// The directory of the new registry.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) directory: Utf8PathBuf,
}

/// Create a pack that passes every check.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard new attune hello         creates packs/hello/
  packyard new stackstorm hello --into ../my-packs")]
pub(super) struct New {
    /// The kind of pack.
    #[arg(value_parser = ecosystems())]
    pub(super) ecosystem: String,

    /// What the pack is called; its directory gets the same name.
    pub(super) name: String,

    /// The directory in which the pack's own directory is created.
    #[arg(long, value_name = "DIR", default_value = "packs")]
    pub(super) into: Utf8PathBuf,
}

/// Look for everything that is wrong with packs; nothing is published or written.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard check                    every source of packyard.toml
  packyard check packs/hello        one directory, whatever packyard.toml and registry-index/ say
  packyard check --format sarif > packyard.sarif
  packyard check --against origin/main
                                    the gate for pull requests to a registry: its history may only grow

`packyard explain CODE` says more about a finding. Severities are set in packyard.toml:
  [lints]
  missing-license = \"deny\"          # allow | warn | deny")]
pub(super) struct Check {
    /// Directories to check instead of the configured sources.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<Utf8PathBuf>,

    /// How findings are written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,

    /// Prove instead that registry-index/ only adds to what it was at this git revision.
    #[arg(long, value_name = "REV", conflicts_with_all = ["paths", "all"])]
    pub(super) against: Option<String>,

    /// Check every release too, not only the present state of the packs.
    #[arg(long)]
    pub(super) all: bool,

    /// Let warnings fail the check as errors do.
    #[arg(long)]
    pub(super) deny_warnings: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With the lines concerned, for people.
    Human,
    /// One JSON object, for programs.
    Json,
    /// SARIF 2.1.0, for code-scanning services and editors.
    Sarif,
    /// Workflow commands, which GitHub shows in a pull request.
    Github,
}

/// Build the registry: record new releases, write archives, indexes, feeds and the website.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard build                    record what is new, write public/
  packyard build --locked           write public/ from what is recorded, as a deployment does
  packyard build --strict           write nothing while any pack has an error

A pack with an error stops only itself: its recorded releases stay published, and the exit code is 1.
The same sources and the same registry-index/ give the same bytes. SOURCE_DATE_EPOCH, when it is set, dates
new releases of plain directories; releases from git have the date of their tag or commit.")]
pub(super) struct Build {
    /// Where the registry is written; with `--private`, `registry-private/public`.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "public",
        default_value_if("private", "true", "registry-private/public")
    )]
    pub(super) out: Utf8PathBuf,

    /// Record nothing: registry-index/ stays as it is. Exits with 1 only if the index and the sources disagree about a
    /// published release.
    #[arg(long)]
    pub(super) locked: bool,

    /// Write nothing at all while any pack has an error.
    #[arg(long)]
    pub(super) strict: bool,

    /// Include sources with `visibility = "private"`.
    #[arg(long)]
    pub(super) private: bool,

    /// A folder of templates that replace built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<Utf8PathBuf>,

    /// Show findings about recorded releases too, which nobody can mend.
    #[arg(long)]
    pub(super) all: bool,

    /// Do everything again, and remember nothing: `.packyard-cache/` is neither read nor written.
    #[arg(long)]
    pub(super) no_cache: bool,

    /// Say on stderr how long each stage took.
    #[arg(long)]
    pub(super) timings: bool,

    /// Print findings only.
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// Show the registry in a browser while you edit: what you save appears, drafts and mistakes included.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard serve                    http://127.0.0.1:8080/, or the next free port
  packyard serve --open             the same, in your browser
  packyard serve --port 3000 --private
  packyard serve --poll             on network drives and container mounts, which tell nobody of changes
  packyard serve --url https://packs.test
                                    behind a proxy that speaks https, for clients that want nothing else

Everything is built in memory: registry-index/, registry-archives/ and public/ are not touched, and nothing is
recorded. What is present and not released is shown as a draft. A mistake is shown in the page, whose last good
version stays. Runtimes can install from the address too, drafts included. Ctrl-C ends it.")]
pub(super) struct Serve {
    /// Listen at this port, or fail; without it, at 8080 or the next free one.
    #[arg(short, long, value_name = "N")]
    pub(super) port: Option<u16>,

    /// Listen at this address; 0.0.0.0 shows everything served to everybody who can reach this machine.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub(super) host: std::net::IpAddr,

    /// Open the registry in the browser.
    #[arg(long)]
    pub(super) open: bool,

    /// Include sources with `visibility = "private"`.
    #[arg(long)]
    pub(super) private: bool,

    /// Look for changes twice a second instead of being told by the system.
    #[arg(long)]
    pub(super) poll: bool,

    /// Say that clients reach it at this address, where a proxy passes requests on; it answers to that host, too.
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<crate::serve::Address>,
}

/// What may be said of a pack after a release.
#[derive(Debug, Subcommand)]
pub(super) enum ChangeCommand {
    /// Say that a release should no longer be chosen; it stays downloadable by exact version.
    #[command(after_long_help = "\
Example:
  packyard yank echo 1.2.0 --reason 'drops the last letter' --advisory https://acme.example/advisories/7

Runtimes no longer take the release unless somebody asks for exactly this version.")]
    Yank {
        #[command(flatten)]
        release: ReleaseArguments,
        /// A web page that says more.
        #[arg(long, value_name = "URL")]
        advisory: Option<String>,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Let a yanked release be chosen again.
    Unyank {
        #[command(flatten)]
        release: ReleaseArguments,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Say that something else is the better choice than a pack, or than one release of it.
    #[command(after_long_help = "\
Examples:
  packyard deprecate attune/echo --reason 'shout does it all' --successor attune/shout
  packyard deprecate attune/echo 1.2.0 --reason 'needs a fix' --successor 1.2.1")]
    Deprecate {
        #[command(flatten)]
        target: TargetArguments,
        /// What to use instead: a pack, or a version of this one.
        #[arg(long, value_name = "X")]
        successor: Option<String>,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Take a deprecation back.
    Undeprecate {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Hold a pack, or one release of it, back until somebody decides: no runtime gets it.
    Quarantine {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Give a quarantined pack or release back.
    Unquarantine {
        #[command(flatten)]
        target: TargetArguments,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Say that nobody maintains a pack any more; it stays installable.
    Archive {
        #[command(flatten)]
        pack: PackArgument,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Say that somebody maintains an archived pack again.
    Unarchive {
        #[command(flatten)]
        pack: PackArgument,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Give the name of a pack to another source: from then on only that one can release it.
    #[command(after_long_help = "\
Example:
  packyard transfer attune/echo --to https://git.acme.example/echo.git --reason 'it has moved'

A source is called by its public URL, or by the path in packyard.toml.")]
    Transfer {
        #[command(flatten)]
        pack: PackArgument,
        /// The source that gets it.
        #[arg(long, value_name = "SOURCE")]
        to: String,
        #[command(flatten)]
        common: ChangeArguments,
    },
    /// Say that a pack goes on under another name; its releases stay, and its page leads to the new one.
    #[command(after_long_help = "\
Examples:
  packyard rename attune/echo repeat --reason 'says what it does'
  packyard rename attune/echo echo --reason 'a mistake'     takes it back

The new name belongs to the source of the old one: nobody else can take it.")]
    Rename {
        #[command(flatten)]
        pack: PackArgument,
        /// The new name, in the same ecosystem.
        #[arg(value_name = "NEW")]
        to: String,
        #[command(flatten)]
        common: ChangeArguments,
    },
}

/// Which pack.
#[derive(Debug, Args)]
pub(super) struct PackArgument {
    /// `ecosystem/name`, or a name that only one pack has.
    #[arg(value_name = "PACK")]
    pub(super) pack: String,
}

/// Which release.
#[derive(Debug, Args)]
pub(super) struct ReleaseArguments {
    /// `ecosystem/name`, or a name that only one pack has.
    #[arg(value_name = "PACK")]
    pub(super) pack: String,

    /// The version of the release.
    #[arg(value_name = "VERSION")]
    pub(super) version: String,
}

/// Which pack, or which release of it.
#[derive(Debug, Args)]
pub(super) struct TargetArguments {
    /// `ecosystem/name`, or a name that only one pack has.
    #[arg(value_name = "PACK")]
    pub(super) pack: String,

    /// The version of one release; the whole pack without it.
    #[arg(value_name = "VERSION")]
    pub(super) version: Option<String>,
}

/// What every change of a status needs.
#[derive(Debug, Args)]
pub(super) struct ChangeArguments {
    /// Why, in one line: shown to everybody who uses the pack.
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,

    /// Change the index of private packs.
    #[arg(long)]
    pub(super) private: bool,

    /// Print the line, and append nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// Show what happened in the registry, newest first: releases, and what was said of them later.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard log -n 20                the last 20 events
  packyard log attune/echo          the history of one pack
  packyard log --format json        for programs")]
pub(super) struct Log {
    /// `ecosystem/name`, or a name that only one pack has; all packs without it.
    #[arg(value_name = "PACK")]
    pub(super) pack: Option<String>,

    /// How events are written.
    #[arg(long, value_enum, default_value_t = LogFormat::Human)]
    pub(super) format: LogFormat,

    /// Show at most so many events.
    #[arg(short = 'n', long, value_name = "N")]
    pub(super) number: Option<usize>,

    /// Show private packs too.
    #[arg(long)]
    pub(super) private: bool,
}

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// In a line each, for people.
    Human,
    /// One JSON object, for programs.
    Json,
}

/// Look after registry-index/.
#[derive(Debug, Args)]
pub(super) struct Index {
    #[command(subcommand)]
    pub(super) command: IndexCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum IndexCommand {
    Verify(VerifyIndex),
}

/// Prove that every history is whole, and that the archives are there.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard index verify             every line, and that archives are there in the recorded sizes
  packyard index verify --archives  reads every archive too, and compares its SHA-256

Without a folder of archives only the histories are verified.")]
pub(super) struct VerifyIndex {
    /// Read every archive, and compare its SHA-256 with the recorded one.
    #[arg(long)]
    pub(super) archives: bool,

    /// How findings are written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,

    /// Verify the index of private packs instead.
    #[arg(long)]
    pub(super) private: bool,
}

/// Add what a tag releases to a registry's repository, and push it: for the CI of a pack.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard publish --registry https://git.acme.example/registry.git
  packyard publish --registry ../registry.git --tag echo-v1.2.0 --dry-run
  packyard publish --registry git@git.acme.example:registry.git --pr

The tag is that of --tag, of the CI job (GITHUB_REF, CI_COMMIT_TAG, TAG_NAME), or the one that the present commit has. It
must say the version that the manifest says, and the pack must pass `packyard check` by the rules of the registry.

The release is one commit on the registry's branch: a line in registry-index/, and the archive. Whoever pushes at the same
time is waited for; what was recorded before is never changed. The same release again is a success that changes nothing;
other content under a released version is refused. Git itself fetches and pushes, with your credentials, and signs the
commit if commit.gpgSign is set.")]
pub(super) struct Publish {
    /// The registry's repository: a URL, or a path.
    #[arg(long, value_name = "URL", env = "PACKYARD_REGISTRY", hide_env_values = true)]
    pub(super) registry: String,

    /// The branch of the registry that counts; its default branch unless said otherwise.
    #[arg(long, value_name = "NAME")]
    pub(super) branch: Option<String>,

    /// The tag to publish.
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Option<String>,

    /// The URL that people clone the pack's repository from; that of the CI job or of the remote `origin` unless said otherwise.
    #[arg(long, value_name = "URL")]
    pub(super) source: Option<String>,

    /// Push a branch for review instead, called so or after the release.
    #[arg(long, value_name = "BRANCH", num_args = 0..=1, default_missing_value = "", require_equals = true)]
    pub(super) pr: Option<String>,

    /// Push nothing, and print what would be recorded.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Leave the archive out of the commit: the next build of the registry makes it again from the recorded commit.
    #[arg(long)]
    pub(super) no_archive: bool,

    /// Let warnings stop the publication as errors do.
    #[arg(long)]
    pub(super) deny_warnings: bool,

    /// The message of the commit.
    #[arg(short, long, value_name = "TEXT")]
    pub(super) message: Option<String>,

    /// The author of the commit, `Name <email>`; whom git is set up for unless said otherwise.
    #[arg(long, value_name = "WHO")]
    pub(super) author: Option<String>,

    /// How many seconds to go on trying while others publish, too.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub(super) patience: u64,
}

/// Verify a published registry: every digest, size, archive and list of files, and that it says what its index records.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard verify                   public/, and registry-index/ if it is there
  packyard verify /srv/www/packs    a registry that was copied from somewhere, by itself

Follows what index.json names, as a client does, and unpacks every archive.")]
pub(super) struct Verify {
    /// The folder of the registry.
    #[arg(value_name = "DIR", default_value = "public")]
    pub(super) folder: Utf8PathBuf,

    /// The registry index to hold it against; beside packyard.toml unless another folder than public/ is verified.
    #[arg(long, value_name = "DIR")]
    pub(super) index: Option<Utf8PathBuf>,

    /// How findings are written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// Show what changed between two releases of a pack, and whether that breaks those who use it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard diff attune/echo                 the newest release and the one before it
  packyard diff attune/echo@2.0.0           that release and the one before it
  packyard diff attune/echo 1.0.0           everything since 1.0.0
  packyard diff attune/echo 1.0.0 2.0.0
  packyard diff attune/echo@1.0.0 attune/echo@2.0.0
  packyard diff echo --format json          the name alone, where only one ecosystem has it

The verdict is `breaking`, `feature` or `fix`, by the rules of docs/format/comparison.md. What is compared is what
registry-index/ records, read from the archive store. The exit code is 0 whatever changed.")]
pub(super) struct Diff {
    /// The pack, as `ecosystem/name` or `name`; with `@version` one of its releases.
    #[arg(value_name = "PACK[@VERSION]")]
    pub(super) pack: String,

    /// The versions, or the second release; a single version is compared with the newest.
    #[arg(value_name = "VERSION", num_args = 0..=2)]
    pub(super) versions: Vec<String>,

    /// How the comparison is written.
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    pub(super) format: DiffFormat,

    /// List every file that changed, not only the first of them.
    #[arg(long)]
    pub(super) files: bool,

    /// Look among private packs too.
    #[arg(long)]
    pub(super) private: bool,
}

/// How a comparison is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people, the verdict first.
    Human,
    /// One JSON object, for programs.
    Json,
}

/// Explain a diagnostic code, or list all of them.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard explain                  every rule in one line
  packyard explain tag-moved        one rule in full")]
pub(super) struct Explain {
    /// The code, as it stands in brackets behind `error` or `warning`.
    pub(super) code: Option<String>,
}

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  packyard completions bash > ~/.local/share/bash-completion/completions/packyard
  packyard completions fish > ~/.config/fish/completions/packyard.fish")]
pub(super) struct Completions {
    /// The shell.
    pub(super) shell: clap_complete::Shell,
}

/// Print the manual page, or write those of all commands to a directory.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(super) struct Man {
    /// Where all pages are written.
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<Utf8PathBuf>,
}

/// Returns the known ecosystems, so that help, completion and errors name them.
fn ecosystems() -> clap::builder::PossibleValuesParser {
    crate::ecosystem::ALL.iter().map(|ecosystem| ecosystem.id()).collect::<Vec<_>>().into()
}
