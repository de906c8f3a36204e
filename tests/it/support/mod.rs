//! What tests stand on: a throwaway site, throwaway git repositories, exact comparison of texts and trees.

pub(crate) mod packs;
pub(crate) mod repository;
pub(crate) mod site;
pub(crate) mod snapshot;
pub(crate) mod tree;

pub(crate) use repository::RepoFixture;
pub(crate) use site::SiteTest;
