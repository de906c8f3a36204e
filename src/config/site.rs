//! `[site]`: how the website looks, and what it says besides packs.

use std::fmt;

use camino::Utf8PathBuf;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::colour::{Colour, Scheme};

/// `[site]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteConfig {
    /// An image file that stands beside the name: PNG, JPEG or SVG.
    pub logo: Option<Utf8PathBuf>,
    /// The colour of links and of what is chosen.
    pub accent: Option<Accent>,
    /// More entries of the navigation.
    pub navigation: Vec<NamedLink>,
    /// The end of every page.
    pub footer: Footer,
    /// A folder of Markdown files, each of which becomes a page of the documentation.
    pub docs: Option<Utf8PathBuf>,
    /// What is shown of the released files.
    pub files: FilePages,
}

/// What the website shows of released files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilePages {
    /// Every file has a page, and a copy to download.
    #[default]
    Pages,
    /// They are listed; their content is in the archive.
    List,
}

/// `[site.footer]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Footer {
    /// A sentence in place of the built-in one.
    pub text: Option<String>,
    /// More links.
    pub links: Vec<NamedLink>,
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedLink {
    /// The words.
    #[serde(deserialize_with = "label")]
    pub label: String,
    /// A web or mail address, or a path from the site's root.
    #[serde(deserialize_with = "address")]
    pub address: String,
}

impl NamedLink {
    /// Tells whether it leads away from the site.
    pub fn is_outside(&self) -> bool {
        SCHEMES.iter().any(|scheme| self.address.starts_with(scheme))
    }
}

/// The accent in both colour schemes; each can be read on its paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Accent {
    /// On light paper.
    pub light: Colour,
    /// On dark paper.
    pub dark: Colour,
}

/// `accent = { light = "…", dark = "…" }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Both {
    #[serde(deserialize_with = "on_light_paper")]
    light: Option<Colour>,
    #[serde(deserialize_with = "on_dark_paper")]
    dark: Option<Colour>,
}

impl<'de> Deserialize<'de> for Accent {
    /// Reads one colour, which is made legible in both schemes, or one for each, which must be legible.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrTwo;

        impl<'de> Visitor<'de> for OneOrTwo {
            type Value = Accent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a colour such as `\"#0b5cad\"`, or a table with `light` and `dark`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Accent, E> {
                let colour: Colour = text.parse().map_err(E::custom)?;
                Ok(Accent { light: colour.made_legible(Scheme::Light), dark: colour.made_legible(Scheme::Dark) })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Accent, A::Error> {
                let Both { light, dark } = Both::deserialize(MapAccessDeserializer::new(map))?;
                let one = light.or(dark).ok_or_else(|| A::Error::custom("needs `light`, `dark` or both"))?;
                Ok(Accent {
                    light: light.unwrap_or_else(|| one.made_legible(Scheme::Light)),
                    dark: dark.unwrap_or_else(|| one.made_legible(Scheme::Dark)),
                })
            }
        }

        deserializer.deserialize_any(OneOrTwo)
    }
}

fn on_light_paper<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Colour>, D::Error> {
    legible(deserializer, Scheme::Light)
}

fn on_dark_paper<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Colour>, D::Error> {
    legible(deserializer, Scheme::Dark)
}

fn legible<'de, D: Deserializer<'de>>(deserializer: D, scheme: Scheme) -> Result<Option<Colour>, D::Error> {
    let colour: Colour = String::deserialize(deserializer)?.parse().map_err(D::Error::custom)?;
    if colour.is_legible(scheme) {
        return Ok(Some(colour));
    }
    let (contrast, name, better) = (colour.legibility(scheme), scheme.as_str(), colour.made_legible(scheme));
    // Cut, not rounded: 4.46 would be told as the 4.5 that it is not.
    let contrast = (contrast * 10.0).floor() / 10.0;
    Err(D::Error::custom(format!(
        "`{colour}` has a contrast of {contrast:.1}:1 to what it stands on in the {name} scheme, and text needs 4.5:1 (WCAG 2.2, 1.4.3)\n\
         help: `{better}` is the nearest that has it; or write `accent = \"{colour}\"`, from which both schemes are made"
    )))
}

/// How addresses begin that lead away from the site.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

fn label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() { Err(D::Error::custom("a link needs words that people can read")) } else { Ok(text) }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_outside = SCHEMES.iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    let path = text.split(['#', '?']).next().unwrap_or_default();
    let is_path = !path.is_empty()
        && !path.starts_with('/')
        && !path.contains([':', '\\'])
        && !path.split('/').any(|part| part == "..");
    if (is_outside || is_path) && !text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Ok(text);
    }
    Err(D::Error::custom(format!(
        "`{text}` is no address; write `https://…`, `mailto:…`, or a path from the site's root such as `docs/install.html`"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn parse(text: &str) -> Result<SiteConfig, String> {
        let config = Config::parse("packyard.toml".into(), text).map_err(|error| error.to_string())?;
        Ok(config.site)
    }

    #[test]
    fn every_key_is_read() {
        let site = parse(
            r##"
            [site]
            logo = "brand/logo.svg"
            accent = { light = "#9d174d", dark = "#f9a8d4" }
            docs = "docs"
            navigation = [{ label = "Status", address = "https://status.acme.example/" }]

            [site.footer]
            text = "Run by the platform team."
            links = [{ label = "Imprint", address = "docs/imprint.html#us" }, { label = "Mail", address = "mailto:a@acme.example" }]
            "##,
        )
        .expect("valid");
        let accent = site.accent.expect("there");
        assert_eq!((accent.light.to_string(), accent.dark.to_string()), ("#9d174d".to_owned(), "#f9a8d4".to_owned()));
        assert!(site.navigation[0].is_outside() && !site.footer.links[0].is_outside());
        assert_eq!(site.logo.as_deref().map(camino::Utf8Path::as_str), Some("brand/logo.svg"));
    }

    #[test]
    fn one_colour_is_made_legible_in_both_schemes() {
        let accent = parse("[site]\naccent = \"#ff9900\"").expect("valid").accent.expect("there");
        assert!(accent.light.is_legible(Scheme::Light) && accent.dark.is_legible(Scheme::Dark));
        assert_eq!(accent.dark.to_string(), "#ff9900");
        let accent = parse("[site]\naccent = { light = \"#9d174d\" }").expect("valid").accent.expect("there");
        assert!(accent.dark.is_legible(Scheme::Dark));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, part) in [
            ("[site]\nlogoo = \"x\"", 2, "unknown field `logoo`"),
            ("[site]\naccent = \"red\"", 2, "`red` is no colour; write `#rrggbb`"),
            ("[site]\n\naccent = { light = \"#ff9900\" }", 3, "help: `#"),
            ("[site]\naccent = { dark = \"#0b5cad\" }", 2, "in the dark scheme, and text needs 4.5:1"),
            ("[site.accent]\nlight = \"#9d174d\"\ndrak = \"#fff\"", 3, "unknown field `drak`"),
            ("[site]\naccent = {}", 2, "needs `light`, `dark` or both"),
            ("[site]\naccent = 7", 2, "a colour such as"),
            ("[site]\nnavigation = [\n  { label = \"x\", address = \"javascript:alert(1)\" },\n]", 3, "is no address"),
            ("[site]\nnavigation = [{ label = \" \", address = \"a\" }]", 2, "needs words"),
            ("[site.footer]\nlinks = [{ label = \"x\", address = \"../x\" }]", 2, "is no address"),
            ("[site.footer]\nlinks = [{ label = \"x\", address = \"/x\" }]", 2, "is no address"),
            ("[site.footer]\nlinks = [{ label = \"x\", address = \"//x\" }]", 2, "is no address"),
            ("[site.footer]\nlinks = [{ label = \"x\" }]", 2, "missing field `address`"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(part) && error.contains(&format!("at line {line},")), "{text}: {error}");
        }
    }
}
