//! `packyard serve`: the real program, a real port, files that are edited while it runs.

pub(crate) mod client;
mod compressed;
mod hostile;

use std::time::Duration;

use client::{Serving, rename_over};

use crate::support::{RepoFixture, SiteTest, packs, tree};

const PAGE: &str = "/packs/attune/echo/index.html";

fn with_echo() -> SiteTest {
    SiteTest::new().pack("packs/echo", &packs::attune("echo", "1.0.0", "hello"))
}

/// Ensures that a save appears, a mistake is told while the last good version stays, and mending it is told too.
#[test]
fn a_save_appears_and_a_mistake_keeps_the_last_good_version() {
    let site = with_echo();
    let serving = Serving::start(&site, &[]);
    let mut events = serving.events();
    assert!(events.until(|state| state["build"] == 1)["problems"].as_array().is_some_and(Vec::is_empty));
    let page = serving.get(PAGE);
    assert!(page.text().contains("Says hello.") && page.text().contains("data-tag='"), "{}", page.text());
    assert!(page.text().contains("Draft: not released"));
    assert!(page.text().contains("<td>not released</td>"), "the list of versions says so too");

    // As editors save: to another file, which then takes the place.
    rename_over(&site.root().join("packs/echo/README.md"), "# echo\n\nSays goodbye.\n");
    let good = events.until(|_| serving.get(PAGE).text().contains("Says goodbye."));
    assert!(good["problems"].as_array().is_some_and(Vec::is_empty));

    let manifest = std::fs::read_to_string(site.root().join("packs/echo/pack.yaml")).expect("a manifest");
    let before = serving.get(PAGE);
    rename_over(&site.root().join("packs/echo/pack.yaml"), &format!("{manifest}tags: [<script>\n"));
    let broken = events.until(|state| state["problems"][0]["file"] == "packs/echo/pack.yaml");
    let problem = &broken["problems"][0];
    assert!(problem["line"].is_u64() && problem["code"].is_string() && problem["severity"] == "error", "{problem}");
    let after = serving.get(PAGE);
    assert_eq!((after.status, &after.body), (200, &before.body), "the last good version stays");

    rename_over(&site.root().join("packs/echo/pack.yaml"), &manifest);
    events.until(|state| state["problems"].as_array().is_some_and(Vec::is_empty));

    for path in ["registry-index", "registry-archives", "public"] {
        assert!(!site.root().join(path).exists(), "{path} was written");
    }
}

/// Ensures that faults of templates and of the configuration are told, and stop nothing.
#[test]
fn a_faulty_template_or_configuration_keeps_the_last_good_version() {
    let site = with_echo().file("packyard.toml", "[registry]\ntemplates = \"theme\"\n").file("theme/none", "");
    let serving = Serving::start(&site, &[]);
    let mut events = serving.events();
    let before = serving.get(PAGE);
    for (path, bad, good, code) in [
        ("theme/pack.html", "{% if %}", "<p>{{ release.name }}</p>", "template"),
        ("theme/home.html", "{{ page.no_such_value }}", "<p>home</p>", "template"),
        ("packyard.toml", "[registry", "[registry]\ntemplates = \"theme\"\n", "configuration"),
    ] {
        rename_over(&site.root().join(path), bad);
        let told = |state: &serde_json::Value| {
            // The overlay names the file and the line.
            let place = if code == "template" { format!("{path}:1:") } else { "line 1".to_owned() };
            state["problems"][0]["code"] == code && state.to_string().contains(&place)
        };
        events.until(told);
        let page = serving.get(PAGE);
        assert_eq!(page.status, 200, "{path}");
        if path == "theme/pack.html" {
            assert_eq!(page.body, before.body);
        }
        rename_over(&site.root().join(path), good);
        events.until(|state| state["problems"].as_array().is_some_and(Vec::is_empty));
    }
    assert!(serving.get(PAGE).text().starts_with("<p>echo</p><script"));
    assert!(serving.get("/").text().starts_with("<p>home</p>"));
}

/// Ensures that what differs from a release is a draft beside it, and that a tag makes a release of it.
#[test]
fn a_draft_stands_beside_releases_until_it_is_tagged() {
    let site = SiteTest::new().file("packyard.toml", "[[source]]\npath = \"packs\"\n");
    let mut repository = RepoFixture::init(site.root().join("packs"));
    tree::write(repository.path(), &packs::attune("echo", "1.0.0", "hello"));
    repository.commit("one").tag("v1.0.0");
    site.build().expect("built");
    let index = tree::read(&site.root().join("registry-index"));

    let serving = Serving::start(&site, &[]);
    let mut events = serving.events();
    events.until(|_| true);
    assert!(!serving.get(PAGE).text().contains("Draft"), "what is released is no draft");

    repository.file("README.md", "# echo\n\nSays goodbye.\n");
    events.until(|_| serving.get(PAGE).text().contains("Says goodbye."));
    assert!(serving.get(PAGE).text().contains("1.0.0+draft"));
    let draft = serving.get("/packs/attune/echo/1.0.0+draft/index.html");
    assert!(draft.text().contains("raise the version to release it"), "{}", draft.text());
    let release = serving.get("/packs/attune/echo/1.0.0/index.html");
    assert!(release.text().contains("Says hello.") && release.text().contains("There is a draft"));

    let manifest = String::from_utf8(packs::attune("echo", "1.1.0", "goodbye")["pack.yaml"].clone()).expect("UTF-8");
    repository.file("pack.yaml", &manifest);
    events.until(|_| serving.get("/packs/attune/echo/1.1.0/index.html").text().contains("Draft: not released"));
    repository.commit("two").tag("v1.1.0");
    events.until(|_| {
        let page = serving.get("/packs/attune/echo/1.1.0/index.html");
        page.status == 200 && !page.text().contains("Draft")
    });
    repository.git(&["checkout", "--quiet", "v1.0.0"]);
    events.until(|_| !serving.get(PAGE).text().contains("Draft"));
    assert_eq!(tree::read(&site.root().join("registry-index")), index, "nothing was recorded");
}

/// Ensures that a pack stays whose manifest says nothing any more, and goes with its manifest; in a folder of a repository
/// that is known by its address.
#[test]
fn a_pack_goes_with_its_manifest_only() {
    let site = SiteTest::new()
        .file("packyard.toml", "[[source]]\npath = \"packs\"\nrepository = \"https://git.example.org/packs.git\"\n");
    let mut repository = RepoFixture::init(site.root());
    tree::write(&site.root().join("packs/echo"), &packs::attune("echo", "1.0.0", "hello"));
    tree::write(&site.root().join("packs/other"), &packs::attune("other", "1.0.0", "other"));
    repository.commit("one");
    let manifest = site.root().join("packs/echo/pack.yaml");
    let good = std::fs::read_to_string(&manifest).expect("a manifest");

    let serving = Serving::start(&site, &[]);
    let mut events = serving.events();
    rename_over(&site.root().join("packs/echo/README.md"), "# echo\n\nSays goodbye.\n");
    events.until(|_| serving.get(PAGE).text().contains("Says goodbye."));
    for bad in ["", "\u{0}", "- a\n- b\n", "name: [\n"] {
        rename_over(&manifest, bad);
        events.until(|state| !state["problems"].as_array().is_some_and(Vec::is_empty));
        assert!(serving.get(PAGE).text().contains("Says goodbye."), "{bad:?}");
        rename_over(&manifest, &good);
        events.until(|state| state["problems"].as_array().is_some_and(Vec::is_empty));
    }
    std::fs::rename(site.root().join("packs/echo"), site.root().join("echo")).expect("renamed");
    events.until(|_| !serving.get(PAGE).text().contains("Says goodbye."));
}

/// Ensures that folders may come and go, watched natively or by looking.
#[test]
fn folders_appear_and_vanish() {
    for arguments in [&[][..], &["--poll"]] {
        let site = with_echo().file("packyard.toml", "[[source]]\npath = \"packs\"\n");
        let serving = Serving::start(&site, arguments);
        let mut events = serving.events();
        events.until(|_| true);
        std::fs::rename(site.root().join("packs"), site.root().join("away")).expect("renamed");
        events.until(|_| serving.get(PAGE).status == 404);
        std::fs::rename(site.root().join("away"), site.root().join("packs")).expect("renamed");
        events.until(|_| serving.get(PAGE).status == 200);
        let site = site.pack("packs/more", &packs::attune("more", "1.0.0", "more"));
        events.until(|_| serving.get("/packs/attune/more/").status == 200);
        // It is still listened to what happens in the folder that came back.
        rename_over(&site.root().join("packs/echo/README.md"), "# echo\n\nSays goodbye.\n");
        events.until(|_| serving.get(PAGE).text().contains("Says goodbye."));
    }
}

/// Ensures that folders that are looked at from time to time hide no save: none that follows at once and has as many bytes, and
/// no older file that takes the place of a newer one.
#[test]
fn polling_misses_no_save() {
    let site = with_echo();
    let serving = Serving::start(&site, &["--poll"]);
    let mut events = serving.events();
    let readme = site.root().join("packs/echo/README.md");
    for words in ["one", "two", "six", "ten"] {
        std::fs::write(&readme, format!("# echo\n\nSays {words}.\n")).expect("written");
        events.until(|_| serving.get(PAGE).text().contains(&format!("Says {words}.")));
    }
    let older = site.root().join("older");
    std::fs::write(&older, "# echo\n\nSays old.\n").expect("written");
    let file = std::fs::File::options().append(true).open(&older).expect("opened");
    file.set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).expect("set");
    std::fs::rename(&older, &readme).expect("renamed");
    events.until(|_| serving.get(PAGE).text().contains("Says old."));
}

/// Ensures that what runtimes fetch is what a build would write, with links that lead to the preview.
#[test]
fn runtimes_can_install_from_it() {
    let site = with_echo().pack("packs/lamp", &packs::stackstorm("lamp", "1.0.0", "light"));
    site.build().expect("built");
    let built = site.tree();
    let serving = Serving::start(&site, &[]);
    let index = serving.get("/index.json");
    assert_eq!(index.header("content-type"), Some("application/json"));
    let archive = "/archives/attune/echo/echo-1.0.0.tar.gz";
    let served = serving.get(archive);
    assert_eq!(served.body, built[&archive[1..]]);
    assert_eq!(served.header("content-type"), Some("application/gzip"));
    let etag = served.header("etag").expect("a tag").to_owned();
    assert_eq!(serving.ask("GET", archive, &[("If-None-Match", &etag)]).status, 304);
    let part = serving.ask("GET", archive, &[("Range", "bytes=10-19"), ("If-Range", &etag)]);
    assert_eq!((part.status, &part.body[..]), (206, &served.body[10..20]));
    let feed = serving.get("/runtimes/stackstorm/v1/index.json");
    assert!(feed.text().contains(&format!("http://{}/", serving.address)), "{}", feed.text());
}

/// Ensures what HTTP promises: heads, conditions, parts, methods, hosts, folders, and the site's own 404 page.
#[test]
fn requests_are_answered_as_http_says() {
    let site = with_echo();
    let serving = Serving::start(&site, &[]);
    let page = serving.get(PAGE);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let etag = page.header("etag").expect("a tag").to_owned();
    let head = serving.ask("HEAD", PAGE, &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(page.body.len().to_string().as_str()));
    assert_eq!(head.header("etag"), Some(etag.as_str()));
    let unchanged = serving.ask("GET", PAGE, &[("If-None-Match", &etag)]);
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(serving.ask("GET", PAGE, &[("If-None-Match", "\"other\"")]).status, 200);
    let part = serving.ask("GET", PAGE, &[("Range", "bytes=-5")]);
    assert_eq!((part.status, &part.body[..]), (206, &page.body[page.body.len() - 5..]));
    let outside = serving.ask("GET", PAGE, &[("Range", "bytes=99999999-")]);
    assert_eq!(outside.status, 416);
    assert_eq!(outside.header("content-range"), Some(format!("bytes */{}", page.body.len()).as_str()));
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let refused = serving.ask(method, PAGE, &[]);
        assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    assert_eq!(serving.ask_host("evil.example", "/").status, 421);
    assert_eq!(serving.ask_host("localhost:1", "/").status, 200);
    let folder = serving.get("/packs/attune/echo");
    assert_eq!((folder.status, folder.header("location")), (302, Some("/packs/attune/echo/")));
    let missing = serving.get("/no/such/page");
    assert!(missing.status == 404 && missing.text().contains("Page not found"));
    assert!(missing.text().contains("href=\"/assets/style.css\""), "its links start at the root");
}

/// Ensures that it ends cleanly, and says what it did.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_cleanly() {
    let site = with_echo();
    let mut serving = Serving::start(&site, &[]);
    let mut events = serving.events();
    events.until(|_| true);
    rename_over(&site.root().join("packs/echo/README.md"), "# echo\n\nSays goodbye.\n");
    events.until(|_| serving.get(PAGE).text().contains("Says goodbye."));
    let (code, stderr) = serving.interrupt(Duration::from_secs(20));
    assert_eq!(code, Some(0), "{stderr}");
    let line = stderr.lines().find(|line| line.starts_with("packs/echo/README.md")).expect("a line for the save");
    assert!(line.contains("pages") && line.contains("changed") && line.contains(" ms"), "{line}");
}

/// Ensures that a port that was asked for is not silently replaced, and a faulty configuration is said at once.
#[test]
fn what_cannot_be_started_says_why() {
    let site = with_echo();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let refused = site.packyard(&["serve", "--port", &port]).with_code(3);
    assert!(refused.stderr.contains("without `--port`"), "{}", refused.stderr);
    let site = site.file("packyard.toml", "[registry");
    site.packyard(&["serve", "--port", "0"]).with_code(2);
}

/// Ensures that Attune's clients find an index: over http those that allow it, over https, behind a proxy, every one.
#[test]
fn an_attune_client_finds_an_index_that_leads_to_archives() {
    let site = with_echo();
    let address_of = |serving: &Serving, host: &str| {
        let index = serving.ask_host(host, "/runtimes/attune/index.json").text();
        let index: serde_json::Value = serde_json::from_str(&index).unwrap_or_else(|_| panic!("{index}"));
        let source = &index["packs"][0]["install_sources"][0];
        let url = source["url"].as_str().expect("an address").to_owned();
        let path = url.find("/archives/").map(|at| url[at..].to_owned()).expect("an archive of its own");
        let archive = serving.ask_host(host, &path);
        let sha256 = packyard::ident::Digest::of(&archive.body);
        assert_eq!(source["checksum"], format!("sha256:{}", sha256.hex()), "{url}");
        url
    };
    let serving = Serving::start(&site, &[]);
    let host = serving.address.to_string();
    assert!(address_of(&serving, &host).starts_with(&format!("http://{host}/archives/")));
    assert_eq!(serving.ask_host("packs.test", "/index.json").status, 421);
    drop(serving);

    let serving = Serving::start(&site, &["--url", "https://packs.test:8443/"]);
    assert!(address_of(&serving, "packs.test:8443").starts_with("https://packs.test:8443/archives/"));
    assert_eq!(serving.ask_host("other.test", "/index.json").status, 421);
    assert!(serving.ask_host("localhost", "/index.json").status == 200);

    let refused = site.packyard(&["serve", "--url", "packs.test"]).with_code(2);
    assert!(refused.stderr.contains("https://HOST"), "{}", refused.stderr);
}
