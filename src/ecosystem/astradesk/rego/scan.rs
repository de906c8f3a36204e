//! Looks at the text of a policy without parsing it: what no parser has to understand, and what would be too much for one.

use crate::diag::{Lines, Span};
use crate::yaml::{self, Dialect, Limits, Node};

/// Most operators of one expression: they nest, and whoever drops them recurses.
const OPERATORS: usize = 200;
/// Deepest nesting of lists, sets, objects and bodies: the parser tries each of them in several ways, so that every level
/// doubles what it costs.
const NESTING: usize = 7;
/// Most texts that are kept.
const MOST_TEXTS: usize = 2000;

/// A text in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ecosystem::astradesk) struct Text {
    /// The text, without quotes; escapes as written.
    pub value: String,
    /// Whether it is given to a variable `msg` or `message`.
    pub is_message: bool,
    /// Where it stands.
    pub span: Span,
}

/// What a look at a policy shows.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) texts: Vec<Text>,
    pub(super) package: Option<String>,
    pub(super) default_allow: Option<Span>,
    /// Words that are keywords in Rego v1, each where it is first used as one.
    pub(super) keywords: Vec<(&'static str, Span)>,
    /// Those that are imported.
    pub(super) imported: Vec<&'static str>,
    /// Why it should not be parsed.
    pub(super) excess: Option<String>,
}

/// Words that are keywords in Rego v1, and in Rego v0 after an import.
pub(super) const KEYWORDS: [&str; 4] = ["contains", "every", "if", "in"];

/// Looks at a policy.
pub(super) fn of(text: &str) -> Scan {
    let lines = Lines::new(text);
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    // What stands before, to tell messages, and whether the last thing on a line was an operator.
    let (mut at, mut line_start, mut operators, mut ends_in_operator) = (0, 0, 0_usize, false);
    let mut nesting = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
                continue;
            }
            quote @ (b'"' | b'`') => {
                let start = at;
                at += 1;
                while at < bytes.len() && bytes[at] != quote && (quote == b'`' || bytes[at] != b'\n') {
                    at += if quote == b'"' && bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                if scan.texts.len() < MOST_TEXTS
                    && let Some(value) = text.get(start + 1..end)
                {
                    let before = text.get(line_start..start).unwrap_or_default().trim_end();
                    let name = before.trim_end_matches('=').trim_end_matches(':').trim_end();
                    let is_message = before.ends_with('=') && (name.ends_with("msg") || name.ends_with("message"));
                    let before = before.strip_suffix('(').unwrap_or(before);
                    let is_format =
                        before.ends_with("sprintf") && (before.contains("msg") || before.contains("message"));
                    let span = lines.span(start, (end + 1).min(text.len()));
                    scan.texts.push(Text { value: value.to_owned(), is_message: is_message || is_format, span });
                }
                ends_in_operator = false;
            }
            b'\n' => {
                let line = text.get(line_start..at).unwrap_or_default();
                look_at(line, line_start, &lines, &mut scan);
                line_start = at + 1;
                if !ends_in_operator {
                    operators = 0;
                }
            }
            b',' | b';' => operators = 0,
            b if b.is_ascii_alphabetic() || b == b'_' => {
                let start = at;
                while bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                    at += 1;
                }
                ends_in_operator = false;
                let word = KEYWORDS.iter().find(|word| word.as_bytes() == &bytes[start..=at]);
                if let Some(word) = word
                    && !scan.keywords.iter().any(|(known, _)| known == word)
                    && is_keyword(word, &bytes[..start], &bytes[at + 1..])
                {
                    scan.keywords.push((word, lines.span(start, at + 1)));
                }
            }
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'|' | b'&' | b'=' | b'<' | b'>' | b'!' | b'(' | b'[' | b'{' => {
                operators += 1;
                ends_in_operator = !matches!(bytes[at], b'(' | b'[' | b'{');
            }
            b if b.is_ascii_whitespace() => {}
            // A chain goes on on the next line when that begins with a dot.
            _ => ends_in_operator = false,
        }
        match bytes.get(at) {
            Some(b'[' | b'{') => nesting += 1,
            Some(b']' | b'}') => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if nesting > NESTING {
            scan.excess = Some(format!("lists, sets, objects and bodies nest deeper than {NESTING} levels"));
        }
        if operators > OPERATORS {
            scan.excess = Some(format!("an expression has more than {OPERATORS} operators"));
        }
        at += 1;
    }
    look_at(text.get(line_start..).unwrap_or_default(), line_start, &lines, &mut scan);
    if text.matches("else").count() > 500 || text.matches("not ").count() > 5000 {
        scan.excess.get_or_insert_with(|| "it has more than 500 branches".to_owned());
    }
    scan
}

/// Tells whether a word between two texts is a keyword there: not the name of a function, a field or a rule's import.
fn is_keyword(word: &str, before: &[u8], after: &[u8]) -> bool {
    let is_field = before.last().is_some_and(|b| matches!(b, b'.' | b'"'));
    let is_call = word == "contains" && after.first() == Some(&b'(');
    !is_field && !is_call
}

fn look_at(line: &str, start: usize, lines: &Lines<'_>, scan: &mut Scan) {
    let words: Vec<&str> = line.split_whitespace().take(6).collect();
    match words[..] {
        ["import", "rego.v1" | "future.keywords", ..] => scan.imported.extend(KEYWORDS),
        ["import", path, ..] => {
            let word = path.strip_prefix("future.keywords.");
            scan.imported.extend(KEYWORDS.iter().find(|known| Some(**known) == word));
        }
        ["package", name, ..] if scan.package.is_none() => scan.package = Some(name.to_owned()),
        ["default", "allow", "=" | ":=", "true", ..] if scan.default_allow.is_none() => {
            scan.default_allow = Some(lines.span(start, start + line.len()));
        }
        _ => {}
    }
}

/// Returns the title or description of the comment `# METADATA` that ends above a line.
pub(super) fn metadata(lines: &[&str], line: u32) -> String {
    let end = (line as usize).saturating_sub(1).min(lines.len());
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let count = lines[..end].iter().rev().take_while(|line| is_comment(line)).take(100).count();
    let comment = &lines[end - count..end];
    let Some(at) = comment.iter().position(|line| line.trim() == "# METADATA") else { return String::new() };
    let inside: Vec<&str> = comment[at + 1..]
        .iter()
        .map(|line| line.trim_start().trim_start_matches('#'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let Ok(yaml) = yaml::read(inside.join("\n").as_bytes(), Dialect::Yaml12, Limits::default()) else {
        return String::new();
    };
    let text = |key: &str| yaml.root.get(key).and_then(Node::as_str).map(|text| text.trim().to_owned());
    text("description").or_else(|| text("title")).unwrap_or_default()
}
