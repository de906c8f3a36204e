//! The bare walk: the least that noticing "nothing changed" has to do, as the peer of a build with nothing to do.
//!
//! Walks a directory and asks the system about every entry; one thread.
//!
//! `cargo run --release --example bare_walk -- <directory>`

use std::error::Error;

use walkdir::WalkDir;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: bare_walk <directory>")?;
    let (mut entries, mut bytes) = (0_u64, 0);
    for entry in WalkDir::new(directory) {
        entries += 1;
        bytes += entry?.metadata()?.len();
    }
    println!("{entries} entries, {bytes} bytes");
    Ok(())
}
