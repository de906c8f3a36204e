//! Environment variables: what the code reads, against what the README documents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::codes::{ASTRADESK_ENV_UNDOCUMENTED, ASTRADESK_ENV_UNREAD};
use super::place::MOST_REPEATED;
use super::whole::{Whole, is_test};
use crate::diag::{Sink, Span};
use crate::pack::{Field, FieldTable};
use crate::source::FileEntry;

/// Variables of the system, of Python and of containers, which a README may name without any code that reads them.
const COMMON: &[&str] = &[
    "HOME",
    "PATH",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
    "UV_CACHE_DIR",
    "UV_LINK_MODE",
    "UV_INDEX_URL",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "JAVA_HOME",
    "DOCKER_BUILDKIT",
];

/// A variable that the installed code reads.
struct Variable<'a> {
    has_default: bool,
    entry: &'a FileEntry,
    span: Span,
}

/// Returns the variables that the installed code reads, each with its first place.
fn read<'a>(pack: &Whole<'a>) -> BTreeMap<String, Variable<'a>> {
    let mut found: BTreeMap<String, Variable<'a>> = BTreeMap::new();
    for (entry, module) in pack.modules().filter(|(entry, _)| !is_test(entry)) {
        for variable in module.environment.iter().filter(|variable| !variable.name.is_empty()) {
            let known = found.entry(variable.name.clone());
            // Without a default anywhere the program fails without the variable.
            known.and_modify(|known| known.has_default &= variable.has_default).or_insert(Variable {
                has_default: variable.has_default,
                entry,
                span: variable.span,
            });
        }
    }
    found
}

/// Returns the table of variables; names only, never values.
pub(super) fn table(pack: &Whole<'_>) -> Option<Arc<FieldTable>> {
    let fields: Vec<Field> = read(pack)
        .into_iter()
        .map(|(name, variable)| Field {
            name,
            required: !variable.has_default,
            constraints: if variable.has_default { vec!["has a default".to_owned()] } else { Vec::new() },
            // Without the line: that changes with everything above it, and two releases are compared by these words.
            description: format!("Read in `{}`.", variable.entry.path),
            ..Field::default()
        })
        .collect();
    let (title, anchor) = ("Environment variables".into(), "environment".into());
    (!fields.is_empty()).then(|| Arc::new(FieldTable { title, anchor, fields: fields.into() }))
}

/// Requires the README to name every variable that is read, and code to read every variable that the README documents.
pub(super) fn readme_and_code_agree(pack: &Whole<'_>, sink: &mut Sink) {
    let Some((readme, text)) = &pack.readme else { return };
    let read = read(pack);
    let words: BTreeSet<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    let silent = read.iter().filter(|(name, _)| !words.contains(name.as_str()));
    for (name, variable) in silent.take(MOST_REPEATED) {
        let message = format!("the environment variable `{name}` is read, and the README does not name it");
        sink.report(ASTRADESK_ENV_UNDOCUMENTED, pack.place(variable.entry, variable.span), message)
            .help("say in the README what it is for, and whether it must be set");
    }
    let elsewhere = read_elsewhere(pack);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (name, span) in documented(text) {
        let is_read = read.contains_key(name) || COMMON.contains(&name) || elsewhere.contains(name);
        if is_read || seen.len() >= MOST_REPEATED || !seen.insert(name) {
            continue;
        }
        let constant = pack.modules().find(|(_, module)| module.names.contains(name)).map(|(entry, _)| entry);
        let message = match constant {
            Some(entry) => {
                format!("the README documents `{name}` as a variable, but it is a constant in `{}`", entry.path)
            }
            None => format!("the README documents the environment variable `{name}`, and no code reads it"),
        };
        sink.report(ASTRADESK_ENV_UNREAD, pack.place(readme, span), message)
            .help(format!("read it with `os.getenv(\"{name}\")`, or remove it from the README"));
    }
}

/// Returns the variables that a README documents: set on a command line, or listed in a section about them.
fn documented(text: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut is_section = false;
    for (line, number) in text.lines().zip(1_u32..).take(20_000) {
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') {
            let heading = trimmed.to_lowercase();
            is_section = heading.contains("environment") || heading.contains("env var");
            continue;
        }
        for name in words(line) {
            let (before, after) = line.split_at(name.as_ptr() as usize - line.as_ptr() as usize);
            let after = &after[name.len()..];
            let before = before.trim_end_matches(['"', '\'']);
            let is_assigned = after.starts_with('=') && !after.starts_with("==");
            let is_exported = is_assigned
                && (before.ends_with("export ")
                    || before.ends_with("-e ")
                    || before.ends_with("--env ")
                    || before.trim() == "-");
            let is_listed =
                is_section && (before.ends_with('`') && after.starts_with(['`', '=', ':']) || before.trim() == "|");
            if (is_exported || is_listed) && found.len() < 500 {
                let column =
                    u32::try_from(line[..line.len() - after.len() - name.len()].chars().count() + 1).unwrap_or(1);
                let end_column = column + u32::try_from(name.len()).unwrap_or(1);
                found.push((name, Span { line: number, column, end_line: number, end_column }));
            }
        }
    }
    found
}

/// Returns the words of a line that look like names of environment variables.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| {
        word.len() >= 3
            && word.contains('_')
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    })
}

/// Returns what tests read, and what files in other languages name: nobody here knows what they do with it.
fn read_elsewhere(pack: &Whole<'_>) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        pack.modules().flat_map(|(_, module)| module.environment.iter().map(|read| read.name.clone())).collect();
    let ends = [".java", ".sh", ".kts", ".js", ".ts", ".toml"];
    for entry in
        pack.tree.snapshot.files().iter().filter(|entry| ends.iter().any(|end| entry.path.file_name().ends_with(end)))
    {
        if let Some(text) = pack.tree.text(entry, 256 << 10) {
            names.extend(text.lines().flat_map(words).map(str::to_owned));
        }
    }
    names
}
