//! Every statement and expression of a file, without recursion: what nests waits in a list.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, ExprContext, MatchCase, Pattern, Stmt, StmtMatch, StmtTry};

use super::facts::{Call, Comparison, EnvironmentRead, Import, Lookup, Module};
use super::literal::Literals;
use super::places::Places;

/// Most facts of one kind in one file.
const MOST: usize = 5000;

enum Waiting<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
}

/// Collects facts.
pub(super) struct Walk<'a> {
    places: &'a Places<'a>,
    literals: &'a Literals<'a>,
    module: Module,
    /// What is still to be looked at, and whether an import there may fail.
    waiting: Vec<(Waiting<'a>, bool)>,
    is_optional: bool,
}

impl<'a> Walk<'a> {
    /// Adds the facts of all statements, sorted by place.
    pub(super) fn run(body: &'a [Stmt], places: &'a Places<'a>, literals: &'a Literals<'a>, module: Module) -> Module {
        let mut walk = Walk { places, literals, module, waiting: Vec::new(), is_optional: false };
        body.iter().for_each(|stmt| walk.visit_stmt(stmt));
        while let Some((waiting, is_optional)) = walk.waiting.pop() {
            walk.is_optional = is_optional;
            match waiting {
                Waiting::Stmt(stmt) => walk.stmt(stmt),
                Waiting::Expr(expr) => walk.expr(expr),
            }
        }
        let mut module = walk.module;
        module.imports.sort_by_key(|found| found.span);
        module.comparisons.sort_by_key(|found| found.span);
        module.lookups.sort_by_key(|found| found.span);
        module.environment.sort_by_key(|found| found.span);
        module.calls.sort_by_key(|found| found.span);
        module
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.import(alias.name.as_str(), Vec::new(), 0, self.places.of(&alias.name));
                }
            }
            Stmt::ImportFrom(import) => {
                let names = import.names.iter().map(|alias| alias.name.to_string()).collect();
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                let span = import.module.as_ref().map_or_else(|| self.places.of(stmt), |module| self.places.of(module));
                self.import(module, names, import.level, span);
            }
            Stmt::Try(block) => self.is_optional |= catches_import_errors(block),
            Stmt::If(block) => self.is_optional |= dotted(&block.test).is_some_and(|name| is_type_checking(&name)),
            Stmt::Match(block) => self.cases(block),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn import(&mut self, module: &str, names: Vec<String>, level: u32, span: crate::diag::Span) {
        if self.module.imports.len() < MOST {
            let is_optional = self.is_optional;
            self.module.imports.push(Import { module: module.to_owned(), names, level, span, is_optional });
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Compare(compare) => {
                let mut left = &*compare.left;
                for (op, right) in compare.ops.iter().zip(&compare.comparators) {
                    self.comparison(left, *op, right);
                    left = right;
                }
            }
            Expr::Subscript(subscript) if subscript.ctx == ExprContext::Load => {
                let table = dotted(&subscript.value);
                if table.as_deref().is_some_and(is_environ) {
                    self.environment(&subscript.slice, false);
                }
                if let (Some(table), Some(subject)) = (table, dotted(&subscript.slice)) {
                    self.lookup(table, subject, expr);
                }
            }
            Expr::Call(call) => {
                if let Some(name) = dotted(&call.func) {
                    let arguments = &call.arguments;
                    let first = arguments.args.first().or_else(|| {
                        let keyword = arguments.keywords.iter().find(|keyword| keyword.arg.as_deref() == Some("key"));
                        keyword.map(|keyword| &keyword.value)
                    });
                    let has_default = arguments.args.len() > 1
                        || arguments.keywords.iter().any(|keyword| keyword.arg.as_deref() == Some("default"));
                    let table = name.strip_suffix(".get");
                    if let Some(first) = first {
                        if matches!(name.as_str(), "os.getenv" | "getenv") || table.is_some_and(is_environ) {
                            self.environment(first, has_default);
                        }
                        if let (Some(table), Some(subject)) = (table, dotted(first)) {
                            self.lookup(table.to_owned(), subject, expr);
                        }
                    }
                    self.call(name, arguments, expr);
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn comparison(&mut self, left: &'a Expr, op: CmpOp, right: &'a Expr) {
        match op {
            CmpOp::Eq | CmpOp::NotEq => {
                if let Some(subject) = dotted(left) {
                    self.compared(&subject, right);
                }
                if let Some(subject) = dotted(right) {
                    self.compared(&subject, left);
                }
            }
            CmpOp::In | CmpOp::NotIn => {
                if dotted(right).is_some_and(|name| is_environ(&name)) {
                    self.environment(left, true);
                }
                let items = match right {
                    Expr::Tuple(items) => &items.elts[..],
                    Expr::List(items) => &items.elts[..],
                    Expr::Set(items) => &items.elts[..],
                    _ => return,
                };
                if let Some(subject) = dotted(left) {
                    items.iter().for_each(|item| self.compared(&subject, item));
                }
            }
            _ => {}
        }
    }

    fn cases(&mut self, block: &'a StmtMatch) {
        let Some(subject) = dotted(&block.subject) else { return };
        for MatchCase { pattern, .. } in &block.cases {
            let patterns = match pattern {
                Pattern::MatchOr(either) => &either.patterns[..],
                single => std::slice::from_ref(single),
            };
            for pattern in patterns {
                if let Pattern::MatchValue(value) = pattern {
                    self.compared(&subject, &value.value);
                }
            }
        }
    }

    fn compared(&mut self, subject: &str, value: &'a Expr) {
        if self.module.comparisons.len() < MOST
            && let Some(text) = self.literals.text(value)
        {
            let span = self.places.of(value);
            self.module.comparisons.push(Comparison { subject: subject.to_owned(), value: text, span });
        }
    }

    fn lookup(&mut self, table: String, subject: String, at: &'a Expr) {
        if self.module.lookups.len() < MOST {
            self.module.lookups.push(Lookup { table, subject, span: self.places.of(at) });
        }
    }

    fn environment(&mut self, name: &'a Expr, has_default: bool) {
        if self.module.environment.len() < MOST
            && let Some(text) = self.literals.text(name)
        {
            self.module.environment.push(EnvironmentRead { name: text, has_default, span: self.places.of(name) });
        }
    }

    fn call(&mut self, name: String, arguments: &'a ruff_python_ast::Arguments, at: &'a Expr) {
        if self.module.calls.len() >= MOST {
            return;
        }
        let none = HashMap::new();
        let positional: Vec<_> = arguments.args.iter().map(|expr| self.literals.evaluate(expr, &none)).collect();
        let keywords: Vec<_> = arguments
            .keywords
            .iter()
            .filter_map(|keyword| {
                Some((keyword.arg.as_ref()?.to_string(), self.literals.evaluate(&keyword.value, &none)?))
            })
            .collect();
        if positional.iter().any(Option::is_some) || !keywords.is_empty() {
            self.module.calls.push(Call { name, arguments: positional, keywords, span: self.places.of(at) });
        }
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.waiting.push((Waiting::Stmt(stmt), self.is_optional));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.waiting.push((Waiting::Expr(expr), self.is_optional));
    }
}

/// Returns the name of an expression that is one, such as `request.tool_name`.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut expr = expr;
    loop {
        match expr {
            Expr::Attribute(attribute) if parts.len() < 16 => {
                parts.push(attribute.attr.as_str());
                expr = &attribute.value;
            }
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            _ => return None,
        }
    }
}

fn is_environ(name: &str) -> bool {
    matches!(name, "os.environ" | "environ")
}

fn is_type_checking(name: &str) -> bool {
    matches!(name, "TYPE_CHECKING" | "typing.TYPE_CHECKING")
}

fn catches_import_errors(block: &StmtTry) -> bool {
    let catches = |name: &str| matches!(name, "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException");
    block.handlers.iter().any(|ExceptHandler::ExceptHandler(handler)| match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(types)) => types.elts.iter().filter_map(dotted).any(|name| catches(&name)),
        Some(one) => dotted(one).is_some_and(|name| catches(&name)),
    })
}
