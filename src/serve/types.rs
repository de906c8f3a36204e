//! Content types: what the files of a registry are, by their names.

use crate::ecosystem::{self, Ecosystem};

/// Returns the ecosystem whose feed a path of the site lies in, and the path below that.
pub(super) fn of_feed(path: &str) -> Option<(&'static dyn Ecosystem, &str)> {
    let (id, below) = path.strip_prefix("runtimes/")?.split_once('/')?;
    Some((ecosystem::by_id(id)?, below))
}

/// Returns the content type that a feed asks for, of its own files or of some at the root of the registry.
fn asked_for(path: &str) -> Option<&'static str> {
    let of = |ecosystem: &dyn Ecosystem, path: &str| {
        let rule = ecosystem.header_rules().iter().rfind(|rule| rule.content_type().is_some() && rule.covers(path))?;
        rule.content_type()
    };
    match of_feed(path) {
        Some((ecosystem, below)) => of(ecosystem, below),
        None => ecosystem::ALL.iter().find_map(|ecosystem| of(*ecosystem, &format!("/{path}"))),
    }
}

/// Returns the content type of a file.
pub(super) fn of(path: &str) -> &'static str {
    if let Some(asked_for) = asked_for(path) {
        return asked_for;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "jsonl" => "application/jsonl",
        "xml" if name == "feed.xml" => "application/atom+xml; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "yaml" | "yml" => "application/yaml; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "gz" | "tgz" => "application/gzip",
        "zip" => "application/zip",
        "" if matches!(name, "SHA256SUMS" | "HEAD" | "refs" | "packs" | "config" | "_headers") => {
            "text/plain; charset=utf-8"
        }
        _ => "application/octet-stream",
    }
}

/// Tells whether a content type is one of texts, which compressing makes much smaller.
pub(super) fn is_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.starts_with("text/")
        || ["json", "jsonl", "xml", "yaml"].iter().any(|syntax| essence == format!("application/{syntax}"))
        || essence.ends_with("+xml")
        || essence.ends_with("+json")
}

/// Tells whether a file is a page that people look at: what runtimes fetch stays as it is, also where it is HTML, or JSON that is
/// called `index.html`.
pub(super) fn is_page(path: &str) -> bool {
    path.ends_with(".html") && of_feed(path).is_none() && asked_for(path).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runtimes_fetch_has_the_right_type() {
        for (path, expected) in [
            ("index.json", "application/json"),
            ("runtimes/attune/index.json", "application/json"),
            ("archives/attune/echo/echo-1.0.0.tar.gz", "application/gzip"),
            ("packs/attune/echo/1.0.0/SHA256SUMS", "text/plain; charset=utf-8"),
            ("packs/attune/echo/1.0.0/index.html", "text/html; charset=utf-8"),
            ("feed.xml", "application/atom+xml; charset=utf-8"),
            ("runtimes/stackstorm/git/echo.git/HEAD", "text/plain; charset=utf-8"),
            ("runtimes/stackstorm/git/echo.git/objects/00/11", "application/octet-stream"),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
    }

    #[test]
    fn what_runtimes_fetch_is_no_page() {
        for path in ["index.html", "packs/attune/echo/index.html", "docs/v2.html"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["runtimes/nasiko/v2/index.html", "v2/index.html", "runtimes/astradesk/simple/index.html", "a.json"]
        {
            assert!(!is_page(path), "{path}");
        }
    }

    #[test]
    fn texts_are_told_from_what_is_compressed_already() {
        for path in
            ["a.html", "a.css", "a.js", "a.json", "a.jsonl", "a.yaml", "a.txt", "a.svg", "feed.xml", "SHA256SUMS"]
        {
            assert!(is_text(of(path)), "{path}");
        }
        for path in ["a.png", "a.tar.gz", "a.tgz", "a.zip", "objects/00/11"] {
            assert!(!is_text(of(path)), "{path}");
        }
    }
}
