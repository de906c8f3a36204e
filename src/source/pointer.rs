//! Git LFS pointers: small texts that stand for content which lies elsewhere.

/// The sizes that a pointer has (the specification says below 1024; without extensions it has about 130 bytes).
const SIZES: std::ops::RangeInclusive<u64> = 100..=512;
const START: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// Tells whether a file of so many bytes may be one, so that it is worth a look.
pub(super) fn may_be(size: u64) -> bool {
    SIZES.contains(&size)
}

/// Tells whether this is one.
pub(super) fn is_pointer(bytes: &[u8]) -> bool {
    may_be(bytes.len() as u64) && bytes.starts_with(START)
}
