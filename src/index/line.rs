//! One line of a history, read: its form is proven, its event is taken from it.
//!
//! 1. A plain line is seen to be canonical ([`canonical`]), and read in one pass ([`Plain`]).
//! 2. Every other line is written again and compared; so is one that a plain look cannot read, which says what is wrong.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde_json::Value;

use super::canonical;
use super::event::{ArchiveFacts, Event, Release, SourceFacts, What};
use super::history::LineFault;
use crate::ident::{Digest, PackId, Version};
use crate::pack::{Dependency, Requirement};

/// What puts a line into its place, whatever the kind of its event.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Envelope {
    pub(super) seq: u64,
    pub(super) prev: Option<Digest>,
}

/// Returns what a canonical line says; no event when its kind is not known.
pub(super) fn parse(line: &str) -> Result<(Envelope, Option<Event>), LineFault> {
    match plain(line) {
        Some(event) => Ok((Envelope { seq: event.seq, prev: event.prev }, Some(event))),
        None => carefully(line),
    }
}

/// Returns what a plain line says; nothing when it takes more to tell.
fn plain(line: &str) -> Option<Event> {
    if !canonical::is_plainly_canonical(line) {
        return None;
    }
    serde_json::from_str::<Plain<'_>>(line).ok()?.event()
}

/// Returns what any line says, or what is wrong with it.
fn carefully(line: &str) -> Result<(Envelope, Option<Event>), LineFault> {
    let malformed = |error: serde_json::Error| LineFault::Malformed(error.to_string());
    let value: Value = serde_json::from_str(line).map_err(malformed)?;
    if serde_json_canonicalizer::to_string(&value).map_err(malformed)? != line {
        return Err(LineFault::NotCanonical);
    }
    let envelope = Envelope::deserialize(&value).map_err(malformed)?;
    if time(value["at"].as_str().unwrap_or_default()).is_none() {
        return Err(LineFault::Time);
    }
    let Some(kind) = value["event"].as_str() else {
        return Err(LineFault::Malformed("`event` is not text".to_owned()));
    };
    let event = What::KINDS.contains(&kind).then(|| Event::deserialize(&value)).transpose().map_err(malformed)?;
    Ok((envelope, event))
}

/// Returns the time that a text writes in the one form that is allowed.
fn time(text: &str) -> Option<Timestamp> {
    let time: Timestamp = text.parse().ok()?;
    (time.subsec_nanosecond() == 0 && time.to_string() == text).then_some(time)
}

/// The fields of every kind of event together: read in one pass, where [`Event`] is read into a buffer first.
///
/// Fields that a kind does not have are ignored, as [`Event`] ignores them.
#[derive(Deserialize)]
struct Plain<'a> {
    seq: u64,
    prev: Option<Digest>,
    #[serde(borrow)]
    at: Cow<'a, str>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    version: Option<Version>,
    content_digest: Option<Digest>,
    archive: Option<ArchiveFacts>,
    source: Option<Source>,
    requirements: Option<Vec<Requirement>>,
    dependencies: Option<Vec<Dependency>>,
    components: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    checksums: BTreeMap<String, String>,
    reason: Option<String>,
    advisory: Option<String>,
    successor: Option<String>,
    to: Option<PackId>,
}

/// A source: of a name, or of a release.
enum Source {
    Owner(String),
    Facts(SourceFacts),
}

impl Plain<'_> {
    /// Returns the event, if it has what its kind requires.
    fn event(self) -> Option<Event> {
        let what = match (&*self.event, self.source) {
            ("owner", Some(Source::Owner(source))) => What::Owner { source, reason: self.reason },
            ("release", Some(Source::Facts(source))) => What::Release(Box::new(Release {
                version: self.version?,
                content_digest: self.content_digest?,
                archive: self.archive?,
                source,
                requirements: self.requirements?,
                dependencies: self.dependencies?,
                components: self.components?,
                checksums: self.checksums,
            })),
            ("yank", _) => What::Yank { version: self.version?, reason: self.reason?, advisory: self.advisory },
            ("unyank", _) => What::Unyank { version: self.version?, reason: self.reason? },
            ("deprecate", _) => {
                What::Deprecate { version: self.version, reason: self.reason?, successor: self.successor }
            }
            ("undeprecate", _) => What::Undeprecate { version: self.version, reason: self.reason? },
            ("quarantine", _) => What::Quarantine { version: self.version, reason: self.reason? },
            ("unquarantine", _) => What::Unquarantine { version: self.version, reason: self.reason? },
            ("archive", _) => What::Archive { reason: self.reason? },
            ("unarchive", _) => What::Unarchive { reason: self.reason? },
            ("rename", _) => What::Rename { to: self.to?, reason: self.reason? },
            _ => return None,
        };
        Some(Event { seq: self.seq, prev: self.prev, at: time(&self.at)?, what })
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Source;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the source of a name or of a release")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Source, E> {
                Ok(Source::Owner(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
                SourceFacts::deserialize(MapAccessDeserializer::new(map)).map(Source::Facts)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{at, history, owner, release, yank};
    use super::*;
    use proptest::prelude::*;

    fn of_every_kind() -> Vec<String> {
        let mut history = history("echo", &["1.0.0"]);
        let version = || Version::parse("1.0.0").unwrap();
        let reason = || "it \"broke\"\n".to_owned();
        let some = |text: &str| Some(text.to_owned());
        for what in [
            owner("packs/other"),
            What::Owner { source: "packs/third".to_owned(), reason: some("handed over") },
            release("1.1.0", b"x"),
            yank("1.0.0"),
            What::Yank { version: version(), reason: reason(), advisory: some("GHSA-1") },
            What::Unyank { version: version(), reason: "é".to_owned() },
            What::Deprecate { version: None, reason: reason(), successor: None },
            What::Deprecate { version: Some(version()), reason: reason(), successor: some("attune/shout") },
            What::Quarantine { version: None, reason: reason() },
            What::Undeprecate { version: None, reason: reason() },
            What::Undeprecate { version: Some(version()), reason: reason() },
            What::Quarantine { version: Some(version()), reason: reason() },
            What::Unquarantine { version: None, reason: reason() },
            What::Unquarantine { version: Some(version()), reason: reason() },
            What::Archive { reason: reason() },
            What::Unarchive { reason: reason() },
            What::Rename { to: "attune/shout".parse().unwrap(), reason: reason() },
        ] {
            history.append(at(9), what).unwrap();
        }
        history.new_lines().lines().map(str::to_owned).collect()
    }

    /// Ensures that every kind is read in one pass, and as the careful reader reads it.
    #[test]
    fn plain_lines_of_every_kind_are_read_alike() {
        let lines = of_every_kind();
        let kinds: std::collections::BTreeSet<&str> =
            lines.iter().map(|line| line.split("\"event\":\"").nth(1).unwrap().split('"').next().unwrap()).collect();
        assert_eq!(kinds, What::KINDS.iter().copied().collect(), "a kind is not covered");
        for line in lines {
            let (_, careful) = carefully(&line).unwrap();
            assert!(careful.is_some() && plain(&line) == careful, "{line}");
        }
    }

    proptest! {
        /// Ensures that a changed line is read, or refused, as the careful reader does it.
        #[test]
        fn changed_lines_are_read_alike(
            line in prop::sample::select(of_every_kind()),
            at in any::<prop::sample::Index>(),
            with in "[ -~]{0,2}",
        ) {
            let at = at.index(line.len());
            prop_assume!(line.is_char_boundary(at) && line.is_char_boundary(at + 1));
            let changed = format!("{}{with}{}", &line[..at], &line[at + 1..]);
            prop_assert_eq!(parse(&changed), carefully(&changed));
        }

        /// Ensures that fields that are missing, or of another kind, are judged as the careful reader judges them.
        #[test]
        fn lines_without_or_with_other_fields_are_read_alike(
            line in prop::sample::select(of_every_kind()),
            other in prop::sample::select(of_every_kind()),
            mask in any::<u32>(),
            null in any::<u32>(),
        ) {
            let fields = |line: &str| serde_json::from_str::<serde_json::Map<String, Value>>(line).unwrap();
            let mut mixed = fields(&other);
            mixed.extend(fields(&line));
            let mut place = 0;
            mixed.retain(|_, value| {
                place += 1;
                if null >> place & 7 == 7 {
                    *value = Value::Null;
                }
                mask >> place & 3 != 3
            });
            let mixed = serde_json_canonicalizer::to_string(&mixed).unwrap();
            prop_assert_eq!(parse(&mixed), carefully(&mixed));
        }
    }
}
