//! `packyard log`.

use std::cmp::Reverse;

use super::arguments::{Log, LogFormat};
use super::{Context, Outcome, UsageError};
use crate::diag::human;
use crate::ident::PackId;
use crate::index::event::{Event, What};
use crate::index::history::History;
use crate::index::lookup;
use crate::index::store::Store;

pub(super) fn run(arguments: &Log, context: &Context) -> anyhow::Result<Outcome> {
    let config = context.config()?;
    let (mut histories, mut broken) = (Vec::new(), 0);
    for private in [false, true].into_iter().filter(|private| !private || arguments.private) {
        let [folder, _] = context.index(&config, private);
        if !private && !folder.is_dir() {
            return Err(
                UsageError(format!("there is no registry index in `{folder}`: `packyard build` makes it")).into()
            );
        }
        let loaded = Store::at(folder).load()?;
        broken += loaded.findings.len();
        histories.extend(loaded.histories.into_values());
    }
    if let Some(typed) = &arguments.pack {
        let id = lookup::pack(typed, histories.iter().map(History::id))?;
        histories.retain(|history| *history.id() == id);
    }
    if broken > 0 {
        context.terminal.aside("what does not verify is left out: `packyard index verify` says what it is\n");
    }
    let mut events: Vec<(&PackId, &Event)> =
        histories.iter().flat_map(|history| history.events().iter().map(|event| (history.id(), event))).collect();
    events.sort_by_key(|(id, event)| (Reverse(event.at), *id, Reverse(event.seq)));
    events.truncate(arguments.number.unwrap_or(usize::MAX));
    let text = match arguments.format {
        LogFormat::Human => events.iter().map(|(id, event)| line(id, event) + "\n").collect(),
        LogFormat::Json => json(&events),
    };
    context.terminal.print(&text)?;
    Ok(Outcome::Clean)
}

/// Returns an event in a line.
fn line(id: &PackId, event: &Event) -> String {
    let at = event.at.strftime("%Y-%m-%d %H:%M");
    let name = event.what.version().map_or_else(|| id.to_string(), |version| format!("{id} {version}"));
    let kind = match &event.what {
        What::Owner { .. } if event.seq > 0 => "transfer",
        what => what.kind(),
    };
    let mut text = format!("{at}  {kind:<12}  {name}");
    text.push_str(&match &event.what {
        What::Owner { source, .. } if event.seq > 0 => format!(" to {source}"),
        What::Owner { source, .. } => format!(" is {source}"),
        What::Release(release) => origin(&release.source),
        What::Deprecate { successor: Some(successor), .. } => format!(" for {successor}"),
        What::Rename { to, .. } => format!(" to {to}"),
        _ => String::new(),
    });
    if let Some(reason) = event.what.reason() {
        text.push_str(&format!(": {reason}"));
    }
    if let What::Yank { advisory: Some(advisory), .. } = &event.what {
        text.push_str(&format!(" ({advisory})"));
    }
    // One event is one line, whatever its texts hold.
    human::safe(&text).replace('\n', " ")
}

/// Returns where a release came from.
fn origin(source: &crate::index::event::SourceFacts) -> String {
    let commit = source.commit.as_deref().map(|commit| commit.get(..10).unwrap_or(commit));
    match (source.tag.as_deref(), commit) {
        (Some(tag), Some(commit)) => format!(" from tag {tag} ({commit})"),
        (None, Some(commit)) => format!(" from commit {commit}"),
        _ if source.path.is_empty() => format!(" from {}", source.repository),
        _ => format!(" from {}/{}", source.repository, source.path),
    }
}

/// Returns the events as they are recorded, each with its pack.
fn json(events: &[(&PackId, &Event)]) -> String {
    #[derive(serde::Serialize)]
    struct Entry<'a> {
        pack: &'a PackId,
        #[serde(flatten)]
        event: &'a Event,
    }
    let events: Vec<Entry<'_>> = events.iter().map(|(pack, event)| Entry { pack, event }).collect();
    let file = serde_json::json!({ "version": 1, "events": events });
    serde_json::to_string_pretty(&file).expect("text keys and values") + "\n"
}
