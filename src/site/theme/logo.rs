//! The logo: an image file of the owner's, known by its first bytes, with the size that pages keep free for it.
//!
//! An SVG is shown by `<img>` only, where browsers run none of its scripts and load nothing that it names.

use camino::Utf8Path;

use super::ThemeError;
use crate::site::images;

/// Largest logo, in bytes: every page shows it.
const MAX_BYTES: usize = 256 << 10;
/// The height that the header has for it, in pixels.
const HEIGHT: u32 = 32;
/// Widest logo, in pixels at that height.
const MAX_WIDTH: u32 = 160;

/// An image that is published with the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::site) struct Logo {
    /// Where it is published, from the site's root.
    pub(in crate::site) address: &'static str,
    pub(in crate::site) bytes: Vec<u8>,
    /// The room it takes in the header, so that nothing moves when it arrives.
    pub(in crate::site) width: u32,
    pub(in crate::site) height: u32,
}

impl Logo {
    /// Reads a logo.
    pub(super) fn load(path: &Utf8Path) -> Result<Self, ThemeError> {
        let bytes = crate::fs::read(path)?;
        Self::of(bytes).map_err(|reason| ThemeError::Logo { path: path.to_string(), reason })
    }

    fn of(bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() > MAX_BYTES {
            return Err(format!("it has {} KiB; every page shows it, so 256 KiB are the most", bytes.len() >> 10));
        }
        let bitmap = || images::size(&bytes).map(|(width, height)| (f64::from(width), f64::from(height)));
        let (address, size) = match images::ending(&bytes) {
            Some("png") => ("assets/logo.png", bitmap()),
            Some("jpg") => ("assets/logo.jpg", bitmap()),
            None if is_svg(&bytes) => ("assets/logo.svg", svg(&bytes)),
            _ => return Err("its first bytes are those of no PNG, JPEG or SVG image".to_owned()),
        };
        let size = size.filter(|(width, height)| *width >= 1.0 && *height >= 1.0);
        let (width, height) = size.ok_or("it does not say its size; an SVG needs a `viewBox`")?;
        let width = (f64::from(HEIGHT) * width / height).round().clamp(1.0, f64::from(MAX_WIDTH)) as u32;
        Ok(Self { address, bytes, width, height: HEIGHT })
    }

    /// Tells whether other sites can show it beside a link: social media take no SVG.
    pub(in crate::site) fn is_bitmap(&self) -> bool {
        !self.address.ends_with(".svg")
    }
}

fn is_svg(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<svg") || ((text.starts_with("<?xml") || text.starts_with("<!--")) && text.contains("<svg"))
}

/// Returns the proportions of an SVG image: those of its `viewBox`, else of its `width` and `height`.
fn svg(bytes: &[u8]) -> Option<(f64, f64)> {
    let text = String::from_utf8_lossy(bytes);
    let tag = &text[text.find("<svg")?..];
    let tag = &tag[..tag.find('>')?];
    let attribute = |name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}="))?;
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest[1..].split(quote).next()
    };
    let numbers = |text: &str| -> Vec<f64> {
        text.split([' ', ',', '\n', '\t']).filter_map(|part| part.trim_end_matches("px").parse().ok()).collect()
    };
    if let Some([_, _, width, height]) = attribute("viewBox").map(numbers).as_deref() {
        return Some((*width, *height));
    }
    let of = |name: &str| attribute(name).map(numbers)?.first().copied();
    Some((of(" width")?, of(" height")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(bytes: &[u8]) -> Result<(&'static str, u32), String> {
        Logo::of(bytes.to_vec()).map(|logo| (logo.address, logo.width))
    }

    #[test]
    fn an_image_is_known_by_its_bytes() {
        let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0, 0, 0, 200, 0, 0, 0, 100]].concat();
        assert_eq!(size(&png), Ok(("assets/logo.png", 64)));
        // An APP0 segment of 16 bytes, then a frame of 120 × 60.
        let jpeg = [&[0xff, 0xd8, 0xff, 0xe0, 0, 16][..], &[0; 14], &[0xff, 0xc2, 0, 11, 8, 0, 60, 0, 120, 1]].concat();
        assert_eq!(size(&jpeg), Ok(("assets/logo.jpg", 64)));
        let svg = b"<?xml version=\"1.0\"?>\n<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 40'/>";
        assert_eq!(size(svg), Ok(("assets/logo.svg", 32)));
        assert_eq!(size(b"<svg width=\"90px\" height=\"30\"></svg>"), Ok(("assets/logo.svg", 96)));
        assert_eq!(
            size(b"<svg viewBox=\"0 0 9000 1\"></svg>"),
            Ok(("assets/logo.svg", 160)),
            "it is no wider than the header"
        );
    }

    #[test]
    fn what_is_no_image_is_refused() {
        for (bytes, part) in [
            (&b"<html><svg viewBox='0 0 1 1'>"[..], "first bytes"),
            (b"GIF89a", "first bytes"),
            (b"", "first bytes"),
            (b"<svg>", "viewBox"),
            (b"<svg viewBox='0 0 0 0'>", "viewBox"),
            (b"\x89PNG\r\n\x1a\n", "size"),
            (b"\xff\xd8\xff\xe0\0\x10", "size"),
        ] {
            assert!(size(bytes).expect_err("no image").contains(part), "{bytes:?}");
        }
        let large = [&b"<svg viewBox='0 0 1 1'>"[..], &vec![b' '; MAX_BYTES]].concat();
        assert!(size(&large).expect_err("too large").contains("256 KiB"));
    }
}
