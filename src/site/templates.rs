//! Templates: context values → HTML and XML. The only module that names tera.
//!
//! Pack text reaches a template as a value, never as template source, and every value is escaped by
//! [`escape`](super::text::escape) unless it was made by [`Shared::html`] or [`Shared::html_list`].

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::Serialize;
use tera::{Context, Tera, Value};

use super::assets;
use crate::fs::Context as _;
use crate::ident::{Digest, Fingerprint, RelPath};
use crate::output::RenderError;

/// The templates and assets of a site: the built-in ones, each replaceable by a file of the same name.
#[derive(Debug)]
pub struct Templates {
    engine: Tera,
    assets: Vec<(RelPath, Vec<u8>)>,
    digest: Digest,
}

/// Reports templates that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// An override could not be read.
    #[error(transparent)]
    Io(#[from] crate::fs::PathError),
    /// An override is not UTF-8.
    #[error("the template `{0}` is not UTF-8")]
    Encoding(String),
    /// A template is faulty; the reason names template, line and column.
    #[error("cannot use the site's templates: {0}")]
    Invalid(String),
}

/// A value that several pages use, converted once; cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Shared(Value);

impl Shared {
    /// Converts a value.
    ///
    /// # Panics
    ///
    /// Never: our contexts are structs of text, numbers and lists, which always convert.
    pub(crate) fn new(value: &impl Serialize) -> Self {
        Self(Value::from_serializable(value))
    }

    /// Returns sanitised HTML, which templates insert as it is.
    pub(crate) fn html(html: &str) -> Self {
        Self(Value::safe_string(html))
    }

    /// Returns several pieces of sanitised HTML, in order.
    pub(crate) fn html_list<'h>(pieces: impl Iterator<Item = &'h str>) -> Self {
        Self(Value::from(pieces.map(Value::safe_string).collect::<Vec<_>>()))
    }
}

impl Templates {
    /// Returns the built-in templates.
    ///
    /// # Panics
    ///
    /// When a built-in template is faulty: a bug, found by the first test that uses them.
    pub fn builtin() -> Self {
        Self::load(None).unwrap_or_else(|error| panic!("the built-in templates are valid: {error}"))
    }

    /// Returns the built-in templates and assets, each replaced by the file of the same name below `directory` if there is one.
    pub fn with_overrides(directory: &Utf8Path) -> Result<Self, TemplateError> {
        std::fs::read_dir(directory).context("read the templates in", directory)?;
        Self::load(Some(directory))
    }

    fn load(overrides: Option<&Utf8Path>) -> Result<Self, TemplateError> {
        let content = |name: &str, builtin: &'static [u8]| match overrides {
            Some(directory) => {
                crate::fs::read_if_exists(&directory.join(name)).map(|found| found.unwrap_or_else(|| builtin.to_vec()))
            }
            None => Ok(builtin.to_vec()),
        };
        let mut engine = Tera::new();
        engine.set_escape_fn(super::text::escape);
        let mut sources = Vec::new();
        for (name, builtin) in assets::templates() {
            let text =
                String::from_utf8(content(name, builtin)?).map_err(|_| TemplateError::Encoding(name.to_owned()))?;
            sources.push((name, text));
        }
        let text_digest = Fingerprint::of(&sources);
        engine.add_raw_templates(sources).map_err(|error| TemplateError::Invalid(error.to_string()))?;
        let mut assets = assets::assets()
            .map(|(name, builtin)| Ok((RelPath::composed(name), content(name, builtin)?)))
            .collect::<Result<Vec<_>, TemplateError>>()?;
        for (folder, name) in assets::JOINED {
            assets.push((RelPath::composed(name), joined(overrides, folder, name)?));
        }
        let digest = Fingerprint::of((text_digest, &assets));
        Ok(Self { engine, assets, digest })
    }

    /// Returns the digest of all templates and assets.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the files that are published as they are, such as the style sheet.
    pub(crate) fn assets(&self) -> Vec<(RelPath, Vec<u8>)> {
        self.assets.clone()
    }

    /// Renders a part of a page at `path` from its own value, which the template knows as `page`.
    pub(crate) fn fragment(
        &self,
        template: &str,
        path: &RelPath,
        value: &impl Serialize,
    ) -> Result<String, RenderError> {
        let bytes = self.render(template, path, &[], value)?;
        Ok(String::from_utf8(bytes).expect("templates and values are UTF-8"))
    }

    /// Renders a page from values it shares with others and its own value, which the template knows as `page`.
    pub(crate) fn render(
        &self,
        template: &str,
        path: &RelPath,
        shared: &[(&'static str, &Shared)],
        page: &impl Serialize,
    ) -> Result<Vec<u8>, RenderError> {
        let failed = |error: tera::Error| RenderError { page: path.to_string(), reason: error.to_string() };
        let mut context = Context::new();
        for (name, value) in shared {
            context.insert_value(*name, value.0.clone());
        }
        context.insert_value("page", Value::try_from_serializable(page).map_err(failed)?);
        let mut bytes = Vec::with_capacity(8 << 10);
        self.engine.render_to(template, &context, &mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}

/// Joins the parts of a folder, built-in and own ones of an overriding directory, which may also have the whole file.
fn joined(overrides: Option<&Utf8Path>, folder: &str, name: &str) -> Result<Vec<u8>, TemplateError> {
    let mut parts: BTreeMap<String, Vec<u8>> =
        assets::parts(folder).map(|(name, builtin)| (name.to_owned(), builtin.to_vec())).collect();
    if let Some(directory) = overrides {
        if let Some(whole) = crate::fs::read_if_exists(&directory.join(name))? {
            return Ok(whole);
        }
        let own = directory.join(folder);
        if own.is_dir() {
            for entry in own.read_dir_utf8().context("read the templates in", &own)? {
                let entry = entry.context("read the templates in", &own)?;
                // Editors keep copies beside what they save.
                if entry.path().extension() != Utf8Path::new(name).extension() {
                    continue;
                }
                if let Some(text) = crate::fs::read_if_exists(entry.path())? {
                    parts.insert(format!("{folder}/{}", entry.file_name()), text);
                }
            }
        }
    }
    Ok(parts.into_values().collect::<Vec<_>>().join(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, text: &str) -> Result<Templates, TemplateError> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(directory.path().join(name), text).expect("a file");
        Templates::with_overrides(Utf8Path::from_path(directory.path()).expect("UTF-8"))
    }

    #[test]
    fn one_template_is_replaced_and_the_others_stay() {
        let templates = with("404.html", "lost: {{ page.x }}").expect("valid");
        let path = RelPath::composed("404.html");
        let page = std::collections::BTreeMap::from([("x", "<b>\u{202e}")]);
        let html = templates.render("404.html", &path, &[], &page).expect("renders");
        assert_eq!(String::from_utf8_lossy(&html), "lost: &lt;b&gt;\u{fffd}");
        assert!(templates.engine.contains_template("home.html"));
    }

    #[test]
    fn parts_of_a_joined_file_are_replaced_and_added() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = Utf8Path::from_path(directory.path()).expect("UTF-8");
        let style = || {
            let templates = Templates::with_overrides(root).expect("valid");
            let (_, bytes) =
                templates.assets.into_iter().find(|(path, _)| path.as_str() == "assets/style.css").expect("there");
            String::from_utf8(bytes).expect("UTF-8")
        };
        std::fs::create_dir(root.join("style")).expect("a folder");
        std::fs::write(root.join("style/10-base.css"), "base{}").expect("a file");
        std::fs::write(root.join("style/99-own.css"), "own{}").expect("a file");
        let text = style();
        assert!(text.starts_with("base{}\n") && text.contains(".bottom") && text.ends_with("\nown{}"), "{text}");
        std::fs::create_dir(root.join("assets")).expect("a folder");
        std::fs::write(root.join("assets/style.css"), "whole{}").expect("a file");
        assert_eq!(style(), "whole{}");
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let error = Templates::with_overrides("no/such/folder".into()).expect_err("missing");
        assert!(error.to_string().contains("no/such/folder"), "{error}");
    }

    #[test]
    fn a_faulty_template_is_named_with_its_line() {
        let error = with("home.html", "one\ntwo {% if %}").expect_err("faulty").to_string();
        assert!(error.contains("home.html") && error.contains('2'), "{error}");
        let templates = with("404.html", "one\ntwo\n{{ page.nothing }}").expect("parses");
        let empty = std::collections::BTreeMap::<&str, &str>::new();
        let error = templates.render("404.html", &RelPath::composed("404.html"), &[], &empty).expect_err("fails");
        assert!(error.to_string().contains("404.html") && error.reason.contains('3'), "{error}");
    }
}
