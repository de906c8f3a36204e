//! The command line of the tasks: options in any order, what is left over is an error.

use anyhow::{Context, Result, bail};

/// The arguments that were not taken yet.
#[derive(Debug)]
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    /// Returns the arguments behind the name of the task.
    pub(crate) fn new(arguments: impl IntoIterator<Item = String>) -> Self {
        Self(arguments.into_iter().collect())
    }

    /// Takes a flag, and tells whether it was there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// Takes the value of an option, written `--name value` or `--name=value`.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        let Some(at) = self.0.iter().position(|argument| argument == name || argument.starts_with(&joined)) else {
            return Ok(None);
        };
        let argument = self.0.remove(at);
        if let Some(value) = argument.strip_prefix(&joined) {
            return Ok(Some(value.to_owned()));
        }
        if at == self.0.len() {
            bail!("{name} needs a value");
        }
        Ok(Some(self.0.remove(at)))
    }

    /// Takes the next argument that is no option; options must have been taken before.
    pub(crate) fn positional(&mut self, what: &str) -> Result<String> {
        self.next_positional().with_context(|| format!("{what} is missing"))
    }

    /// Takes all arguments that are no options.
    pub(crate) fn positionals(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.next_positional()).collect()
    }

    fn next_positional(&mut self) -> Option<String> {
        let at = self.0.iter().position(|argument| !argument.starts_with("--"))?;
        Some(self.0.remove(at))
    }

    /// Fails if anything was not taken.
    pub(crate) fn finish(&self) -> Result<()> {
        match self.0.first() {
            Some(argument) => bail!("unexpected argument `{argument}`"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    #[test]
    fn options_are_taken_in_any_order() {
        let mut arguments = Arguments::new(["--a", "1", "out", "--b=2", "--c"].map(str::to_owned));
        assert!(arguments.flag("--c") && !arguments.flag("--c"));
        assert_eq!(arguments.value("--b").expect("fine").as_deref(), Some("2"));
        assert_eq!(arguments.value("--a").expect("fine").as_deref(), Some("1"));
        assert_eq!(arguments.positional("x").expect("there"), "out");
        arguments.finish().expect("nothing left");
    }

    #[test]
    fn what_is_left_over_is_an_error() {
        assert!(Arguments::new(["--typo".to_owned()]).finish().is_err());
        assert!(Arguments::new(["--a".to_owned()]).value("--a").is_err());
    }
}
