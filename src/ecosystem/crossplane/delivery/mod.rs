//! What delivers packs: objects of Argo CD, kustomizations, and secrets that must not be among what is delivered.
//!
//! | module | what it does |
//! |---|---|
//! | `files` | which files a pack delivers |
//! | `object` | the objects that files hold |
//! | `argo` | `Application` and `ApplicationSet` |
//! | `kustomize` | what a kustomization lists |
//! | `secrets` | secrets in the clear |

pub(super) mod argo;
pub(super) mod files;
pub(super) mod kustomize;
pub(super) mod object;
mod secrets;

use std::sync::Arc;

use super::codes::consumer::{ARGO_INVALID, INLINE_SECRET};
use kustomize::Listed;

use crate::diag::Sink;
use crate::pack::{Component, PackTree};

/// Most objects of one pack that become components.
const MOST: usize = 500;

/// Returns the components of the kind `delivery`, sorted by name, and reports what is wrong with anything that is delivered,
/// whichever kind of pack it is in.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Vec<Arc<Component>> {
    let (mut components, listed) = (Vec::new(), kustomizations(tree, sink));
    let files = files::delivered(tree).filter(|entry| entry.size <= tree.yaml_limits.bytes as u64);
    for entry in files {
        let mut found = Sink::new();
        let is_patch = listed.patches.contains(entry.path.as_str());
        let objects = if is_patch {
            object::read(tree, entry, "patch", &[secrets::inline_secret], &mut found)
        } else {
            object::read(tree, entry, "delivery", &[secrets::inline_secret, argo::shape], &mut found)
        };
        // Whether the file is YAML is said by whoever it belongs to.
        sink.extend(found.finish().into_iter().filter(|finding| [INLINE_SECRET, ARGO_INVALID].contains(&finding.code)));
        for object in objects.iter().filter(|_| !is_patch) {
            argo::path_exists(tree, &entry.path, object, sink);
            components.extend(argo::component(&entry.path, object).filter(|_| components.len() < MOST).map(Arc::new));
        }
    }
    components.sort_by(|a: &Arc<Component>, b| (&a.name, &a.file).cmp(&(&b.name, &b.file)));
    components
}

/// Returns what the kustomizations of a pack list.
pub(super) fn listed(tree: &PackTree<'_>) -> Listed {
    kustomizations(tree, &mut Sink::new())
}

fn kustomizations(tree: &PackTree<'_>, sink: &mut Sink) -> Listed {
    let mut listed = Listed::default();
    for entry in tree.snapshot.files().iter().filter(|entry| kustomize::is_kustomization(entry)) {
        kustomize::read(tree, entry, &mut listed, sink);
    }
    listed
}
