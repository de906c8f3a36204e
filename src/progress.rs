//! Progress: how far long work is, told by the library and shown by whoever called it.

/// Is told how far a job is; threads may tell it at the same time.
pub trait Progress: Sync {
    /// Begins a stage, such as `Reading`; `total` is the number of steps, where it is known.
    fn stage(&self, name: &str, total: Option<u64>);

    /// Tells that `steps` more steps of the stage are done.
    fn tick(&self, steps: u64);

    /// Tells something that a person should know while they wait.
    fn note(&self, _message: &str) {}
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _total: Option<u64>) {}

    fn tick(&self, _steps: u64) {}
}
