use super::super::samples::{listed, snapshot};
use super::*;

const LIMITS: ArchiveLimits =
    ArchiveLimits { packed_bytes: 100_000, unpacked_bytes: 1_000_000, file_bytes: 10_000, files: 10 };

/// Returns an entry: its header, which `change` may alter before its checksum is made right again, and its padded content.
fn entry(path: &str, content: &[u8], change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut block = archive::header("echo", path, content.len() as u64, false).unwrap().as_bytes().to_vec();
    change(&mut block);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:07o}\0").as_bytes());
    block.extend_from_slice(content);
    block.resize(block.len().next_multiple_of(BLOCK), 0);
    block
}

fn file(path: &str, content: &[u8]) -> Vec<u8> {
    entry(path, content, |_| {})
}

/// Returns an entry whose name field says exactly this.
fn named(name: &[u8]) -> Vec<u8> {
    entry("x", b"", |block| {
        block[..100].fill(0);
        block[..name.len()].copy_from_slice(name);
    })
}

/// Returns an entry of another type.
fn typed(kind: u8, content: &[u8]) -> Vec<u8> {
    entry("x", content, |block| block[156] = kind)
}

fn end() -> Vec<u8> {
    vec![0; 2 * BLOCK]
}

/// Reads a tar stream with an end behind it.
fn refused(entries: &[Vec<u8>]) -> ReadFault {
    let stream = [entries.concat(), end()].concat();
    read(&gzip::compress(&stream), "echo", &LIMITS).map(|_| ()).expect_err("a hostile archive")
}

fn path(text: &str) -> RelPath {
    RelPath::composed(text)
}

fn good() -> (Snapshot, Listing, Vec<u8>) {
    let snapshot =
        snapshot(&[("Zebra", b"", false), ("a/run.sh", b"#!/bin/sh\n", true), ("pack.yaml", b"ref: echo\n", false)]);
    let listing = listed(&snapshot);
    let bytes = archive::write("echo", &snapshot, &listing).unwrap().bytes;
    (snapshot, listing, bytes)
}

#[test]
fn written_archive_reads_back() {
    let (snapshot, listing, bytes) = good();
    let (read, read_listing) = read(&bytes, "echo", &LIMITS).unwrap();
    assert_eq!(read_listing, listing);
    assert_eq!(read.files().len(), snapshot.files().len());
    for (ours, theirs) in read.files().iter().zip(snapshot.files()) {
        assert_eq!((&ours.path, ours.executable), (&theirs.path, theirs.executable));
        assert_eq!(read.read(ours).unwrap(), snapshot.read(theirs).unwrap());
    }
}

#[test]
fn archive_of_the_largest_pack_is_within_the_limits_made_for_it() {
    let limits = Limits { files: 3, file_bytes: 4, pack_bytes: 8, ..Limits::default() };
    let long = |name: &str| format!("{}/{}", "d".repeat(150), name.repeat(100));
    let paths = [long("a"), long("b"), long("c")];
    let snapshot = snapshot(&[(&paths[0], b"1234", true), (&paths[1], b"123", true), (&paths[2], b"1", true)]);
    let archive = archive::write("echo", &snapshot, &listed(&snapshot)).unwrap();
    read(&archive.bytes, "echo", &limits.into()).unwrap();
}

#[test]
fn each_limit_is_kept() {
    let (.., bytes) = good();
    let with = |limits: ArchiveLimits| read(&bytes, "echo", &limits).map(|_| ()).unwrap_err();
    assert_eq!(with(ArchiveLimits { packed_bytes: 99, ..LIMITS }), ReadFault::PackedTooLarge(99));
    assert_eq!(with(ArchiveLimits { unpacked_bytes: 999, ..LIMITS }), ReadFault::UnpackedTooLarge(999));
    let too_large = ReadFault::FileTooLarge { path: path("a/run.sh"), limit: 9 };
    assert_eq!(with(ArchiveLimits { file_bytes: 9, ..LIMITS }), too_large);
    assert_eq!(with(ArchiveLimits { files: 2, ..LIMITS }), ReadFault::TooManyFiles(2));
}

/// A kilobyte that unpacks to a megabyte is stopped at the limit.
#[test]
fn bomb_is_refused() {
    let bomb = gzip::compress(&vec![0; 8 << 20]);
    assert!(bomb.len() < 10_000);
    assert_eq!(read(&bomb, "echo", &LIMITS).map(|_| ()), Err(ReadFault::UnpackedTooLarge(1_000_000)));
}

/// Everything that is no regular file: links, devices, directories, extended headers of POSIX and GNU, sparse files.
#[test]
fn entries_that_are_no_files_are_refused() {
    for kind in *b"1234567xgLKSDMVN\0" {
        let fault = refused(&[typed(kind, b"30 path=../../etc/passwd\n")]);
        assert!(matches!(fault, ReadFault::NotAFile { .. }), "{}: {fault}", char::from(kind));
    }
}

#[test]
fn paths_that_leave_the_directory_are_refused() {
    let fault = |name: &[u8]| refused(&[named(name)]);
    let unsafe_path = |name: &str, fault| ReadFault::Unsafe { path: name.to_owned(), fault };
    assert_eq!(fault(b"/etc/passwd"), unsafe_path("/etc/passwd", PathFault::Absolute));
    assert_eq!(fault(b"echo/../../x"), unsafe_path("echo/../../x", PathFault::Dots));
    assert_eq!(fault(b"echo/./x"), unsafe_path("echo/./x", PathFault::Dots));
    assert_eq!(fault(b"echo//x"), unsafe_path("echo//x", PathFault::Empty));
    assert_eq!(fault(b"echo/"), unsafe_path("echo/", PathFault::Empty));
    assert_eq!(fault(br"echo/..\x"), unsafe_path(r"echo/..\\x", PathFault::Backslash));
    assert_eq!(fault(b"echo/\x1b[2J"), unsafe_path(r"echo/\u{1b}[2J", PathFault::Control));
    assert_eq!(fault(b"other/x"), ReadFault::Outside("other/x".to_owned()));
    assert_eq!(fault(b"echo"), ReadFault::Outside("echo".to_owned()));
    assert_eq!(fault(b"echo/\xff"), ReadFault::NotUtf8(1));
    let prefixed = entry("x", b"", |block| block[345..347].copy_from_slice(b".."));
    assert_eq!(refused(&[prefixed]), unsafe_path("../echo/x", PathFault::Dots));
}

#[test]
fn repeated_clashing_and_unsorted_paths_are_refused() {
    let files = |paths: &[&str]| refused(&paths.iter().map(|path| file(path, b"")).collect::<Vec<_>>());
    assert_eq!(files(&["a", "a"]), ReadFault::Duplicate(path("a")));
    assert_eq!(files(&["b", "a"]), ReadFault::Unsorted(path("a")));
    assert_eq!(files(&["README", "readme"]), ReadFault::Clash(path("readme")));
    assert_eq!(files(&["Docs/a", "docs/b"]), ReadFault::Clash(path("docs/b")));
    assert_eq!(files(&["a", "a/b"]), ReadFault::Clash(path("a/b")));
    assert_eq!(files(&["A/b", "a"]), ReadFault::Clash(path("a")));
    assert_eq!(files(&["sha256sums"]), ReadFault::Clash(path("sha256sums")));
}

/// Two archives must not differ in what the listing cannot see: owners, times, mode bits, or data behind a name.
#[test]
fn headers_that_say_more_than_ours_are_refused() {
    type Change = fn(&mut [u8]);
    let changed: [(&str, Change); 8] = [
        ("setuid", |block| block[100..108].copy_from_slice(b"0004755\0")),
        ("world-writable", |block| block[100..108].copy_from_slice(b"0000777\0")),
        ("uid", |block| block[108..116].copy_from_slice(b"0001750\0")),
        ("time", |block| block[136..148].copy_from_slice(b"14000000000\0")),
        ("user name", |block| block[265..269].copy_from_slice(b"root")),
        ("link name", |block| block[157..160].copy_from_slice(b"/x\0")),
        ("GNU magic", |block| block[257..265].copy_from_slice(b"ustar  \0")),
        ("behind the name", |block| block[50] = b'x'),
    ];
    for (what, change) in changed {
        assert_eq!(refused(&[entry("x", b"", change)]), ReadFault::Header(path("x")), "{what}");
    }
    let binary_size = entry("x", b"", |block| block[124..136].copy_from_slice(b"\x80\0\0\0\0\0\0\0\0\0\0\0"));
    assert_eq!(refused(&[binary_size]), ReadFault::Header(path("x")));
    let executable_list = entry(LISTING_NAME, b"", |block| block[100..108].copy_from_slice(b"0000755\0"));
    assert_eq!(refused(&[executable_list]), ReadFault::Header(path(LISTING_NAME)));
    let mut wrong_sum = file("x", b"");
    wrong_sum[150] ^= 1;
    assert_eq!(refused(&[wrong_sum]), ReadFault::Checksum(1));
}

#[test]
fn truncated_and_padded_streams_are_refused() {
    let unpacked = |stream: &[u8]| read(&gzip::compress(stream), "echo", &LIMITS).map(|_| ()).unwrap_err();
    let whole = [file("x", b"content"), end()].concat();
    for length in [0, 100, BLOCK, BLOCK + 3, BLOCK + 7, 2 * BLOCK, 3 * BLOCK] {
        assert_eq!(unpacked(&whole[..length]), ReadFault::Truncated, "{length}");
    }
    assert_eq!(unpacked(&[&whole[..], b"x"].concat()), ReadFault::Garbage);
    assert_eq!(unpacked(&[&whole[..], &[0; BLOCK]].concat()), ReadFault::Garbage);
    let mut padded = whole.clone();
    padded[2 * BLOCK - 1] = 1;
    assert_eq!(unpacked(&padded), ReadFault::Garbage);
    let huge = entry("x", b"", |block| block[124..136].copy_from_slice(b"77777777777\0"));
    assert_eq!(refused(&[huge]), ReadFault::FileTooLarge { path: path("x"), limit: 10_000 });
    let lying = entry("x", b"", |block| block[124..136].copy_from_slice(b"00000007777\0"));
    assert_eq!(refused(&[lying]), ReadFault::Truncated);
}

#[test]
fn damaged_container_is_refused() {
    let (.., bytes) = good();
    let gzip = |bytes: &[u8]| read(bytes, "echo", &LIMITS).map(|_| ()).unwrap_err();
    assert!(matches!(gzip(&bytes[..bytes.len() / 2]), ReadFault::Gzip(_)));
    assert!(matches!(gzip(b"PK\x03\x04"), ReadFault::Gzip(_)));
    assert_eq!(gzip(&[&bytes[..], b"x"].concat()), ReadFault::Garbage);
}

/// An archive whose list lies about its files is refused, though each entry is well-formed.
#[test]
fn lying_and_missing_listings_are_refused() {
    let list = format!("{}  x\n", Digest::of(b"other").hex());
    assert_eq!(refused(&[file(LISTING_NAME, list.as_bytes()), file("x", b"content")]), ReadFault::ListingDiffers);
    let list = format!("{} *x\n", Digest::of(b"content").hex());
    assert_eq!(refused(&[file(LISTING_NAME, list.as_bytes()), file("x", b"content")]), ReadFault::ListingDiffers);
    assert_eq!(refused(&[file("x", b"content")]), ReadFault::NoListing);
}

proptest::proptest! {
    /// Whatever is changed in a tar stream: it is refused, or it is still the stream that the writer makes of what was read.
    #[test]
    fn changed_streams_are_refused_or_canonical(
        changes in proptest::collection::vec((0_usize..10_000, proptest::prelude::any::<u8>()), 1..6),
        cut in proptest::option::of(0_usize..10_000),
    ) {
        let (snapshot, listing, _) = good();
        let mut stream = archive::stream("echo", &snapshot, &listing).unwrap();
        for (at, byte) in changes {
            let at = at % stream.len();
            stream[at] = byte;
        }
        stream.truncate(cut.unwrap_or(usize::MAX));
        if let Ok((snapshot, listing)) = read_stream(stream.clone(), "echo", &LIMITS) {
            proptest::prop_assert_eq!(archive::stream("echo", &snapshot, &listing).unwrap(), stream);
        }
    }

    #[test]
    fn changed_archives_never_panic(
        changes in proptest::collection::vec((0_usize..10_000, proptest::prelude::any::<u8>()), 1..6),
        noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000),
    ) {
        let (_, listing, mut bytes) = good();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Ok((_, read_listing)) = read(&bytes, "echo", &LIMITS) {
            proptest::prop_assert_eq!(read_listing, listing);
        }
        let _ = read(&noise, "echo", &LIMITS);
        let _ = read_stream(noise, "echo", &LIMITS);
    }
}
