//! Packyard: a static site and registry generator for pack catalogues.
//!
//! One direction of data, from pack repositories to plain files:
//!
//! ```text
//! sources ──▶ snapshot ──▶ pack ──▶ release ──▶ registry index ──▶ catalog ──▶ public/
//! ```
//!
//! | module | stage |
//! |---|---|
//! | [`source`] | directories and git repositories → [`source::Snapshot`] |
//! | [`release`] | which packs a source has, at which revisions |
//! | [`ecosystem`] | what a pack of each runtime is → [`pack::Pack`] |
//! | [`content`] | listing, content digest, archive |
//! | [`index`] | the append-only history |
//! | [`catalog`] | history joined with content |
//! | [`compare`] | two releases → what changed |
//! | [`emit`], [`site`] | catalog → files |
//! | [`output`] | files → `public/` |
//! | [`build`] | the pipeline itself |
//! | [`cache`] | what one run leaves for the next |
//! | [`client`] | what anybody can do with a published registry |
//! | [`publish`] | what a tag releases, added to a registry's repository |
//! | [`serve`] | a live preview: builds in memory, watches, reloads |
//!
//! Everywhere: [`ident`] (names, versions, digests, paths), [`diag`] (findings), [`yaml`] (the gate), [`python`] (facts of Python files),
//! [`config`].

pub mod build;
pub mod cache;
pub mod catalog;
pub mod cli;
pub mod client;
pub mod compare;
pub mod config;
pub mod content;
pub mod diag;
pub mod ecosystem;
pub mod emit;
pub mod fs;
pub mod ident;
pub mod index;
pub mod output;
pub mod pack;
pub mod progress;
pub mod publish;
pub mod python;
pub mod release;
pub mod rules;
pub mod serve;
pub mod site;
pub mod source;
pub mod yaml;
