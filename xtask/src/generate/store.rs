//! Writes packs to the disk: as directories, or as git repositories with a tag per release.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::files;
use super::plan::{Ecosystem, Pack};

/// Returns the name of the repository of a pack, as its ecosystem has the habit.
pub(crate) fn repository(pack: &Pack) -> String {
    match pack.ecosystem {
        Ecosystem::StackStorm => format!("stackstorm-{}.git", pack.name),
        Ecosystem::Attune => format!("{}.git", pack.name),
    }
}

/// Writes the newest release of a pack as a directory.
pub(crate) fn directory(pack: &Pack, root: &Path) -> Result<()> {
    for (path, content) in files::newest(pack).0 {
        let path = root.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        }
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Writes every release of a pack into a bare repository: a commit and a tag `v<version>` each.
///
/// One `git fast-import` writes the whole history; names and times are fixed, so that the commit ids are too.
pub(crate) fn bare_repository(pack: &Pack, root: &Path) -> Result<()> {
    let created = git(root.parent().unwrap_or(root))
        .args(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1"])
        .arg(root)
        .status()
        .context("cannot run git")?;
    ensure!(created.success(), "git init of {} failed", root.display());
    let mut import = git(root)
        // A pack file even for few objects: loose objects are files, and there are many repositories.
        .args(["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--done"])
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot run git fast-import")?;
    let mut stream = BufWriter::new(import.stdin.take().context("git fast-import has no input")?);
    let written = write_stream(pack, &mut stream);
    drop(stream);
    let status = import.wait().context("cannot wait for git fast-import")?;
    written.with_context(|| format!("cannot write the history of {}", pack.name))?;
    ensure!(status.success(), "git fast-import of {} failed", root.display());
    Ok(())
}

/// Writes a stream as `git help fast-import` specifies it.
fn write_stream(pack: &Pack, out: &mut impl Write) -> std::io::Result<()> {
    for (release, files) in pack.releases.iter().zip(files::history(pack)) {
        let message = format!("Release {}\n", release.version);
        write!(
            out,
            "commit refs/heads/main\ncommitter Example Packs <packs@example.org> {} +0000\ndata {}\n{message}",
            release.time,
            message.len()
        )?;
        for (path, content) in files.0 {
            write!(out, "M 100644 inline {path}\ndata {}\n", content.len())?;
            out.write_all(&content)?;
            writeln!(out)?;
        }
        write!(out, "\nreset refs/tags/v{}\nfrom refs/heads/main\n\n", release.version)?;
    }
    writeln!(out, "done")?;
    out.flush()
}

/// Returns git as it behaves without anybody's configuration.
fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR");
    command
}
