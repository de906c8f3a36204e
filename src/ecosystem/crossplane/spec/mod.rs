//! Components of the kind `spec`: the requirements, design and tasks of a feature, in `.kiro/specs/<feature>/`.
//!
//! Documents of this kind belong to whichever pack has them among its files. Tasks cite requirements and criteria by number;
//! a citation of something that is not there is reported.

mod requirements;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use requirements::{Requirement, Requirements};
use tasks::{Citation, Task, Tasks};

use super::codes::consumer::SPEC_DANGLING_REFERENCE;
use super::kinds::SPEC;
use crate::diag::{Place, Sink};
use crate::pack::{Component, Fact, Field, FieldTable, PackTree};

/// Where specifications lie.
const FOLDER: &str = ".kiro/specs";

/// Largest document that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Most specifications of one pack.
const MOST: usize = 500;

/// Most citations of one file that are reported one by one.
const MOST_REPEATED: usize = 20;

/// Returns the specifications of a pack, sorted by name, and reports citations that lead nowhere.
pub(super) fn read(tree: &PackTree<'_>, sink: &mut Sink) -> Vec<Arc<Component>> {
    let below = tree.snapshot.below(FOLDER).iter();
    let feature = |path: &str| Some(path.strip_prefix(FOLDER)?.strip_prefix('/')?.split_once('/')?.0.to_owned());
    let features: BTreeSet<String> = below.filter_map(|entry| feature(entry.path.as_str())).take(100_000).collect();
    let is_safe = |feature: &String| Component::is_safe_name(feature);
    features.into_iter().filter(is_safe).take(MOST).filter_map(|feature| one(tree, &feature, sink)).collect()
}

/// Returns the specification in a folder; nothing when it has neither requirements nor tasks.
fn one(tree: &PackTree<'_>, feature: &str, sink: &mut Sink) -> Option<Arc<Component>> {
    let file = |name: &str| tree.get(&format!("{FOLDER}/{feature}/{name}"));
    let (required, planned) = (file("requirements.md"), file("tasks.md"));
    let requirements = required.map(|entry| {
        tree.memo.get_or_insert(entry.blob, "requirements", || {
            tree.text(entry, LARGEST).map(|text| requirements::read(&text)).unwrap_or_default()
        })
    });
    let tasks = planned.map(|entry| {
        tree.memo.get_or_insert(entry.blob, "tasks", || {
            tree.text(entry, LARGEST).map(|text| tasks::read(&text)).unwrap_or_default()
        })
    });
    let declared = required.or(planned)?;
    let (requirements, tasks) = (requirements.unwrap_or_default(), tasks.unwrap_or_default());
    let coverage = Coverage::of(&requirements, &tasks);
    if let Some(entry) = planned {
        let text = tree.text(entry, LARGEST).unwrap_or_default();
        for (citation, what) in coverage.dangling.iter().take(MOST_REPEATED) {
            let place = Place::in_text(entry.path.as_str(), citation.span, &text);
            sink.report(SPEC_DANGLING_REFERENCE, place, what.clone())
                .help("cite a requirement that `requirements.md` has, or take the citation away");
        }
    }
    let design = file("design.md").map(|entry| entry.path.clone());
    let mut facts = coverage.facts(&requirements, &tasks);
    facts.extend(design.map(|path| Fact { label: "Design", value: path.to_string() }));
    let tables = [coverage.requirement_table(&requirements), Coverage::task_table(&tasks)];
    let title = requirements.title.as_deref().map(|title| {
        let prefixes = ["Requirements Document:", "Requirements:"];
        prefixes.iter().find_map(|prefix| title.strip_prefix(prefix)).unwrap_or(title).trim().to_owned()
    });
    Some(Arc::new(Component {
        kind: &SPEC,
        name: feature.to_owned(),
        reference: feature.to_owned(),
        title: title.filter(|title| !title.is_empty() && title != "Requirements Document"),
        description: requirements.introduction.clone(),
        file: declared.path.clone(),
        line: 1,
        entry_point: None,
        enabled: true,
        facts,
        tables: tables.into_iter().filter(|table| !table.fields.is_empty()).map(Arc::new).collect(),
        links: Vec::new(),
        steps: Vec::new(),
        examples: Vec::new(),
    }))
}

/// Which tasks are there for which criteria.
#[derive(Default)]
struct Coverage<'a> {
    /// The numbers of tasks, by requirement and criterion.
    tasks: BTreeMap<(u32, u32), BTreeSet<&'a str>>,
    /// What is cited and is not there, with what is wrong.
    dangling: Vec<(Citation, String)>,
}

impl<'a> Coverage<'a> {
    fn of(requirements: &Requirements, tasks: &'a Tasks) -> Self {
        let mut coverage = Self::default();
        // A document without numbered requirements cannot be cited, and is in a form of its own.
        if requirements.requirements.is_empty() {
            return coverage;
        }
        let by_number: BTreeMap<u32, &Requirement> =
            requirements.requirements.iter().map(|requirement| (requirement.number, requirement)).collect();
        for task in &tasks.tasks {
            for citation in &task.cites {
                let found = by_number.get(&citation.requirement).copied();
                if let Some(message) = dangling(found, citation) {
                    coverage.dangling.push((*citation, message));
                    continue;
                }
                let Some(requirement) = found else { continue };
                let criteria =
                    requirement.criteria.keys().filter(|number| citation.criterion.is_none_or(|one| one == **number));
                for number in criteria {
                    coverage.tasks.entry((requirement.number, *number)).or_default().insert(&task.number);
                }
            }
        }
        coverage
    }

    fn facts(&self, requirements: &Requirements, tasks: &Tasks) -> Vec<Fact> {
        let criteria: usize = requirements.requirements.iter().map(|requirement| requirement.criteria.len()).sum();
        let done = tasks.tasks.iter().filter(|task| task.is_done).count();
        let mut facts = Vec::new();
        if !requirements.requirements.is_empty() {
            facts.push(Fact { label: "Requirements", value: requirements.requirements.len().to_string() });
        }
        if !tasks.tasks.is_empty() {
            facts.push(Fact { label: "Tasks done", value: format!("{done} of {}", tasks.tasks.len()) });
        }
        if criteria > 0 && !tasks.tasks.is_empty() {
            facts.push(Fact { label: "Criteria with a task", value: format!("{} of {criteria}", self.tasks.len()) });
        }
        facts
    }

    fn requirement_table(&self, requirements: &Requirements) -> FieldTable {
        let criterion = |requirement: &Requirement, number: u32| {
            let criterion = &requirement.criteria[&number];
            let tasks = self.tasks.get(&(requirement.number, number));
            let tasks =
                tasks.map(|tasks| tasks.iter().filter(|number| !number.is_empty()).copied().collect::<Vec<_>>());
            let covered = match tasks {
                Some(tasks) if !tasks.is_empty() => format!("tasks {}", tasks.join(", ")),
                Some(_) => "has a task".to_owned(),
                None => "no task".to_owned(),
            };
            let constraints = if criterion.is_removed { vec!["removed".to_owned()] } else { vec![covered] };
            let name = number.to_string();
            Field { name, description: criterion.text.clone(), constraints, ..Field::default() }
        };
        let requirement = |requirement: &Requirement| Field {
            name: requirement.number.to_string(),
            type_text: requirement.title.clone(),
            description: requirement.story.clone(),
            constraints: requirement.is_removed.then(|| "removed".to_owned()).into_iter().collect(),
            fields: requirement.criteria.keys().map(|number| criterion(requirement, *number)).collect(),
            ..Field::default()
        };
        FieldTable {
            title: "Requirements".into(),
            anchor: "requirements".into(),
            fields: requirements.requirements.iter().map(requirement).collect(),
        }
    }

    fn task_table(tasks: &Tasks) -> FieldTable {
        let task = |task: &Task| {
            let state = if task.is_done { "done" } else { "open" };
            let mut cites: Vec<String> = task
                .cites
                .iter()
                .map(|cite| match cite.criterion {
                    Some(criterion) => format!("{}.{criterion}", cite.requirement),
                    None => cite.requirement.to_string(),
                })
                .collect();
            cites.dedup();
            Field {
                name: if task.number.is_empty() { "–".to_owned() } else { task.number.clone() },
                type_text: if task.is_optional { format!("{state}, optional") } else { state.to_owned() },
                description: task.title.clone(),
                constraints: (!cites.is_empty()).then(|| format!("for {}", cites.join(", "))).into_iter().collect(),
                ..Field::default()
            }
        };
        FieldTable { title: "Tasks".into(), anchor: "tasks".into(), fields: tasks.tasks.iter().map(task).collect() }
    }
}

/// Says why a citation leads nowhere.
fn dangling(requirement: Option<&Requirement>, citation: &Citation) -> Option<String> {
    let number = citation.requirement;
    let Some(requirement) = requirement else { return Some(format!("there is no requirement {number}")) };
    if requirement.is_removed {
        return Some(format!("requirement {number} was removed"));
    }
    let criterion = citation.criterion?;
    match requirement.criteria.get(&criterion) {
        None => Some(format!("requirement {number} has no criterion {number}.{criterion}")),
        Some(found) if found.is_removed => Some(format!("criterion {number}.{criterion} was removed")),
        Some(_) => None,
    }
}
