//! The bare loop: the least that any generator of the same site has to do, as the peer of `packyard build`.
//!
//! Reads the files of a directory of packs, runs pulldown-cmark and one tera template per page, and writes as many files as
//! Packyard writes for packs with one release: pages of pack, release, components and files, copies of files, and files of
//! data. Checks, escapes, sorts and links nothing; one thread.
//!
//! `cargo run --release --example bare_site -- <catalogue> <output directory>`

use std::error::Error;
use std::fs;
use std::path::Path;

use tera::Tera;

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
        pages += files_of_pack(&tera, &pack_path, &target)?;
    }
    println!("{pages} pages");
    Ok(())
}

/// Writes a page and a copy of every file of a pack, and as many files of data as the registry has of one; returns how many pages
/// there are.
fn files_of_pack(tera: &Tera, pack: &Path, target: &Path) -> Result<usize, Box<dyn Error>> {
    let (mut pages, mut open) = (0, vec![String::new()]);
    while let Some(folder) = open.pop() {
        let files = target.join("files").join(&folder);
        fs::create_dir_all(&files)?;
        for name in bare::sorted(&pack.join(&folder))? {
            let path = pack.join(&folder).join(&name);
            if path.is_dir() {
                open.push(Path::new(&folder).join(name).to_str().ok_or("no UTF-8")?.to_owned());
                continue;
            }
            let bytes = fs::read(path)?;
            let text = format!("```\n{}\n```\n", String::from_utf8_lossy(&bytes));
            fs::write(files.join(format!("{name}.html")), bare::render(tera, &name, &text, &[])?)?;
            fs::write(files.join(format!("{name}.txt")), &bytes)?;
            pages += 1;
        }
    }
    let manifest = fs::read(pack.join("pack.yaml"))?;
    fs::create_dir_all(target.join("data"))?;
    for number in 0..DATA {
        fs::write(target.join("data").join(number.to_string()), &manifest)?;
    }
    Ok(pages)
}

/// How many files a registry has of a generated pack besides pages and copies of files: feeds, badges, archives.
const DATA: usize = 24;
