//! The entry point: that the loader finds it, and finds what it wants there.

use super::codes::{
    ASTRADESK_ENTRY_POINT_MISSING, ASTRADESK_ENTRY_POINT_NO_REGISTER, ASTRADESK_ENTRY_POINT_TARGET,
    ASTRADESK_REGISTER_ASYNC, ASTRADESK_REGISTER_EMPTY,
};
use super::layout::Layout;
use super::manifest::{EntryPoint, GROUP};
use super::whole::Whole;
use crate::diag::{Severity, Sink};
use crate::python::{Class, Function, Module, ParameterKind};
use crate::source::FileEntry;

/// Most imports that are followed from the entry point to the class.
const MOST_HOPS: usize = 5;

/// Requires an entry point, and its target to be what the loader calls.
pub(super) fn entry_points_are_loadable(pack: &Whole<'_>, sink: &mut Sink) {
    if pack.manifest.entry_points.is_empty() {
        missing(pack, sink);
    }
    for point in pack.manifest.entry_points.iter().take(super::place::MOST_REPEATED) {
        check(pack, point, sink);
    }
}

fn missing(pack: &Whole<'_>, sink: &mut Sink) {
    let package = match pack.layout {
        Layout::Src(package) => package.clone(),
        Layout::Flat => format!("domain_{}", pack.domain),
    };
    let message = format!("there is no entry point in the group `{GROUP}`: the runtime does not find the pack");
    let severity = if *pack.layout == Layout::Flat { Severity::Warning } else { Severity::Error };
    sink.report(
        ASTRADESK_ENTRY_POINT_MISSING,
        pack.at(pack.root.get("project").map_or(pack.root.span, |p| p.span)),
        message,
    )
    .severity(severity)
    .help(format!("add `[project.entry-points.\"{GROUP}\"]` with `{package} = \"{package}:Pack\"`"));
}

fn check(pack: &Whole<'_>, point: &EntryPoint, sink: &mut Sink) {
    // Extras may stand behind in brackets.
    let target = point.target.split('[').next().unwrap_or_default().trim();
    let (module, attribute) =
        target.split_once(':').map_or((target, ""), |(module, rest)| (module.trim(), rest.trim()));
    let at = || pack.at(point.span);
    let Some(entry) = file_of(pack, module) else {
        let message = format!("the pack has no module `{module}`");
        sink.report(ASTRADESK_ENTRY_POINT_TARGET, at(), message)
            .help(format!("name a module of the pack, as in `{0}:Pack`", module.split('.').next().unwrap_or(module)));
        return;
    };
    let Some(read) = pack.module(entry.path.as_str()) else { return };
    if attribute.is_empty() {
        let message = format!("`{target}` names a module and no class in it");
        sink.report(ASTRADESK_ENTRY_POINT_TARGET, at(), message).help(format!("write `{module}:Pack`"));
        return;
    }
    let first = attribute.split('.').next().unwrap_or_default();
    if !read.names.contains(first) {
        if !read.has_further_names {
            let message = format!("`{}` defines no `{first}`", entry.path);
            let draft = sink.report(ASTRADESK_ENTRY_POINT_TARGET, at(), message);
            let classes = read.classes.iter().map(|class| class.name.as_str());
            match super::place::closest(first, classes) {
                Some(close) => draft.help(format!("did you mean `{module}:{close}`?")),
                None => draft.help("define a class with a method `register(self, registry)` there"),
            };
        }
        return;
    }
    if attribute == first
        && let Some((entry, module, class)) = class_of(pack, entry, read, first)
    {
        check_class(pack, entry, module, class, sink);
    }
}

fn check_class(pack: &Whole<'_>, entry: &FileEntry, module: &Module, class: &Class, sink: &mut Sink) {
    let mut family = vec![class];
    let mut is_whole = true;
    // Methods may be inherited; a base of another module may have any.
    for hop in 0..MOST_HOPS {
        let Some(bases) = family.get(hop).map(|class| &class.bases) else { break };
        for base in bases.iter().filter(|base| *base != "object") {
            match module.class(base) {
                Some(known) => family.push(known),
                None => is_whole = false,
            }
        }
    }
    let Some(register) = family.iter().find_map(|class| class.method("register")) else {
        if is_whole {
            let message = format!("the class `{}` has no method `register`", class.name);
            sink.report(ASTRADESK_ENTRY_POINT_NO_REGISTER, pack.place(entry, class.span), message)
                .help("add `def register(self, registry): …`: the loader calls it with the tool registry");
        }
        return;
    };
    let at = || pack.place(entry, register.span);
    if !takes_one_argument(register) {
        let message = format!("`register` does not take one argument: `{}`", register.signature());
        sink.report(ASTRADESK_ENTRY_POINT_NO_REGISTER, at(), message).help("write `def register(self, registry): …`");
        return;
    }
    if register.is_async {
        let message = "`register` is `async`, and the loader does not await it";
        sink.report(ASTRADESK_REGISTER_ASYNC, at(), message).help("make it an ordinary function");
    }
    if !register.has_effect {
        let message = "`register` registers nothing";
        sink.report(ASTRADESK_REGISTER_EMPTY, at(), message)
            .help("that is in order where the pack's own server offers its tools");
    }
}

/// Tells whether a method can be called with one argument by position.
fn takes_one_argument(method: &Function) -> bool {
    let is_static = method.decorators.iter().any(|decorator| decorator.name == "staticmethod");
    let given = if is_static { 1 } else { 2 };
    let by_position = |kind| matches!(kind, ParameterKind::PositionalOnly | ParameterKind::Normal);
    let parameters = &method.parameters;
    let most = parameters.iter().filter(|parameter| by_position(parameter.kind)).count();
    let has_any = parameters.iter().any(|parameter| parameter.kind == ParameterKind::Variadic);
    let needed = parameters.iter().filter(|one| by_position(one.kind) && one.default.is_none()).count();
    let needs_name = parameters.iter().any(|one| one.kind == ParameterKind::KeywordOnly && one.default.is_none());
    needed <= given && (most >= given || has_any) && !needs_name
}

/// Returns the file of a module, as an installation or a checkout has it.
fn file_of<'a>(pack: &Whole<'a>, module: &str) -> Option<&'a FileEntry> {
    if module.is_empty() || !module.split('.').all(|part| !part.is_empty() && !part.contains('/')) {
        return None;
    }
    let path = module.replace('.', "/");
    let mut places = vec![format!("src/{path}"), path.clone()];
    if let Some(packaging) = pack.packaging {
        let (package, name) = module.rsplit_once('.').unwrap_or((module, ""));
        places.extend(packaging.packages.get(module).cloned());
        if !name.is_empty() {
            places.extend(packaging.packages.get(package).map(|folder| format!("{folder}/{name}")));
        }
    }
    let file = |place: &String| {
        let place = place.trim_start_matches('/');
        let init = format!("{place}/__init__.py");
        pack.tree.get(init.trim_start_matches('/')).or_else(|| pack.tree.get(&format!("{place}.py")))
    };
    places.iter().find_map(file)
}

/// Returns the class of a name, through imports from other modules of the pack.
fn class_of<'p>(
    pack: &'p Whole<'_>,
    entry: &'p FileEntry,
    module: &'p Module,
    name: &str,
) -> Option<(&'p FileEntry, &'p Module, &'p Class)> {
    let (mut entry, mut module) = (entry, module);
    for _ in 0..MOST_HOPS {
        if let Some(class) = module.class(name) {
            return Some((entry, module, class));
        }
        let import = module.imports.iter().find(|import| import.names.iter().any(|imported| imported == name))?;
        let own = entry.path.as_str();
        let own = own.strip_prefix("src/").unwrap_or(own).trim_end_matches(".py");
        let absolute = if import.level == 0 {
            import.module.clone()
        } else {
            let mut folders: Vec<&str> = own.split('/').collect();
            folders.truncate(folders.len().saturating_sub(import.level as usize));
            folders.extend(import.module.split('.').filter(|part| !part.is_empty()));
            folders.join(".")
        };
        entry = file_of(pack, &absolute)?;
        module = pack.module(entry.path.as_str())?;
    }
    None
}
