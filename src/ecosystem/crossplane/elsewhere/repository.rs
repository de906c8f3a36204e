//! Whether a URL is that of the source itself.

/// Tells whether an object means the repository of the source, whose URL ends with `own`; nothing when nobody can tell.
///
/// Forks and mirrors have another host and owner, and keep the name: objects in a fork often still name where it came from.
pub(super) fn is_own(url: Option<&str>, own: Option<&str>) -> Option<bool> {
    let name = name(url?)?;
    Some(name.eq_ignore_ascii_case(own?))
}

/// Returns the last part of the URL of a remote repository, without `.git`.
fn name(url: &str) -> Option<&str> {
    let is_remote = ["https://", "http://", "ssh://", "git://"].iter().any(|scheme| url.starts_with(scheme))
        || (url.contains('@') && url.contains(':') && !url.contains("://"));
    if !is_remote || url.contains("{{") {
        return None;
    }
    let name = url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    Some(name.strip_suffix(".git").unwrap_or(name)).filter(|name| !name.is_empty())
}

/// Returns a path from the root of a repository as one of the source, which lies `within` it: empty for all of the source and what
/// holds it; nothing when it leads elsewhere, is no path, or is a template.
pub(in super::super) fn in_source(path: &str, within: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if path.contains("{{") || parts.contains(&"..") {
        return None;
    }
    let prefix: Vec<&str> = within.split('/').filter(|part| !part.is_empty()).collect();
    if parts.iter().zip(&prefix).any(|(part, expected)| part != expected) {
        return None;
    }
    parts.drain(..prefix.len().min(parts.len()));
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fork_and_a_mirror_count_as_the_source() {
        let is_own = |url| is_own(Some(url), Some("platform"));
        for url in ["https://git.acme.example/a/platform.git", "git@git.acme.example:b/Platform.git"] {
            assert_eq!(is_own(url), Some(true), "{url}");
        }
        assert_eq!(is_own("https://git.acme.example/a/charts"), Some(false));
        for url in ["file:///repo", "{{repoURL}}", "/repo", ""] {
            assert_eq!(is_own(url), None, "{url}");
        }
        assert_eq!(super::is_own(Some("https://git.acme.example/a/platform"), None), None);
    }

    #[test]
    fn paths_have_one_form_and_start_at_the_source() {
        let plain = |path| in_source(path, "");
        assert_eq!(plain("./a//b/").as_deref(), Some("a/b"));
        assert_eq!(plain(".").as_deref(), Some(""));
        assert_eq!((plain("a/../b"), plain("{{path}}/x")), (None, None));
        let below = |path| in_source(path, "a/b");
        assert_eq!(below("a/b/c").as_deref(), Some("c"));
        assert_eq!((below("a").as_deref(), below("a/b").as_deref()), (Some(""), Some("")));
        assert_eq!((below("a/bc"), below("c")), (None, None));
    }
}
