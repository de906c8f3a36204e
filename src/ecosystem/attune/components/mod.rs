//! Components: the files directly in `actions/`, `sensors/` and so on.
//!
//! 1. [`kinds`] is the table of kinds: directory, JSON Schema, what a `ref` looks like.
//! 2. [`declared`] reads one file, once per content: schema, references, [`Component`](crate::pack::Component).
//! 3. [`shape`] holds what a JSON Schema cannot say about a kind; [`facts`] makes rows and examples for its page.
//! 4. [`workflow`] reads the workflow that an action names.

mod declared;
mod facts;
pub(super) mod kinds;
mod shape;
pub(super) mod workflow;

use std::sync::Arc;

pub(super) use declared::{Declared, Reference, Spot, links};
pub(super) use kinds::KINDS;

use super::codes::{ATTUNE_COMPONENT_UNREADABLE, ATTUNE_LIMITS};
use crate::diag::{Place, Sink};
use crate::pack::PackTree;
use crate::source::FileEntry;
use crate::yaml::Dialect;

/// Largest metadata file that `attune pack check` reads, in bytes.
pub(super) const FILE_BYTES: u64 = 1 << 20;

/// Reads every component file, in the order of the kinds, then of the paths.
pub(super) fn read(tree: &PackTree<'_>, pack: &str, sink: &mut Sink) -> Vec<Arc<Declared>> {
    let mut all = Vec::new();
    for kind in KINDS {
        for entry in tree.directly_in(kind.directory).filter(|entry| is_yaml(entry)) {
            if entry.size > FILE_BYTES {
                report_size(entry, sink);
                continue;
            }
            let parsed = tree.parse_yaml(
                entry,
                Dialect::Yaml12,
                ("attune", kind.component.key, pack),
                sink,
                |sink, fault| {
                    let message = format!("this is not valid YAML: {}", fault.message);
                    sink.report(ATTUNE_COMPONENT_UNREADABLE, fault.place, message);
                },
                |file, sink| declared::parse(file, kind, pack, sink).map(Arc::new),
            );
            all.extend(parsed.value.iter().flatten().cloned());
        }
    }
    all
}

/// Reports a metadata file that the checker does not read.
pub(super) fn report_size(entry: &FileEntry, sink: &mut Sink) {
    let message = format!("the file has {} bytes; `attune pack check` reads at most {FILE_BYTES}", entry.size);
    sink.report(ATTUNE_LIMITS, Place::file(entry.path.as_str()), message);
}

/// Tells whether a file is named as YAML.
pub(super) fn is_yaml(entry: &FileEntry) -> bool {
    entry.path.as_str().ends_with(".yaml") || entry.path.as_str().ends_with(".yml")
}

/// Returns the path that `text` leads to from a directory of the pack; `None` when it leaves that directory.
pub(super) fn resolve(directory: &str, text: &str) -> Option<String> {
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        match segment {
            "." => {}
            "" => return None,
            ".." => {
                segments.pop()?;
            }
            _ => segments.push(segment),
        }
    }
    let path = segments.join("/");
    let path = if directory.is_empty() { path } else { format!("{directory}/{path}") };
    crate::ident::RelPath::fault(&path).is_none().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn a_path_does_not_leave_its_directory() {
        assert_eq!(resolve("actions", "./lib/../run.py").as_deref(), Some("actions/run.py"));
        for text in ["../run.py", "lib/../../run.py", "/bin/sh", "", "a\\b"] {
            assert_eq!(resolve("actions", text), None, "{text}");
        }
    }
}
