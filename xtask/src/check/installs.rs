//! Installs from the built registry with the runtimes' own clients.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, ensure};

use super::{Outcome, site, tools};
use crate::process::{cargo, output, program, root, run};

/// Asks Python which entry points of domain packs it finds.
const ENTRY_POINTS: &str = "from importlib.metadata import entry_points\nfor e in entry_points(group='astradesk.pack'): print(e.name, e.load().__name__)";

/// A web server of Python's own, which ends with this value.
struct Server {
    process: Child,
    port: String,
}

impl Server {
    /// Serves a folder on a free port of this machine.
    fn start(folder: &std::path::Path) -> Result<Self> {
        let mut process = program("python3")
            .args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start python3 -m http.server")?;
        let mut line = String::new();
        let out = process.stdout.take().context("the server has no output")?;
        BufReader::new(out).read_line(&mut line)?;
        // Serving HTTP on 127.0.0.1 port 40001 (http://127.0.0.1:40001/) ...
        let port = line.split_whitespace().skip_while(|word| *word != "port").nth(1).unwrap_or_default().to_owned();
        ensure!(!port.is_empty(), "the server does not say where it listens: {line}");
        Ok(Self { process, port })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The files of a repository with a pack, and with the library that the pack needs.
const WITH_LIBRARY: &[(&str, &str)] = &[
    (
        "packyard.toml",
        "[[source]]\npath = \"desk\"\npacks = \"packages/*\"\n\n[[source]]\npath = \"desk\"\npacks = \"core\"\necosystem = \"astradesk\"\nprofile = \"library\"\n",
    ),
    (
        "desk/packages/domain-desk/pyproject.toml",
        "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"astradesk-domain-desk\"\nversion = \"1.0.0\"\n\
         dependencies = [\"astradesk-core>=1\"]\n\n[project.entry-points.\"astradesk.pack\"]\ndesk = \"domain_desk:Pack\"\n",
    ),
    (
        "desk/packages/domain-desk/src/domain_desk/__init__.py",
        "from astradesk_core import Base\n\n\nclass Pack(Base):\n    def register(self, registry): ...\n",
    ),
    (
        "desk/core/pyproject.toml",
        "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"astradesk-core\"\nversion = \"1.2.0\"\n",
    ),
    ("desk/core/src/astradesk_core/__init__.py", "class Base: ...\n"),
];

/// Installs a pack that needs a library of the framework from a registry that has both.
fn with_library() -> Result<()> {
    let folder = root().join("target/installs/with-library");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("cannot empty target/installs")?;
    }
    for (path, text) in WITH_LIBRARY {
        let path = folder.join(path);
        let parent = path.parent().context("a file lies in a folder")?;
        std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, text)).context("cannot write a pack")?;
    }
    run(cargo("run").args(["--quiet", "--release", "--", "build", "--dir"]).arg(&folder))?;
    let server = Server::start(&folder.join("public"))?;
    let environment = folder.join("environment");
    run(program("python3").args(["-m", "venv"]).arg(&environment))?;
    let index = format!("http://127.0.0.1:{}/runtimes/astradesk/simple/", server.port);
    run(program(environment.join("bin/pip"))
        .args(["install", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "--index-url"])
        .args([index.as_str(), "astradesk-domain-desk"]))?;
    let found = output(program(environment.join("bin/python")).args(["-c", ENTRY_POINTS]))?;
    ensure!(found.lines().any(|line| line == "desk Pack"), "the pack is not found beside its library: {found}");
    Ok(())
}

/// Installs every AstraDesk project from the registry's package index alone, and looks for its entry point.
pub(super) fn pip() -> Result<Outcome> {
    tools::require("python3", "install Python 3.11 or newer with its venv module (Debian: python3-venv)")?;
    let site = site::site()?;
    let index = std::fs::read_to_string(site.join("runtimes/astradesk/simple/index.html"))
        .context("the registry has no package index")?;
    let projects: Vec<&str> =
        index.lines().filter_map(|line| line.strip_prefix("<a href=\"")?.split('/').next()).collect();
    ensure!(!projects.is_empty(), "the package index has no project");
    let server = Server::start(&site)?;
    let address = format!("http://127.0.0.1:{}/runtimes/astradesk/simple/", server.port);
    for project in &projects {
        let environment = root().join("target/installs").join(project);
        if environment.exists() {
            std::fs::remove_dir_all(&environment).context("cannot empty target/installs")?;
        }
        run(program("python3").args(["-m", "venv"]).arg(&environment))?;
        let pip = environment.join("bin/pip");
        run(program(pip)
            .args(["install", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "--index-url"])
            .args([address.as_str(), project]))?;
        let found = output(program(environment.join("bin/python")).args(["-c", ENTRY_POINTS]))?;
        let module = project.trim_start_matches("astradesk-").replace('-', "_");
        ensure!(found.lines().any(|line| line == format!("{module} Pack")), "{project} has no entry point: {found}");
    }
    with_library()?;
    println!("pip installs {} projects from the package index alone, and the runtime finds them", projects.len());
    Ok(Outcome::Passed)
}
