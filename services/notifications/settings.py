"""What only notifications needs to know: how mail signs in, where the demo's catcher listens. Prefix
``NOTIFICATIONS_``; where mail and text messages go are the platform's settings.
"""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class NotificationSettings(Settings):
    """A user name means that mail signs in."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", env_ignore_empty=True, frozen=True)

    smtp_username: str = Field(default="", description="邮件服务器的用户名；不填即不登录")
    smtp_password: str = Field(default="", description="邮件服务器的密码")
    catcher_bind: str = Field(default="", description="演示时收下邮件的地址；不填时同 PLATFORM_SMTP_HOST")


@lru_cache(maxsize=1)
def notification_settings() -> NotificationSettings:
    """The settings of this process; read once."""
    return NotificationSettings()
