"""What the message broker can be told."""

from pydantic import BaseModel, Field, SecretStr


class MessageBrokerConfig(BaseModel):
    """Settings of the message broker."""

    version: str
    storage_gib: int = Field(default=10, ge=1)
    admin_password: SecretStr
