"""Settings of declaration alone, read from the environment with the prefix ``DECLARATION_``."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class DeclarationSettings(Settings):
    """Nothing of it is a secret."""

    model_config = SettingsConfigDict(env_prefix="DECLARATION_", env_ignore_empty=True, frozen=True)

    # Covers the five working days in which a declaration is to be reviewed.
    review_days: int = Field(default=7, description="申报应在多少个自然日内审核，超过即提示逾期")


@lru_cache(maxsize=1)
def declaration_settings() -> DeclarationSettings:
    """The settings of this process; read once."""
    return DeclarationSettings()
