//! Conditional requests and parts: RFC 9110 sections 13 and 14.

use std::ops::Range;

use super::answer::{Answer, Status};
use super::request::Request;

/// Returns the answer that the conditions of a request make of a complete one.
///
/// `If-None-Match` goes before `Range` (section 13.2.2). Parts are for `GET` only, and for one range; more than one, or
/// what cannot be read, gets the whole.
pub(super) fn apply(mut answer: Answer, request: &Request) -> Answer {
    if answer.status != Status::Ok || matches!(answer.content, super::Content::Stream) {
        return answer;
    }
    let Some(etag) = answer.etag.clone() else { return answer };
    // Whoever asks for a part gets one of what is not compressed.
    let has_parts = answer.coding.is_none();
    if has_parts {
        answer.headers.push(("Accept-Ranges", "bytes".to_owned()));
    }
    if request.header("if-none-match").is_some_and(|tags| matches_weakly(&tags, &etag)) {
        answer.status = Status::NotModified;
        return answer;
    }
    let wants_part = has_parts && request.wants_part() && request.header("if-range").is_none_or(|tag| tag == etag);
    let Some(range) = request.header("range").filter(|_| wants_part) else { return answer };
    let len = answer.len();
    match part(&range, len) {
        Part::Whole => answer,
        Part::Of(part) => {
            answer.headers.push(("Content-Range", format!("bytes {}-{}/{len}", part.start, part.end - 1)));
            answer.status = Status::PartialContent;
            answer.part = Some(part);
            answer
        }
        Part::Outside => {
            let mut refused = Answer::plain(Status::RangeNotSatisfiable);
            refused.headers.push(("Content-Range", format!("bytes */{len}")));
            refused
        }
    }
}

/// Tells whether a list of tags has this one; a mark of weakness does not matter (section 13.1.2).
fn matches_weakly(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Of(Range<u64>),
    Outside,
}

fn part(range: &str, len: u64) -> Part {
    let number = |text: &str| -> Option<u64> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A number that no file is long enough for.
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let spec = range.trim().strip_prefix("bytes=").map(str::trim).filter(|spec| !spec.contains(','));
    let Some((first, last)) = spec.and_then(|spec| spec.split_once('-')) else { return Part::Whole };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if last < first => Part::Whole,
        (Some(first), _) if first >= len && (last.is_empty() || number(last).is_some()) => Part::Outside,
        (Some(first), Some(last)) => Part::Of(first..last.saturating_add(1).min(len)),
        (Some(first), None) if last.is_empty() => Part::Of(first..len),
        (None, Some(0)) if first.is_empty() => Part::Outside,
        (None, Some(_)) if first.is_empty() && len == 0 => Part::Outside,
        (None, Some(suffix)) if first.is_empty() => Part::Of(len.saturating_sub(suffix)..len),
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, expected) in [
            ("bytes=0-3", Part::Of(0..4)),
            ("bytes=4-", Part::Of(4..10)),
            ("bytes=-3", Part::Of(7..10)),
            ("bytes=-30", Part::Of(0..10)),
            ("bytes=0-99999999999999999999999", Part::Of(0..10)),
            ("bytes=10-", Part::Outside),
            ("bytes=10-12", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=3-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=12-b", Part::Whole),
            ("lines=0-3", Part::Whole),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        assert_eq!(part("bytes=-1", 0), Part::Outside);
    }

    #[test]
    fn tags() {
        assert!(matches_weakly("\"a\", W/\"b\"", "\"b\"") && matches_weakly("*", "\"b\""));
        assert!(!matches_weakly("\"a\"", "\"b\""));
    }
}
