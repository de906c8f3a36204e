//! Links into the web pages of a source repository.

use super::links::segments;
use crate::index::event::SourceFacts;

/// Returns text as a link that a page may carry: an `http` or `https` URL without credentials, spaces or quotes.
pub(super) fn web_url(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain =
        |c: char| !c.is_whitespace() && !super::text::is_unseen(c) && !matches!(c, '"' | '<' | '>' | '\\' | '\'' | '`');
    (!host.is_empty() && !host.contains('@') && text.len() <= 2000 && text.chars().all(plain)).then_some(text)
}

/// Returns the web address of a release's repository, when it has one.
pub(super) fn repository(source: &SourceFacts) -> Option<&str> {
    web_url(&source.repository)
}

/// Returns the web address of a file of the pack at the released commit, on hosts whose addresses are known.
pub(super) fn file(source: &SourceFacts, path: &str) -> Option<String> {
    if source.path.is_empty() {
        return file_in_repository(source, path);
    }
    file_in_repository(source, &format!("{}/{path}", source.path))
}

/// Returns the web address of a file at the released commit; `path` starts at the root of the repository.
pub(super) fn file_in_repository(source: &SourceFacts, path: &str) -> Option<String> {
    let (url, infix) = host(source)?;
    Some(format!("{url}/{infix}/{}/{}", known_commit(source)?, segments(path)))
}

/// Returns the path, from the root of the repository, to which a way from the pack leads; nothing when it leads out.
pub(super) fn from_pack(source: &SourceFacts, way: &str) -> Option<String> {
    let mut parts: Vec<&str> = source.path.split('/').filter(|part| !part.is_empty()).collect();
    for part in way.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Returns the web address of a release's commit, on hosts whose addresses are known.
pub(super) fn commit(source: &SourceFacts) -> Option<String> {
    let (url, infix) = host(source)?;
    let commit = known_commit(source)?;
    Some(match infix {
        "-/blob" => format!("{url}/-/commit/{commit}"),
        "src" => format!("{url}/commits/{commit}"),
        _ => format!("{url}/commit/{commit}"),
    })
}

/// Returns the web address of the pack's folder at the released commit, on hosts whose addresses are known.
pub(super) fn folder(source: &SourceFacts) -> Option<String> {
    let (url, infix) = host(source)?;
    let commit = known_commit(source)?;
    let tree = infix.replace("blob", "tree");
    Some(format!("{url}/{tree}/{commit}/{}", segments(&source.path)).trim_end_matches('/').to_owned())
}

/// Returns the released commit, if it is one.
fn known_commit(source: &SourceFacts) -> Option<&str> {
    source.commit.as_deref().filter(|commit| commit.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Returns the web address of a repository, and what follows it in those of its files, up to the commit.
fn host(source: &SourceFacts) -> Option<(&str, &'static str)> {
    let url = repository(source)?.trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url);
    let host = url.split("://").nth(1)?.split('/').next()?;
    let infix = match host {
        "github.com" => "blob",
        "codeberg.org" | "gitea.com" => "src/commit",
        "bitbucket.org" => "src",
        _ if host == "gitlab.com" || host.starts_with("gitlab.") => "-/blob",
        _ => return None,
    };
    Some((url, infix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(repository: &str, path: &str) -> SourceFacts {
        let (repository, path) = (repository.to_owned(), path.to_owned());
        SourceFacts { repository, path, commit: Some("c0ffee".to_owned()), ..SourceFacts::default() }
    }

    #[test]
    fn files_are_linked_where_the_host_is_known() {
        let known = source("https://github.com/acme/packs.git", "packs/a b");
        assert_eq!(
            file(&known, "x#.md").as_deref(),
            Some("https://github.com/acme/packs/blob/c0ffee/packs/a%20b/x%23.md")
        );
        assert_eq!(folder(&known).as_deref(), Some("https://github.com/acme/packs/tree/c0ffee/packs/a%20b"));
        assert_eq!(commit(&known).as_deref(), Some("https://github.com/acme/packs/commit/c0ffee"));
        let other = source("https://gitlab.com/acme/packs", "");
        assert_eq!(folder(&other).as_deref(), Some("https://gitlab.com/acme/packs/-/tree/c0ffee"));
        assert_eq!(commit(&other).as_deref(), Some("https://gitlab.com/acme/packs/-/commit/c0ffee"));
        assert_eq!(file(&source("https://git.acme.example/packs", ""), "x"), None);
        assert_eq!(commit(&source("https://git.acme.example/packs", "")), None);
        assert_eq!(file(&source("packs", ""), "x"), None);
    }

    #[test]
    fn other_schemes_and_credentials_are_no_links() {
        for text in ["javascript:alert(1)", "https://user:secret@host/x", "https://", "https://a b", "file:///x", "//x"]
        {
            assert_eq!(web_url(text), None, "{text}");
        }
    }
}
