//! Colours that can be read: sRGB values, their contrast (WCAG 2.2, "contrast ratio"), and the nearest colour that has enough.

use std::fmt;
use std::str::FromStr;

/// Least contrast of a link and of text to what is behind it (WCAG 2.2, criterion 1.4.3).
const ENOUGH: f64 = 4.5;
/// How much of an accent is in what stands behind marked text.
const SOFT: f64 = 0.1;

/// A colour as `#rrggbb` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour(pub [u8; 3]);

/// The two colour schemes of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light paper.
    Light,
    /// Light text on dark paper.
    Dark,
}

impl Scheme {
    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Returns the colours that stand behind text: `--paper` and `--soft` of the style sheet.
    pub const fn papers(self) -> [Colour; 2] {
        match self {
            Self::Light => [Colour([0xff, 0xff, 0xff]), Colour([0xf5, 0xf7, 0xf9])],
            Self::Dark => [Colour([0x12, 0x17, 0x1e]), Colour([0x1a, 0x21, 0x2a])],
        }
    }

    /// Returns the colour towards which contrast grows.
    const fn ink(self) -> Colour {
        match self {
            Self::Light => Colour([0; 3]),
            Self::Dark => Colour([0xff; 3]),
        }
    }
}

impl Colour {
    /// Returns the contrast ratio of two colours, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Returns the least contrast of this accent to anything that it may stand on in a scheme.
    pub fn legibility(self, scheme: Scheme) -> f64 {
        let papers = scheme.papers().into_iter().chain([self.soft(scheme)]);
        papers.map(|paper| self.contrast(paper)).fold(f64::INFINITY, f64::min)
    }

    /// Tells whether text of this colour can be read everywhere on a page.
    pub fn is_legible(self, scheme: Scheme) -> bool {
        self.legibility(scheme) >= ENOUGH
    }

    /// Returns the nearest colour, darker or lighter, that can be read everywhere on a page.
    pub fn made_legible(self, scheme: Scheme) -> Self {
        let steps = (0..=100).map(|step| self.mixed(scheme.ink(), f64::from(step) / 100.0));
        steps.into_iter().find(|colour| colour.is_legible(scheme)).unwrap_or(scheme.ink())
    }

    /// Returns what stands behind text that this accent marks.
    pub fn soft(self, scheme: Scheme) -> Self {
        scheme.papers()[0].mixed(self, SOFT)
    }

    /// Returns a mixture, of which `share` is the other colour.
    fn mixed(self, other: Self, share: f64) -> Self {
        let mixed = |at: usize| {
            let (own, other) = (f64::from(self.0[at]), f64::from(other.0[at]));
            (own + (other - own) * share).round() as u8
        };
        Self([mixed(0), mixed(1), mixed(2)])
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Colour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("`{text}` is no colour; write `#rrggbb`, such as `#0b5cad`");
        let digits = text.strip_prefix('#').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let value = |digits: &str| u32::from_str_radix(digits, 16).map_err(|_| invalid());
        let value = match digits {
            Some(digits) if digits.len() == 6 => value(digits)?,
            Some(digits) if digits.len() == 3 => {
                value(&digits.chars().flat_map(|digit| [digit, digit]).collect::<String>())?
            }
            _ => return Err(invalid()),
        };
        let [_, red, green, blue] = value.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().expect("a colour")
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        // The examples that checkers agree on.
        let white = colour("#fff");
        assert!((colour("#000").contrast(white) - 21.0).abs() < 0.001);
        assert!((colour("#767676").contrast(white) - 4.54).abs() < 0.01);
        assert!((colour("#777777").contrast(white) - 4.48).abs() < 0.01);
    }

    #[test]
    fn any_colour_becomes_legible_in_both_schemes_and_a_legible_one_stays() {
        for text in ["#ff9900", "#ffffff", "#000000", "#808080", "#ff0000", "#00ff00", "#0b5cad", "#123456"] {
            for scheme in [Scheme::Light, Scheme::Dark] {
                let made = colour(text).made_legible(scheme);
                assert!(made.is_legible(scheme), "{text} became {made}, {}", made.legibility(scheme));
                assert_eq!(made.made_legible(scheme), made);
            }
        }
        assert_eq!(colour("#0b5cad").made_legible(Scheme::Light).to_string(), "#0b5cad");
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["0b5cad", "#0b5ca", "#0b5cax", "", "red", "#é0b5c", "#+b5cad"] {
            assert!(text.parse::<Colour>().is_err(), "{text}");
        }
    }

    /// The style sheet is where the papers are; what is checked here must be what is shown.
    #[test]
    fn the_papers_are_those_of_the_style_sheet() {
        let style = include_str!("../../site-templates/style/10-base.css");
        let (light, dark) = style.split_once("prefers-color-scheme: dark").expect("both schemes");
        for (scheme, text) in [(Scheme::Light, light), (Scheme::Dark, dark)] {
            let [paper, soft] = scheme.papers();
            assert!(text.contains(&format!("--paper: {paper};")), "{scheme:?}");
            assert!(text.contains(&format!("--soft: {soft};")), "{scheme:?}");
        }
    }
}
