//! The rules between the files of one pack: a visible table of named functions.

use super::codes::{ASTRADESK_NAME_DIRECTORY, ASTRADESK_PYTHON_UNPARSABLE};
use super::layout::COMPONENT_FOLDERS;
use super::place::{MOST_REPEATED, place};
use super::python_versions::normalised;
use super::whole::{Whole, is_test};
use super::{detect, entry_points, environment, imports, installation, manifest, ports, readme};
use crate::diag::{Place, Severity, Sink};
use crate::ecosystem::NEAR_MISS;

/// A rule: reports what breaks it.
type Rule = fn(&Whole<'_>, &mut Sink);

/// Lists every rule between files, in the order of the documentation.
pub(super) static RULES: &[Rule] = &[
    more_than_the_directory_speaks_for_a_pack,
    names_are_not_near_misses,
    entry_points::entry_points_are_loadable,
    python_files_can_be_parsed,
    installation::data_is_installed,
    installation::components_are_installed,
    installation::top_level_names_are_its_own,
    imports::imports_are_declared,
    name_is_that_of_the_directory,
    environment::readme_and_code_agree,
    ports::ports_agree,
    readme::readme_is_there,
    readme::named_files_are_there,
    readme::licenses_agree,
];

/// Lists the rules that libraries of the framework are held to, too.
pub(super) static OF_LIBRARIES: &[Rule] =
    &[python_files_can_be_parsed, readme::readme_is_there, readme::named_files_are_there, readme::licenses_agree];

/// Requires the manifest to say that this is a domain pack.
fn more_than_the_directory_speaks_for_a_pack(pack: &Whole<'_>, sink: &mut Sink) {
    if detect::is_by_directory_alone(pack.tree) {
        let message = "only the name of the directory and its folders say that this is a domain pack";
        let help =
            format!("call the project `astradesk-{}`, and add an entry point in `{}`", pack.name, manifest::GROUP);
        sink.report(NEAR_MISS, Place::file(manifest::FILE), message).help(help);
    }
}

/// Reports folders and files that are spelt almost like those of a pack.
fn names_are_not_near_misses(pack: &Whole<'_>, sink: &mut Sink) {
    let base = pack.layout.base();
    for (wrong, right) in [("agent", "agents"), ("tool", "tools"), ("flow", "flows"), ("policy", "policies")] {
        let (wrong, right) = (format!("{base}{wrong}"), format!("{base}{right}"));
        let has = |folder: &str| !pack.tree.snapshot.below(folder).is_empty();
        if has(&wrong) && !has(&right) {
            sink.report(NEAR_MISS, Place::file(wrong.as_str()), format!("`{wrong}/` is not read by anything"))
                .help(format!("rename it to `{right}/`"));
        }
    }
    for entry in pack.layout.files_ending(pack.tree, "flows", ".yml").iter().take(MOST_REPEATED) {
        let path = entry.path.as_str();
        let message = format!("`{path}` is not installed: packages take `*.yaml` along");
        sink.report(NEAR_MISS, Place::file(path), message)
            .help(format!("rename it to `{}.yaml`", path.trim_end_matches(".yml")));
    }
}

/// Requires every Python file to be one; a test that is none is less serious.
fn python_files_can_be_parsed(pack: &Whole<'_>, sink: &mut Sink) {
    let faults = pack.python.iter().filter_map(|(entry, reading)| Some((entry, reading.as_ref().as_ref().err()?)));
    for (entry, fault) in faults.take(MOST_REPEATED) {
        let in_component =
            COMPONENT_FOLDERS.iter().any(|folder| entry.path.parent() == format!("{}{folder}", pack.layout.base()));
        let is_serious = !fault.is_limit && (in_component || !is_test(entry));
        let message = format!("this file cannot be parsed as Python: {}", fault.message);
        sink.report(ASTRADESK_PYTHON_UNPARSABLE, place(pack.tree, entry, fault.span), message)
            .severity(if is_serious { Severity::Error } else { Severity::Warning })
            .help("correct the syntax: nothing in the file can be imported");
    }
}

/// Requires the project to be called like its directory.
fn name_is_that_of_the_directory(pack: &Whole<'_>, sink: &mut Sink) {
    let (Some(directory), Some(name)) = (pack.tree.directory, &pack.manifest.name) else { return };
    let wanted = format!("astradesk-{}", normalised(directory));
    if directory.starts_with("domain") && normalised(&name.value) != wanted {
        let message = format!("the project is `{}`, but its directory is `{directory}`", name.value);
        sink.report(ASTRADESK_NAME_DIRECTORY, pack.at(name.span), message)
            .help(format!("call the project `{wanted}`: the portal looks for that name"));
    }
}
