//! What the rest of the catalog says of a component.

use serde::{Deserialize, Serialize};

/// What checking a component against what another pack provides came to: for its page, and recorded nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Remark {
    /// The kind of the component.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Against what it was checked, such as `queue-worker 1.2.0`; empty when it could not be.
    pub against: String,
    /// What came of it, in a word or a sentence.
    pub result: String,
    /// Whether that is as it should be.
    pub is_good: bool,
    /// What is wrong, in words.
    pub faults: Vec<String>,
    /// Rules that were not evaluated, as written.
    pub unevaluated: Vec<String>,
    /// The fields that are filled in, each with its value as JSON.
    pub defaults: Vec<(String, String)>,
}
