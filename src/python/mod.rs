//! Python files as facts: what they define, import, compare, read and return, without running anything.
//!
//! | module | what it does |
//! |---|---|
//! | `facts` | the types: everything is owned, and says where it stands |
//! | `limits` | refuses what nests too deep, before any parser recurses |
//! | `declarations` | functions, classes and their signatures |
//! | `walk` | every statement and expression, without recursion |
//! | `literal` | literals as the tree that YAML gives too |
//! | `places` | offsets as lines and columns |
//!
//! A file is read once per content ([`read_file`]).

mod declarations;
mod facts;
mod limits;
mod literal;
mod places;
mod walk;

use std::sync::Arc;

use ruff_python_parser::parse_module;

pub use facts::{
    Call, Class, Comparison, Decorator, EnvironmentRead, Fault, Field, Function, Import, Lookup, Module, Parameter,
    ParameterKind, Table,
};

use self::places::Places;
use crate::pack::PackTree;
use crate::source::FileEntry;

/// Largest Python file that is read, in bytes.
pub const MOST_BYTES: u64 = 1 << 20;

/// What a file gave: its facts, or why there are none.
pub type Reading = Result<Module, Fault>;

/// Reads a Python file of a pack, once per content.
pub fn read_file(tree: &PackTree<'_>, entry: &FileEntry) -> Arc<Reading> {
    tree.memo.get_or_insert(entry.blob, "python", || {
        if entry.size > MOST_BYTES {
            let message = format!("the file has {} bytes; at most {MOST_BYTES} are read", entry.size);
            return Err(Fault { message, span: None, is_limit: true });
        }
        let bytes = tree.memo.read(tree.snapshot, entry).map_err(|error| Fault {
            message: error.to_string(),
            span: None,
            is_limit: true,
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Fault {
            message: "the file is not UTF-8".to_owned(),
            span: None,
            is_limit: false,
        })?;
        read(text)
    })
}

/// Reads the text of a Python file.
///
/// Costs one pass of the lexer, the parser, and one walk over the tree; the stack stays small whatever the file nests.
pub fn read(text: &str) -> Reading {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let places = Places::new(text);
    if let Some(message) = limits::exceeded(text) {
        return Err(Fault { message: message.to_owned(), span: None, is_limit: true });
    }
    match parse_module(text) {
        Ok(parsed) => Ok(declarations::module(parsed.suite(), &places)),
        Err(error) => {
            let span = places.span(error.location.start().to_usize(), error.location.end().to_usize());
            Err(Fault { message: error.error.to_string(), span: Some(span), is_limit: false })
        }
    }
}

#[cfg(test)]
mod tests;
