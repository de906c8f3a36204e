//! Field tables: nested fields as rows, fixed values apart, secrets masked.

use std::borrow::Cow;

use serde::Serialize;

use crate::pack::{Field, FieldTable};
use crate::site::text;

/// Most characters of a default or an allowed value that a table shows.
const MAX_VALUE: usize = 1_000;
/// Deepest indentation of a nested field.
const MAX_DEPTH: usize = 6;

/// A table of fields.
#[derive(Serialize)]
pub(in crate::site) struct Table<'a> {
    title: &'a str,
    anchor: &'a str,
    open: Option<Rows<'a>>,
    fixed: Option<Rows<'a>>,
}

/// Rows, and which columns have something in them.
#[derive(Serialize)]
struct Rows<'a> {
    rows: Vec<Row<'a>>,
    has_types: bool,
    has_values: bool,
    has_texts: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    depth: usize,
    /// The names of the fields that this one lies in, each followed by a dot.
    parents: Cow<'a, str>,
    name: &'a str,
    type_text: &'a str,
    required: bool,
    secret: bool,
    position: Option<i64>,
    default: Option<Cow<'a, str>>,
    allowed: Vec<Cow<'a, str>>,
    constraints: &'a [String],
    description: &'a str,
}

/// Returns a table as pages show it.
pub(in crate::site) fn table(table: &FieldTable) -> Table<'_> {
    let (mut rows, mut fixed) = (Vec::with_capacity(table.fields.len()), Vec::new());
    for field in &table.fields {
        push(field, 0, "", if field.fixed { &mut fixed } else { &mut rows });
    }
    Table { title: &table.title, anchor: &table.anchor, open: filled(rows), fixed: filled(fixed) }
}

fn filled(rows: Vec<Row<'_>>) -> Option<Rows<'_>> {
    let has_types = rows.iter().any(|row| !row.type_text.is_empty());
    let has_values = rows.iter().any(|row| row.default.is_some());
    let has_texts = rows.iter().any(|row| {
        !row.description.is_empty() || !row.allowed.is_empty() || !row.constraints.is_empty() || row.position.is_some()
    });
    (!rows.is_empty()).then_some(Rows { rows, has_types, has_values, has_texts })
}

fn push<'a>(field: &'a Field, depth: usize, parents: &str, rows: &mut Vec<Row<'a>>) {
    rows.push(Row {
        depth: depth.min(MAX_DEPTH),
        parents: parents.to_owned().into(),
        name: &field.name,
        type_text: &field.type_text,
        required: field.required,
        secret: field.secret,
        position: field.position,
        default: field
            .default
            .as_deref()
            .map(|value| if field.secret { "••••••••".into() } else { text::cut(value, MAX_VALUE) }),
        allowed: field.allowed.iter().map(|value| text::cut(value, MAX_VALUE)).collect(),
        constraints: &field.constraints,
        description: &field.description,
    });
    if !field.fields.is_empty() {
        let parents = text::cut(parents, 120).into_owned() + &field.name + ".";
        for nested in &field.fields {
            push(nested, depth + 1, &parents, rows);
        }
    }
}
