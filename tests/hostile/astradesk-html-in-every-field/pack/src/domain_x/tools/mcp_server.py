import os

URL = os.getenv('''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}''')


def execute(request):
    if request.tool_name == 'x.y':
        return URL


def list_tools():
    return {'tools': [{'name': 'x.y', 'title': '''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}''', 'description': '''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}''', 'side_effect': 'write', 'allowed_roles': ['''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}'''], 'parameters': {'type': 'object', 'properties': {'''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}''': {'type': 'string', 'description': '''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}''', 'default': '''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}'''}}, 'required': ['''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}''']}}]}
