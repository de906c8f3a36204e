//! The head of a page: what it is called, where it belongs, and what machines read in it.

use std::borrow::Cow;

use serde::Serialize;

use crate::ident::RelPath;
use crate::site::links;

/// What the head of every page needs.
///
/// A page names what it knows, and leaves the rest to `..Head::default()`.
#[derive(Debug, Default, Serialize)]
pub(in crate::site) struct Head<'a> {
    /// What leads to the site's root: empty or `../` several times.
    pub(in crate::site) root: String,
    pub(in crate::site) title: Cow<'a, str>,
    pub(in crate::site) description: Cow<'a, str>,
    /// The absolute address of the page that search engines should show instead of its likes.
    pub(in crate::site) canonical: Option<String>,
    /// The address of the same facts as JSON, from the site's root.
    pub(in crate::site) json: Option<String>,
    /// What the page is about, as JSON-LD of [`super::structured`].
    pub(in crate::site) data: Option<String>,
    /// The entry of the navigation that the page belongs to, by its address.
    pub(in crate::site) section: Option<&'static str>,
    /// Whether search engines should leave it out.
    pub(in crate::site) is_unlisted: bool,
}

impl<'a> Head<'a> {
    /// Returns the head of the page at a path.
    pub(in crate::site) fn new(path: &RelPath, title: impl Into<Cow<'a, str>>) -> Self {
        Self { root: links::root(path), title: title.into(), ..Self::default() }
    }
}
