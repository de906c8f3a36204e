"""The pack."""


class Pack:
    async def register(self, registry):
        registry.add("demo")
