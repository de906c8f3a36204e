class BrokerAdapter:
    """Installs it."""
