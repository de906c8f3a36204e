//! The kinds of components.

use crate::pack::ComponentKind;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $id:ident = $key:literal, $singular:literal, $plural:literal;)+) => {
        $(
            $(#[doc = $doc])+
            pub(super) static $id: ComponentKind =
                ComponentKind { key: $key, plural: $plural, singular: $singular };
        )+
        /// Lists the kinds, in the order of the documentation.
        pub(super) static KINDS: &[&ComponentKind] = &[$(&$id),+];
    };
}

kinds! {
    /// A `CompositeResourceDefinition`: an API that a platform offers.
    XRD = "xrd", "API", "APIs";
    /// A `Composition`: what an API is made of.
    COMPOSITION = "composition", "Composition", "Compositions";
    /// A claim below `examples/`.
    EXAMPLE = "example", "Example", "Examples";
    /// A claim below `tests/**/fixtures/`.
    FIXTURE = "fixture", "Test fixture", "Test fixtures";
    /// A JSON Schema that the pack publishes beside its API.
    SCHEMA = "schema", "Published schema", "Published schemas";
    /// A claim of a consumer.
    CLAIM = "claim", "Claim", "Claims";
    /// A feature's requirements, design and tasks.
    SPEC = "spec", "Specification", "Specifications";
    /// An adapter of the platform engine.
    ADAPTER = "adapter", "Adapter", "Adapters";
    /// An Argo CD object that delivers a pack.
    DELIVERY = "delivery", "Delivery", "Deliveries";
}
