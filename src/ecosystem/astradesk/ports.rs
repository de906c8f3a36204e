//! The port of the server: in the code, in the Dockerfile, and in the commands of the README.

use super::codes::ASTRADESK_PORT_MISMATCH;
use super::components::server;
use super::place::MOST_REPEATED;
use super::whole::{Whole, is_test};
use crate::diag::{Sink, Span};
use crate::pack::dockerfile::Dockerfile;
use crate::source::FileEntry;

/// Returns the ports that the Dockerfile exposes, with their lines.
fn exposed<'a>(pack: &Whole<'a>) -> Option<(&'a FileEntry, Vec<(u16, u32)>)> {
    let entry = pack.tree.get("Dockerfile")?;
    let file = Dockerfile::parse(&pack.tree.text(entry, Dockerfile::MOST_BYTES)?);
    let instructions = file.instructions.iter().filter(|instruction| instruction.keyword == "EXPOSE");
    let ports = instructions.flat_map(|instruction| {
        let ports =
            instruction.arguments.split_whitespace().filter_map(|text| text.trim_end_matches("/tcp").parse().ok());
        ports.map(|port: u16| (port, instruction.line)).collect::<Vec<_>>()
    });
    Some((entry, ports.collect()))
}

/// Returns the port that the server listens on: of its own file, else of any other that starts one.
fn listening<'a>(pack: &'a Whole<'_>) -> Option<(&'a FileEntry, u16, Span)> {
    if let Some((entry, server)) = &pack.server
        && let Some((port, span)) = server.port
    {
        return Some((entry, port, span));
    }
    pack.modules()
        .filter(|(entry, _)| !is_test(entry))
        .find_map(|(entry, module)| server::port(module).map(|(port, span)| (entry, port, span)))
}

/// Returns what the pages say of ports.
pub(super) fn described(pack: &Whole<'_>) -> Option<String> {
    let mut ports: Vec<u16> = listening(pack).map(|(_, port, _)| port).into_iter().collect();
    ports.extend(exposed(pack).iter().flat_map(|(_, ports)| ports).map(|(port, _)| *port));
    ports.sort_unstable();
    ports.dedup();
    (!ports.is_empty()).then(|| ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", "))
}

/// Requires the ports of server, Dockerfile and README to be the same.
pub(super) fn ports_agree(pack: &Whole<'_>, sink: &mut Sink) {
    let (listening, exposed) = (listening(pack), exposed(pack));
    let has = |port: u16| exposed.as_ref().is_some_and(|(_, ports)| ports.iter().any(|(known, _)| *known == port));
    if let (Some((entry, port, span)), Some((dockerfile, ports))) = (&listening, &exposed)
        && !ports.is_empty()
        && !has(*port)
    {
        let line = ports[0].1;
        let place = pack.place(dockerfile, Span { line, column: 1, end_line: line, end_column: 1 });
        let message = format!("the Dockerfile exposes {}, but the server listens on {port}", ports[0].0);
        sink.report(ASTRADESK_PORT_MISMATCH, place, message)
            .help(format!("write `EXPOSE {port}`"))
            .related("the server is started here", pack.place(entry, *span));
    }
    let Some((readme, text)) = &pack.readme else { return };
    let known: Vec<u16> = match &listening {
        Some((_, port, _)) => vec![*port],
        None => exposed.iter().flat_map(|(_, ports)| ports).map(|(port, _)| *port).collect(),
    };
    let Some(first) = known.first() else { return };
    for (host, container, span) in
        published(text).into_iter().filter(|(_, port, _)| !known.contains(port)).take(MOST_REPEATED)
    {
        let message = format!("this maps port {host} to {container} of the container, where nobody listens");
        sink.report(ASTRADESK_PORT_MISMATCH, pack.place(readme, span), message)
            .help(format!("write `{host}:{first}`: the server listens on {first}"));
    }
}

/// Returns the pairs of ports that a README publishes: `docker run -p 1:2`, and items below `ports:`.
fn published(text: &str) -> Vec<(u16, u16, Span)> {
    let mut found = Vec::new();
    let mut is_ports = false;
    for (line, number) in text.lines().zip(1_u32..).take(20_000) {
        let trimmed = line.trim();
        let is_item = trimmed.starts_with('-');
        let is_run = line.contains("docker run") || line.contains("podman run") || trimmed.starts_with("-p ");
        if is_run || (is_ports && is_item) {
            let mut words = line.split_whitespace().peekable();
            while let Some(word) = words.next() {
                let after_flag = matches!(word, "-p" | "--publish") || (is_ports && word == "-");
                let pair = if after_flag { words.peek().copied() } else { word.strip_prefix("--publish=") };
                let Some((host, container)) = pair.and_then(ports_of) else { continue };
                let end_column = u32::try_from(line.chars().count()).unwrap_or(1) + 1;
                let column = u32::try_from(line.chars().count() - line.trim_start().chars().count()).unwrap_or(0) + 1;
                found.push((host, container, Span { line: number, column, end_line: number, end_column }));
            }
        } else {
            is_ports = trimmed == "ports:";
        }
    }
    found
}

/// Returns the ports of `8001:8000`, `127.0.0.1:8001:8000` or either in quotes.
fn ports_of(text: &str) -> Option<(u16, u16)> {
    let text = text.trim_matches(['"', '\'', ',']).trim_end_matches("/tcp");
    let (before, container) = text.rsplit_once(':')?;
    let host = before.rsplit(':').next()?;
    Some((host.parse().ok()?, container.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::published;

    #[test]
    fn published_ports_are_found_in_commands_and_compose_files() {
        let text = "docker run -p 8001:8000 -p 127.0.0.1:1:2 x\n  ports:\n    - \"8002:8002\"\n    - '3:4/tcp'\n  environment:\n    - A=5:6\nat localhost:8000:1\n";
        let found: Vec<(u16, u16)> =
            published(text).into_iter().map(|(host, container, _)| (host, container)).collect();
        assert_eq!(found, [(8001, 8000), (1, 2), (8002, 8002), (3, 4)]);
    }
}
