//! The gate: one pass over the event stream that bounds a document and builds its tree.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::indented::Indented;
use super::keys::Seen;
use super::{Dialect, Node, Scalar, Value, everyday, json};
use crate::diag::Span;

/// Bounds what reading one YAML file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub bytes: usize,
    /// Deepest nesting of mappings and lists.
    pub depth: usize,
    /// Most nodes, counted after aliases are expanded.
    pub nodes: usize,
}

impl Default for Limits {
    /// 1 MiB, 64 levels, 100 000 nodes: `attune pack check` allows 1 MiB per metadata file; no known pack nests deeper than 20.
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64, nodes: 100_000 }
    }
}

/// Says why a file gave no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// Whether a limit was exceeded, rather than the syntax broken.
    pub is_limit: bool,
}

/// A YAML file: its tree, and what loaders disagree on.
#[derive(Debug, Clone, PartialEq)]
pub struct Yaml {
    /// The tree of the first document; null when there is none.
    pub root: Node,
    /// The dialect that plain scalars were resolved by.
    pub dialect: Dialect,
    /// Keys that stand twice in a mapping: the later place, the earlier place, the key.
    pub duplicate_keys: Vec<(Span, Span, String)>,
    /// Where a merge key `<<` stands.
    pub merge_keys: Vec<Span>,
    /// Where an alias stands.
    pub aliases: Vec<Span>,
    /// Where a second document starts.
    pub second_document: Option<Span>,
    /// Tags outside the YAML core schema, with their place.
    pub foreign_tags: Vec<(Span, String)>,
    /// Plain scalars, keys included, that YAML 1.1 and 1.2 read differently.
    pub two_readings: Vec<Scalar>,
}

/// Reads a YAML file.
///
/// Costs one pass over the text, plus the expansion of aliases up to `limits.nodes`.
pub fn read(bytes: &[u8], dialect: Dialect, limits: Limits) -> Result<Yaml, Fault> {
    if bytes.len() > limits.bytes {
        let message = format!("the file has {} bytes; at most {} are read", bytes.len(), limits.bytes);
        return Err(Fault { message, span: None, is_limit: true });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count() as u32;
        let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let column = 1 + String::from_utf8_lossy(&before[start..]).chars().count() as u32;
        let span = Span { line, column, end_line: line, end_column: column + 1 };
        Fault { message: "the file is not UTF-8".to_owned(), span: Some(span), is_limit: false }
    })?;
    if dialect == Dialect::Json {
        return json::read(text, limits);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match everyday::read(text, Builder::new(dialect, limits, &Indented::default())) {
        Some(yaml) => Ok(yaml),
        None => parse(text, dialect, limits),
    }
}

/// Reads a text with the parser alone.
pub(super) fn parse(text: &str, dialect: Dialect, limits: Limits) -> Result<Yaml, Fault> {
    let mut indented = Indented::default();
    for tries in 1.. {
        match Builder::new(dialect, limits, &indented).run(&indented.apply(text)) {
            Err(Stop::Syntax(error))
                if indented.mend(error.info(), error.marker().line(), error.marker().col(), text, tries) => {}
            Err(stop) => return Err(stop.fault(&indented)),
            Ok(yaml) => return Ok(yaml),
        }
    }
    unreachable!("each try moves more lines of the text")
}

/// A collection that is still open.
struct Open {
    anchor: usize,
    start: Marker,
    tag: Option<String>,
    items: Items,
}

enum Items {
    Seq(Vec<Node>),
    Map { entries: Vec<(Node, Node)>, key: Option<Node>, seen: Seen },
}

/// Says why a document was not read to its end.
enum Stop {
    Syntax(ScanError),
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Stop {
    fn fault(self, indented: &Indented) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Syntax(error) => {
                let marker = *error.marker();
                let message = error.info().to_owned();
                // The parser bounds the nesting of flow collections by itself, before our own count does.
                let is_limit = message.contains("recursion limit");
                Fault { message, span: Some(span_between(marker, marker, indented)), is_limit }
            }
        }
    }
}

/// Builds the tree of a document from events.
pub(super) struct Builder<'a> {
    /// How the text differs from the file.
    indented: &'a Indented,
    limits: Limits,
    nodes: usize,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Node, usize, usize)>,
    yaml: Yaml,
    documents: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(dialect: Dialect, limits: Limits, indented: &'a Indented) -> Self {
        let yaml = Yaml {
            root: Node { span: Span { line: 1, column: 1, end_line: 1, end_column: 1 }, value: Value::Null },
            dialect,
            duplicate_keys: Vec::new(),
            merge_keys: Vec::new(),
            aliases: Vec::new(),
            second_document: None,
            foreign_tags: Vec::new(),
            two_readings: Vec::new(),
        };
        Self { indented, limits, nodes: 0, stack: Vec::new(), anchors: HashMap::new(), yaml, documents: 0 }
    }

    /// Returns a place in the file.
    fn span(&self, start: Marker, end: Marker) -> Span {
        span_between(start, end, self.indented)
    }

    fn run(mut self, text: &str) -> Result<Yaml, Stop> {
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(Stop::Syntax)?;
            self.take(event, span)?;
        }
        Ok(self.done())
    }

    /// Returns what was built.
    pub(super) fn done(self) -> Yaml {
        self.yaml
    }

    /// Takes the next event and where it stands.
    pub(super) fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.yaml.second_document = Some(self.span(span.start, span.end));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let node_span = self.span(span.start, span.end);
                let value = self.scalar(text, style, tag.as_deref(), node_span);
                self.count(1, node_span)?;
                self.close(Node { span: node_span, value }, anchor, 1, 0)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(anchor, tag.as_deref(), span.start, Items::Seq(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                let items = Items::Map { entries: Vec::new(), key: None, seen: Seen::default() };
                self.open(anchor, tag.as_deref(), span.start, items)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span.end)?,
            Event::Alias(id) => {
                let here = self.span(span.start, span.end);
                self.yaml.aliases.push(here);
                let Some((node, size, depth)) =
                    self.anchors.get(&id).cloned_within(&self.limits, self.nodes, self.stack.len())
                else {
                    return Err(self.too_much(id, here));
                };
                self.count(size, here)?;
                self.close(Node { span: here, value: node.value }, 0, size, depth)?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// Returns the fault of an alias that cannot be expanded.
    fn too_much(&self, id: usize, span: Span) -> Fault {
        let Limits { depth, nodes, .. } = self.limits;
        if self.anchors.contains_key(&id) {
            let message = format!("aliases expand to more than {nodes} nodes, or nest deeper than {depth} levels");
            return Fault { message, span: Some(span), is_limit: true };
        }
        Fault { message: "an alias refers to the node that contains it".to_owned(), span: Some(span), is_limit: false }
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Fault> {
        self.nodes += nodes;
        if self.nodes > self.limits.nodes {
            let message = format!("the file has more than {} nodes", self.limits.nodes);
            return Err(Fault { message, span: Some(span), is_limit: true });
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, tag: Option<&Tag>, start: Marker, items: Items) -> Result<(), Fault> {
        let span = self.span(start, start);
        self.count(1, span)?;
        if self.stack.len() >= self.limits.depth {
            let message = format!("mappings and lists nest deeper than {} levels", self.limits.depth);
            return Err(Fault { message, span: Some(span), is_limit: true });
        }
        let tag = tag.filter(|tag| !is_core(tag)).map(|tag| format!("{}{}", tag.handle, tag.suffix));
        self.stack.push(Open { anchor, start, tag, items });
        Ok(())
    }

    fn end(&mut self, end: Marker) -> Result<(), Fault> {
        let open = self.stack.pop().expect("the parser balances its events");
        let span = self.span(open.start, end);
        if let Some(tag) = open.tag {
            self.yaml.foreign_tags.push((span, tag));
        }
        let value = match open.items {
            Items::Seq(items) => Value::Seq(items),
            Items::Map { entries, .. } => Value::Map(entries),
        };
        let node = Node { span, value };
        let (size, depth) = if open.anchor > 0 { measure(&node) } else { (0, 0) };
        self.close(node, open.anchor, size, depth)
    }

    /// Puts a finished node into the collection that holds it; `size` and `depth` are only needed for an anchor.
    fn close(&mut self, node: Node, anchor: usize, size: usize, depth: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size, depth));
            // The copy that waits for its aliases counts too: bounded memory means every copy is counted.
            self.count(size, node.span)?;
        }
        match self.stack.last_mut().map(|open| &mut open.items) {
            None if self.documents <= 1 => self.yaml.root = node,
            None => {}
            Some(Items::Seq(items)) => items.push(node),
            Some(Items::Map { entries, key, seen }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    if node.as_str() == Some("<<") || matches!(&node.value, Value::Other(text) if text == "<<") {
                        self.yaml.merge_keys.push(node.span);
                    }
                    if let Some(first) = seen.add(&node, entries) {
                        self.yaml.duplicate_keys.push((node.span, first, node.key_text()));
                    }
                    *key = Some(node);
                }
            },
        }
        Ok(())
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Value {
        if let Some(tag) = tag {
            if is_core(tag) {
                return tagged(&tag.suffix, &text, self.yaml.dialect);
            }
            if !(tag.handle.is_empty() && tag.suffix == "!") {
                self.yaml.foreign_tags.push((span, format!("{}{}", tag.handle, tag.suffix)));
            }
            return Value::Str(text.into_owned());
        }
        if style != ScalarStyle::Plain {
            return Value::Str(text.into_owned());
        }
        let (special, readings) = self.yaml.dialect.special_and_readings(&text);
        if let Some((yaml_1_1, yaml_1_2)) = readings {
            self.yaml.two_readings.push(Scalar { span, text: text.clone().into_owned(), yaml_1_1, yaml_1_2 });
        }
        special.unwrap_or_else(|| Value::Str(text.into_owned()))
    }
}

/// Clones an anchored node only when the copy stays within the limits: checked before, so that no bomb is ever built.
trait ClonedWithin {
    fn cloned_within(self, limits: &Limits, nodes: usize, level: usize) -> Option<(Node, usize, usize)>;
}

impl ClonedWithin for Option<&(Node, usize, usize)> {
    fn cloned_within(self, limits: &Limits, nodes: usize, level: usize) -> Option<(Node, usize, usize)> {
        self.filter(|(_, size, depth)| nodes + size <= limits.nodes && level + depth <= limits.depth).cloned()
    }
}

/// Returns the number of nodes of a tree and how deep its collections nest.
///
/// Recursive, but only as deep as the gate let the tree grow.
fn measure(node: &Node) -> (usize, usize) {
    let fold = |(size, depth): (usize, usize), child: &Node| {
        let (more, deeper) = measure(child);
        (size + more, depth.max(deeper))
    };
    match &node.value {
        Value::Seq(items) => {
            let (size, depth) = items.iter().fold((1, 0), fold);
            (size, depth + 1)
        }
        Value::Map(entries) => {
            let (size, depth) = entries.iter().flat_map(|(key, value)| [key, value]).fold((1, 0), fold);
            (size, depth + 1)
        }
        _ => (1, 0),
    }
}

/// The types that PyYAML's `SafeLoader` constructs (`yaml/constructor.py`, PyYAML 6), with the prefix `tag:yaml.org,2002:`.
const STANDARD: &[&str] =
    &["null", "bool", "int", "float", "binary", "timestamp", "omap", "pairs", "set", "str", "seq", "map"];

/// Tells whether a tag is a standard one. The prefix alone does not make it one: `!!python/object/apply` has it too.
fn is_core(tag: &Tag) -> bool {
    tag.is_yaml_core_schema() && STANDARD.contains(&tag.suffix.as_str())
}

/// Resolves an explicitly tagged scalar such as `!!str 1`.
fn tagged(kind: &str, text: &str, dialect: Dialect) -> Value {
    let other = || Value::Other(text.to_owned());
    match kind {
        "str" => Value::Str(text.to_owned()),
        "null" => Value::Null,
        "bool" | "int" | "timestamp" => dialect.resolve(text.into()),
        "float" => match dialect.resolve(text.into()) {
            Value::Int(value) => Value::Float(value as f64),
            value => value,
        },
        _ => other(),
    }
}

/// Turns the parser's markers (lines from 1, columns from 0) into a span of the file.
fn span_between(start: Marker, end: Marker, indented: &Indented) -> Span {
    let column = |marker: Marker| (marker.col() as u32).saturating_sub(indented.blanks(marker.line() as u32)) + 1;
    Span { line: start.line() as u32, column: column(start), end_line: end.line() as u32, end_column: column(end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Yaml {
        read(text.as_bytes(), Dialect::Yaml12, Limits::default()).expect("valid")
    }

    #[test]
    fn every_key_and_value_has_a_span() {
        let yaml = yaml("a: 1\nbé: {x: [y, z]}\n");
        let (key, value) = yaml.root.entry("bé").expect("there");
        assert_eq!((key.span.line, key.span.column, key.span.end_column), (2, 1, 3));
        let z = &value.get("x").expect("x").items()[1];
        assert_eq!((z.span.line, z.span.column), (2, 13));
    }

    #[test]
    fn a_file_with_nothing_in_it_is_null_at_its_beginning() {
        for text in ["", "\n\n", "# nothing\n", "\u{feff}"] {
            let root = yaml(text).root;
            assert_eq!((root.value, root.span.line, root.span.column), (Value::Null, 1, 1), "{text:?}");
        }
    }

    #[test]
    fn bom_duplicates_merge_keys_and_documents_are_recorded() {
        let read = yaml("\u{feff}a: 1\na: 2\nb: &x {c: 1}\nd:\n  <<: *x\n---\nsecond: 1\n");
        assert_eq!(read.duplicate_keys.len(), 1);
        assert_eq!(read.duplicate_keys[0].2, "a");
        assert_eq!((read.merge_keys.len(), read.aliases.len()), (1, 1));
        assert!(read.second_document.is_some());
        assert_eq!(read.root.get("a").map(|a| a.value.clone()), Some(Value::Int(2)));
        assert_eq!(read.root.get("second"), None);
    }

    /// The four bombs that take the YAML libraries down: aliases, flow nesting, block nesting, size.
    #[test]
    fn bombs_are_refused_early() {
        let alias = "a: &a [x, x, x, x, x, x, x, x]\n".to_owned()
            + &('b'..='z')
                .map(|c| {
                    format!("{c}: &{c} [*{p}, *{p}, *{p}, *{p}, *{p}, *{p}, *{p}, *{p}]\n", p = (c as u8 - 1) as char)
                })
                .collect::<String>();
        let flow = "{a: ".repeat(50_000);
        let block = "- ".repeat(50_000);
        let large = "x".repeat(2 << 20);
        for bomb in [alias, flow, block, large] {
            let fault = read(bomb.as_bytes(), Dialect::Yaml11, Limits::default()).expect_err("refused");
            assert!(fault.is_limit, "{fault:?}");
        }
    }

    /// A careless loader runs the first two.
    #[test]
    fn tags_that_no_safe_loader_knows_are_recorded() {
        let read =
            yaml("a: !!python/object/apply:os.system [x]\nb: !!python/name:os.system ''\nc: !own x\nd: !!str 1\n");
        let tags: Vec<u32> = read.foreign_tags.iter().map(|(span, _)| span.line).collect();
        assert_eq!(tags, [1, 2, 3]);
        assert_eq!(read.root.get("d").and_then(Node::as_str), Some("1"));
    }

    #[test]
    fn an_alias_of_its_own_parent_is_refused() {
        assert!(read(b"a: &a [*a]\n", Dialect::Yaml12, Limits::default()).is_err());
    }

    #[test]
    fn an_undefined_alias_is_a_syntax_error_with_its_place() {
        let fault = read(b"ok: 1\ncron: *\n", Dialect::Yaml11, Limits::default()).expect_err("refused");
        assert_eq!(fault.span.map(|span| span.line), Some(2), "{fault:?}");
    }

    #[test]
    fn broken_utf8_has_a_place() {
        let fault = read(b"a: 1\nb: \xff\n", Dialect::Yaml12, Limits::default()).expect_err("refused");
        assert_eq!(fault.span.map(|span| (span.line, span.column)), Some((2, 4)));
    }
}
