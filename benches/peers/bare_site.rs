//! The bare loop: the least that any generator of the same site has to do, as the peer of `packyard build`.
//!
//! Reads every README and component file of a directory of packs, runs pulldown-cmark and one tera template per page, and
//! writes as many files as Packyard writes for a pack with one release: two pages and four data files, and a page per
//! component. Checks, escapes, sorts and links nothing; one thread.
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
        pages += bare::site_of_pack(&tera, &Path::new(&catalogue).join("packs").join(&pack), &target, &pack)?;
    }
    println!("{pages} pages");
    Ok(())
}
