//! What pages of a pack show of other packs: the one way in which a change of one pack reaches the pages of another.
//!
//! 1. Every pack has an [`Offer`]: what its default release has that others show or use.
//! 2. [`Crosslinks`] joins the offers of all packs.
//! 3. [`Crosslinks::around`] picks what the pages of one pack need. Equal [`Around`]: the pages need not be made again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::links;
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ident::{Digest, Fingerprint, PackId, PackName};
use crate::pack::{Component, Relation};

/// What the default release of a pack has that pages of other packs show.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Offer {
    id: PackId,
    components: Vec<Offered>,
    /// The packs it needs.
    needs: Vec<PackId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Offered {
    kind: &'static str,
    reference: String,
    /// The address of its page.
    address: Arc<str>,
    /// What it uses: how, the kind, the reference.
    uses: Vec<(Relation, &'static str, String)>,
}

/// The components of all default releases, and who uses whom.
#[derive(Debug, Default)]
pub struct Crosslinks {
    packs: BTreeSet<PackId>,
    dependents: BTreeMap<PackId, BTreeSet<PackId>>,
    /// By ecosystem.
    components: HashMap<String, HashMap<Name, Known>>,
}

/// A component's kind and reference.
type Name = (&'static str, String);

#[derive(Debug, Default)]
struct Known {
    address: Option<Arc<str>>,
    users: BTreeSet<User>,
}

/// A component that uses another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct User {
    pub(super) pack: PackId,
    pub(super) kind: &'static str,
    pub(super) reference: String,
    pub(super) relation: Relation,
    pub(super) address: Arc<str>,
}

/// What the pages of a pack show of other packs.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct Around {
    /// The packs that need it, sorted.
    pub(super) dependents: Vec<PackId>,
    /// Those of the packs that it names which are there.
    pub(super) present: BTreeSet<PackId>,
    /// The pages of the components that it refers to.
    pages: BTreeMap<Name, Arc<str>>,
    /// Who uses the components of its default release.
    users: BTreeMap<Name, Vec<User>>,
}

impl Offer {
    /// Returns what a pack offers.
    pub fn of(pack: &CatalogPack) -> Self {
        let release = pack.latest();
        let here = links::release_address(&pack.id, release.version());
        let components = release.pack.components.iter().zip(links::component_path(&release.pack));
        let offered = |(component, page): (&Arc<Component>, String)| Offered {
            kind: component.kind.key,
            reference: component.reference.clone(),
            address: format!("{here}/{page}").into(),
            uses: component.links.iter().map(|link| (link.relation, link.kind, link.target.clone())).collect(),
        };
        let needs = release.record.dependencies.iter().filter_map(|needed| named(pack, &needed.name)).collect();
        Self { id: pack.id.clone(), components: components.map(offered).collect(), needs }
    }
}

impl Crosslinks {
    /// Joins the offers of all packs, in the order of their names.
    pub fn of<'a>(offers: impl IntoIterator<Item = &'a Offer>) -> Self {
        let mut links = Self::default();
        for offer in offers {
            links.packs.insert(offer.id.clone());
            for needed in &offer.needs {
                links.dependents.entry(needed.clone()).or_default().insert(offer.id.clone());
            }
            let components = links.components.entry(offer.id.ecosystem.to_string()).or_default();
            for offered in &offer.components {
                let known = components.entry((offered.kind, offered.reference.clone())).or_default();
                // Where two packs use one reference, the first has it.
                known.address.get_or_insert_with(|| Arc::clone(&offered.address));
                for (relation, kind, target) in &offered.uses {
                    let user = User {
                        pack: offer.id.clone(),
                        kind: offered.kind,
                        reference: offered.reference.clone(),
                        relation: *relation,
                        address: Arc::clone(&offered.address),
                    };
                    components.entry((*kind, target.clone())).or_default().users.insert(user);
                }
            }
        }
        links
    }

    /// Returns what the pages of a pack show of others.
    pub fn around(&self, pack: &CatalogPack) -> Around {
        let nothing = HashMap::new();
        let components = self.components.get(pack.id.ecosystem.as_str()).unwrap_or(&nothing);
        let mut around = Around {
            dependents: self.dependents.get(&pack.id).into_iter().flatten().cloned().collect(),
            ..Around::default()
        };
        for id in pack.releases.iter().flat_map(|release| packs_named(pack, release)) {
            if self.packs.contains(&id) {
                around.present.insert(id);
            }
        }
        for component in pack.releases.iter().flat_map(|release| &release.pack.components) {
            let linked = component.links.iter().map(|link| (link.kind, &link.target));
            let run = component.steps.iter().filter_map(|step| Some((component.kind.key, step.action.as_ref()?)));
            for (kind, reference) in linked.chain(run) {
                let name = (kind, reference.clone());
                if let Some(address) = components.get(&name).and_then(|known| known.address.as_ref()) {
                    around.pages.insert(name, Arc::clone(address));
                }
            }
        }
        for component in &pack.latest().pack.components {
            let name = (component.kind.key, component.reference.clone());
            if let Some(known) = components.get(&name).filter(|known| !known.users.is_empty()) {
                around.users.insert(name, known.users.iter().cloned().collect());
            }
        }
        around
    }
}

impl Around {
    /// Returns the digest of all of it.
    pub(super) fn key(&self) -> Digest {
        Fingerprint::of(self)
    }

    /// Returns the address of the page of a component that the pack refers to.
    pub(super) fn page(&self, kind: &'static str, reference: &str) -> Option<&str> {
        self.pages.get(&(kind, reference.to_owned())).map(|address| &**address)
    }

    /// Returns who uses a component of the pack's default release.
    pub(super) fn users(&self, component: &Component) -> &[User] {
        self.users.get(&(component.kind.key, component.reference.clone())).map_or(&[], Vec::as_slice)
    }
}

/// Returns the packs that pages of a release name: what it needs, and what to use instead of it.
fn packs_named<'a>(pack: &'a CatalogPack, release: &'a CatalogRelease) -> impl Iterator<Item = PackId> + 'a {
    let needed = release.pack.dependencies.iter().filter_map(|needed| named(pack, &needed.name));
    let successors =
        [&pack.status, &release.status].into_iter().filter_map(|status| status.deprecated.as_ref()?.1.as_ref());
    needed.chain(successors.filter_map(|successor| successor.parse().ok()))
}

/// Returns the pack of the same ecosystem that a dependency names.
fn named(pack: &CatalogPack, name: &str) -> Option<PackId> {
    Some(PackId { ecosystem: pack.id.ecosystem.clone(), name: PackName::new(name).ok()? })
}
