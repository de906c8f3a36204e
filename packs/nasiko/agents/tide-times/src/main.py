"""Serves the agent at port 8000."""

import json
from pathlib import Path

import uvicorn
from a2a.server.apps import A2AStarletteApplication
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.tasks import InMemoryTaskStore
from a2a.types import AgentCard

from agent import TideAgent

CARD = Path(__file__).resolve().parent.parent / "AgentCard.json"


def main() -> None:
    card = AgentCard(**json.loads(CARD.read_text(encoding="utf-8")))
    handler = DefaultRequestHandler(agent_executor=TideAgent(), task_store=InMemoryTaskStore())
    uvicorn.run(A2AStarletteApplication(agent_card=card, http_handler=handler).build(), host="0.0.0.0", port=8000)


if __name__ == "__main__":
    main()
