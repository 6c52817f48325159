"""Settings of training alone, read from the environment with the prefix ``TRAINING_``."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class TrainingSettings(BaseSettings):
    """``offer_hours``: how long a place that became free is kept for people who queued for it (BEY-02)."""

    model_config = SettingsConfigDict(env_prefix="TRAINING_", frozen=True)

    offer_hours: float = Field(default=24, gt=0)


@lru_cache(maxsize=1)
def training_settings() -> TrainingSettings:
    """The settings of this process; read once."""
    return TrainingSettings()
