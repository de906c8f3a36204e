//! Tests of the whole program and of the source tree: one binary, a module per feature.
//!
//! `SNAPSHOTS=overwrite cargo test` accepts what the program says today as expected, files that went away included. Read the
//! difference as you read code.

mod astradesk;
mod cases;
mod ci;
mod claims;
mod cli;
mod codes;
mod comparisons;
mod consumers;
mod crossplane;
mod determinism;
mod faults;
mod feeds;
mod golden;
mod history;
mod hostile;
mod incremental;
mod layers;
mod nasiko;
mod properties;
mod publish;
mod reference;
mod serve;
mod status;
mod support;
mod theming;
mod verify;
mod visibility;
