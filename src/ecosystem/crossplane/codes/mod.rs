//! The codes of Crossplane's rules.

pub(super) mod consumer;
pub(super) mod provider;

use std::sync::LazyLock;

use crate::diag::Code;

/// Lists every code, in the order of the documentation.
pub(super) static CODES: LazyLock<Vec<Code>> = LazyLock::new(|| [provider::CODES, consumer::CODES].concat());
