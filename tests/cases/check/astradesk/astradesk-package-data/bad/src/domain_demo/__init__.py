"""The pack."""


class Pack:
    def register(self, registry):
        registry.add("demo")
