//! Images that a README shows: which of them are published, as what, and how large they are drawn.
//!
//! 1. A README names files of its pack whose endings are those of images.
//! 2. What they are is told by their first bytes, never by their names. SVG is none of it: it is a program.
//! 3. Bytes and pixels are bounded: a small file can unpack to a screen larger than a reader's memory.
//! 4. Names of published images are made from their content, so no author's text becomes an address.
//!
//! In: a snapshot and a document. Out: [`Images`]. Nothing is decoded.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::markdown::resolve;
use crate::ident::Digest;
use crate::source::Snapshot;

/// Largest image that is published, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// Most bytes of all images of a release.
const MAX_ALL: u64 = 4 << 20;
/// Most images of a release.
const MOST_IMAGES: usize = 40;
/// Most pixels of an image, and on each side.
const MAX_PIXELS: u64 = 16 << 20;
const MAX_SIDE: u32 = 16_384;
/// The endings of names that are looked at.
const ENDINGS: [&str; 5] = [".png", ".jpg", ".jpeg", ".gif", ".webp"];

/// The images of a document, by their paths in the pack.
pub(super) type Images = BTreeMap<String, Image>;

/// An image that may be published.
#[derive(Debug, Clone)]
pub(super) struct Image {
    /// Its file name: digest and ending.
    pub(super) name: String,
    pub(super) bytes: Arc<[u8]>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Returns the images of the pack that a document at `path` may show.
pub(super) fn of_document(content: &Snapshot, document: &str, path: &str) -> Images {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (mut images, mut bytes) = (Images::new(), 0);
    let words = document
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | '<' | '>' | '=' | '[' | ']'));
    for word in words {
        let word = word.split(['#', '?']).next().unwrap_or_default();
        let is_image = || {
            let lower = word.to_ascii_lowercase();
            ENDINGS.iter().any(|ending| lower.ends_with(ending))
        };
        if word.len() < 5 || word.len() > 500 || !is_image() {
            continue;
        }
        let Some(entry) = resolve(folder, word).and_then(|path| content.get(&path)) else { continue };
        if images.len() == MOST_IMAGES || entry.size > MAX_BYTES || images.contains_key(entry.path.as_str()) {
            continue;
        }
        let Some(image) = content.read(entry).ok().and_then(image) else { continue };
        bytes += entry.size;
        if bytes > MAX_ALL {
            break;
        }
        images.insert(entry.path.to_string(), image);
    }
    images
}

/// Returns bytes as an image, if that is what they are and it is not too large.
fn image(bytes: Arc<[u8]>) -> Option<Image> {
    let (ending, (width, height)) = (ending(&bytes)?, size(&bytes)?);
    let is_drawn = (1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height);
    if !is_drawn || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return None;
    }
    let name = format!("{}.{ending}", &Digest::of(&bytes).hex()[..16]);
    Some(Image { name, bytes, width, height })
}

/// Returns the ending of the format that bytes begin like, if browsers show it and run nothing of it.
pub(super) fn ending(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ => None,
    }
}

/// Returns width and height of an image in pixels, as its header tells them.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    match ending(bytes)? {
        "png" => png(bytes),
        "jpg" => jpeg(bytes),
        "gif" => gif(bytes),
        _ => webp(bytes),
    }
}

/// Returns two bytes as a number, greatest first.
fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

/// Returns three bytes as a number, least first.
fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    let three = bytes.get(at..at + 3)?;
    Some(u32::from(three[0]) | u32::from(three[1]) << 8 | u32::from(three[2]) << 16)
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

/// PNG specification, section 11.2.1: the header is the first chunk.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    (bytes.get(12..16)? == b"IHDR").then_some((number(16)?, number(20)?))
}

/// `GIF89a`, section 18: the logical screen.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((le16(bytes, 6)?, le16(bytes, 8)?))
}

/// ITU T.81, annex B: the first frame header among the segments.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    while bytes.get(at)? == &0xff {
        match bytes.get(at + 1)? {
            0xff => at += 1,
            // Start of a frame, of whatever coding; C4, C8 and CC are tables.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((be16(bytes, at + 7)?, be16(bytes, at + 5)?));
            }
            _ => at += 2 + be16(bytes, at + 2)? as usize,
        }
    }
    None
}

/// RFC 9649, sections 2.5 to 2.7: the first chunk says the size.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " if bytes.get(23..26)? == [0x9d, 0x01, 0x2a] => {
            Some((le16(bytes, 26)? & 0x3fff, le16(bytes, 28)? & 0x3fff))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(bytes.get(21..25)?.try_into().ok()?);
            Some((1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)))
        }
        b"VP8X" => Some((1 + le24(bytes, 24)?, 1 + le24(bytes, 27)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::RelPath;

    fn sized(bytes: &[u8]) -> Option<(String, u32, u32)> {
        let image = image(bytes.into())?;
        Some((image.name.rsplit('.').next().unwrap_or_default().to_owned(), image.width, image.height))
    }

    pub(super) fn png_of(width: u32, height: u32) -> Vec<u8> {
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &size, b"\x08\x06\0\0\0"].concat()
    }

    #[test]
    fn an_image_is_what_its_bytes_say() {
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x11\x08\0\x20\0\x40\x03";
        let vp8x = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\0\0\x07\0\0";
        for (bytes, expected) in [
            (&*png_of(40, 30), Some(("png", 40, 30))),
            (b"GIF89a\x28\0\x1e\0".as_slice(), Some(("gif", 40, 30))),
            (jpeg, Some(("jpg", 64, 32))),
            (vp8x, Some(("webp", 16, 8))),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"\x89PNG\r\n\x1a\n", None),
            (&png_of(100_000, 1), None),
            (&png_of(16_000, 16_000), None),
            (b"\xff\xd8\xff", None),
            (b"\xff\xd8\xff\xe0\0\0\xff", None),
        ] {
            let expected = expected.map(|(ending, width, height)| (ending.to_owned(), width, height));
            assert_eq!(sized(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn only_images_that_the_document_names_are_taken() {
        let png = png_of(4, 3);
        let files = [("docs/a.png", &png[..]), ("docs/b.PNG", &png), ("c.png", b"<svg/>"), ("other.png", &png)];
        let files = files.into_iter().map(|(path, bytes)| (RelPath::composed(path), false, bytes.into())).collect();
        let content = Snapshot::in_memory(files);
        let document = "![a](docs/a.png \"title\") <img src='./docs/b.PNG?raw=true'> ![c](c.png) ![](../x.png)";
        let images = of_document(&content, document, "README.md");
        assert_eq!(images.keys().collect::<Vec<_>>(), ["docs/a.png", "docs/b.PNG"]);
        assert_eq!(images["docs/a.png"].name, images["docs/b.PNG"].name, "the same bytes are one file");
    }
}
