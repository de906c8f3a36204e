//! What the catalog provides, for rules that look beyond one pack.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

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

/// What all packs together provide.
#[derive(Debug, Default, Clone)]
pub struct Provided(HashMap<String, HashMap<String, OnePack>>);

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
    pack: String,
    /// Kind and reference of a component; without them the question was whether some source has the pack.
    component: Option<(String, String)>,
    answer: Option<bool>,
}

impl Provided {
    /// Adds what a pack provides, and tells whether any answer is another now.
    pub fn add(&mut self, pack: &Pack) -> bool {
        let packs = entry(&mut self.0, pack.id.ecosystem.as_str());
        let one = entry(packs, pack.id.name.as_str());
        one.revisions += 1;
        let mut is_new = one.revisions == 1;
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
        let Some(packs) = self.0.get_mut(pack.id.ecosystem.as_str()) else { return false };
        let Some(one) = packs.get_mut(pack.id.name.as_str()) else { return false };
        one.revisions = one.revisions.saturating_sub(1);
        if one.revisions == 0 {
            packs.remove(pack.id.name.as_str());
            return true;
        }
        let mut is_gone = false;
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

    /// Tells whether a question has the same answer as before.
    pub fn still_answers(&self, asked: &Asked) -> bool {
        let Asked { ecosystem, pack, component, answer } = asked;
        let now = match component {
            None => Some(self.pack(ecosystem, pack).is_some()),
            Some((kind, reference)) => self.component(ecosystem, pack, kind, reference),
        };
        now == *answer
    }

    fn pack(&self, ecosystem: &str, name: &str) -> Option<&OnePack> {
        self.0.get(ecosystem)?.get(name)
    }

    fn component(&self, ecosystem: &str, pack: &str, kind: &str, reference: &str) -> Option<bool> {
        let pack = self.pack(ecosystem, pack)?;
        Some(pack.kinds.get(kind).is_some_and(|references| references.contains_key(reference)))
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

    /// Tells whether some source has the pack.
    pub fn has_pack(&self, ecosystem: &str, name: &str) -> bool {
        let answer = self.provided.pack(ecosystem, name).is_some();
        self.note(ecosystem, name, None, Some(answer));
        answer
    }

    /// Tells whether a pack has the component; `None` when no source has the pack.
    pub fn has_component(&self, ecosystem: &str, pack: &str, kind: &str, reference: &str) -> Option<bool> {
        let answer = self.provided.component(ecosystem, pack, kind, reference);
        self.note(ecosystem, pack, Some((kind, reference)), answer);
        answer
    }

    fn note(&self, ecosystem: &str, pack: &str, component: Option<(&str, &str)>, answer: Option<bool>) {
        if let Some(asked) = &self.asked {
            let component = component.map(|(kind, reference)| (kind.to_owned(), reference.to_owned()));
            let (ecosystem, pack) = (ecosystem.to_owned(), pack.to_owned());
            asked.borrow_mut().insert(Asked { ecosystem, pack, component, answer });
        }
    }
}

/// Returns the value of a name, a new one if need be; the name is copied only then.
fn entry<'a, T: Default>(map: &'a mut HashMap<String, T>, name: &str) -> &'a mut T {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), T::default());
    }
    map.get_mut(name).expect("it was just put there")
}
