//! The pages of one pack, made with as little work as it takes; what the bare peers share.

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

/// Returns the one template.
pub(crate) fn template() -> Result<Tera, Box<dyn Error>> {
    let mut tera = Tera::default();
    tera.add_raw_template("page.html", PAGE)?;
    Ok(tera)
}

/// Writes the pages of one pack, and returns how many there are.
pub(crate) fn site_of_pack(tera: &Tera, pack: &Path, target: &Path, title: &str) -> Result<usize, Box<dyn Error>> {
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

/// Returns a page.
pub(crate) fn render(tera: &Tera, title: &str, markdown: &str, names: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut body = String::new();
    html::push_html(&mut body, Parser::new_ext(markdown, Options::all()));
    let mut context = Context::new();
    context.insert("title", title);
    context.insert("body", &body);
    context.insert("names", names);
    Ok(tera.render("page.html", &context)?)
}

/// Returns the names in a directory, sorted.
pub(crate) fn sorted(directory: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
