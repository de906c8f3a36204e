//! What files of a source say of packs that they are no part of: what delivers a pack, and which versions are installed.
//!
//! | module | what it does |
//! |---|---|
//! | `statement` | what one file states |
//! | `concerning` | which statements concern which pack |
//! | `repository` | whether a URL is that of the source itself |
//! | `outside` | what is wrong with objects of Argo CD that lie in no pack |
//!
//! A pack is told only what concerns it, so that a change anywhere else leaves its reading as it was.

mod concerning;
mod outside;
pub(super) mod repository;
mod statement;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::ID;
use crate::pack::{Delivery, Fact, PackTree};
pub(super) use concerning::of_packs;
pub(super) use outside::check;
pub(super) use statement::says;

/// What a pack is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Told {
    /// An object delivers it.
    Delivered {
        /// Kind and name.
        object: String,
        /// Where the file lies, from the pack on.
        file: String,
        line: u32,
        /// Labels, as places in [`LABELS`], and values.
        facts: Vec<(usize, String)>,
    },
    /// A package that it needs is installed in this version, or a later one.
    Installed {
        /// `provider`, `function` or `configuration`.
        kind: String,
        /// What the pack calls it.
        name: String,
        tag: String,
    },
}

/// The labels of what is told of a delivery, in the order of the page.
const LABELS: [&str; 7] = ["Path", "Revision", "Repository", "Namespace", "Project", "Only", "Without"];

/// Returns what delivers a pack from elsewhere in its source, sorted by what they are.
pub(super) fn deliveries(tree: &PackTree<'_>) -> Vec<Delivery> {
    let delivery = |told| match told {
        Told::Delivered { object, file, line, facts } => {
            let fact = |(label, value): (usize, String)| Some(Fact { label: LABELS.get(label)?, value });
            Some(Delivery { object, file, line, facts: facts.into_iter().filter_map(fact).collect() })
        }
        Told::Installed { .. } => None,
    };
    told(tree).filter_map(delivery).collect()
}

/// Returns the range of versions of a package of which an object elsewhere in the source says which one is installed.
pub(super) fn range(tree: &PackTree<'_>, wanted: &str, called: &str) -> Option<String> {
    told(tree).find_map(|told| match told {
        Told::Installed { kind, name, tag } if kind == wanted && name == called => Some(format!(">={tag}")),
        _ => None,
    })
}

fn told<'a>(tree: &PackTree<'a>) -> impl Iterator<Item = Told> + use<'a> {
    let said = tree.above.into_iter().flat_map(|above| above.said(ID));
    said.filter_map(|text| serde_json::from_str(text).ok())
}
