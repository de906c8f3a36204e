//! A new pack that passes every check.

use std::collections::BTreeMap;

use super::python_versions::normalised;
use crate::ecosystem::MIT_LICENSE;
use crate::ident::{PackName, RelPath};

/// Returns the files of a new pack.
pub(super) fn files(name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
    let normal = normalised(name.as_str());
    let normal = normal.trim_start_matches("astradesk-");
    let slug = normal.strip_prefix("domain-").filter(|slug| !slug.is_empty()).unwrap_or(normal);
    let domain = slug.replace('-', "_");
    let fill = |text: &str| text.replace("@SLUG@", slug).replace("@DOMAIN@", &domain);
    FILES.iter().map(|(path, text)| (RelPath::composed(fill(path)), fill(text).into_bytes())).collect()
}

/// Lists the files with their text; `@SLUG@` stands for what follows `domain-`, `@DOMAIN@` for the same in Python.
const FILES: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        "\
[project]
name = \"astradesk-domain-@SLUG@\"
version = \"0.1.0\"
description = \"Says hello.\"
readme = \"README.md\"
license = \"MIT\"
authors = [{ name = \"Your name\", email = \"you@example.org\" }]
requires-python = \">=3.11\"
dependencies = [\"fastapi>=0.110,<1\", \"pydantic>=2,<3\", \"uvicorn>=0.30,<1\"]

[project.entry-points.\"astradesk.pack\"]
domain_@DOMAIN@ = \"domain_@DOMAIN@:Pack\"

[build-system]
requires = [\"setuptools>=69\"]
build-backend = \"setuptools.build_meta\"

[tool.setuptools]
package-dir = { \"\" = \"src\" }

[tool.setuptools.packages.find]
where = [\"src\"]

[tool.setuptools.package-data]
domain_@DOMAIN@ = [\"flows/*.yaml\", \"policies/*.rego\"]
",
    ),
    (
        "src/domain_@DOMAIN@/__init__.py",
        "\
\"\"\"Makes the pack known to the runtime.\"\"\"

import logging

logger = logging.getLogger(__name__)


class Pack:
    \"\"\"What the loader makes an instance of.\"\"\"

    name = \"domain_@DOMAIN@\"

    def register(self, registry: object) -> None:
        \"\"\"Says where the tools are: a server of the pack's own offers them.\"\"\"
        logger.info(\"the tools of %s are served by tools/mcp_server.py\", self.name)
",
    ),
    ("src/domain_@DOMAIN@/agents/__init__.py", ""),
    (
        "src/domain_@DOMAIN@/agents/greeter.py",
        "\
\"\"\"Decides whom to greet.\"\"\"

from dataclasses import dataclass


@dataclass
class Greeting:
    \"\"\"A greeting that is ready to be sent.\"\"\"

    who: str
    text: str


async def greet(people: list[str]) -> list[Greeting]:
    \"\"\"Returns a greeting for everybody, in the order given.\"\"\"
    return [Greeting(who=who, text=f\"Hello, {who}!\") for who in people]
",
    ),
    ("src/domain_@DOMAIN@/tools/__init__.py", ""),
    (
        "src/domain_@DOMAIN@/tools/mcp_server.py",
        "\
\"\"\"The tool server of the pack.\"\"\"

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title=\"@SLUG@\")


class ToolRequest(BaseModel):
    \"\"\"A call of a tool.\"\"\"

    tool_name: str
    arguments: dict[str, Any]
    claims: dict[str, Any] | None = None


class ToolResponse(BaseModel):
    \"\"\"What a tool answers.\"\"\"

    success: bool
    data: dict[str, Any] | None = None
    error: str | None = None


@app.post(\"/execute\", response_model=ToolResponse)
async def execute_tool(request: ToolRequest) -> ToolResponse:
    \"\"\"Runs a tool.\"\"\"
    if request.tool_name == \"@DOMAIN@.hello\":
        who = request.arguments.get(\"who\", \"world\")
        return ToolResponse(success=True, data={\"text\": f\"Hello, {who}!\"})
    return ToolResponse(success=False, error=f\"there is no tool {request.tool_name}\")


@app.get(\"/tools\")
async def list_tools() -> dict[str, Any]:
    \"\"\"Lists the tools.\"\"\"
    return {
        \"tools\": [
            {
                \"name\": \"@DOMAIN@.hello\",
                \"description\": \"Greets somebody.\",
                \"side_effect\": \"read\",
                \"parameters\": {
                    \"type\": \"object\",
                    \"properties\": {
                        \"who\": {\"type\": \"string\", \"description\": \"Who is greeted.\", \"default\": \"world\"},
                    },
                },
            },
        ],
    }


@app.get(\"/health\")
async def health() -> dict[str, str]:
    \"\"\"Says that the server is up.\"\"\"
    return {\"status\": \"ok\"}


if __name__ == \"__main__\":
    import uvicorn

    uvicorn.run(app, host=\"0.0.0.0\", port=8010)
",
    ),
    (
        "src/domain_@DOMAIN@/flows/daily.yaml",
        "\
flow: @DOMAIN@_daily
version: \"1.0\"
trigger: { type: cron, expr: \"0 8 * * mon-fri\" }
steps:
  - id: greet
    use: agent.@DOMAIN@.greeter
    with: { people: [\"world\"] }
  - id: say
    use: tool.@DOMAIN@.hello
    input: ${greet.items}
    params: { who: \"${item.who}\" }
",
    ),
    (
        "src/domain_@DOMAIN@/policies/@DOMAIN@.rego",
        "\
# METADATA
# description: Nobody is greeted without a name.
package astradesk.@DOMAIN@

import rego.v1

default allow := false

violation contains msg if {
	input.event.type == \"tool.@DOMAIN@.hello\"
	input.data.who == \"\"
	msg := \"somebody has to be greeted\"
}

allow if count(violation) == 0
",
    ),
    (
        "tests/test_greeter.py",
        "\
import asyncio

from domain_@DOMAIN@.agents.greeter import greet


def test_everybody_is_greeted():
    greetings = asyncio.run(greet([\"Ada\", \"Alan\"]))
    assert [greeting.who for greeting in greetings] == [\"Ada\", \"Alan\"]
",
    ),
    (
        "Dockerfile",
        "\
FROM python:3.13-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir .
EXPOSE 8010
CMD [\"python\", \"-m\", \"domain_@DOMAIN@.tools.mcp_server\"]
",
    ),
    (
        "README.md",
        "\
# @SLUG@

Says hello.

| part | what it does |
|---|---|
| `agents/greeter.py` | Decides whom to greet. |
| `flows/daily.yaml` | Greets every morning. |
| `policies/@DOMAIN@.rego` | Nobody is greeted without a name. |

```sh
python -m domain_@DOMAIN@.tools.mcp_server
docker run -p 8010:8010 domain-@SLUG@
```
",
    ),
    ("CHANGELOG.md", "# Changes\n\n## 0.1.0\n\n- First version.\n"),
    ("LICENSE", MIT_LICENSE),
];
