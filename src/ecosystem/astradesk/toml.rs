//! TOML with places: the same tree that YAML gives.

use toml::de::{DeTable, DeValue};

use crate::diag::{Lines, Span};
use crate::yaml::{Node, Value};

/// Largest file that is read, in bytes.
pub(super) const MOST_BYTES: u64 = 1 << 20;
/// Deepest nesting of tables and lists.
const DEPTH: usize = 64;
/// Most dots in a line outside of texts: each one of a dotted key is a level of tables.
const DOTS: usize = 256;

/// Says why a file gave no tree.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
}

/// Reads a TOML file; tables keep the order of the file.
pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text);
    let too_deep = || Fault { message: format!("tables and lists nest deeper than {DEPTH} levels"), span: None };
    // Whoever drops tables recurses, so the nesting is bounded before they are made.
    if text.lines().any(|line| !line.contains(['"', '\'']) && line.matches('.').count() > DOTS) {
        return Err(too_deep());
    }
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().map(|range| lines.span(range.start, range.end));
        Fault { message: error.message().to_owned(), span }
    })?;
    let whole = document.span();
    let value = table(document.get_ref(), &lines, DEPTH).ok_or_else(too_deep)?;
    Ok(Node { span: lines.span(whole.start, whole.start), value })
}

fn table(table: &DeTable<'_>, lines: &Lines<'_>, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let mut entries = Vec::new();
    for (key, value) in table {
        let place = key.span();
        let name = Node { span: lines.span(place.start, place.end), value: Value::Str(key.get_ref().to_string()) };
        let range = value.span();
        let node = Node { span: lines.span(range.start, range.end), value: tree(value.get_ref(), lines, depth)? };
        entries.push((place.start, name, node));
    }
    entries.sort_by_key(|(start, ..)| *start);
    Some(Value::Map(entries.into_iter().map(|(_, name, node)| (name, node)).collect()))
}

fn tree(value: &DeValue<'_>, lines: &Lines<'_>, depth: usize) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::Str(text.to_string()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix());
            parsed.map_or_else(|_| Value::Other(number.as_str().to_owned()), Value::Int)
        }
        DeValue::Float(number) => number.as_str().replace('_', "").parse().map_or(Value::Null, Value::Float),
        DeValue::Datetime(time) => Value::Other(time.to_string()),
        DeValue::Array(items) => {
            let depth = depth.checked_sub(1)?;
            let item = |item: &toml::Spanned<DeValue<'_>>| {
                let range = item.span();
                Some(Node { span: lines.span(range.start, range.end), value: tree(item.get_ref(), lines, depth)? })
            };
            Value::Seq(items.iter().map(item).collect::<Option<_>>()?)
        }
        DeValue::Table(inner) => table(inner, lines, depth)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_the_values_and_places_of_the_file() {
        let text = "[project]\nname = \"x\"\nversion = '1.0'\nlist = [1, 0x10, 1_000]\n\n[project.urls]\nHome = \"h\"\n[tool.a.b]\nc = 1.5\non = true\nat = 2026-01-01\n";
        let root = read(text).expect("TOML");
        let expected = serde_json::json!({
            "project": { "name": "x", "version": "1.0", "list": [1, 16, 1000], "urls": { "Home": "h" } },
            "tool": { "a": { "b": { "c": 1.5, "on": true, "at": "2026-01-01" } } },
        });
        assert_eq!(root.to_json(), expected);
        let version = root.get("project").and_then(|project| project.get("version")).expect("a version");
        assert_eq!((version.span.line, version.span.column, version.span.end_column), (3, 11, 16));
        let keys: Vec<String> =
            root.get("project").expect("a table").entries().iter().map(|(key, _)| key.key_text()).collect();
        assert_eq!(keys, ["name", "version", "list", "urls"]);
    }

    #[test]
    fn a_fault_has_a_place() {
        let fault = read("[project]\nname = \n").expect_err("no TOML");
        assert_eq!(fault.span.map(|span| span.line), Some(2));
        assert!(read("a = 1\na = 2\n").is_err());
    }

    #[test]
    fn nesting_is_bounded_on_a_small_stack() {
        let run = || {
            let many = 100_000;
            for text in [
                format!("a = {}1", "[".repeat(many)),
                format!("a = {}1{}", "[".repeat(70), "]".repeat(70)),
                format!("a{} = 1", ".a".repeat(many)),
                format!("[a{}]", ".a".repeat(many)),
                format!("a{} = 1", ".a".repeat(100)),
                format!("a = {}1{}", "{a = ".repeat(many), "}".repeat(many)),
                format!("[\"x\"{}]", ".a".repeat(many)),
            ] {
                assert!(read(&text).is_err(), "{}", &text[..20]);
            }
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no overflow");
    }
}
