//! What a document shows of the site itself: images of the pack, and links to the pages of its files, in Markdown and in raw
//! HTML alike.
//!
//! The sanitiser lets `src` and a relative `href` pass only where they name something that is published, and puts its address
//! there; afterwards every image gets its size, so that nothing moves when it arrives, and one without address becomes its
//! alternative text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ammonia::Builder;

use super::{Document, Part, is_markdown, only_numbers, resolve};
use crate::site::source_links::web_url;

/// What stands for the site's root in an address until the page is known that shows it.
pub(super) const SITE: &str = "packyard-site/";
/// Widest image that an author may ask for.
const MAX_WIDTH: u32 = 2_000;

/// Returns a rendered document for a page from which `root` leads to the site's root.
pub(in crate::site) fn on_page(html: &str, root: &str) -> String {
    // Whoever writes this as text sees another text.
    let html = html.replace(&format!("src=\"{SITE}"), &format!("src=\"{root}"));
    html.replace(&format!("href=\"{SITE}"), &format!("href=\"{root}"))
}

/// Returns a sanitiser that lets the images of a document pass, and links to these pages of files.
pub(super) fn allowed(
    mut sanitiser: Builder<'static>,
    document: &Document<'_>,
    pages: BTreeMap<String, String>,
) -> Builder<'static> {
    let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let image = |name: &str| format!("{SITE}{}/{name}", document.images_folder);
    let images: BTreeMap<String, String> =
        document.images.iter().map(|(path, one)| (path.clone(), image(&one.name))).collect();
    sanitiser.add_tags(["img"]).add_tag_attributes("img", ["src", "alt", "width"]).attribute_filter(
        move |element, attribute, value| {
            let path = || resolve(&folder, value.split(['#', '?']).next().unwrap_or_default());
            match (element, attribute) {
                ("img", "src") => images.get(&path()?).map(|address| address.clone().into()),
                ("a", "href")
                    if !value.starts_with('#') && !value.starts_with("mailto:") && web_url(value).is_none() =>
                {
                    let path = path()?;
                    let anchor = anchor(&path, value);
                    pages.get(&path).map(|address| format!("{SITE}{address}{anchor}").into())
                }
                _ => only_numbers(element, attribute, value),
            }
        },
    );
    sanitiser
}

/// Returns the anchor that a link to a file has on the page of the file: a heading of a document, or a line.
fn anchor(path: &str, link: &str) -> String {
    let Some((_, anchor)) = link.split_once('#') else { return String::new() };
    let is_line = anchor.strip_prefix('L').is_some_and(|line| line.parse::<u16>().is_ok_and(|line| line > 0));
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    match anchor {
        line if is_line => format!("#{line}"),
        heading if is_markdown(path) && !heading.is_empty() && heading.chars().all(is_word) => {
            format!("#{}{}", Part::File.anchor_prefix(), heading.to_lowercase())
        }
        _ => String::new(),
    }
}

/// Returns sanitised HTML in which every image has its size, and none lacks its address.
pub(super) fn drawn(html: &str, document: &Document<'_>) -> String {
    let Document { images, images_folder, .. } = document;
    let image_at = |src: &str| {
        let name = src.strip_prefix(SITE)?.strip_prefix(images_folder)?.strip_prefix('/')?;
        images.values().find(|image| image.name == name)
    };
    let mut out = String::with_capacity(html.len() + 64);
    let mut rest = html;
    while let Some(at) = rest.find("<img") {
        out.push_str(&rest[..at]);
        let (attributes, end) = attributes(&rest[at + 4..]);
        rest = &rest[at + 4 + end..];
        let alt = attributes.get("alt").copied().unwrap_or_default();
        let src = attributes.get("src").copied();
        let image = src.and_then(image_at);
        let (Some(src), Some(image)) = (src, image) else {
            out.push_str(alt);
            continue;
        };
        let asked = attributes.get("width").and_then(|width| width.trim_end_matches("px").parse::<u32>().ok());
        let width = asked.filter(|width| (1..=MAX_WIDTH).contains(width)).unwrap_or(image.width);
        let height = (u64::from(image.height) * u64::from(width) / u64::from(image.width)).max(1);
        write!(out, "<img src=\"{src}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\">")
            .expect("a string takes all");
    }
    out.push_str(rest);
    out
}

/// Returns the attributes of a tag by their names, and where it ends; the sanitiser writes every value in double quotes.
fn attributes(tag: &str) -> (BTreeMap<&str, &str>, usize) {
    let (mut attributes, mut at) = (BTreeMap::new(), 0);
    loop {
        let here = &tag[at..];
        let Some(end) = here.find(['=', '>']) else { return (attributes, tag.len()) };
        let value = here[end..].strip_prefix("=\"").and_then(|rest| Some((rest, rest.find('"')?)));
        let Some((rest, length)) = value else {
            let close = here.find('>').map_or(tag.len(), |close| at + close + 1);
            return (attributes, close);
        };
        attributes.insert(here[..end].trim(), &rest[..length]);
        at += end + 2 + length + 1;
    }
}
