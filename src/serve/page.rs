//! What `serve` adds to a page: the script that reloads it, and the permission to hear from the server.
//!
//! Nothing of this is ever written to `public/`.

use std::borrow::Cow;

use crate::ident::{Digest, Hasher};

/// Where the script lies.
pub(super) const SCRIPT: &str = "/_packyard/live.js";
/// What the script needs of a policy that forbids it.
const CONNECT: &str = "; connect-src 'self'";

/// Returns the digest that names a page: of its own bytes, and of what is added to every page.
pub(super) fn digest(html: &[u8]) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update(html);
    hasher.update(SCRIPT.as_bytes());
    hasher.update(CONNECT.as_bytes());
    hasher.finish()
}

/// Returns a page with the script before `</body>`, or at its end; the script is told the tag of the page's bytes.
pub(super) fn with_live_script(html: &[u8], tag: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(html);
    let text = with_connections(&text);
    let at = text.rfind("</body>").unwrap_or(text.len());
    let script = format!("<script src=\"{SCRIPT}\" data-tag='{tag}' defer></script>\n");
    [&text[..at], &script, &text[at..]].concat().into_bytes()
}

/// Adds `connect-src 'self'` to a policy in the page that has no such directive: its default forbids event streams.
///
/// A policy that says what may be connected to is left as it is.
fn with_connections(html: &str) -> Cow<'_, str> {
    let policy = html.find("http-equiv=\"Content-Security-Policy\"").and_then(|meta| {
        let end = meta + html[meta..].find('>')?;
        let start = meta + html[meta..end].find("content=\"")? + "content=\"".len();
        Some((start, start + html[start..end].find('"')?))
    });
    match policy {
        Some((start, end)) if !html[start..end].contains("connect-src") => {
            let policy_end = start + html[start..end].trim_end_matches([';', ' ']).len();
            Cow::Owned([&html[..policy_end], CONNECT, &html[end..]].concat())
        }
        _ => Cow::Borrowed(html),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(html: &str) -> String {
        String::from_utf8(with_live_script(html.as_bytes(), "\"e\"")).expect("UTF-8")
    }

    #[test]
    fn the_script_is_the_last_in_the_body() {
        let html = served("<body><p></p></body></html>");
        assert_eq!(
            html,
            "<body><p></p><script src=\"/_packyard/live.js\" data-tag='\"e\"' defer></script>\n</body></html>"
        );
        assert!(served("no body").ends_with("</script>\n"));
    }

    #[test]
    fn the_policy_allows_the_server_and_nothing_more() {
        let meta = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self'\">";
        assert!(served(meta).contains("content=\"default-src 'none'; img-src 'self'; connect-src 'self'\">"));
        let own = "<meta http-equiv=\"Content-Security-Policy\" content=\"connect-src 'none'\">";
        assert!(served(own).contains("content=\"connect-src 'none'\">"));
    }
}
