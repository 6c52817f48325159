"""What only notifications needs to know: how mail signs in, where the demo's catcher listens. Prefix
``NOTIFICATIONS_``; where mail and text messages go are the platform's settings.
"""

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class NotificationSettings(BaseSettings):
    """``catcher_bind`` empty means the mail server's host."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", frozen=True)

    smtp_username: str = ""
    smtp_password: str = ""
    catcher_bind: str = ""


@lru_cache(maxsize=1)
def notification_settings() -> NotificationSettings:
    """The settings of this process; read once."""
    return NotificationSettings()
