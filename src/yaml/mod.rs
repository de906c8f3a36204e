//! Reads YAML: hostile bytes in, a bounded tree with a span for every key and value out.
//!
//! 1. `gate` checks size and encoding, then walks saphyr-parser's event stream once, without recursion. It bounds depth
//!    and nodes *after* alias expansion, and records what loaders disagree on: duplicate keys, merge keys, aliases,
//!    several documents, non-standard tags.
//!    What the parser alone refuses for its indentation, `indented` moves. Files as most are, `everyday` reads in the
//!    parser's place, and declines the others.
//! 2. [`dialect`] says what a plain scalar means to the runtime that will read the file (YAML 1.1 or 1.2), and where
//!    the other one would read something else.
//! 3. `node` is the tree that everybody else works on.
//! 4. `json` reads JSON into the same tree, for manifests that are no YAML.
//! 5. `second_opinion` reads the same text with `serde_yaml`; a property test holds both to the same values.
//!
//! What is an error is the ecosystem's decision, as it is its runtime's; this module only bounds and records.

pub mod dialect;
mod everyday;
mod gate;
mod indented;
mod json;
mod keys;
mod node;
mod second_opinion;

pub use dialect::Dialect;
pub use gate::{Fault, Limits, Yaml, read};
pub use node::{Node, Scalar, Value};
pub use second_opinion::{decode, to_string};
