//! `packyard serve`.

use std::net::IpAddr;
use std::time::Duration;

use super::arguments::Serve;
use super::{Context, Outcome, environment, progress};
use crate::diag::{human, plural};
use crate::serve::{Changes, Options, Server, Told};

/// Most names of saved files that a line lists.
const MOST_NAMED: usize = 2;

/// How long the end of a build is waited for.
const PATIENCE: Duration = Duration::from_millis(1500);

pub(super) fn run(arguments: &Serve, context: &Context) -> anyhow::Result<Outcome> {
    // A configuration that is wrong from the beginning is told as by every other command.
    context.config()?;
    let options = Options {
        root: context.root.clone(),
        cache: context.cache.clone(),
        out: context.path("public"),
        private: arguments.private,
        now: environment::now()?,
        host: arguments.host,
        port: arguments.port,
        poll: arguments.poll,
        url: arguments.url.clone(),
    };
    let server = Server::bind(options)?;
    let stopper = server.stopper();
    ctrlc::set_handler(move || {
        stopper.stop();
        // A build that is under way writes nothing, so that there is nothing to wait for.
        std::thread::sleep(PATIENCE);
        std::process::exit(0);
    })?;
    let shown = progress::on_stderr(false);
    server.run(&*shown, &|told| tell(&told, arguments, context))?;
    context.terminal.aside("Stopped.\n");
    Ok(Outcome::Clean)
}

fn tell(told: &Told<'_>, arguments: &Serve, context: &Context) {
    let terminal = &context.terminal;
    match told {
        Told::Ready { url, packs, releases, drafts, problems, took } => {
            let counts =
                format!("{}, {}, {}", plural(*packs, "pack"), plural(*releases, "release"), plural(*drafts, "draft"));
            let more = if *problems > 0 {
                format!("; {}, see `packyard check`", plural(*problems, "problem"))
            } else {
                String::new()
            };
            let line = format!("Serving {}/ ({counts}{more}; built in {})\n", terminal.bold(url), time(*took));
            // When stdout is gone, the pages are served all the same.
            let _ = terminal.print(&line);
            if !is_local(arguments.host) {
                terminal.aside("note: everybody who can reach this machine can read what is served, drafts included\n");
            }
            terminal.aside("Ctrl-C ends it.\n");
            if arguments.open && environment::open_in_browser(url).is_err() {
                terminal.aside("note: no browser could be opened\n");
            }
        }
        Told::Rebuilt { saved, changes, problems, took } => {
            let changes = changes.map_or_else(|| "nothing built, the last good version stays".to_owned(), changed);
            let more = if *problems > 0 { format!(", {}", plural(*problems, "problem")) } else { String::new() };
            terminal.aside(&format!("{}: {changes}{more}, {}\n", human::safe(&names(saved)), time(*took)));
        }
        Told::Note(text) => terminal.aside(&format!("note: {}\n", human::safe(text))),
        Told::Failed(text) => terminal.aside(&format!("\u{1b}[1;31merror\u{1b}[0m: {}\n", human::safe(text))),
    }
}

fn is_local(host: IpAddr) -> bool {
    host.is_loopback()
}

/// Returns what was saved, in a few words.
fn names(saved: &[String]) -> String {
    let mut text = saved.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        "something".clone_into(&mut text);
    }
    if saved.len() > MOST_NAMED {
        text.push_str(&format!(" and {} more", saved.len() - MOST_NAMED));
    }
    text
}

fn changed(changes: Changes) -> String {
    let text = match (changes.pages, changes.files) {
        (0, 0) => "nothing changed".to_owned(),
        (pages, 0) => format!("{} changed", plural(pages, "page")),
        (pages, files) => format!("{} and {} changed", plural(pages, "page"), plural(files, "other file")),
    };
    match changes.later {
        0 => text,
        later if (changes.pages, changes.files) == (0, 0) => format!("{} when asked for", plural(later, "part")),
        later => format!("{text}, {} when asked for", plural(later, "more part")),
    }
}

fn time(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{} ms", took.as_millis())
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}
