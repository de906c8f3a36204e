//! Markdown of the registry's own pages → HTML: bounded and sanitised as that of packs, with links to other pages.
//!
//! The text is ours or the registry's owner's, so its headings are the page's own from level 2 on, and its relative links may
//! lead to any page of the site.

use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Tag, TagEnd, html};

use super::highlight::{Code, Language};
use super::markdown::{Part, anchors, bounded_events, language, only_numbers, sanitiser};
use super::{source_links, text};

/// What the ids of headings start with, so that none meets one of the frame's.
const PREFIX: &str = Part::Document.anchor_prefix();

/// A document as a page shows it, and as a search finds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rendered {
    /// What its first heading of level 1 says.
    pub(super) title: Option<String>,
    /// Everything but that heading.
    pub(super) html: String,
    /// The headings of level 2: anchor and words.
    pub(super) outline: Vec<(String, String)>,
    /// All words, without markup.
    pub(super) text: String,
}

/// Renders a document; `resolve` says where a relative link leads, if anywhere.
///
/// Returns nothing when it is beyond the bounds of what is rendered.
pub(super) fn render(document: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Option<Rendered> {
    static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
        let mut builder = sanitiser(Part::Document);
        builder
            .attribute_filter(only_numbers)
            .add_tags(["h2"])
            .url_relative(ammonia::UrlRelative::PassThrough)
            .link_rel(None);
        builder
    });
    let document = text::visible(document);
    let mut rendered = Rendered::default();
    let mut out = Vec::new();
    let (mut heading, mut links, mut level) = (None::<(HeadingLevel, String)>, Vec::new(), 1);
    let (events, _) = bounded_events(&document, usize::MAX)?;
    let mut anchors = anchors(&events).into_iter();
    let mut code: Option<(Language, String)> = None;
    for event in events {
        if let Event::Text(words) | Event::Code(words) = &event {
            rendered.text.push_str(words);
            if let Some((_, heading)) = &mut heading {
                heading.push_str(words);
            }
        } else if matches!(event, Event::End(_) | Event::SoftBreak | Event::HardBreak) && !is_inline_end(&event) {
            rendered.text.push(' ');
        }
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => code = Some((language(&info), String::new())),
            Event::Text(text) if let Some((_, lines)) = &mut code => lines.push_str(&text),
            Event::End(TagEnd::CodeBlock) if let Some((language, lines)) = code.take() => {
                let html = Code::new(language, &lines).html();
                out.push(Event::Html(format!("<pre><code>{html}</code></pre>").into()));
            }
            Event::Start(Tag::Heading { level: wanted, .. }) => {
                let anchor = anchors.next();
                if wanted == HeadingLevel::H1 && rendered.title.is_none() {
                    heading = Some((wanted, String::new()));
                    continue;
                }
                // None is skipped, so that the outline can be followed.
                level = (wanted as usize).min(level + 1).clamp(2, 6);
                let level = HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6);
                heading = Some((level, String::new()));
                rendered.outline.extend(
                    (level == HeadingLevel::H2)
                        .then(|| (format!("{PREFIX}{}", anchor.as_deref().unwrap_or_default()), String::new())),
                );
                let id = anchor.map(CowStr::from);
                out.push(Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() }));
            }
            Event::End(TagEnd::Heading(_)) => match heading.take() {
                Some((HeadingLevel::H1, words)) if rendered.title.is_none() => rendered.title = Some(words),
                Some((level, words)) => {
                    if let Some((_, title)) = rendered.outline.last_mut().filter(|_| level == HeadingLevel::H2) {
                        *title = words;
                    }
                    out.push(Event::End(TagEnd::Heading(level)));
                }
                None => {}
            },
            // The words of the title are the page's heading already.
            _ if heading.as_ref().is_some_and(|(level, _)| *level == HeadingLevel::H1) => {}
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let target = target(&dest_url, resolve);
                links.push(target.is_some());
                let link = |target: String| Event::Start(Tag::Link { link_type, dest_url: target.into(), title, id });
                out.extend(target.map(link));
            }
            Event::End(TagEnd::Link) => {
                out.extend(links.pop().unwrap_or(false).then_some(Event::End(TagEnd::Link)));
            }
            // Pictures are not loaded, as in packs: their words stand for them.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Start(Tag::Table(alignment)) => {
                out.push(Event::Html("<div class=\"scroll\" tabindex=\"0\">".into()));
                out.push(Event::Start(Tag::Table(alignment)));
            }
            Event::End(TagEnd::Table) => out.extend([event, Event::Html("</div>".into())]),
            other => out.push(other),
        }
    }
    let mut html = String::with_capacity(document.len() * 2);
    html::push_html(&mut html, out.into_iter());
    rendered.html = SANITISER.clean(&html).to_string();
    rendered.text = rendered.text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(rendered)
}

fn is_inline_end(event: &Event<'_>) -> bool {
    let Event::End(tag) = event else { return false };
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// Returns where a link leads; nothing when that is nowhere, and its words stand alone.
fn target(url: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if source_links::web_url(url).is_some() || url.starts_with("mailto:") {
        return Some(url.to_owned());
    }
    let (path, anchor) = url.split_once('#').map_or((url, None), |(path, anchor)| (path, Some(anchor)));
    let anchor = anchor.map(|anchor| format!("#{PREFIX}{anchor}")).unwrap_or_default();
    if path.is_empty() {
        return Some(anchor);
    }
    let target = resolve(path)?;
    // Only pages of documentation have anchors that begin so.
    Some(if path.ends_with(".md") { target + &anchor } else { target })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(document: &str) -> Rendered {
        render(document, &|path| path.strip_suffix(".md").map(|name| format!("{name}.html"))).expect("within bounds")
    }

    #[test]
    fn the_first_heading_is_the_title_and_the_others_are_an_outline() {
        let page = rendered("# How *to* `go`\n\nGo.\n\n## Far & wide\n\n#### Deep\n\nEnd.\n");
        assert_eq!(page.title.as_deref(), Some("How to go"));
        assert_eq!(page.outline, [("doc-far--wide".to_owned(), "Far & wide".to_owned())]);
        let expected =
            "<p>Go.</p>\n<h2 id=\"doc-far--wide\">Far &amp; wide</h2>\n<h3 id=\"doc-deep\">Deep</h3>\n<p>End.</p>\n";
        assert_eq!(page.html, expected);
        assert_eq!(page.text, "How to go Go. Far & wide Deep End.");
    }

    #[test]
    fn links_lead_to_pages_or_are_their_words() {
        let page = rendered("[a](other.md#part) [b](#here) [c](gone.txt) [d](https://acme.example/) ![e](x.png)");
        let expected = "<p><a href=\"other.html#doc-part\">a</a> <a href=\"#doc-here\">b</a> c <a href=\"https://acme.example/\">d</a> e</p>\n";
        assert_eq!(page.html, expected);
    }

    #[test]
    fn code_is_coloured_where_its_language_is_known() {
        let page = rendered("```yaml\na: \"<b>\"\n```\n\n```\na: 1\n```\n");
        let coloured = "<span class=\"t\">a</span>: <span class=\"s\">\"&lt;b&gt;\"</span>";
        let expected =
            format!("<pre tabindex=\"0\"><code>{coloured}\n</code></pre><pre tabindex=\"0\"><code>a: 1\n</code></pre>");
        assert_eq!(page.html.trim(), expected);
    }

    /// An owner may paste what others wrote.
    #[test]
    fn what_executes_is_taken_out() {
        let page = rendered(
            "<script>alert(1)</script>\n\n<b onclick=x style=\"position:fixed\">b</b> [x](javascript:alert)\n",
        );
        assert_eq!(page.html, "\n<p><b>b</b> x</p>\n");
        assert!(render(&"> ".repeat(100), &|_| None).is_none());
    }
}
