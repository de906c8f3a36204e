//! Protocol files: `proto/*.proto`, listed with the services and messages that they declare.

use super::{PROTO, bare, table};
use crate::ecosystem::astradesk::layout::stem;
use crate::pack::{Component, Fact, Field, PackTree};
use crate::source::FileEntry;

/// Largest file that is looked at, in bytes.
const MOST_BYTES: u64 = 256 << 10;
/// Most declarations of a file.
const MOST: usize = 500;

/// Reads a protocol file.
pub(in crate::ecosystem::astradesk) fn read(tree: &PackTree<'_>, entry: &FileEntry, domain: &str) -> Option<Component> {
    let name = stem(entry);
    if !Component::is_safe_name(name) {
        return None;
    }
    let mut component = bare(&PROTO, name, format!("proto.{domain}.{name}"), &entry.path, 1);
    let text = tree.text(entry, MOST_BYTES).unwrap_or_default();
    let (mut services, mut messages): (Vec<Field>, Vec<Field>) = (Vec::new(), Vec::new());
    let field = |name: &str, kind: String| Field { name: name.to_owned(), type_text: kind, ..Field::default() };
    for line in text.lines().map(|line| line.split("//").next().unwrap_or_default().trim()) {
        let mut words =
            line.split(|c: char| c.is_whitespace() || matches!(c, '{' | ';' | '(')).filter(|w| !w.is_empty());
        let (Some(keyword), Some(name)) = (words.next(), words.next()) else { continue };
        match keyword {
            "package" => component.facts.push(Fact { label: "Package", value: name.to_owned() }),
            "service" if services.len() < MOST => services.push(field(name, "service".to_owned())),
            "rpc" if services.len() < MOST => {
                let signature =
                    line.split_once('(').map_or("", |(_, rest)| rest).trim_end_matches(['{', '}', ';', ' ']);
                let method = field(name, format!("rpc ({signature}"));
                if let Some(service) = services.last_mut() {
                    service.fields.push(method);
                }
            }
            "message" | "enum" if messages.len() < MOST => messages.push(field(name, keyword.to_owned())),
            _ => {}
        }
    }
    component.tables.extend(table("Services", "services", services));
    component.tables.extend(table("Messages", "messages", messages));
    Some(component)
}
