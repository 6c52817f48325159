"""What only notifications needs to know: where text messages go, how mail signs in, where the demo's catcher listens. Prefix
``NOTIFICATIONS_``; the mail server's address is the platform's.
"""

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings import PlatformSettings


class NotificationSettings(BaseSettings):
    """``sms_url`` empty means the catcher in a demo and no provider otherwise; ``catcher_bind`` empty means the mail server's host."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", frozen=True)

    sms_url: str = ""
    sms_token: str = ""
    sms_signature: str = "职业健康信息平台"
    smtp_username: str = ""
    smtp_password: str = ""
    catcher_bind: str = ""

    def sms_provider(self, platform: PlatformSettings) -> str:
        """The address to which text messages are posted; empty when there is none."""
        return self.sms_url or (f"{platform.catcher_url}/sms" if platform.demo and platform.catcher_url else "")


@lru_cache(maxsize=1)
def notification_settings() -> NotificationSettings:
    """The settings of this process; read once."""
    return NotificationSettings()
