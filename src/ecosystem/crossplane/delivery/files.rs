//! Which files of a pack are delivered, and which only help to make it.

use crate::pack::PackTree;
use crate::source::FileEntry;

/// Directories whose files are for people and tests.
const ASIDE: &[&str] =
    &["examples", "example", "tests", "test", "fixtures", "schemas", "vendor", "charts", "node_modules", "templates"];

/// Returns the YAML files that a pack delivers, sorted by path.
///
/// Neither what lies in dot-directories and beside the product, nor `*.disabled`, which has another ending anyway.
pub(in super::super) fn delivered<'a>(tree: &PackTree<'a>) -> impl Iterator<Item = &'a FileEntry> + use<'a> {
    tree.snapshot.files().iter().filter(|entry| is_delivered(entry.path.as_str()))
}

/// Tells whether a file is delivered by its path.
pub(in super::super) fn is_delivered(path: &str) -> bool {
    is_yaml(path) && !path.split('/').any(|part| part.starts_with('.') || ASIDE.contains(&part))
}

/// Tells whether a file is YAML by its name.
pub(in super::super) fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// Returns the path that a relative one means in a file of a directory; nothing when it leads out of the pack.
pub(super) fn resolved(directory: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Tells whether a pack has a file at a path, or anything below it.
pub(super) fn exists(tree: &PackTree<'_>, path: &str) -> bool {
    path.is_empty() || tree.get(path).is_some() || !tree.snapshot.below(path).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_pack() {
        assert_eq!(resolved("overlays/dev", "../../base/x.yaml").as_deref(), Some("base/x.yaml"));
        assert_eq!(resolved("overlays/dev", "./a").as_deref(), Some("overlays/dev/a"));
        assert_eq!(resolved("overlays", "../../other"), None);
        assert_eq!(resolved("", "a//b").as_deref(), Some("a/b"));
    }
}
