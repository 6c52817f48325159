"""What an operator sets for certificates, read from the environment with the prefix ``CERTIFICATES_``."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Settings


class CertificatesSettings(Settings):
    """Signing: a PKCS#12 file with its password, or a signing service; neither means the platform's own test identity."""

    model_config = SettingsConfigDict(env_prefix="CERTIFICATES_", env_ignore_empty=True, frozen=True)

    issuer: str = Field(default="江苏省疾病预防控制中心", description="新证书上印的发证机构")
    checks_per_minute: int = Field(default=60, description="同一网络地址每分钟可公开查验证书的次数")
    file_checks_per_minute: int = Field(default=6, description="同一网络地址每分钟可上传证书文件查验的次数")
    signing_pkcs12: Path | None = Field(default=None, description="签名用 PKCS#12 文件的路径（容器内）")
    signing_password: str = Field(default="", description="PKCS#12 文件的密码")
    signing_url: str = Field(default="", description="签名服务的地址")
    signing_token: str = Field(default="", description="签名服务的令牌，以 Bearer 发送")
    signing_certificates: Path | None = Field(default=None, description="签名服务的证书链（PEM），签名者在前")
    signing_roots: Path | None = Field(
        default=None, description="另外信任的证书（PEM）：时间戳机构的根证书，以往的签名者及其根证书"
    )
    tsa_url: str = Field(default="", description="时间戳服务（RFC 3161）的地址；不填时签名只在签名证书有效期内可信")


@lru_cache(maxsize=1)
def certificates_settings() -> CertificatesSettings:
    """The settings of this process; read once."""
    return CertificatesSettings()
