//! Compressed answers: who gets them, what they say of themselves, and that open pages are not confused by them.

use std::io::Read as _;

use super::client::{Answer, Serving, rename_over};
use super::{PAGE, with_echo};
use crate::support::packs;

const STYLE: &str = "/assets/style.css";
/// What browsers send.
const GZIP: (&str, &str) = ("Accept-Encoding", "gzip, deflate, br, zstd");

fn unpacked(answer: &Answer) -> Vec<u8> {
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut bytes).expect("gzip");
    bytes
}

/// Ensures that texts are compressed for whoever accepts it, and are the same texts.
#[test]
fn texts_are_compressed_for_whoever_accepts_it() {
    // Another pack makes the index long enough.
    let site = with_echo().pack("packs/lamp", &packs::stackstorm("lamp", "1.0.0", "light"));
    let serving = Serving::start(&site, &[]);
    for path in [PAGE, "/", "/index.json", STYLE, "/assets/site.js", "/_packyard/live.js", "/_packyard/live.css"] {
        let plain = serving.get(path);
        let packed = serving.ask("GET", path, &[GZIP]);
        assert_eq!((plain.status, packed.status), (200, 200), "{path}");
        assert!(plain.body.len() >= 1024, "{path} is too short to be compressed");
        assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("Accept-Encoding")), "{path}");
        assert_eq!(packed.header("vary"), Some("Accept-Encoding"), "{path}");
        assert!(unpacked(&packed) == plain.body && packed.body.len() < plain.body.len(), "{path}");
        assert_eq!(packed.header("content-type"), plain.header("content-type"), "{path}");
        assert_ne!(packed.header("etag"), plain.header("etag"), "{path}");
        for (whole, headers) in [(&plain, &[][..]), (&packed, &[GZIP])] {
            let head = serving.ask("HEAD", path, headers);
            assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
            for name in ["content-encoding", "content-length", "content-type", "etag", "vary", "accept-ranges"] {
                assert_eq!(head.header(name), whole.header(name), "{path}: {name}");
            }
            assert_eq!(head.header("content-length"), Some(whole.body.len().to_string().as_str()), "{path}");
        }
    }
    let missing = serving.ask("GET", "/no/such/page", &[GZIP]);
    assert_eq!(missing.status, 404);
    assert!(String::from_utf8_lossy(&unpacked(&missing)).contains("Page not found"));
}

/// Ensures that weights and refusals are respected.
#[test]
fn what_a_client_refuses_it_does_not_get() {
    let site = with_echo();
    let serving = Serving::start(&site, &[]);
    for (accepted, expected) in [
        ("br", Some(None)),
        ("gzip;q=0", Some(None)),
        ("identity, gzip;q=0.5", Some(None)),
        ("*", Some(Some("gzip"))),
        ("gzip, identity;q=0", Some(Some("gzip"))),
        ("br, identity;q=0", None),
        ("*;q=0", None),
    ] {
        let answer = serving.ask("GET", PAGE, &[("Accept-Encoding", accepted)]);
        match expected {
            Some(coding) => assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{accepted}"),
            None => assert_eq!(answer.status, 406, "{accepted}"),
        }
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{accepted}");
    }
}

/// Ensures that archives and parts are what their digests and positions say.
#[test]
fn archives_and_parts_are_never_compressed() {
    let site = with_echo();
    site.build().expect("built");
    let serving = Serving::start(&site, &[]);
    let archive = serving.ask("GET", "/archives/attune/echo/echo-1.0.0.tar.gz", &[GZIP]);
    assert_eq!((archive.status, archive.header("content-encoding"), archive.header("vary")), (200, None, None));
    assert_eq!(archive.body, site.tree()["archives/attune/echo/echo-1.0.0.tar.gz"]);

    let page = serving.get(PAGE);
    let part = serving.ask("GET", PAGE, &[GZIP, ("Range", "bytes=10-19")]);
    assert_eq!((part.status, part.header("content-encoding")), (206, None));
    assert_eq!((&part.body[..], part.header("etag")), (&page.body[10..20], page.header("etag")));
    // The tag of the compressed page is not the tag of what parts are of.
    let packed = serving.ask("GET", PAGE, &[GZIP]);
    let tag = packed.header("etag").expect("a tag");
    let whole = serving.ask("GET", PAGE, &[GZIP, ("Range", "bytes=10-19"), ("If-Range", tag)]);
    assert!(whole.status == 200 && whole.body == page.body, "{}", whole.status);
    assert_eq!(packed.header("accept-ranges"), None);
}

/// Ensures that each form is asked for again by its own tag.
#[test]
fn each_form_has_its_own_tag() {
    let site = with_echo();
    let serving = Serving::start(&site, &[]);
    let (plain, packed) = (serving.get(STYLE), serving.ask("GET", STYLE, &[GZIP]));
    let tag = |answer: &Answer| answer.header("etag").expect("a tag").to_owned();
    let ask = |headers: &[(&str, &str)], tag: &str| {
        let headers = [headers, &[("If-None-Match", tag)]].concat();
        serving.ask("GET", STYLE, &headers)
    };
    for (answer, own, other, headers) in
        [(&plain, tag(&plain), tag(&packed), &[][..]), (&packed, tag(&packed), tag(&plain), &[GZIP])]
    {
        let same = ask(headers, &own);
        assert_eq!((same.status, same.body.len(), tag(&same)), (304, 0, own.clone()));
        assert_eq!((same.header("vary"), same.header("content-encoding")), (Some("Accept-Encoding"), None));
        let different = ask(headers, &other);
        assert!(different.status == 200 && different.body == answer.body, "{}", different.status);
    }
}

/// Ensures that an open page sees its own tag while nothing changes, and another one when its own bytes do: as `live.js` asks,
/// which a browser makes accept what is compressed.
#[test]
fn an_open_page_compares_the_same_tag_however_it_was_sent() {
    let site = with_echo();
    let serving = Serving::start(&site, &[]);
    let told = |html: &[u8]| {
        let html = String::from_utf8_lossy(html);
        let tag = html.split("data-tag='").nth(1).and_then(|rest| rest.split('\'').next()).expect("a tag");
        tag.to_owned()
    };
    let seen = |path: &str| serving.ask("HEAD", path, &[GZIP]).header("packyard-tag").map(str::to_owned);
    let page = serving.ask("GET", PAGE, &[GZIP]);
    let own = told(&unpacked(&page));
    assert_eq!(own, told(&serving.get(PAGE).body));
    assert_eq!(seen(PAGE), Some(own.clone()));
    assert_ne!(page.header("etag"), Some(own.as_str()), "the entity tag is that of the compressed page");
    let other = seen("/404.html").expect("a tag");

    rename_over(&site.root().join("packs/echo/README.md"), "# echo\n\nSays goodbye.\n");
    let mut events = serving.events();
    events.until(|_| serving.get(PAGE).text().contains("Says goodbye."));
    assert_ne!(seen(PAGE), Some(own));
    assert_eq!(seen("/404.html"), Some(other));
}
