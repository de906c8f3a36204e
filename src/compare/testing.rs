//! Packs written by hand, for tests.

use crate::content::{Listed, Listing};
use crate::ident::{Digest, RelPath, Version};
use crate::pack::{Component, ComponentKind, Field, FieldTable, Pack};

use super::{Change, Comparison, Compatibility, Side};

pub(super) static ACTION: ComponentKind = ComponentKind { key: "action", plural: "Actions", singular: "Action" };

/// A pack without files.
pub(super) fn pack() -> Pack {
    let id = "demo/echo".parse().expect("an identity");
    Pack::new(id, Version::parse("1.0.0").expect("a version"), RelPath::composed("pack.yaml"))
}

/// An action with a table of parameters.
pub(super) fn action(name: &str, fields: Vec<Field>) -> Component {
    table_of(name, "parameters", fields)
}

/// An action with a table.
pub(super) fn table_of(name: &str, anchor: &'static str, fields: Vec<Field>) -> Component {
    Component {
        kind: &ACTION,
        name: name.to_owned(),
        reference: format!("echo.{name}"),
        title: None,
        description: String::new(),
        file: RelPath::composed(format!("actions/{name}.yaml")),
        line: 1,
        entry_point: None,
        enabled: true,
        facts: Vec::new(),
        tables: vec![FieldTable { title: "Parameters".into(), anchor: anchor.into(), fields: fields.into() }.into()],
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }
}

/// A pack with components.
pub(super) fn with(components: Vec<Component>) -> Pack {
    Pack { components: components.into_iter().map(Into::into).collect(), ..pack() }
}

/// A text field.
pub(super) fn text(name: &str) -> Field {
    Field { name: name.to_owned(), type_text: "string".to_owned(), ..Field::default() }
}

/// A listing of files, each with its content.
pub(super) fn listing(files: &[(&str, &str)]) -> Listing {
    let file = |(path, content): &(&str, &str)| Listed {
        path: RelPath::composed(path),
        sha256: Digest::of(content.as_bytes()),
        size: content.len() as u64,
        executable: false,
    };
    Listing::new(files.iter().map(file).collect())
}

/// Compares packs, whose files are different.
pub(super) fn compared(from: &Pack, to: &Pack, rules: &Compatibility) -> Comparison {
    let (before, after) = (listing(&[("a", "1")]), listing(&[("a", "2")]));
    let side = |pack, listing| Side { version: &from.version, pack, listing };
    Comparison::of(side(from, &before), side(to, &after), rules)
}

/// Returns a change in one line.
pub(super) fn line(change: &Change) -> String {
    let place = match change.place() {
        Some((_, Some(path))) => format!(" {path}"),
        Some((title, None)) => format!(" {title}"),
        None => String::new(),
    };
    format!("{} {}{place}: {}", change.impact.as_str(), change.subject(), change.words())
}
