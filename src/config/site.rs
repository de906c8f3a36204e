//! `[site]`: what the website shows.

use serde::Deserialize;

/// `[site]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteConfig {
    /// What is shown of the released files.
    pub files: FilePages,
}

/// What the website shows of released files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilePages {
    /// Every file has a page, and a copy to download.
    #[default]
    Pages,
    /// They are listed; their content is in the archive.
    List,
}
