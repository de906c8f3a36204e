//! Which content codings a client accepts: RFC 9110 section 12.5.3.

/// A weight in thousandths (RFC 9110 section 12.4.2): nothing is refused, 1000 is liked most.
type Weight = u16;

const MOST: Weight = 1000;
/// The weight of what is accepted without being mentioned.
const UNMENTIONED: Weight = 1;

/// How a text may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum Coding {
    /// As it is.
    Identity,
    /// Compressed with gzip (section 8.4.1.3).
    Gzip,
}

/// What a client accepts of that which can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) struct Codings {
    gzip: Weight,
    identity: Weight,
}

impl Codings {
    /// Reads an `Accept-Encoding` header; what is malformed in it is taken as not written.
    pub(in crate::serve) fn of(header: Option<&str>) -> Self {
        // Whoever says nothing accepts everything, and is most likely to understand what is not coded.
        let Some(header) = header else { return Self { gzip: 0, identity: MOST } };
        let (mut gzip, mut identity, mut others) = (None, None, None);
        for (coding, weight) in header.split(',').filter_map(element) {
            match &*coding.to_ascii_lowercase() {
                "gzip" | "x-gzip" => gzip = gzip.or(Some(weight)),
                "identity" => identity = identity.or(Some(weight)),
                "*" => others = others.or(Some(weight)),
                _ => {}
            }
        }
        Self { gzip: gzip.or(others).unwrap_or(0), identity: identity.or(others).unwrap_or(UNMENTIONED) }
    }

    /// Returns the coding that suits the client best; nothing when it refuses all.
    pub(in crate::serve) fn best(self) -> Option<Coding> {
        if self.gzip > 0 && self.gzip >= self.identity { Some(Coding::Gzip) } else { self.unless_refused() }
    }

    /// Returns the coding to use for what is better not compressed; nothing when the client refuses all.
    pub(in crate::serve) fn unless_refused(self) -> Option<Coding> {
        match (self.identity, self.gzip) {
            (1.., _) => Some(Coding::Identity),
            (0, 1..) => Some(Coding::Gzip),
            (0, 0) => None,
        }
    }
}

/// Returns coding and weight of an element of the list.
fn element(text: &str) -> Option<(&str, Weight)> {
    let Some((coding, parameter)) = text.split_once(';') else { return Some((text.trim(), MOST)) };
    let (name, value) = parameter.trim().split_once('=')?;
    name.eq_ignore_ascii_case("q").then_some(())?;
    Some((coding.trim(), weight(value)?))
}

/// Reads a weight: `0` or `1`, and at most three decimals, which together are at most 1.
fn weight(text: &str) -> Option<Weight> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let decimals: Weight = format!("{decimals:0<3}").parse().ok().filter(|_| are_digits)?;
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(MOST),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_what_they_like_best_of_what_there_is() {
        use Coding::{Gzip, Identity};
        for (header, best, otherwise) in [
            (None, Some(Identity), Some(Identity)),
            (Some(""), Some(Identity), Some(Identity)),
            (Some("gzip"), Some(Gzip), Some(Identity)),
            (Some("gzip, deflate, br, zstd"), Some(Gzip), Some(Identity)),
            (Some("GZIP;Q=0.001"), Some(Gzip), Some(Identity)),
            (Some("x-gzip ; q=1.000"), Some(Gzip), Some(Identity)),
            (Some("br;q=1.0 ,, gzip;q=0.8"), Some(Gzip), Some(Identity)),
            (Some("br"), Some(Identity), Some(Identity)),
            (Some("deflate, identity"), Some(Identity), Some(Identity)),
            (Some("gzip;q=0"), Some(Identity), Some(Identity)),
            (Some("gzip;q=0.000, *"), Some(Identity), Some(Identity)),
            (Some("gzip;q=0.5, identity"), Some(Identity), Some(Identity)),
            (Some("gzip;q=0.5, identity;q=0.4"), Some(Gzip), Some(Identity)),
            (Some("gzip;q=0.2, *;q=0.8"), Some(Identity), Some(Identity)),
            (Some("*"), Some(Gzip), Some(Identity)),
            (Some("*;q=0.3, identity;q=0.5"), Some(Identity), Some(Identity)),
            (Some("gzip, identity;q=0"), Some(Gzip), Some(Gzip)),
            (Some("gzip, *;q=0"), Some(Gzip), Some(Gzip)),
            (Some("*, identity;q=0"), Some(Gzip), Some(Gzip)),
            (Some("identity, *;q=0"), Some(Identity), Some(Identity)),
            (Some("identity;q=0"), None, None),
            (Some("br, identity;q=0"), None, None),
            (Some("*;q=0"), None, None),
            // What is malformed is not there.
            (Some("gzip;q=2"), Some(Identity), Some(Identity)),
            (Some("gzip;q=1.001"), Some(Identity), Some(Identity)),
            (Some("gzip;q=0.1234"), Some(Identity), Some(Identity)),
            (Some("gzip;q=-1, gzip;q=+1, gzip;q=0.+1, gzip;q="), Some(Identity), Some(Identity)),
            (Some("gzip;level=9"), Some(Identity), Some(Identity)),
            (Some("identity;q=no"), Some(Identity), Some(Identity)),
        ] {
            let codings = Codings::of(header);
            assert_eq!((codings.best(), codings.unless_refused()), (best, otherwise), "{header:?}");
        }
    }
}
