//! How a release is installed with Attune's own client.

use super::entry::archive_url;
use super::strict;
use crate::pack::{Example, Pack};

/// Returns how a release is installed with Attune's own client.
pub(in super::super) fn install(pack: &Pack, url: &str) -> Vec<Example> {
    let (name, version) = (pack.id.name.as_str(), pack.version.as_str());
    let url = url.trim_end_matches('/');
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    let example = |title: &str, text: String| Example { title: title.to_owned(), language: "shell", text };
    let mut examples = Vec::new();
    if strict::is_plain_https_url(url) {
        examples.push(example(
            "Install the newest release through the index",
            format!(
                "# index:                 {url}/runtimes/attune/index.json\n\
                 # approved_public_hosts: {host}\n\
                 attune pack install {name}"
            ),
        ));
        examples.push(example(
            "Install exactly this release through its own index",
            format!(
                "# index:                 {url}/runtimes/attune/pins/{name}/{version}/index.json\n\
                 # approved_public_hosts: {host}\n\
                 attune pack install {name}@{version}"
            ),
        ));
    }
    if examples.is_empty() {
        let text = format!(
            "# serve this registry over https, and add its runtimes/attune/index.json as an index\nattune pack install {name}@{version}"
        );
        examples.push(example("Install it through an index", text));
    }
    if strict::is_web_url(url) {
        let text = format!("attune pack install {}", archive_url(url, name, version));
        examples.push(example("Install the archive of this release", text));
    }
    examples
}
