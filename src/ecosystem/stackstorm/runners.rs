//! The runners that the runtime ships, with their parameters, and those it has dropped.
//!
//! Source: `contrib/runners/*/*/runner.yaml` of `StackStorm/st2` 3.9.0.

/// A runner that the runtime ships.
#[derive(Debug)]
pub(super) struct Runner {
    /// What actions call it.
    pub name: &'static str,
    /// Another name for it.
    pub alias: Option<&'static str>,
    /// What its actions' `entry_point` must be.
    pub needs: Needs,
    /// Its parameters, by name.
    pub parameters: &'static [Parameter],
}

/// What a runner runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: an entry point has no meaning.
    Nothing,
    /// A script or program in the pack.
    Script,
    /// An Orquesta workflow.
    Orquesta,
    /// An action chain.
    Chain,
}

/// A parameter that a runner adds to every action that uses it.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: &'static str,
    /// Its default, as JSON; absent when it has none.
    pub default: Option<&'static str>,
    /// Whether it must be given.
    pub required: bool,
    /// Whether an action may not set it.
    pub immutable: bool,
    /// Whether its value is hidden.
    pub secret: bool,
    /// The values it allows, as JSON; empty when any.
    pub allowed: &'static [&'static str],
}

const fn plain(name: &'static str, kind: &'static str) -> Parameter {
    Parameter { name, kind, default: None, required: false, immutable: false, secret: false, allowed: &[] }
}

const fn with(name: &'static str, kind: &'static str, default: &'static str) -> Parameter {
    Parameter { default: Some(default), ..plain(name, kind) }
}

const fn required(name: &'static str, kind: &'static str) -> Parameter {
    Parameter { required: true, ..plain(name, kind) }
}

const fn secret(name: &'static str) -> Parameter {
    Parameter { secret: true, ..plain(name, "string") }
}

const fn fixed(name: &'static str, kind: &'static str, default: &'static str) -> Parameter {
    Parameter { immutable: true, ..with(name, kind, default) }
}

const SUDO_PASSWORD: Parameter = Parameter { default: Some("null"), ..secret("sudo_password") };
const REQUIRED_PASSWORD: Parameter = Parameter { required: true, ..secret("password") };
const TRANSPORT: Parameter = Parameter {
    allowed: &["\"basic\"", "\"certificate\"", "\"credssp\"", "\"kerberos\"", "\"ntlm\"", "\"plaintext\"", "\"ssl\""],
    ..with("transport", "string", "\"ntlm\"")
};
const INQUIRY: &str = concat!(
    r#"{"title":"response_data","type":"object","#,
    r#""properties":{"continue":{"type":"boolean","required":true}}}"#
);

/// Lists the runners, as the documentation does.
pub(super) static RUNNERS: &[Runner] = &[
    Runner { name: "noop", alias: None, needs: Needs::Nothing, parameters: &[] },
    Runner {
        name: "announcement",
        alias: None,
        needs: Needs::Nothing,
        parameters: &[
            Parameter { required: true, ..with("experimental", "boolean", "false") },
            with("route", "string", "\"general\""),
        ],
    },
    Runner {
        name: "inquirer",
        alias: None,
        needs: Needs::Nothing,
        parameters: &[
            Parameter { required: true, ..with("schema", "object", INQUIRY) },
            with("route", "string", "\"\""),
            with("roles", "array", "[]"),
            with("users", "array", "[]"),
            Parameter { required: true, ..with("ttl", "integer", "1440") },
        ],
    },
    Runner {
        name: "orquesta",
        alias: Some("orchestra"),
        needs: Needs::Orquesta,
        parameters: &[with("notify", "array", "[]")],
    },
    Runner {
        name: "action-chain",
        alias: None,
        needs: Needs::Chain,
        parameters: &[with("display_published", "boolean", "true"), with("skip_notify", "array", "[]")],
    },
    Runner {
        name: "python-script",
        alias: None,
        needs: Needs::Script,
        parameters: &[
            with("debug", "boolean", "false"),
            plain("content_version", "string"),
            plain("env", "object"),
            with("timeout", "integer", "600"),
            Parameter {
                allowed: &["\"AUDIT\"", "\"CRITICAL\"", "\"ERROR\"", "\"WARNING\"", "\"INFO\"", "\"DEBUG\""],
                ..with("log_level", "string", "\"DEBUG\"")
            },
        ],
    },
    Runner {
        name: "http-request",
        alias: None,
        needs: Needs::Nothing,
        parameters: &[
            required("url", "string"),
            with("allow_redirects", "boolean", "false"),
            plain("cookies", "object"),
            plain("headers", "object"),
            plain("http_proxy", "string"),
            plain("https_proxy", "string"),
            secret("password"),
            plain("username", "string"),
            with("verify_ssl_cert", "boolean", "true"),
            plain("url_hosts_blacklist", "array"),
            plain("url_hosts_whitelist", "array"),
        ],
    },
    Runner {
        name: "local-shell-cmd",
        alias: None,
        needs: Needs::Nothing,
        parameters: &[
            plain("cmd", "string"),
            plain("cwd", "string"),
            plain("env", "object"),
            with("kwarg_op", "string", "\"--\""),
            with("sudo", "boolean", "false"),
            SUDO_PASSWORD,
            with("timeout", "integer", "60"),
        ],
    },
    Runner {
        name: "local-shell-script",
        alias: None,
        needs: Needs::Script,
        parameters: &[
            with("debug", "boolean", "false"),
            plain("content_version", "string"),
            plain("cwd", "string"),
            plain("env", "object"),
            with("kwarg_op", "string", "\"--\""),
            with("sudo", "boolean", "false"),
            SUDO_PASSWORD,
            with("timeout", "integer", "60"),
        ],
    },
    Runner {
        name: "remote-shell-cmd",
        alias: None,
        needs: Needs::Nothing,
        parameters: &[
            required("hosts", "string"),
            plain("cmd", "string"),
            plain("bastion_host", "string"),
            with("cwd", "string", "\"/tmp\""),
            fixed("dir", "string", "\"/tmp\""),
            plain("env", "object"),
            with("kwarg_op", "string", "\"--\""),
            fixed("parallel", "boolean", "false"),
            secret("passphrase"),
            secret("password"),
            plain("port", "integer"),
            secret("private_key"),
            with("sudo", "boolean", "false"),
            SUDO_PASSWORD,
            with("timeout", "integer", "60"),
            plain("username", "string"),
        ],
    },
    Runner {
        name: "remote-shell-script",
        alias: None,
        needs: Needs::Script,
        parameters: &[
            required("hosts", "string"),
            plain("bastion_host", "string"),
            with("cwd", "string", "\"/tmp\""),
            with("dir", "string", "\"/tmp\""),
            plain("env", "object"),
            with("kwarg_op", "string", "\"--\""),
            fixed("parallel", "boolean", "false"),
            secret("passphrase"),
            secret("password"),
            plain("port", "integer"),
            secret("private_key"),
            with("sudo", "boolean", "false"),
            SUDO_PASSWORD,
            with("timeout", "integer", "60"),
            plain("username", "string"),
        ],
    },
    Runner { name: "winrm-cmd", alias: None, needs: Needs::Nothing, parameters: WINRM_COMMAND },
    Runner { name: "winrm-ps-cmd", alias: None, needs: Needs::Nothing, parameters: WINRM_COMMAND },
    Runner {
        name: "winrm-ps-script",
        alias: None,
        needs: Needs::Script,
        parameters: &[
            required("host", "string"),
            required("username", "string"),
            REQUIRED_PASSWORD,
            plain("cwd", "string"),
            plain("env", "object"),
            with("kwarg_op", "string", "\"-\""),
            with("port", "integer", "5986"),
            with("scheme", "string", "\"https\""),
            with("timeout", "integer", "60"),
            TRANSPORT,
            with("verify_ssl_cert", "boolean", "true"),
        ],
    },
];

const WINRM_COMMAND: &[Parameter] = &[
    required("host", "string"),
    required("username", "string"),
    REQUIRED_PASSWORD,
    plain("cmd", "string"),
    plain("cwd", "string"),
    plain("env", "object"),
    with("kwarg_op", "string", "\"-\""),
    with("port", "integer", "5986"),
    with("scheme", "string", "\"https\""),
    with("timeout", "integer", "60"),
    TRANSPORT,
    with("verify_ssl_cert", "boolean", "true"),
];

/// Lists the runners that the runtime has dropped, with what to use instead.
static REMOVED: &[(&str, &str)] = &[
    ("run-local", "local-shell-cmd"),
    ("run-local-script", "local-shell-script"),
    ("run-remote", "remote-shell-cmd"),
    ("run-remote-script", "remote-shell-script"),
    ("run-python", "python-script"),
    ("http-runner", "http-request"),
    ("mistral-v2", "orquesta"),
    ("cloudslang", "orquesta"),
    ("windows-cmd", "winrm-cmd"),
    ("windows-script", "winrm-ps-script"),
];

/// Returns the runner of that name or alias.
pub(super) fn by_name(name: &str) -> Option<&'static Runner> {
    RUNNERS.iter().find(|runner| runner.name == name || runner.alias == Some(name))
}

/// Returns what to use instead of a dropped runner.
pub(super) fn successor(name: &str) -> Option<&'static str> {
    REMOVED.iter().find(|(removed, _)| *removed == name).map(|(_, successor)| *successor)
}

impl Runner {
    /// Returns the parameter of that name.
    pub(super) fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_allowed_values_are_json() {
        for runner in RUNNERS {
            for parameter in runner.parameters {
                for text in parameter.default.iter().chain(parameter.allowed) {
                    assert!(
                        serde_json::from_str::<serde_json::Value>(text).is_ok(),
                        "{}.{}",
                        runner.name,
                        parameter.name
                    );
                }
            }
        }
    }

    #[test]
    fn what_replaces_a_dropped_runner_is_shipped() {
        for (removed, successor) in REMOVED {
            assert!(by_name(successor).is_some() && by_name(removed).is_none(), "{removed}");
        }
    }
}
