//! Parts of pages that many pages have in common, rendered once.
//!
//! Most components do not change from one release to the next, and many actions inherit the parameters of one runner. Their
//! tables are the largest part of their pages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::pages::fields;
use super::templates::{Shared, Templates};
use crate::ident::RelPath;
use crate::output::RenderError;
use crate::pack::{Component, FieldTable};

/// The tables of components as HTML.
#[derive(Default)]
pub(crate) struct Fragments(Mutex<Tables>);

/// By the address of the table, which is kept, so that no other one can come to lie there.
#[derive(Default)]
struct Tables {
    html: HashMap<usize, (Arc<FieldTable>, Arc<str>)>,
    bytes: usize,
}

impl Fragments {
    /// Most HTML that is kept, in bytes: the tables of the largest packs, whose releases are rendered one after the other.
    const BYTES: usize = 12 << 20;

    /// Returns the tables of a component, one after the other.
    pub(crate) fn tables(
        &self,
        templates: &Templates,
        path: &RelPath,
        component: &Arc<Component>,
    ) -> Result<Shared, RenderError> {
        let mut html = String::new();
        for table in component.tables.iter().filter(|table| !table.fields.is_empty()) {
            let render = || templates.fragment("table.html", path, &fields::table(table));
            if Arc::strong_count(component) > 1 || Arc::strong_count(table) > 1 {
                html.push_str(&self.get_or_render(table, render)?);
            } else {
                html.push_str(&render()?);
            }
        }
        Ok(Shared::html(&html))
    }

    fn get_or_render(
        &self,
        table: &Arc<FieldTable>,
        render: impl FnOnce() -> Result<String, RenderError>,
    ) -> Result<Arc<str>, RenderError> {
        let key = Arc::as_ptr(table).addr();
        if let Some((_, html)) = self.0.lock().expect("no panic while locked").html.get(&key) {
            return Ok(Arc::clone(html));
        }
        let html: Arc<str> = render()?.into();
        let mut tables = self.0.lock().expect("no panic while locked");
        if tables.bytes + html.len() > Self::BYTES {
            *tables = Tables::default();
        }
        tables.bytes += html.len();
        tables.html.insert(key, (Arc::clone(table), Arc::clone(&html)));
        Ok(html)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_rendered_once_and_memory_is_bounded() {
        let table = |anchor: &'static str| {
            Arc::new(FieldTable { title: "P".into(), anchor: anchor.into(), fields: Vec::new() })
        };
        let (fragments, tables) = (Fragments::default(), [table("a"), table("b")]);
        let mut renders = 0;
        let mut get = |table, size| {
            let render = || {
                renders += 1;
                Ok("x".repeat(size))
            };
            fragments.get_or_render(table, render).expect("rendered").len()
        };
        assert_eq!((get(&tables[0], 3), get(&tables[0], 4)), (3, 3));
        assert_eq!(get(&tables[1], Fragments::BYTES), Fragments::BYTES);
        // The large one took the place of the first.
        assert_eq!(get(&tables[0], 5), 5);
        assert_eq!(renders, 3);
    }
}
