//! Badges: small SVG images of a pack's version, status and checks, to be shown in READMEs elsewhere.
//!
//! Written here and not by a template: templates escape nothing in files that end in `.svg`. An image has no script, no style and no foreign font; widths
//! come from a table, and `textLength` makes whatever font there is keep to them. Both halves can be read on light and dark pages.

use std::fmt::Write;

use super::pages::Files;
use super::{links, pages, text};
use crate::catalog::CatalogPack;
use crate::diag::Severity;
use crate::ident::RelPath;

/// The badges of every pack.
pub(super) const NAMES: [&str; 3] = ["version", "status", "checks"];
/// Longest text of one half, in characters.
const MOST_CHARACTERS: usize = 40;
/// Space before and after a text, and the height, in tenths of a pixel.
const PADDING: u32 = 60;
const HEIGHT: u32 = 200;

/// What a badge says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Badge {
    label: String,
    message: String,
    tone: Tone,
}

/// Which colour the message has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Tone {
    Plain,
    Good,
    Warning,
    Bad,
}

impl Tone {
    /// Returns a colour on which white text can be read (WCAG 2.2, 1.4.3).
    fn colour(self) -> &'static str {
        match self {
            Self::Plain => "#0b5cad",
            Self::Good => "#17683a",
            Self::Warning => "#8a5200",
            Self::Bad => "#a11b1b",
        }
    }
}

/// Returns the address of the folder with the badges of a pack.
pub(super) fn folder(pack: &CatalogPack) -> String {
    format!("{}/badges", links::pack_address(&pack.id))
}

/// Makes the badges of a pack.
pub(super) fn files(pack: &CatalogPack) -> Files {
    let of = [version(pack), status(pack), checks(pack)];
    let path = |name: &str| RelPath::composed(format!("{}/{name}.svg", folder(pack)));
    Ok(NAMES.iter().zip(of).map(|(name, badge)| (path(name), svg(&badge).into_bytes())).collect())
}

fn version(pack: &CatalogPack) -> Badge {
    let release = pack.latest();
    let tone = match pages::status_word(pack) {
        Some("yanked" | "quarantined") => Tone::Bad,
        Some("prerelease" | "draft") => Tone::Warning,
        _ => Tone::Plain,
    };
    badge(pack.ecosystem.title(), release.version().as_str(), tone)
}

fn status(pack: &CatalogPack) -> Badge {
    let word = pages::status_word(pack);
    let tone = match word {
        None => Tone::Good,
        Some("yanked" | "quarantined") => Tone::Bad,
        Some("unversioned") => Tone::Plain,
        Some(_) => Tone::Warning,
    };
    badge("status", word.unwrap_or("stable"), tone)
}

/// Returns what the rules find in the default release.
fn checks(pack: &CatalogPack) -> Badge {
    let count = |severity| pack.latest().findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match (errors, warnings) {
        (0, 0) => badge("checks", "passed", Tone::Good),
        (0, warnings) => badge("checks", &text::count(warnings, "warning", "warnings"), Tone::Warning),
        (errors, _) => badge("checks", &text::count(errors, "error", "errors"), Tone::Bad),
    }
}

fn badge(label: &str, message: &str, tone: Tone) -> Badge {
    let short = |words: &str| text::cut(words, MOST_CHARACTERS).into_owned();
    Badge { label: short(label), message: short(message), tone }
}

fn svg(badge: &Badge) -> String {
    let (label, message) = (escaped(&badge.label), escaped(&badge.message));
    let (left, right) = (width(&badge.label), width(&badge.message));
    let (start, whole) = (left + 2 * PADDING, left + right + 4 * PADDING);
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" role="img" aria-label="{label}: {message}">
<title>{label}: {message}</title>
<clipPath id="r"><rect width="{}" height="20" rx="4"/></clipPath>
<g clip-path="url(#r)"><path fill="#3d4754" d="M0 0h{}v20H0z"/><path fill="{}" d="M{} 0h{}v20H{}z"/></g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">
"##,
        pixels(whole),
        pixels(HEIGHT),
        pixels(whole),
        pixels(start),
        badge.tone.colour(),
        pixels(start),
        pixels(whole - start),
        pixels(start),
    );
    for (text, x, length) in [(label, PADDING, left), (message, start + PADDING, right)] {
        let _ = writeln!(svg, r#"<text x="{}" y="14" textLength="{}">{text}</text>"#, pixels(x), pixels(length));
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    text::escape(text, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("escaping keeps UTF-8")
}

/// Returns tenths of pixels as pixels.
fn pixels(tenths: u32) -> String {
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// Returns how wide a text is at 11 pixels, in tenths of pixels.
fn width(text: &str) -> u32 {
    text.chars()
        .map(|c| (c as usize).checked_sub(0x20).and_then(|at| WIDTHS.get(at)).copied().map_or(OTHER, u32::from))
        .sum()
}

/// The width of a character that the table does not have.
const OTHER: u32 = 110;
/// The widths of the printable characters of ASCII in `DejaVu` Sans, which is as wide as Verdana, at 11 pixels, in tenths of pixels.
const WIDTHS: [u8; 95] = [
    35, 44, 51, 92, 70, 105, 86, 30, 43, 43, 55, 92, 35, 40, 35, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 37, 37,
    92, 92, 92, 58, 110, 75, 75, 77, 85, 70, 63, 85, 83, 32, 32, 72, 61, 95, 82, 87, 66, 87, 76, 70, 67, 81, 75, 109,
    75, 67, 75, 43, 37, 43, 92, 55, 55, 67, 70, 60, 70, 68, 39, 70, 70, 31, 31, 64, 31, 107, 70, 67, 70, 70, 45, 57,
    43, 70, 65, 90, 65, 65, 58, 70, 37, 70, 92,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::testing::{HOSTILE, catalog};

    #[test]
    fn a_badge_is_as_wide_as_its_words() {
        let expected = r##"<svg xmlns="http://www.w3.org/2000/svg" width="91.3" height="20" role="img" aria-label="status: stable">
<title>status: stable</title>
<clipPath id="r"><rect width="91.3" height="20" rx="4"/></clipPath>
<g clip-path="url(#r)"><path fill="#3d4754" d="M0 0h45.7v20H0z"/><path fill="#17683a" d="M45.7 0h45.6v20H45.7z"/></g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">
<text x="6" y="14" textLength="33.7">status</text>
<text x="51.7" y="14" textLength="33.6">stable</text>
</g>
</svg>
"##;
        assert_eq!(svg(&badge("status", "stable", Tone::Good)), expected);
    }

    #[test]
    fn hostile_words_stay_words() {
        let image = svg(&badge(HOSTILE, "\u{202e}\"&<", Tone::Bad));
        assert_eq!(image.matches('<').count(), svg(&badge("a", "b", Tone::Bad)).matches('<').count(), "{image}");
        assert!(!image.contains(['\u{202e}', '\u{0}']) && image.contains("\u{fffd}&quot;&amp;&lt;"), "{image}");
    }

    #[test]
    fn badges_say_what_there_is_to_know() {
        let mut catalog = catalog();
        let catalog = std::sync::Arc::get_mut(&mut catalog).expect("nobody else holds it");
        let says = |catalog: &crate::catalog::Catalog| {
            let pack = catalog.packs.values().next().expect("a pack");
            [version(pack), status(pack), checks(pack)]
                .map(|badge| format!("{} {} {:?}", badge.label, badge.message, badge.tone))
        };
        assert_eq!(says(catalog), ["Demo 1.10.0 Plain", "status stable Good", "checks passed Good"]);
        catalog.edit_first(|pack| {
            let latest = pack.latest;
            pack.releases[latest].status.yanked = Some("wrong".to_owned());
            pack.releases[latest].findings = pack.findings.clone().into();
        });
        let found = catalog.packs.values().next().expect("a pack").findings[0].severity;
        assert_eq!(found, Severity::Warning);
        assert_eq!(says(catalog), ["Demo 1.10.0 Bad", "status yanked Bad", "checks 1 warning Warning"]);
    }
}
