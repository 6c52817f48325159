"""What an operator sets for certificates, read from the environment with the prefix ``CERTIFICATES_``."""

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class CertificatesSettings(BaseSettings):
    """``issuer`` is printed on new certificates; ``checks_per_minute`` is what one address may look up in public."""

    model_config = SettingsConfigDict(env_prefix="CERTIFICATES_", frozen=True)

    issuer: str = "江苏省疾病预防控制中心"
    checks_per_minute: int = 60


@lru_cache(maxsize=1)
def certificates_settings() -> CertificatesSettings:
    """The settings of this process; read once."""
    return CertificatesSettings()
