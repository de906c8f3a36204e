//! The step that looks at the templates for CI services, which no test can run as a whole.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::{Outcome, tools};
use crate::process::{program, root, run};

/// The templates, with the schema that each service publishes of them.
const TEMPLATES: &[(&str, &[&str])] = &[
    ("vendor.github-workflows", &["ci/github/pack.yml", "ci/github/registry.yml"]),
    ("vendor.github-actions", &["ci/github/action.yml"]),
    ("vendor.gitlab-ci", &["ci/gitlab/pack.gitlab-ci.yml", "ci/gitlab/registry.gitlab-ci.yml"]),
];

/// Validates every template by the schema of its service, and every script by shellcheck.
pub(super) fn check() -> Result<Outcome> {
    let validator = tools::check_jsonschema()?;
    for (schema, files) in TEMPLATES {
        run(program(&validator).args(["--builtin-schema", schema]).args(*files))?;
    }
    let folder = root().join("ci/scripts");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let scripts: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    ensure!(scripts.len() > 4, "{} has too few scripts", folder.display());
    run(program(tools::shellcheck()?).args(["--external-sources", "--source-path=SCRIPTDIR"]).args(scripts))?;
    Ok(Outcome::Passed)
}
