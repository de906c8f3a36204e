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
                "parameters": {"type": "object", "properties": {"state": {"type": "text"}}},
            },
        ]
    }
