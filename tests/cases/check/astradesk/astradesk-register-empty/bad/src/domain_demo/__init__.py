"""The pack."""


class Pack:
    def register(self, registry):
        if registry is None:
            raise TypeError("no registry")
