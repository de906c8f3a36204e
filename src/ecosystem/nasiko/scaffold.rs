//! A new agent that passes every check.

use std::collections::BTreeMap;

use super::name::{slug, title_case};
use crate::ecosystem::MIT_LICENSE;
use crate::ident::{PackName, RelPath};

/// Returns the files of a new agent.
pub(super) fn files(name: &PackName) -> BTreeMap<RelPath, Vec<u8>> {
    let slug = slug(name.as_str()).unwrap_or_else(|| "agent".to_owned());
    let title = title_case(&slug);
    let text = |text: &str| text.replace("@NAME@", &slug).replace("@TITLE@", &title).into_bytes();
    FILES.iter().map(|(path, content)| (RelPath::composed(path), text(content))).collect()
}

/// Lists the files with their text; `@NAME@` stands for the name, `@TITLE@` for what people call it.
const FILES: &[(&str, &str)] = &[
    (
        "AgentCard.json",
        r#"{
  "protocolVersion": "0.3.0",
  "name": "@NAME@",
  "description": "Greets whoever writes to it.",
  "url": "http://@NAME@:8000/",
  "version": "0.1.0",
  "agentFramework": "a2a-python",
  "preferredTransport": "JSONRPC",
  "capabilities": {
    "streaming": false,
    "pushNotifications": false,
    "stateTransitionHistory": false
  },
  "defaultInputModes": ["text/plain"],
  "defaultOutputModes": ["text/plain"],
  "skills": [
    {
      "id": "greet",
      "name": "Greet",
      "description": "Answers a message with a greeting.",
      "tags": ["greeting"],
      "examples": ["Hello, my name is Ada."]
    }
  ]
}
"#,
    ),
    (
        "Dockerfile",
        "\
FROM python:3.12-slim

WORKDIR /app
COPY pyproject.toml ./
RUN pip install --no-cache-dir \"a2a-sdk[http-server]>=0.3\" uvicorn
COPY src ./src

EXPOSE 8000
CMD [\"python\", \"src/main.py\"]
",
    ),
    (
        "docker-compose.yml",
        "\
services:
  @NAME@:
    build: .
    container_name: @NAME@
    environment:
      - GREETING
    ports:
      - \"8000:8000\"
",
    ),
    (".env.example", "# The word that the agent greets with\nGREETING=\n"),
    (
        "pyproject.toml",
        "\
[project]
name = \"@NAME@\"
version = \"0.1.0\"
description = \"Greets whoever writes to it.\"
requires-python = \">=3.12\"
dependencies = [
    \"a2a-sdk[http-server]>=0.3\",
    \"uvicorn\",
]
",
    ),
    (
        "src/main.py",
        r#""""Starts the agent."""

import json
import os
from pathlib import Path

import uvicorn
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.apps import A2AStarletteApplication
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.tasks import InMemoryTaskStore
from a2a.types import AgentCard
from a2a.utils import new_agent_text_message

CARD = Path(__file__).parent.parent / "AgentCard.json"


class Greeter(AgentExecutor):
    """Answers every message with a greeting."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        greeting = os.environ.get("GREETING", "Hello")
        await event_queue.enqueue_event(new_agent_text_message(f"{greeting}! You wrote: {context.get_user_input()}"))

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError("a greeting is too short to be cancelled")


def main() -> None:
    card = AgentCard(**json.loads(CARD.read_text(encoding="utf-8")))
    handler = DefaultRequestHandler(agent_executor=Greeter(), task_store=InMemoryTaskStore())
    uvicorn.run(A2AStarletteApplication(agent_card=card, http_handler=handler).build(), host="0.0.0.0", port=8000)


if __name__ == "__main__":
    main()
"#,
    ),
    (
        "README.md",
        "\
# @TITLE@

Greets whoever writes to it.

| skill | what it does |
|---|---|
| `greet` | Answers a message with a greeting. |

`GREETING` is the word that it greets with.
",
    ),
    ("LICENSE", MIT_LICENSE),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Severity;
    use crate::ecosystem::nasiko::testing;
    use crate::pack::Configured;
    use crate::source::Snapshot;

    #[test]
    fn a_new_agent_has_no_errors_and_no_warnings() {
        for name in ["tide-times", "Tide_Times"] {
            let name = PackName::new(name).expect("a name");
            let files = files(&name).into_iter().map(|(path, bytes)| (path, false, bytes.into())).collect();
            let checked = testing::check(&Snapshot::in_memory(files), "tide-times", Configured::default());
            assert!(!checked.foreign);
            assert!(checked.findings.iter().all(|finding| finding.severity == Severity::Note), "{:?}", checked.codes());
            assert_eq!(checked.pack.map(|pack| pack.components.len()), Some(3));
        }
    }
}
