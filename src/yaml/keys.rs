//! Finds keys that stand twice in a mapping.

use std::collections::HashMap;

use super::{Node, Value};
use crate::diag::Span;

/// From this many keys on an index finds an equal one: the time must not grow with the square of the file.
const INDEXED: usize = 32;

/// The keys of a mapping that is still open.
///
/// Nearly every mapping has so few keys that comparing with each of them is cheaper than an index.
#[derive(Default)]
pub(super) struct Seen(HashMap<(&'static str, String), Span>);

impl Seen {
    /// Adds a key and returns where the same one stood last; `entries` are those before it.
    ///
    /// Keys compare after typing, as loaders compare them: `1` and `"1"` differ, `yes` and `true` may not.
    pub(super) fn add(&mut self, key: &Node, entries: &[(Node, Node)]) -> Option<Span> {
        if entries.len() < INDEXED {
            return entries.iter().rev().find(|(earlier, _)| is_same(earlier, key)).map(|(earlier, _)| earlier.span);
        }
        if self.0.is_empty() {
            self.0.extend(entries.iter().map(|(earlier, _)| (identity(earlier), earlier.span)));
        }
        self.0.insert(identity(key), key.span)
    }
}

fn identity(key: &Node) -> (&'static str, String) {
    (key.kind(), key.key_text())
}

fn is_same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Str(_), _) | (_, Value::Str(_)) => false,
        _ => identity(a) == identity(b),
    }
}

#[cfg(test)]
mod tests {
    use crate::yaml::{self, Dialect, Limits};

    fn duplicates(text: &str) -> Vec<(u32, u32, String)> {
        let yaml = yaml::read(text.as_bytes(), Dialect::Yaml11, Limits::default()).expect("valid");
        yaml.duplicate_keys.into_iter().map(|(later, earlier, key)| (later.line, earlier.line, key)).collect()
    }

    #[test]
    fn keys_compare_after_typing() {
        assert_eq!(duplicates("1: a\n\"1\": b\nyes: c\ntrue: d\n"), [(4, 3, "true".to_owned())]);
        assert_eq!(duplicates("a: 1\na: 2\na: 3\n"), [(2, 1, "a".to_owned()), (3, 2, "a".to_owned())]);
    }

    #[test]
    fn a_large_mapping_is_compared_as_a_small_one() {
        let keys: String = (1..=100).map(|number| format!("key{number}: x\n")).collect();
        let found = duplicates(&format!("{keys}key3: y\nkey99: y\nkey3: z\n"));
        let lines: Vec<(u32, u32)> = found.into_iter().map(|(later, earlier, _)| (later, earlier)).collect();
        assert_eq!(lines, [(101, 3), (102, 99), (103, 101)]);
    }
}
