//! What may be said of packs after a release: a request becomes one event, or is refused.
//!
//! 1. [`event`] decides, from what the index has: pure, and without a clock.
//! 2. [`propose`] reads the index and makes the line that would be appended; [`append`] appends it, under the lock.
//!
//! A history takes any status of what was released; a request that changes nothing, or that leads nowhere, is refused here,
//! because the person who asks is there to be told.

use std::time::Duration;

use camino::Utf8Path;
use jiff::Timestamp;

use super::event::What;
use super::histories::Histories;
use super::history::{History, HistoryFault};
use super::known::KnownIndex;
use super::lookup::{self, LookupError};
use super::status::Status;
use super::store::{Store, StoreError};
use crate::ident::{PackId, PackName, Version};

/// Most characters of a reason.
const MOST_CHARACTERS: usize = 1000;

/// What somebody wants to be recorded.
#[derive(Debug, Clone)]
pub struct Request {
    /// The pack: `ecosystem/name`, or a name that only one pack has.
    pub pack: String,
    /// What is to be said of it.
    pub change: Change,
    /// Why.
    pub reason: String,
}

/// What is to be said of a pack; versions, packs and sources as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A release should no longer be chosen.
    Yank {
        /// The release.
        version: String,
        /// The address where more is said.
        advisory: Option<String>,
    },
    /// A release may be chosen again.
    Unyank {
        /// The release.
        version: String,
    },
    /// Something else is the better choice.
    Deprecate {
        /// The release; the whole pack without it.
        version: Option<String>,
        /// A pack, or a version of this one.
        successor: Option<String>,
    },
    /// It is a good choice again.
    Undeprecate {
        /// The release; the whole pack without it.
        version: Option<String>,
    },
    /// It is held back.
    Quarantine {
        /// The release; the whole pack without it.
        version: Option<String>,
    },
    /// It is no longer held back.
    Unquarantine {
        /// The release; the whole pack without it.
        version: Option<String>,
    },
    /// Nobody maintains it any more.
    Archive,
    /// Somebody maintains it again.
    Unarchive,
    /// The name belongs to another source.
    Transfer {
        /// The source.
        to: String,
    },
    /// The pack goes on under another name.
    Rename {
        /// `ecosystem/name`, or a name in the same ecosystem; the pack's own name takes a rename back.
        to: String,
    },
}

/// An event that was, or would be, appended.
#[derive(Debug, Clone, PartialEq)]
pub struct Appended {
    /// The pack.
    pub id: PackId,
    /// What happened.
    pub what: What,
    /// The file of the history, relative to the folder of the index.
    pub file: String,
    /// The number of the line, from 1.
    pub line: u64,
    /// The line, without its line feed.
    pub text: String,
}

/// Says why a request leads to no event: it makes no sense as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such pack or release.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Nothing would change.
    #[error("{0}; nothing would change")]
    NoChange(String),
    /// It says something that cannot be.
    #[error("{0}")]
    Senseless(String),
}

/// Reports a request that was refused, or an index that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The request makes no sense.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The index could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The history would not take the event.
    #[error(transparent)]
    History(#[from] HistoryFault),
}

/// Returns the line that a request leads to; writes nothing.
///
/// `others` are packs that are not in this index, and may be named as successors.
pub fn propose(store: &Store, others: &[PackId], request: &Request, at: Timestamp) -> Result<Appended, ChangeError> {
    Ok(prepare(store, others, request, at)?.1)
}

/// Appends what a request leads to, under the lock of the index; `waiting` is called when another process holds it.
pub fn append(
    store: &Store,
    others: &[PackId],
    request: &Request,
    at: Timestamp,
    patience: Duration,
    waiting: impl FnOnce(&Utf8Path),
) -> Result<Appended, ChangeError> {
    if !store.root().is_dir() {
        return Err(no_index(store).into());
    }
    let guard = store.lock(patience, waiting)?;
    let (mut history, appended) = prepare(store, others, request, at)?;
    store.append(&guard, &mut [&mut history])?;
    Ok(appended)
}

fn prepare(
    store: &Store,
    others: &[PackId],
    request: &Request,
    at: Timestamp,
) -> Result<(History, Appended), ChangeError> {
    if !store.root().is_dir() {
        return Err(no_index(store).into());
    }
    let loaded = store.load_known(&mut KnownIndex::default())?;
    let is_meant = |id: &&PackId| id.to_string() == request.pack || id.name.as_str() == request.pack;
    if let Some(id) = loaded.broken.iter().find(is_meant) {
        let what = format!("the history of `{id}` does not verify: `packyard index verify` says where");
        return Err(Refusal::Senseless(what).into());
    }
    let histories = loaded.histories;
    let id = lookup::pack(&request.pack, histories.ids()).map_err(Refusal::from)?;
    let known = histories.get(&id)?.expect("it was found among them");
    let what = event(known, &histories, others, request)?;
    let mut history = History::clone(known);
    history.append(at, what.clone())?;
    let text = history.new_lines().trim_end().to_owned();
    let appended = Appended { file: Store::file(&id), line: history.lines(), id, what, text };
    Ok((history, appended))
}

fn no_index(store: &Store) -> Refusal {
    Refusal::Senseless(format!("there is no registry index in `{}`: `packyard build` makes it", store.root()))
}

/// Returns the event that a request about a pack leads to, given its history, those of the index and the packs of others.
pub fn event(history: &History, histories: &Histories, others: &[PackId], request: &Request) -> Result<What, Refusal> {
    let reason = reason(&request.reason)?;
    let about = About { history, histories, others };
    match &request.change {
        Change::Yank { version, advisory } => about.yank(version, reason, advisory.as_deref()),
        Change::Unyank { version } => {
            let (version, status, what) = about.release(version)?;
            must(status.yanked.is_some(), || format!("{what} is not yanked"))?;
            Ok(What::Unyank { version, reason })
        }
        Change::Deprecate { version, successor } => about.deprecate(version.as_deref(), reason, successor.as_deref()),
        Change::Undeprecate { version } => {
            let (version, status, what) = about.either(version.as_deref())?;
            must(status.deprecated.is_some(), || format!("{what} is not deprecated"))?;
            Ok(What::Undeprecate { version, reason })
        }
        Change::Quarantine { version } => {
            let (version, status, what) = about.either(version.as_deref())?;
            let is_new = status.quarantined.as_ref() != Some(&reason);
            must(is_new, || format!("{what} is quarantined already, for the same reason"))?;
            Ok(What::Quarantine { version, reason })
        }
        Change::Unquarantine { version } => {
            let (version, status, what) = about.either(version.as_deref())?;
            must(status.quarantined.is_some(), || format!("{what} is not quarantined"))?;
            Ok(What::Unquarantine { version, reason })
        }
        Change::Archive => {
            let (_, status, what) = about.either(None)?;
            let is_new = status.archived.as_ref() != Some(&reason);
            must(is_new, || format!("{what} is archived already, for the same reason"))?;
            Ok(What::Archive { reason })
        }
        Change::Unarchive => {
            let (_, status, what) = about.either(None)?;
            must(status.archived.is_some(), || format!("{what} is not archived"))?;
            Ok(What::Unarchive { reason })
        }
        Change::Transfer { to } => about.transfer(to, reason),
        Change::Rename { to } => about.rename(to, reason),
    }
}

/// A pack, and what is known around it.
struct About<'a> {
    history: &'a History,
    histories: &'a Histories,
    others: &'a [PackId],
}

impl About<'_> {
    /// Returns a release, its status, and what people call it.
    fn release(&self, typed: &str) -> Result<(Version, Status, String), Refusal> {
        let version = lookup::version(typed, self.history)?;
        let what = format!("`{} {version}`", self.history.id());
        Ok((version.clone(), self.history.status(&version), what))
    }

    /// Returns a release, or the whole pack, in the same way.
    fn either(&self, typed: Option<&str>) -> Result<(Option<Version>, Status, String), Refusal> {
        match typed {
            Some(typed) => self.release(typed).map(|(version, status, what)| (Some(version), status, what)),
            None => Ok((None, self.history.pack_status(), format!("`{}`", self.history.id()))),
        }
    }

    fn yank(&self, typed: &str, reason: String, advisory: Option<&str>) -> Result<What, Refusal> {
        let (version, status, what) = self.release(typed)?;
        let advisory = advisory.map(address).transpose()?;
        let is_new = status.yanked.as_ref() != Some(&reason) || status.advisory != advisory;
        must(is_new, || format!("{what} is yanked already, for the same reason"))?;
        Ok(What::Yank { version, reason, advisory })
    }

    fn deprecate(&self, typed: Option<&str>, reason: String, successor: Option<&str>) -> Result<What, Refusal> {
        let (version, status, what) = self.either(typed)?;
        let successor = successor.map(|successor| self.successor(successor, version.as_ref())).transpose()?;
        let is_new = status.deprecated.as_ref() != Some(&(reason.clone(), successor.clone()));
        must(is_new, || format!("{what} is deprecated already, for the same reason"))?;
        Ok(What::Deprecate { version, reason, successor })
    }

    /// Returns a pack or a version of this one as it is recorded: what is to be used instead must be there.
    fn successor(&self, typed: &str, deprecated: Option<&Version>) -> Result<String, Refusal> {
        let id = self.history.id();
        if let Ok(version) = lookup::version(typed, self.history) {
            return match deprecated {
                None => {
                    Err(senseless(format!("`{id}` is deprecated as a whole: its own `{version}` succeeds nothing")))
                }
                Some(other) if *other == version => Err(senseless(format!("`{version}` cannot succeed itself"))),
                Some(_) => Ok(version.to_string()),
            };
        }
        let near_home = format!("{}/{typed}", id.ecosystem);
        let known = || self.histories.ids().chain(self.others);
        let found = match known().find(|known| known.to_string() == near_home) {
            Some(found) => found.clone(),
            // A text with digits in front is a version that is not there, rather than a pack.
            None if typed.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()) => {
                return Err(lookup::version(typed, self.history).expect_err("it was looked for").into());
            }
            None => lookup::pack(typed, known())?,
        };
        if found == *id {
            return Err(senseless(format!("`{id}` cannot succeed itself")));
        }
        Ok(found.to_string())
    }

    fn transfer(&self, to: &str, reason: String) -> Result<What, Refusal> {
        let source = to.trim();
        if source.is_empty() || source.chars().count() > MOST_CHARACTERS || source.chars().any(char::is_control) {
            return Err(senseless(format!("`{}` cannot be the name of a source", source.escape_debug())));
        }
        let id = self.history.id();
        // To the same source it says that a repository which was made again may go on.
        let is_owner = |what: &What| matches!(what, What::Owner { source: owner, .. } if owner == source);
        let is_of_name = |what: &What| matches!(what, What::Owner { .. } | What::Release(_));
        let last = self.history.events().iter().map(|event| &event.what).rfind(|what| is_of_name(what));
        must(!last.is_some_and(is_owner), || format!("`{id}` was just given to `{source}`"))?;
        Ok(What::Owner { source: source.to_owned(), reason: Some(reason) })
    }

    fn rename(&self, typed: &str, reason: String) -> Result<What, Refusal> {
        let id = self.history.id();
        let to = match typed.split_once('/') {
            Some(_) => typed.parse().map_err(|error| senseless(format!("{error}")))?,
            None => {
                let name = PackName::new(typed).map_err(|error| senseless(error.to_string()))?;
                PackId { ecosystem: id.ecosystem.clone(), name }
            }
        };
        if to.ecosystem != id.ecosystem {
            return Err(senseless(format!("`{to}` is in another ecosystem than `{id}`")));
        }
        let now = self.history.renamed_to();
        if to == *id {
            must(now.is_some(), || format!("`{id}` has that name"))?;
            return Ok(What::Rename { to, reason });
        }
        must(now != Some(&to), || format!("`{id}` goes on as `{to}` already"))?;
        let folded = to.name.folded();
        let is_confusable = |known: &&PackId| known.ecosystem == to.ecosystem && known.name.folded() == folded;
        if let Some(like) = self.histories.ids().find(|known| **known != to && is_confusable(known)) {
            return Err(senseless(format!("`{to}` is too much like `{like}`, which is already there")));
        }
        if let Some(head) = self.histories.head(&to) {
            if let Some((next, _)) = &head.status().renamed {
                return Err(senseless(format!("`{to}` itself goes on as `{next}`: rename to that name")));
            }
            if Some(head.owner()) != self.history.owner() {
                return Err(senseless(format!(
                    "`{to}` belongs to `{}`: it is another pack; `packyard deprecate {id} --successor {to}` leads to it",
                    head.owner()
                )));
            }
        }
        Ok(What::Rename { to, reason })
    }
}

fn must(is_so: bool, otherwise: impl FnOnce() -> String) -> Result<(), Refusal> {
    if is_so { Ok(()) } else { Err(Refusal::NoChange(otherwise())) }
}

fn senseless(what: String) -> Refusal {
    Refusal::Senseless(what)
}

/// Returns a reason without spaces around it: one line that says something.
fn reason(typed: &str) -> Result<String, Refusal> {
    let reason = typed.trim();
    if reason.is_empty() {
        return Err(senseless("the reason is empty: say why, for those who use the pack".to_owned()));
    }
    if reason.chars().count() > MOST_CHARACTERS || reason.chars().any(char::is_control) {
        let what = format!("the reason is not one line of at most {MOST_CHARACTERS} characters");
        return Err(senseless(what));
    }
    Ok(reason.to_owned())
}

/// Returns an address that pages may lead to.
fn address(typed: &str) -> Result<String, Refusal> {
    let rest = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://"));
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '\'' | '`');
    match rest {
        Some(rest) if !rest.is_empty() && typed.len() <= MOST_CHARACTERS && typed.chars().all(is_plain) => {
            Ok(typed.to_owned())
        }
        _ => Err(senseless(format!("`{}` is no web address: it begins with `https://`", typed.escape_debug()))),
    }
}

#[cfg(test)]
mod tests;
