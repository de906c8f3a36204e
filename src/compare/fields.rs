//! Tables of fields: parameters, settings, output.

use std::collections::HashSet;
use std::sync::Arc;

use super::components::matched;
use super::values::{self, Change as Values};
use super::{Change, Compatibility, ComponentName, Impact, Part, Role, What};
use crate::pack::{Field, FieldTable};

/// What the tables are those of.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) component: Option<&'a ComponentName>,
    pub(super) rules: &'a Compatibility,
}

/// Compares tables by their anchors.
pub(super) fn tables<'t>(
    from: impl IntoIterator<Item = &'t Arc<FieldTable>>,
    to: impl IntoIterator<Item = &'t Arc<FieldTable>>,
    about: About<'_>,
    changes: &mut Vec<Change>,
) {
    let (from, to): (Vec<_>, Vec<_>) = (from.into_iter().collect(), to.into_iter().collect());
    for (from, to) in matched(&from, &to, |table| &*table.anchor) {
        let Some(known) = to.or(from) else { continue };
        let is_same = matches!((from, to), (Some(from), Some(to)) if Arc::ptr_eq(from, to) || from == to);
        let role = about.rules.role(&known.anchor);
        if is_same || role == Role::Derived {
            continue;
        }
        let mut table = Table { title: &known.title, anchor: &known.anchor, role, about, changes };
        if role == Role::Notes {
            table.whole(What::Changed, Impact::Fix, "It only describes.");
        } else if role.is_versioned() && from.is_none() {
            table.whole(What::Added, Impact::Feature, "Nobody has to use it.");
        } else if role.is_versioned() && to.is_none() {
            table.whole(What::Removed, Impact::Breaking, "Whoever uses it finds nothing.");
        } else {
            let fields =
                |table: Option<&&Arc<FieldTable>>| table.map(|table| table.fields.unpack()).unwrap_or_default();
            table.fields("", &fields(from), &fields(to));
        }
    }
}

struct Table<'a> {
    title: &'a str,
    anchor: &'a str,
    role: Role,
    about: About<'a>,
    changes: &'a mut Vec<Change>,
}

/// What was, and what is.
type Texts = (Option<String>, Option<String>);

impl Table<'_> {
    fn push(&mut self, part: Part, what: What, (from, to): Texts, impact: Impact, reason: &'static str) {
        self.changes.push(Change { component: self.about.component.cloned(), part, what, from, to, impact, reason });
    }

    fn whole(&mut self, what: What, impact: Impact, reason: &'static str) {
        let part = Part::Table { title: self.title.to_owned(), anchor: self.anchor.to_owned() };
        self.push(part, what, (None, None), impact, reason);
    }

    fn field(&mut self, path: &str, what: What, texts: Texts, impact: Impact, reason: &'static str) {
        let (title, anchor) = (self.title.to_owned(), self.anchor.to_owned());
        self.push(Part::Field { title, anchor, path: path.to_owned() }, what, texts, impact, reason);
    }

    /// Compares fields by their names. Recursive, but only as deep as the YAML gate let them nest.
    fn fields(&mut self, parents: &str, from: &[Field], to: &[Field]) {
        // A name may stand twice, for two things that the type tells apart.
        let exact = matched(from, to, |field| (field.name.as_str(), field.type_text.as_str()));
        let (both, alone): (Vec<_>, Vec<_>) = exact.into_iter().partition(|(from, to)| from.is_some() && to.is_some());
        let (from, to): (Vec<_>, Vec<_>) = alone.into_iter().unzip();
        let (from, to): (Vec<&Field>, Vec<&Field>) =
            (from.into_iter().flatten().collect(), to.into_iter().flatten().collect());
        let by_name = matched(&from, &to, |field| field.name.as_str());
        let by_name = by_name.into_iter().map(|(from, to)| (from.copied(), to.copied()));
        for (from, to) in both.into_iter().chain(by_name) {
            let Some(known) = to.or(from) else { continue };
            let path = if parents.is_empty() { known.name.clone() } else { format!("{parents}.{}", known.name) };
            match (from, to) {
                (Some(from), Some(to)) if from == to => {}
                (Some(from), Some(to)) => self.both(&path, from, to),
                (None, Some(to)) => self.added(&path, to),
                (Some(from), None) => self.removed(&path, from),
                (None, None) => {}
            }
        }
    }

    fn added(&mut self, path: &str, field: &Field) {
        let (impact, reason) = match self.role {
            Role::Output | Role::VersionedOutput => (Impact::Feature, "There is more to read."),
            Role::Parts => (Impact::Feature, "One more is made."),
            _ if field.fixed => (Impact::Fix, "Callers cannot set it."),
            _ if is_needed(field) => {
                (Impact::Breaking, "Whoever does not give it fails: it is required and has no default.")
            }
            _ => (Impact::Feature, "It need not be given."),
        };
        self.field(path, What::Added, (None, None), impact, reason);
    }

    fn removed(&mut self, path: &str, field: &Field) {
        let (impact, reason) = match self.role {
            Role::Output | Role::VersionedOutput => (Impact::Breaking, "Whoever reads it finds nothing."),
            Role::Parts => (Impact::Breaking, "What was made under this name is deleted."),
            _ if field.fixed => (Impact::Fix, "Callers could not set it."),
            _ => (Impact::Breaking, "Whoever gives it is refused or ignored."),
        };
        self.field(path, What::Removed, (None, None), impact, reason);
    }

    /// Compares a field that both have.
    fn both(&mut self, path: &str, from: &Field, to: &Field) {
        match self.role {
            Role::Parts => return self.part(path, from, to),
            Role::Output | Role::VersionedOutput => self.output(path, from, to),
            _ => self.input(path, from, to),
        }
        if from.secret != to.secret {
            let (what, impact, reason) = if to.secret {
                (What::Secret, Impact::Fix, "Its value is hidden now.")
            } else {
                (What::NotSecret, Impact::Breaking, "What was hidden is shown and logged.")
            };
            self.field(path, what, (None, None), impact, reason);
        }
        if from.position != to.position {
            let text = |field: &Field| field.position.map(|position| position.to_string());
            let reason = "Callers name it; only what runs behind it sees the position.";
            self.field(path, What::Position, (text(from), text(to)), Impact::Fix, reason);
        }
        if from.description != to.description {
            self.field(path, What::Description, (None, None), Impact::Fix, "It only describes.");
        }
        self.fields(path, &from.fields, &to.fields);
    }

    fn input(&mut self, path: &str, from: &Field, to: &Field) {
        if from.fixed != to.fixed {
            let (what, impact, reason) = if to.fixed {
                (What::Fixed, Impact::Breaking, "Whoever sets it is refused.")
            } else {
                (What::NotFixed, Impact::Feature, "Callers can set it.")
            };
            self.field(path, what, (None, None), impact, reason);
        }
        match (is_needed(from), is_needed(to)) {
            (false, true) if !to.fixed => {
                let reason = "Whoever does not give it fails: it is required and has no default.";
                self.field(path, What::Required, (None, None), Impact::Breaking, reason);
            }
            (true, false) => {
                self.field(path, What::Optional, (None, None), Impact::Feature, "It need not be given any more.");
            }
            _ => {}
        }
        self.types(path, from, to, |change| match change {
            Values::Wider | Values::Wording => (Impact::Feature, "Everything that was accepted still is."),
            Values::Narrower => (Impact::Breaking, "Values that were accepted may be refused."),
        });
        self.default(path, from, to);
        self.allowed(
            path,
            from,
            to,
            (Impact::Feature, "Everything that was accepted still is."),
            (Impact::Breaking, "Values that were accepted are refused."),
        );
        for (from, to, change) in values::of_constraints(&from.constraints, &to.constraints) {
            let (impact, reason) = match change {
                Values::Wider => (Impact::Feature, "Everything that was accepted still is."),
                Values::Narrower => (Impact::Breaking, "Values that were accepted may be refused."),
                Values::Wording => (Impact::Fix, "It only describes."),
            };
            self.field(path, What::Constraint, (from, to), impact, reason);
        }
    }

    fn output(&mut self, path: &str, from: &Field, to: &Field) {
        if from.required != to.required {
            let (what, impact, reason) = if to.required {
                (What::Required, Impact::Feature, "It is always there now.")
            } else {
                (What::Optional, Impact::Breaking, "Whoever reads it may find nothing.")
            };
            self.field(path, what, (None, None), impact, reason);
        }
        if from.type_text != to.type_text {
            // What is given is compared the other way round: readers must be ready for all of it.
            let (impact, reason) = match values::of_types(&to.type_text, &from.type_text) {
                Values::Wider | Values::Wording => (Impact::Feature, "It is always something that it could be before."),
                Values::Narrower => (Impact::Breaking, "Whoever reads it may find something else."),
            };
            self.field(path, What::Type, (shown(&from.type_text), shown(&to.type_text)), impact, reason);
        }
        self.allowed(
            path,
            from,
            to,
            (Impact::Feature, "Whoever reads it may find a value that was not known."),
            (Impact::Feature, "It is always something that it could be before."),
        );
        for (from, to, _) in values::of_constraints(&from.constraints, &to.constraints) {
            self.field(path, What::Constraint, (from, to), Impact::Fix, "It says more closely what is given.");
        }
    }

    /// Compares a part that is made by its name.
    fn part(&mut self, path: &str, from: &Field, to: &Field) {
        if from.type_text != to.type_text {
            let reason = "What was made under this name is deleted, and something else is made.";
            self.field(path, What::Type, (shown(&from.type_text), shown(&to.type_text)), Impact::Breaking, reason);
        } else {
            self.field(
                path,
                What::Changed,
                (None, None),
                Impact::Fix,
                "It is made in another way, and is still there.",
            );
        }
    }

    fn types(&mut self, path: &str, from: &Field, to: &Field, means: impl Fn(Values) -> (Impact, &'static str)) {
        if from.type_text != to.type_text {
            let (impact, reason) = means(values::of_types(&from.type_text, &to.type_text));
            self.field(path, What::Type, (shown(&from.type_text), shown(&to.type_text)), impact, reason);
        }
    }

    fn default(&mut self, path: &str, from: &Field, to: &Field) {
        // Where it was required, or is now, nobody relied on a default.
        if from.default == to.default || is_needed(from) || is_needed(to) {
            return;
        }
        let text = |field: &Field| field.default.clone().filter(|_| !from.secret && !to.secret);
        let (impact, reason) = match to.fixed && from.fixed {
            true => (Impact::Fix, "Callers cannot set it, before and after."),
            false => (self.about.rules.default_change, "Whoever leaves it out gets something else."),
        };
        self.field(path, What::Default, (text(from), text(to)), impact, reason);
    }

    fn allowed(
        &mut self,
        path: &str,
        from: &Field,
        to: &Field,
        wider: (Impact, &'static str),
        narrower: (Impact, &'static str),
    ) {
        if from.allowed == to.allowed {
            return;
        }
        // Nothing listed is anything allowed.
        if from.allowed.is_empty() {
            let texts = (Some("other values".to_owned()), Some(to.allowed.join(", ")));
            return self.field(path, What::ValuesRemoved, texts, narrower.0, narrower.1);
        }
        if to.allowed.is_empty() {
            return self.field(path, What::ValuesAdded, (None, Some("any value".to_owned())), wider.0, wider.1);
        }
        let missing = |these: &[String], others: &[String]| {
            let others: HashSet<&str> = others.iter().map(String::as_str).collect();
            let missing: Vec<&str> = these.iter().map(String::as_str).filter(|one| !others.contains(one)).collect();
            (!missing.is_empty()).then(|| missing.join(", "))
        };
        if let Some(gone) = missing(&from.allowed, &to.allowed) {
            self.field(path, What::ValuesRemoved, (Some(gone), None), narrower.0, narrower.1);
        }
        if let Some(new) = missing(&to.allowed, &from.allowed) {
            self.field(path, What::ValuesAdded, (None, Some(new)), wider.0, wider.1);
        }
    }
}

/// Tells whether a caller has to give a field: a default does as well.
fn is_needed(field: &Field) -> bool {
    field.required && field.default.is_none()
}

fn shown(type_text: &str) -> Option<String> {
    Some(if type_text.is_empty() { "anything".to_owned() } else { type_text.to_owned() })
}
