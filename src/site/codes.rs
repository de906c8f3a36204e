//! What can be wrong with an owner's part of the site without making it unusable.

use crate::diag::codes;

codes! {
    /// A file of the templates folder has the name of no template or asset, so it replaces nothing.
    ///
    /// Files of `[registry] templates` replace built-in ones of the same name, one at a time; parts of the style sheet and of the script
    /// may have any name. Correct the name, or move the file elsewhere.
    UNKNOWN_TEMPLATE = "unknown-template", Warning;
}
