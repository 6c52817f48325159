"""Settings that every process of the platform shares, read from the environment with the prefix ``PLATFORM_``.
Each service adds its own in ``services/<service>/settings.py`` with its own prefix. No secret has a default; a variable that is set to
nothing is not set, and ``…_FILE`` names a file that holds the value instead, so that a secret need not stand in the environment.
``docs/settings.md`` and the tail of ``.env.example`` are made from the descriptions.
"""

import os
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from shared.setting_kinds import (
    HistoryDays,
    Keys,
    LookDays,
    Network,
    QueueAddress,
    RedisAddress,
    split_index,
    split_shares,
    with_password,
)

_FILE = "_FILE"


class FileSource(PydanticBaseSettingsSource):
    """Reads ``PLATFORM_FIELD_KEYS`` from the file that ``PLATFORM_FIELD_KEYS_FILE`` names, without the line's end."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Raises SettingsError when the variable itself is set as well, or the file cannot be read."""
        variable = f"{self.config.get('env_prefix', '')}{field_name}".upper()
        path = os.environ.get(variable + _FILE)
        if not path:
            return None, field_name, False
        if os.environ.get(variable):
            raise SettingsError(f"{variable} 和 {variable}{_FILE} 只能设一个 · Set only one of the two")
        try:
            return Path(path).read_text("utf-8").strip("\r\n"), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{variable}{_FILE}：文件无法读取 · The file cannot be read: {path}") from error

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value}


class Settings(BaseSettings):
    """What the settings of the platform and of each service are: every one also from a file. One that is refused is not quoted: it may be a
    secret, or an address that holds one."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSource(settings_cls)


def _is_https(given: dict[str, Any]) -> bool:
    return str(given.get("public_url", "")).startswith("https:")


class PlatformSettings(Settings):
    """``database_url`` and ``internal_url`` hold a literal ``{service}`` that is replaced by the service's name."""

    model_config = SettingsConfigDict(env_prefix="PLATFORM_", env_ignore_empty=True, frozen=True)

    public_url: str = Field(
        description="用户在浏览器中打开平台的地址，写在短信链接、二维码和证书中，如 https://zyjk.example.cn"
    )
    internal_url: str = Field(description="服务之间互相访问的地址，其中 {service} 为服务名")
    database_url: str = Field(description="数据库地址，其中 {service} 为服务名")
    database_password_auth: str = Field(default="", description="auth 进入自己数据库的密码；更换后运行 migrate 生效")
    database_password_training: str = Field(
        default="", description="training 进入自己数据库的密码；更换后运行 migrate 生效"
    )
    database_password_certificates: str = Field(
        default="", description="certificates 进入自己数据库的密码；更换后运行 migrate 生效"
    )
    database_password_declaration: str = Field(
        default="", description="declaration 进入自己数据库的密码；更换后运行 migrate 生效"
    )
    database_password_notifications: str = Field(
        default="", description="notifications 进入自己数据库的密码；更换后运行 migrate 生效"
    )
    database_replica_url: str = Field(
        default="",
        description="只读副本的地址，其中 {service} 为服务名：允许晚几秒的列表从这里读，不填时都从主库读",
    )
    database_replica_lag: float = Field(default=5, gt=0, le=60, description="副本最多落后多少秒，超过时列表从主库读")
    redis_url: RedisAddress = Field(
        description="Redis 地址：redis://主机:6379/0，或 redis+sentinel://主机:26379,主机:26379/主库名/0；加密时为 rediss://、rediss+sentinel://"
    )
    redis_password: str = Field(default="", description="Redis 的密码，同 REDIS_PASSWORD")
    redis_sentinel_password: str = Field(default="", description="Redis Sentinel 的密码；不填时为没有")
    queue_url: QueueAddress = Field(
        default="", description="任务消息的地址，如 RabbitMQ 的 amqp://platform@主机:5672/platform；不填时用 Redis"
    )
    queue_password: str = Field(default="", description="任务消息服务的密码")
    storage_url: str = Field(description="文件存储：file:///目录，或 s3://桶名/前缀")
    storage_endpoint: str = Field(
        default="", description="对象存储（S3）的接入地址，如 https://oss-cn-hangzhou.aliyuncs.com"
    )
    storage_region: str = Field(default="", description="对象存储的地域；不填时为 us-east-1")
    storage_key_id: str = Field(default="", description="对象存储的 Access Key ID")
    storage_key: str = Field(default="", description="对象存储的 Secret Access Key")
    storage_bucket_in_host: bool = Field(
        default=False, description="对象存储的桶名写在主机名中（阿里云 OSS 须为 true），否则写在路径中"
    )
    cache_dir: Path = Field(description="缓存目录，可随时清空")
    internal_secret: Keys = Field(
        description="服务之间互相访问的凭据，可有多个、逗号分隔：用第一个访问别的服务，收到任何一个都接受"
    )
    field_keys: Keys = Field(
        description="个人信息加密密钥（Fernet），新的在前、逗号分隔：用第一个加密，用任何一个解密；"
        "丢失后已加密的手机号码、身份证号等无法恢复；更换见 docs/operations.md"
    )
    # Only for the services that look people up by a number (shared.services.INDEXED).
    blind_index_key: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_index)] = Field(
        default=(),
        description="手机号码、身份证号查找索引的密钥，不少于 32 个字符，前面写版本号（2:密钥；不写为 1）；更换期间有两个、逗号分隔；"
        "丢失后按号码查找、查重、找回账号和激活都不能进行；更换见 docs/operations.md",
    )
    signing_key: Keys = Field(
        description="证书二维码、签到码和变更记录摘要的签名密钥，新的在前、逗号分隔：用第一个签名，其余的只用来验证；"
        "丢失后已打印证书的二维码不能查验；更换见 docs/operations.md"
    )

    smtp_host: str = Field(default="127.0.0.1", description="邮件服务器地址")
    smtp_port: int = Field(default=1025, description="邮件服务器端口")
    mail_from: str = Field(default="noreply@platform.invalid", description="发件人地址")
    catcher_url: str = Field(default="", description="演示时收下短信的地址")
    sms_url: str = Field(default="", description="短信服务的地址；不填时不发送短信（演示时由平台自己收下）")
    sms_token: str = Field(default="", description="短信服务的令牌，以 Bearer 发送")
    sms_signature: str = Field(default="职业健康信息平台", description="短信开头【】中的签名，应与短信服务商报备的一致")
    sms_providers: Annotated[tuple[tuple[str, int], ...], NoDecode, BeforeValidator(split_shares)] = Field(
        default=(),
        description="发送短信的服务和份额，如 aliyun=70,tencent=30；不写份额时用第一个，其余在它不可用时替补；"
        "aliyun 为阿里云，tencent 为腾讯云，http 为 PLATFORM_SMS_URL；不填时为 http",
    )
    sms_templates: Path | None = Field(
        default=None,
        description="短信模板文件（JSON）：每类短信在阿里云、腾讯云报备的模板，见 docs/operations.md；用这两家时必填",
    )
    sms_aliyun_url: str = Field(default="https://dysmsapi.aliyuncs.com", description="阿里云短信服务的接入地址")
    sms_aliyun_key_id: str = Field(default="", description="阿里云的 AccessKey ID")
    sms_aliyun_key: str = Field(default="", description="阿里云的 AccessKey Secret")
    sms_tencent_url: str = Field(default="https://sms.tencentcloudapi.com", description="腾讯云短信的接入地址")
    sms_tencent_region: str = Field(default="ap-guangzhou", description="腾讯云短信的地域")
    sms_tencent_app: str = Field(default="", description="腾讯云短信的 SdkAppId")
    sms_tencent_key_id: str = Field(default="", description="腾讯云的 SecretId")
    sms_tencent_key: str = Field(default="", description="腾讯云的 SecretKey")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="可以说明访问者是谁的代理服务器的地址或网段，逗号分隔；不填时不采信任何 X-Forwarded-For",
    )
    demo: bool = Field(
        default=False, description="演示：载入演示账号，并在 /dev/messages 公开所有短信和邮件；正式使用必须为 0"
    )
    secure_cookie: bool = Field(
        default_factory=_is_https,
        description="登录 Cookie 只经 https 发送；不填时随 PLATFORM_PUBLIC_URL，https 为 true",
    )
    log_level: str = Field(default="INFO", description="日志级别：DEBUG、INFO、WARNING、ERROR")
    traces_url: str = Field(
        default="", description="接收链路追踪的 OpenTelemetry 地址（OTLP/HTTP），如 http://collector:4318；不填时不追踪"
    )
    traces_token: str = Field(default="", description="接收链路追踪的服务的令牌，以 Bearer 发送")
    traces_share: float = Field(default=1.0, ge=0, le=1, description="追踪多大比例的请求，0 至 1")

    api_pool_size: int = Field(default=5, description="每个 API 进程的数据库连接数")
    worker_pool_size: int = Field(default=2, description="每个后台进程的数据库连接数")
    worker_tasks: int = Field(default=20_000, description="后台进程办理多少项任务后更换")
    worker_memory_mb: int = Field(default=280, description="后台进程内存超过多少 MB 后更换")
    worker_metrics_port: int = Field(
        default=0,
        ge=0,
        le=65000,
        description="后台进程在哪个端口提供 /metrics 指标，compose 中为 9100；同一主机的其他后台进程依次用其后的端口；0 为不提供",
    )
    worker_metrics_address: str = Field(
        default="127.0.0.1", description="后台进程提供指标的地址；只应在内部网络可以访问"
    )
    head_seconds: float = Field(default=10, description="请求头须在多少秒内传完")
    body_seconds: float = Field(default=120, description="请求内容须在多少秒内传完")
    connections: int = Field(default=500, description="每个 API 进程同时的连接数")
    uploads_a_day_mb: int = Field(default=2000, gt=0, description="一个单位 24 小时内最多上传的附件（MB）")
    events_kept_days: int = Field(
        default=730,
        ge=0,
        description="服务之间的消息在所有服务办理后保留多少天；记录本身不受影响；0 为永久保留",
    )
    looks_kept_days: LookDays = Field(
        default=1095,
        description="查看记录的内容保留多少天（《网络安全法》：不少于六个月）；时间、记录和摘要始终保留；0 为永久保留",
    )
    histories_kept_days: HistoryDays = Field(
        default=10_958,
        description="业务变更记录的内容在该记录最后一次变更之后保留多少天，不少于十年；时间、操作和摘要始终保留；0 为永久保留",
    )
    account_histories_kept_days: HistoryDays = Field(
        default=3653,
        description="账号、消息等变更记录的内容在该记录最后一次变更之后保留多少天，不少于十年；时间、操作和摘要始终保留；0 为永久保留",
    )
    least_free_mb: int = Field(
        default=256,
        ge=0,
        description="磁盘剩余空间少于多少 MB 时只能查看、不能保存，以免数据库停止运行；腾出空间后自动恢复；0 为不限制",
    )
    stray_files_kept_days: int = Field(
        default=30,
        ge=0,
        description="没有任何记录指向的文件（如中断的上传留下的）发现后保留多少天再删除；0 为永久保留",
    )
    checkout_seconds: float = Field(default=1.5, description="等待数据库连接的秒数，超过即答复“系统暂时繁忙”")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())

    def database_of(self, service: str) -> str:
        """Where the database of ``service`` is entered, with its own password where it is told apart (PLAT-04)."""
        return with_password(
            self.database_url.replace("{service}", service), getattr(self, f"database_password_{service}", "")
        )

    @property
    def redis_address(self) -> str:
        return with_password(self.redis_url, self.redis_password)

    @property
    def queue_address(self) -> str:
        """Where the messages between processes go."""
        return with_password(self.queue_url, self.queue_password) if self.queue_url else self.redis_address

    @property
    def storage_options(self) -> dict[str, str]:
        """What obstore wants to know of a bucket besides its name."""
        kind, _, host = self.storage_endpoint.partition("://")
        bucket = urlsplit(self.storage_url).netloc
        said = {
            "endpoint": f"{kind}://{bucket}.{host}" if host and self.storage_bucket_in_host else self.storage_endpoint,
            "region": self.storage_region or "us-east-1",
            "access_key_id": self.storage_key_id,
            "secret_access_key": self.storage_key,
            "virtual_hosted_style_request": str(self.storage_bucket_in_host).lower(),
        }
        return {name: value for name, value in said.items() if value}

    def replica_of(self, service: str) -> str:
        """Where the service's copy for reading is entered; nothing where there is none."""
        return with_password(
            self.database_replica_url.replace("{service}", service), getattr(self, f"database_password_{service}", "")
        )

    def internal_of(self, service: str) -> str:
        return self.internal_url.replace("{service}", service)


class BrokerSettings(Settings):
    """What beat is told, which knows no secret but the broker's; each of it is a setting of ``PlatformSettings`` as well."""

    model_config = SettingsConfigDict(env_prefix="PLATFORM_", env_ignore_empty=True, frozen=True)

    redis_url: RedisAddress
    redis_password: str = ""
    redis_sentinel_password: str = ""
    queue_url: QueueAddress = ""
    queue_password: str = ""
    log_level: str = "INFO"

    @property
    def queue_address(self) -> str:
        if self.queue_url:
            return with_password(self.queue_url, self.queue_password)
        return with_password(self.redis_url, self.redis_password)


@lru_cache(maxsize=1)
def platform_settings() -> PlatformSettings:
    """The settings of this process; read once."""
    return PlatformSettings()
