//! The step that reads feeds, sitemaps and badges as other people's programs do.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::{Outcome, site, tools};
use crate::process::{program, root, run};

/// Every XML file is well-formed, by xmllint, and what it claims to be, by feedparser and the rules of each format.
pub(super) fn judge() -> Result<Outcome> {
    let site = site::site()?;
    tools::apt_package("libxml2-utils", "xmllint")?;
    let is_xml = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "xml" || ending == "svg");
    // What packs hold is theirs, and need not be well-formed.
    let is_ours = |file: &PathBuf| !file.strip_prefix(&site).is_ok_and(|path| path.iter().any(|part| part == "files"));
    let files: Vec<PathBuf> = site::files_below(&site)?.into_iter().filter(is_xml).filter(is_ours).collect();
    ensure!(!files.is_empty(), "{} has no XML file", site.display());
    for files in files.chunks(200) {
        run(program("xmllint").arg("--noout").arg("--nonet").args(files))?;
    }
    let python = tools::python_with_feedparser()?;
    run(program(python).arg(root().join("tests/feeds/judge.py")).arg(&site))?;
    Ok(Outcome::Passed)
}
