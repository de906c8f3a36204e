//! Names this very program, so that a cache which another one wrote is not read: what is remembered depends on every rule.

use std::fs;
use std::path::Path;

/// What the program is made from.
const INPUTS: [&str; 6] = ["Cargo.lock", "docs/format", "schemas", "site-docs", "site-templates", "src"];

fn main() {
    let mut digest = Fnv128(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    for input in INPUTS {
        println!("cargo:rerun-if-changed={input}");
        add(Path::new(input), &mut digest);
    }
    println!("cargo:rustc-env=PACKYARD_BUILD={:032x}", digest.0);
}

/// Adds a file, or a directory in the order of its names; what is not there (in a published package) adds nothing.
fn add(path: &Path, digest: &mut Fnv128) {
    if let Ok(entries) = fs::read_dir(path) {
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        paths.iter().for_each(|path| add(path, digest));
    } else if let Ok(bytes) = fs::read(path) {
        let name = path.to_string_lossy().replace('\\', "/");
        for part in [name.as_bytes(), &bytes] {
            digest.add(&part.len().to_le_bytes());
            digest.add(part);
        }
    }
}

/// FNV-1a with 128 bits: nobody gains anything by a collision here, and accidents are not to be expected.
struct Fnv128(u128);

impl Fnv128 {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}
