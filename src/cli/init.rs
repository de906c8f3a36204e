//! `packyard init`.

use camino::Utf8Path;

use super::arguments::Init;
use super::{Context, Outcome, UsageError};
use crate::config::Config;
use crate::fs;

const CONFIG: &str = include_str!("init/packyard.toml");
const PACKS_README: &str = include_str!("init/packs.md");

/// The line that keeps the generated registry out of git.
const IGNORED: &str = "/public/";

pub(super) fn run(arguments: &Init, context: &Context) -> anyhow::Result<Outcome> {
    let root = context.path(&arguments.directory);
    let config = root.join(Config::FILE);
    if config.exists() {
        return Err(UsageError(format!("`{config}` is already there; nothing was changed")).into());
    }
    fs::create_dir_all(&root.join("packs"))?;
    fs::write_atomic(&config, CONFIG.as_bytes(), false)?;
    let readme = root.join("packs/README.md");
    if !readme.exists() {
        fs::write_atomic(&readme, PACKS_README.as_bytes(), false)?;
    }
    ignore_output(&root.join(".gitignore"))?;
    let inside = if arguments.directory == "." { String::new() } else { format!("  cd {root}\n") };
    context.terminal.print(&format!(
        "Started a registry: {config}\n\nNext:\n{inside}  packyard new attune hello    # or stackstorm, astradesk, nasiko, crossplane\n  \
         packyard build               # writes the registry to public/\n\nName the registry in {}.\n",
        Config::FILE
    ))?;
    Ok(Outcome::Clean)
}

/// Adds the generated folder to `.gitignore`, unless a line already names it.
fn ignore_output(path: &Utf8Path) -> anyhow::Result<()> {
    let before = fs::read_if_exists(path)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&before);
    if text.lines().any(|line| line.trim().trim_matches('/') == IGNORED.trim_matches('/')) {
        return Ok(());
    }
    let mut after = before.clone();
    if !after.is_empty() && !after.ends_with(b"\n") {
        after.push(b'\n');
    }
    after.extend_from_slice(IGNORED.as_bytes());
    after.push(b'\n');
    Ok(fs::write_atomic(path, &after, false)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_configuration_is_valid() {
        Config::parse(Utf8Path::new("packyard.toml"), CONFIG).expect("valid");
        let uncommented: String =
            CONFIG.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n").collect();
        assert_ne!(uncommented, CONFIG);
        Config::parse(Utf8Path::new("packyard.toml"), &uncommented).expect("the examples in comments are valid too");
    }
}
