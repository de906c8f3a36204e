class Pack:
    def register(self, registry):
        registry.add(1)
