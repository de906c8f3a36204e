//! Templates: context values → HTML and XML. The only module that names tera.
//!
//! Pack text reaches a template as a value, never as template source, and every value is escaped by
//! [`escape`](super::text::escape) unless it was made by [`Shared::html`] or [`Shared::html_list`]; two are written with `safe`: the
//! JSON-LD of a page, and the code of a snippet, which the lexer has escaped.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};

use super::theme::{Theme, ThemeError};
use super::{assets, codes};
use crate::diag::{Diagnostic, Place, Sink};
use crate::fs::Context as _;
use crate::ident::{Digest, Fingerprint, RelPath};
use crate::output::RenderError;

/// The templates and assets of a site: the built-in ones, each replaceable by a file of the same name.
#[derive(Debug)]
pub struct Templates {
    engine: Tera,
    assets: Vec<(RelPath, Vec<u8>)>,
    theme: Theme,
    /// Where the files lie that replace built-in templates, by name: faults are told of them.
    replaced: BTreeMap<String, Utf8PathBuf>,
    findings: Vec<Diagnostic>,
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
    /// Something that `[site]` names cannot be used.
    #[error(transparent)]
    Theme(#[from] ThemeError),
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
        Self::load(None, Theme::default()).unwrap_or_else(|error| panic!("the built-in templates are valid: {error}"))
    }

    /// Returns the built-in templates and assets with an owner's theme, each replaced by the file of the same name below a
    /// folder if there is one.
    pub fn load(overrides: Option<&Utf8Path>, theme: Theme) -> Result<Self, TemplateError> {
        if let Some(directory) = overrides {
            std::fs::read_dir(directory).context("read the templates in", directory)?;
        }
        let content = |name: &str, builtin: &'static [u8]| match overrides {
            Some(directory) => crate::fs::read_if_exists(&directory.join(name))
                .map(|found| found.map_or_else(|| (builtin.to_vec(), false), |bytes| (bytes, true))),
            None => Ok((builtin.to_vec(), false)),
        };
        let mut engine = Tera::new();
        engine.set_escape_fn(super::text::escape);
        engine.register_filter("breakable", |name: &str, _: Kwargs, _: &State| {
            Value::safe_string(&super::text::breakable(name))
        });
        let (mut sources, mut replaced) = (Vec::new(), BTreeMap::new());
        for (name, builtin) in assets::templates() {
            let (bytes, is_replaced) = content(name, builtin)?;
            let text = String::from_utf8(bytes).map_err(|_| TemplateError::Encoding(name.to_owned()))?;
            if let Some(directory) = overrides.filter(|_| is_replaced) {
                replaced.insert(name.to_owned(), directory.join(name));
            }
            sources.push((name, text));
        }
        let text_digest = Fingerprint::of(&sources);
        engine
            .add_raw_templates(sources)
            .map_err(|error| TemplateError::Invalid(in_files(error.to_string(), &replaced)))?;
        let mut assets = assets::assets()
            .map(|(name, builtin)| Ok((RelPath::composed(name), content(name, builtin)?.0)))
            .collect::<Result<Vec<_>, TemplateError>>()?;
        for (folder, name) in assets::JOINED {
            let generated = if folder == "style" { theme.style.as_str() } else { "" };
            assets.push((RelPath::composed(name), joined(overrides, folder, name, generated)?));
        }
        assets.extend(theme.logo.iter().map(|logo| (RelPath::composed(logo.address), logo.bytes.clone())));
        let findings = overrides.map(strangers).transpose()?.unwrap_or_default();
        let logo = theme.logo.as_ref().map(|logo| (logo.width, logo.height));
        let digest = Fingerprint::of((text_digest, &assets, logo, &theme.documents));
        Ok(Self { engine, assets, theme, replaced, findings, digest })
    }

    /// Returns what is wrong with the files that replace built-in ones, short of making them unusable.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Returns what the owner adds to the site.
    pub(super) fn theme(&self) -> &Theme {
        &self.theme
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
        let failed = |error: tera::Error| RenderError {
            page: path.to_string(),
            reason: in_files(error.to_string(), &self.replaced),
        };
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

/// Returns the text of a fault in which a template that is a file of the owner's is called by its path.
fn in_files(mut text: String, replaced: &BTreeMap<String, Utf8PathBuf>) -> String {
    for (name, path) in replaced {
        text = text.replace(&format!("--> {name}:"), &format!("--> {}:", shown(path)));
    }
    text
}

/// Returns a path as its owner writes it.
fn shown(path: &Utf8Path) -> &str {
    path.strip_prefix(".").unwrap_or(path).as_str()
}

/// Joins the parts of a folder, built-in and own ones of an overriding directory, which may also have the whole file; what is
/// generated follows the first part, so that the others can build on it.
fn joined(overrides: Option<&Utf8Path>, folder: &str, name: &str, generated: &str) -> Result<Vec<u8>, TemplateError> {
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
    let mut parts: Vec<Vec<u8>> = parts.into_values().collect();
    if !generated.is_empty() {
        parts.insert(parts.len().min(1), generated.as_bytes().to_vec());
    }
    Ok(parts.join(&b'\n'))
}

/// Reports the files of an overriding folder that replace nothing, since their names are those of no template or asset.
fn strangers(directory: &Utf8Path) -> Result<Vec<Diagnostic>, TemplateError> {
    let names = assets::templates().chain(assets::assets()).map(|(name, _)| name);
    let known: Vec<&str> = names.chain(assets::JOINED.map(|(_, name)| name)).collect();
    let mut sink = Sink::new();
    for folder in ["", "assets/"] {
        let path = directory.join(folder);
        if !path.is_dir() {
            continue;
        }
        for entry in path.read_dir_utf8().context("read the templates in", &path)? {
            let entry = entry.context("read the templates in", &path)?;
            let name = format!("{folder}{}", entry.file_name());
            let is_text = ENDINGS.iter().any(|ending| name.ends_with(ending));
            if !is_text || entry.file_name().starts_with('.') || known.contains(&name.as_str()) {
                continue;
            }
            let place = Place { path: shown(&directory.join(&name)).to_owned(), span: None, excerpt: None };
            let near = crate::ident::nearest(&name, known.iter().copied());
            let help = match near.as_slice() {
                [] => format!("templates are {}", known.join(", ")),
                near => format!(
                    "did you mean {}?",
                    near.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
                ),
            };
            sink.report(codes::UNKNOWN_TEMPLATE, place, format!("the site has no template or asset `{name}`"))
                .help(help);
        }
    }
    Ok(sink.finish())
}

/// What files end in that somebody may have meant as a template or an asset.
const ENDINGS: [&str; 6] = [".html", ".xml", ".css", ".js", ".svg", ".txt"];

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, text: &str) -> Result<Templates, TemplateError> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(directory.path().join(name), text).expect("a file");
        let folder = Utf8Path::from_path(directory.path()).expect("UTF-8");
        Templates::load(Some(folder), Theme::default())
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
            let templates = Templates::load(Some(root), Theme::default()).expect("valid");
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
        let error = Templates::load(Some("no/such/folder".into()), Theme::default()).expect_err("missing");
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
