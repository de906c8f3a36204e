//! The graph of capabilities: who provides what an adapter requires.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::ID;
use super::super::codes::consumer::{CAPABILITY_SHARED, CAPABILITY_UNMET};
use super::super::delivery::object::place;
use super::manifest::{Capability, Manifest};
use crate::diag::Sink;
use crate::ecosystem::Names;
use crate::ident::RelPath;
use crate::pack::PackTree;

/// What dependencies and provisions of this sort are called.
pub(super) const KIND: &str = "capability";

/// Most requirements of other adapters that are looked at for one.
const MOST: usize = 5000;

/// What an adapter tells others about a capability: the value of its `Provision`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Provided {
    /// In which version, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What the adapter itself requires.
    pub requires: Vec<String>,
}

impl Provided {
    /// Returns the text that others get.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts")
    }
}

/// An adapter that provides a capability.
struct Provider {
    pack: String,
    version: Option<String>,
    requires: Vec<String>,
}

/// Checks what an adapter requires and provides against all others.
pub(super) fn check(name: &str, manifest: &Manifest, tree: &PackTree<'_>, names: &Names, sink: &mut Sink) {
    let mut graph = Graph::new(names);
    for required in unique(&manifest.requires) {
        let providers = graph.providers(&required.name);
        if providers.is_empty() {
            let message = format!("no adapter of the catalog provides `{}`", required.name);
            let all = names.provided(ID, KIND);
            let help = if all.is_empty() {
                "add an adapter that provides it".to_owned()
            } else {
                format!("add an adapter that provides it; there are {}", all.join(", "))
            };
            sink.report(CAPABILITY_UNMET, at(tree, required), message).help(help);
        } else if let Some(message) = differs(required, providers) {
            sink.report(CAPABILITY_SHARED, at(tree, required), message)
                .help("write the same version on both sides: the engine ignores versions, people do not");
        }
    }
    for provided in unique(&manifest.provides) {
        let others: Vec<String> = graph
            .providers(&provided.name)
            .iter()
            .filter(|other| other.pack != name)
            .map(|other| format!("`{}`", other.pack))
            .collect();
        if !others.is_empty() {
            let message = format!("`{}` is provided by {} too", provided.name, others.join(", "));
            sink.report(CAPABILITY_SHARED, at(tree, provided), message).help(
                "give each a selection group of which one is chosen, or capabilities of their own: the last one wins",
            );
        }
    }
    let own: BTreeSet<&str> = manifest.provides.iter().map(|capability| capability.name.as_str()).collect();
    for required in unique(&manifest.requires).filter(|required| !own.contains(&*required.name)) {
        if let Some(way) = graph.way_back(name, &required.name) {
            let message = format!("`{name}` waits for itself: {}", way.join(" → "));
            sink.report(CAPABILITY_UNMET, at(tree, required), message)
                .help("take one of these requirements away: the engine cannot order the adapters");
            break;
        }
    }
}

/// Says that what is required is provided in other versions only.
fn differs(required: &Capability, providers: &[Provider]) -> Option<String> {
    let wanted = required.version.as_deref()?;
    let versions: BTreeSet<&str> =
        providers.iter().map(|provider| provider.version.as_deref()).collect::<Option<_>>()?;
    let has = versions.iter().copied().collect::<Vec<_>>().join(", ");
    (!versions.contains(wanted))
        .then(|| format!("`{}` is required as `{wanted}` and provided as `{has}`", required.name))
}

/// What is known of the adapters, asked for as far as it is needed.
struct Graph<'a> {
    names: &'a Names,
    providers: BTreeMap<String, Vec<Provider>>,
}

impl<'a> Graph<'a> {
    fn new(names: &'a Names) -> Self {
        Self { names, providers: BTreeMap::new() }
    }

    fn providers(&mut self, capability: &str) -> &[Provider] {
        if !self.providers.contains_key(capability) {
            let found = self.names.providers(ID, KIND, capability).into_iter().map(|provider| {
                let provided = provider.value.as_deref().and_then(|text| serde_json::from_str::<Provided>(text).ok());
                let (version, requires) =
                    provided.map(|provided| (provided.version, provided.requires)).unwrap_or_default();
                Provider { pack: provider.pack, version, requires }
            });
            self.providers.insert(capability.to_owned(), found.collect());
        }
        self.providers.get(capability).map_or(&[], Vec::as_slice)
    }

    /// Returns the way from a requirement of an adapter back to it, if there is no other way to meet the requirement.
    ///
    /// A capability that several adapters provide is on no cycle as long as one of them can go first.
    fn way_back(&mut self, name: &str, required: &str) -> Option<Vec<String>> {
        let reached = self.reached(required);
        // What can go first: adapters of which every requirement is met by one that can. Grows until nothing is added.
        let mut met: BTreeSet<&str> = BTreeSet::new();
        let mut first: BTreeSet<&str> = BTreeSet::new();
        loop {
            let before = first.len();
            for (capability, provider) in reached.iter().flat_map(|capability| {
                self.providers.get(capability).into_iter().flatten().map(move |provider| (capability, provider))
            }) {
                // What nobody provides is another finding.
                let is_met = |needed: &String| {
                    met.contains(needed.as_str()) || self.providers.get(needed).is_none_or(Vec::is_empty)
                };
                if provider.pack != name && provider.requires.iter().all(is_met) {
                    first.insert(&provider.pack);
                    met.insert(capability);
                }
            }
            if first.len() == before {
                break;
            }
        }
        if met.contains(required) {
            return None;
        }
        self.path(name, required, &met)
    }

    /// Returns every capability that is needed for one, itself included.
    fn reached(&mut self, required: &str) -> Vec<String> {
        let (mut reached, mut seen) = (vec![required.to_owned()], BTreeSet::from([required.to_owned()]));
        let (mut at, mut looked_at) = (0, 0);
        while at < reached.len() && looked_at < MOST {
            let capability = reached[at].clone();
            let needed: Vec<String> =
                self.providers(&capability).iter().flat_map(|provider| provider.requires.iter().cloned()).collect();
            looked_at += needed.len() + 1;
            reached.extend(needed.into_iter().filter(|needed| seen.insert(needed.clone())));
            at += 1;
        }
        reached
    }

    /// Returns a shortest way from a requirement to an adapter, through what cannot be met otherwise.
    fn path(&self, name: &str, required: &str, met: &BTreeSet<&str>) -> Option<Vec<String>> {
        let mut came_from: BTreeMap<&str, Option<&str>> = BTreeMap::from([(required, None)]);
        let mut queue = std::collections::VecDeque::from([required]);
        while let Some(capability) = queue.pop_front() {
            for provider in self.providers.get(capability).into_iter().flatten() {
                if provider.pack == name {
                    let mut way = vec![name.to_owned()];
                    let mut at = Some(capability);
                    while let Some(step) = at {
                        way.push(step.to_owned());
                        at = came_from.get(step).copied().flatten();
                    }
                    way.push(name.to_owned());
                    way.reverse();
                    return Some(way);
                }
                for needed in provider.requires.iter().filter(|needed| !met.contains(needed.as_str())) {
                    if let Some((needed, _)) = self.providers.get_key_value(needed) {
                        came_from.entry(needed).or_insert_with(|| {
                            queue.push_back(needed);
                            Some(capability)
                        });
                    }
                }
            }
        }
        None
    }
}

fn unique(list: &[Capability]) -> impl Iterator<Item = &Capability> {
    let mut seen = BTreeSet::new();
    list.iter().filter(move |capability| seen.insert(capability.name.as_str()))
}

fn at(tree: &PackTree<'_>, capability: &Capability) -> crate::diag::Place {
    place(tree, &RelPath::composed("adapter.yaml"), capability.span)
}
