"""Settings of declaration alone, read from the environment with the prefix ``DECLARATION_``."""

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class DeclarationSettings(BaseSettings):
    """``review_days``: calendar days that cover the five working days in which a declaration is to be reviewed."""

    model_config = SettingsConfigDict(env_prefix="DECLARATION_", frozen=True)

    review_days: int = 7


@lru_cache(maxsize=1)
def declaration_settings() -> DeclarationSettings:
    """The settings of this process; read once."""
    return DeclarationSettings()
