class ClusterApiAdapter:
    """Installs it."""
