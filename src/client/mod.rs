//! The reference client: what anybody can do with a published registry, by its documented formats alone.
//!
//! [`verify`] checks everything that a registry publishes against what it says of it.

pub mod verify;

use crate::diag::codes;

codes! {
    /// A published registry is not what it says: a file is missing, or has other bytes, digests or facts than are named for it.
    ///
    /// Clients refuse what does not fit. Build the registry again from its index and its archive store.
    PUBLICATION_BROKEN = "publication-broken", Error;
    /// A published registry and its index disagree: a release is missing, was never recorded, or has other digests.
    ///
    /// The index is the truth about what was published. Build the registry again.
    PUBLICATION_DIFFERS = "publication-differs", Error;
}
