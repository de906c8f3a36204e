//! The function of a skill, in its entry file: Python by its syntax tree, and by its text as the client copies it.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{NASIKO_SKILL_ARGS_DIFFER, NASIKO_SKILL_FUNCTION_MISSING, NASIKO_SKILL_SIGNATURE_WRAPPED};
use super::document::Located;
use super::skill_file::SkillFile;
use crate::diag::{Place, Sink, Span};
use crate::pack::PackTree;
use crate::python::{self, Function, Module, ParameterKind};
use crate::source::FileEntry;

/// What is known of a skill's function.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// How it is called, in one line.
    pub signature: Option<String>,
    /// Its docstring.
    pub doc: Option<String>,
    /// The environment variables that its file reads.
    pub environment: Vec<String>,
}

/// Reads the function, and reports what its users would notice.
pub(super) fn read(tree: &PackTree<'_>, entry: &FileEntry, skill: &SkillFile, sink: &mut Sink) -> Known {
    let Some(name) = &skill.function else { return Known::default() };
    let Some(text) = tree.text(entry, python::MOST_BYTES) else {
        missing(entry, name, "the entry file is too large or not UTF-8", sink);
        return Known::default();
    };
    let file = File { entry, text: &text };
    let reading = python::read_file(tree, entry);
    let module = match &*reading {
        Ok(module) => module,
        Err(fault) => {
            missing(entry, name, &format!("the entry file cannot be read: {}", fault.message), sink);
            return Known::default();
        }
    };
    let known = |function: Option<&Function>| Known {
        signature: function.map(Function::signature),
        doc: function.and_then(|function| function.doc.clone()),
        environment: module.environment.iter().map(|read| read.name.clone()).collect(),
    };
    let Some(function) = module.function(&name.text) else {
        missing(entry, name, &format!("there is no `def {}(` at the top level", name.text), sink);
        return known(None);
    };
    check_copied(&file, module, function, sink);
    check_arguments(&file, function, skill, sink);
    known(Some(function))
}

/// The entry file with its text.
struct File<'a> {
    entry: &'a FileEntry,
    text: &'a str,
}

impl File<'_> {
    fn place(&self, span: Span) -> Place {
        Place::in_text(self.entry.path.as_str(), span, self.text)
    }
}

fn missing(entry: &FileEntry, function: &Located, message: &str, sink: &mut Sink) {
    sink.report(NASIKO_SKILL_FUNCTION_MISSING, Place::file(entry.path.as_str()), message)
        .help(format!("define `def {}(…):` in the first column", function.text));
}

/// Holds what the client copies of the function against what there is.
fn check_copied(file: &File<'_>, module: &Module, function: &Function, sink: &mut Sink) {
    let target = format!("def {}(", function.name);
    let lines: Vec<&str> = file.text.lines().collect();
    let found = lines.iter().position(|line| line.contains(&target));
    // The name may stand on another line than the client finds: in a class, in a comment, or `def name (`.
    if found.map(|at| at as u32 + 1) != Some(function.span.line) {
        let message = match found {
            Some(at) => format!("the client copies line {}, which has the first `{target}`", at + 1),
            None => format!("no line has `{target}`"),
        };
        sink.report(NASIKO_SKILL_FUNCTION_MISSING, file.place(function.span), message)
            .help(format!("write `{target}…)` without a blank, before anything else that contains it"));
        return;
    }
    let start = function.span.line as usize - 1;
    let is_next = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t']);
    let end = lines[start + 1..].iter().position(is_next).map_or(lines.len(), |at| start + 1 + at);
    let copied = lines[start..end].join("\n") + "\n";
    if python::read(&copied).is_err() {
        let message = format!(
            "the client cuts `{}` off before line {}, which starts in the first column",
            function.name,
            end + 1
        );
        sink.report(NASIKO_SKILL_SIGNATURE_WRAPPED, file.place(function.span), message).help(
            "indent the closing `)` of the signature, and whatever else of the function starts in the first column",
        );
        return;
    }
    if let Some(decorator) = function.decorators.first() {
        let message = format!("the client leaves the decorator `@{}` behind", decorator.name);
        sink.report(NASIKO_SKILL_SIGNATURE_WRAPPED, file.place(decorator.span), message)
            .help("do without decorators: the client adds that of the framework");
    }
    let called = called(&lines[start + 1..end], function.doc.as_deref().unwrap_or_default());
    let mut others = module.functions.iter().map(|one| &one.name).chain(module.classes.iter().map(|one| &one.name));
    let found =
        others.find_map(|other| Some((other, *called.get(other.as_str())?)).filter(|_| *other != function.name));
    if let Some((other, at)) = found {
        let line = (start + 2 + at) as u32;
        let end_column = lines[start + 1 + at].chars().count() as u32 + 1;
        let span = Span { line, column: 1, end_line: line, end_column };
        let message = format!("the client leaves `{other}` behind, which `{}` calls", function.name);
        sink.report(NASIKO_SKILL_SIGNATURE_WRAPPED, file.place(span), message).help("define it inside the function");
    }
}

/// Returns the names that stand before a `(`, each with its first line, as far as text can tell: not those of methods, nor those
/// in comments, nor those that the docstring has too.
fn called<'a>(lines: &[&'a str], doc: &str) -> BTreeMap<&'a str, usize> {
    let mut called = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        names_before_brackets(line.split('#').next().unwrap_or_default(), |name| {
            called.entry(name).or_insert(at);
        });
    }
    for line in doc.lines() {
        names_before_brackets(line, |name| {
            called.remove(name);
        });
    }
    called
}

/// Calls for each name that a `(` follows and no `.` precedes.
fn names_before_brackets<'a>(line: &'a str, mut visit: impl FnMut(&'a str)) {
    for (at, _) in line.match_indices('(') {
        let before = &line[..at];
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
        let name = &before[start.map_or(0, |start| start + before[start..].chars().next().map_or(1, char::len_utf8))..];
        if !name.is_empty() && !before[..before.len() - name.len()].ends_with('.') {
            visit(name);
        }
    }
}

/// Holds the arguments against the schema by which models call the function.
fn check_arguments(file: &File<'_>, function: &Function, skill: &SkillFile, sink: &mut Sink) {
    let Some(inputs) = &skill.inputs else { return };
    let takes_any = function.parameters.iter().any(|parameter| parameter.kind == ParameterKind::Keywords);
    let named: Vec<_> = function
        .parameters
        .iter()
        .filter(|parameter| !matches!(parameter.kind, ParameterKind::Variadic | ParameterKind::Keywords))
        .collect();
    let mut differences = Vec::new();
    let arguments: BTreeSet<&str> = named.iter().map(|parameter| parameter.name.as_str()).collect();
    let properties: BTreeSet<&str> = inputs.properties.iter().map(|property| property.text.as_str()).collect();
    if !takes_any {
        differences.extend(properties.difference(&arguments).map(|name| format!("no argument `{name}`")));
    }
    differences.extend(arguments.difference(&properties).map(|name| format!("no property `{name}`")));
    for parameter in &named {
        let is_required = inputs.required.contains(&parameter.name);
        if properties.contains(parameter.name.as_str()) && parameter.default.is_none() && !is_required {
            differences.push(format!("`{}` has no default, but is not required", parameter.name));
        }
    }
    if differences.is_empty() {
        return;
    }
    differences.truncate(8);
    let message = format!("`{}` and its `inputs` differ: {}", function.name, differences.join(", "));
    let place = Place { path: super::skill_file::FILE.to_owned(), span: Some(inputs.span), excerpt: None };
    sink.report(NASIKO_SKILL_ARGS_DIFFER, file.place(function.span), message)
        .help("give the function and `interface.inputs` the same names, and a default to what is not required")
        .related("the schema is here", place);
}
