//! A new pack that passes every check.

use std::collections::BTreeMap;

use crate::ecosystem::MIT_LICENSE;
use crate::ident::{PackName, RelPath};

/// Returns the files of a new pack.
pub(super) fn files(name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
    let reference = name.as_str().to_lowercase().replace(['-', '.'], "_");
    let texts = FILES.iter().map(|(path, text)| (*path, text.replace("@REF@", &reference).into_bytes()));
    let icon = ("icon.png", include_bytes!("scaffold-icon.png").to_vec());
    texts.chain([icon]).map(|(path, content)| (RelPath::composed(path), content)).collect()
}

/// Lists the files with their text; `@REF@` stands for the ref.
const FILES: &[(&str, &str)] = &[
    (
        "pack.yaml",
        "\
---
ref: @REF@
name: @REF@
description: Says hello.
version: 0.1.0
author: Your name
email: you@example.org
keywords:
  - example
python_versions:
  - \"3\"
stackstorm_version: \">=3.6.0\"
",
    ),
    (
        "actions/hello.yaml",
        "\
---
name: hello
description: Greets somebody.
runner_type: python-script
entry_point: hello.py
enabled: true
parameters:
  who:
    type: string
    description: Who is greeted.
    default: world
    position: 0
",
    ),
    (
        "actions/hello.py",
        "\
from st2common.runners.base_action import Action


class HelloAction(Action):
    def run(self, who):
        return f\"Hello, {who}!\"
",
    ),
    (
        "aliases/hello.yaml",
        "\
---
name: hello
description: Greets somebody.
action_ref: @REF@.hello
formats:
  - \"hello {{ who=world }}\"
",
    ),
    (
        "README.md",
        "\
# @REF@

Says hello.

## Actions

| action | what it does |
|---|---|
| `@REF@.hello` | Greets somebody. |
",
    ),
    ("CHANGES.md", "# Changes\n\n## 0.1.0\n\n- First version.\n"),
    ("LICENSE", MIT_LICENSE),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Severity;
    use crate::ecosystem::stackstorm::testing;

    #[test]
    fn a_new_pack_has_no_errors_and_no_warnings() {
        let name = PackName::new("my_pack").expect("a name");
        let checked = testing::check(&testing::snapshot(files(&name)), Some("my_pack"));
        assert!(checked.claimed);
        assert!(checked.findings.iter().all(|finding| finding.severity == Severity::Note), "{:?}", checked.codes());
        assert_eq!(checked.pack.map(|pack| pack.components.len()), Some(2));
    }
}
