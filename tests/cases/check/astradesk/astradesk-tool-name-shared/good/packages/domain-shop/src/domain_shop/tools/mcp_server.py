"""The tool server."""


def execute(request):
    if request.tool_name == "shop.orders":
        return {"success": True, "data": {}}
    return {"success": False, "error": "unknown"}


def list_tools():
    return {
        "tools": [
            {
                "name": "shop.orders",
                "description": "Lists orders.",
                "side_effect": "read",
                "parameters": {"type": "object", "properties": {"state": {"type": "string"}}},
            },
        ]
    }
