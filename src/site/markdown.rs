//! Markdown → sanitised HTML: the only place where author text becomes markup. The only module that names pulldown-cmark and
//! ammonia.
//!
//! 1. The text is bounded: bytes, nesting, raw HTML. Beyond the bounds it is shown as it is, escaped: the sanitiser is
//!    quadratic in nesting.
//! 2. Markdown events are rewritten: headings sit below the page's own and get anchors; links go to http(s), mailto, a heading
//!    of the same document, the page of a file of the pack, or a file of the source repository at the released commit; any other
//!    link is shown as its text.
//! 3. Images of other hosts are not loaded, since a page must work offline and tell no stranger who reads it: such an image
//!    becomes a link to itself, or its alternative text. Those of the pack are shown where they are published.
//! 4. The sanitiser runs last, over everything, and decides what may stay.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use super::highlight::{Class, Code, Language};
use super::images::Images;
use super::{source_links, text};
use crate::index::event::SourceFacts;

/// Largest document that is rendered, in bytes.
pub const MAX_BYTES: usize = 256 << 10;
/// Deepest nesting of Markdown.
const MAX_DEPTH: usize = 48;
/// Most opening tags of raw HTML.
const MAX_RAW_TAGS: usize = 1_000;
/// Most opening tags of raw inline HTML times blocks: an unclosed `<b>` is opened again in every block that follows.
const MAX_REOPENED: usize = 1_000_000;

/// Which part of a page a document becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Readme,
    Changelog,
    /// Any Markdown file, on its own page.
    File,
    /// A piece of a document, of which a page has several: without anchors.
    Section,
    /// A page of the registry's own documentation, which [`super::markdown_pages`] renders.
    Document,
}

impl Part {
    /// Returns what the document's anchors start with, so that no author's anchor meets one of the page's own.
    pub(super) const fn anchor_prefix(self) -> &'static str {
        match self {
            Self::Readme => "readme-",
            Self::Changelog => "changelog-",
            Self::File => "file-",
            Self::Section => "section-",
            Self::Document => "doc-",
        }
    }

    fn sanitiser(self) -> &'static Builder<'static> {
        fn plain(part: Part) -> Builder<'static> {
            let mut sanitiser = sanitiser(part);
            sanitiser.attribute_filter(only_numbers);
            sanitiser
        }
        static READMES: LazyLock<Builder<'static>> = LazyLock::new(|| plain(Part::Readme));
        static CHANGELOGS: LazyLock<Builder<'static>> = LazyLock::new(|| plain(Part::Changelog));
        static FILES: LazyLock<Builder<'static>> = LazyLock::new(|| plain(Part::File));
        static SECTIONS: LazyLock<Builder<'static>> = LazyLock::new(|| plain(Part::Section));
        match self {
            Self::Changelog => &CHANGELOGS,
            Self::File => &FILES,
            Self::Section => &SECTIONS,
            Self::Readme | Self::Document => &READMES,
        }
    }
}

/// A document on its way to a page.
pub(super) struct Document<'a> {
    pub(super) part: Part,
    pub(super) text: &'a str,
    /// Where it lies in the pack.
    pub(super) path: &'a str,
    /// Where its relative links lead.
    pub(super) source: &'a SourceFacts,
    /// The images that it may show, and the address of the folder that they are published in.
    pub(super) images: &'a Images,
    pub(super) images_folder: &'a str,
    /// Returns the address of the page of a file of the pack, if it has one.
    pub(super) page_of: &'a dyn Fn(&str) -> Option<String>,
    /// How many bytes of it are shown, but for the block of text that is begun.
    pub(super) most: usize,
}

/// A document as HTML, and whether that is only its beginning.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rendered {
    pub(super) html: String,
    pub(super) is_cut: bool,
}

/// Renders a document without images; `source` is where its relative links lead, and `path` where it lies in the pack.
pub(super) fn render(part: Part, text: &str, path: &str, source: &SourceFacts) -> String {
    let images = Images::new();
    Document { part, text, path, source, images: &images, images_folder: "", page_of: &|_| None, most: usize::MAX }
        .render()
        .html
}

impl Document<'_> {
    /// Renders the document; the addresses of its images and of pages of files begin with [`own::SITE`].
    pub(super) fn render(&self) -> Rendered {
        self.render_markdown().unwrap_or_else(|| {
            let text = text::visible(self.text);
            let shown = text.floor_char_boundary(self.most);
            Rendered { html: as_it_is(&text[..shown]), is_cut: shown < text.len().min(MAX_BYTES) }
        })
    }

    /// Renders the document as [`Document::render`], unless it is no Markdown or beyond the bounds of what is rendered.
    pub(super) fn render_markdown(&self) -> Option<Rendered> {
        let text = text::visible(self.text);
        if !is_markdown(self.path) || text.len() > MAX_BYTES {
            return None;
        }
        let (events, is_cut) = bounded_events(&text, self.most)?;
        let mut html = String::with_capacity(text.len().min(self.most) * 2);
        let rewriter = Rewriter::new(self, &events);
        html::push_html(&mut html, rewriter.rewrite(events).into_iter());
        let pages = rewriter.pages.into_inner();
        if self.images.is_empty() && pages.is_empty() {
            return Some(Rendered { html: self.part.sanitiser().clean(&html).to_string(), is_cut });
        }
        let html = own::allowed(sanitiser(self.part), self, pages).clean(&html).to_string();
        Some(Rendered { html: own::drawn(&html, self), is_cut })
    }
}

/// Tells whether a document is Markdown, by its name.
pub(super) fn is_markdown(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|ending| ["md", "markdown"].contains(&&*ending.to_lowercase()))
}

/// Returns the extensions of Markdown that are known.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM
}

/// Tells whether a document is within the bounds of what is rendered.
pub fn is_within_bounds(document: &str) -> bool {
    document.len() <= MAX_BYTES && bounded_events(document, usize::MAX).is_some()
}

/// Returns a document's text as it is, escaped; at most [`MAX_BYTES`] of it.
fn as_it_is(document: &str) -> String {
    let shown = &document[..document.floor_char_boundary(MAX_BYTES)];
    let mut html = b"<pre tabindex=\"0\">".to_vec();
    text::escape(shown, &mut html).expect("a vector takes all");
    html.extend_from_slice("</pre>".as_bytes());
    if shown.len() < document.len() {
        html.extend_from_slice(b"<p>The rest is left out: the file is too large to show.</p>");
    }
    String::from_utf8_lossy(&html).into_owned()
}

/// Returns the events of a document's first bytes up to the end of a block, and whether there are more; nothing when they are
/// beyond the bounds.
pub(super) fn bounded_events(document: &str, most: usize) -> Option<(Vec<Event<'_>>, bool)> {
    let (mut depth, mut blocks, mut raw) = (0_usize, 0_usize, RawTags::default());
    let mut events = Vec::new();
    for (event, at) in Parser::new_ext(document, options()).into_offset_iter() {
        if depth == 0 && at.start >= most {
            return Some((events, true));
        }
        match &event {
            Event::Start(_) => (depth, blocks) = (depth + 1, blocks + 1),
            Event::End(_) => depth -= 1,
            Event::Html(html) | Event::InlineHtml(html) => raw.count(html),
            _ => {}
        }
        if depth > MAX_DEPTH || raw.all > MAX_RAW_TAGS || raw.inline * (blocks + raw.all) > MAX_REOPENED {
            return None;
        }
        events.push(event);
    }
    Some((events, false))
}

/// Counts opening tags of raw HTML.
#[derive(Default)]
struct RawTags {
    all: usize,
    inline: usize,
}

impl RawTags {
    /// HTML elements that the parser opens again in every block while they are unclosed (HTML Standard, "formatting").
    const FORMATTING: [&str; 14] =
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    /// HTML elements that hold nothing.
    const VOID: [&str; 5] = ["br", "hr", "img", "input", "wbr"];

    fn count(&mut self, html: &str) {
        for tag in html.split('<').skip(1).filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic())) {
            let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
            if !Self::VOID.contains(&&*name) {
                self.all += 1;
                self.inline += usize::from(Self::FORMATTING.contains(&&*name));
            }
        }
    }
}

/// Rewrites headings, links, images and tables.
struct Rewriter<'s> {
    part: Part,
    source: &'s SourceFacts,
    folder: &'s str,
    images: &'s Images,
    page_of: &'s dyn Fn(&str) -> Option<String>,
    /// The pages of files that links lead to, by their paths in the pack.
    pages: RefCell<BTreeMap<String, String>>,
    anchors: Vec<String>,
    known: BTreeSet<String>,
}

impl<'s> Rewriter<'s> {
    fn new(document: &Document<'s>, events: &[Event<'_>]) -> Self {
        let Document { part, path, source, images, page_of, .. } = *document;
        let folder = path.rfind('/').map_or("", |slash| &path[..slash]);
        let anchors = anchors(events);
        let known = if part == Part::Section { BTreeSet::new() } else { anchors.iter().cloned().collect() };
        Self { part, source, folder, images, page_of, pages: RefCell::default(), anchors, known }
    }

    fn rewrite<'e>(&self, events: Vec<Event<'e>>) -> Vec<Event<'e>> {
        let mut out = Vec::with_capacity(events.len() + 16);
        let (mut anchors, mut level) = (self.anchors.iter(), 2);
        let (mut levels, mut links, mut images, mut shown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut code: Option<(Language, String)> = None;
        for event in events {
            let in_image = !images.is_empty();
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    code = Some((language(&info), String::new()));
                }
                Event::Text(text) if let Some((_, lines)) = &mut code => lines.push_str(&text),
                Event::End(TagEnd::CodeBlock) if let Some((language, lines)) = code.take() => {
                    let html = Code::new(language, &lines).html();
                    out.push(Event::Html(format!("<pre><code>{html}</code></pre>").into()));
                }
                Event::Start(Tag::Heading { level: wanted, .. }) => {
                    // The page has headings of level 1 and 2; none is skipped, so that the outline can be followed.
                    level = (wanted as usize + 2).min(level + 1).clamp(3, 6);
                    let level = HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6);
                    let id = anchors.next().map(|anchor| CowStr::from(anchor.clone()));
                    levels.push(level);
                    out.push(Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() }));
                }
                Event::End(TagEnd::Heading(was)) => out.push(Event::End(TagEnd::Heading(levels.pop().unwrap_or(was)))),
                Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link) if in_image => {}
                Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                    let target = self.target(&dest_url, link_type);
                    links.push(target.is_some());
                    out.extend(target.map(link));
                }
                Event::End(TagEnd::Link) => {
                    out.extend(links.pop().unwrap_or(false).then_some(Event::End(TagEnd::Link)));
                }
                Event::Start(Tag::Image { ref dest_url, .. }) if !in_image && self.is_shown(dest_url) => {
                    shown.push(images.len());
                    images.push((false, out.len() + 1));
                    out.push(event);
                }
                Event::End(TagEnd::Image) if shown.last() == Some(&(images.len().wrapping_sub(1))) => {
                    shown.pop();
                    images.pop();
                    out.push(event);
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    let target =
                        if in_image || !links.is_empty() { None } else { self.target(&dest_url, LinkType::Inline) };
                    images.push((target.is_some(), out.len() + usize::from(target.is_some())));
                    out.extend(target.map(link));
                }
                Event::End(TagEnd::Image) => {
                    let (linked, start) = images.pop().unwrap_or((false, out.len()));
                    if linked && out.len() == start {
                        out.push(Event::Text("image".into()));
                    }
                    out.extend(linked.then_some(Event::End(TagEnd::Link)));
                }
                Event::Start(Tag::Table(alignment)) => {
                    out.push(Event::Html("<div class=\"scroll\" tabindex=\"0\">".into()));
                    out.push(Event::Start(Tag::Table(alignment)));
                }
                Event::End(TagEnd::Table) => out.extend([event, Event::Html("</div>".into())]),
                Event::TaskListMarker(done) => out.push(Event::Text(if done { "☑ " } else { "☐ " }.into())),
                other => out.push(other),
            }
        }
        out
    }

    /// Tells whether an image is one that the pack has published.
    fn is_shown(&self, url: &str) -> bool {
        let path = url.split(['#', '?']).next().unwrap_or_default();
        resolve(self.folder, path).is_some_and(|path| self.images.contains_key(&path))
    }

    /// Returns where a link may lead, or nothing when it leads nowhere that a page can vouch for.
    fn target(&self, url: &str, kind: LinkType) -> Option<String> {
        if kind == LinkType::Email {
            return Some(format!("mailto:{url}"));
        }
        if let Some(anchor) = url.strip_prefix('#') {
            let anchor = anchor.to_lowercase();
            return self.known.contains(&anchor).then(|| format!("#{}{anchor}", self.part.anchor_prefix()));
        }
        if source_links::web_url(url).is_some() || url.starts_with("mailto:") {
            return Some(url.to_owned());
        }
        let (path, fragment) = url.split_once('#').map_or((url, None), |(path, fragment)| (path, Some(fragment)));
        let path = resolve(self.folder, path)?;
        if let Some(page) = (self.page_of)(&path) {
            self.pages.borrow_mut().insert(path, page);
            // The sanitiser puts the address of the page in its place.
            return Some(url.to_owned());
        }
        let mut link = source_links::file(self.source, &path)?;
        if let Some(fragment) = fragment {
            link.push('#');
            link.push_str(&super::links::segment(fragment));
        }
        Some(link)
    }
}

/// Returns the language of a block of code, by what stands behind its fence.
pub(super) fn language(info: &str) -> Language {
    let word = info.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}')).find(|word| !word.is_empty());
    Language::of_word(word.unwrap_or_default().trim_start_matches("language-"))
}

fn link<'e>(target: String) -> Event<'e> {
    let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
    Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url: target.into(), title, id })
}

/// Returns the path in the pack that a relative link names, or nothing when it leaves the pack or is no relative path.
pub(super) fn resolve(folder: &str, link: &str) -> Option<String> {
    let path = link.split('?').next().unwrap_or_default();
    if path.is_empty() || path.contains([':', '\\']) || path.starts_with("//") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && !path.starts_with('/')).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let decoded = parts.join("/").replace("%20", " ");
    (!decoded.is_empty()).then_some(decoded)
}

/// Returns the anchors of all headings in order, each once: what GitHub makes of the heading's text.
pub(super) fn anchors(events: &[Event<'_>]) -> Vec<String> {
    let (mut anchors, mut current, mut seen) = (Vec::new(), None::<String>, BTreeMap::<String, usize>::new());
    for event in events {
        match event {
            Event::Start(Tag::Heading { .. }) => current = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(slug) = &mut current {
                    slug.extend(text.chars().filter_map(slug_character));
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = current.take().filter(|slug| !slug.is_empty()).unwrap_or_else(|| "section".to_owned());
                let mut unique = slug.clone();
                while seen.contains_key(&unique) {
                    let number = seen.entry(slug.clone()).or_default();
                    *number += 1;
                    unique = format!("{slug}-{number}");
                }
                seen.insert(unique.clone(), 0);
                anchors.push(unique);
            }
            _ => {}
        }
    }
    anchors
}

fn slug_character(c: char) -> Option<char> {
    match c {
        ' ' | '-' => Some('-'),
        _ if c.is_alphanumeric() || c == '_' => c.to_lowercase().next(),
        _ => None,
    }
}

/// The classes of alerts (GitHub's Markdown: `> [!NOTE]`), as the parser writes them.
const ALERTS: [&str; 5] = [
    "markdown-alert-note",
    "markdown-alert-tip",
    "markdown-alert-important",
    "markdown-alert-warning",
    "markdown-alert-caution",
];

/// The whole policy of what author HTML may hold, but for what attributes may say.
pub(super) fn sanitiser(part: Part) -> Builder<'static> {
    let tags = [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "var",
    ];
    let set = |values: &[&'static str]| values.iter().copied().collect::<HashSet<_>>();
    let mut builder = Builder::empty();
    builder
        .tags(set(&tags))
        .clean_content_tags(set(&["script", "style", "svg", "math", "template", "iframe", "object"]))
        .generic_attributes(if part == Part::Section { HashSet::new() } else { set(&["id"]) })
        .tag_attributes(HashMap::from([
            ("a", set(&["href"])),
            ("ol", set(&["start"])),
            ("td", set(&["colspan", "rowspan"])),
            ("th", set(&["colspan", "rowspan"])),
        ]))
        .tag_attribute_values(HashMap::from([("div", HashMap::from([("tabindex", set(&["0"]))]))]))
        .set_tag_attribute_value("pre", "tabindex", "0")
        .allowed_classes(HashMap::from([
            ("div", set(&["scroll"])),
            ("span", Class::ALL.map(Class::letter).into()),
            ("blockquote", set(&ALERTS)),
        ]))
        .url_schemes(set(&["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Custom(Box::new(part)))
        .link_rel(Some("nofollow noopener noreferrer"))
        .id_prefix(Some(part.anchor_prefix()));
    builder
}

/// Keeps a numeric attribute only if it is a small number: `colspan="99999999"` makes browsers allocate.
pub(super) fn only_numbers<'v>(_element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match attribute {
        // What would be taken for an address of ours is none.
        "href" => (!value.starts_with(own::SITE)).then(|| value.into()),
        "colspan" | "rowspan" | "start" => value.parse::<u8>().ok().filter(|n| *n > 0).map(|n| n.to_string().into()),
        _ => Some(value.into()),
    }
}

impl ammonia::UrlRelativeEvaluate<'_> for Part {
    /// Keeps a relative link only if it is one of our anchors or images; the others were resolved before, or come from raw HTML.
    fn evaluate<'url>(&self, url: &'url str) -> Option<Cow<'url, str>> {
        let is_anchor = url.strip_prefix('#').is_some_and(|anchor| anchor.starts_with(self.anchor_prefix()));
        (is_anchor || url.starts_with(own::SITE)).then(|| url.into())
    }
}

#[path = "markdown_own.rs"]
mod own;

pub(super) use own::on_page;

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
