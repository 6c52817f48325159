"""Settings that every process of the platform shares, read from the environment with the prefix ``PLATFORM_``.
Each service adds its own in ``services/<service>/settings.py`` with its own prefix. No secret has a default; a variable that is set to
nothing is not set, and ``…_FILE`` names a file that holds the value instead, so that a secret need not stand in the environment.
``docs/settings.md`` and the tail of ``.env.example`` are made from the descriptions.
"""

import os
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import BeforeValidator, Field, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from shared.blind_index import IndexKey

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
    """What the settings of the platform and of each service are: every one also from a file."""

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


def _split(value: object) -> object:
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


def _split_index(value: object) -> object:
    """Raises ValueError, also for a text that holds no key: nothing said at all is another matter."""
    keys = _split(value)
    if isinstance(value, str):
        IndexKey.read_all(keys if isinstance(keys, tuple) else ())
    return keys


def with_password(url: str, password: str) -> str:
    """The address with this password in it; as it was when there is none."""
    if not password:
        return url
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:{quote(password, safe='')}@{host}").geturl()


# A list of keys, separated by commas; what the first and the others do is said where they are used.
Keys = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)]

# Who carries text messages, with their shares; ``shared.sms.routes`` speaks to each.
SMS_PROVIDERS = ("http", "aliyun", "tencent")


def _split_shares(value: object) -> object:
    """``aliyun=70,tencent=30``; without shares the first has all and the others stand by. Raises ValueError."""
    if not isinstance(value, str):
        return value
    parts = [part.strip().partition("=") for part in value.split(",") if part.strip()]
    shares = [
        (name.strip(), int(share) if sign else int(place == 0)) for place, (name, sign, share) in enumerate(parts)
    ]
    names = [name for name, _ in shares]
    if len(set(names)) < len(names) or not set(names) <= set(SMS_PROVIDERS):
        raise ValueError(f"每个短信服务写一次，只能是 {'、'.join(SMS_PROVIDERS)}")
    if any(not 0 <= share <= 100 for _, share in shares) or (shares and not any(share for _, share in shares)):
        raise ValueError("份额为 0 至 100 的整数，至少一个不为 0")
    return tuple(shares)


def _split_headers(value: object) -> object:
    """Raises ValueError."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    if not all(sign and name.strip() and said.strip() for name, sign, said in pairs):
        raise ValueError("应为 名称=内容，逗号分隔")
    return tuple((name.strip(), said.strip()) for name, _, said in pairs)


Network = IPv4Network | IPv6Network


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
    redis_url: str = Field(description="Redis 地址")
    redis_password: str = Field(default="", description="Redis 的密码，同 REDIS_PASSWORD")
    storage_url: str = Field(description="文件存储：file:///目录，或 s3://桶名")
    cache_dir: Path = Field(description="缓存目录，可随时清空")
    internal_secret: Keys = Field(
        description="服务之间互相访问的凭据，可有多个、逗号分隔：用第一个访问别的服务，收到任何一个都接受"
    )
    field_keys: Keys = Field(
        description="个人信息加密密钥（Fernet），新的在前、逗号分隔：用第一个加密，用任何一个解密；"
        "丢失后已加密的手机号码、身份证号等无法恢复；更换见 docs/operations.md"
    )
    # Only for the services that look people up by a number (shared.services.INDEXED).
    blind_index_key: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_index)] = Field(
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
    sms_providers: Annotated[tuple[tuple[str, int], ...], NoDecode, BeforeValidator(_split_shares)] = Field(
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
    traces_headers: Annotated[tuple[tuple[str, str], ...], NoDecode, BeforeValidator(_split_headers)] = Field(
        default=(), description="发送链路追踪时附带的请求头，如 Authorization=Bearer 令牌，逗号分隔"
    )
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
    def broker_url(self) -> str:
        return with_password(self.redis_url, self.redis_password)

    def internal_of(self, service: str) -> str:
        return self.internal_url.replace("{service}", service)


class BrokerSettings(Settings):
    """What beat is told, which knows no secret but the broker's; each of it is a setting of ``PlatformSettings`` as well."""

    model_config = SettingsConfigDict(env_prefix="PLATFORM_", env_ignore_empty=True, frozen=True)

    redis_url: str
    redis_password: str = ""
    log_level: str = "INFO"

    @property
    def broker_url(self) -> str:
        return with_password(self.redis_url, self.redis_password)


@lru_cache(maxsize=1)
def platform_settings() -> PlatformSettings:
    """The settings of this process; read once."""
    return PlatformSettings()
