//! Deterministic zip files (PKWARE APPNOTE 6.3), for feeds whose clients want them.
//!
//! Regular files in the given order, deflated by the same encoder as archives; mode 0644 or 0755, the time that zip begins with
//! (1980-01-01), names in UTF-8, no extra fields, no data descriptors. The same files give the same bytes for ever.

use super::tarball::TarFile;

/// 1980-01-01 in the form of MS-DOS: the least that zip can say.
const DATE: u16 = (1 << 5) | 1;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// The method DEFLATE.
const DEFLATE: u16 = 8;
/// Version 2.0 is needed to unpack, and made on Unix, whose modes are then read.
const NEEDED: u16 = 20;
const MADE_BY: u16 = (3 << 8) | 20;

/// Reports files that a plain zip cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a zip file holds at most 65535 files and 4 GiB")]
pub struct ZipTooLarge;

/// Returns a zip of files, in their order.
pub fn write(files: &[TarFile]) -> Result<Vec<u8>, ZipTooLarge> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let deflated = miniz_oxide::deflate::compress_to_vec(&file.bytes, 6);
        let name = file.path.as_str().as_bytes();
        let offset = u32::try_from(zip.len()).map_err(|_| ZipTooLarge)?;
        let sizes = [deflated.len(), file.bytes.len()].map(u32::try_from);
        let [Ok(packed), Ok(size)] = sizes else { return Err(ZipTooLarge) };
        let length = u16::try_from(name.len()).map_err(|_| ZipTooLarge)?;
        // What the local header and the directory have in common.
        let mut common = Vec::with_capacity(26);
        for number in [NEEDED, FLAGS, DEFLATE, 0, DATE] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc32fast::hash(&file.bytes), packed, size] {
            common.extend(number.to_le_bytes());
        }
        common.extend(length.to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        zip.extend(b"PK\x03\x04");
        zip.extend(&common);
        zip.extend(name);
        zip.extend(&deflated);
        let mode: u32 = if file.executable { 0o100_755 } else { 0o100_644 };
        directory.extend(b"PK\x01\x02");
        directory.extend(MADE_BY.to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name);
    }
    let count = u16::try_from(files.len()).map_err(|_| ZipTooLarge)?;
    let [Ok(start), Ok(size)] = [zip.len(), directory.len()].map(u32::try_from) else { return Err(ZipTooLarge) };
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06");
    zip.extend([0; 4]);
    zip.extend(count.to_le_bytes());
    zip.extend(count.to_le_bytes());
    zip.extend(size.to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend(0_u16.to_le_bytes());
    Ok(zip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::{Digest, RelPath};

    /// Unpacks with Python's own reader, which also checks every checksum.
    #[test]
    fn a_zip_is_read_by_other_tools_and_never_changes() {
        let file = |path: &str, bytes: &[u8], executable| TarFile {
            path: RelPath::composed(path),
            bytes: bytes.into(),
            executable,
        };
        let bytes = write(&[
            file("a/b.txt", b"text text text\n", false),
            file("é.sh", b"#!/bin/sh\n", true),
            file("empty", b"", false),
        ])
        .unwrap();
        assert_eq!(
            Digest::of(&bytes).to_string(),
            "sha256:4530f1cb01f6728eb1ed6116ee3dc33ce5ed2b306e3889bbd18baef817c485f9"
        );
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.zip");
        std::fs::write(&path, &bytes).unwrap();
        let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint([(i.filename, oct(i.external_attr >> 16), i.file_size, i.date_time[0]) for i in z.infolist()])";
        let Ok(output) = std::process::Command::new("python3").arg("-c").arg(script).arg(&path).output() else {
            return;
        };
        let expected =
            "[('a/b.txt', '0o100644', 15, 1980), ('é.sh', '0o100755', 10, 1980), ('empty', '0o100644', 0, 1980)]\n";
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{}", String::from_utf8_lossy(&output.stderr));
    }
}
