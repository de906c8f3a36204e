//! Tests of [`super`]: links, anchors, hostile documents.

use std::time::{Duration, Instant};

use super::*;

fn source() -> SourceFacts {
    SourceFacts {
        repository: "https://github.com/acme/packs".to_owned(),
        path: "packs/demo".to_owned(),
        commit: Some("c0ffee".to_owned()),
        ..SourceFacts::default()
    }
}

fn document<'a>(
    part: Part,
    text: &'a str,
    path: &'a str,
    source: &'a SourceFacts,
    images: &'a Images,
    most: usize,
) -> Document<'a> {
    let page_of = &|path: &str| (path == "docs/guide.md").then(|| "files/guide.html".to_owned());
    Document { part, text, path, source, images, images_folder: "images", page_of, most }
}

fn render(part: Part, text: &str, path: &str, source: &SourceFacts) -> String {
    document(part, text, path, source, &Images::new(), usize::MAX).render().html
}

fn html(document: &str) -> String {
    render(Part::Readme, document, "README.md", &source())
}

/// Ensures that an image of the pack is shown in its size wherever it is named, and no other is.
#[test]
fn images_of_the_pack_are_shown() {
    let image = |name: &str| super::super::images::Image {
        name: name.to_owned(),
        bytes: Vec::new().into(),
        width: 400,
        height: 300,
    };
    let images = Images::from([("docs/a.png".to_owned(), image("aa.png"))]);
    let source = source();
    let shown = |text: &str| document(Part::Readme, text, "README.md", &source, &images, usize::MAX).render().html;
    let a = "<img src=\"packyard-site/images/aa.png\" alt=\"A\" width=\"400\" height=\"300\" loading=\"lazy\">";
    assert_eq!(shown("![A](docs/a.png \"title\")").trim(), format!("<p>{a}</p>"));
    assert!(shown("[![A](./docs/a.png)](https://acme.example)").contains(&format!("{a}</a>")));
    let small = "<img alt='A' width=200 onerror=alert(1) style='x' src='docs/a.png?raw=true'>";
    let drawn = a.replace("400", "200").replace("300", "150");
    assert_eq!(shown(&format!("<p align=center>{small}</p>")).trim(), format!("<p>{drawn}</p>"));
    for (other, expected) in [
        ("<p><img alt='a > b' src=b.png> c</p>", "<p>a > b c</p>"),
        ("<p><img src='https://acme.example/a.png'></p>", "<p></p>"),
        ("<p><img src=packyard-site/images/aa.png alt=x></p>", "<p>x</p>"),
        ("<p><a href='packyard-site/images/aa.png'>x</a></p>", "<p><a rel=\"nofollow noopener noreferrer\">x</a></p>"),
    ] {
        assert_eq!(shown(other).trim().replace("&gt;", ">"), expected, "{other}");
    }
}

#[test]
fn links_to_files_lead_to_their_pages() {
    let html = html(
        "[a](docs/guide.md#Set-up) [l](docs/guide.md#L12) [o](docs/guide.md#\"x) [b](./docs/../docs/guide.md) <a href='docs/guide.md'>c</a> <a href='packyard-site/x'>d</a>",
    );
    let count = |anchor: &str| html.matches(&format!("<a href=\"packyard-site/files/guide.html{anchor}\"")).count();
    assert_eq!([count(""), count("#file-set-up"), count("#L12")], [3, 1, 1], "{html}");
    assert!(html.contains("<a rel=\"nofollow noopener noreferrer\">d</a>"), "{html}");
    assert_eq!(own::on_page("<a href=\"packyard-site/x\">", "../"), "<a href=\"../x\">");
}

#[test]
fn a_long_document_is_cut_between_blocks() {
    let source = source();
    let shown = |most| {
        let text = "# A\n\n- one\n- two\n\n[c]\n\nlast\n\n[c]: https://acme.example/c";
        document(Part::Readme, text, "README.md", &source, &Images::new(), most).render()
    };
    assert!(!shown(1000).is_cut);
    let cut = shown(8);
    assert!(cut.is_cut && cut.html.contains("two") && !cut.html.contains("acme.example"), "{cut:?}");
    let cut = shown(20);
    assert!(cut.is_cut && cut.html.contains("https://acme.example/c") && !cut.html.contains("last"), "{cut:?}");
}

#[test]
fn headings_sit_below_the_page_and_can_be_linked() {
    let html = html("# Title\n\n#### Deep\n\n[up](#title) [gone](#nowhere)\n\n# Title");
    assert!(html.contains("<h3 id=\"readme-title\">") && html.contains("<h4 id=\"readme-deep\">"), "{html}");
    assert!(html.contains("href=\"#readme-title\"") && html.contains("id=\"readme-title-1\""), "{html}");
    assert!(html.contains("gone") && !html.contains("nowhere"), "{html}");
}

#[test]
fn anchors_of_two_documents_on_a_page_do_not_meet() {
    let html = render(Part::Changelog, "# 1.0.0\n\n[up](#100)", "CHANGES.md", &source());
    assert!(html.contains("id=\"changelog-100\"") && html.contains("href=\"#changelog-100\""), "{html}");
}

#[test]
fn relative_links_lead_to_the_released_commit() {
    let html = html("[a](docs/a.md#x) [b](../../../../x) [c](/LICENSE)");
    assert!(html.contains("https://github.com/acme/packs/blob/c0ffee/packs/demo/docs/a.md#x"), "{html}");
    assert!(html.contains("/packs/demo/LICENSE\"") && html.matches("<a ").count() == 2, "{html}");
    let plain = render(Part::Readme, "[a](docs/a.md)", "README.md", &SourceFacts::default());
    assert_eq!(plain.trim(), "<p>a</p>");
}

#[test]
fn images_become_links_and_badges_keep_one_link() {
    let html =
        html("![Plan](https://x.example/p.png) [![Build](https://x.example/b.svg)](https://ci.example/) ![](i.png)");
    assert!(!html.contains("<img") && html.matches("<a ").count() == 3, "{html}");
    assert!(
        html.contains("https://ci.example/") && html.contains(">Build</a>") && html.contains(">image</a>"),
        "{html}"
    );
    assert!(html.contains("rel=\"nofollow noopener noreferrer\""), "{html}");
}

/// Ensures that alerts are alerts, and that no other class comes through.
#[test]
fn alerts_are_marked() {
    let html = html("> [!WARNING]\n> It is hot.\n\n> [!OTHER]\n> x\n\n<blockquote class=\"search\">y</blockquote>\n");
    assert!(html.contains("<blockquote class=\"markdown-alert-warning\">\n<p>It is hot.</p>"), "{html}");
    assert!(html.contains("[!OTHER]") && html.contains("<blockquote class=\"\">y"), "{html}");
}

#[test]
fn nothing_active_survives() {
    for document in [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "<a href=\"javascript:alert(1)\" onclick=\"x()\">x</a>",
        "<svg><script>alert(1)</script></svg><math><mi xlink:href=\"javascript:alert(1)\">",
        "<img src=x onerror=alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<style>*{display:none}</style><iframe src=x></iframe>",
        "<div style=\"position:fixed\" class=\"banner\">x</div>",
        "<form action=https://x.example><input name=q></form>",
    ] {
        let html = html(document).to_lowercase();
        for bad in [
            "<script",
            "javascript:",
            "onerror",
            "onclick",
            "<svg",
            "<style",
            "style=",
            "<iframe",
            "<form",
            "banner",
            "data:",
        ] {
            assert!(!html.contains(bad), "{document} → {html}");
        }
    }
}

#[test]
fn template_syntax_and_bidi_are_only_text() {
    let html = html("{{ 7*7 }} {% raw %} a\u{202e}b");
    assert_eq!(html.trim(), "<p>{{ 7*7 }} {% raw %} a\u{fffd}b</p>");
}

#[test]
fn bombs_end_quickly_as_text() {
    let formatting: String = (0..900).map(|n| format!("<b id={n}>")).collect();
    for document in [
        "> ".repeat(60_000),
        "1. ".repeat(60_000),
        "- ".repeat(60_000),
        "<div>".repeat(40_000),
        format!("{formatting}\n\n{}", "x\n\n".repeat(50_000)),
        "[".repeat(100_000),
        "*a ".repeat(60_000),
        "![".repeat(60_000),
        "x".repeat(MAX_BYTES + 1),
    ] {
        let start = Instant::now();
        let html = html(&document);
        assert!(start.elapsed() < Duration::from_secs(2), "{} took {:?}", &document[..9], start.elapsed());
        assert!(html.len() < 4 << 20, "{}: {} bytes", &document[..9], html.len());
    }
    assert!(html(&"> ".repeat(60_000)).starts_with("<pre"));
}

#[test]
fn other_formats_are_shown_as_they_are() {
    assert_eq!(render(Part::Readme, "*a* <b>", "README.rst", &source()), "<pre tabindex=\"0\">*a* &lt;b&gt;</pre>");
}
