//! Parts of pages that many pages have in common, rendered once.
//!
//! Most components do not change from one release to the next, and many actions inherit the parameters of one runner. Their
//! tables are the largest part of their pages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::history::Fields;
use super::pages::fields;
use super::templates::{Shared, Templates};
use crate::compare::{Compatibility, Role};
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::pack::{Component, FieldTable};

/// The tables of components as HTML.
#[derive(Default)]
pub(crate) struct Fragments(Mutex<Tables>);

/// By the addresses of the table and of what is known of its fields, which are kept, so that no other ones can come to lie there.
#[derive(Default)]
struct Tables {
    html: HashMap<(usize, usize), (Told, Arc<str>)>,
    bytes: usize,
}

/// A table, and what is known of the fields that were not always what they are.
type Told = (Arc<FieldTable>, Option<Arc<Fields>>);

impl Fragments {
    /// Most HTML that is kept, in bytes: the tables of the largest packs, whose releases are rendered one after the other.
    const BYTES: usize = 12 << 20;

    /// Returns the tables of a component, one after the other; `past` is what is known of their fields.
    pub(crate) fn tables(
        &self,
        templates: &Templates,
        path: &RelPath,
        component: &Arc<Component>,
        past: Option<&Arc<Fields>>,
        rules: &Compatibility,
    ) -> Result<Shared, RenderError> {
        let mut html = String::new();
        for table in component.tables.iter().filter(|table| !table.fields.is_empty()) {
            let past = past.filter(|past| past.keys().any(|(anchor, _)| *anchor == table.anchor));
            let is_closed = rules.role(&table.anchor) == Role::Derived;
            let render = || {
                let known = past.map(|past| &**past);
                templates.fragment("table.html", path, &fields::table(table, &table.fields.unpack(), is_closed, known))
            };
            if Arc::strong_count(component) > 1 || Arc::strong_count(table) > 1 {
                html.push_str(&self.get_or_render(&(Arc::clone(table), past.cloned()), render)?);
            } else {
                html.push_str(&render()?);
            }
        }
        Ok(Shared::html(&html))
    }

    fn get_or_render(
        &self,
        told: &Told,
        render: impl FnOnce() -> Result<String, RenderError>,
    ) -> Result<Arc<str>, RenderError> {
        let key = (Arc::as_ptr(&told.0).addr(), told.1.as_ref().map_or(0, |past| Arc::as_ptr(past).addr()));
        if let Some((_, html)) = self.0.lock().expect("no panic while locked").html.get(&key) {
            return Ok(Arc::clone(html));
        }
        let html: Arc<str> = render()?.into();
        let mut tables = self.0.lock().expect("no panic while locked");
        if tables.bytes + html.len() > Self::BYTES {
            *tables = Tables::default();
        }
        tables.bytes += html.len();
        tables.html.insert(key, (told.clone(), Arc::clone(&html)));
        Ok(html)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_rendered_once_and_memory_is_bounded() {
        let table = |anchor: &'static str| {
            (
                Arc::new(FieldTable {
                    title: "P".into(),
                    anchor: anchor.into(),
                    fields: crate::pack::Fields::default(),
                }),
                None,
            )
        };
        let (fragments, tables) = (Fragments::default(), [table("a"), table("b")]);
        let mut renders = 0;
        let mut get = |table: &Told, size| {
            let render = || {
                renders += 1;
                Ok("x".repeat(size))
            };
            fragments.get_or_render(table, render).expect("rendered").len()
        };
        assert_eq!((get(&tables[0], 3), get(&tables[0], 4)), (3, 3));
        let with_past = (Arc::clone(&tables[0].0), Some(Arc::default()));
        assert_eq!((get(&with_past, 7), get(&tables[0], 4), get(&with_past, 8)), (7, 3, 7));
        assert_eq!(get(&tables[1], Fragments::BYTES), Fragments::BYTES);
        // The large one took the place of the first.
        assert_eq!(get(&tables[0], 5), 5);
        assert_eq!(renders, 4);
    }
}
