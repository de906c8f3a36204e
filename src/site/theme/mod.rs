//! The owner's part of the look: `[site]` of the configuration and the files it names → what pages and the style sheet take.

mod logo;

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::config::{Colour, Footer, NamedLink, Scheme, SiteConfig};
use crate::fs::Context as _;

pub(super) use logo::Logo;

/// Largest page of the owner's documentation, in bytes.
const MAX_DOCUMENT_BYTES: usize = super::markdown::MAX_BYTES;

/// What an owner adds to the site.
#[derive(Debug, Clone, Default)]
pub struct Theme {
    pub(super) logo: Option<Logo>,
    /// The rules that set the owner's colours.
    pub(super) style: String,
    pub(super) navigation: Vec<NamedLink>,
    pub(super) footer: Footer,
    /// The owner's pages of documentation, as Markdown by file name.
    pub(super) documents: BTreeMap<String, String>,
}

/// Reports something in `[site]` that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// A file could not be read.
    #[error(transparent)]
    Io(#[from] crate::fs::PathError),
    /// The logo is no image that browsers show, or too large.
    #[error("cannot use the logo `{path}`: {reason}")]
    Logo {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// A page of the owner's documentation cannot be shown.
    #[error("cannot use `{path}` as a page of the documentation: {reason}")]
    Document {
        /// The file.
        path: String,
        /// Why not.
        reason: &'static str,
    },
}

impl Theme {
    /// Reads what a configuration names; its paths start at `root`.
    pub fn load(config: &SiteConfig, root: &Utf8Path) -> Result<Self, ThemeError> {
        let style = config.accent.map(|accent| style(accent.light, accent.dark)).unwrap_or_default();
        Ok(Self {
            logo: config.logo.as_ref().map(|path| Logo::load(&root.join(path))).transpose()?,
            style,
            navigation: config.navigation.clone(),
            footer: config.footer.clone(),
            documents: match &config.docs {
                Some(folder) => documents(&root.join(folder))?,
                None => BTreeMap::new(),
            },
        })
    }
}

/// Returns the rules that come after those of `style/10-base.css`, and set the same properties.
fn style(light: Colour, dark: Colour) -> String {
    let rules = |accent: Colour, scheme: Scheme| format!("--accent: {accent}; --accent-soft: {};", accent.soft(scheme));
    format!(
        "/* [site] accent */\n:root {{ {} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {} }} }}\n",
        rules(light, Scheme::Light),
        rules(dark, Scheme::Dark)
    )
}

/// Reads the Markdown files of a folder, by name without their ending.
fn documents(folder: &Utf8Path) -> Result<BTreeMap<String, String>, ThemeError> {
    let mut documents = BTreeMap::new();
    for entry in folder.read_dir_utf8().context("read the documentation in", folder)? {
        let entry = entry.context("read the documentation in", folder)?;
        let path = entry.path();
        let Some(name) = entry.file_name().strip_suffix(".md").filter(|name| !name.starts_with('.')) else { continue };
        let fault = |reason| ThemeError::Document { path: path.to_string(), reason };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(fault("its name becomes part of an address: use lowercase letters, digits, `-` and `_`"));
        }
        let bytes = crate::fs::read(path)?;
        if bytes.len() > MAX_DOCUMENT_BYTES {
            return Err(fault("it is larger than 256 KiB"));
        }
        let text = String::from_utf8(bytes).map_err(|_| fault("it is not UTF-8"))?;
        documents.insert(name.to_owned(), text);
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Accent;

    #[test]
    fn an_accent_becomes_rules_for_both_schemes() {
        let accent = Some(Accent { light: Colour([0x9d, 0x17, 0x4d]), dark: Colour([0xf9, 0xa8, 0xd4]) });
        let theme = Theme::load(&SiteConfig { accent, ..SiteConfig::default() }, ".".into()).expect("valid");
        assert!(theme.style.contains(":root { --accent: #9d174d; --accent-soft: #f5e8ed; }"), "{}", theme.style);
        assert!(
            theme.style.contains("dark) { :root { --accent: #f9a8d4; --accent-soft: #292630; } }"),
            "{}",
            theme.style
        );
    }

    #[test]
    fn documents_are_named_as_addresses_can_be() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = Utf8Path::from_path(directory.path()).expect("UTF-8");
        std::fs::write(root.join("policy.md"), "# Policy\n").expect("written");
        std::fs::write(root.join("notes.txt"), "left out").expect("written");
        let config = SiteConfig { docs: Some(".".into()), ..SiteConfig::default() };
        let theme = Theme::load(&config, root).expect("valid");
        assert_eq!(theme.documents.keys().collect::<Vec<_>>(), ["policy"]);
        std::fs::write(root.join("Our Rules.md"), "x").expect("written");
        let error = Theme::load(&config, root).expect_err("a space").to_string();
        assert!(error.contains("Our Rules.md") && error.contains("part of an address"), "{error}");
        let config = SiteConfig { docs: Some("absent".into()), ..SiteConfig::default() };
        assert!(Theme::load(&config, root).expect_err("missing").to_string().contains("absent"));
    }
}
