//! What long work tells whoever waits for it.

/// Is told how far long work has come.
pub trait Progress: Sync {
    /// Starts a stage, with the number of its steps if that is known.
    fn stage(&self, name: &str, total: Option<u64>);

    /// Counts steps of the stage as done.
    fn tick(&self, steps: u64);

    /// Says something a person should know while they wait.
    fn note(&self, message: &str);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str, _: Option<u64>) {}

    fn tick(&self, _: u64) {}

    fn note(&self, _: &str) {}
}
