"""The tool server."""


def execute(request):
    if request.tool_name == "orders.list":
        return {"success": True, "data": {}}
    return {"success": False, "error": "unknown"}


SCHEMA = {"type": "object", "properties": {}}


def list_tools():
    return {"tools": [{"name": "orders.list", "side_effect": "read", "parameters": SCHEMA}]}
