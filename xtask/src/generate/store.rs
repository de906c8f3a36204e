//! Writes packs to the disk: as directories, as git repositories with a tag per release, or as one repository of them all.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::files::{self, Files};
use super::plan::{Ecosystem, Pack, Release};

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
    init(root, &["--bare"])?;
    fast_import(root, |out| {
        for (release, files) in pack.releases.iter().zip(files::history(pack)) {
            write_release(release, "", &format!("v{}", release.version), &files, out)?;
        }
        Ok(())
    })
    .with_context(|| format!("cannot write the history of {}", pack.name))
}

/// Writes every release of every pack into one repository with a clean working directory: a commit and a tag
/// `<name>-v<version>` each, in order of time, behind a commit of the files at the root.
pub(crate) fn monorepo(packs: &[Pack], at_root: &Files, root: &Path) -> Result<()> {
    fs::create_dir_all(root).with_context(|| format!("cannot create {}", root.display()))?;
    init(root, &[])?;
    let mut order: Vec<(u64, usize, &Release)> = Vec::new();
    for (index, pack) in packs.iter().enumerate() {
        order.extend(pack.releases.iter().map(|release| (release.time, index, release)));
    }
    order.sort_by_key(|&(time, index, _)| (time, index));
    let mut histories: Vec<_> = packs.iter().map(files::history).collect();
    fast_import(root, |out| {
        let first = order.first().map_or(0, |(time, ..)| time - 1);
        write_commit(first, "Begin", "", at_root, out)?;
        for (_, index, release) in order {
            let pack = &packs[index];
            let files = histories[index].next().unwrap_or_default();
            let tag = format!("{}-v{}", pack.name, release.version);
            write_release(release, &format!("packs/{}/", pack.name), &tag, &files, out)?;
        }
        Ok(())
    })
    .context("cannot write the history of all packs")?;
    let checked_out = git(root).args(["reset", "--quiet", "--hard", "main"]).status().context("cannot run git")?;
    ensure!(checked_out.success(), "git reset in {} failed", root.display());
    Ok(())
}

/// Creates a repository that depends on nobody's configuration.
fn init(root: &Path, options: &[&str]) -> Result<()> {
    let created = git(root.parent().unwrap_or(root))
        .args(["init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha1"])
        .args(options)
        .arg(root)
        .status()
        .context("cannot run git")?;
    ensure!(created.success(), "git init of {} failed", root.display());
    Ok(())
}

/// Runs `git fast-import` on what `write` writes.
fn fast_import(root: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let mut import = git(root)
        // A pack file even for few objects: loose objects are files, and there are many repositories.
        .args(["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--done"])
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot run git fast-import")?;
    let mut stream = BufWriter::new(import.stdin.take().context("git fast-import has no input")?);
    let written = write(&mut stream).and_then(|()| writeln!(stream, "done")).and_then(|()| stream.flush());
    drop(stream);
    let status = import.wait().context("cannot wait for git fast-import")?;
    written?;
    ensure!(status.success(), "git fast-import in {} failed", root.display());
    Ok(())
}

/// Writes the commit and the tag of a release.
fn write_release(
    release: &Release,
    folder: &str,
    tag: &str,
    files: &Files,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    write_commit(release.time, &format!("Release {}", release.version), folder, files, out)?;
    write!(out, "reset refs/tags/{tag}\nfrom refs/heads/main\n\n")
}

/// Writes a commit as `git help fast-import` specifies it: files below a folder that is empty or ends with a slash.
fn write_commit(time: u64, message: &str, folder: &str, files: &Files, out: &mut dyn Write) -> std::io::Result<()> {
    write!(
        out,
        "commit refs/heads/main\ncommitter Example Packs <packs@example.org> {time} +0000\ndata {}\n{message}\n",
        message.len() + 1
    )?;
    for (path, content) in &files.0 {
        write!(out, "M 100644 inline {folder}{path}\ndata {}\n", content.len())?;
        out.write_all(content)?;
        writeln!(out)?;
    }
    writeln!(out)
}

/// Returns git as it behaves without anybody's configuration.
pub(crate) fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR");
    command
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Mix, Shape, packs};
    use super::*;

    /// Ensures that a repository of all packs depends on the seed alone, and is what a checkout would give.
    #[test]
    fn a_monorepo_is_reproducible_and_clean() {
        let packs = packs(4, Mix::Both, Shape::Even { packs: 3, components: 4, releases: 3 });
        let mut at_root = Files::default();
        at_root.put("packyard.toml", "# nothing\n");
        let parent = std::env::temp_dir().join(format!("packyard-monorepo-{}", std::process::id()));
        let made = ["one", "two"].map(|name| {
            let root = parent.join(name);
            monorepo(&packs, &at_root, &root).expect("a repository");
            let output = |arguments: &[&str]| {
                String::from_utf8(git(&root).args(arguments).output().expect("git").stdout).expect("text")
            };
            assert_eq!(output(&["status", "--porcelain"]), "");
            for (path, content) in files::newest(&packs[1]).0 {
                assert_eq!(fs::read(root.join("packs").join(&packs[1].name).join(&path)).expect("a file"), content);
            }
            output(&["for-each-ref", "--format=%(objectname) %(refname)"])
        });
        fs::remove_dir_all(&parent).expect("it was made above");
        assert_eq!(made[0].lines().count(), 1 + 9, "a branch and nine tags");
        assert_eq!(made[0], made[1]);
    }
}
