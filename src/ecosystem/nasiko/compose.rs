//! `docker-compose.yml` and `.env.example`: how an agent is run, and which environment variables it reads. Names only, never values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::{MOST_ITEMS, text};
use crate::diag::Sink;
use crate::pack::{Field, FieldTable, PackTree};
use crate::source::FileEntry;
use crate::yaml::{Dialect, Node};

/// The name of the compose file that is read.
pub(super) const FILE: &str = "docker-compose.yml";
/// The name of the file with the names of environment variables.
pub(super) const ENV_EXAMPLE: &str = ".env.example";

/// Largest file of environment variables that is read, in bytes.
const MOST_BYTES: u64 = 256 << 10;

/// What a compose file says.
#[derive(Debug, Default, Clone)]
pub(super) struct Compose {
    /// Its services, in the order of the file.
    pub services: Vec<Service>,
}

/// A service.
#[derive(Debug, Clone)]
pub(super) struct Service {
    /// Its key.
    pub name: String,
    /// `container_name`.
    pub container: Option<String>,
    /// The names in `environment`.
    pub environment: Vec<String>,
    /// `ports`, as written.
    pub ports: Vec<String>,
}

/// Reads a compose file; nothing when it is no YAML or has no services.
pub(super) fn of_file(tree: &PackTree<'_>, entry: &FileEntry) -> Option<Compose> {
    let unreadable = |_: &mut Sink, _| {};
    let read = |file: &crate::pack::YamlFile<'_>, _: &mut Sink| read(&file.yaml.root);
    // Whoever starts the agent is told by the tool what is wrong; here it is a file without services.
    let parsed = tree.parse_yaml(entry, Dialect::Yaml12, "compose", &mut Sink::new(), unreadable, read);
    parsed.value.clone().filter(|compose| !compose.services.is_empty())
}

fn read(root: &Node) -> Compose {
    let services = root.get("services").map(Node::entries).unwrap_or_default().iter().take(MOST_ITEMS);
    let service = |(key, node): &(Node, Node)| Service {
        name: key.key_text(),
        container: text(node, "container_name"),
        environment: environment(node),
        ports: node
            .get("ports")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .take(MOST_ITEMS)
            .filter_map(|port| port.scalar_text().or_else(|| port.get("target").and_then(Node::scalar_text)))
            .collect(),
    };
    Compose { services: services.map(service).collect() }
}

/// Returns the names in `environment`, which is a mapping or a list of `NAME=value` and `NAME`.
fn environment(service: &Node) -> Vec<String> {
    let Some(node) = service.get("environment") else { return Vec::new() };
    let of_map = node.entries().iter().map(|(key, _)| key.key_text());
    let of_list =
        node.items().iter().filter_map(Node::as_str).map(|item| item.split('=').next().unwrap_or_default().to_owned());
    of_map.chain(of_list).filter(|name| is_name(name)).take(MOST_ITEMS).collect()
}

/// Returns the names in a file of `NAME=value` lines.
fn names_in(text: &str) -> Vec<(String, String)> {
    let mut comment = Vec::new();
    let mut names = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(said) = line.strip_prefix('#') {
            comment.push(said.trim());
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        if let Some((name, _)) = line.split_once('=')
            && is_name(name.trim())
            && names.len() < MOST_ITEMS
        {
            names.push((name.trim().to_owned(), comment.join(" ")));
        }
        comment.clear();
    }
    names
}

/// Tells whether text can be the name of an environment variable.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 200
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Returns the names and descriptions in `.env.example`.
pub(super) fn of_env_example(tree: &PackTree<'_>) -> Vec<(String, String)> {
    let text = tree.get(ENV_EXAMPLE).and_then(|entry| tree.text(entry, MOST_BYTES));
    text.map(|text| names_in(&text)).unwrap_or_default()
}

/// Returns the table of environment variables, by name; nothing when there are none.
///
/// Of several descriptions the first counts.
pub(super) fn table(names: impl IntoIterator<Item = (String, String)>) -> Option<Arc<FieldTable>> {
    let mut by_name: BTreeMap<String, String> = BTreeMap::new();
    for (name, description) in names {
        let known = by_name.entry(name).or_default();
        if known.is_empty() {
            *known = description;
        }
    }
    if by_name.is_empty() {
        return None;
    }
    let field = |(name, description)| Field { name, type_text: "string".to_owned(), description, ..Field::default() };
    Some(Arc::new(FieldTable {
        title: "Environment".into(),
        anchor: "environment".into(),
        fields: by_name.into_iter().map(field).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{self, Limits};

    #[test]
    fn a_compose_file_gives_names_and_no_values() {
        let text = "services:\n  tide:\n    container_name: tides\n    environment:\n      - API_KEY=${API_KEY}\n      - REGION\n    \
                    ports: [\"8000:8000\", 9000, {target: 70}]\n  other:\n    environment: {A: b, \"not a name\": c}\n";
        let compose = read(&yaml::read(text.as_bytes(), Dialect::Yaml12, Limits::default()).expect("YAML").root);
        let [tide, other] = &compose.services[..] else { panic!("{compose:?}") };
        assert_eq!((tide.name.as_str(), tide.container.as_deref()), ("tide", Some("tides")));
        assert_eq!(
            (&tide.environment[..], &tide.ports[..]),
            (&["API_KEY".into(), "REGION".into()][..], &["8000:8000".into(), "9000".into(), "70".into()][..])
        );
        assert_eq!(other.environment, ["A"]);
    }

    #[test]
    fn comments_above_a_variable_describe_it() {
        let names = names_in("# Key of the\n# tide service\nexport TIDE_KEY=secret\n\n# lost\n\nB=\nno line\n1C=2\n");
        assert_eq!(
            names,
            [("TIDE_KEY".to_owned(), "Key of the tide service".to_owned()), ("B".to_owned(), String::new())]
        );
    }
}
