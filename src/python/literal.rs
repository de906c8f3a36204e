//! Literals as the tree that YAML gives too.

use std::cell::Cell;
use std::collections::HashMap;

use ruff_python_ast::{Expr, Number, UnaryOp};

use super::places::Places;
use crate::yaml::{Node, Value};

/// Deepest nesting of a literal.
const DEPTH: usize = 64;
/// Most nodes of all literals of a file, after names are resolved: names that hold each other twice double with each step.
const NODES: usize = 100_000;

/// The names of a file that are assigned once, with what is assigned.
pub(super) struct Literals<'a> {
    places: &'a Places<'a>,
    /// `None` for a name that is assigned twice.
    constants: HashMap<&'a str, Option<&'a Expr>>,
    left: Cell<usize>,
}

impl<'a> Literals<'a> {
    /// Returns no names.
    pub(super) fn new(places: &'a Places<'a>) -> Self {
        Self { places, constants: HashMap::new(), left: Cell::new(NODES) }
    }

    /// Adds a name.
    pub(super) fn assign(&mut self, name: &'a str, value: &'a Expr) {
        self.constants.entry(name).and_modify(|known| *known = None).or_insert(Some(value));
    }

    /// Returns an expression as a tree; `None` when it is no literal, or when the literals of the file are too many.
    ///
    /// `local` are names that are looked up first.
    pub(super) fn evaluate(&self, expr: &'a Expr, local: &HashMap<&'a str, Option<&'a Expr>>) -> Option<Node> {
        self.node(expr, local, DEPTH)
    }

    /// Returns the text of an expression that is one.
    pub(super) fn text(&self, expr: &'a Expr) -> Option<String> {
        match self.node(expr, &HashMap::new(), 4)?.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    fn node(&self, expr: &'a Expr, local: &HashMap<&'a str, Option<&'a Expr>>, depth: usize) -> Option<Node> {
        let depth = depth.checked_sub(1)?;
        self.left.set(self.left.get().checked_sub(1)?);
        let list = |items: &'a [Expr]| {
            Some(Value::Seq(items.iter().map(|item| self.node(item, local, depth)).collect::<Option<_>>()?))
        };
        let value = match expr {
            Expr::NoneLiteral(_) => Value::Null,
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::StringLiteral(literal) => Value::Str(literal.value.to_str().to_owned()),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => Value::Int(number.as_i64()?),
                Number::Float(number) => Value::Float(*number),
                Number::Complex { .. } => return None,
            },
            Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match self.node(&unary.operand, local, depth)?.value {
                Value::Int(number) => Value::Int(number.checked_neg()?),
                Value::Float(number) => Value::Float(-number),
                _ => return None,
            },
            Expr::List(items) => list(&items.elts)?,
            Expr::Tuple(items) => list(&items.elts)?,
            Expr::Dict(dict) => {
                let mut entries = Vec::with_capacity(dict.items.len());
                for item in &dict.items {
                    // `**other` has no key.
                    entries.push((self.node(item.key.as_ref()?, local, depth)?, self.node(&item.value, local, depth)?));
                }
                Value::Map(entries)
            }
            Expr::Name(name) => {
                let known = local.get(name.id.as_str()).or_else(|| self.constants.get(name.id.as_str()));
                return self.node((*known?)?, local, depth);
            }
            _ => return None,
        };
        Some(Node { span: self.places.of(expr), value })
    }
}
