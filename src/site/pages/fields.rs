//! Field tables: nested fields as rows, deep ones folded where there are many, fixed values apart, secrets masked, and beside
//! each field since when it is there.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;

use crate::pack::{Field, FieldTable};
use crate::site::history::{FieldPast, Fields};
use crate::site::text;

/// Most characters of a default or an allowed value that a table shows.
const MAX_VALUE: usize = 1_000;
/// Deepest indentation of a nested field.
const MAX_DEPTH: usize = 6;
/// Most rows of a table that are all open; of more than that, the fields of nested fields are folded.
const MOST_OPEN: usize = 40;
/// Deepest folding: what nests deeper stands in rows.
const MAX_FOLDS: usize = 4;
/// Longest part of an anchor that names a field, in bytes.
const MAX_ANCHOR: usize = 100;

/// A table of fields.
#[derive(Serialize)]
pub(in crate::site) struct Table<'a> {
    title: &'a str,
    anchor: &'a str,
    /// How many fields it has.
    count: usize,
    /// Whether it is closed at first: what follows from the rest must not bury it.
    is_closed: bool,
    /// The release that brought it, if it came later than its component.
    since: Option<&'a str>,
    open: Option<Rows<'a>>,
    fixed: Option<Rows<'a>>,
}

/// Rows, and which columns have something in them.
#[derive(Serialize)]
struct Rows<'a> {
    rows: Vec<Line<'a>>,
    columns: usize,
    has_types: bool,
    has_values: bool,
    has_texts: bool,
}

/// A row, or where a table within the table begins or ends.
#[derive(Serialize)]
#[serde(tag = "line", rename_all = "lowercase")]
enum Line<'a> {
    Row(Row<'a>),
    Open { parents: Cow<'a, str>, name: &'a str, count: usize },
    Close,
}

#[derive(Serialize)]
struct Row<'a> {
    /// The whole anchor: that of the table, and the names that lead to the field.
    id: String,
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
    /// The release that brought it, if it came later than its component.
    since: Option<&'a str>,
    /// The release that changed it last, and what changed.
    changed: Option<(&'a str, &'a str)>,
}

/// Returns a table as pages show it; `fields` are those of the table.
pub(in crate::site) fn table<'a>(
    table: &'a FieldTable,
    fields: &'a [Field],
    is_closed: bool,
    past: Option<&'a Fields>,
) -> Table<'a> {
    let count = count(fields);
    let mut writer = Writer { table, past, is_long: count > MOST_OPEN, anchors: Anchors::default(), rows: Vec::new() };
    let (fixed, open): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.fixed);
    let open = writer.rows(&open);
    let fixed = writer.rows(&fixed);
    let since = writer.past_of("").and_then(|past| past.since.as_ref()).map(|since| since.as_str());
    Table { title: &table.title, anchor: &table.anchor, count, is_closed, since, open, fixed }
}

/// Returns how many fields there are, nested ones included.
fn count(fields: &[Field]) -> usize {
    fields.iter().map(|field| 1 + count(&field.fields)).sum()
}

struct Writer<'a> {
    table: &'a FieldTable,
    past: Option<&'a Fields>,
    is_long: bool,
    anchors: Anchors,
    rows: Vec<Line<'a>>,
}

/// Where a field lies.
#[derive(Clone, Default)]
struct Place<'a> {
    /// How far it is indented.
    depth: usize,
    /// How many tables within tables it lies in.
    folds: usize,
    /// The names that lead to it, each followed by a dot, as the page shows them.
    parents: Cow<'a, str>,
    /// The same as part of an anchor.
    anchor: String,
    /// The same as comparisons know it.
    path: String,
}

impl<'a> Writer<'a> {
    fn rows(&mut self, fields: &[&'a Field]) -> Option<Rows<'a>> {
        fields.iter().for_each(|field| self.push(field, &Place::default()));
        let lines = std::mem::take(&mut self.rows);
        let rows = || {
            lines.iter().filter_map(|line| match line {
                Line::Row(row) => Some(row),
                Line::Open { .. } | Line::Close => None,
            })
        };
        let has_types = rows().any(|row| !row.type_text.is_empty());
        let has_values = rows().any(|row| row.default.is_some());
        let has_texts = rows().any(|row| {
            !row.description.is_empty()
                || !row.allowed.is_empty()
                || !row.constraints.is_empty()
                || row.position.is_some()
                || row.changed.is_some()
        });
        let columns = 1 + [has_types, has_values, has_texts].into_iter().filter(|has| *has).count();
        (!lines.is_empty()).then_some(Rows { rows: lines, columns, has_types, has_values, has_texts })
    }

    /// Recursive, but only as deep as the YAML gate let fields nest.
    fn push(&mut self, field: &'a Field, place: &Place<'a>) {
        let path = if self.past.is_some() { format!("{}{}", place.path, field.name) } else { String::new() };
        let past = self.past_of(&path);
        let anchor = format!("{}{}", place.anchor, slug(&field.name));
        let anchor = text_within(&anchor, MAX_ANCHOR);
        self.rows.push(Line::Row(Row {
            id: format!("{}_{}", self.table.anchor, self.anchors.unique(anchor)),
            depth: place.depth.min(MAX_DEPTH),
            parents: place.parents.clone(),
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
            since: past.and_then(|past| past.since.as_ref()).map(|since| since.as_str()),
            changed: past
                .and_then(|past| past.changed.as_ref())
                .map(|(version, words)| (version.as_str(), words.as_str())),
        }));
        if field.fields.is_empty() {
            return;
        }
        let is_folded = self.is_long && place.depth > 0 && place.folds < MAX_FOLDS;
        let within = Place {
            depth: if is_folded { 0 } else { place.depth + 1 },
            folds: place.folds + usize::from(is_folded),
            parents: (text::cut(&place.parents, 120).into_owned() + &field.name + ".").into(),
            anchor: format!("{anchor}_"),
            path: if self.past.is_some() { format!("{path}.") } else { String::new() },
        };
        if is_folded {
            let parents = place.parents.clone();
            self.rows.push(Line::Open { parents, name: &field.name, count: count(&field.fields) });
        }
        field.fields.iter().for_each(|nested| self.push(nested, &within));
        if is_folded {
            self.rows.push(Line::Close);
        }
    }

    /// Returns what is known of a field, or with an empty path of the table.
    fn past_of(&self, path: &str) -> Option<&'a FieldPast> {
        self.past?.get(&(self.table.anchor.to_string(), path.to_owned()))
    }
}

/// The anchors of a table that are taken, each with how often it was asked for.
#[derive(Default)]
struct Anchors(HashMap<String, usize>);

impl Anchors {
    /// Returns an anchor, with a number if it is taken.
    fn unique(&mut self, anchor: &str) -> String {
        let asked = self.0.entry(anchor.to_owned()).or_default();
        *asked += 1;
        if *asked == 1 {
            return anchor.to_owned();
        }
        let mut number = *asked;
        loop {
            let numbered = format!("{anchor}-{number}");
            if !self.0.contains_key(&numbered) {
                self.0.insert(numbered.clone(), 1);
                self.0.insert(anchor.to_owned(), number);
                return numbered;
            }
            number += 1;
        }
    }
}

/// Returns a name as part of an anchor: letters, digits, `_` and `-`, and a `-` for whatever else.
fn slug(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '-' };
    name.chars().take(MAX_ANCHOR).map(safe).collect()
}

/// Returns the beginning of an ASCII text.
fn text_within(text: &str, bytes: usize) -> &str {
    &text[..text.len().min(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::Version;

    fn field(name: &str, fields: Vec<Field>) -> Field {
        Field { name: name.to_owned(), fields, ..Field::default() }
    }

    fn table_of(fields: Vec<Field>) -> FieldTable {
        FieldTable { title: "Parameters".into(), anchor: "parameters".into(), fields: fields.into() }
    }

    /// Every line in words: what is folded stands in brackets.
    fn lines(table: &Table<'_>) -> Vec<String> {
        let line = |line: &Line<'_>| match line {
            Line::Row(row) => format!("{}{}", " ".repeat(row.depth), row.id),
            Line::Open { parents, name, count } => format!("[ {count} of {parents}{name}"),
            Line::Close => "]".to_owned(),
        };
        table.open.iter().flat_map(|rows| &rows.rows).map(line).collect()
    }

    #[test]
    fn every_field_has_its_own_anchor() {
        let fields = vec![
            field("a b", vec![field("c", vec![])]),
            field("a-b", vec![field("c", vec![])]),
            field("a-b-2", vec![]),
            field("<é>", vec![]),
            field(&"x".repeat(300), vec![]),
        ];
        let table_of = table_of(fields);
        let shown = lines(&table(&table_of, &table_of.fields.unpack(), false, None));
        let long = format!("parameters_{}", "x".repeat(100));
        let expected = [
            "parameters_a-b",
            " parameters_a-b_c",
            "parameters_a-b-2",
            " parameters_a-b_c-2",
            "parameters_a-b-2-2",
            "parameters_---",
            &long,
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn deep_fields_are_folded_where_there_are_many() {
        let deep = || field("spec", vec![field("retry", vec![field("delay", vec![]), field("times", vec![])])]);
        let few = table_of(vec![deep()]);
        assert_eq!(lines(&table(&few, &few.fields.unpack(), false, None))[3], "  parameters_spec_retry_times");
        let mut fields = vec![deep()];
        fields.extend((0..MOST_OPEN).map(|number| field(&format!("f{number}"), vec![])));
        let many = table_of(fields);
        let shown = lines(&table(&many, &many.fields.unpack(), false, None));
        let expected = [
            "parameters_spec",
            " parameters_spec_retry",
            "[ 2 of spec.retry",
            "parameters_spec_retry_delay",
            "parameters_spec_retry_times",
            "]",
            "parameters_f0",
        ];
        assert_eq!(shown[..7], expected);
    }

    #[test]
    fn what_is_known_of_a_field_stands_beside_it() {
        let version = |text: &str| Version::parse(text).expect("a version");
        let key = |path: &str| ("parameters".to_owned(), path.to_owned());
        let past = Fields::from([
            (key(""), FieldPast { since: Some(version("1.1.0")), changed: None }),
            (key("a.b"), FieldPast { since: None, changed: Some((version("2.0.0"), "now required".to_owned())) }),
        ]);
        let table_of = table_of(vec![field("a", vec![field("b", vec![])])]);
        let fields = table_of.fields.unpack();
        let shown = table(&table_of, &fields, false, Some(&past));
        assert_eq!(shown.since, Some("1.1.0"));
        let rows = shown.open.expect("rows").rows;
        let [Line::Row(a), Line::Row(b)] = &rows[..] else { panic!("two rows") };
        assert_eq!((a.changed, b.changed), (None, Some(("2.0.0", "now required"))));
    }
}
