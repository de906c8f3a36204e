//! Relative paths that stay inside their tree on every system.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// A relative path: UTF-8, `/`-joined, without empty, `.` or `..` segments, backslashes or control characters.
///
/// Ordered bytewise, as `SHA256SUMS` listings and archives are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(Arc<str>);

/// Says why text is not a [`RelPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// The path is empty or has an empty segment.
    #[error("it has an empty segment")]
    Empty,
    /// The path starts at a root or a drive.
    #[error("it is absolute")]
    Absolute,
    /// A segment is `.` or `..`.
    #[error("it has a `.` or `..` segment")]
    Dots,
    /// The path has a backslash, which is a separator on some systems.
    #[error("it has a backslash")]
    Backslash,
    /// The path has a control character.
    #[error("it has a control character")]
    Control,
    /// A segment is longer than 255 bytes.
    #[error("it has a segment of more than 255 bytes")]
    Long,
}

impl RelPath {
    /// Returns `text` as a path, or what is wrong with it.
    pub fn new(text: &str) -> Result<Self, PathFault> {
        Self::fault(text).map_or_else(|| Ok(Self(text.into())), Err)
    }

    /// Returns what keeps `text` from being a path.
    pub fn fault(text: &str) -> Option<PathFault> {
        if text.starts_with('/') {
            return Some(PathFault::Absolute);
        }
        if text.contains('\\') {
            return Some(PathFault::Backslash);
        }
        if text.chars().any(char::is_control) {
            return Some(PathFault::Control);
        }
        text.split('/').find_map(|segment| match segment {
            "" => Some(PathFault::Empty),
            "." | ".." => Some(PathFault::Dots),
            _ if segment.len() > 255 => Some(PathFault::Long),
            _ => None,
        })
    }

    /// Returns a path that the program itself composed.
    ///
    /// # Panics
    ///
    /// When the text is not a relative path: a bug, since its parts are valid by construction.
    pub fn composed(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        Self::new(text).unwrap_or_else(|fault| panic!("composed path `{text}`: {fault}"))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last segment.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Returns the last segment up to its last dot.
    pub fn file_stem(&self) -> &str {
        let name = self.file_name();
        match name.rfind('.') {
            Some(dot) if dot > 0 => &name[..dot],
            _ => name,
        }
    }

    /// Returns the path without its last segment, empty at the top.
    pub fn parent(&self) -> &str {
        self.0.rfind('/').map_or("", |slash| &self.0[..slash])
    }

    /// Returns the path `text` below this one, or what is wrong with `text`.
    pub fn join(&self, text: &str) -> Result<Self, PathFault> {
        Self::fault(text).map_or_else(|| Ok(Self(format!("{}/{text}", self.0).into())), Err)
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Borrow<str> for RelPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RelPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for RelPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for RelPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::new(&text).map_err(|fault| serde::de::Error::custom(format!("`{text}`: {fault}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_their_tree_are_refused() {
        for (text, fault) in [
            ("", PathFault::Empty),
            ("a//b", PathFault::Empty),
            ("a/", PathFault::Empty),
            ("/etc/passwd", PathFault::Absolute),
            ("../x", PathFault::Dots),
            ("a/./b", PathFault::Dots),
            ("a\\b", PathFault::Backslash),
            ("a\u{7}b", PathFault::Control),
        ] {
            assert_eq!(RelPath::new(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn parts_of_a_path() {
        let path = RelPath::composed("actions/workflows/a.b.yaml");
        assert_eq!((path.parent(), path.file_name(), path.file_stem()), ("actions/workflows", "a.b.yaml", "a.b"));
        assert_eq!(RelPath::composed(".gitignore").file_stem(), ".gitignore");
    }
}
