"""The tools of the helpdesk pack.

Run it with `python -m`; it needs the extra `server`.
"""

from __future__ import annotations

from typing import Any

from domain_helpdesk.tools.desk_adapter import DeskAdapter

DESK = DeskAdapter()

try:
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel
except ImportError as error:  # the agents work without a server
    raise SystemExit("install the extra `server` to run the tool server") from error

app = FastAPI(title="The tools of the helpdesk pack")


class ToolRequest(BaseModel):
    """A call of a tool."""

    tool_name: str
    arguments: dict[str, Any]
    claims: dict[str, Any] | None = None


class ToolResponse(BaseModel):
    """What a tool answers."""

    success: bool
    data: dict[str, Any] | None = None
    error: str | None = None


@app.post("/execute", response_model=ToolResponse)
async def execute_tool(request: ToolRequest) -> ToolResponse:
    """Runs a tool."""
    arguments = request.arguments
    if request.tool_name == "desk.list_tickets":
        return ToolResponse(success=True, data={"items": DESK.list_tickets(arguments.get("queue", "new"))})
    if request.tool_name == "desk.assign":
        return ToolResponse(success=True, data=DESK.assign(arguments["ticket_id"], arguments["queue"]))
    return ToolResponse(success=False, error=f"there is no tool {request.tool_name}")


@app.get("/tools")
async def list_tools() -> dict[str, Any]:
    """Lists the tools."""
    return {
        "tools": [
            {
                "name": "desk.list_tickets",
                "description": "Lists the tickets of a queue, oldest first.",
                "side_effect": "read",
                "parameters": {
                    "type": "object",
                    "properties": {"queue": {"type": "string", "description": "The queue.", "default": "new"}},
                },
            },
            {
                "name": "desk.assign",
                "description": "Puts a ticket into a queue.",
                "side_effect": "write",
                "allowed_roles": ["helpdesk.agent"],
                "parameters": {
                    "type": "object",
                    "properties": {
                        "ticket_id": {"type": "string", "description": "The ticket."},
                        "queue": {"type": "string", "description": "Where it goes."},
                    },
                    "required": ["ticket_id", "queue"],
                },
            },
        ],
    }


@app.get("/health")
async def health() -> dict[str, str]:
    """Says that the server is up."""
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=8012)
