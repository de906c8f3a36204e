//! Functions, classes, and what the top level of a file binds.

use std::collections::{BTreeSet, HashMap};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, Stmt};

use super::facts::{Class, Decorator, Field, Function, Module, Parameter, ParameterKind, Table};
use super::literal::Literals;
use super::places::Places;
use super::walk::{Walk, dotted};

/// Returns the facts of a file.
pub(super) fn module(body: &[Stmt], places: &Places<'_>) -> Module {
    let mut literals = Literals::new(places);
    let top = top_level(body);
    for stmt in &top {
        if let Some((name, value)) = assigned(stmt) {
            literals.assign(name, value);
        }
    }
    let mut module = Module { doc: docstring(body), ..Module::default() };
    for stmt in &top {
        bind(stmt, &mut module);
        match stmt {
            Stmt::FunctionDef(def) => module.functions.push(function(def, places, &literals)),
            Stmt::ClassDef(def) => module.classes.push(class(def, places, &literals)),
            _ => {}
        }
        if let Some((name, Expr::Dict(dict))) = assigned(stmt) {
            let keys = dict.items.iter().filter_map(|item| match item.key.as_ref()? {
                Expr::StringLiteral(key) => Some((key.value.to_str().to_owned(), places.of(key))),
                _ => None,
            });
            module.tables.push(Table { name: name.to_owned(), keys: keys.collect() });
        }
    }
    Walk::run(body, places, &literals, module)
}

/// Returns the statements of the top level, with those in its `if`, `try` and `with` blocks.
fn top_level(body: &[Stmt]) -> Vec<&Stmt> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Stmt> = body.iter().rev().collect();
    while let Some(stmt) = waiting.pop() {
        let mut inner: Vec<&Stmt> = Vec::new();
        match stmt {
            Stmt::If(block) => {
                inner.extend(&block.body);
                inner.extend(block.elif_else_clauses.iter().flat_map(|clause| &clause.body));
            }
            Stmt::Try(block) => {
                inner.extend(&block.body);
                inner
                    .extend(block.handlers.iter().flat_map(|ast::ExceptHandler::ExceptHandler(handler)| &handler.body));
                inner.extend(&block.orelse);
                inner.extend(&block.finalbody);
            }
            Stmt::With(block) => inner.extend(&block.body),
            _ => found.push(stmt),
        }
        waiting.extend(inner.into_iter().rev());
    }
    found
}

/// Returns the name and value of an assignment to one name.
fn assigned(stmt: &Stmt) -> Option<(&str, &Expr)> {
    match stmt {
        Stmt::Assign(assign) => match &assign.targets[..] {
            [Expr::Name(name)] => Some((name.id.as_str(), &assign.value)),
            _ => None,
        },
        Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
            (Expr::Name(name), Some(value)) => Some((name.id.as_str(), value)),
            _ => None,
        },
        _ => None,
    }
}

/// Adds the names that a statement binds.
fn bind(stmt: &Stmt, module: &mut Module) {
    let Module { names, has_further_names, .. } = module;
    match stmt {
        Stmt::FunctionDef(def) => {
            *has_further_names |= def.name.as_str() == "__getattr__";
            names.insert(def.name.to_string());
        }
        Stmt::ClassDef(def) => {
            names.insert(def.name.to_string());
        }
        Stmt::Import(import) => {
            for alias in &import.names {
                let first = || alias.name.as_str().split('.').next().unwrap_or_default();
                names.insert(alias.asname.as_ref().map_or_else(first, |name| name.as_str()).to_owned());
            }
        }
        Stmt::ImportFrom(import) => {
            for alias in &import.names {
                *has_further_names |= alias.name.as_str() == "*";
                names.insert(alias.asname.as_ref().unwrap_or(&alias.name).to_string());
            }
        }
        Stmt::Assign(assign) => assign.targets.iter().for_each(|target| bind_target(target, names)),
        Stmt::AnnAssign(assign) if assign.value.is_some() => bind_target(&assign.target, names),
        Stmt::TypeAlias(alias) => bind_target(&alias.name, names),
        _ => {}
    }
}

fn bind_target(target: &Expr, names: &mut BTreeSet<String>) {
    let mut waiting = vec![target];
    while let Some(target) = waiting.pop() {
        match target {
            Expr::Name(name) => {
                names.insert(name.id.to_string());
            }
            Expr::Tuple(items) => waiting.extend(&items.elts),
            Expr::List(items) => waiting.extend(&items.elts),
            Expr::Starred(starred) => waiting.push(&starred.value),
            _ => {}
        }
    }
}

fn class<'a>(def: &'a ast::StmtClassDef, places: &'a Places<'a>, literals: &Literals<'a>) -> Class {
    let bases = def.arguments.as_ref().map(|arguments| arguments.args.iter().map(|base| places.text(base)).collect());
    let mut class = Class {
        name: def.name.to_string(),
        span: places.of(&def.name),
        bases: bases.unwrap_or_default(),
        decorators: decorators(&def.decorator_list, places, literals),
        doc: docstring(&def.body),
        methods: Vec::new(),
        fields: Vec::new(),
    };
    for stmt in &def.body {
        match stmt {
            Stmt::FunctionDef(def) => class.methods.push(function(def, places, literals)),
            Stmt::AnnAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    class.fields.push(Field {
                        name: name.id.to_string(),
                        annotation: places.text(&*assign.annotation),
                        default: assign.value.as_ref().map(|value| places.text(&**value)),
                    });
                }
            }
            _ => {}
        }
    }
    class
}

fn function<'a>(def: &'a ast::StmtFunctionDef, places: &'a Places<'a>, literals: &Literals<'a>) -> Function {
    let body = Body::of(&def.body);
    Function {
        name: def.name.to_string(),
        span: places.of(&def.name),
        is_async: def.is_async,
        decorators: decorators(&def.decorator_list, places, literals),
        parameters: parameters(&def.parameters, places),
        returns: def.returns.as_ref().map(|returns| places.text(&**returns)),
        doc: docstring(&def.body),
        returned: body.returns.iter().find_map(|value| literals.evaluate(value, &body.constants)),
        has_effect: body.has_effect,
    }
}

fn decorators<'a>(list: &'a [ast::Decorator], places: &Places<'_>, literals: &Literals<'a>) -> Vec<Decorator> {
    let none = HashMap::new();
    let read = |decorator: &'a ast::Decorator| {
        let (callee, arguments) = match &decorator.expression {
            Expr::Call(call) => (&*call.func, &call.arguments.args[..]),
            other => (other, &[][..]),
        };
        Decorator {
            name: dotted(callee).unwrap_or_default(),
            arguments: arguments.iter().map(|argument| literals.evaluate(argument, &none)).collect(),
            span: places.of(decorator),
        }
    };
    list.iter().map(read).collect()
}

fn parameters(list: &ast::Parameters, places: &Places<'_>) -> Vec<Parameter> {
    let one = |parameter: &ast::Parameter, default: Option<&Expr>, kind| Parameter {
        name: parameter.name.to_string(),
        kind,
        annotation: parameter.annotation().map(|annotation| places.text(annotation)),
        default: default.map(|default| places.text(default)),
    };
    let with = |kind| move |entry: &ast::ParameterWithDefault| one(&entry.parameter, entry.default(), kind);
    let mut all: Vec<Parameter> = list.posonlyargs.iter().map(with(ParameterKind::PositionalOnly)).collect();
    all.extend(list.args.iter().map(with(ParameterKind::Normal)));
    all.extend(list.vararg.iter().map(|parameter| one(parameter, None, ParameterKind::Variadic)));
    all.extend(list.kwonlyargs.iter().map(with(ParameterKind::KeywordOnly)));
    all.extend(list.kwarg.iter().map(|parameter| one(parameter, None, ParameterKind::Keywords)));
    all
}

/// What the body of a function does, nested functions apart.
#[derive(Default)]
struct Body<'a> {
    returns: Vec<&'a Expr>,
    constants: HashMap<&'a str, Option<&'a Expr>>,
    has_effect: bool,
    stmts: Vec<&'a Stmt>,
    exprs: Vec<&'a Expr>,
}

impl<'a> Body<'a> {
    fn of(stmts: &'a [Stmt]) -> Self {
        let mut body = Self { stmts: stmts.iter().rev().collect(), ..Self::default() };
        while let Some(stmt) = body.stmts.pop() {
            body.stmt(stmt);
            while let Some(expr) = body.exprs.pop() {
                body.expr(expr);
            }
        }
        body
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Raise(_) => return,
            Stmt::Return(ret) => self.returns.extend(ret.value.as_deref()),
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Delete(_) => self.has_effect = true,
            _ => {}
        }
        if let Some((name, value)) = assigned(stmt) {
            self.constants.entry(name).and_modify(|known| *known = None).or_insert(Some(value));
        }
        // The last statement put there is looked at first: the order of the file is kept.
        let before = self.stmts.len();
        walk_stmt(self, stmt);
        self.stmts[before..].reverse();
    }

    fn expr(&mut self, expr: &'a Expr) {
        self.has_effect |= match expr {
            Expr::Call(_) | Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => true,
            Expr::Attribute(attribute) => attribute.ctx == ast::ExprContext::Store,
            Expr::Subscript(subscript) => subscript.ctx == ast::ExprContext::Store,
            _ => false,
        };
        if !matches!(expr, Expr::Lambda(_)) {
            walk_expr(self, expr);
        }
    }
}

impl<'a> Visitor<'a> for Body<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.stmts.push(stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.exprs.push(expr);
    }
}

/// Returns the docstring of a body, without its indentation (PEP 257).
fn docstring(body: &[Stmt]) -> Option<String> {
    let Some(Stmt::Expr(first)) = body.first() else { return None };
    let Expr::StringLiteral(literal) = &*first.value else { return None };
    let text = literal.value.to_str().replace('\t', "        ");
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let margin = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indentation).min().unwrap_or(0);
    let mut lines = text.lines();
    let mut clean = lines.next().unwrap_or_default().trim().to_owned();
    for line in lines {
        clean.push('\n');
        clean.push_str(line.get(margin..).unwrap_or_default().trim_end());
    }
    let clean = clean.trim().to_owned();
    (!clean.is_empty()).then_some(clean)
}
