//! The README: files that it names and that are not there, and the licence that it shows.

use std::collections::BTreeSet;

use super::codes::{ASTRADESK_LICENSE_MISMATCH, ASTRADESK_README_STALE};
use super::layout::FOLDERS;
use super::manifest::Manifest;
use super::place::MOST_REPEATED;
use super::whole::Whole;
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::{MISSING_LICENSE, MISSING_README};
use crate::pack::{PackTree, license};
use crate::source::FileEntry;
use crate::yaml::Node;

/// Endings of files that a README names.
const ENDINGS: &[&str] = &[".py", ".yaml", ".yml", ".rego", ".proto", ".java", ".sh", ".kts", ".toml", ".md"];

/// Tells whether a file at the top of the pack is the README; the letter case varies.
pub(super) fn is_readme(entry: &FileEntry) -> bool {
    is_at_top(entry, &["readme.md", "readme.rst", "readme.txt", "readme"])
}

/// Tells whether a file at the top of the pack is the changelog.
pub(super) fn is_changelog(entry: &FileEntry) -> bool {
    is_at_top(entry, &["changelog.md", "changes.md"])
}

/// Tells whether a file goes into wheels as a licence text; other names would change the digests of wheels that are out.
pub(super) fn is_license(entry: &FileEntry) -> bool {
    is_at_top(entry, &["license", "license.md", "license.txt", "licence", "copying"])
}

/// Returns the file with the licence text: the one that the manifest names, else one at the top of the pack.
pub(super) fn license_file<'a>(tree: &PackTree<'a>, manifest: &Manifest) -> Option<&'a FileEntry> {
    let named = manifest.license_file.as_deref().and_then(|path| tree.get(path.trim_start_matches("./")));
    let at_top = || tree.snapshot.files().iter().find(|entry| license::is_it(entry.path.as_str()) && entry.size > 0);
    named.filter(|entry| entry.size > 0).or_else(at_top)
}

fn is_at_top(entry: &FileEntry, names: &[&str]) -> bool {
    entry.path.parent().is_empty() && names.iter().any(|name| entry.path.as_str().eq_ignore_ascii_case(name))
}

/// Requires a README with content.
pub(super) fn readme_is_there(pack: &Whole<'_>, sink: &mut Sink) {
    if !pack.tree.snapshot.files().iter().any(|entry| is_readme(entry) && entry.size > 0) {
        sink.report(MISSING_README, Place::file(super::manifest::FILE), "the pack has no README")
            .help("add a `README.md` that says what the pack does and which environment variables it reads");
    }
}

/// Requires the files of the pack that the README names to be there.
pub(super) fn named_files_are_there(pack: &Whole<'_>, sink: &mut Sink) {
    let Some((readme, text)) = &pack.readme else { return };
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (line, number) in text.lines().zip(1_u32..).take(20_000) {
        for word in line.split(|c: char| c.is_whitespace() || "`\"'()[]<>,;|=".contains(c)) {
            let path = word.trim_matches(['.', ':', '*', '!', '?']).trim_start_matches("./");
            let Some((stale, found)) = stale(pack, path) else { continue };
            if seen.len() >= MOST_REPEATED || !seen.insert(path) {
                continue;
            }
            let column = line.find(path).map_or(1, |at| line[..at].chars().count() + 1);
            let (column, width) =
                (u32::try_from(column).unwrap_or(1), u32::try_from(path.chars().count()).unwrap_or(1));
            let span = Span { line: number, column, end_line: number, end_column: column + width };
            let draft = sink.report(
                ASTRADESK_README_STALE,
                pack.place(readme, span),
                format!("the README names `{stale}`, which does not exist"),
            );
            match found {
                Some(found) => draft.help(format!("it is `{found}` now")),
                None => draft.help("correct the name, or remove it"),
            };
        }
    }
}

/// Returns a path that a word names and that is not there, and where the file is instead, if anywhere.
fn stale<'a>(pack: &'a Whole<'_>, word: &'a str) -> Option<(&'a str, Option<&'a str>)> {
    if word.len() > 200
        || !ENDINGS.iter().any(|end| word.ends_with(end))
        || word.contains("..")
        || word.contains(['{', '$', '*'])
    {
        return None;
    }
    let own = format!("packages/{}/", pack.name);
    let (path, is_exact) = match word.strip_prefix(own.as_str()) {
        Some(rest) => (rest, true),
        None => (word.strip_prefix(&own["packages/".len()..]).unwrap_or(word), false),
    };
    let first = path.split('/').next().unwrap_or_default();
    let is_own = path.contains('/') && (FOLDERS.contains(&first) || matches!(first, "src" | "tests"));
    if !is_own {
        return None;
    }
    let has = |path: &str| pack.tree.get(path).is_some();
    if has(path) || (!is_exact && has(&format!("{}{path}", pack.layout.base()))) {
        return None;
    }
    let end = format!("/{path}");
    let found = pack.tree.snapshot.files().iter().find(|entry| entry.path.as_str().ends_with(&end));
    Some((word, found.map(|entry| entry.path.as_str())))
}

/// Requires a licence, and one that manifest, licence text and README agree on.
pub(super) fn licenses_agree(pack: &Whole<'_>, sink: &mut Sink) {
    let text = license_file(pack.tree, pack.manifest);
    let declared = pack.manifest.license.as_ref();
    let written = pack.root.get("project").and_then(|project| project.get("license"));
    let has_other_form = written.is_some_and(Node::is_map);
    let is_above = pack.tree.license_above().is_some();
    if text.is_none() && declared.is_none() && !has_other_form && !is_above {
        sink.report(MISSING_LICENSE, Place::file(super::manifest::FILE), "the pack has no licence")
            .help("add `license = \"…\"` with an SPDX expression to `[project]`, and a `LICENSE` file here or at the root of the repository");
    }
    let recognised = text.and_then(|entry| Some((entry, license::of_file(pack.tree, entry)?)));
    let badge = pack.readme.as_ref().and_then(|(entry, text)| badge(text).map(|(name, line)| (*entry, name, line)));
    if let (Some(declared), Some((entry, recognised))) = (declared, &recognised)
        && differs(&declared.value, recognised)
    {
        let message = format!("`license` is `{}`, but `{}` is the text of {recognised}", declared.value, entry.path);
        sink.report(ASTRADESK_LICENSE_MISMATCH, pack.at(declared.span), message).help("let both name the same licence");
    }
    let other = declared.map(|declared| declared.value.clone()).or_else(|| recognised.map(|(_, name)| name));
    if let (Some(other), Some((readme, badge, line))) = (other, badge)
        && differs(&other, &badge)
    {
        let span = Span { line, column: 1, end_line: line, end_column: 1 };
        let message = format!("the README shows the licence `{badge}`, but the pack has `{other}`");
        sink.report(ASTRADESK_LICENSE_MISMATCH, pack.place(readme, span), message).help("correct the badge");
    }
}

/// Returns the licence that a badge of a README shows, with its line.
fn badge(text: &str) -> Option<(String, u32)> {
    for (line, number) in text.lines().zip(1_u32..).take(100) {
        let lower = line.to_lowercase();
        let Some(at) = lower.find("badge/license-").or_else(|| lower.find("badge/licence-")) else { continue };
        // shields.io writes `--` for a hyphen, `_` or `%20` for a space, and the colour last. A dot may be part of the name.
        let written = line.get(at + "badge/license-".len()..)?;
        let written = written.split([')', '?', ' ']).next().unwrap_or_default().trim_end_matches(".svg");
        let name = written.replace("--", "\u{0}");
        let name = name.rsplit_once('-').map_or(name.as_str(), |(name, _)| name).replace('\u{0}', "-");
        return Some((name.replace("%20", " ").replace('_', " "), number));
    }
    None
}

/// Tells whether two names are those of different licences; compares what is known of both only.
fn differs(one: &str, other: &str) -> bool {
    match (family(one), family(other)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}

/// Returns the licence without the ways to write its name; nothing for an expression, or for a name that is not known.
fn family(name: &str) -> Option<String> {
    let upper = name.to_uppercase();
    if [" OR ", " AND ", " WITH "].iter().any(|word| upper.contains(word)) {
        return None;
    }
    let folded: String = upper.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let folded =
        folded.trim_end_matches("ONLY").trim_end_matches("ORLATER").replace("LICENSE", "").replace("VERSION", "");
    let known = [
        ("APACHE", "apache-2.0"),
        ("MIT", "mit"),
        ("AGPL", "agpl"),
        ("LGPL", "lgpl"),
        ("GPL", "gpl"),
        ("BSD", "bsd"),
        ("MPL", "mpl"),
        ("ISC", "isc"),
        ("PROPRIETARY", "proprietary"),
    ];
    let (start, family) = known.iter().find(|(start, _)| folded.starts_with(start))?;
    let number = folded[start.len()..].chars().find(char::is_ascii_digit);
    Some(match (*family, number) {
        ("gpl" | "lgpl" | "agpl" | "bsd", Some(number)) => format!("{family}-{number}"),
        _ => (*family).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn badges_and_names_of_licences_are_compared_by_what_they_mean() {
        let shown = badge("[![License](https://img.shields.io/badge/License-GPL--2.0--only-blue.svg)](x)");
        assert_eq!(shown, Some(("GPL-2.0-only".to_owned(), 1)));
        assert_eq!(
            badge("![l](https://img.shields.io/badge/license-Apache_2.0-green)").map(|(name, _)| name).as_deref(),
            Some("Apache 2.0")
        );
        assert!(!differs("GPL-2.0-only", "GPL-2.0") && differs("GPL-2.0-only", "Apache-2.0"));
        assert!(differs("GPL-2.0-only", "GPL-3.0-only") && !differs("Apache License 2.0", "Apache-2.0"));
        assert!(!differs("MIT OR Apache-2.0", "MIT") && !differs("LicenseRef-x", "MIT"));
    }
}
