//! `lock.json`: which adapters the engine has put a platform together from, in which versions.

use super::super::ID;
use super::super::codes::consumer::{LOCK_ADAPTER, LOCK_PHASE, LOCK_VERSION};
use super::super::documents::{self, Document};
use crate::diag::{Code, Sink, Span};
use crate::ecosystem::{Names, Provider};
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::{self, Dialect, Node};

/// What the file is called.
pub(in super::super) const FILE: &str = "lock.json";

/// The kind under which an adapter tells others that it is one: its name, with its phase as the value.
pub(super) const ADAPTER: &str = "adapter";

/// What the engine writes for an adapter that says no version.
const NO_VERSION: &str = "unknown";

/// Most adapters of a file that are looked at.
const MOST: usize = 500;

/// An adapter as the file has it.
#[derive(Debug)]
struct Locked {
    name: (String, Span),
    version: Option<(String, Span)>,
    phase: Option<(String, Span)>,
}

/// Tells whether a file of that name is the engine's: other programs have lock files too.
pub(in super::super) fn is_lock(bytes: &[u8]) -> bool {
    let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    holds(b"platform_hash")
        && holds(b"adapters")
        && yaml::read(bytes, Dialect::Yaml11, yaml::Limits::default()).is_ok_and(|yaml| has_adapters(&yaml.root))
}

fn has_adapters(root: &Node) -> bool {
    root.get("platform_hash").is_some() && root.get("adapters").is_some_and(Node::is_map)
}

/// Holds a lock file against the adapters of the catalog; says nothing of another program's.
pub(in super::super) fn check(tree: &PackTree<'_>, entry: &FileEntry, names: &Names, sink: &mut Sink) {
    let parsed = documents::each(tree, entry, "lock", &mut Sink::new(), |document, _| locked(document));
    let Some(found) = parsed.value.as_ref().and_then(|documents| documents.first()) else { return };
    for one in found {
        if let Some((code, span, message, help)) = fault(one, names) {
            let place = super::place(tree, &entry.path, span);
            sink.report(code, place, message).help(help);
        }
    }
}

fn locked(document: &Document<'_>) -> Vec<Locked> {
    let root = document.root();
    let adapters = root.get("adapters").filter(|_| has_adapters(root));
    let text = |node: &Node, key: &str| node.get(key).and_then(|node| Some((node.scalar_text()?, node.span)));
    let one = |(key, value): &(Node, Node)| Locked {
        name: (key.key_text(), key.span),
        version: text(value, "version"),
        phase: text(value, "phase"),
    };
    adapters.map(Node::entries).unwrap_or_default().iter().take(MOST).map(one).collect()
}

/// Returns the first thing that is wrong with an entry.
fn fault(locked: &Locked, names: &Names) -> Option<(Code, Span, String, String)> {
    let (name, span) = &locked.name;
    let known = names.providers(ID, ADAPTER, name);
    let Some(newest) = known.first() else {
        let message = format!("no adapter of the catalog is called `{name}`");
        let help = "add the repository that has it to the configuration, or lock the platform again";
        return Some((LOCK_ADAPTER, *span, message, help.to_owned()));
    };
    let is_unversioned = |version: &str| version == NO_VERSION && newest.version.as_str().starts_with("0.0.0-");
    let mut at = known.clone();
    if let Some((version, span)) = locked.version.as_ref().filter(|(version, _)| !is_unversioned(version)) {
        at = names.providers_at(ID, ADAPTER, name, version);
        if at.is_empty() {
            let message = format!("`{name}` {version} is not in the catalog");
            let help = format!("lock the platform again: the newest version is {}", newest.version);
            return Some((LOCK_VERSION, *span, message, help));
        }
    }
    let (phase, span) = locked.phase.as_ref()?;
    let says = |provider: &Provider| provider.value.as_deref().unwrap_or_default().to_owned();
    if at.iter().any(|provider| says(provider) == *phase) {
        return None;
    }
    let own = at.first().map(|provider| (says(provider), provider.version.clone()))?;
    let message = format!("`{name}` is locked in the phase `{phase}`, and {} is of `{}`", own.1, own.0);
    Some((LOCK_PHASE, *span, message, "lock the platform again: the engine would run it at another time".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::crossplane::testing::{check, texts};
    use crate::pack::Memo;

    #[test]
    fn lock_files_of_other_programs_are_left_alone() {
        for text in
            ["{\"dependencies\": {}}", "{\"platform_hash\": 1, \"adapters\": []}", "{\"platform_hash\": adapters", ""]
        {
            assert!(!is_lock(text.as_bytes()), "{text}");
        }
        assert!(is_lock(b"{\"platform_hash\": \"0f\", \"adapters\": {}}"));
    }

    /// The engine calls the version of an adapter that says none `unknown`.
    #[test]
    fn an_adapter_without_a_version_is_locked_as_unknown() {
        let adapter = texts(&[("adapter.yaml", "name: mesh\nphase: networking\nprovides: [network]\n")]);
        let mut names = Names::default();
        names.add(&check(&adapter, "mesh").pack.expect("an adapter"));
        let said = |version: &str, phase: &str| {
            let text = format!(
                "{{\"platform_hash\": \"0f\", \"adapters\": {{\"mesh\": {{\"version\": \"{version}\", \"phase\": \"{phase}\"}}}}}}"
            );
            let (files, memo) = (texts(&[(FILE, &text)]), Memo::new());
            let tree = PackTree::new(&files, &memo, "platform", yaml::Limits::default());
            let mut sink = Sink::new();
            super::check(&tree, tree.get(FILE).expect("the file"), &names, &mut sink);
            sink.finish().iter().map(|finding| finding.code.name()).collect::<Vec<_>>()
        };
        assert!(said("unknown", "networking").is_empty());
        assert_eq!(said("1.0.0", "networking"), ["crossplane-lock-version"]);
        assert_eq!(said("unknown", "runtime"), ["crossplane-lock-phase"]);
    }
}
