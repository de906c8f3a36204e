"""The tool server."""


def execute(request):
    if request.tool_name == "orders.list":
        return {"success": True, "data": {}}
    return {"success": False, "error": "unknown"}


def list_tools():
    return {"tools": [describe(name) for name in ("orders.list",)]}
