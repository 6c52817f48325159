"""What only notifications needs to know: how mail signs in, when and how much may be sent, where the demo's catcher listens. Prefix
``NOTIFICATIONS_``; where mail and text messages go are the platform's settings.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class NotificationSettings(Settings):
    """A user name means that mail signs in; an empty receipt token that no provider may call back."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", env_ignore_empty=True, frozen=True)

    smtp_username: str = Field(default="", description="邮件服务器的用户名；不填即不登录")
    smtp_password: str = Field(default="", description="邮件服务器的密码")
    smtp_security: Literal["auto", "none", "starttls", "tls"] = Field(
        default="auto",
        description="邮件服务器的加密：auto 能加密就加密（STARTTLS），starttls 必须，tls 从连接开始就加密（常用端口 465），none 不加密",
    )
    bounce_address: str = Field(
        default="",
        pattern=r"^$|^[a-z0-9._\-]{1,14}@[a-z0-9.\-]+$",
        description="退信地址，如 bounces@mail.example.cn：小写，@ 前最多 14 个字符，每封邮件在其后加 +标记；不填时退信寄给发件人",
    )
    bounce_maildir: Path | None = Field(default=None, description="退信地址收信的 Maildir 目录；不填时不读退信")
    dkim_domain: str = Field(default="", description="DKIM 签名的域名；不填即不签名（由邮件服务器签名）")
    dkim_selector: str = Field(default="", description="DKIM 选择器，即 DNS 记录 选择器._domainkey.域名 中的名称")
    dkim_key: str = Field(default="", description="DKIM 的 RSA 私钥：PEM 文件的内容，或去掉首尾行、合成一行的 base64")
    smtp_connections: int = Field(default=4, ge=1, le=50, description="发送邮件时同时使用的连接数")
    quiet_from: int = Field(default=21, ge=0, le=24, description="提醒类短信从几点（北京时间）起不再发送，留到早上")
    quiet_until: int = Field(
        default=8, ge=0, le=24, description="早上几点起发送；与 NOTIFICATIONS_QUIET_FROM 相同时不分昼夜"
    )
    digest_hour: int = Field(default=8, ge=0, le=23, description="选择每日汇总的，几点（北京时间）发送汇总邮件")
    sms_per_phone_a_day: int = Field(
        default=20, ge=1, description="每个手机号码每天最多的通知短信，多出的留到第二天（验证码不在其内）"
    )
    mails_per_address_a_day: int = Field(default=100, ge=1, description="每个邮箱每天最多的通知邮件，多出的留到第二天")
    sms_pieces_a_month: int = Field(
        default=0, ge=0, description="每月通知短信的预算（计费条数），用到八成时提醒；0 为不设预算"
    )
    deliveries_kept_days: int = Field(
        default=180,
        ge=30,
        description="已结束的短信、邮件（含加密的号码和地址）保留多少天（《个人信息保护法》第十九条）",
    )
    messages_kept_days: int = Field(default=730, ge=180, description="站内消息保留多少天")
    open_inboxes: int = Field(
        default=1000, ge=0, description="每个 API 进程同时保持的实时消息连接；0 为不提供，门户改为每分钟查询一次"
    )
    hooks_anywhere: bool = Field(
        default=False, description="消息推送可以使用 http 和内网地址，仅供测试；正式使用必须为 0"
    )
    mass_notice_alone: int = Field(
        default=500, ge=0, description="群发超过多少个收件账号时，须由本机构的另一个账号复核"
    )
    mass_notice_most: int = Field(default=20_000, ge=1, description="一次群发最多的收件账号数")
    mass_notices_a_day: int = Field(default=5, ge=1, description="每个机构每天最多的群发次数")
    receipt_token: str = Field(default="", description="短信服务商回执地址中的密钥，不少于 16 个字符；不填时不接收回执")
    catcher_bind: str = Field(default="", description="演示时收下邮件的地址；不填时同 PLATFORM_SMTP_HOST")


@lru_cache(maxsize=1)
def notification_settings() -> NotificationSettings:
    """The settings of this process; read once."""
    return NotificationSettings()
