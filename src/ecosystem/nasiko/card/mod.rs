//! The agent card: `AgentCard.json`.

mod checks;
mod security;
mod skills;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::codes::{NASIKO_CARD_UNREADABLE, NASIKO_FRAMEWORK_MISSING, NASIKO_URL_LOCALHOST};
use super::document::{JSON, Located, MOST_ITEMS, first_line, report_unreadable, require_object, strings, text};
use super::profile::Profile;
use crate::diag::Sink;
use crate::pack::{Fact, PackTree, Parsed, YamlFault, YamlFile};
use crate::source::FileEntry;
use crate::yaml::Node;

pub(super) use checks::version_findings;

/// The file name.
pub(super) const FILE: &str = "AgentCard.json";

/// What a card says, as far as it is usable.
#[derive(Debug, Default)]
pub(super) struct Card {
    /// `name`.
    pub name: Option<Located>,
    /// `version`.
    pub version: Option<Located>,
    /// `description`.
    pub description: String,
    /// `skills`.
    pub skills: Vec<CardSkill>,
    /// Every address at which the agent is reached, its own `url` first.
    pub interfaces: Vec<Interface>,
    /// `protocolVersion`.
    pub protocol: Option<String>,
    /// `preferredTransport`.
    pub transport: Option<String>,
    /// `provider.organization`.
    pub organization: Option<String>,
    /// `documentationUrl`, else `provider.url`.
    pub homepage: Option<String>,
    /// `tags`, and those of the skills.
    pub keywords: Vec<String>,
    /// Rows of facts.
    pub facts: Vec<Fact>,
}

/// A skill that a card lists.
#[derive(Debug)]
pub(super) struct CardSkill {
    /// `id`.
    pub id: Located,
    /// `name`.
    pub name: String,
    /// `description`.
    pub description: String,
    /// `tags`.
    pub tags: Vec<String>,
    /// `examples`.
    pub examples: Vec<String>,
    /// `inputModes`.
    pub input_modes: Vec<String>,
    /// `outputModes`.
    pub output_modes: Vec<String>,
}

/// An address at which an agent is reached.
#[derive(Debug)]
pub(super) struct Interface {
    /// The address.
    pub url: Located,
    /// How it is spoken to, such as `JSONRPC`.
    pub binding: Option<String>,
    /// In which version of the protocol.
    pub protocol: Option<String>,
    /// Whether it is the card's own `url`.
    pub is_default: bool,
}

/// Reads a card once per content; its findings are those about the card alone.
pub(super) fn of_file(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    profile: Profile,
    sink: &mut Sink,
) -> Arc<Parsed<Option<Card>>> {
    let unreadable = |sink: &mut Sink, fault: YamlFault| report_unreadable(NASIKO_CARD_UNREADABLE, sink, fault);
    tree.parse_yaml(entry, JSON, ("card", profile), sink, unreadable, |file, sink| read(file, profile, sink))
}

fn read(file: &YamlFile<'_>, profile: Profile, sink: &mut Sink) -> Option<Card> {
    if !require_object(file, NASIKO_CARD_UNREADABLE, sink) {
        return None;
    }
    let root = &file.yaml.root;
    checks::fields(file, root, profile, sink);
    checks::spelling(file, root, sink);
    let name = Located::of(root, "name");
    if let Some(name) = &name {
        checks::name(file, name, profile, sink);
    }
    checks::version(file, root, sink);
    if text(root, "agentFramework").is_none() {
        let place = root.get("agentFramework").map_or(first_line(root.span), |node| node.span);
        sink.report(NASIKO_FRAMEWORK_MISSING, file.place(place), "the card names no `agentFramework`")
            .help("add for example `\"agentFramework\": \"langgraph\"`, so that the client can offer the agent");
    }
    let interfaces = interfaces(root);
    if let Some(url) = interfaces.iter().find(|interface| interface.is_default && is_local(&interface.url.text)) {
        let message = format!("the agent's address is `{}`, which only its own machine can reach", url.url.text);
        sink.report(NASIKO_URL_LOCALHOST, file.place(url.url.span), message);
    }
    let skills = skills::read(file, root, sink);
    let provider = root.get("provider");
    let of_provider = |key: &str| provider.and_then(|provider| text(provider, key));
    Some(Card {
        version: Located::of(root, "version"),
        description: text(root, "description").unwrap_or_default(),
        keywords: keywords(root, &skills),
        protocol: text(root, "protocolVersion"),
        transport: text(root, "preferredTransport"),
        organization: of_provider("organization"),
        homepage: homepage(root, of_provider("url")),
        facts: facts(root),
        name,
        skills,
        interfaces,
    })
}

fn interfaces(root: &Node) -> Vec<Interface> {
    let own = Located::of(root, "url").map(|url| Interface {
        url,
        binding: text(root, "preferredTransport"),
        protocol: text(root, "protocolVersion"),
        is_default: true,
    });
    let further = ["supportedInterfaces", "additionalInterfaces"].into_iter().flat_map(|key| {
        root.get(key).map(Node::items).unwrap_or_default().iter().take(MOST_ITEMS).filter_map(|node| {
            Some(Interface {
                url: Located::of(node, "url")?,
                binding: text(node, "protocolBinding").or_else(|| text(node, "transport")),
                protocol: text(node, "protocolVersion"),
                is_default: false,
            })
        })
    });
    own.into_iter().chain(further).collect()
}

/// Returns the names of what an agent is capable of: the keys of `capabilities` that are true.
fn capabilities(root: &Node) -> Vec<String> {
    let entries = root.get("capabilities").map(Node::entries).unwrap_or_default().iter().take(MOST_ITEMS);
    entries.filter(|(_, value)| value.as_bool() == Some(true)).map(|(key, _)| key.key_text()).collect()
}

/// Returns the words to find an agent by, in lowercase, each once.
fn keywords(root: &Node, skills: &[CardSkill]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = strings(root, "tags").into_iter().chain(skills.iter().flat_map(|skill| skill.tags.iter().cloned()));
    all.map(|tag| tag.trim().to_lowercase()).filter(|tag| seen.insert(tag.clone())).take(MOST_ITEMS).collect()
}

/// Returns the first address of the documentation or provider that others can reach.
fn homepage(root: &Node, of_provider: Option<String>) -> Option<String> {
    let all = [text(root, "documentationUrl"), of_provider];
    all.into_iter().flatten().find(|url| !is_local(url))
}

/// Returns rows for what a card says beyond the fields of other packs.
fn facts(root: &Node) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |label: &'static str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label, value });
        }
    };
    add("Framework", text(root, "agentFramework").or_else(|| text(root, "framework")).unwrap_or_default());
    add("Capabilities", capabilities(root).join(", "));
    add("Takes", strings(root, "defaultInputModes").join(", "));
    add("Gives", strings(root, "defaultOutputModes").join(", "));
    add("Model provider", text(root, "llm_provider").unwrap_or_default());
    add("Transport", text(root, "transport").unwrap_or_default());
    add("Icon", text(root, "iconUrl").unwrap_or_default());
    add("Security schemes", security::schemes(root).join(", "));
    add("Security", security::needed(root).join(", or "));
    let signatures = root.get("signatures").map_or(0, |node| node.items().len());
    add("Signatures", if signatures == 0 { String::new() } else { signatures.to_string() });
    if root.get("supportsAuthenticatedExtendedCard").and_then(Node::as_bool) == Some(true) {
        add("Extended card", "for authenticated clients".to_owned());
    }
    facts
}

/// Tells whether an address is that of the machine itself, or of all its interfaces.
pub(super) fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
        || host == "::1"
        || host == "0.0.0.0"
        || (host.starts_with("127.") && host.split('.').count() == 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_machine_itself_are_known() {
        for url in [
            "http://localhost:8000/",
            "localhost",
            "http://127.0.0.1",
            "https://[::1]:1/x",
            "http://0.0.0.0:80",
            "http://u@LOCALHOST?x",
        ] {
            assert!(is_local(url), "{url}");
        }
        for url in [
            "https://agents.acme.example",
            "http://localhost.acme.example/",
            "http://127.acme.example",
            "",
            "https://acme.example/localhost",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }
}
