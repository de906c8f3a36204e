//! What the catalog provides, for rules that look beyond one pack.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::ident::{Fingerprint, Version};
use crate::pack::Pack;

/// What the catalog provides: per ecosystem and pack the component references.
///
/// Names are counted, since several revisions of a pack provide the same ones, and can be taken away again.
#[derive(Debug, Default, Clone)]
pub struct Names {
    provided: Arc<Provided>,
    /// What was asked, when somebody wants to know.
    asked: Option<RefCell<BTreeSet<Asked>>>,
}

/// What is recorded of packs that no source has, or has any more: they are in the registry all the same.
pub trait Records: std::fmt::Debug + Send + Sync {
    /// Tells whether the pack has a release.
    fn has_pack(&self, ecosystem: &str, name: &str) -> bool;
    /// Tells whether a release of the pack has the component.
    fn has_component(&self, ecosystem: &str, pack: &str, kind: &str, reference: &str) -> bool;
}

/// What all packs together provide.
#[derive(Debug, Default, Clone)]
pub struct Provided {
    /// What the registry index says of packs that are in no source.
    records: Option<Arc<dyn Records>>,
    /// By ecosystem and name.
    packs: HashMap<String, HashMap<String, OnePack>>,
    /// By ecosystem and kind, then by name: what packs provide besides their components.
    provisions: HashMap<String, HashMap<&'static str, Provisions>>,
}

/// What is provided of one kind: by name, then by pack.
type Provisions = BTreeMap<String, BTreeMap<String, Revisions>>;

/// What the revisions of one pack say of something that it provides, each with how many of them say so.
type Revisions = BTreeMap<(Version, Option<Arc<str>>), usize>;

/// A pack that provides what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Provider {
    /// Its name.
    pub pack: String,
    /// The newest version that provides it.
    pub version: Version,
    /// What that version says of it.
    pub value: Option<Arc<str>>,
}

/// What the revisions of one pack provide.
#[derive(Debug, Default, Clone)]
struct OnePack {
    revisions: usize,
    kinds: HashMap<&'static str, HashMap<String, usize>>,
}

/// A question to the catalog, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Asked {
    ecosystem: String,
    about: About,
    answer: Answer,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
enum About {
    /// Whether some source has the pack.
    Pack(String),
    /// Whether the pack has a component of the kind with the reference.
    Component(String, String, String),
    /// Which packs provide something of the kind and name.
    Providers(String, String),
    /// Which packs provide something of the kind and name at a revision.
    ProvidersAt(String, String, String),
    /// What is provided of the kind.
    Provided(String),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
enum Answer {
    /// Yes, no, or no such pack.
    Is(Option<bool>),
    /// The digest of a longer one.
    Digest(String),
}

impl Provided {
    /// Adds what a pack provides, and tells whether any answer is another now.
    pub fn add(&mut self, pack: &Pack) -> bool {
        let mut is_new = false;
        for provision in &pack.provides {
            let kinds = entry(&mut self.provisions, pack.id.ecosystem.as_str());
            let packs = kinds.entry(provision.kind).or_default().entry(provision.name.clone()).or_default();
            let revisions = packs.entry(pack.id.name.as_str().to_owned()).or_default();
            let count = revisions.entry((pack.version.clone(), provision.value.clone())).or_default();
            *count += 1;
            is_new |= *count == 1;
        }
        let packs = entry(&mut self.packs, pack.id.ecosystem.as_str());
        let one = entry(packs, pack.id.name.as_str());
        one.revisions += 1;
        is_new |= one.revisions == 1;
        for component in &pack.components {
            let references = one.kinds.entry(component.kind.key).or_default();
            let count = entry(references, &component.reference);
            *count += 1;
            is_new |= *count == 1;
        }
        is_new
    }

    /// Takes away what a pack provides, which was added before, and tells whether any answer is another now.
    pub fn remove(&mut self, pack: &Pack) -> bool {
        let mut is_gone = self.remove_provisions(pack);
        let Some(packs) = self.packs.get_mut(pack.id.ecosystem.as_str()) else { return is_gone };
        let Some(one) = packs.get_mut(pack.id.name.as_str()) else { return is_gone };
        one.revisions = one.revisions.saturating_sub(1);
        if one.revisions == 0 {
            packs.remove(pack.id.name.as_str());
            return true;
        }
        for component in &pack.components {
            let Some(references) = one.kinds.get_mut(component.kind.key) else { continue };
            let Some(count) = references.get_mut(&component.reference) else { continue };
            *count = count.saturating_sub(1);
            if *count == 0 {
                references.remove(&component.reference);
                is_gone = true;
            }
        }
        is_gone
    }

    fn remove_provisions(&mut self, pack: &Pack) -> bool {
        let mut is_gone = false;
        for provision in &pack.provides {
            let kinds = self.provisions.get_mut(pack.id.ecosystem.as_str());
            let Some(names) = kinds.and_then(|kinds| kinds.get_mut(provision.kind)) else { continue };
            let Some(packs) = names.get_mut(&provision.name) else { continue };
            let Some(revisions) = packs.get_mut(pack.id.name.as_str()) else { continue };
            let revision = (pack.version.clone(), provision.value.clone());
            let Some(count) = revisions.get_mut(&revision) else { continue };
            *count = count.saturating_sub(1);
            if *count > 0 {
                continue;
            }
            is_gone = true;
            revisions.remove(&revision);
            if revisions.is_empty() {
                packs.remove(pack.id.name.as_str());
            }
            if packs.is_empty() {
                names.remove(&provision.name);
            }
        }
        is_gone
    }

    /// Goes by other records from now on; tells whether they are not the same.
    pub fn go_by(&mut self, records: Option<&Arc<dyn Records>>) -> bool {
        let is_same = match (&self.records, records) {
            (None, None) => true,
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            _ => false,
        };
        self.records = records.cloned();
        !is_same
    }

    /// Tells whether a question has the same answer as before.
    pub fn still_answers(&self, asked: &Asked) -> bool {
        let ecosystem = asked.ecosystem.as_str();
        let now = match &asked.about {
            About::Pack(pack) => Answer::Is(Some(self.has_pack(ecosystem, pack))),
            About::Component(pack, kind, reference) => Answer::Is(self.component(ecosystem, pack, kind, reference)),
            About::Providers(kind, name) => Answer::digest(&self.providers(ecosystem, kind, name)),
            About::ProvidersAt(kind, name, revision) => {
                Answer::digest(&self.providers_at(ecosystem, kind, name, revision))
            }
            About::Provided(kind) => Answer::digest(&self.names(ecosystem, kind)),
        };
        now == asked.answer
    }

    fn has_pack(&self, ecosystem: &str, name: &str) -> bool {
        let is_recorded = || self.records.as_ref().is_some_and(|records| records.has_pack(ecosystem, name));
        self.pack(ecosystem, name).is_some() || is_recorded()
    }

    fn pack(&self, ecosystem: &str, name: &str) -> Option<&OnePack> {
        self.packs.get(ecosystem)?.get(name)
    }

    /// Returns what is provided of a kind, by name.
    fn provisions(&self, ecosystem: &str, kind: &str) -> Option<&Provisions> {
        self.provisions.get(ecosystem)?.get(kind)
    }

    fn names(&self, ecosystem: &str, kind: &str) -> Vec<String> {
        self.provisions(ecosystem, kind).into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }

    fn providers(&self, ecosystem: &str, kind: &str, name: &str) -> Vec<Provider> {
        let provider = |(pack, revisions): (&String, &Revisions)| {
            let mut newest = revisions.keys().rev();
            let (version, value) = newest.next()?;
            // Before anything is tagged, the present state is above all releases; mostly it is the newest of them.
            let released = newest.next().filter(|(_, released)| *version == Version::draft() && released == value);
            let version = released.map_or(version, |(version, _)| version);
            Some(Provider { pack: pack.clone(), version: version.clone(), value: value.clone() })
        };
        let found = self.provisions(ecosystem, kind).and_then(|names| names.get(name));
        found.into_iter().flatten().filter_map(provider).collect()
    }

    fn providers_at(&self, ecosystem: &str, kind: &str, name: &str, revision: &str) -> Vec<Provider> {
        let found = self.provisions(ecosystem, kind).and_then(|names| names.get(name));
        let of_pack = |(pack, revisions): (&String, &Revisions)| {
            let own = revisions.keys().rev().filter(|(version, _)| is_at(revision, pack, version));
            let provider = |(version, value): &(Version, Option<Arc<str>>)| Provider {
                pack: pack.clone(),
                version: version.clone(),
                value: value.clone(),
            };
            own.map(provider).collect::<Vec<_>>()
        };
        found.into_iter().flatten().flat_map(of_pack).collect()
    }

    fn component(&self, ecosystem: &str, pack: &str, kind: &str, reference: &str) -> Option<bool> {
        if let Some(pack) = self.pack(ecosystem, pack) {
            return Some(pack.kinds.get(kind).is_some_and(|references| references.contains_key(reference)));
        }
        let records = self.records.as_ref().filter(|records| records.has_pack(ecosystem, pack))?;
        Some(records.has_component(ecosystem, pack, kind, reference))
    }
}

impl Names {
    /// Returns the names that are provided, noting what is asked of them.
    pub fn recording(provided: Arc<Provided>) -> Self {
        Self { provided, asked: Some(RefCell::default()) }
    }

    /// Returns what was asked, each question once.
    pub fn into_asked(self) -> Vec<Asked> {
        self.asked.map(|asked| asked.into_inner().into_iter().collect()).unwrap_or_default()
    }

    /// Adds what a pack provides.
    pub fn add(&mut self, pack: &Pack) {
        Arc::make_mut(&mut self.provided).add(pack);
    }

    /// Tells whether some source has the pack, or the registry has it.
    pub fn has_pack(&self, ecosystem: &str, name: &str) -> bool {
        let answer = self.provided.has_pack(ecosystem, name);
        self.note(ecosystem, || About::Pack(name.to_owned()), Answer::Is(Some(answer)));
        answer
    }

    /// Tells whether a pack has the component; `None` when neither a source nor the registry has the pack.
    pub fn has_component(&self, ecosystem: &str, pack: &str, kind: &str, reference: &str) -> Option<bool> {
        let answer = self.provided.component(ecosystem, pack, kind, reference);
        let about = || About::Component(pack.to_owned(), kind.to_owned(), reference.to_owned());
        self.note(ecosystem, about, Answer::Is(answer));
        answer
    }

    /// Returns the packs that provide something of a kind and name, each by its newest version, sorted by name.
    pub fn providers(&self, ecosystem: &str, kind: &str, name: &str) -> Vec<Provider> {
        let answer = self.provided.providers(ecosystem, kind, name);
        self.note(ecosystem, || About::Providers(kind.to_owned(), name.to_owned()), Answer::digest(&answer));
        answer
    }

    /// Returns the packs that provide something of a kind and name at a revision, sorted by name; one may say several
    /// things at one version, when that is reused.
    ///
    /// A revision is a version, a tag as they are commonly called, or the full id of the commit that a version is made of.
    pub fn providers_at(&self, ecosystem: &str, kind: &str, name: &str, revision: &str) -> Vec<Provider> {
        let answer = self.provided.providers_at(ecosystem, kind, name, revision);
        let about = || About::ProvidersAt(kind.to_owned(), name.to_owned(), revision.to_owned());
        self.note(ecosystem, about, Answer::digest(&answer));
        answer
    }

    /// Returns the names of everything of a kind that any pack provides, sorted.
    pub fn provided(&self, ecosystem: &str, kind: &str) -> Vec<String> {
        let answer = self.provided.names(ecosystem, kind);
        self.note(ecosystem, || About::Provided(kind.to_owned()), Answer::digest(&answer));
        answer
    }

    fn note(&self, ecosystem: &str, about: impl FnOnce() -> About, answer: Answer) {
        if let Some(asked) = &self.asked {
            asked.borrow_mut().insert(Asked { ecosystem: ecosystem.to_owned(), about: about(), answer });
        }
    }
}

impl Answer {
    fn digest(answer: &impl std::hash::Hash) -> Self {
        Self::Digest(Fingerprint::of(answer).hex())
    }
}

/// Tells whether a revision is that of a pack's version: `1.2.0`, `v1.2.0`, `queue-worker-v1.2.0`, `queue-worker/v1.2.0`, or a
/// commit whose id starts as the version `0.0.0-<time>-<id>` ends.
fn is_at(revision: &str, pack: &str, version: &Version) -> bool {
    let tag = revision.strip_prefix("refs/tags/").unwrap_or(revision);
    let own = tag.strip_prefix(pack).and_then(|rest| rest.strip_prefix(['-', '/'])).unwrap_or(tag);
    let is_commit = revision.len() >= 40 && revision.bytes().all(|b| b.is_ascii_hexdigit());
    let is_made_of = |commit: &str| commit.len() == 12 && revision.starts_with(commit);
    own.strip_prefix('v').unwrap_or(own) == version.as_str()
        || is_commit && version.as_str().rsplit_once('-').is_some_and(|(_, commit)| is_made_of(commit))
}

/// Returns the value of a name, a new one if need be; the name is copied only then.
fn entry<'a, T: Default>(map: &'a mut HashMap<String, T>, name: &str) -> &'a mut T {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), T::default());
    }
    map.get_mut(name).expect("it was just put there")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::RelPath;
    use crate::pack::Provision;

    fn pack(name: &str, version: &str, value: &str) -> Pack {
        let provision = Provision { kind: "api", name: "acme/Queue".to_owned(), value: Some(value.into()) };
        let version = Version::parse(version).expect("a version");
        let id = format!("toys/{name}").parse().expect("an identity");
        Pack { provides: vec![provision], ..Pack::new(id, version, RelPath::composed("toy.txt")) }
    }

    #[test]
    fn each_provider_answers_by_its_newest_version() {
        let mut names = Names::default();
        for (name, version, value) in [("bear", "1.9.0", "old"), ("bear", "1.10.0", "new"), ("cat", "0.1.0", "cat")] {
            names.add(&pack(name, version, value));
        }
        let found = names.providers("toys", "api", "acme/Queue");
        let found: Vec<_> = found.iter().map(|one| (one.pack.as_str(), one.value.as_deref().unwrap_or(""))).collect();
        assert_eq!(found, [("bear", "new"), ("cat", "cat")]);
        assert_eq!(names.provided("toys", "api"), ["acme/Queue"]);
        assert!(names.providers("toys", "tool", "acme/Queue").is_empty());
        assert!(names.providers("dolls", "api", "acme/Queue").is_empty());
    }

    #[test]
    fn a_provider_is_known_at_its_revisions() {
        let mut names = Names::default();
        let untagged = "0.0.0-20260102030405-0123456789ab";
        for (name, version, value) in [
            ("bear", "1.0.0", "old"),
            ("bear", "1.1.0", "new"),
            ("bear", "0.0.0-draft", "draft"),
            ("cat", untagged, "cat"),
            ("cat", "0.0.0-draft", "cat"),
        ] {
            names.add(&pack(name, version, value));
        }
        let at = |revision: &str| {
            let found = names.providers_at("toys", "api", "acme/Queue", revision);
            found.iter().map(|one| one.value.as_deref().unwrap_or("").to_owned()).collect::<Vec<_>>().join(" ")
        };
        for (revision, value) in [
            ("1.0.0", "old"),
            ("v1.0.0", "old"),
            ("bear-v1.0.0", "old"),
            ("refs/tags/bear/v1.1.0", "new"),
            ("0.0.0-draft", "draft cat"),
            ("0123456789abcdef0123456789abcdef01234567", "cat"),
            ("0123456789ab", ""),
            ("cat-v1.0.0", ""),
            ("main", ""),
        ] {
            assert_eq!(at(revision), value, "{revision}");
        }
        let newest = names.providers("toys", "api", "acme/Queue");
        let newest: Vec<&str> = newest.iter().map(|one| one.version.as_str()).collect();
        assert_eq!(newest, ["1.1.0", untagged], "a draft that is the newest release is called by its version");
    }

    #[test]
    fn an_answer_holds_until_what_it_says_changes() {
        let mut provided = Provided::default();
        provided.add(&pack("bear", "1.0.0", "a"));
        let names = Names::recording(Arc::new(provided.clone()));
        names.providers("toys", "api", "acme/Queue");
        let asked = names.into_asked();
        let holds = |provided: &Provided| asked.iter().all(|asked| provided.still_answers(asked));
        assert!(asked.len() == 1 && holds(&provided));
        assert!(provided.add(&pack("bear", "0.9.0", "older")) && holds(&provided), "the newest is the same");
        assert!(!provided.add(&pack("bear", "1.0.0", "a")), "nothing is new");
        assert!(provided.add(&pack("cat", "1.0.0", "a")) && !holds(&provided));
        assert!(provided.remove(&pack("cat", "1.0.0", "a")) && holds(&provided));
        assert!(!provided.remove(&pack("bear", "1.0.0", "a")) && holds(&provided), "another revision says the same");
        assert!(provided.remove(&pack("bear", "1.0.0", "a")) && !holds(&provided));
    }
}
