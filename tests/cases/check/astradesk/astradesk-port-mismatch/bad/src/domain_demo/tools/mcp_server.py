"""The tool server."""


def execute(request):
    if request.tool_name == "orders.list":
        return {"success": True, "data": {}}
    return {"success": False, "error": "unknown"}


def list_tools():
    return {
        "tools": [
            {
                "name": "orders.list",
                "description": "Lists orders.",
                "side_effect": "read",
                "parameters": {"type": "object", "properties": {"state": {"type": "string"}}},
            },
        ]
    }


if __name__ == "__main__":
    try:
        import uvicorn
    except ImportError:
        raise SystemExit("install uvicorn")
    uvicorn.run("domain_demo.tools.mcp_server:app", port=8001)
