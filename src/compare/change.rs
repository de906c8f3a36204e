//! A change: what it is about, what happened, and what it means.

use crate::pack::ComponentKind;

/// What a change means for those who use a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Nobody has to do anything.
    Fix,
    /// There is more than before, or it does something else where nothing is said.
    Feature,
    /// What worked may not work any more.
    Breaking,
}

impl Impact {
    /// Lists all, greatest first.
    pub const ALL: [Self; 3] = [Self::Breaking, Self::Feature, Self::Fix];

    /// Returns the word that all formats use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::Feature => "feature",
            Self::Breaking => "breaking",
        }
    }

    /// Returns the heading of a list of such changes.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Fix => "Fixes",
            Self::Feature => "Features",
            Self::Breaking => "Breaking changes",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The component that it is about; nothing when it is about the pack itself.
    pub component: Option<ComponentName>,
    /// What of the component or the pack.
    pub part: Part,
    /// What happened to it.
    pub what: What,
    /// What it was, in the author's words; never the value of a secret.
    pub from: Option<String>,
    /// What it is now.
    pub to: Option<String>,
    /// What that means.
    pub impact: Impact,
    /// Why, in one sentence.
    pub reason: &'static str,
}

/// Names a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentName {
    /// What it is.
    pub kind: &'static ComponentKind,
    /// Its name within the pack.
    pub name: String,
}

/// What of a component or of a pack a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// A table of fields.
    Table {
        /// Its heading.
        title: String,
        /// Its anchor on the page.
        anchor: String,
    },
    /// A field of a table.
    Field {
        /// The heading of the table.
        title: String,
        /// The anchor of the table on the page.
        anchor: String,
        /// The names that lead to the field, joined by dots.
        path: String,
    },
    /// A row of its facts, by its label.
    Fact(&'static str),
    /// Something that the runtime must offer.
    Requirement(String),
    /// Something else that it needs.
    Dependency {
        /// What it is when it is no pack.
        kind: Option<String>,
        /// Its name.
        name: String,
    },
    /// Something that others may ask for.
    Provision {
        /// What it is.
        kind: &'static str,
        /// What others call it.
        name: String,
    },
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is the same under another name.
    Renamed,
    /// Others call it something else.
    Reference,
    /// It is switched on when the pack is installed.
    Enabled,
    /// It is no longer switched on when the pack is installed.
    Disabled,
    /// It must be given now.
    Required,
    /// It need not be given, or may be missing.
    Optional,
    /// Its type is another.
    Type,
    /// Its default is another.
    Default,
    /// Values are allowed that were not.
    ValuesAdded,
    /// Values were allowed that are not any more.
    ValuesRemoved,
    /// A constraint is another.
    Constraint,
    /// Its value is hidden.
    Secret,
    /// Its value is no longer hidden.
    NotSecret,
    /// A caller cannot set it any more.
    Fixed,
    /// A caller can set it now.
    NotFixed,
    /// Its place on a command line is another.
    Position,
    /// The versions that will do are others.
    Range,
    /// Others can rely on something more of it.
    PromiseAdded,
    /// Others cannot rely on something of it any more.
    PromiseRemoved,
    /// Another file implements it.
    EntryPoint,
    /// Its steps are others.
    Steps,
    /// Its title is another.
    Title,
    /// Its description is another.
    Description,
    /// Its licence is another.
    License,
    /// Its authors are others.
    Authors,
    /// Its keywords are others.
    Keywords,
    /// Its home page is another.
    Homepage,
    /// It is another in a way that has no name here.
    Changed,
}

impl What {
    /// Returns the word that the JSON format uses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Reference => "reference",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Type => "type",
            Self::Default => "default",
            Self::ValuesAdded => "values-added",
            Self::ValuesRemoved => "values-removed",
            Self::Constraint => "constraint",
            Self::Secret => "secret",
            Self::NotSecret => "not-secret",
            Self::Fixed => "fixed",
            Self::NotFixed => "not-fixed",
            Self::Position => "position",
            Self::Range => "range",
            Self::PromiseAdded => "promise-added",
            Self::PromiseRemoved => "promise-removed",
            Self::EntryPoint => "entry-point",
            Self::Steps => "steps",
            Self::Title => "title",
            Self::Description => "description",
            Self::License => "license",
            Self::Authors => "authors",
            Self::Keywords => "keywords",
            Self::Homepage => "homepage",
            Self::Changed => "changed",
        }
    }

    /// Returns the words for a change that has two values, or needs none.
    const fn words(self) -> &'static str {
        match self {
            Self::Required => "now required",
            Self::Optional => "no longer required",
            Self::Secret => "now secret",
            Self::NotSecret => "no longer secret",
            Self::Fixed => "now fixed",
            Self::NotFixed => "no longer fixed",
            Self::Enabled => "now enabled",
            Self::Disabled => "now disabled",
            Self::Added | Self::PromiseAdded => "added",
            Self::Removed | Self::PromiseRemoved => "removed",
            Self::ValuesAdded => "now allows",
            Self::ValuesRemoved => "no longer allows",
            Self::EntryPoint => "entry point",
            Self::License => "licence",
            Self::Homepage => "home page",
            other => other.key(),
        }
    }
}

impl Change {
    /// Returns what happened, in a few words and with the values: `type: string → integer`.
    pub fn words(&self) -> String {
        let words = self.what.words();
        let is_list = matches!(
            self.what,
            What::ValuesAdded
                | What::ValuesRemoved
                | What::PromiseAdded
                | What::PromiseRemoved
                | What::Added
                | What::Removed
        );
        match (&self.from, &self.to) {
            (Some(only), None) | (None, Some(only)) if is_list => format!("{words} {only}"),
            (Some(from), Some(to)) if self.what == What::ValuesRemoved => format!("{words} {from}, only {to}"),
            (Some(from), Some(to)) => format!("{words}: {from} → {to}"),
            (None, Some(to)) => format!("{words}: now {to}"),
            (Some(from), None) => format!("{words}: no longer {from}"),
            (None, None) if self.is_plain() => words.to_owned(),
            (None, None) => format!("{words} changed"),
        }
    }

    /// Tells whether the words are whole without values.
    const fn is_plain(&self) -> bool {
        matches!(
            self.what,
            What::Added
                | What::Removed
                | What::Required
                | What::Optional
                | What::Secret
                | What::NotSecret
                | What::Fixed
                | What::NotFixed
                | What::Enabled
                | What::Disabled
                | What::Changed
        )
    }

    /// Returns the component or part of the pack, as a heading: `Action send`, `Requirement python`.
    pub fn subject(&self) -> String {
        let own = match &self.part {
            Part::Requirement(name) => format!("Requirement {name}"),
            Part::Dependency { kind: None, name } => format!("Dependency {name}"),
            Part::Dependency { kind: Some(kind), name } => format!("Dependency {name} ({kind})"),
            Part::Provision { kind, name } => format!("Provided {kind} {name}"),
            Part::Whole | Part::Table { .. } | Part::Field { .. } | Part::Fact(_) => "Pack".to_owned(),
        };
        self.component.as_ref().map_or(own, |component| format!("{} {}", component.kind.singular, component.name))
    }

    /// Returns what of the subject: table and field, as a reader finds them on its page; nothing when it is all of it.
    pub fn place(&self) -> Option<(&str, Option<&str>)> {
        match &self.part {
            Part::Field { title, path, .. } => Some((title, Some(path))),
            Part::Table { title, .. } => Some((title, None)),
            Part::Fact(label) => Some((label, None)),
            Part::Whole | Part::Requirement(_) | Part::Dependency { .. } | Part::Provision { .. } => None,
        }
    }
}
