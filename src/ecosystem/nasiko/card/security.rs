//! How an agent wants its callers to prove who they are: `securitySchemes` and `security` of its card, as pages show them.

use super::super::document::MOST_REPEATED;
use crate::yaml::Node;

/// Returns each scheme by its name and what it is; cards have them by name (A2A) or as a list.
pub(super) fn schemes(root: &Node) -> Vec<String> {
    let Some(node) = root.get("securitySchemes") else { return Vec::new() };
    let text = |scheme: &Node, key: &str| scheme.get(key).and_then(Node::as_str).map(str::to_owned);
    let shown = |name: Option<String>, scheme: &Node| {
        let words = [text(scheme, "type"), text(scheme, "scheme"), text(scheme, "in")];
        let what = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        match name {
            Some(name) if what.is_empty() => name,
            Some(name) => format!("{name} ({what})"),
            None => what,
        }
    };
    let named = node.entries().iter().map(|(name, scheme)| shown(Some(name.key_text()), scheme));
    let listed = node.items().iter().map(|scheme| match scheme.as_str() {
        Some(name) => name.to_owned(),
        None => shown(text(scheme, "name").or_else(|| text(scheme, "id")), scheme),
    });
    named.chain(listed).filter(|text| !text.is_empty()).take(MOST_REPEATED).collect()
}

/// Returns what a caller must show: any one of these, each of which may be several schemes at once.
pub(super) fn needed(root: &Node) -> Vec<String> {
    let one = |way: &Node| {
        if let Some(name) = way.as_str() {
            return name.to_owned();
        }
        let scheme = |(name, scopes): &(Node, Node)| {
            let scopes: Vec<&str> = scopes.items().iter().filter_map(Node::as_str).take(MOST_REPEATED).collect();
            let name = name.key_text();
            if scopes.is_empty() { name } else { format!("{name} ({})", scopes.join(", ")) }
        };
        match way.entries() {
            [] if way.is_map() => "nothing".to_owned(),
            schemes => schemes.iter().take(MOST_REPEATED).map(scheme).collect::<Vec<_>>().join(" and "),
        }
    };
    let ways = root.get("security").map(Node::items).unwrap_or_default().iter();
    ways.map(one).filter(|text| !text.is_empty()).take(MOST_REPEATED).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::document::JSON;
    use super::*;

    fn read(json: &str) -> Node {
        crate::yaml::read(json.as_bytes(), JSON, crate::yaml::Limits::default()).expect("JSON").root
    }

    #[test]
    fn both_shapes_of_schemes_are_shown() {
        let by_name = r#"{"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}, "key": {"type": "apiKey", "in": "header"}, "odd": 1}}"#;
        assert_eq!(schemes(&read(by_name)), ["token (http bearer)", "key (apiKey header)", "odd"]);
        let as_list = r#"{"securitySchemes": ["mtls", {"name": "token", "type": "http"}, {"type": "oauth2"}, {}, 7]}"#;
        assert_eq!(schemes(&read(as_list)), ["mtls", "token (http)", "oauth2"]);
        assert!(schemes(&read(r#"{"securitySchemes": "none"}"#)).is_empty());
    }

    #[test]
    fn what_is_needed_is_one_of_several_ways() {
        let card = r#"{"security": [{"token": [], "login": ["read", "write"]}, {"key": []}, {}, "mtls", 3]}"#;
        assert_eq!(needed(&read(card)), ["token and login (read, write)", "key", "nothing", "mtls"]);
    }
}
