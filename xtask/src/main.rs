//! Development tasks of Packyard: `cargo xtask <task>`.
//!
//! | task | does |
//! |---|---|
//! | `test` | every check that a change has to pass ([`check`]) |
//! | `gen` | writes a seeded catalogue of packs ([`generate`]) |
//! | `bench` | measures the program against its peers ([`mod@bench`]) |

mod arguments;
mod bench;
mod check;
mod generate;
mod process;

use std::process::ExitCode;

use anyhow::Result;

use arguments::Arguments;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    match run(&task, Arguments::new(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &str, mut arguments: Arguments) -> Result<ExitCode> {
    let help = arguments.flag("--help");
    let usage = match task {
        "test" if !help => return check::command(arguments),
        "gen" if !help => return generate::command(arguments),
        "bench" if !help => return bench::command(arguments),
        "test" => check::USAGE,
        "gen" => generate::USAGE,
        "bench" => bench::USAGE,
        _ => {
            let usage = [check::USAGE, generate::USAGE, bench::USAGE].join("\n\n");
            let known = task.is_empty() || task == "--help" || task == "help";
            println!("{usage}");
            return Ok(if known { ExitCode::SUCCESS } else { ExitCode::from(2) });
        }
    };
    println!("{usage}");
    Ok(ExitCode::SUCCESS)
}
