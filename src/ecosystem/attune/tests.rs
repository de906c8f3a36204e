//! temporary
use std::path::Path;
use super::testing;
fn dir(root: &Path) -> Vec<(String, String)> {
    fn walk(root: &Path, at: &Path, out: &mut Vec<(String, String)>) {
        for e in std::fs::read_dir(at).unwrap() {
            let p = e.unwrap().path();
            if p.is_dir() { walk(root, &p, out); } else {
                let bytes = std::fs::read(&p).unwrap();
                let text = match String::from_utf8(bytes) { Ok(t) => t, Err(_) => { println!("binary {}", p.display()); continue } };
                out.push((p.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text));
            }
        }
    }
    let mut out = Vec::new(); walk(root, root, &mut out); out
}
#[test]
fn real() {
    for d in std::env::var("PACKS").unwrap_or_default().split_whitespace() {
        let files = dir(Path::new(d));
        let refs: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let s = testing::snapshot(&refs);
        let (pack, found) = testing::read(&s);
        println!("== {d} {:?} {:?}", super::evidence::of(&testing::tree(&s, &crate::pack::Memo::new())), pack.as_ref().map(|p| (&p.id, &p.version, p.components.len(), &p.checksums)));
        for f in &found { println!("{} {} {}:{} {} | {}", f.severity.as_str(), f.code, f.place.path, f.place.span.map_or(0, |s| s.line), f.message, f.help.as_deref().unwrap_or("")); }
        if std::env::var("DUMP").is_ok() { println!("{pack:#?}"); }
    }
}
