class MeshAdapter:
    """Installs it."""
