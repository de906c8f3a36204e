//! The kinds of components.

use std::sync::LazyLock;

use crate::diag::Code;
use crate::ecosystem::attune::codes::{ATTUNE_COMPONENT_SHAPE, ATTUNE_GRANT_INVALID};
use crate::pack::ComponentKind;
use crate::pack::schema::Schema;

/// What is fixed about a kind of component.
#[derive(Debug)]
pub(in super::super) struct Kind {
    /// How the registry calls it.
    pub(in super::super) component: &'static ComponentKind,
    /// Where its files lie.
    pub(in super::super) directory: &'static str,
    /// Whether its `ref` may leave the pack out.
    pub(in super::super) may_be_short: bool,
    /// The code of what its schema refuses, the keys with codes of their own aside.
    pub(in super::super) shape: Code,
    /// Its JSON Schema.
    pub(in super::super) schema: &'static LazyLock<Schema>,
}

macro_rules! kinds {
    ($($id:ident = $key:literal, $singular:literal, $plural:literal, $directory:literal, $short:literal, $code:ident;)+) => {
        $(
            pub(in super::super) static $id: ComponentKind =
                ComponentKind { key: $key, plural: $plural, singular: $singular };
        )+
        /// Lists the kinds that have files of their own, in the order of the documentation.
        pub(in super::super) static KINDS: &[Kind] = &[$(
            Kind {
                component: &$id,
                directory: $directory,
                may_be_short: $short,
                shape: $code,
                schema: {
                    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
                        Schema::embedded(include_str!(concat!("../../../../schemas/attune/", $key, ".schema.json")))
                    });
                    &SCHEMA
                },
            },
        )+];
        /// Lists the JSON Schemas of the kinds.
        pub(in super::super) const SCHEMAS: &[(&str, &str)] = &[$((
            concat!($key, ".schema.json"),
            include_str!(concat!("../../../../schemas/attune/", $key, ".schema.json")),
        )),+];
    };
}

kinds! {
    ACTION = "action", "Action", "Actions", "actions", false, ATTUNE_COMPONENT_SHAPE;
    SENSOR = "sensor", "Sensor", "Sensors", "sensors", false, ATTUNE_COMPONENT_SHAPE;
    TRIGGER = "trigger", "Trigger", "Triggers", "triggers", false, ATTUNE_COMPONENT_SHAPE;
    RULE = "rule", "Rule", "Rules", "rules", true, ATTUNE_COMPONENT_SHAPE;
    PERMISSION_SET = "permission-set", "Permission set", "Permission sets", "permission_sets", false, ATTUNE_GRANT_INVALID;
    QUEUE = "queue", "Queue", "Queues", "queues", false, ATTUNE_COMPONENT_SHAPE;
    POLICY = "policy", "Policy", "Policies", "policies", true, ATTUNE_COMPONENT_SHAPE;
    DASHBOARD = "dashboard", "Dashboard", "Dashboards", "dashboards", true, ATTUNE_COMPONENT_SHAPE;
    CACHE = "cache", "Cache", "Caches", "caches", false, ATTUNE_COMPONENT_SHAPE;
    RUNTIME = "runtime", "Runtime", "Runtimes", "runtimes", false, ATTUNE_COMPONENT_SHAPE;
}

/// Workflows that lie in the root directory `workflows/`; others are actions.
pub(in super::super) static WORKFLOW: ComponentKind =
    ComponentKind { key: "workflow", plural: "Workflows", singular: "Workflow" };

/// Lists every kind, in the order of the documentation.
pub(in super::super) static COMPONENT_KINDS: &[&ComponentKind] =
    &[&ACTION, &SENSOR, &TRIGGER, &RULE, &WORKFLOW, &PERMISSION_SET, &QUEUE, &POLICY, &DASHBOARD, &CACHE, &RUNTIME];
