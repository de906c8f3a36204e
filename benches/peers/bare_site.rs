//! The bare loop: the least that any generator of the same site has to do, as the peer of `packyard build`.
//!
//! Reads every README and component file of a directory of packs, runs pulldown-cmark and one tera template per page, and
//! writes as many files as Packyard writes for a pack with one release: two pages and four data files, and a page per
//! component. Checks, escapes, sorts and links nothing; one thread.
//!
//! `cargo run --release --example bare_site -- <catalogue> <output directory>`

use std::error::Error;
use std::fs;
use std::path::Path;

use pulldown_cmark::{Options, Parser, html};
use tera::{Context, Tera};

const PAGE: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="../style.css"></head>
<body><header><a href="../index.html">Packs</a></header>
<main><h1>{{ title }}</h1>{{ body | safe }}</main>
<nav>{% for name in names %}<a href="{{ name }}.html">{{ name }}</a>{% endfor %}</nav></body></html>
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(catalogue), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bare_site <catalogue> <output directory>".into());
    };
    let mut tera = Tera::default();
    tera.add_raw_template("page.html", PAGE)?;
    let mut pages = 0;
    for pack in sorted(&Path::new(&catalogue).join("packs"))? {
        let target = Path::new(&output).join(&pack);
        pages += site_of_pack(&tera, &Path::new(&catalogue).join("packs").join(&pack), &target, &pack)?;
    }
    println!("{pages} pages");
    Ok(())
}

/// Writes the pages of one pack, and returns how many there are.
fn site_of_pack(tera: &Tera, pack: &Path, target: &Path, title: &str) -> Result<usize, Box<dyn Error>> {
    let release = target.join("1.0.0");
    let mut components = Vec::new();
    for kind in ["actions", "actions/workflows", "aliases", "rules", "sensors", "triggers"] {
        let folder = pack.join(kind);
        if !folder.is_dir() {
            continue;
        }
        for name in sorted(&folder)? {
            if let Some(stem) = name.strip_suffix(".yaml") {
                components.push((kind, stem.to_owned(), folder.join(&name)));
            }
        }
    }
    let names: Vec<&str> = components.iter().map(|(_, name, _)| name.as_str()).collect();
    let readme = fs::read_to_string(pack.join("README.md"))?;
    let manifest = fs::read(pack.join("pack.yaml"))?;
    fs::create_dir_all(&release)?;
    for page in [target.join("index.html"), release.join("index.html")] {
        fs::write(page, render(tera, title, &readme, &names)?)?;
    }
    for data in
        [target.join("pack.json"), release.join("release.json"), release.join("SHA256SUMS"), release.join("data")]
    {
        fs::write(data, &manifest)?;
    }
    for kind in ["actions", "actions/workflows", "aliases", "rules", "sensors", "triggers"] {
        if components.iter().any(|(other, _, _)| *other == kind) {
            fs::create_dir_all(release.join(kind))?;
        }
    }
    for (kind, name, file) in &components {
        let text = format!("```yaml\n{}\n```\n", fs::read_to_string(file)?);
        fs::write(release.join(kind).join(format!("{name}.html")), render(tera, name, &text, &[])?)?;
    }
    Ok(components.len() + 2)
}

fn render(tera: &Tera, title: &str, markdown: &str, names: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut body = String::new();
    html::push_html(&mut body, Parser::new_ext(markdown, Options::all()));
    let mut context = Context::new();
    context.insert("title", title);
    context.insert("body", &body);
    context.insert("names", names);
    Ok(tera.render("page.html", &context)?)
}

fn sorted(directory: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
