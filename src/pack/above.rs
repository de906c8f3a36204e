//! What stands at the root of a source, and elsewhere in it, for the packs below.

use super::license;

/// What the rest of a source says of a pack that lies below its root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Above {
    /// The licence file, for packs that have none of their own.
    pub license: Option<LicenseAbove>,
    /// What directories and files show: identifiers of ecosystems with words of their own, such as the name of a profile.
    pub shown: Vec<(String, String)>,
    /// What files elsewhere say of this one pack: identifiers of ecosystems with words of their own, see
    /// [`Clues::of_packs`](crate::ecosystem::Clues::of_packs).
    pub said: Vec<(String, String)>,
}

/// A file at the root of a source that says something of the packs below it.
#[derive(Debug, Clone, Copy)]
pub struct RootFile {
    /// Its name.
    pub name: &'static str,
    /// Returns what it says, in words of the ecosystem's own; depends on nothing but the content.
    pub says: fn(&[u8]) -> Vec<String>,
}

impl RootFile {
    /// Largest file that is looked at, in bytes.
    pub const LARGEST: usize = 1 << 20;
}

/// The licence file at the root of a source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct LicenseAbove {
    /// The SPDX identifier of its text, when that is recognised.
    pub id: Option<String>,
}

impl Above {
    /// Tells whether something shows a word to an ecosystem.
    pub fn shows(&self, ecosystem: &str, word: &str) -> bool {
        self.shown.iter().any(|(of, shown)| of == ecosystem && shown == word)
    }

    /// Returns what files elsewhere in the source say to an ecosystem of the pack.
    pub fn said<'a>(&'a self, ecosystem: &'a str) -> impl Iterator<Item = &'a str> {
        self.said.iter().filter(move |(of, _)| of == ecosystem).map(|(_, says)| says.as_str())
    }

    /// Tells whether nothing stands there.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl LicenseAbove {
    /// Returns what a licence file says.
    pub fn of(bytes: &[u8]) -> Self {
        let id = std::str::from_utf8(bytes).ok().and_then(license::recognise);
        Self { id: id.map(str::to_owned) }
    }
}
