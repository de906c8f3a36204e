//! Rego policies as facts: parsed in both dialects, never evaluated.

mod scan;

use regorus::Source;
use regorus::unstable::{Expr, Module, Parser, Rule, RuleHead};

pub(super) use scan::Text;

use crate::diag::Span;

/// Largest policy that is read, in bytes.
const MOST_BYTES: usize = 64 << 10;
/// Most rules that are listed.
const MOST_RULES: usize = 1000;

/// What a policy file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Policy {
    /// The package, such as `astradesk.support`.
    pub package: Option<String>,
    /// Its rules, in order; those of one name together where the first of them stands.
    pub rules: Vec<PolicyRule>,
    /// The texts in it, with their places.
    pub texts: Vec<Text>,
    /// Where it says that everything is allowed unless a rule forbids it.
    pub default_allow: Option<Span>,
    /// Why Rego v1 refuses it.
    pub v1: Option<Refusal>,
    /// Why Rego v0 refuses it.
    pub v0: Option<Refusal>,
    /// A keyword that Rego v0 knows after an import only, and that is not imported: OPA refuses it there, other parsers do not.
    pub not_imported: Option<Refusal>,
}

/// Why a dialect refuses a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The parser's words.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
}

/// A rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PolicyRule {
    /// Its name.
    pub name: String,
    /// What it gives: `default …`, `set`, `value`, `function`.
    pub kind: String,
    /// How many definitions it has.
    pub definitions: usize,
    /// Where the first one stands.
    pub line: u32,
    /// What the comment `# METADATA` above it says.
    pub description: String,
}

/// Reads a policy.
pub(super) fn read(text: &str) -> Policy {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let scan = scan::of(text);
    let mut policy = Policy { texts: scan.texts, default_allow: scan.default_allow, ..Policy::default() };
    policy.not_imported =
        scan.keywords.into_iter().find(|(word, _)| !scan.imported.contains(word)).map(|(word, span)| Refusal {
            message: format!("`{word}` is a keyword only after `import future.keywords.{word}`"),
            span: Some(span),
        });
    let too_much =
        scan.excess.or_else(|| (text.len() > MOST_BYTES).then(|| format!("it is larger than {MOST_BYTES} bytes")));
    if let Some(message) = too_much {
        let refusal = Refusal { message, span: None };
        (policy.v1, policy.v0) = (Some(refusal.clone()), Some(refusal));
        policy.package = scan.package;
        return policy;
    }
    let (v1, v0) = (parse(text, true), parse(text, false));
    let module = v1.as_ref().ok().or(v0.as_ref().ok());
    match module {
        Some(module) => {
            policy.package = Some(module.package.refr.span().text().to_owned());
            policy.rules = rules(module, text);
        }
        None => policy.package = scan.package,
    }
    (policy.v1, policy.v0) = (v1.err(), v0.err());
    policy
}

fn parse(text: &str, is_v1: bool) -> Result<Module, Refusal> {
    let parsed = Source::from_contents("policy.rego".to_owned(), text.to_owned()).and_then(|source| {
        let mut parser = Parser::new(&source)?;
        if is_v1 {
            parser.enable_rego_v1()?;
        } else {
            // The parser would take them for keywords anyway, and print a warning.
            for word in scan::KEYWORDS {
                parser.set_future_keyword(word, &None)?;
            }
        }
        parser.parse()
    });
    parsed.map_err(|error| refusal(&error.to_string()))
}

/// Reads an error of the parser, which draws a picture: `--> policy.rego:12:3`, and `error: …` on a line of its own.
fn refusal(text: &str) -> Refusal {
    let place = text.lines().find_map(|line| {
        let (_, at) = line.split_once("policy.rego:")?;
        let mut numbers = at.split(':').map(|number| number.trim().parse::<u32>().ok());
        let (line, column) = (numbers.next()??, numbers.next().flatten().unwrap_or(1));
        Some(Span { line, column, end_line: line, end_column: column + 1 })
    });
    let message = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("error:"))
        .unwrap_or_else(|| text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default());
    Refusal { message: message.trim().to_owned(), span: place }
}

fn rules(module: &Module, text: &str) -> Vec<PolicyRule> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<PolicyRule> = Vec::new();
    for rule in module.policy.iter().take(50 * MOST_RULES) {
        let (name, kind) = match &**rule {
            Rule::Default { refr, value, .. } => (name(refr), format!("default {}", short(value.span().text()))),
            Rule::Spec { head, .. } => match head {
                RuleHead::Compr { refr, .. } => (name(refr), "value".to_owned()),
                RuleHead::Set { refr, .. } => (name(refr), "set".to_owned()),
                RuleHead::Func { refr, .. } => (name(refr), "function".to_owned()),
            },
        };
        let line = rule.span().line;
        let is_same = |other: &&mut PolicyRule| other.name == name && other.kind == kind;
        if let Some(known) = found.iter_mut().find(is_same) {
            known.definitions += 1;
        } else if found.len() < MOST_RULES {
            let description = scan::metadata(&lines, line);
            found.push(PolicyRule { name, kind, definitions: 1, line, description });
        }
    }
    found
}

/// Returns the name of a rule: what stands before any bracket.
fn name(refr: &Expr) -> String {
    refr.span().text().split('[').next().unwrap_or_default().trim().to_owned()
}

fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > 60 { text.chars().take(59).chain(['…']).collect() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_of_both_dialects_is_read_with_its_rules() {
        let policy = read(
            "# METADATA\n# title: Orders\npackage acme.orders\n\nimport rego.v1\n\ndefault allow := false\n\n\
             # METADATA\n# description: |\n#   Says why not.\nviolation contains msg if {\n\tinput.event.type == \"tool.orders.create\"\n\tmsg := \"too dear\" # a comment \"no text\"\n}\n\n\
             violation contains \"never\" if input.never\n\nallow if count(violation) == 0\n\nf(x) := x + 1\n",
        );
        assert_eq!((policy.v1, policy.v0, policy.not_imported), (None, None, None));
        assert_eq!(policy.package.as_deref(), Some("acme.orders"));
        let rules: Vec<String> = policy
            .rules
            .iter()
            .map(|rule| format!("{} {} {} {}", rule.name, rule.kind, rule.definitions, rule.description))
            .collect();
        assert_eq!(
            rules,
            ["allow default false 1 ", "violation set 2 Says why not.", "allow value 1 ", "f function 1 "]
        );
        let texts: Vec<&str> = policy.texts.iter().map(|text| text.value.as_str()).collect();
        assert_eq!(texts, ["tool.orders.create", "too dear", "never"]);
        assert_eq!(policy.texts[0].span.line, 13);
    }

    #[test]
    fn dialects_are_told_apart() {
        let old = read("package a\n\nviolation[msg] {\n  input.x\n  msg := \"y\"\n}\n");
        assert!(old.v0.is_none() && old.v1.is_some(), "{old:?}");
        let new = read("package a\n\nviolation contains msg if {\n  input.x\n  msg := \"y\"\n}\n");
        assert!(new.v1.is_none() && new.not_imported.as_ref().is_some_and(|refusal| refusal.span.is_some()), "{new:?}");
        let imported =
            read("package a\n\nimport future.keywords\n\nviolation contains msg if { msg := \"if in\" }\n# if\n");
        assert_eq!((&imported.v1, &imported.v0, &imported.not_imported), (&None, &None, &None));
        let broken = read("package a\n\nallow { x := }\n");
        assert!(broken.v1.is_some() && broken.v0.is_some(), "{broken:?}");
        let neither = read(
            "package a\n\nviolation[msg] {\n  msg := \"y\"\n}\nallow if { not violation[_] }\ndefault allow = true\n",
        );
        assert!(neither.v1.is_some() && neither.default_allow.is_some(), "{neither:?}");
        assert!(neither.v1.as_ref().is_some_and(|refusal| refusal.span.is_some()), "{neither:?}");
    }

    #[test]
    fn hostile_policies_end_on_a_small_stack() {
        let run = || {
            let nested = |open: &str, inner: &str, close: &str| {
                format!("package a\nx = {}{inner}{}\n", open.repeat(30), close.repeat(30))
            };
            for text in [
                nested("[", "1", "]"),
                nested("{", "1", "}"),
                nested("(", "1", ")"),
                nested("{x | ", "1", "}"),
                nested("[x | x = ", "1", "]"),
                nested("{\"a\": ", "1", "}"),
                nested("f(", "1", ")"),
                nested("a[", "1", "]"),
                nested("{x | not ", "1", "}"),
                nested("{x | {y | ", "1", "}}"),
                format!("package a\nx = {}", "{ x | { ".repeat(15)),
                format!("package a\nx = {}", "[".repeat(100_000)),
                format!("package a\nx = {}1", "1 + ".repeat(50_000)),
                format!("package a\nx = {}1", "1 +\n".repeat(50_000)),
                format!("package a\nx = a{}", ".b".repeat(100_000)),
                format!("package a\nx = a{}", "[b]".repeat(50_000)),
                format!("package a\nx = a{}", "\n.b".repeat(50_000)),
                format!("package a\nx = {}1", "-".repeat(50_000)),
                format!("package a\nx {{ {}y }}", "not ".repeat(50_000)),
                format!("package a\nx {{ true }} {}", "else { true } ".repeat(10_000)),
                format!("package a\n{}", "x { true }\n".repeat(10_000)),
                format!("package a\nx = 1 {}", "with a as b ".repeat(10_000)),
                "package a\nx = \"\\".to_owned(),
                "package".to_owned(),
                String::new(),
            ] {
                read(&text);
            }
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no overflow");
    }
}
