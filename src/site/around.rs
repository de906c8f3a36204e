//! What pages of a pack show of other packs: the one way in which a change of one pack reaches the pages of another.
//!
//! 1. Every pack has [`Ties`]: what its default release offers to others, and what its pages ask of others.
//! 2. [`Crosslinks`] joins the ties of all packs; when one changes, it tells which packs may show something else now.
//! 3. [`Crosslinks::around`] answers what the pages of one pack ask. Equal [`Around`]: they need not be made again.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::links;
use super::sorted::Sorted;
use crate::catalog::{CatalogPack, CatalogRelease};
use crate::ident::{Digest, EcosystemId, Fingerprint, PackId, PackName};
use crate::pack::{Component, Dependency, Pack, Provision, Relation};

/// What ties a pack to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ties {
    id: PackId,
    /// The components of its default release, also by other names; of two with one name the first.
    offers: BTreeMap<Name, Offer>,
    /// The components that those use, and how.
    uses: Sorted<(Name, User)>,
    /// The packs that its default release needs.
    needs: Sorted<PackId>,
    /// What its default release provides besides components.
    provides: Sorted<Provided>,
    /// What its default release needs that packs provide.
    seeks: Sorted<Provided>,
    /// What any of its releases needs that packs provide.
    names_provided: Sorted<Provided>,
    /// The components that any of its releases refers to.
    asks: Sorted<Name>,
    /// The packs that any of its releases names.
    names: Sorted<PackId>,
}

/// A component's kind and reference.
type Name = (&'static str, String);

/// Kind and name of something that packs provide, such as an API.
type Provided = (String, String);

/// A component that uses another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct User {
    pub(super) pack: PackId,
    pub(super) kind: &'static str,
    pub(super) reference: String,
    pub(super) relation: Relation,
    pub(super) page: Arc<Page>,
    /// Which versions of it the user's pack says that it needs, such as those of an API.
    pub(super) needs: Option<Arc<str>>,
    /// What it uses instead as soon as anything in the catalogue has that.
    unless: Option<Box<Name>>,
}

/// What a pack has of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    page: Arc<Page>,
    /// The name that the component has, where this is only another name of its pack.
    alias_of: Option<Box<Name>>,
}

/// What a pack has of a name, found by the pack.
#[derive(Debug)]
struct Offered {
    pack: PackId,
    offer: Offer,
}

/// The page of a component.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Page {
    pub(super) address: String,
    /// The pack and the version that it is of, for people.
    pub(super) of: Arc<str>,
}

/// The components of all default releases, and who uses whom.
#[derive(Debug, Default)]
pub struct Crosslinks {
    packs: HashMap<PackId, Named>,
    components: HashMap<EcosystemId, HashMap<Name, Known>>,
    provided: HashMap<EcosystemId, HashMap<Provided, Sides>>,
}

/// Who provides something, who needs it, and who names it.
#[derive(Debug, Default)]
struct Sides {
    providers: Sorted<PackId>,
    seekers: Sorted<PackId>,
    namers: Sorted<PackId>,
}

/// What is known of a pack, which need not be there.
#[derive(Debug, Default)]
struct Named {
    is_there: bool,
    /// The packs that need it.
    dependents: Sorted<PackId>,
    /// The packs that name it.
    namers: Sorted<PackId>,
}

/// What is known of a component, which need not be there.
#[derive(Debug, Default)]
struct Known {
    /// Its page, by the pack that has it.
    pages: Sorted<Offered>,
    users: Sorted<User>,
    /// The packs that refer to it.
    askers: Sorted<PackId>,
}

/// What the pages of a pack show of other packs.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct Around {
    /// The packs that need it, sorted.
    pub(super) dependents: Vec<PackId>,
    /// Those of the packs that it names which are there.
    pub(super) present: BTreeSet<PackId>,
    /// The packs that provide what it needs.
    providers: BTreeMap<Provided, Sorted<PackId>>,
    /// The pages of the components that it refers to.
    pages: BTreeMap<Name, Arc<Page>>,
    /// Who uses the components of its default release.
    users: BTreeMap<Name, Vec<User>>,
}

impl Ties {
    /// Returns what ties a pack to others.
    pub fn of(pack: &CatalogPack) -> Self {
        let release = pack.latest();
        let here = links::release_address(&pack.id, release.version());
        let of: Arc<str> = format!("{} {}", pack.id.name, release.version()).into();
        let (mut offers, mut uses) = (BTreeMap::new(), Vec::new());
        let ranges: HashMap<&str, Arc<str>> = release.pack.dependencies.iter().filter_map(range).collect();
        for (component, page) in release.pack.components.iter().zip(links::component_path(&release.pack)) {
            let page = Arc::new(Page { address: format!("{here}/{page}"), of: Arc::clone(&of) });
            for link in &component.links {
                let user = User {
                    pack: pack.id.clone(),
                    kind: component.kind.key,
                    reference: component.reference.clone(),
                    relation: link.relation,
                    page: Arc::clone(&page),
                    needs: ranges.get(link.target.as_str()).cloned(),
                    unless: None,
                };
                let first = (link.kind, link.target.clone());
                if let Some((kind, reference)) = link.instead() {
                    let user = User { needs: None, unless: Some(Box::new(first.clone())), ..user.clone() };
                    uses.push(((kind, reference.to_owned()), user));
                }
                uses.push((first, user));
            }
            offers.entry((component.kind.key, component.reference.clone())).or_insert(Offer { page, alias_of: None });
        }
        add_aliases(&release.pack, &mut offers);
        let components = pack.releases.iter().flat_map(|release| &release.pack.components);
        let all_needs = pack.releases.iter().flat_map(|release| &release.pack.dependencies);
        let provided = |one: &Provision| (one.kind.to_owned(), one.name.clone());
        Self {
            id: pack.id.clone(),
            offers,
            uses: uses.into_iter().collect(),
            needs: release.record.dependencies.iter().filter_map(|needed| named(pack, needed)).collect(),
            provides: release.pack.provides.iter().map(provided).collect(),
            seeks: release.record.dependencies.iter().filter_map(sought).collect(),
            names_provided: all_needs.filter_map(sought).collect(),
            asks: components.flat_map(|component| asked(component)).collect(),
            names: pack.releases.iter().flat_map(|release| packs_named(pack, release)).collect(),
        }
    }
}

impl Crosslinks {
    /// Puts the ties of a pack in place of those it had, either of which may be none, and adds to `touched` the packs whose
    /// pages may show something else now.
    pub fn replace(&mut self, before: Option<&Ties>, after: Option<&Ties>, touched: &mut BTreeSet<PackId>) {
        if before == after {
            return;
        }
        touched.extend(before.or(after).map(|ties| ties.id.clone()));
        if before.is_some() != after.is_some() {
            let named = self.named(before.or(after));
            named.is_there = after.is_some();
            touched.extend(named.namers.iter().cloned());
        }
        if let Some(ties) = before {
            self.remove(ties, after, touched);
        }
        if let Some(ties) = after {
            self.add(ties, before, touched);
        }
    }

    fn named(&mut self, ties: Option<&Ties>) -> &mut Named {
        let id = ties.map(|ties| ties.id.clone()).expect("one of the two is there");
        self.packs.entry(id).or_default()
    }

    fn remove(&mut self, ties: &Ties, after: Option<&Ties>, touched: &mut BTreeSet<PackId>) {
        for id in ties.needs.iter().filter(|id| !after.is_some_and(|after| after.needs.contains(*id))) {
            self.packs.entry(id.clone()).or_default().dependents.remove(&ties.id);
            touched.insert(id.clone());
        }
        for id in &ties.names {
            self.packs.entry(id.clone()).or_default().namers.remove(&ties.id);
        }
        let provided = self.provided.entry(ties.id.ecosystem.clone()).or_default();
        for what in ties.provides.iter().filter(|what| !after.is_some_and(|after| after.provides.contains(*what))) {
            let sides = provided.entry(what.clone()).or_default();
            sides.providers.remove(&ties.id);
            touched.extend(sides.namers.iter().cloned());
        }
        for what in ties.seeks.iter().filter(|what| !after.is_some_and(|after| after.seeks.contains(*what))) {
            let sides = provided.entry(what.clone()).or_default();
            sides.seekers.remove(&ties.id);
            touched.extend(sides.providers.iter().cloned());
        }
        for what in &ties.names_provided {
            provided.entry(what.clone()).or_default().namers.remove(&ties.id);
        }
        let components = self.components.entry(ties.id.ecosystem.clone()).or_default();
        for (name, offer) in &ties.offers {
            if after.and_then(|after| after.offers.get(name)) != Some(offer) {
                let known = components.entry(name.clone()).or_default();
                known.pages.remove(&ties.id);
                touched.extend(known.askers.iter().chain(known.by_alias()).cloned());
            }
        }
        for used in ties.uses.iter().filter(|used| !after.is_some_and(|after| after.uses.contains(*used))) {
            let known = components.entry(used.0.clone()).or_default();
            known.users.remove(&used.1);
            touched.extend(known.pages.iter().map(|offered| offered.pack.clone()));
        }
        for name in ties.asks.iter().filter(|name| !after.is_some_and(|after| after.asks.contains(*name))) {
            components.entry(name.clone()).or_default().askers.remove(&ties.id);
        }
    }

    fn add(&mut self, ties: &Ties, before: Option<&Ties>, touched: &mut BTreeSet<PackId>) {
        for id in ties.needs.iter().filter(|id| !before.is_some_and(|before| before.needs.contains(*id))) {
            self.packs.entry(id.clone()).or_default().dependents.insert(ties.id.clone());
            touched.insert(id.clone());
        }
        for id in &ties.names {
            self.packs.entry(id.clone()).or_default().namers.insert(ties.id.clone());
        }
        let provided = self.provided.entry(ties.id.ecosystem.clone()).or_default();
        for what in ties.provides.iter().filter(|what| !before.is_some_and(|before| before.provides.contains(*what))) {
            let sides = provided.entry(what.clone()).or_default();
            sides.providers.insert(ties.id.clone());
            touched.extend(sides.namers.iter().cloned());
        }
        for what in ties.seeks.iter().filter(|what| !before.is_some_and(|before| before.seeks.contains(*what))) {
            let sides = provided.entry(what.clone()).or_default();
            sides.seekers.insert(ties.id.clone());
            touched.extend(sides.providers.iter().cloned());
        }
        for what in &ties.names_provided {
            provided.entry(what.clone()).or_default().namers.insert(ties.id.clone());
        }
        let components = self.components.entry(ties.id.ecosystem.clone()).or_default();
        for (name, offer) in &ties.offers {
            if before.and_then(|before| before.offers.get(name)) != Some(offer) {
                let known = components.entry(name.clone()).or_default();
                known.pages.insert(Offered { pack: ties.id.clone(), offer: offer.clone() });
                touched.extend(known.askers.iter().chain(known.by_alias()).cloned());
            }
        }
        for used in ties.uses.iter().filter(|used| !before.is_some_and(|before| before.uses.contains(*used))) {
            let known = components.entry(used.0.clone()).or_default();
            known.users.insert(used.1.clone());
            touched.extend(known.pages.iter().map(|offered| offered.pack.clone()));
        }
        for name in ties.asks.iter().filter(|name| !before.is_some_and(|before| before.asks.contains(*name))) {
            components.entry(name.clone()).or_default().askers.insert(ties.id.clone());
        }
    }

    /// Returns what the pages of a pack show of others.
    pub fn around(&self, ties: &Ties) -> Around {
        let known = |name: &Name| self.components.get(&ties.id.ecosystem)?.get(name);
        let page = |name: &Name| Some((name.clone(), Arc::clone(&known(name)?.first()?.offer.page)));
        let users = |name: &Name| {
            let has_page = |name: &Name| known(name).is_some_and(|known| !known.pages.is_empty());
            let is_one = |user: &&User| !user.unless.as_deref().is_some_and(has_page);
            let users = known(name).into_iter().flat_map(|known| &known.users).filter(is_one);
            users.map(|user| User { unless: None, ..user.clone() }).collect::<Vec<_>>()
        };
        // Several references of one component may come to the same.
        let mut all_users: BTreeMap<Name, BTreeSet<User>> = BTreeMap::new();
        for (name, offer) in &ties.offers {
            let is_meant = || known(name).and_then(Known::first).is_some_and(|offered| offered.pack == ties.id);
            if offer.alias_of.is_none() || is_meant() {
                let own = offer.alias_of.as_deref().unwrap_or(name);
                all_users.entry(own.clone()).or_default().extend(users(name));
            }
        }
        all_users.retain(|_, users| !users.is_empty());
        let is_there = |id: &&PackId| self.packs.get(*id).is_some_and(|named| named.is_there);
        let sides = |what: &Provided| self.provided.get(&ties.id.ecosystem)?.get(what);
        let needed = self.packs.get(&ties.id).into_iter().flat_map(|named| &named.dependents);
        let sought = ties.provides.iter().filter_map(sides).flat_map(|sides| &sides.seekers);
        let dependents: BTreeSet<&PackId> = needed.chain(sought).filter(|id| **id != ties.id).collect();
        let providers = |what: &Provided| {
            let providers = sides(what)?.providers.clone();
            (!providers.is_empty()).then(|| (what.clone(), providers))
        };
        Around {
            dependents: dependents.into_iter().cloned().collect(),
            providers: ties.names_provided.iter().filter_map(providers).collect(),
            present: ties.names.iter().filter(is_there).cloned().collect(),
            pages: ties.asks.iter().filter_map(page).collect(),
            users: all_users.into_iter().map(|(name, users)| (name, users.into_iter().collect())).collect(),
        }
    }
}

impl Known {
    /// Returns the pack that has it: the first that calls it so, else the first with an alias.
    fn first(&self) -> Option<&Offered> {
        self.pages.iter().min_by_key(|offered| offered.offer.alias_of.is_some())
    }

    /// Returns the packs that have it by an alias: what they show depends on who else has it.
    fn by_alias(&self) -> impl Iterator<Item = &PackId> {
        self.pages.iter().filter(|offered| offered.offer.alias_of.is_some()).map(|offered| &offered.pack)
    }
}

impl std::borrow::Borrow<PackId> for Offered {
    fn borrow(&self) -> &PackId {
        &self.pack
    }
}

impl PartialEq for Offered {
    fn eq(&self, other: &Self) -> bool {
        self.pack == other.pack
    }
}

impl Eq for Offered {}

impl PartialOrd for Offered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Offered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.pack.cmp(&other.pack)
    }
}

impl Around {
    /// Returns the digest of all of it.
    pub(super) fn key(&self) -> Digest {
        Fingerprint::of(self)
    }

    /// Returns the packs that provide what a dependency names.
    pub(super) fn providers(&self, kind: &str, name: &str) -> impl Iterator<Item = &PackId> {
        self.providers.get(&(kind.to_owned(), name.to_owned())).into_iter().flatten()
    }

    /// Returns the page of a component that the pack refers to.
    pub(super) fn page(&self, kind: &'static str, reference: &str) -> Option<&Page> {
        self.pages.get(&(kind, reference.to_owned())).map(|page| &**page)
    }

    /// Returns who uses a component of the pack's default release.
    pub(super) fn users(&self, component: &Component) -> &[User] {
        self.users.get(&(component.kind.key, component.reference.clone())).map_or(&[], Vec::as_slice)
    }
}

/// Adds the other names of a pack for a component that is called as its pack is: it is what the pack brings.
fn add_aliases(pack: &Pack, offers: &mut BTreeMap<Name, Offer>) {
    let name = pack.id.name.as_str();
    for component in pack.components.iter().filter(|component| component.reference == name) {
        let own = (component.kind.key, component.reference.clone());
        let Some(Offer { page, .. }) = offers.get(&own).cloned() else { continue };
        for alias in &pack.aliases {
            let offer = Offer { page: Arc::clone(&page), alias_of: Some(Box::new(own.clone())) };
            offers.entry((component.kind.key, alias.clone())).or_insert(offer);
        }
    }
}

/// Returns the components that the page of one refers to.
fn asked(component: &Component) -> impl Iterator<Item = Name> + '_ {
    let linked = component.links.iter().flat_map(|link| {
        let instead = link.instead().map(|(kind, reference)| (kind, reference.to_owned()));
        std::iter::once((link.kind, link.target.clone())).chain(instead)
    });
    let run = component.steps.iter().filter_map(|step| Some((component.kind.key, step.action.clone()?)));
    linked.chain(run)
}

/// Returns the packs that pages of a release name: what it needs, and what to use instead of it.
fn packs_named<'a>(pack: &'a CatalogPack, release: &'a CatalogRelease) -> impl Iterator<Item = PackId> + 'a {
    let needed = release.pack.dependencies.iter().filter_map(|needed| named(pack, needed));
    let successors =
        [&pack.status, &release.status].into_iter().filter_map(|status| status.deprecated.as_ref()?.1.as_ref());
    let renamed = pack.status.renamed.iter().map(|(to, _)| to.clone());
    needed.chain(successors.filter_map(|successor| successor.parse().ok())).chain(renamed)
}

/// Returns the pack of the same ecosystem that a dependency names.
fn named(pack: &CatalogPack, dependency: &Dependency) -> Option<PackId> {
    let name = PackName::new(&dependency.name).ok().filter(|_| dependency.kind.is_none())?;
    Some(PackId { ecosystem: pack.id.ecosystem.clone(), name })
}

/// Returns what a dependency that is no pack may find provided by one.
fn sought(dependency: &Dependency) -> Option<Provided> {
    Some((dependency.kind.clone()?, dependency.name.clone()))
}

/// Returns which versions of what is provided by a pack a dependency asks for, by its name; nothing where that is too long to
/// be repeated for each of its users.
fn range(dependency: &Dependency) -> Option<(&str, Arc<str>)> {
    const LONGEST: usize = 200;
    let range = dependency.range.as_deref().filter(|range| dependency.kind.is_some() && range.len() <= LONGEST)?;
    Some((&dependency.name, range.into()))
}
