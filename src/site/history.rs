//! What happened to the components of a pack, release by release: since when each is there, and what changed.
//!
//! 1. The comparisons of neighbouring releases are read once for a pack, oldest release first; only what changed is kept.
//! 2. A component of a release has the past of that release's line: the release it is compared with, the one before that, and
//!    so on. A stable release so tells nothing of the prereleases before it, whose changes are its own.
//! 3. A component counts by its kind and name: what was removed and comes again begins anew, and so does a new name.
//!
//! In: [`Comparisons`]. Out: [`Past`], of which a page needs nothing from releases after its own. Costs as much as there are
//! changes, not as there are components.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::text;
use crate::catalog::{CatalogPack, Comparisons};
use crate::compare::{Change, Part, What};
use crate::ident::Version;

/// Longest words of a change that stand beside a field, in characters.
const MOST_WORDS: usize = 120;

/// The past of all components of a pack.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The events of each component by kind and name, oldest release first.
    events: HashMap<&'static str, HashMap<String, Vec<Event>>>,
}

/// What one release did to a component.
#[derive(Debug)]
pub(super) struct Event {
    /// The place of the release in the pack's list.
    pub(super) at: usize,
    /// The places of its changes in the comparison of that release.
    changes: Vec<usize>,
    /// The name that it had before.
    pub(super) renamed_from: Option<String>,
    /// The place of the release since which it is there.
    since: usize,
    fields: Arc<Fields>,
}

/// The fields of a component that were not always what they are, by the anchor of their table and their path; an empty path
/// is the table itself.
pub(super) type Fields = BTreeMap<(String, String), FieldPast>;

/// Since when a field is there, and what changed last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FieldPast {
    /// The release that brought it, if it came later than its component.
    pub(super) since: Option<Version>,
    /// The release that changed it last, and what changed.
    pub(super) changed: Option<(Version, String)>,
}

/// The releases that lie before one, and it.
#[derive(Debug)]
pub(super) struct Line {
    is_in: Vec<bool>,
    first: usize,
    pub(super) count: usize,
}

/// The past of a component, as a release knows it.
#[derive(Debug)]
pub(super) struct Past<'h> {
    /// The place of the release since which it is there.
    pub(super) since: usize,
    /// Its fields that were not always what they are.
    pub(super) fields: Option<&'h Arc<Fields>>,
    /// What happened, newest first.
    pub(super) events: Vec<&'h Event>,
}

impl History {
    /// Returns the past of all components of a pack.
    pub(super) fn of(pack: &CatalogPack, comparisons: &Comparisons) -> Self {
        let mut history = Self::default();
        // What a release is compared with has a lower version, and so stands behind it.
        for at in (0..pack.releases.len()).rev() {
            let Some(comparison) = comparisons.get(at) else { continue };
            let line = Line::of(comparisons, at);
            let version = pack.releases[at].version();
            let changes: Vec<(usize, &Change)> = comparison.changes.iter().enumerate().collect();
            for group in changes.chunk_by(|(_, a), (_, b)| a.component == b.component) {
                history.add(&line, at, version, group);
            }
        }
        history
    }

    /// Adds what a release did to one component.
    fn add(&mut self, line: &Line, at: usize, version: &Version, group: &[(usize, &Change)]) {
        let Some(name) = group.first().and_then(|(_, change)| change.component.as_ref()) else { return };
        let whole = |what| group.iter().find(|(_, change)| change.part == Part::Whole && change.what == what);
        if let Some(new_name) = whole(What::Renamed).and_then(|(_, change)| change.to.clone()) {
            let event = Event {
                at,
                changes: Vec::new(),
                renamed_from: Some(name.name.clone()),
                since: at,
                fields: Arc::default(),
            };
            self.events.entry(name.kind.key).or_default().entry(new_name).or_default().push(event);
        }
        let events = self.events.entry(name.kind.key).or_default().entry(name.name.clone()).or_default();
        let before = events.iter().rev().find(|event| line.is_in[event.at]);
        let (mut since, mut fields) =
            before.map_or((line.first, Arc::default()), |event| (event.since, Arc::clone(&event.fields)));
        if whole(What::Added).is_some() {
            (since, fields) = (at, Arc::default());
        }
        apply(&mut fields, version, group);
        let changes = group.iter().map(|(place, _)| *place);
        match events.last_mut() {
            // Two components may have one name.
            Some(same) if same.at == at => {
                same.changes.extend(changes);
                same.fields = fields;
            }
            _ => events.push(Event { at, changes: changes.collect(), renamed_from: None, since, fields }),
        }
    }

    /// Returns the past of a component of the release whose line is given.
    pub(super) fn of_component(&self, line: &Line, kind: &'static str, name: &str) -> Past<'_> {
        let events = self.events.get(kind).and_then(|of_kind| of_kind.get(name)).map_or(&[][..], Vec::as_slice);
        let events: Vec<&Event> = events.iter().rev().filter(|event| line.is_in[event.at]).collect();
        let newest = events.first();
        Past {
            since: newest.map_or(line.first, |event| event.since),
            fields: newest.map(|event| &event.fields).filter(|fields| !fields.is_empty()),
            events,
        }
    }
}

impl Line {
    /// Returns the releases that lie before one, and it.
    pub(super) fn of(comparisons: &Comparisons, at: usize) -> Self {
        let mut line = Self { is_in: vec![false; comparisons.count()], first: at, count: 0 };
        for at in comparisons.line(at) {
            line.is_in[at] = true;
            line.first = at;
            line.count += 1;
        }
        line
    }
}

impl Event {
    /// Returns what changed.
    pub(super) fn changes<'c>(&self, comparisons: &'c Comparisons) -> impl Iterator<Item = &'c Change> + use<'_, 'c> {
        let all = comparisons.get(self.at).map_or(&[][..], |comparison| &comparison.changes);
        self.changes.iter().filter_map(|place| all.get(*place))
    }
}

/// Puts what changed of fields into what is known of them.
fn apply(fields: &mut Arc<Fields>, version: &Version, group: &[(usize, &Change)]) {
    let of_fields = group.iter().filter_map(|(_, change)| match &change.part {
        Part::Field { anchor, path, .. } => Some((anchor, path.as_str(), *change)),
        Part::Table { anchor, .. } => Some((anchor, "", *change)),
        _ => None,
    });
    for (anchor, path, change) in of_fields {
        let key = (anchor.clone(), path.to_owned());
        match change.what {
            What::Added | What::Removed => {
                let fields = Arc::make_mut(fields);
                remove(fields, &key);
                if change.what == What::Added {
                    fields.insert(key, FieldPast { since: Some(version.clone()), changed: None });
                }
            }
            // These stand in the component's history only: nobody has to know them to use it.
            What::Description | What::Position => {}
            _ => {
                let past = Arc::make_mut(fields).entry(key).or_default();
                let words = text::cut(&change.words(), MOST_WORDS).into_owned();
                match &mut past.changed {
                    Some((same, all)) if same == version => *all = format!("{all}; {words}"),
                    changed => *changed = Some((version.clone(), words)),
                }
            }
        }
    }
}

/// Removes what is known of a field, or of a whole table, and of the fields within.
fn remove(fields: &mut Fields, (anchor, path): &(String, String)) {
    let within = format!("{path}.");
    let is_within = |other: &(String, String)| {
        other.0 == *anchor && (path.is_empty() || other.1 == *path || other.1.starts_with(&within))
    };
    let first = (anchor.clone(), path.clone());
    let gone: Vec<_> = fields
        .range(first..)
        .map(|(key, _)| key)
        .take_while(|key| key.0 == *anchor)
        .filter(|key| is_within(key))
        .cloned()
        .collect();
    for key in gone {
        fields.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{Component, Field};
    use crate::site::testing;

    fn field(name: &str, type_text: &str) -> Field {
        Field { name: name.to_owned(), type_text: type_text.to_owned(), ..Field::default() }
    }

    fn action(name: &str, fields: Vec<Field>) -> Component {
        testing::action_with("p", name, fields)
    }

    /// What a release says of a component: since when it is there, what stands beside its fields, what happened.
    fn told(releases: Vec<(&str, Vec<Component>)>, version: &str, name: &str) -> (String, Vec<String>, Vec<String>) {
        let pack = testing::with_releases(releases);
        let comparisons = Comparisons::of(&pack);
        let history = History::of(&pack, &comparisons);
        let at = pack.releases.iter().position(|release| release.version().as_str() == version).expect("it is there");
        let past = history.of_component(&Line::of(&comparisons, at), "action", name);
        let beside = |((_, path), past): (&(String, String), &FieldPast)| {
            let since = past.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
            let changed = past.changed.as_ref().map(|(at, words)| format!(" changed in {at} ({words})"));
            format!("{path}{since}{}", changed.unwrap_or_default())
        };
        let version = |at: usize| pack.releases[at].version().to_string();
        let happened = past.events.iter().flat_map(|event| {
            let renamed = event.renamed_from.iter().map(|from| format!("renamed from {from}"));
            let changes = event.changes(&comparisons).map(|change| {
                let field = change.place().and_then(|(_, field)| field).map(|field| format!("{field} "));
                format!("{}{}", field.unwrap_or_default(), change.words())
            });
            renamed.chain(changes).map(|words| format!("{}: {words}", version(event.at))).collect::<Vec<_>>()
        });
        let fields = past.fields.into_iter().flat_map(|fields| fields.iter()).map(beside).collect();
        (version(past.since), fields, happened.collect())
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn fields_come_change_go_and_come_again() {
        let releases = || {
            vec![
                ("5.0.0", vec![action("a", vec![field("to", "integer"), field("cc", "string")])]),
                ("4.0.0", vec![action("a", vec![field("to", "integer")])]),
                ("3.0.0", vec![action("a", vec![field("to", "integer"), field("cc", "integer")])]),
                ("2.0.0", vec![action("a", vec![field("to", "string"), field("cc", "string")])]),
                ("1.0.0", vec![action("a", vec![field("to", "string")])]),
            ]
        };
        assert_eq!(told(releases(), "1.0.0", "a"), ("1.0.0".to_owned(), vec![], vec![]));
        let (since, fields, happened) = told(releases(), "3.0.0", "a");
        assert_eq!(since, "1.0.0");
        assert_eq!(
            fields,
            [
                "cc since 2.0.0 changed in 3.0.0 (type: string → integer)",
                "to changed in 3.0.0 (type: string → integer)"
            ]
        );
        assert_eq!(
            happened,
            ["3.0.0: to type: string → integer", "3.0.0: cc type: string → integer", "2.0.0: cc added"]
        );
        let (since, fields, happened) = told(releases(), "5.0.0", "a");
        assert_eq!(since, "1.0.0");
        assert_eq!(fields, ["cc since 5.0.0", "to changed in 3.0.0 (type: string → integer)"]);
        assert_eq!(happened[..2], texts(&["5.0.0: cc added", "4.0.0: cc removed"]));
    }

    #[test]
    fn what_is_within_a_field_goes_with_it() {
        let nested = |fields| Field { fields, ..field("retry", "object") };
        let releases = vec![
            ("4.0.0", vec![action("a", vec![nested(vec![field("delay", "string"), field("times", "string")])])]),
            ("3.0.0", vec![action("a", vec![])]),
            ("2.0.0", vec![action("a", vec![nested(vec![field("delay", "string"), field("times", "string")])])]),
            ("1.0.0", vec![action("a", vec![nested(vec![field("delay", "string")])])]),
        ];
        assert_eq!(told(releases.clone(), "2.0.0", "a").1, ["retry.times since 2.0.0"]);
        assert_eq!(told(releases, "4.0.0", "a").1, ["retry since 4.0.0"]);
    }

    #[test]
    fn components_come_go_and_come_again() {
        let releases = || {
            vec![
                ("4.0.0", vec![action("a", vec![field("to", "string")])]),
                ("3.0.0", vec![]),
                ("2.0.0", vec![action("a", vec![field("to", "string")])]),
                ("1.0.0", vec![]),
            ]
        };
        assert_eq!(told(releases(), "2.0.0", "a"), ("2.0.0".to_owned(), vec![], texts(&["2.0.0: added"])));
        let (since, fields, happened) = told(releases(), "4.0.0", "a");
        assert_eq!((since.as_str(), fields.len()), ("4.0.0", 0));
        assert_eq!(happened, ["4.0.0: added", "3.0.0: removed", "2.0.0: added"]);
    }

    /// A new name is a new component, which says what it was.
    #[test]
    fn a_new_name_begins_anew() {
        let releases = vec![
            ("2.0.0", vec![action("b", vec![field("to", "string")])]),
            ("1.0.0", vec![action("a", vec![field("to", "string")])]),
        ];
        let happened = texts(&["2.0.0: renamed from a"]);
        assert_eq!(told(releases, "2.0.0", "b"), ("2.0.0".to_owned(), vec![], happened));
    }

    /// The next stable release has what its prereleases brought, and a prerelease what those before it did.
    #[test]
    fn a_release_tells_of_its_own_line() {
        let releases = || {
            vec![
                ("2.0.0", vec![action("a", vec![field("x", "string"), field("y", "string")])]),
                ("2.0.0-rc.2", vec![action("a", vec![field("x", "string"), field("y", "string")])]),
                ("2.0.0-rc.1", vec![action("a", vec![field("x", "string")])]),
                ("1.0.0", vec![action("a", vec![])]),
            ]
        };
        assert_eq!(told(releases(), "2.0.0-rc.1", "a").1, ["x since 2.0.0-rc.1"]);
        assert_eq!(told(releases(), "2.0.0-rc.2", "a").1, ["x since 2.0.0-rc.1", "y since 2.0.0-rc.2"]);
        assert_eq!(told(releases(), "2.0.0", "a").1, ["x since 2.0.0", "y since 2.0.0"]);
        assert_eq!(told(releases(), "2.0.0", "a").0, "1.0.0");
    }
}
