//! Finds what no manifest marks: cards under another spelling, and agents of the earlier generation without a card.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::ENTRY_FILES;
use super::{card, compose, detect};
use crate::ecosystem::{Clue, Clues};
use crate::pack::Configured;
use crate::yaml::{self, Dialect, Limits, Node};

/// Says that a file is a card or a skill's manifest under another name.
const MISSPELT: &str = "misspelt";
/// Says that a file is one that agents of the earlier generation are made of.
const PART: &str = "part";

/// Looks into files for what Nasiko may have been meant to read.
#[derive(Debug)]
pub(super) struct Look;

impl Clues for Look {
    fn may_hold(&self, name: &str) -> bool {
        detect::MISSPELT.iter().any(|(wrong, _)| *wrong == name)
            || matches!(name, compose::FILE | "Dockerfile" | "main.py" | "__main__.py")
    }

    fn clue(&self, name: &str, bytes: &[u8]) -> Option<String> {
        let read = |dialect| yaml::read(bytes, dialect, Limits::default()).ok().map(|yaml| yaml.root);
        let (is_one, says) = match detect::MISSPELT.iter().find(|(wrong, _)| *wrong == name) {
            Some((_, card::FILE)) => (read(Dialect::Json).is_some_and(|root| detect::is_card(&root)), MISSPELT),
            Some(_) => (read(Dialect::Json).is_some_and(|root| detect::is_skill(&root)), MISSPELT),
            None if name == compose::FILE => {
                let has_services = |root: Node| root.get("services").is_some_and(Node::is_map);
                (read(Dialect::Yaml12).is_some_and(has_services), PART)
            }
            None => (!bytes.is_empty(), PART),
        };
        is_one.then(|| says.to_owned())
    }

    fn packs(&self, clues: &[Clue<'_>], configured: Configured<'_>) -> Vec<String> {
        let misspelt = clues.iter().filter(|clue| clue.says == MISSPELT).map(|clue| split(clue.path).0);
        let mut packs: BTreeSet<&str> = misspelt.collect();
        // A `Dockerfile` and a `main.py` prove nothing, so the configuration has to say what they are.
        if configured.profile == Some("python") {
            let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for (directory, name) in clues.iter().filter(|clue| clue.says == PART).map(|clue| split(clue.path)) {
                parts.entry(directory).or_default().insert(name);
            }
            let has = |directory: &str, name: &str| parts.get(directory).is_some_and(|names| names.contains(name));
            let is_agent = |directory: &&str| {
                let has_entry = ENTRY_FILES.iter().any(|path| {
                    let (below, name) = split(path);
                    let at = if below.is_empty() { (*directory).to_owned() } else { joined(directory, below) };
                    has(&at, name)
                });
                has(directory, compose::FILE) && has(directory, "Dockerfile") && has_entry
            };
            packs.extend(parts.keys().copied().filter(is_agent));
        }
        packs.into_iter().map(str::to_owned).collect()
    }
}

/// Splits a path into its directory and its name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn joined(directory: &str, below: &str) -> String {
    if directory.is_empty() { below.to_owned() } else { format!("{directory}/{below}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_without_a_card_need_all_their_parts_and_the_configuration() {
        let clues =
            |paths: &'static [&'static str]| paths.iter().map(|path| Clue { path, says: PART }).collect::<Vec<_>>();
        let python = Configured { ecosystem: None, profile: Some("python"), ..Configured::default() };
        let whole =
            clues(&["a/Dockerfile", "a/docker-compose.yml", "a/src/main.py", "b/Dockerfile", "b/main.py", "main.py"]);
        assert_eq!(Look.packs(&whole, python), ["a"]);
        assert!(Look.packs(&whole, Configured::default()).is_empty());
        let root = clues(&["Dockerfile", "docker-compose.yml", "__main__.py"]);
        assert_eq!(Look.packs(&root, python), [""]);
    }

    #[test]
    fn files_are_clues_by_what_they_say() {
        let card = br#"{"url": "x", "skills": []}"#;
        assert!(Look.clue("agent.json", card).is_some());
        for (name, text) in
            [("agent.json", "{}"), ("agent.json", "no JSON"), ("docker-compose.yml", "a: [b"), ("main.py", "")]
        {
            assert!(Look.may_hold(name) && Look.clue(name, text.as_bytes()).is_none(), "{name} {text}");
        }
        let found = Look.packs(&[Clue { path: "x/agent.json", says: MISSPELT }], Configured::default());
        assert_eq!(found, ["x"]);
    }
}
