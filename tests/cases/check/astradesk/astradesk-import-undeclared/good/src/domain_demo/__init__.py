try:
    import requests
except ImportError:
    requests = None

class Pack:
    def register(self, registry):
        registry.add("demo")
