//! The steps that look at the code and its dependencies.

use anyhow::Result;

use super::{Outcome, tools};
use crate::process::{cargo, exists, output, program, root, run};

pub(super) fn format() -> Result<Outcome> {
    run(cargo("fmt").args(["--all", "--check"]))?;
    Ok(Outcome::Passed)
}

pub(super) fn lint() -> Result<Outcome> {
    run(cargo("clippy").args(["--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Outcome::Passed)
}

/// Runs the tests with nextest where it is installed, with cargo alone otherwise: the same tests either way.
pub(super) fn test() -> Result<Outcome> {
    if exists("cargo-nextest") {
        run(cargo("nextest").args(["run", "--workspace", "--no-fail-fast"]))?;
        run(cargo("test").args(["--workspace", "--doc"]))?;
    } else {
        run(cargo("test").args(["--workspace", "--no-fail-fast"]))?;
    }
    Ok(Outcome::Passed)
}

/// Runs the tests that ask programs of other people once more, with those programs installed: without them they only say so.
pub(super) fn clients() -> Result<Outcome> {
    tools::apt_package("skopeo", "skopeo")?;
    tools::apt_package("openssh-client", "ssh-keygen")?;
    run(cargo("test").args(["--test", "it", "--", "oci_client", "skopeo", "signed"]).env("PACKYARD_NEEDS_TOOLS", "1"))?;
    Ok(Outcome::Passed)
}

/// Kills builds and publications at every operation on the file system; the tests of the step before take some of them only.
pub(super) fn faults() -> Result<Outcome> {
    let tracer = root().join("target/kill_at");
    run(program("cc").arg("-o").arg(&tracer).arg(root().join("tests/it/faults/kill_at.c")))?;
    if let Err(error) = output(program(&tracer).args(["0", "true"])) {
        return Ok(Outcome::Skipped(format!("no process may trace another here: {error:#}")));
    }
    let program = root().join("target/release/packyard");
    let variables = [("PACKYARD_FAULTS", "every".as_ref()), ("PACKYARD_PROGRAM", program.as_os_str())];
    run(cargo("test").args(["--test", "it", "--", "faults::"]).envs(variables))?;
    Ok(Outcome::Passed)
}

pub(super) fn docs() -> Result<Outcome> {
    run(cargo("doc").args(["--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-Dwarnings"))?;
    Ok(Outcome::Passed)
}

pub(super) fn licences() -> Result<Outcome> {
    tools::cargo_deny()?;
    run(cargo("deny").args(["check", "bans", "licenses", "sources"]))?;
    Ok(Outcome::Passed)
}

/// Where cargo-deny gets the advisories from, unless `deny.toml` says otherwise.
const ADVISORIES: &str = "https://github.com/rustsec/advisory-db";

/// Checks the dependencies against the advisory database, which lives on another host: the one thing that cannot be
/// installed where that host is out of reach.
pub(super) fn advisories() -> Result<Outcome> {
    tools::cargo_deny()?;
    let probe = output(program("git").args(["ls-remote", ADVISORIES, "HEAD"]).env("GIT_TERMINAL_PROMPT", "0"));
    if let Err(error) = probe {
        return Ok(Outcome::Skipped(format!("the advisory database cannot be reached: {error:#}")));
    }
    run(cargo("deny").args(["check", "advisories"]))?;
    Ok(Outcome::Passed)
}
