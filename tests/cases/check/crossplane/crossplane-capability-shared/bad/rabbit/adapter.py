class RabbitAdapter:
    """Installs it."""
