//! Identity: names, versions, digests and paths that are valid by construction.
//!
//! In: text from manifests, tags and indexes. Out: values that are safe as file names, URL segments and
//! index keys, or an error that says what is wrong with the text.

mod digest;
mod name;
mod near;
mod path;
mod version;

pub use digest::{Digest, DigestError, Fingerprint, Hasher};
pub(crate) use name::is_device;
pub use name::{EcosystemId, NameError, PackId, PackName};
pub use near::{distance, nearest};
pub use path::{PathFault, RelPath};
pub use version::{Version, VersionError};
