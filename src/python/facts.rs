//! What is known of a Python file.

use std::collections::BTreeSet;

use crate::diag::Span;
use crate::yaml::Node;

/// Says why a file gave no facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// Whether a limit was exceeded, rather than the syntax broken.
    pub is_limit: bool,
}

/// A Python file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Module {
    /// Its docstring, without the indentation.
    pub doc: Option<String>,
    /// The functions at its top level, in order.
    pub functions: Vec<Function>,
    /// The classes at its top level, in order.
    pub classes: Vec<Class>,
    /// Every import, also those inside functions.
    pub imports: Vec<Import>,
    /// Every name that its top level binds: definitions, assignments, imports.
    pub names: BTreeSet<String>,
    /// Whether it imports all names of another module, or answers for missing ones, so that `names` may not be all.
    pub has_further_names: bool,
    /// Every comparison of something with a name to a text: `==`, `in` and `match`.
    pub comparisons: Vec<Comparison>,
    /// Every lookup in a table by something with a name: `table[key]` and `table.get(key)`.
    pub lookups: Vec<Lookup>,
    /// The mappings with texts as keys that its top level assigns to a name.
    pub tables: Vec<Table>,
    /// Every environment variable that it reads.
    pub environment: Vec<EnvironmentRead>,
    /// Every call of something with a name that has a literal among its arguments.
    pub calls: Vec<Call>,
}

impl Module {
    /// Returns the last function of that name at the top level.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().rev().find(|function| function.name == name)
    }

    /// Returns the last class of that name at the top level.
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().rev().find(|class| class.name == name)
    }
}

/// A function or method.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Its decorators, from the outermost on.
    pub decorators: Vec<Decorator>,
    /// Its parameters, `self` among them.
    pub parameters: Vec<Parameter>,
    /// The annotation of what it returns, as written.
    pub returns: Option<String>,
    /// Its docstring, without the indentation.
    pub doc: Option<String>,
    /// What its first `return` with a literal returns; names that are literals by themselves are resolved.
    pub returned: Option<Node>,
    /// Whether its body calls or changes anything, apart from what it raises.
    pub has_effect: bool,
}

impl Function {
    /// Tells whether others may use it.
    pub fn is_public(&self) -> bool {
        !self.name.starts_with('_')
    }

    /// Returns what a caller writes, in one line: `async def name(a: int, *, b=1) -> str`.
    pub fn signature(&self) -> String {
        let mut text = String::from(if self.is_async { "async def " } else { "def " });
        text.push_str(&self.name);
        text.push('(');
        let mut seen_keyword_only = false;
        for (at, parameter) in self.parameters.iter().enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            match parameter.kind {
                ParameterKind::KeywordOnly if !seen_keyword_only => {
                    text.push_str("*, ");
                    seen_keyword_only = true;
                }
                ParameterKind::Variadic => {
                    text.push('*');
                    seen_keyword_only = true;
                }
                ParameterKind::Keywords => text.push_str("**"),
                _ => {}
            }
            text.push_str(&parameter.name);
            if let Some(annotation) = &parameter.annotation {
                text.push_str(": ");
                text.push_str(annotation);
            }
            if let Some(default) = &parameter.default {
                text.push_str(if parameter.annotation.is_some() { " = " } else { "=" });
                text.push_str(default);
            }
            let is_last_positional = parameter.kind == ParameterKind::PositionalOnly
                && self.parameters.get(at + 1).is_none_or(|next| next.kind != ParameterKind::PositionalOnly);
            if is_last_positional {
                text.push_str(", /");
            }
        }
        text.push(')');
        if let Some(returns) = &self.returns {
            text.push_str(" -> ");
            text.push_str(returns);
        }
        text
    }
}

/// How an argument reaches a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// By position only: before `/`.
    PositionalOnly,
    /// By position or name.
    Normal,
    /// `*args`.
    Variadic,
    /// By name only: behind `*`.
    KeywordOnly,
    /// `**kwargs`.
    Keywords,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, without stars.
    pub name: String,
    /// How an argument reaches it.
    pub kind: ParameterKind,
    /// Its annotation, as written.
    pub annotation: Option<String>,
    /// Its default, as written.
    pub default: Option<String>,
}

/// A class.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// What it is derived from, as written.
    pub bases: Vec<String>,
    /// Its decorators, from the outermost on.
    pub decorators: Vec<Decorator>,
    /// Its docstring, without the indentation.
    pub doc: Option<String>,
    /// Its methods, in order.
    pub methods: Vec<Function>,
    /// Its annotated attributes, in order: those of a dataclass or of a model.
    pub fields: Vec<Field>,
}

impl Class {
    /// Tells whether others may use it.
    pub fn is_public(&self) -> bool {
        !self.name.starts_with('_')
    }

    /// Tells whether it is decorated as a dataclass.
    pub fn is_dataclass(&self) -> bool {
        self.decorators.iter().any(|decorator| matches!(decorator.name.as_str(), "dataclass" | "dataclasses.dataclass"))
    }

    /// Returns the last method of that name.
    pub fn method(&self, name: &str) -> Option<&Function> {
        self.methods.iter().rev().find(|method| method.name == name)
    }
}

/// An annotated attribute of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its annotation, as written.
    pub annotation: String,
    /// Its default, as written.
    pub default: Option<String>,
}

/// A decorator.
#[derive(Debug, Clone, PartialEq)]
pub struct Decorator {
    /// What it names, such as `app.post`; empty when it is no name.
    pub name: String,
    /// Its arguments by position, where they are literals.
    pub arguments: Vec<Option<Node>>,
    /// Where it stands.
    pub span: Span,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module, such as `fastapi.responses`; empty for `from . import x`.
    pub module: String,
    /// What is imported from it; empty for `import module`.
    pub names: Vec<String>,
    /// How many packages upwards the module is looked for: the dots before it.
    pub level: u32,
    /// Where the module is named.
    pub span: Span,
    /// Whether a failure is caught, or the import is for type checkers only.
    pub is_optional: bool,
}

/// A comparison of something with a name to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What is compared, such as `request.tool_name`.
    pub subject: String,
    /// The text.
    pub value: String,
    /// Where the text stands.
    pub span: Span,
}

/// A lookup in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The table, such as `HANDLERS`.
    pub table: String,
    /// What it is looked up by, such as `request.tool_name`.
    pub subject: String,
    /// Where the lookup stands.
    pub span: Span,
}

/// A mapping with texts as keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name it is assigned to.
    pub name: String,
    /// Its keys, each with its place.
    pub keys: Vec<(String, Span)>,
}

/// A read of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentRead {
    /// The variable.
    pub name: String,
    /// Whether the program goes on without it.
    pub has_default: bool,
    /// Where it is named.
    pub span: Span,
}

/// A call of something with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is called, such as `uvicorn.run`.
    pub name: String,
    /// Its arguments by position, where they are literals.
    pub arguments: Vec<Option<Node>>,
    /// Its arguments by name that are literals.
    pub keywords: Vec<(String, Node)>,
    /// Where it stands.
    pub span: Span,
}
