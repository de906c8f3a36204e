class ClusterAPIAdapter:
    """Installs it."""
