//! What may change after a release: the status of a pack, or of one release of it.

use serde::{Deserialize, Serialize};

use super::event::{Event, What};
use crate::ident::{PackId, Version};

/// What may change after a release; everything absent is the normal state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Status {
    /// Why it was yanked.
    pub yanked: Option<String>,
    /// Where to read more about why it was yanked.
    pub advisory: Option<String>,
    /// Why it is deprecated, and what to use instead.
    pub deprecated: Option<(String, Option<String>)>,
    /// Why it is held back.
    pub quarantined: Option<String>,
    /// Why nobody maintains it any more; of a whole pack only.
    pub archived: Option<String>,
    /// The name under which it goes on, and why; of a whole pack only.
    pub renamed: Option<(PackId, String)>,
    /// Whether it is not released at all, but present in a working directory; in a preview only, never in an index.
    pub draft: bool,
}

impl Status {
    /// Returns what the events about a version, or about the whole pack, add up to.
    pub(super) fn of(id: &PackId, events: &[Event], version: Option<&Version>) -> Self {
        let mut status = Self::default();
        for event in events.iter().filter(|event| event.what.version() == version) {
            match &event.what {
                What::Yank { reason, advisory, .. } => {
                    (status.yanked, status.advisory) = (Some(reason.clone()), advisory.clone());
                }
                What::Unyank { .. } => (status.yanked, status.advisory) = (None, None),
                What::Deprecate { reason, successor, .. } => {
                    status.deprecated = Some((reason.clone(), successor.clone()));
                }
                What::Undeprecate { .. } => status.deprecated = None,
                What::Quarantine { reason, .. } => status.quarantined = Some(reason.clone()),
                What::Unquarantine { .. } => status.quarantined = None,
                What::Archive { reason } => status.archived = Some(reason.clone()),
                What::Unarchive { .. } => status.archived = None,
                What::Rename { to, .. } if to == id => status.renamed = None,
                What::Rename { to, reason } => status.renamed = Some((to.clone(), reason.clone())),
                What::Owner { .. } | What::Release(_) => {}
            }
        }
        status
    }

    /// Tells whether it is offered to somebody who asks for no version: it is neither yanked nor held back.
    pub fn may_be_chosen(&self) -> bool {
        self.yanked.is_none() && self.quarantined.is_none()
    }
}
