//! The rules of Attune's strict index client: one entry that breaks them makes it refuse the whole index.
//!
//! Held to the types of the feed, so what cannot be said at all (unknown keys, missing lists) needs no check here.

use std::collections::BTreeSet;

use super::super::manifest::is_identifier;
use super::wire::{Entry, Item};
use crate::ident::Version;

/// Returns why a client would refuse an index with this entry; of a preview archives over http are let pass.
pub(super) fn fault(entry: &Entry, is_preview: bool) -> Option<String> {
    let blank = [("label", &entry.label), ("author", &entry.author), ("license", &entry.license)]
        .into_iter()
        .find(|(_, text)| text.trim().is_empty());
    if let Some((key, _)) = blank {
        return Some(format!("`{key}` is blank"));
    }
    if !is_identifier(&entry.reference) {
        return Some(format!("`{}` is no pack ref", entry.reference));
    }
    let version = Version::semver(&entry.version).ok().filter(Version::is_semver2);
    match version {
        None => return Some(format!("`{}` is not SemVer", entry.version)),
        Some(version) if version.is_prerelease() && version.has_build_metadata() => {
            return Some(format!(
                "`{}` is a prerelease with build metadata, which the published schema refuses",
                entry.version
            ));
        }
        Some(_) => {}
    }
    for (key, url) in [("homepage", &entry.homepage), ("repository", &entry.repository)] {
        if let Some(url) = url
            && !(is_plain_https_url(url) || (key == "homepage" && is_web_url(url)))
        {
            return Some(format!("`{key}` is `{url}`, which is no address that clients accept"));
        }
    }
    for (key, list) in [("keywords", &entry.keywords), ("runtime_deps", &entry.runtime_deps)] {
        if let Some(twice) = first_twice(list.iter().map(String::as_str)) {
            return Some(format!("`{key}` has `{twice}` twice"));
        }
    }
    let contents = &entry.contents;
    for (key, items) in [
        ("actions", &contents.actions),
        ("sensors", &contents.sensors),
        ("triggers", &contents.triggers),
        ("rules", &contents.rules),
        ("workflows", &contents.workflows),
    ] {
        if let Some(fault) = items_fault(key, items) {
            return Some(fault);
        }
    }
    entry.install_sources.iter().find_map(|source| {
        (!is_address(&source.url, is_preview))
            .then(|| format!("`{}` is no address that clients install from", source.url))
    })
}

fn items_fault(key: &str, items: &[Item]) -> Option<String> {
    if items.iter().any(|item| item.name.trim().is_empty()) {
        return Some(format!("`{key}` has an item without a name"));
    }
    let twice = first_twice(items.iter().map(|item| item.name.as_str()))?;
    Some(format!("`{key}` has `{twice}` twice"))
}

fn first_twice<'a>(texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    texts.into_iter().find(|text| !seen.insert(*text))
}

/// Tells whether text is an https address with a host and without credentials.
pub(super) fn is_https_url(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(is_rest_of_url)
}

/// Tells the same of an http or https address.
pub(super) fn is_web_url(text: &str) -> bool {
    is_https_url(text) || text.strip_prefix("http://").is_some_and(is_rest_of_url)
}

/// Tells whether clients install from an address; from that of a preview only those do that allow http.
pub(super) fn is_address(text: &str, is_preview: bool) -> bool {
    is_plain_https_url(text) || is_preview && is_web_url(text) && !text.contains(['?', '#', '@'])
}

/// Tells whether text is an https address without credentials, query and fragment.
pub(super) fn is_plain_https_url(text: &str) -> bool {
    is_https_url(text) && !text.contains(['?', '#', '@'])
}

/// Checks what follows the scheme by RFC 3986, as narrowly as every parser does: no userinfo, no IP literals in brackets.
fn is_rest_of_url(rest: &str) -> bool {
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_host = !host.is_empty()
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&b);
    let escapes_are_whole = path
        .match_indices('%')
        .all(|(at, _)| path.get(at + 1..at + 3).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())));
    let is_path = path.splitn(2, '#').all(|part| part.bytes().all(allowed));
    is_host && is_port && is_path && escapes_are_whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_held_to_the_clients_rules() {
        for url in ["https://packs.acme.example", "https://acme.example:8443/a/b-1.0.0+x.tar.gz", "https://a/%20"] {
            assert!(is_plain_https_url(url), "{url}");
        }
        for url in [
            "http://acme.example",
            "https://",
            "https://user@acme.example/",
            "https://acme.example/?q",
            "https://acme.example/#f",
            "https://acme.example/a b",
            "https://acme.example/%2",
            "https://acme..example/",
            "https://acme.example:0/",
            "https://ácme.example/",
            " https://acme.example",
            "file:///srv",
        ] {
            assert!(!is_plain_https_url(url), "{url}");
        }
        let preview = "http://127.0.0.1:8080/archives/a.tar.gz";
        assert!(is_address(preview, true) && !is_address(preview, false) && !is_address("http://me@a/", true));
    }
}
