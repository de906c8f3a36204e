class ClusterAdapter:
    """Installs it."""
