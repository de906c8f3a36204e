//! Finds what somebody named: a pack, or a release of it. Who mistypes is told what there is.

use crate::ident::{PackId, Version, nearest};

use super::history::History;

/// Most versions that a message lists.
const MOST_LISTED: usize = 8;

/// Says why nothing is called so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// There is no pack at all.
    #[error("the registry index is empty: `packyard build` records releases")]
    Empty,
    /// No pack has the name.
    #[error("the registry index has no pack `{typed}`{}", suggestion(near))]
    NoPack {
        /// What was typed.
        typed: String,
        /// The packs that may have been meant.
        near: Vec<String>,
    },
    /// Packs of several ecosystems have the name.
    #[error("`{typed}` is the name of several packs: {}", quoted(packs))]
    Ambiguous {
        /// What was typed.
        typed: String,
        /// The packs.
        packs: Vec<String>,
    },
    /// The pack has no release of that version.
    #[error("`{id}` has no release `{typed}`{} Recorded: {recorded}", ended(suggestion(near)))]
    NoVersion {
        /// The pack.
        id: PackId,
        /// What was typed.
        typed: String,
        /// The versions that may have been meant.
        near: Vec<String>,
        /// The versions that there are, highest first.
        recorded: String,
    },
}

/// Returns the pack that is called so: `ecosystem/name`, or a name that only one pack has.
pub fn pack<'a>(typed: &str, known: impl Iterator<Item = &'a PackId>) -> Result<PackId, LookupError> {
    let known: Vec<&PackId> = known.collect();
    if known.is_empty() {
        return Err(LookupError::Empty);
    }
    let has_name = |id: &&PackId| if typed.contains('/') { id.to_string() == typed } else { id.name.as_str() == typed };
    let found: Vec<&PackId> = known.iter().copied().filter(has_name).collect();
    match found[..] {
        [one] => Ok(one.clone()),
        [] => {
            let names: Vec<(String, String)> = known.iter().map(|id| (id.name.to_string(), id.to_string())).collect();
            let wanted = typed.rsplit('/').next().unwrap_or(typed);
            let near = nearest(wanted, names.iter().map(|(name, _)| name.as_str()));
            let near = near.iter().flat_map(|near| names.iter().filter(move |(name, _)| name == near));
            let near = near.map(|(_, id)| id.clone()).take(3).collect();
            Err(LookupError::NoPack { typed: typed.to_owned(), near })
        }
        _ => {
            let packs = found.iter().map(ToString::to_string).collect();
            Err(LookupError::Ambiguous { typed: typed.to_owned(), packs })
        }
    }
}

/// Returns the recorded version that is written so; a `v` in front of it does not matter.
pub fn version(typed: &str, history: &History) -> Result<Version, LookupError> {
    let mut recorded: Vec<&Version> = history.releases().map(|(release, _)| &release.version).collect();
    let is_it = |version: &&&Version| version.as_str() == typed || Some(version.as_str()) == typed.strip_prefix('v');
    if let Some(version) = recorded.iter().find(is_it) {
        return Ok((*version).clone());
    }
    recorded.sort_by(|a, b| b.cmp(a));
    let near = nearest(typed, recorded.iter().map(|version| version.as_str()));
    let mut list = recorded.iter().take(MOST_LISTED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if recorded.is_empty() {
        list.push_str("none");
    } else if recorded.len() > MOST_LISTED {
        list.push_str(&format!(" and {} more", recorded.len() - MOST_LISTED));
    }
    Err(LookupError::NoVersion {
        id: history.id().clone(),
        typed: typed.to_owned(),
        near: near.into_iter().map(str::to_owned).collect(),
        recorded: list,
    })
}

fn suggestion(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", quoted(near)) }
}

fn ended(text: String) -> String {
    if text.is_empty() { ".".to_owned() } else { text }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{history, id};
    use super::*;

    #[test]
    fn packs_are_found_by_name_where_that_is_enough() {
        let known: Vec<PackId> = ["attune/echo", "attune/shout", "nasiko/echo"].map(|id| id.parse().unwrap()).into();
        let find = |typed: &str| pack(typed, known.iter()).map_err(|error| error.to_string());
        assert_eq!(find("shout"), Ok(id("shout")));
        assert_eq!(find("attune/echo"), Ok(id("echo")));
        assert_eq!(find("echo"), Err("`echo` is the name of several packs: `attune/echo` or `nasiko/echo`".to_owned()));
        let missing = "the registry index has no pack `attune/shuot`; did you mean `attune/shout`?";
        assert_eq!(find("attune/shuot"), Err(missing.to_owned()));
        assert_eq!(find("zzz"), Err("the registry index has no pack `zzz`".to_owned()));
    }

    #[test]
    fn versions_are_listed_to_who_asks_for_another() {
        let history = history("echo", &["1.0.0", "1.10.0", "1.9.0"]);
        assert_eq!(version("v1.9.0", &history).unwrap().as_str(), "1.9.0");
        let said = version("1.10.1", &history).unwrap_err().to_string();
        assert_eq!(
            said,
            "`attune/echo` has no release `1.10.1`; did you mean `1.10.0` or `1.0.0`? Recorded: 1.10.0, 1.9.0, 1.0.0"
        );
        let said = version("next", &history).unwrap_err().to_string();
        assert_eq!(said, "`attune/echo` has no release `next`. Recorded: 1.10.0, 1.9.0, 1.0.0");
    }
}
