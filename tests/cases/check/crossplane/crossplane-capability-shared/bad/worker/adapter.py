class WorkerAdapter:
    """Installs it."""
