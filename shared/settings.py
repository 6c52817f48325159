"""Settings that every process of the platform shares, read from the environment with the prefix ``PLATFORM_``.
Each service adds its own in ``services/<service>/settings.py`` with its own prefix. No secret has a default.
"""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class PlatformSettings(BaseSettings):
    """``database_url`` and ``internal_url`` hold a literal ``{service}`` that is replaced by the service's name;
    ``sms_url`` empty means the catcher in a demo and no provider otherwise; a worker process is replaced between two tasks after
    ``worker_tasks`` of them, and when it holds more than ``worker_memory_mb``."""

    model_config = SettingsConfigDict(env_prefix="PLATFORM_", frozen=True)

    public_url: str
    internal_url: str
    database_url: str
    redis_url: str
    storage_url: str
    cache_dir: Path
    internal_secret: str
    field_keys: Annotated[tuple[str, ...], NoDecode]
    blind_index_key: str
    signing_key: str
    altcha_key: str

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    mail_from: str = "noreply@platform.invalid"
    catcher_url: str = ""
    sms_url: str = ""
    sms_token: str = ""
    sms_signature: str = "职业健康信息平台"
    demo: bool = False
    secure_cookie: bool = True
    log_level: str = "INFO"

    api_pool_size: int = 5
    worker_pool_size: int = 2
    worker_tasks: int = 20_000
    worker_memory_mb: int = 280
    checkout_seconds: float = 1.5
    upload_limit_bytes: int = 10 * 1024 * 1024

    @field_validator("field_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value

    def database_of(self, service: str) -> str:
        return self.database_url.replace("{service}", service)

    def internal_of(self, service: str) -> str:
        return self.internal_url.replace("{service}", service)


@lru_cache(maxsize=1)
def platform_settings() -> PlatformSettings:
    """The settings of this process; read once."""
    return PlatformSettings()
