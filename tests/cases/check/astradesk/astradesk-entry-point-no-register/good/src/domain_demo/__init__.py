class Base:
    def register(self, registry):
        registry.add("demo")


class Pack(Base):
    """Inherits the method."""
