import requests

class Pack:
    def register(self, registry):
        registry.add("demo")
