//! The bare watcher: the least that showing a saved file has to do, as the peer of `packyard serve`.
//!
//! Watches a directory of packs; when something in a pack changed, reads that one pack again and writes all of its pages.
//! Waits for nothing, compares nothing, knows no releases; prints a line when it is ready, and runs until it is ended.
//!
//! `cargo run --release --example bare_watcher -- <directory of packs> <output directory>`

use std::error::Error;
use std::path::Path;
use std::sync::mpsc;

use notify::{RecursiveMode, Watcher as _};

#[path = "bare/mod.rs"]
mod bare;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(packs), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bare_watcher <directory of packs> <output directory>".into());
    };
    let (packs, output) = (Path::new(&packs).canonicalize()?, Path::new(&output));
    let tera = bare::template()?;
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender)?;
    watcher.watch(&packs, RecursiveMode::Recursive)?;
    for pack in bare::sorted(&packs)? {
        bare::site_of_pack(&tera, &packs.join(&pack), &output.join(&pack), &pack)?;
    }
    println!("watching {}", packs.display());
    for event in events {
        let event = event?;
        // Reading is told too, and our own would never end.
        if event.kind.is_access() {
            continue;
        }
        let Some(path) = event.paths.first().and_then(|path| path.strip_prefix(&packs).ok()) else { continue };
        let Some(pack) = path.iter().next().and_then(|name| name.to_str()) else { continue };
        // A file may be gone again, or half written; then another event follows.
        let _ = bare::site_of_pack(&tera, &packs.join(pack), &output.join(pack), pack);
    }
    Ok(())
}
