//! What a version number promises about what changed since another one.
//!
//! | from → to | may at most be |
//! |---|---|
//! | a prerelease on either side (`0.0.0-<time>-<commit>` is one), or `to` is not higher | anything: nothing is promised |
//! | another major number or epoch | breaking |
//! | the first number stays 0, another second one; or the first two stay 0 | breaking |
//! | the first number stays 0, the second stays | a feature |
//! | another minor number | a feature |
//! | anything else: patch, post-release, build metadata | a fix |
//!
//! SemVer 2.0.0 items 4 and 6 to 9, with the custom of Cargo and npm for 0.x; by the same numbers of the release segment for PEP 440.

use super::Impact;
use crate::ident::Version;

/// What a version number promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The greatest impact that it admits.
    pub most: Impact,
    epoch: u64,
    from: Vec<u64>,
}

/// Returns what the step from one version to another promises; nothing when nothing is promised.
pub fn promise(from: &Version, to: &Version) -> Option<Promise> {
    if from.is_prerelease() || to.is_prerelease() || to <= from {
        return None;
    }
    let ((epoch, before), (other_epoch, after)) = (from.release_numbers(), to.release_numbers());
    let at = |numbers: &[u64], place: usize| numbers.get(place).copied().unwrap_or(0);
    let is_same = |place: usize| at(&before, place) == at(&after, place);
    let most = match (at(&before, 0), at(&before, 1)) {
        _ if epoch != other_epoch || !is_same(0) => Impact::Breaking,
        (0, _) if !is_same(1) => Impact::Breaking,
        (0, 0) => Impact::Breaking,
        (0, _) => Impact::Feature,
        _ if !is_same(1) => Impact::Feature,
        _ => Impact::Fix,
    };
    Some(Promise { most, epoch, from: before })
}

impl Promise {
    /// Returns the lowest version with enough numbers that promises at most this impact; nothing when numbers are exhausted.
    pub fn version_for(&self, impact: Impact) -> Option<Version> {
        let mut numbers = self.from.clone();
        numbers.resize(numbers.len().max(3), 0);
        let place = match (impact, numbers[0]) {
            (Impact::Breaking, 1..) => 0,
            (Impact::Breaking, 0) | (Impact::Feature, 1..) => 1,
            (Impact::Feature, 0) | (Impact::Fix, _) => 2,
        };
        numbers[place] = numbers[place].checked_add(1)?;
        numbers.truncate(3);
        numbers[place + 1..].fill(0);
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let epoch = if self.epoch > 0 { format!("{}!", self.epoch) } else { String::new() };
        Version::parse(&format!("{epoch}{}", numbers.join("."))).ok()
    }
}

/// Returns the version that one is compared with: the highest lower one; of a release that is no prerelease, the highest lower
/// one that is none either, if there is one.
pub fn before<'a>(version: &Version, all: impl Iterator<Item = &'a Version>) -> Option<&'a Version> {
    let is_stable = !version.is_prerelease();
    all.filter(|other| *other < version).max_by_key(|other| (is_stable && !other.is_prerelease(), *other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    #[test]
    fn a_version_promises_by_its_numbers() {
        use Impact::{Breaking, Feature, Fix};
        for (from, to, most) in [
            ("1.2.3", "2.0.0", Some(Breaking)),
            ("1.2.3", "1.3.0", Some(Feature)),
            ("1.2.3", "1.2.4", Some(Fix)),
            ("1.2.3", "1.2.3+5", Some(Fix)),
            ("0.2.3", "1.0.0", Some(Breaking)),
            ("0.2.3", "0.3.0", Some(Breaking)),
            ("0.2.3", "0.2.4", Some(Feature)),
            ("0.0.3", "0.0.4", Some(Breaking)),
            ("1.2.3", "2.0.0-rc.1", None),
            ("2.0.0-rc.1", "2.0.0", None),
            ("0.0.0-20260101000000-0123456789ab", "0.0.0-20260201000000-ba9876543210", None),
            ("1.2.3", "1.2.3", None),
            ("2.0.0", "1.0.0", None),
            ("1.2", "1.3", Some(Feature)),
            ("1.2", "1.2.post1", Some(Fix)),
            ("1.2", "1!1.2", Some(Breaking)),
            ("1.2", "1.3rc1", None),
            ("1.2.3.4", "1.2.3.5", Some(Fix)),
        ] {
            let found = promise(&version(from), &version(to)).map(|promise| promise.most);
            assert_eq!(found, most, "{from} {to}");
        }
    }

    #[test]
    fn the_next_version_that_says_enough_is_found() {
        use Impact::{Breaking, Feature, Fix};
        for (from, impact, expected) in [
            ("1.2.3", Breaking, "2.0.0"),
            ("1.2.3", Feature, "1.3.0"),
            ("1.2.3", Fix, "1.2.4"),
            ("0.2.3", Breaking, "0.3.0"),
            ("0.2.3", Feature, "0.2.4"),
            ("1.2", Feature, "1.3.0"),
            ("1!1.2.0.4", Breaking, "1!2.0.0"),
        ] {
            let higher = version(&format!("{}99.0.0", if from.contains('!') { "1!" } else { "" }));
            let promise = promise(&version(from), &higher).expect("a promise");
            assert_eq!(promise.version_for(impact).expect("a version").as_str(), expected, "{from} {impact:?}");
        }
        let last = promise(&version(&format!("{}.0.0", u64::MAX)), &version(&format!("{}.0.1", u64::MAX)));
        assert_eq!(last.expect("a promise").version_for(Breaking), None);
    }

    #[test]
    fn a_release_is_compared_with_the_one_before_it() {
        let all: Vec<Version> =
            ["1.0.0", "1.1.0-rc.1", "1.1.0-rc.2", "1.1.0"].iter().map(|text| version(text)).collect();
        let of = |text: &str| before(&version(text), all.iter()).map(Version::as_str);
        assert_eq!(of("1.1.0"), Some("1.0.0"));
        assert_eq!(of("1.1.0-rc.2"), Some("1.1.0-rc.1"));
        assert_eq!(of("1.1.0-rc.1"), Some("1.0.0"));
        assert_eq!((of("1.0.0"), of("9.0.0")), (None, Some("1.1.0")));
        let rc = [version("1.0.0-rc.1")];
        assert_eq!(before(&version("1.0.0"), rc.iter()), Some(&rc[0]));
    }
}
