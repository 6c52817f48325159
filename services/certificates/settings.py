"""What an operator sets for certificates, read from the environment with the prefix ``CERTIFICATES_``."""

from functools import lru_cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class CertificatesSettings(BaseSettings):
    """``issuer`` is printed on new certificates; ``checks_per_minute`` is what one address may look up in public,
    ``file_checks_per_minute`` how many files it may have checked. Signing: a PKCS#12 file with its password, or a signing service's
    address, token and PEM certificates (the signer's first); neither means the platform's
    own test identity. ``tsa_url`` is an RFC 3161 time stamp authority; ``signing_roots`` PEM certificates to trust beside the signer's
    own root: roots of the time stamp authority and of former signers, and the former signers themselves."""

    # An empty variable, as compose passes one on that nobody has set, is none.
    model_config = SettingsConfigDict(env_prefix="CERTIFICATES_", env_ignore_empty=True, frozen=True)

    issuer: str = "江苏省疾病预防控制中心"
    checks_per_minute: int = 60
    file_checks_per_minute: int = 6
    signing_pkcs12: Path | None = None
    signing_password: str = ""
    signing_url: str = ""
    signing_token: str = ""
    signing_certificates: Path | None = None
    signing_roots: Path | None = None
    tsa_url: str = ""


@lru_cache(maxsize=1)
def certificates_settings() -> CertificatesSettings:
    """The settings of this process; read once."""
    return CertificatesSettings()
