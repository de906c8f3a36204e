//! Site generators that anybody can install, on the same text: Hugo and Zola, and the bare loop beside them.
//!
//! Of each pack its README becomes a section with a list of its pages, and each component file a page: the file as a code
//! block below a title. One layout, no highlighting, no feeds, no search. A generator that is not installed is left out,
//! which is said.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::catalogues;
use super::measure;
use super::scenario::{Context, Run};
use super::table::{By, Figures, Row};
use crate::process::{outputs, program};

/// A site generator.
struct Generator {
    name: &'static str,
    program: &'static str,
    /// What prints the version.
    version: &'static str,
    /// The configuration and the templates: path, text.
    files: &'static [(&'static str, &'static str)],
    /// What stands around the title of a page.
    front_matter: [&'static str; 2],
    /// The arguments of a build of a folder into another.
    build: fn(site: PathBuf, out: PathBuf) -> Vec<PathBuf>,
}

const GENERATORS: [Generator; 2] = [
    Generator {
        name: "Hugo",
        program: "hugo",
        version: "version",
        files: &[
            (
                "config.toml",
                "baseURL = \"https://packs.acme.example/\"\ntitle = \"Packs\"\n\
                 disableKinds = [\"taxonomy\", \"term\", \"RSS\", \"sitemap\", \"404\"]\n\
                 [markup.highlight]\ncodeFences = false\n",
            ),
            (
                "layouts/_default/baseof.html",
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{ .Title }}</title></head>\n\
                 <body><header><a href=\"/\">Packs</a></header>\n\
                 <main><h1>{{ .Title }}</h1>{{ .Content }}{{ block \"main\" . }}{{ end }}</main></body></html>\n",
            ),
            (
                "layouts/_default/single.html",
                "{{ define \"main\" }}<nav><a href=\"{{ .CurrentSection.RelPermalink }}\">{{ .CurrentSection.Title }}</a></nav>{{ end }}\n",
            ),
            (
                "layouts/_default/list.html",
                "{{ define \"main\" }}<ul>{{ range .Pages }}<li><a href=\"{{ .RelPermalink }}\">{{ .Title }}</a></li>\n{{ end }}</ul>{{ end }}\n",
            ),
        ],
        front_matter: ["---\ntitle: ", "---\n"],
        build: |site, out| ["--quiet".into(), "--source".into(), site, "--destination".into(), out].into(),
    },
    Generator {
        name: "Zola",
        program: "zola",
        version: "--version",
        files: &[
            (
                "config.toml",
                // Nothing is highlighted unless asked for.
                "base_url = \"https://packs.acme.example\"\ntitle = \"Packs\"\ncompile_sass = false\n\
                 build_search_index = false\n",
            ),
            (
                "templates/base.html",
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{% block title %}{% endblock %}</title></head>\n\
                 <body><header><a href=\"/\">Packs</a></header>\n<main>{% block main %}{% endblock %}</main></body></html>\n",
            ),
            (
                "templates/page.html",
                "{% extends \"base.html\" %}{% block title %}{{ page.title }}{% endblock %}\n\
                 {% block main %}<h1>{{ page.title }}</h1>{{ page.content | safe }}{% endblock %}\n",
            ),
            (
                "templates/section.html",
                "{% extends \"base.html\" %}{% block title %}{{ section.title }}{% endblock %}\n\
                 {% block main %}<h1>{{ section.title }}</h1>{{ section.content | safe }}\n\
                 <ul>{% for page in section.pages %}<li><a href=\"{{ page.permalink }}\">{{ page.title }}</a></li>\n{% endfor %}</ul>{% endblock %}\n",
            ),
            (
                "templates/index.html",
                "{% extends \"base.html\" %}{% block title %}Packs{% endblock %}\n\
                 {% block main %}<ul>{% for path in section.subsections %}{% set pack = get_section(path=path, metadata_only=true) %}\
                 <li><a href=\"{{ pack.permalink }}\">{{ pack.title }}</a></li>\n{% endfor %}</ul>{% endblock %}\n",
            ),
        ],
        front_matter: ["+++\ntitle = ", "+++\n"],
        build: |site, out| ["--root".into(), site, "build".into(), "--output-dir".into(), out].into(),
    },
];

/// Measures the program beside each generator, and beside the bare loop.
pub(super) fn rows(context: &Context, what: &str, peers_only: bool) -> Result<Vec<Row>> {
    let catalogue = catalogues::five_thousand(context)?;
    let figures = |prepare: &dyn Fn() -> Result<Run>| -> Result<Figures> {
        Ok(measure::median(&measure::runs(context, context.runs, prepare)?, &[]).into())
    };
    let mut peers = vec![("bare loop".to_owned(), figures(&|| context.bare_site(catalogue.clone()))?)];
    for generator in &GENERATORS {
        let Some(version) = generator.installed() else {
            eprintln!("{} is not installed: it is left out", generator.name);
            continue;
        };
        let site = context.directory.join(generator.program);
        generator.write(&catalogue, &site)?;
        let out = format!("{}-site", generator.program);
        let measured = figures(&|| {
            let arguments = (generator.build)(site.clone(), catalogues::output(context, &out)?);
            Ok(Run { program: generator.program.into(), arguments })
        })?;
        eprintln!("{version}: {} pages", pages(&context.directory.join(out))?);
        peers.push((version, measured));
    }
    let ours = match peers_only {
        true => Figures::default(),
        false => figures(&|| Ok(context.build(&catalogues::without_build(catalogue.clone())?)))?,
    };
    let row = |(peer_name, peer): (String, Figures)| {
        let wanted = if peer_name == "bare loop" { "–" } else { "0.250 of the time" };
        Row { what: format!("{what}: everything"), peer_name, ours, peer, by: By::Wall, wanted: wanted.to_owned() }
    };
    Ok(peers.into_iter().map(row).collect())
}

impl Generator {
    /// Returns name and version; nothing when the program is not there.
    fn installed(&self) -> Option<String> {
        let (text, _) = outputs(program(self.program).arg(self.version)).ok()?;
        let version = text.split_whitespace().find_map(|word| {
            let version = word.trim_start_matches('v').split(['+', '-']).next()?;
            version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
        });
        Some(format!("{} {}", self.name, version.unwrap_or("of an unknown version")))
    }

    /// Writes the text of a catalogue as the generator wants it, unless it is there.
    fn write(&self, catalogue: &Path, site: &Path) -> Result<()> {
        let done = site.join("written");
        if done.is_file() {
            return Ok(());
        }
        for (path, text) in self.files {
            put(&site.join(path), text)?;
        }
        put(&site.join("content/_index.md"), &self.page("Packs", ""))?;
        for pack in names(&catalogue.join("packs"))? {
            let (from, to) = (catalogue.join("packs").join(&pack), site.join("content").join(&pack));
            put(&to.join("_index.md"), &self.page(&pack, &text(&from.join("README.md"))?))?;
            for kind in ["actions", "actions/workflows", "aliases", "rules", "sensors", "triggers"] {
                for name in names(&from.join(kind))? {
                    let Some(stem) = name.strip_suffix(".yaml") else { continue };
                    let body = format!("```yaml\n{}\n```\n", text(&from.join(kind).join(&name))?);
                    let page = to.join(format!("{}-{stem}.md", kind.replace('/', "-")));
                    put(&page, &self.page(stem, &body))?;
                }
            }
        }
        put(&done, "")
    }

    fn page(&self, title: &str, body: &str) -> String {
        let [before, after] = self.front_matter;
        // Two braces would be a shortcode.
        format!("{before}\"{title}\"\n{after}{}", body.replace("{{", "{ {"))
    }
}

/// Returns how many pages lie below a folder.
fn pages(folder: &Path) -> Result<usize> {
    let (mut pages, mut open) = (0, vec![folder.to_owned()]);
    while let Some(directory) = open.pop() {
        for name in names(&directory)? {
            let path = directory.join(name);
            if path.is_dir() {
                open.push(path);
            } else {
                pages += usize::from(path.extension().is_some_and(|extension| extension == "html"));
            }
        }
    }
    Ok(pages)
}

/// Returns the names in a directory, sorted; none when it is not there.
fn names(directory: &Path) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(directory) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn put(path: &Path, text: &str) -> Result<()> {
    let written = fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| fs::write(path, text));
    written.with_context(|| format!("cannot write {}", path.display()))
}
