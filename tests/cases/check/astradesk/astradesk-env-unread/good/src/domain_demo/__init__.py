import os

URL = os.getenv("DEMO_URL", "http://localhost")

class Pack:
    def register(self, registry):
        registry.add("demo")
