//! The vocabulary of generated packs, and sentences made of it.

use super::random::Random;

/// First halves of pack names.
pub(crate) const MAKERS: &[&str] = &[
    "amber", "anchor", "aspen", "beacon", "birch", "cedar", "cobalt", "copper", "coral", "delta", "ember", "falcon",
    "flint", "garnet", "harbor", "hazel", "indigo", "ivory", "juniper", "kestrel", "larch", "lumen", "maple",
    "meridian", "nimbus", "onyx", "opal", "orbit", "pine", "quartz", "raven", "saffron", "slate", "sorrel", "tidal",
    "topaz", "umber", "vertex", "willow", "zephyr",
];

/// Second halves of pack names.
pub(crate) const TRADES: &[&str] = &[
    "alerts",
    "backup",
    "billing",
    "bridge",
    "cache",
    "calendar",
    "cloud",
    "cluster",
    "config",
    "console",
    "control",
    "desk",
    "dns",
    "fabric",
    "files",
    "firewall",
    "fleet",
    "gateway",
    "graph",
    "hosting",
    "inventory",
    "ledger",
    "loadbalancer",
    "mail",
    "metrics",
    "monitor",
    "network",
    "notes",
    "paging",
    "pipeline",
    "queue",
    "registry",
    "router",
    "scanner",
    "secrets",
    "storage",
    "switch",
    "tickets",
    "tracker",
    "vault",
];

/// What actions do.
pub(crate) const VERBS: &[&str] = &[
    "get", "list", "create", "update", "delete", "describe", "start", "stop", "restart", "attach", "detach", "enable",
    "disable", "export", "import", "validate", "search", "count", "tag", "untag", "assign", "release", "rotate",
    "restore", "archive", "approve", "reject", "sync", "watch", "move",
];

/// What actions do it to.
pub(crate) const OBJECTS: &[&str] = &[
    "instance",
    "volume",
    "snapshot",
    "image",
    "address",
    "subnet",
    "route",
    "zone",
    "record",
    "certificate",
    "key_pair",
    "user",
    "group",
    "role",
    "policy",
    "token",
    "project",
    "issue",
    "comment",
    "board",
    "sprint",
    "release",
    "branch",
    "build",
    "artifact",
    "deployment",
    "service",
    "endpoint",
    "listener",
    "rule_set",
    "alarm",
    "dashboard",
    "channel",
    "message",
    "schedule",
    "incident",
    "report",
    "invoice",
    "contract",
    "device",
];

/// What tells apart actions that do the same thing in other ways.
pub(crate) const WAYS: &[&str] = &["", "by_name", "in_bulk", "for_account", "across_regions", "as_json"];

/// Names of parameters; none is a parameter of a runner, so that none overrides one.
pub(crate) const PARAMETERS: &[&str] = &[
    "account",
    "region",
    "identifier",
    "display_name",
    "labels",
    "filter_expression",
    "page_size",
    "sort_by",
    "owner",
    "project_id",
    "reason",
    "dry_run",
    "force",
    "wait_for_completion",
    "retries",
    "endpoint_url",
    "api_token",
    "client_secret",
    "output_fields",
    "include_archived",
    "starts_at",
    "ends_at",
    "priority",
    "severity",
    "template",
    "recipients",
    "batch_size",
    "max_items",
    "compression",
    "checksum",
    "visibility",
    "parent_id",
    "comment_text",
    "attributes",
    "notify_owner",
    "network_name",
    "capacity",
    "tier",
];

/// Values of parameters with a closed set of them.
pub(crate) const CHOICES: &[&[&str]] = &[
    &["low", "normal", "high", "urgent"],
    &["public", "internal", "private"],
    &["json", "yaml", "table"],
    &["ascending", "descending"],
    &["small", "medium", "large", "extra-large"],
    &["pending", "running", "succeeded", "failed", "cancelled"],
];

/// Topics: keywords and categories.
pub(crate) const TOPICS: &[&str] = &[
    "automation",
    "cloud",
    "monitoring",
    "networking",
    "storage",
    "security",
    "tickets",
    "deployment",
    "backup",
    "messaging",
    "compliance",
    "inventory",
    "observability",
    "scheduling",
    "identity",
    "databases",
];

const QUALIFIERS: &[&str] = &[
    "that the service reports",
    "which belongs to the account",
    "as it was before the call",
    "unless the service refuses it",
    "together with everything attached to it",
    "and waits until the change is visible",
    "without touching what others own",
    "in the order in which they were made",
    "and returns the identifier of the job",
    "if the caller may see it",
];

const REMARKS: &[&str] = &[
    "Needs a token with write access.",
    "Costs one request for every hundred items.",
    "Safe to repeat: nothing happens the second time.",
    "The service answers late when it is busy.",
    "Names are compared without regard to case.",
    "Values are taken as they are, nothing is expanded.",
    "Older servers ignore this.",
    "Leave it out to use the value of the configuration.",
    "Times are in UTC.",
    "Results are cut at the limit of the account.",
];

/// Returns `snake_case` text as words: `key_pair` becomes `key pair`.
pub(crate) fn spaced(text: &str) -> String {
    text.replace('_', " ")
}

/// Returns `snake_case` text as a title: `key_pair` becomes `Key pair`.
pub(crate) fn title(text: &str) -> String {
    let words = spaced(text);
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Returns a phrase such as `the volume that the service reports`.
pub(crate) fn phrase(random: &mut Random) -> String {
    format!("the {} {}", spaced(random.pick(OBJECTS)), random.pick(QUALIFIERS))
}

/// Returns a sentence such as `Older servers ignore this.`
pub(crate) fn remark(random: &mut Random) -> &'static str {
    random.pick(REMARKS)
}

/// Returns a paragraph of some sentences.
pub(crate) fn paragraph(random: &mut Random, sentences: usize) -> String {
    let mut text = String::new();
    for number in 0..sentences {
        if number > 0 {
            text.push(' ');
        }
        if random.chance(30) {
            text.push_str(remark(random));
        } else {
            let verb = title(random.pick(VERBS));
            text.push_str(&format!("{verb} {}, or {} {}.", phrase(random), random.pick(VERBS), phrase(random)));
        }
    }
    text
}
