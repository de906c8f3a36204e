//! What tests stand on: a throwaway site, throwaway git repositories, exact comparison of texts and trees.

pub mod repository;
pub mod site;
pub mod snapshot;
pub mod tree;

pub use repository::RepoFixture;
pub use site::SiteTest;
