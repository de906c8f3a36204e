//! What tells Nasiko's packs from other programs' files of the same name.

use super::codes::{NASIKO_CASE_MISMATCH, NASIKO_FOREIGN_CARD};
use super::document::JSON;
use super::profile::Profile;
use super::rules::ENTRY_FILES;
use super::{ID, card, compose, skill_file};
use crate::diag::{Place, Sink};
use crate::ecosystem::Evidence;
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::Node;

/// Spellings of the markers that nothing reads, with the right one.
///
/// `Agentcard.json` is what a part of the earlier generation looked for, and so never found on systems that tell case apart.
pub(super) const MISSPELT: &[(&str, &str)] = &[
    ("Agentcard.json", card::FILE),
    ("agentcard.json", card::FILE),
    ("agent-card.json", card::FILE),
    ("agent.json", card::FILE),
    ("Skill.json", skill_file::FILE),
];

/// Keys of which a card of A2A has at least two.
const CARD_KEYS: &[&str] = &["protocolVersion", "skills", "capabilities", "url"];

/// What a directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// A skill.
    Skill,
    /// An agent.
    Agent,
}

/// How a file looks that has the name of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Not like one.
    Other,
    /// Like one.
    Manifest,
    /// Nobody can tell: it is no JSON.
    Broken,
}

/// A card that was looked at, under a type of its own for the memo.
struct CardLook(Look);
/// A skill's manifest that was looked at.
struct SkillLook(Look);

/// Returns what the marker files of a directory make it: a skill before an agent.
pub(super) fn marker(tree: &PackTree<'_>) -> Option<Marker> {
    let has_card = tree.get(card::FILE).is_some();
    let look = tree.get(skill_file::FILE).map(|entry| looks_like_skill(tree, entry));
    match look {
        Some(Look::Manifest) => Some(Marker::Skill),
        Some(Look::Broken | Look::Other) if !has_card => Some(Marker::Skill),
        _ => (has_card || is_without_card(tree)).then_some(Marker::Agent),
    }
}

/// Returns what speaks for a directory: a marker that looks like one is as good as a component.
pub(super) fn evidence(tree: &PackTree<'_>) -> Option<Evidence> {
    marker(tree).map(|_| Evidence([true, false, false, false]))
}

/// Tells whether the marker files of a directory are certainly not Nasiko's, and says so.
pub(super) fn is_foreign(tree: &PackTree<'_>, sink: &mut Sink) -> bool {
    let is_configured = tree.configured.ecosystem == Some(ID);
    if let Some(entry) = tree.get(skill_file::FILE)
        && looks_like_skill(tree, entry) == Look::Manifest
    {
        return false;
    }
    let has_context = is_configured || tree.has_sibling || has_container(tree);
    if let Some(entry) = tree.get(card::FILE) {
        let look = looks_like_card(tree, entry);
        // A card that cannot be read is reported where everything else says that it is one.
        if is_configured || (look != Look::Other && has_context) {
            return false;
        }
        let why = match look {
            Look::Manifest => "nothing else here is Nasiko's",
            _ => "it is no card of an A2A agent",
        };
        sink.report(NASIKO_FOREIGN_CARD, Place::file(card::FILE), format!("`{}` is left alone: {why}", card::FILE))
            .help("add a `Dockerfile`, or set `ecosystem = \"nasiko\"` for the source, if it is a Nasiko agent");
        return true;
    }
    if let Some(entry) = tree.get(skill_file::FILE) {
        return !(is_configured || looks_like_skill(tree, entry) == Look::Broken && tree.has_sibling);
    }
    misspelt(tree, is_configured, sink);
    !is_without_card(tree)
}

/// Tells whether a directory is an agent of the earlier generation, for which a model writes the card.
///
/// Only the configuration can say so: a `Dockerfile` and a `main.py` prove nothing, wherever they lie.
fn is_without_card(tree: &PackTree<'_>) -> bool {
    let has = |path: &str| tree.get(path).is_some();
    tree.configured.profile == Some(Profile::Python.name())
        && tree.get(card::FILE).is_none()
        && has("Dockerfile")
        && has(compose::FILE)
        && ENTRY_FILES.iter().any(|path| has(path))
}

/// Reports a marker under another spelling, where its content shows what it is meant to be.
fn misspelt(tree: &PackTree<'_>, is_configured: bool, sink: &mut Sink) {
    for (wrong, right) in MISSPELT {
        let Some(entry) = tree.get(wrong) else { continue };
        let is_meant = match *right {
            card::FILE => {
                looks_like_card(tree, entry) == Look::Manifest
                    && (is_configured || tree.has_sibling || has_container(tree))
            }
            _ => looks_like_skill(tree, entry) == Look::Manifest,
        };
        if is_meant {
            sink.report(NASIKO_CASE_MISMATCH, Place::file(*wrong), format!("`{wrong}` is not read"))
                .help(format!("rename it to `{right}`"));
        }
    }
}

/// Tells whether a directory is built as a container.
fn has_container(tree: &PackTree<'_>) -> bool {
    tree.get("Dockerfile").is_some() || tree.get(compose::FILE).is_some()
}

fn looks_like_card(tree: &PackTree<'_>, entry: &FileEntry) -> Look {
    let look = |root: &Node| CardLook(if is_card(root) { Look::Manifest } else { Look::Other });
    (*tree.sniff_yaml(entry, JSON, ID, look)).as_ref().map_or(Look::Broken, |look| look.0)
}

/// Tells whether an object has the keys of a card.
pub(super) fn is_card(root: &Node) -> bool {
    let keys = CARD_KEYS.iter().filter(|key| root.get(key).is_some()).count();
    keys >= 2 && root.get("skills").is_none_or(Node::is_seq)
}

fn looks_like_skill(tree: &PackTree<'_>, entry: &FileEntry) -> Look {
    let look = |root: &Node| SkillLook(if is_skill(root) { Look::Manifest } else { Look::Other });
    (*tree.sniff_yaml(entry, JSON, ID, look)).as_ref().map_or(Look::Broken, |look| look.0)
}

/// Tells whether an object has the keys of a skill's manifest.
pub(super) fn is_skill(root: &Node) -> bool {
    let version = root.get("apiVersion").and_then(Node::as_str);
    version.is_some_and(|version| version.starts_with("nasiko.dev/"))
        || ["metadata", "interface", "runtime"].iter().all(|key| root.get(key).is_some_and(Node::is_map))
}
