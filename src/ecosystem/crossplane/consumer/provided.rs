//! Who provides what a claim is a claim of, and in which revisions that matters.

use std::collections::BTreeMap;
use std::fmt;

use super::super::ID;
use super::super::schema::{ClaimSchema, provision_name};
use super::API;
use super::claims::Claim;
use crate::ecosystem::{Names, Provider};
use crate::ident::Version;

/// A revision of a provider that claims are held against.
#[derive(Debug)]
pub(super) struct Against {
    /// The pack and its version.
    pub provider: Provider,
    /// What it says of the kind.
    pub schema: ClaimSchema,
    /// Why this revision counts.
    pub why: Why,
}

/// Why a revision of a provider counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It is the newest.
    Newest,
    /// The service says that it uses it.
    Pinned,
    /// It is what the source has now, beyond the newest release.
    Upcoming,
}

/// What is known of the provider of a kind.
#[derive(Debug)]
pub(super) enum Found {
    /// Its revisions that count, the newest release first.
    Schemas(Vec<Against>),
    /// No pack provides the kind.
    Nobody,
    /// Several do, with other schemas: their names.
    Several(Vec<String>),
    /// What the provider says cannot be read.
    Unreadable,
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Provider { pack, version, .. } = &self.provider;
        match self.why {
            _ if *version == Version::draft() => write!(f, "`{pack}` as it is now"),
            Why::Pinned => write!(f, "`{pack}` {version}, which `platform.branch` names"),
            Why::Newest | Why::Upcoming => write!(f, "`{pack}` {version}"),
        }
    }
}

/// The providers of claims, each looked for once.
pub(super) struct Providers<'a> {
    names: &'a Names,
    /// The revision of the platform that the service says it uses.
    pinned: Option<&'a str>,
    found: BTreeMap<(String, String, String), Found>,
}

impl<'a> Providers<'a> {
    pub(super) fn new(names: &'a Names, pinned: Option<&'a str>) -> Self {
        Self { names, pinned, found: BTreeMap::new() }
    }

    /// Returns what is known of the provider of a claim's kind, in the version of the claim.
    pub(super) fn of(&mut self, claim: &Claim) -> &Found {
        let object = &claim.object;
        let key = (object.group.clone(), object.kind.clone(), object.version.clone());
        let (names, pinned) = (self.names, self.pinned);
        self.found
            .entry(key)
            .or_insert_with_key(|(group, kind, version)| find(&provision_name(group, kind), version, names, pinned))
    }
}

/// Finds who provides a version of a kind. Packs that say the same of it count as one.
fn find(api: &str, version: &str, names: &Names, pinned: Option<&str>) -> Found {
    let providers = names.providers(ID, API, api);
    if providers.is_empty() {
        return Found::Nobody;
    }
    let mut readable: Vec<Against> =
        providers.into_iter().filter_map(|provider| Against::read(provider, Why::Newest)).collect();
    // Packs that serve the version come before those that do not.
    let serves = |one: &Against| one.schema.versions.get(version).is_some_and(|version| version.served);
    if readable.iter().any(serves) {
        readable.retain(serves);
    }
    let Some(newest) = readable.first() else { return Found::Unreadable };
    let is_same = |other: &Against| other.schema.versions.get(version) == newest.schema.versions.get(version);
    if !readable.iter().all(is_same) {
        return Found::Several(readable.iter().map(|one| format!("`{}`", one.provider.pack)).collect());
    }
    let newest = readable.swap_remove(0);
    let at = |revision: &str, why| {
        let found = names.providers_at(ID, API, api, revision);
        let own = found.into_iter().find(|other| other.pack == newest.provider.pack)?;
        (own.version != newest.provider.version).then(|| Against::read(own, why)).flatten()
    };
    let pinned = pinned.and_then(|revision| at(revision, Why::Pinned));
    let upcoming = at(Version::draft().as_str(), Why::Upcoming).filter(|next| next.schema != newest.schema);
    Found::Schemas([Some(newest), pinned, upcoming].into_iter().flatten().collect())
}

impl Against {
    fn read(provider: Provider, why: Why) -> Option<Self> {
        let schema = ClaimSchema::from_json(provider.value.as_deref()?)?;
        Some(Self { provider, schema, why })
    }
}
