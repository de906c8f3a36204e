//! Patches: what goes from where to where.

use super::first_line;
use crate::diag::Span;
use crate::yaml::Node;

/// Where a path of a patch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Side {
    /// On the composite.
    Composite,
    /// On the composed resource.
    Composed,
    /// In the environment.
    Environment,
}

/// A patch.
#[derive(Debug)]
pub(in super::super) struct Patch {
    /// Its type.
    pub kind: String,
    /// Where values come from: side, path and place.
    pub from: Vec<(Side, String, Span)>,
    /// Where the value goes.
    pub to: Option<(Side, String, Span)>,
    /// The types of its transforms.
    pub transforms: Vec<String>,
    /// Whether its source must be there.
    pub is_required: bool,
}

/// The type of patches that say none.
pub(super) const USUAL: &str = "FromCompositeFieldPath";

/// Returns the sides that a type of patches goes from and to; nothing for a set of patches, or an unknown type.
pub(super) fn sides(kind: &str) -> Option<(Side, Side)> {
    Some(match kind {
        "FromCompositeFieldPath" | "CombineFromComposite" => (Side::Composite, Side::Composed),
        "ToCompositeFieldPath" | "CombineToComposite" => (Side::Composed, Side::Composite),
        "FromEnvironmentFieldPath" | "CombineFromEnvironment" => (Side::Environment, Side::Composed),
        "ToEnvironmentFieldPath" | "CombineToEnvironment" => (Side::Composed, Side::Environment),
        _ => return None,
    })
}

/// Returns the patches of a list.
pub(super) fn of(list: Option<&Node>) -> Vec<Patch> {
    list.map(Node::items).unwrap_or_default().iter().filter(|node| node.is_map()).map(patch).collect()
}

fn patch(node: &Node) -> Patch {
    let kind = node.get("type").and_then(Node::as_str).unwrap_or(USUAL).to_owned();
    let sides = sides(&kind);
    let path =
        |node: Option<&Node>, side: Side| node.and_then(|node| Some((side, node.as_str()?.to_owned(), node.span)));
    let mut from = Vec::new();
    let mut to = None;
    if let Some((source, target)) = sides {
        from.extend(path(node.get("fromFieldPath"), source));
        let variables = node.at(["combine", "variables"]);
        if node.get("combine").is_some() {
            from.extend(variables.items().iter().filter_map(|variable| path(variable.get("fromFieldPath"), source)));
        }
        to = path(node.get("toFieldPath"), target);
        // A patch that says no target goes to where it comes from.
        if to.is_none() && node.get("combine").is_none() {
            to = from.first().map(|(_, path, span)| (target, path.clone(), *span));
        }
    } else if let Some(name) = node.get("patchSetName").and_then(Node::as_str) {
        let span = node.get("patchSetName").map_or_else(|| first_line(node), |node| node.span);
        from.push((Side::Environment, name.to_owned(), span));
    }
    let transforms = node.get("transforms").map(Node::items).unwrap_or_default();
    let transforms = transforms.iter().filter_map(|one| one.get("type")?.as_str().map(str::to_owned)).collect();
    let policy = node.get("policy").and_then(|policy| policy.get("fromFieldPath")?.as_str());
    Patch { kind, from, to, transforms, is_required: policy == Some("Required") }
}
