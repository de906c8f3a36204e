//! `packyard diff`.

use std::fmt::Write as _;

use super::arguments::{Diff, DiffFormat};
use super::{Context, Outcome, UsageError, progress};
use crate::build::{self, DiffOptions};
use crate::compare::{Change, Comparison, Impact};
use crate::diag::{human, plural};
use crate::emit;
use crate::ident::PackId;

/// Most files that are listed unless all are asked for.
const MOST_FILES: usize = 10;
/// Longest text of an author that is shown, in characters.
const LONGEST: usize = 160;

pub(super) fn run(arguments: &Diff, context: &Context) -> anyhow::Result<Outcome> {
    let config = context.config()?;
    let (pack, from, to) = meant(arguments)?;
    let (root, cache, private) = (context.root.clone(), context.cache.clone(), arguments.private);
    let options = DiffOptions { root, cache, private, pack, from, to };
    let (id, comparison) = build::diff(&config, &options, &*progress::on_stderr(true))?;
    context.terminal.print(&match arguments.format {
        DiffFormat::Human => shown(&id, &comparison, arguments.files, context),
        DiffFormat::Json => String::from_utf8(emit::json(&emit::comparison::file(&id, &comparison)))?,
    })?;
    Ok(Outcome::Clean)
}

/// Returns the pack and the two versions, as far as they were typed.
fn meant(arguments: &Diff) -> Result<(String, Option<String>, Option<String>), UsageError> {
    let split = |text: &str| match text.split_once('@') {
        Some((pack, version)) => (Some(pack.to_owned()), Some(version.to_owned())),
        None => (None, Some(text.to_owned())),
    };
    let (pack, first) = match arguments.pack.split_once('@') {
        Some((pack, version)) => (pack.to_owned(), Some(version.to_owned())),
        None => (arguments.pack.clone(), None),
    };
    let too_many = || UsageError("at most two versions can be compared".to_owned());
    match (&first, &arguments.versions[..]) {
        (None, []) => Ok((pack, None, None)),
        (Some(_), []) => Ok((pack, None, first)),
        (None, [from]) => {
            // `diff attune/echo attune/other@1.0.0` is a slip, no version.
            match split(from) {
                (Some(_), _) => Err(UsageError(format!("say a version of `{pack}` too: `{pack}@VERSION`"))),
                (None, from) => Ok((pack, from, None)),
            }
        }
        (Some(_), [second]) => match split(second) {
            (Some(other), _) if other != pack => {
                Err(UsageError(format!("`{pack}` and `{other}` are two packs; releases of one pack are compared")))
            }
            (_, to) => Ok((pack, first, to)),
        },
        (None, [from, to]) => Ok((pack, Some(from.clone()), Some(to.clone()))),
        _ => Err(too_many()),
    }
}

/// Returns a comparison for people.
fn shown(id: &PackId, comparison: &Comparison, all_files: bool, context: &Context) -> String {
    let (from, to) = (&comparison.from.0, &comparison.to.0);
    let title = context.terminal.bold(&format!("{id} {from} → {to}"));
    let Some(verdict) = comparison.verdict() else { return format!("{title}: the same content\n") };
    let mut text = format!("{title}: {}\n{}\n", painted(verdict.as_str(), verdict, context), counts(comparison));
    if let Some(enough) = comparison.understated() {
        let _ = writeln!(text, "The number says less than that; {enough} would say it.");
    }
    for impact in Impact::ALL {
        let mut changes = comparison.with_impact(impact).peekable();
        if changes.peek().is_none() {
            continue;
        }
        let _ = writeln!(text, "\n{}", painted(impact.heading(), impact, context));
        for change in changes {
            let _ = writeln!(text, "  {}\n    {}", line(change), change.reason);
        }
    }
    files(comparison, all_files, context, &mut text);
    text
}

/// Returns how many changes there are of each impact.
fn counts(comparison: &Comparison) -> String {
    let files = format!("{} changed", plural(comparison.files.count(), "file"));
    let count = |impact| comparison.with_impact(impact).count();
    let fixes = match count(Impact::Fix) {
        1 => "1 fix".to_owned(),
        fixes => format!("{fixes} fixes"),
    };
    let words = [
        (Impact::Breaking, plural(count(Impact::Breaking), "breaking change")),
        (Impact::Feature, plural(count(Impact::Feature), "feature")),
        (Impact::Fix, fixes),
    ];
    let words = words.into_iter().filter(|(impact, _)| count(*impact) > 0).map(|(_, words)| words);
    let words = words.collect::<Vec<_>>().join(", ");
    if words.is_empty() { files } else { format!("{words}; {files}") }
}

/// Returns a change in one line.
fn line(change: &Change) -> String {
    let place = match change.place() {
        Some((title, Some(path))) => format!(", {title}, {path}"),
        Some((title, None)) => format!(", {title}"),
        None => String::new(),
    };
    safe(&format!("{}{place}: {}", change.subject(), change.words()))
}

fn files(comparison: &Comparison, all: bool, context: &Context, text: &mut String) {
    let files = &comparison.files;
    if files.count() == 0 {
        return;
    }
    let signed = |sign: &'static str, paths: &'_ [String]| -> Vec<String> {
        paths.iter().map(|path| format!("{sign} {path}")).collect()
    };
    let mut lines = signed("+", &files.added);
    lines.extend(signed("-", &files.removed));
    lines.extend(signed("~", &files.changed));
    lines.extend(
        files
            .moved
            .iter()
            .map(|one| format!("> {} → {}{}", one.from, one.to, if one.is_changed { " (changed)" } else { "" })),
    );
    let heading = format!(
        "{} added, {} removed, {} changed, {} moved",
        plural(files.added.len(), "file"),
        files.removed.len(),
        files.changed.len(),
        files.moved.len()
    );
    let _ = writeln!(text, "\n{}", context.terminal.bold(&heading));
    let most = if all { lines.len() } else { MOST_FILES };
    for line in lines.iter().take(most) {
        let _ = writeln!(text, "  {}", safe(line));
    }
    if lines.len() > most {
        let _ = writeln!(text, "  … and {} more; `--files` lists them all", lines.len() - most);
    }
}

/// Returns an author's text in one line that can do nothing to a terminal.
fn safe(text: &str) -> String {
    let line = text.split(['\n', '\r']).collect::<Vec<_>>().join(" ");
    let line = if line.chars().count() > LONGEST { line.chars().take(LONGEST).chain(['…']).collect() } else { line };
    human::safe(&line)
}

/// Returns a text in the colour of an impact, where colours are wanted.
fn painted(text: &str, impact: Impact, context: &Context) -> String {
    let color = match impact {
        Impact::Breaking => 31,
        Impact::Feature => 32,
        Impact::Fix => 36,
    };
    if context.terminal.style().color { format!("\u{1b}[1;{color}m{text}\u{1b}[0m") } else { text.to_owned() }
}
