//! The trigger types that the runtime itself has, and the operators of a rule's criteria.

/// A parameter of a built-in trigger type.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// What it accepts.
    pub accepts: Accepts,
}

/// What a parameter of a built-in trigger type accepts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Accepts {
    /// Anything: text, numbers, templates.
    Anything,
    /// Text.
    Text,
    /// A whole number, or a template.
    Whole,
    /// One of these words.
    Word(&'static [&'static str]),
}

const fn optional(name: &'static str) -> Parameter {
    Parameter { name, required: false, accepts: Accepts::Anything }
}

const UNITS: &[&str] = &["weeks", "days", "hours", "minutes", "seconds"];

/// Lists the built-in trigger types with parameters (`st2common/constants/triggers.py`): closed sets, always checked.
static WITH_PARAMETERS: &[(&str, &[Parameter])] = &[
    ("core.st2.webhook", &[Parameter { name: "url", required: true, accepts: Accepts::Text }]),
    (
        "core.st2.IntervalTimer",
        &[
            Parameter { name: "unit", required: true, accepts: Accepts::Word(UNITS) },
            Parameter { name: "delta", required: true, accepts: Accepts::Whole },
            optional("timezone"),
        ],
    ),
    (
        "core.st2.DateTimer",
        &[Parameter { name: "date", required: true, accepts: Accepts::Anything }, optional("timezone")],
    ),
    (
        "core.st2.CronTimer",
        &[
            optional("year"),
            optional("month"),
            optional("week"),
            optional("day"),
            optional("day_of_week"),
            optional("hour"),
            optional("minute"),
            optional("second"),
            optional("timezone"),
        ],
    ),
];

/// Lists the built-in trigger types without parameters.
static WITHOUT_PARAMETERS: &[&str] = &[
    "core.st2.generic.actiontrigger",
    "core.st2.generic.notifytrigger",
    "core.st2.generic.inquiry",
    "core.st2.action.file_written",
    "core.st2.sensor.process_spawn",
    "core.st2.sensor.process_exit",
    "core.st2.key_value_pair.create",
    "core.st2.key_value_pair.update",
    "core.st2.key_value_pair.value_change",
    "core.st2.key_value_pair.delete",
];

/// Lists the operators of criteria (`st2common/operators.py`).
pub(super) static OPERATORS: &[&str] = &[
    "matchwildcard",
    "matchregex",
    "regex",
    "iregex",
    "eq",
    "equals",
    "neq",
    "nequals",
    "ieq",
    "iequals",
    "contains",
    "icontains",
    "ncontains",
    "incontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "lt",
    "lessthan",
    "gt",
    "greaterthan",
    "td_lt",
    "timediff_lt",
    "td_gt",
    "timediff_gt",
    "exists",
    "nexists",
    "inside",
    "in",
    "ninside",
    "nin",
    "search",
];

/// Returns the parameters of a built-in trigger type; `None` when the runtime has no such type.
pub(super) fn built_in(reference: &str) -> Option<&'static [Parameter]> {
    WITH_PARAMETERS
        .iter()
        .find(|(name, _)| *name == reference)
        .map(|(_, parameters)| *parameters)
        .or_else(|| WITHOUT_PARAMETERS.contains(&reference).then_some(&[]))
}
