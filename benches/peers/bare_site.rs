//! The bare loop: the least that any generator of the same site has to do, as the peer of `packyard build`.
//!
//! Reads the files of a directory of packs, runs pulldown-cmark and one tera template per page, and writes as many files as
//! Packyard writes for packs with one release: pages of pack, release, components and files, copies of files, and files of
//! data. Checks, escapes, sorts and links nothing; one thread.
//!
//! `cargo run --release --example bare_site -- <catalogue> <output directory>`

use std::error::Error;
use std::path::Path;

#[path = "bare/mod.rs"]
mod bare;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(catalogue), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bare_site <catalogue> <output directory>".into());
    };
    let tera = bare::template()?;
    let mut pages = 0;
    for pack in bare::sorted(&Path::new(&catalogue).join("packs"))? {
        let target = Path::new(&output).join(&pack);
        let pack_path = Path::new(&catalogue).join("packs").join(&pack);
        pages += bare::site_of_pack(&tera, &pack_path, &target, &pack)?;
        pages += bare::files_of_pack(&tera, &pack_path, &target)?;
    }
    println!("{pages} pages");
    Ok(())
}
