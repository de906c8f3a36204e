//! The look of a registry: what `[site]` and a folder of templates change, and how their faults are told.

use crate::support::{SiteTest, packs};

const LOGO: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 60 20\"><rect width=\"60\" height=\"20\"/></svg>\n";

/// Returns a registry with one pack, and more configuration.
fn registry(more: &str) -> SiteTest {
    let configuration =
        format!("[registry]\nname = \"Acme\"\nurl = \"https://packs.acme.example/sub\"\ntemplates = \"theme\"\n{more}");
    SiteTest::new()
        .file("packyard.toml", &configuration)
        .file("theme/README.md", "Ours.\n")
        .pack("packs/echo", &packs::attune("echo", "1.0.0", "one"))
}

fn page(site: &SiteTest, path: &str) -> String {
    String::from_utf8(site.tree().get(path).unwrap_or_else(|| panic!("no {path}")).clone()).expect("UTF-8")
}

/// Ensures that every key of `[site]` is on every kind of page, and that a change of it is seen.
#[test]
fn the_owners_look_is_on_every_page() {
    let site = registry(
        "\n[site]\nlogo = \"brand/logo.svg\"\naccent = \"#9d174d\"\ndocs = \"handbook\"\n\
         navigation = [{ label = \"Status\", address = \"https://status.acme.example/\" }]\n\n\
         [site.footer]\ntext = \"Run by the <platform> team.\"\nlinks = [{ label = \"Policy\", address = \"docs/policy.html\" }]\n",
    )
    .file("brand/logo.svg", LOGO)
    .file("handbook/policy.md", "# Policy\n\nBe kind, and read [how to install](install.md).\n");
    site.packyard(&["build"]).with_code(0);
    for (path, root) in [
        ("index.html", ""),
        ("404.html", "/sub/"),
        ("docs/policy.html", "../"),
        ("docs/format/pack.html", "../../"),
        ("packs/attune/index.html", "../../"),
        ("packs/attune/echo/index.html", "../../../"),
    ] {
        let html = page(&site, path);
        for part in [
            format!("<img src=\"{root}assets/logo.svg\" alt=\"\" width=\"96\" height=\"32\">"),
            "<a href=\"https://status.acme.example/\">Status</a>".to_owned(),
            "Run by the &lt;platform&gt; team.".to_owned(),
            format!("<a href=\"{root}docs/policy.html\">Policy</a>"),
        ] {
            assert!(html.contains(&part), "{path} lacks {part}:\n{html}");
        }
    }
    assert!(page(&site, "docs/policy.html").contains("<a href=\"../docs/install.html\">how to install</a>"));
    assert!(page(&site, "docs/index.html").contains(">Policy</a>"), "the menu names it");
    assert!(page(&site, "sitemap.xml").contains("https://packs.acme.example/sub/docs/policy.html"));
    assert!(page(&site, "assets/style.css").contains("--accent: #9d174d"));
    assert_eq!(page(&site, "assets/logo.svg"), LOGO);
    // The commands are those of this registry.
    assert!(page(&site, "docs/install.html").contains("https://packs.acme.example/sub/runtimes/attune/index.json"));

    // What is remembered of the build before is no reason to keep an old logo or page.
    let site = site.file("brand/logo.svg", &LOGO.replace("rect", "path")).file("handbook/policy.md", "# Rules\n");
    site.packyard(&["build"]).with_code(0);
    assert!(page(&site, "assets/logo.svg").contains("path"));
    assert!(page(&site, "docs/policy.html").contains("<h1>Rules</h1>"));
}

/// Ensures that one template is replaced while the others stay, and that its fault is told with file and line.
#[test]
fn a_fault_of_a_template_is_told_with_file_and_line() {
    let site = registry("");
    for (text, line) in [
        ("{% extends \"layout.html\" %}\n{% block main %}\n{% if %}\n{% endblock main %}\n", 3),
        ("{% extends \"layout.html\" %}\n{% block main %}\n\n\n{{ page.no_such_value }}\n{% endblock main %}\n", 5),
    ] {
        let site = registry("").file("theme/404.html", text);
        let said = site.packyard(&["build"]).with_code(2).stderr;
        let place = format!("theme/404.html:{line}:");
        assert!(said.starts_with("error: ") && said.contains(&place), "no {place} in {said}");
        assert!(!site.root().join("public/index.json").exists(), "nothing is published of a site that cannot be made");
    }
    let site = site.file("theme/404.html", "{% extends \"layout.html\" %}\n{% block main %}gone{% endblock main %}\n");
    site.packyard(&["build"]).with_code(0);
    assert!(page(&site, "404.html").contains("gone") && page(&site, "index.html").contains("echo"));
}

/// Ensures that a file which replaces nothing is told, with the names that may have been meant.
#[test]
fn a_template_of_an_unknown_name_is_a_warning() {
    let site = registry("")
        .file("theme/hom.html", "x")
        .file("theme/assets/icom.svg", LOGO)
        .file("theme/style/99-own.css", "body { margin: 0 }")
        .file("theme/.home.html", "an editor's");
    let said = site.packyard(&["build"]).with_code(0).stdout;
    assert_eq!(said.matches("[unknown-template]").count(), 2, "{said}");
    for part in
        ["theme/hom.html", "did you mean `home.html`?", "theme/assets/icom.svg", "did you mean `assets/icon.svg`?"]
    {
        assert!(said.contains(part), "no {part} in {said}");
    }
    assert!(page(&site, "assets/style.css").ends_with("body { margin: 0 }"));
}

/// Ensures that what `[site]` says wrongly ends a build before anything is written, with the place of the fault.
#[test]
fn a_fault_of_the_configuration_is_told_with_its_place() {
    for (more, parts) in [
        ("\n[site]\nacent = \"#fff\"\n", ["line 7, column 1", "unknown field `acent`"]),
        ("\n[site]\naccent = { light = \"#ffcc00\" }\n", ["line 7, column 20", "help: `#"]),
        ("\n[site]\nlogo = \"gone.png\"\n", ["gone.png", "cannot read"]),
        ("\n[site]\nlogo = \"packyard.toml\"\n", ["packyard.toml", "no PNG, JPEG or SVG"]),
        ("\n[site]\ndocs = \"nowhere\"\n", ["nowhere", "cannot read the documentation in"]),
    ] {
        let site = registry(more);
        let said = site.packyard(&["build"]);
        assert!(said.stderr.starts_with("error: "), "{more}: {said:?}");
        assert!(parts.iter().all(|part| said.stderr.contains(part)), "{more}: {}", said.stderr);
        assert!(!site.root().join("public").exists(), "{more}");
    }
}
