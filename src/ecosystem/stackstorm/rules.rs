//! The rules between the files of one pack: a visible table of named functions.

use std::collections::BTreeMap;

use super::codes::{
    ALIAS_UNKNOWN_PARAMETER, DEPRECATED_CONFIG_YAML, DUPLICATE_COMPONENT, EXAMPLE_CONFIG_INVALID, MISSING_CHANGELOG,
    MISSING_ENTRY_POINT, MISSING_ICON, REF_DIRECTORY_MISMATCH, SHADOWS_SYSTEM_PACK, UNDECLARED_TRIGGER, UNKNOWN_RUNNER,
    UNSAFE_PATH, WORKFLOW_INPUT_MISMATCH,
};
use super::components::action::Action;
use super::components::{Declared, Detail, EntryPoint, TRIGGER, reference};
use super::document::MOST_REPEATED;
use super::manifest::{Manifest, is_ref};
use super::runners::{self, Needs};
use super::values::mismatch;
use super::workflow::Workflow;
use super::{BUNDLED, settings};
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::{MISSING_LICENSE, MISSING_README, folders_are_folders};
use crate::pack::PackTree;
use crate::source::{FileEntry, SYMLINK};

/// A pack with all its files read.
pub(super) struct Whole<'a> {
    /// The pack's files.
    pub tree: &'a PackTree<'a>,
    /// Its ref.
    pub name: &'a str,
    /// Its manifest.
    pub manifest: &'a Manifest,
    /// Its components with the files that declare them, in order of registration.
    pub declared: &'a [(&'a FileEntry, &'a Declared)],
    /// The files that implement them, where they are there.
    pub entry_points: &'a [Option<&'a FileEntry>],
    /// The workflows of its actions, by the action's place in `declared`, with their files.
    pub workflows: &'a BTreeMap<usize, (&'a FileEntry, &'a Workflow)>,
    /// The configuration schema, with its file.
    pub settings: Option<(&'a FileEntry, &'a settings::Settings)>,
}

/// A rule: reports what breaks it.
type Rule = fn(&Whole<'_>, &mut Sink);

/// Lists every rule between files, in the order of the documentation.
pub(super) static RULES: &[Rule] = &[
    subfolder_and_name_agree_on_the_ref,
    no_bundled_pack_is_replaced,
    no_obsolete_config_yaml,
    component_folders_are_folders,
    readme_is_there,
    license_is_there,
    changelog_is_there,
    icon_is_a_png,
    example_config_satisfies_the_schema,
    components_have_different_names,
    entry_points_are_files,
    runners_are_known,
    own_triggers_are_declared,
    aliases_set_parameters_of_their_action,
    workflow_inputs_are_parameters,
];

/// Largest file that is looked at for an excerpt or an example, in bytes.
const TEXT_BYTES: u64 = 1 << 20;

impl Whole<'_> {
    /// Returns a place in a file, with its excerpt; reads the file, so it is for findings only.
    fn place(&self, entry: &FileEntry, span: Span) -> Place {
        place(self.tree, entry, span)
    }
}

/// Returns a place in a file, with its excerpt; reads the file, so it is for findings only.
pub(super) fn place(tree: &PackTree<'_>, entry: &FileEntry, span: Span) -> Place {
    match tree.text(entry, TEXT_BYTES) {
        Some(text) => Place::in_text(entry.path.as_str(), span, text.strip_prefix('\u{feff}').unwrap_or(&text)),
        None => Place { path: entry.path.to_string(), span: Some(span), excerpt: None },
    }
}

/// Requires a pack in a subfolder without `ref` to be called the same by its folder and by its `name`.
fn subfolder_and_name_agree_on_the_ref(pack: &Whole<'_>, sink: &mut Sink) {
    let (Some(directory), false) = (pack.tree.directory, pack.manifest.has_ref) else { return };
    let Some(name) = pack.manifest.name.as_deref() else { return };
    if name != directory && is_ref(directory) {
        let Some(entry) = pack.tree.get("pack.yaml") else { return };
        let message = format!("the folder is `{directory}`, but the pack is called `{name}` and has no `ref`");
        sink.report(REF_DIRECTORY_MISMATCH, pack.place(entry, pack.manifest.name_span), message)
            .help(format!("add `ref: {directory}`"));
    }
}

/// Forbids the refs of packs that come with the runtime.
fn no_bundled_pack_is_replaced(pack: &Whole<'_>, sink: &mut Sink) {
    if BUNDLED.contains(&pack.name) {
        let message = format!("the runtime comes with a pack `{}`: installing this one replaces it", pack.name);
        sink.report(SHADOWS_SYSTEM_PACK, Place::file("pack.yaml"), message).help("choose another `ref`");
    }
}

/// Forbids a root `config.yaml`.
fn no_obsolete_config_yaml(pack: &Whole<'_>, sink: &mut Sink) {
    if pack.tree.get("config.yaml").is_some() {
        sink.report(DEPRECATED_CONFIG_YAML, Place::file("config.yaml"), "`config.yaml` is not read any more")
            .help("describe the settings in `config.schema.yaml` and remove this file");
    }
}

/// Requires what is called like a folder of components to be one.
fn component_folders_are_folders(pack: &Whole<'_>, sink: &mut Sink) {
    folders_are_folders(pack.tree, super::reading::FOLDERS.iter().map(|(folder, _)| *folder), sink);
}

/// Requires a README with content.
fn readme_is_there(pack: &Whole<'_>, sink: &mut Sink) {
    if !pack.tree.snapshot.files().iter().any(|entry| super::reading::is_readme(entry) && entry.size > 0) {
        sink.report(MISSING_README, Place::file("pack.yaml"), "the pack has no README")
            .help("add a `README.md` that says what the pack does and how it is configured");
    }
}

/// Requires a licence text.
fn license_is_there(pack: &Whole<'_>, sink: &mut Sink) {
    if !pack.tree.snapshot.files().iter().any(|entry| super::reading::is_license(entry) && entry.size > 0) {
        sink.report(MISSING_LICENSE, Place::file("pack.yaml"), "the pack has no licence text")
            .help("add a `LICENSE` file");
    }
}

/// Requires a changelog.
fn changelog_is_there(pack: &Whole<'_>, sink: &mut Sink) {
    if !pack.tree.snapshot.files().iter().any(|entry| super::reading::is_changelog(entry) && entry.size > 0) {
        sink.report(MISSING_CHANGELOG, Place::file("pack.yaml"), "the pack has no changelog")
            .help("add a `CHANGES.md` with a heading per version");
    }
}

/// Requires the icon to be a PNG image.
fn icon_is_a_png(pack: &Whole<'_>, sink: &mut Sink) {
    match pack.tree.get("icon.png") {
        None => {
            sink.report(MISSING_ICON, Place::file("pack.yaml"), "the pack has no `icon.png`")
                .help("add a square PNG image; it is shown at 64 by 64 pixels");
        }
        Some(entry) if !super::reading::is_png(pack.tree, entry) => {
            sink.report(MISSING_ICON, Place::file("icon.png"), "`icon.png` is not a PNG image")
                .help("save the image as PNG");
        }
        Some(_) => {}
    }
}

/// Requires the sample configuration to satisfy the schema.
fn example_config_satisfies_the_schema(pack: &Whole<'_>, sink: &mut Sink) {
    let Some((settings_entry, settings)) = pack.settings else { return };
    let Some(entry) = pack.tree.get(&format!("{}.yaml.example", pack.name)) else { return };
    // Once per pair of contents: most releases have the sample of the one before.
    let context = ("sample", settings_entry.blob, entry.path.as_str());
    let found = pack.tree.memo.get_or_insert(entry.blob, context, || {
        let mut found = Sink::new();
        sample_satisfies(pack.tree, entry, settings, &mut found);
        found.finish()
    });
    sink.extend(found.iter().cloned());
}

fn sample_satisfies(tree: &PackTree<'_>, entry: &FileEntry, settings: &settings::Settings, sink: &mut Sink) {
    let path = entry.path.as_str();
    let Some(text) = tree.text(entry, TEXT_BYTES) else { return };
    let yaml = match crate::yaml::read(text.as_bytes(), crate::yaml::Dialect::Yaml11, tree.yaml_limits) {
        Ok(yaml) => yaml,
        Err(fault) => {
            let place = fault.span.map_or_else(|| Place::file(path), |span| Place::in_text(path, span, &text));
            sink.report(
                EXAMPLE_CONFIG_INVALID,
                place,
                format!("the sample configuration is not YAML: {}", fault.message),
            );
            return;
        }
    };
    let faults = settings.schemas.iter().filter_map(|(name, schema)| match yaml.root.get(name) {
        Some(value) if super::values::is_template(value) => None,
        Some(value) if value.is_null() && !super::values::is_required(schema) => None,
        Some(value) => Some((value.span, format!("`{name}` {}", mismatch(schema, value)?))),
        None => (super::values::is_required(schema) && schema.get("default").is_none())
            .then(|| (yaml.root.span, format!("the sample has no `{name}`, which is required"))),
    });
    for (span, message) in faults.take(MOST_REPEATED) {
        sink.report(EXAMPLE_CONFIG_INVALID, Place::in_text(path, span, &text), message)
            .help("change the sample, or the schema in `config.schema.yaml`");
    }
}

/// Requires the components of a kind to have different names.
fn components_have_different_names(pack: &Whole<'_>, sink: &mut Sink) {
    // Files come in the order of their names, which mostly are those of the components: there is little to sort.
    let mut keys: Vec<(&str, &str)> =
        pack.declared.iter().map(|(_, other)| (other.component.kind.key, other.component.name.as_str())).collect();
    keys.sort_unstable();
    if keys.windows(2).all(|pair| pair[0] != pair[1]) {
        return;
    }
    let mut first: BTreeMap<(&str, &str), (&FileEntry, Span)> = BTreeMap::new();
    for (entry, declared) in pack.declared {
        let component = &declared.component;
        match first.entry((component.kind.key, &component.name)) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert((entry, declared.name));
            }
            std::collections::btree_map::Entry::Occupied(taken) => {
                let (other, span) = *taken.get();
                let singular = component.kind.singular.to_lowercase();
                let message = format!("the {singular} `{}` is declared twice", component.name);
                sink.report(DUPLICATE_COMPONENT, pack.place(entry, declared.name), message)
                    .help("rename or remove one: the last one registered wins")
                    .related("it is here first", pack.place(other, span));
            }
        }
    }
}

/// Requires entry points to be files of the pack, where the runner needs one.
fn entry_points_are_files(pack: &Whole<'_>, sink: &mut Sink) {
    for ((entry, declared), found) in pack.declared.iter().zip(pack.entry_points) {
        if found.is_some() {
            continue;
        }
        let (entry_point, runner) = match &declared.detail {
            Detail::Sensor(entry_point) => (entry_point.as_ref(), None),
            Detail::Action(action) => {
                let Some((runner, span)) = &action.runner else { continue };
                if action.needs.is_none_or(|needs| needs == Needs::Nothing) {
                    continue;
                }
                (action.entry_point.as_ref(), Some((runner, *span)))
            }
            _ => continue,
        };
        match (entry_point, runner) {
            (Some(point), _) => report_missing(pack, entry, point, sink),
            (None, Some((runner, span))) if declared.component.facts.iter().all(|fact| fact.label != "Entry point") => {
                let message = format!("the runner `{runner}` needs an `entry_point`");
                sink.report(MISSING_ENTRY_POINT, pack.place(entry, span), message)
                    .help("add `entry_point:` with the file's path below `actions/`");
            }
            _ => {}
        }
    }
}

/// Reports an entry point that is no file of the pack.
fn report_missing(pack: &Whole<'_>, entry: &FileEntry, point: &EntryPoint, sink: &mut Sink) {
    let path = point.path.as_str();
    let is_link = |finding: &crate::diag::Diagnostic| {
        finding.code == SYMLINK && (finding.place.path == path || path.starts_with(&format!("{}/", finding.place.path)))
    };
    if pack.tree.snapshot.findings().iter().any(is_link) {
        sink.report(UNSAFE_PATH, pack.place(entry, point.span), format!("the entry point `{path}` is a symbolic link"))
            .help("replace the link by the file");
    } else {
        sink.report(MISSING_ENTRY_POINT, pack.place(entry, point.span), format!("there is no file `{path}`"))
            .help("add the file, or correct the path: it is relative to the folder of the component");
    }
}

/// Requires runners to be shipped with the runtime or defined by the pack.
fn runners_are_known(pack: &Whole<'_>, sink: &mut Sink) {
    let own = |name: &str| {
        pack.declared.iter().any(|(_, declared)| match &declared.detail {
            Detail::Runner(names) => names.iter().any(|own| own == name),
            _ => false,
        })
    };
    for (entry, declared) in pack.declared {
        // A runner with known needs is shipped.
        let Detail::Action(Action { runner: Some((runner, span)), needs: None, .. }) = &declared.detail else {
            continue;
        };
        if runners::successor(runner).is_none() && !own(runner) {
            let known: Vec<String> = runners::RUNNERS.iter().map(|runner| runner.name.to_owned()).collect();
            let draft = sink.report(
                UNKNOWN_RUNNER,
                pack.place(entry, *span),
                format!("the runtime ships no runner `{runner}`"),
            );
            match super::document::closest(runner, &known) {
                Some(close) => draft.help(format!("did you mean `{close}`?")),
                None => draft.help(format!("the runtime ships: {}", known.join(", "))),
            };
        }
    }
}

/// Requires the own trigger types that rules listen to without parameters to be declared.
fn own_triggers_are_declared(pack: &Whole<'_>, sink: &mut Sink) {
    for (entry, declared) in pack.declared {
        let Detail::Rule(rule) = &declared.detail else { continue };
        let Some((trigger, span)) = &rule.trigger else { continue };
        let own = trigger.split_once('.').is_some_and(|(owner, _)| owner == pack.name);
        if own && !rule.has_trigger_parameters && !pack.declares(TRIGGER.key, trigger) {
            let message = format!("nothing in this pack declares the trigger type `{trigger}`");
            sink.report(UNDECLARED_TRIGGER, pack.place(entry, *span), message)
                .help("declare it in `triggers/` or in a sensor's `trigger_types`");
        }
    }
}

impl Whole<'_> {
    /// Tells whether the pack declares a component.
    fn declares(&self, kind: &str, reference: &str) -> bool {
        self.declared
            .iter()
            .any(|(_, other)| other.component.kind.key == kind && other.component.reference == reference)
    }
}

/// Requires the formats of an alias to set parameters of its action, where that is an action of this pack.
fn aliases_set_parameters_of_their_action(pack: &Whole<'_>, sink: &mut Sink) {
    for (entry, declared) in pack.declared {
        let Detail::Alias(alias) = &declared.detail else { continue };
        let Some(target) = &alias.action else { continue };
        // Of two actions with one name the last one registered wins.
        let action = pack.declared.iter().rev().find_map(|(_, other)| match &other.detail {
            Detail::Action(action) if other.component.reference == *target => Some(action),
            _ => None,
        });
        let Some(action) = action else { continue };
        let runner = action.runner.as_ref().and_then(|(runner, _)| runners::by_name(runner));
        // An unknown runner may add any parameter.
        let Some(runner) = runner else { continue };
        let unknown = alias
            .parameters
            .iter()
            .filter(|(name, _)| !action.parameters.contains(name) && runner.parameter(name).is_none());
        for (name, span) in unknown.take(MOST_REPEATED) {
            let message = format!("`{{{{ {name} }}}}` is no parameter of `{target}`");
            let known: Vec<&str> = action.parameters.iter().map(String::as_str).take(20).collect();
            let help = if known.is_empty() {
                "the action declares no parameters".to_owned()
            } else {
                format!("its parameters are {}", known.join(", "))
            };
            sink.report(ALIAS_UNKNOWN_PARAMETER, pack.place(entry, *span), message).help(help);
        }
    }
}

/// Requires workflow inputs without a default to be parameters of the action.
fn workflow_inputs_are_parameters(pack: &Whole<'_>, sink: &mut Sink) {
    for (at, (file, workflow)) in pack.workflows {
        let (entry, declared) = pack.declared[*at];
        let Detail::Action(action) = &declared.detail else { continue };
        let undeclared =
            workflow.inputs.iter().filter(|(name, has_default, _)| !has_default && !action.parameters.contains(name));
        for (name, _, span) in undeclared.take(MOST_REPEATED) {
            let of = reference(pack.name, &declared.component.name);
            let message = format!("the input `{name}` has no default, and `{of}` has no such parameter");
            sink.report(WORKFLOW_INPUT_MISMATCH, pack.place(file, *span), message)
                .help(format!("declare the parameter in `{}`, or give the input a default", entry.path))
                .related("the action", pack.place(entry, declared.name));
        }
    }
}
