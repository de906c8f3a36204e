//! Reads JSON (RFC 8259) into the same tree: for manifests whose runtimes read them with a JSON parser.
//!
//! YAML is nearly a superset of JSON, but a YAML parser refuses surrogate pairs (`"\ud83d\ude00"`), and takes comments and single
//! quotes that no JSON parser takes. So `serde_json` decides what the text is and decodes every scalar; this module only finds
//! where each value stands. One pass, without recursion.

use serde::de::IgnoredAny;

use super::gate::{Fault, Limits, Yaml};
use super::keys::Seen;
use super::{Dialect, Node, Value};
use crate::diag::Span;

/// Reads JSON text, which is within the limit of bytes.
pub(super) fn read(text: &str, limits: Limits) -> Result<Yaml, Fault> {
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| syntax(text, &error))?;
    Reader { text, at: 0, line: 1, column: 1, limits, nodes: 0, stack: Vec::new(), duplicates: Vec::new() }.run()
}

/// Returns the fault that the parser found.
fn syntax(text: &str, error: &serde_json::Error) -> Fault {
    let said = error.to_string();
    let message = said.rsplit_once(" at line ").map_or(said.as_str(), |(message, _)| message).to_owned();
    let line = error.line().max(1) as u32;
    // The parser counts bytes; columns are characters.
    let bytes = error.column().saturating_sub(1);
    let before = text.lines().nth(line as usize - 1).unwrap_or_default().bytes().take(bytes);
    let column = before.filter(|byte| !is_continuation(*byte)).count() as u32 + 1;
    let span = Span { line, column, end_line: line, end_column: column + 1 };
    Fault { message, span: Some(span), is_limit: false }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// A collection that is still open.
struct Open {
    start: (u32, u32),
    items: Items,
}

enum Items {
    Seq(Vec<Node>),
    Map { entries: Vec<(Node, Node)>, key: Option<Node>, seen: Seen },
}

/// Walks text that is known to be JSON.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
    limits: Limits,
    nodes: usize,
    stack: Vec<Open>,
    duplicates: Vec<(Span, Span, String)>,
}

impl Reader<'_> {
    fn run(mut self) -> Result<Yaml, Fault> {
        let mut root = None;
        while let Some(byte) = self.peek() {
            let finished = match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => {
                    self.step();
                    continue;
                }
                b'{' => {
                    self.open(Items::Map { entries: Vec::new(), key: None, seen: Seen::default() })?;
                    continue;
                }
                b'[' => {
                    self.open(Items::Seq(Vec::new()))?;
                    continue;
                }
                b'}' | b']' => {
                    self.step();
                    let open = self.stack.pop().expect("the text is JSON");
                    let value = match open.items {
                        Items::Seq(items) => Value::Seq(items),
                        Items::Map { entries, .. } => Value::Map(entries),
                    };
                    Node { span: self.span(open.start), value }
                }
                b'"' => self.string()?,
                _ => self.word()?,
            };
            match self.stack.last_mut().map(|open| &mut open.items) {
                None => root = Some(finished),
                Some(Items::Seq(items)) => items.push(finished),
                Some(Items::Map { entries, key, seen }) => match key.take() {
                    Some(key) => entries.push((key, finished)),
                    None => {
                        if let Some(first) = seen.add(&finished, entries) {
                            self.duplicates.push((finished.span, first, finished.key_text()));
                        }
                        *key = Some(finished);
                    }
                },
            }
        }
        Ok(Yaml {
            root: root.expect("the text is JSON"),
            dialect: Dialect::Json,
            duplicate_keys: self.duplicates,
            merge_keys: Vec::new(),
            aliases: Vec::new(),
            second_document: None,
            foreign_tags: Vec::new(),
            two_readings: Vec::new(),
        })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over one byte.
    fn step(&mut self) {
        match self.text.as_bytes()[self.at] {
            b'\n' => (self.line, self.column) = (self.line + 1, 1),
            byte if is_continuation(byte) => {}
            _ => self.column += 1,
        }
        self.at += 1;
    }

    fn span(&self, (line, column): (u32, u32)) -> Span {
        Span { line, column, end_line: self.line, end_column: self.column }
    }

    fn open(&mut self, items: Items) -> Result<(), Fault> {
        let start = (self.line, self.column);
        self.step();
        self.count(self.span(start))?;
        if self.stack.len() >= self.limits.depth {
            let message = format!("objects and arrays nest deeper than {} levels", self.limits.depth);
            return Err(Fault { message, span: Some(self.span(start)), is_limit: true });
        }
        self.stack.push(Open { start, items });
        Ok(())
    }

    fn count(&mut self, span: Span) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            let message = format!("the file has more than {} nodes", self.limits.nodes);
            return Err(Fault { message, span: Some(span), is_limit: true });
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Node, Fault> {
        let (start, from) = ((self.line, self.column), self.at);
        self.step();
        loop {
            match self.peek().expect("the text is JSON") {
                b'\\' => {
                    self.step();
                    self.step();
                }
                b'"' => break self.step(),
                _ => self.step(),
            }
        }
        let span = self.span(start);
        self.count(span)?;
        match serde_json::from_str(&self.text[from..self.at]) {
            Ok(text) => Ok(Node { span, value: Value::Str(text) }),
            Err(error) => Err(Fault { span: Some(span), ..syntax(&self.text[from..self.at], &error) }),
        }
    }

    fn word(&mut self) -> Result<Node, Fault> {
        let (start, from) = ((self.line, self.column), self.at);
        while self.peek().is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b']' | b'}'))
        {
            self.step();
        }
        let (span, word) = (self.span(start), &self.text[from..self.at]);
        self.count(span)?;
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            number => match number.parse() {
                Ok(number) => Value::Int(number),
                Err(_) => Value::Float(serde_json::from_str(number).map_err(|error| syntax(self.text, &error))?),
            },
        };
        Ok(Node { span, value })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use crate::diag::Span;
    use crate::yaml::{self, Dialect, Fault, Limits, Yaml};

    fn read(text: &str) -> Result<Yaml, Fault> {
        yaml::read(text.as_bytes(), Dialect::Json, Limits::default())
    }

    #[test]
    fn values_have_their_places() {
        let yaml = read("{\n\t\"name\": \"\\ud83d\\ude00\",\n  \"é\": [1, -2.5e3, null]}\n").expect("JSON");
        assert_eq!(yaml.root.to_json(), json!({ "name": "😀", "é": [1, -2500.0, null] }));
        let name = yaml.root.get("name").expect("a name");
        assert_eq!(name.span, Span { line: 2, column: 10, end_line: 2, end_column: 24 });
        let last = &yaml.root.get("é").expect("a list").items()[2];
        assert_eq!(last.span, Span { line: 3, column: 20, end_line: 3, end_column: 24 });
        assert_eq!((yaml.root.span.line, yaml.root.span.end_line, yaml.root.span.end_column), (1, 3, 26));
    }

    #[test]
    fn what_is_yaml_but_not_json_is_refused() {
        for text in [
            "",
            "a: 1",
            "{'a': 1}",
            "{\"a\": 1,}",
            "[1] # comment",
            "{} {}",
            "\u{feff}{}",
            "{\"a\": \"\\ud83d\"}",
            "01",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let fault = read("{\n \"é\": x}").expect_err("no JSON");
        assert_eq!(fault.span.map(|span| (span.line, span.column)), Some((2, 7)));
        assert_eq!(fault.message, "expected value");
    }

    #[test]
    fn duplicates_are_recorded_and_the_last_counts() {
        let yaml = read(r#"{"a": 1, "b": 2, "a": 3}"#).expect("JSON");
        assert_eq!(yaml.root.to_json(), json!({ "a": 3, "b": 2 }));
        let found: Vec<_> =
            yaml.duplicate_keys.iter().map(|(at, first, key)| (at.column, first.column, &**key)).collect();
        assert_eq!(found, [(18, 2, "a")]);
    }

    #[test]
    fn depth_and_size_are_bounded() {
        for text in ["[".repeat(100_000), format!("{}{}", "[".repeat(100), "]".repeat(100))] {
            assert!(read(&text).is_err());
        }
        assert!(read(&format!("{}{}", "[".repeat(65), "]".repeat(65))).is_err_and(|fault| fault.is_limit));
        assert!(read(&format!("[{}0]", "0,".repeat(100_000))).is_err_and(|fault| fault.is_limit));
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(|number| json!(number)),
            any::<String>().prop_map(Json::from),
        ];
        leaf.prop_recursive(6, 60, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| Json::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_tree_has_the_values_that_serde_json_reads(value in any_json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.expect("JSON");
            prop_assert_eq!(read(&text).expect("JSON").root.to_json(), serde_json::from_str::<Json>(&text).expect("JSON"));
        }

        #[test]
        fn any_text_is_read_or_refused_as_serde_json_does(text in "[\\[\\]{}:,\"\\\\u0-9a-f truelsn.\\-\n]{0,40}") {
            prop_assert_eq!(read(&text).is_ok(), serde_json::from_str::<Json>(&text).is_ok());
        }
    }
}
