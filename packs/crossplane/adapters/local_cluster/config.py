"""What the local cluster can be told."""

from pydantic import BaseModel, Field


class LocalClusterConfig(BaseModel):
    """Settings of the local cluster."""

    version: str
    cluster_name: str = "try-out"
    workers: int = Field(default=1, ge=0, le=5)
