//! The rules that look at more than one file, as a table.
//!
//! Rules about one file run when it is parsed (see `manifest` and `components`) and are not repeated for a file
//! that did not change. These here run for every revision of a pack, so they only compare what is already parsed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::checksum;
use super::codes::*;
use super::components::{self, Declared, workflow::Workflow};
use super::manifest::Manifest;
use super::release_path;
use super::wording;
use crate::diag::{Code, Place, Sink};
use crate::ecosystem::{NEAR_MISS, folders_are_folders};
use crate::pack::PackTree;
use crate::source::{PATH_UNSAFE, SYMLINK};

/// A pack whose files are parsed, before its parts are joined.
pub(super) struct RawPack<'a> {
    pub(super) tree: &'a PackTree<'a>,
    pub(super) manifest: &'a Manifest,
    /// The pack's `ref`.
    pub(super) name: &'a str,
    pub(super) declared: &'a [Arc<Declared>],
    /// The workflow of each action that has one: its file and what is in it, by index of `declared`.
    pub(super) workflows: &'a HashMap<usize, Arc<Workflow>>,
    /// The workflows of the root directory `workflows/`.
    pub(super) legacy: &'a [Arc<Workflow>],
}

/// A rule: reports what is wrong with a pack.
type Check = fn(&RawPack<'_>, &mut Sink);

/// Lists every rule that looks at more than one file, in the order of the documentation.
pub(super) static CHECKS: &[Check] = &[
    references_are_unique,
    entry_points_exist,
    local_references_exist,
    legacy_references_exist,
    numbers_are_within_the_checkers_limits,
    no_symlinks,
    names_are_utf8,
    sizes_are_within_the_installers_limits,
    path_orders_agree,
    checkout_is_what_is_stored,
    native_programs_need_no_exec_bit,
    paths_fit_a_release_archive,
    test_entry_points_exist,
    yaml_lies_where_it_is_read,
    directories_are_spelt_right,
];

/// Requires every `ref` to be unique within its kind.
fn references_are_unique(pack: &RawPack<'_>, sink: &mut Sink) {
    let mut seen = HashMap::with_capacity(pack.declared.len());
    for declared in pack.declared {
        let Some(reference) = &declared.reference else { continue };
        let kind = declared.kind.component;
        if let Some(first) = seen.insert((kind.key, reference.text.as_str()), reference) {
            let message = format!("a second {} has the ref `{}`", kind.singular.to_lowercase(), reference.text);
            sink.report(ATTUNE_COMPONENT_REF_DUPLICATE, reference.place.clone(), message)
                .related("the first is here", first.place.clone())
                .help("give one of them another name");
        }
    }
}

/// Requires entry points to be files of the pack, unless the runner brings the program.
fn entry_points_exist(pack: &RawPack<'_>, sink: &mut Sink) {
    for declared in pack.declared {
        let Some(entry_point) = &declared.entry_point else { continue };
        if entry_point.is_native || declared.workflow_file.is_some() {
            continue;
        }
        let (written, directory) = (&entry_point.written, declared.kind.directory);
        match &entry_point.path {
            Some(path) if pack.tree.get(path.as_str()).is_some() => {}
            Some(path) => {
                sink.report(
                    ATTUNE_ENTRY_POINT_MISSING,
                    written.place.clone(),
                    format!("the entry point `{}` does not exist", written.text),
                )
                .help(format!("add the file `{path}`"));
            }
            None => {
                let message = format!("the entry point `{}` is no path below `{directory}/`", written.text);
                sink.report(ATTUNE_ENTRY_POINT_MISSING, written.place.clone(), message)
                    .help(format!("put the file into `{directory}/`"));
            }
        }
    }
}

/// Requires references into this pack to lead to a component of it.
fn local_references_exist(pack: &RawPack<'_>, sink: &mut Sink) {
    let known = known(pack);
    let of_files = pack.declared.iter().flat_map(|declared| &declared.references);
    let of_workflows = (0..pack.declared.len()).filter_map(|at| pack.workflows.get(&at)).flat_map(|w| &w.references);
    for reference in of_files.chain(of_workflows) {
        check_local(pack, &known, reference, ATTUNE_LOCAL_REFERENCE_MISSING, sink);
    }
}

/// Requires the same of workflows in the root `workflows/`, which are never loaded as actions.
fn legacy_references_exist(pack: &RawPack<'_>, sink: &mut Sink) {
    let mut known = known(pack);
    known
        .extend(pack.legacy.iter().filter_map(|workflow| Some(("action", workflow.reference.as_ref()?.text.as_str()))));
    for reference in pack.legacy.iter().flat_map(|workflow| &workflow.references) {
        check_local(pack, &known, reference, ATTUNE_WORKFLOW_LEGACY_INVALID, sink);
    }
}

fn known<'a>(pack: &RawPack<'a>) -> HashSet<(&'static str, &'a str)> {
    let declared: &'a [Arc<Declared>] = pack.declared;
    declared
        .iter()
        .filter_map(|declared| Some((declared.kind.component.key, declared.reference.as_ref()?.text.as_str())))
        .collect()
}

fn check_local(
    pack: &RawPack<'_>,
    known: &HashSet<(&'static str, &str)>,
    reference: &components::Reference,
    code: Code,
    sink: &mut Sink,
) {
    let target = &reference.target;
    let is_local = target.text.strip_prefix(pack.name).is_some_and(|rest| rest.starts_with('.'));
    if is_local && !known.contains(&(reference.kind, target.text.as_str())) {
        let message = format!("this pack has no {} `{}`", reference.kind, target.text);
        // Sorted, so that two that are equally near always give the same advice.
        let mut names: Vec<&str> =
            known.iter().filter(|(kind, _)| *kind == reference.kind).map(|(_, name)| *name).collect();
        names.sort_unstable();
        sink.report(code, target.place.clone(), message).help(
            match wording::closest(&target.text, names.into_iter()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "correct the ref, or add the component".to_owned(),
            },
        );
    }
}

/// Holds the pack to the limits of `attune pack check`.
fn numbers_are_within_the_checkers_limits(pack: &RawPack<'_>, sink: &mut Sink) {
    const METADATA_FILES: usize = 2_000;
    const ENTRIES: usize = 10_000;
    let entries = pack.tree.snapshot.files().len();
    if pack.declared.len() > METADATA_FILES {
        let message = format!("the pack has {} metadata files; at most {METADATA_FILES} are read", pack.declared.len());
        sink.report(ATTUNE_LIMITS, Place::file("pack.yaml"), message);
    }
    if entries > ENTRIES {
        let message = format!("the pack has {entries} files; at most {ENTRIES} are read");
        sink.report(ATTUNE_LIMITS, Place::file("pack.yaml"), message);
    }
}

/// Refuses symbolic links.
fn no_symlinks(pack: &RawPack<'_>, sink: &mut Sink) {
    for finding in pack.tree.snapshot.findings().iter().filter(|finding| finding.code == SYMLINK) {
        sink.report(ATTUNE_SYMLINK, finding.place.clone(), "Attune refuses a pack with a symbolic link")
            .help("replace the link by the file");
    }
}

/// Refuses file names that are not UTF-8.
fn names_are_utf8(pack: &RawPack<'_>, sink: &mut Sink) {
    let is_it = |finding: &&crate::diag::Diagnostic| {
        finding.code == PATH_UNSAFE && (finding.message.contains("UTF-8") || finding.place.path.contains('\u{fffd}'))
    };
    for finding in pack.tree.snapshot.findings().iter().filter(is_it) {
        sink.report(
            ATTUNE_PATH_NOT_UTF8,
            finding.place.clone(),
            "Attune refuses a pack with a file name that is not UTF-8",
        )
        .help("rename the file");
    }
}

/// Holds the pack to the limits of Attune's installer, as far as they can be told before it is packed.
fn sizes_are_within_the_installers_limits(pack: &RawPack<'_>, sink: &mut Sink) {
    const FILE_BYTES: u64 = 50 << 20;
    const PACK_BYTES: u64 = 100 << 20;
    const ENTRIES: usize = 10_000;
    let files = pack.tree.snapshot.files();
    for entry in files.iter().filter(|entry| entry.size > FILE_BYTES) {
        let message = format!("the file has {} bytes; Attune installs at most {FILE_BYTES}", entry.size);
        sink.report(ATTUNE_INSTALL_LIMITS, Place::file(entry.path.as_str()), message);
    }
    let bytes: u64 = files.iter().map(|entry| entry.size).sum();
    if bytes > PACK_BYTES {
        let message = format!("the pack has {bytes} bytes; Attune installs at most {PACK_BYTES}");
        sink.report(ATTUNE_INSTALL_LIMITS, Place::file("pack.yaml"), message);
    }
    if files.len() > ENTRIES {
        let message = format!("the pack has {} files; Attune installs at most {ENTRIES}", files.len());
        sink.report(ATTUNE_INSTALL_LIMITS, Place::file("pack.yaml"), message);
    }
}

/// Reports paths that sort differently part by part and as whole strings.
fn path_orders_agree(pack: &RawPack<'_>, sink: &mut Sink) {
    if let Some((first, second)) = checksum::order_trap(pack.tree.snapshot) {
        let message = format!("`{}` and `{}` change places with the sort order", first.path, second.path);
        sink.report(ATTUNE_CHECKSUM_ORDER, Place::file(first.path.as_str()), message)
            .help("rename the file or the directory if other tools publish checksums of this pack");
    }
}

/// What a `.gitattributes` says about checkouts: the lines that change bytes.
struct Converts(Vec<(u32, String)>);

/// Reports attributes that make a checkout's bytes differ from the stored ones.
fn checkout_is_what_is_stored(pack: &RawPack<'_>, sink: &mut Sink) {
    const MOST_BYTES: u64 = 1 << 16;
    for entry in pack.tree.snapshot.files().iter().filter(|entry| entry.path.file_name() == ".gitattributes") {
        let found = pack.tree.memo.get_or_insert(entry.blob, "attune checkout", || {
            let text = pack.tree.text(entry, MOST_BYTES).unwrap_or_default();
            let lines = text.lines().zip(1_u32..).filter(|(line, _)| converts(line));
            Converts(lines.map(|(line, number)| (number, line.to_owned())).collect())
        });
        for (line, text) in &found.0 {
            let width = text.chars().count() as u32;
            let span = crate::diag::Span { line: *line, column: 1, end_line: *line, end_column: width + 1 };
            let place = Place { path: entry.path.to_string(), span: Some(span), excerpt: Some(text.clone()) };
            sink.report(ATTUNE_CHECKOUT_DIFFERS, place, "a checkout of these files may differ from what git stores")
                .help("remove the attribute, or write `-text` to keep the bytes as they are");
        }
    }
}

fn converts(line: &str) -> bool {
    let line = line.trim_start();
    !line.starts_with('#')
        && line.split_whitespace().skip(1).any(|attribute| {
            let name = attribute.split('=').next().unwrap_or(attribute);
            matches!(name, "eol" | "text" | "filter" | "ident" | "working-tree-encoding" | "crlf")
        })
}

/// Reports programs that a native runner would have to execute without the executable bit.
fn native_programs_need_no_exec_bit(pack: &RawPack<'_>, sink: &mut Sink) {
    for entry_point in pack.declared.iter().filter_map(|declared| declared.entry_point.as_ref()) {
        let is_in_pack = entry_point.path.as_ref().is_some_and(|path| pack.tree.get(path.as_str()).is_some());
        if entry_point.is_native && is_in_pack {
            sink.report(
                ATTUNE_EXEC_BIT,
                entry_point.written.place.clone(),
                format!("`{}` must be executable, but Attune unpacks it without that bit", entry_point.written.text),
            )
            .help("start it from a `shell` or `python` entry point");
        }
    }
}

/// Reports paths that an archive of the proposed 1.0 format refuses.
fn paths_fit_a_release_archive(pack: &RawPack<'_>, sink: &mut Sink) {
    release_path::check(pack.tree.snapshot, pack.name, |path, message| {
        sink.report(ATTUNE_RELEASE_PATH, Place::file(path), message).help("rename the file");
    });
}

/// Requires the entry points of test runners to exist.
fn test_entry_points_exist(pack: &RawPack<'_>, sink: &mut Sink) {
    for (text, place) in &pack.manifest.test_entry_points {
        let exists = components::resolve("", text).is_some_and(|path| pack.tree.get(&path).is_some());
        if !exists {
            sink.report(
                ATTUNE_TEST_ENTRY_MISSING,
                place.clone(),
                format!("the test entry point `{text}` does not exist"),
            )
            .help("add the file, or remove the runner");
        }
    }
}

/// Reports YAML files that nothing reads; silent below dot-directories and `tests/`.
fn yaml_lies_where_it_is_read(pack: &RawPack<'_>, sink: &mut Sink) {
    for entry in pack.tree.snapshot.files().iter().filter(|entry| components::is_yaml(entry)) {
        let path = entry.path.as_str();
        let is_quiet = path.starts_with("tests/") || path.split('/').any(|part| part.starts_with('.'));
        let parent = entry.path.parent();
        let is_read = matches!(path, super::manifest::FILE | "pack.yml")
            || parent == "workflows"
            || path.starts_with("actions/workflows/")
            || components::KINDS.iter().any(|kind| kind.directory == parent);
        if !is_quiet && !is_read {
            sink.report(ATTUNE_IGNORED_LOCATION, Place::file(path), "Attune does not read this YAML file")
                .help("components lie directly in `actions/`, `sensors/`, `triggers/`, `rules/` and so on");
        }
    }
}

/// Reports directories that are spelt almost like one that Attune reads.
fn directories_are_spelt_right(pack: &RawPack<'_>, sink: &mut Sink) {
    const NEAR_MISSES: &[(&str, &str)] = &[
        ("action", "actions"),
        ("sensor", "sensors"),
        ("trigger", "triggers"),
        ("rule", "rules"),
        ("permission-sets", "permission_sets"),
        ("permissions", "permission_sets"),
        ("workflows", "actions/workflows"),
    ];
    for (wrong, right) in NEAR_MISSES {
        if let Some(entry) = pack.tree.snapshot.below(wrong).iter().find(|entry| components::is_yaml(entry)) {
            let message = format!("Attune looks into `{right}/`, not into `{wrong}/`");
            sink.report(NEAR_MISS, Place::file(entry.path.as_str()), message)
                .help(format!("move the files to `{right}/`"));
        }
    }
    folders_are_folders(pack.tree, components::KINDS.iter().map(|kind| kind.directory), sink);
}
