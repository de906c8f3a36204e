//! The normalised pack: what every ecosystem's packs have in common.
//!
//! An ecosystem reads a [`PackTree`] and returns a [`Pack`]; everything downstream (index, feeds, pages, search) works on
//! this model and knows no ecosystem. Texts are as the author wrote them: hostile until escaped.

pub mod above;
pub mod dockerfile;
pub mod license;
mod memo;
mod model;
mod packed;
mod remark;
pub mod schema;
mod sniffed;
mod tree;

pub use memo::Memo;
pub use model::{
    Component, ComponentKind, Delivery, Dependency, Example, Fact, Field, FieldTable, Link, Otherwise, Pack, Provision,
    Relation, Requirement, Step, VersionedBy,
};
pub use packed::Fields;
pub use remark::Remark;
pub use tree::{Configured, PackTree, Parsed, YamlFault, YamlFile};

use crate::diag::codes;

codes! {
    /// A YAML file is larger, deeper or holds more nodes than the limits allow.
    ///
    /// The limits stop files that would take a reader's memory: 1 MiB, 64 levels, 100 000 nodes after aliases are expanded.
    YAML_LIMIT = "yaml-limit", Error;
    /// A plain scalar means one thing to YAML 1.1 and another to YAML 1.2.
    ///
    /// `yes`, `off`, `010`, `1:30` or an unquoted date are read differently by PyYAML and by newer parsers. Quote the text, or
    /// write the value in a way that both read alike.
    YAML_TWO_READINGS = "yaml-two-readings", Warning;
    /// Two YAML parsers read this file differently.
    ///
    /// Packyard holds its own reading against a second parser's. Where they differ a runtime may see other values than these
    /// pages show. Write the value in a plainer form.
    YAML_PARSERS_DISAGREE = "yaml-parsers-disagree", Warning;
    /// A README or changelog is larger or deeper nested than is rendered, or not UTF-8.
    ///
    /// Its text is shown as it is, if at all. Deep nesting makes rendering slow, so documents are bounded before it.
    DOCUMENT_TOO_LARGE = "document-too-large", Warning;
    /// A README or changelog links to a file that the pack does not have.
    ///
    /// The file was moved or renamed, or is left out of what is published; a reader of the page gets nowhere. Links out of the
    /// pack are not looked at.
    BROKEN_LINK = "broken-link", Warning;
    /// A pack's name cannot be used in file names and URLs everywhere.
    NAME_UNSAFE = "name-unsafe", Error, blocking;
}
