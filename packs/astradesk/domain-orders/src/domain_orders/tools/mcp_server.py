"""The tools of the orders pack.

Run it with `python -m`; it needs the extra `server`.
"""

from __future__ import annotations

from typing import Any

from domain_orders.tools.shop_adapter import ShopAdapter

try:
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel
except ImportError as error:  # the agents work without a server
    raise SystemExit("install the extra `server` to run the tool server") from error

app = FastAPI(title="The tools of the orders pack")


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
    shop = ShopAdapter()
    if request.tool_name == "orders.list":
        orders = list(shop.list_orders(arguments.get("state", "open")))
        return ToolResponse(success=True, data={"items": orders})
    if request.tool_name == "orders.hold":
        return ToolResponse(success=True, data=shop.hold(arguments["order_id"], arguments["reason"]))
    return ToolResponse(success=False, error=f"there is no tool {request.tool_name}")


@app.get("/tools")
async def list_tools() -> dict[str, Any]:
    """Lists the tools."""
    return {
        "tools": [
            {
                "name": "orders.list",
                "description": "Lists the orders in a state, with each customer's history.",
                "side_effect": "read",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "state": {
                            "type": "string",
                            "description": "Which orders are listed.",
                            "enum": ["open", "held", "shipped"],
                            "default": "open",
                        },
                    },
                },
            },
            {
                "name": "orders.hold",
                "description": "Holds an order back until a person releases it.",
                "side_effect": "write",
                "allowed_roles": ["orders.supervisor"],
                "parameters": {
                    "type": "object",
                    "properties": {
                        "order_id": {"type": "string", "description": "The order.", "minLength": 1},
                        "reason": {"type": "string", "description": "Shown to whoever releases it."},
                    },
                    "required": ["order_id", "reason"],
                },
            },
        ],
    }


@app.get("/health")
async def health() -> dict[str, str]:
    """Says that the server is up."""
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=8011)
