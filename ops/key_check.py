"""Whether the settings have every key that the rows of a database are under, asked before a process works on them (PLAT-05): a sentence at
the start in place of a failure at some row later. And whether they open a database at all: a container knows its own service's alone.
"""

from collections.abc import Sequence

from sqlalchemy import NullPool, create_engine

from shared.db.keys import SETTING_OF, KeyUse, take_up
from shared.services import INDEXED, Service
from shared.settings import PlatformSettings, platform_settings

_NO_INDEX_KEY = f"缺少 {SETTING_OF[KeyUse.INDEX]} · {SETTING_OF[KeyUse.INDEX]} is not set"
_OTHERS = (
    "这里没有 {names} 的数据库密码或密钥，请在 migrate 容器中运行：docker compose run --rm --no-deps migrate python -m … · "
    "This process is told nothing of {names}; run it in the container migrate"
)


def refuse_missing_keys(service: str) -> None:
    """Notes the keys of the settings at the service's database. Raises SystemExit, with words, when one is missing there."""
    settings = platform_settings()
    engine = create_engine(settings.database_of(Service(service)), poolclass=NullPool)
    with engine.begin() as connection:
        missing = list(map(str, take_up(connection, settings)))
    if service in INDEXED and not settings.blind_index_key:
        missing.append(_NO_INDEX_KEY)
    if missing:
        raise SystemExit("\n".join(f"{service}: {each}" for each in missing))


def refuse_others(services: Sequence[Service], settings: PlatformSettings) -> None:
    """For a command over many services. Raises SystemExit, with words, for those that this process has no password or key of; where one
    address holds the password for all of them, as in the embedded platform, there are none."""
    passwords = {service: getattr(settings, f"database_password_{service}") for service in Service}
    unknown = [
        service
        for service in services
        if (any(passwords.values()) and not passwords[service]) or (service in INDEXED and not settings.blind_index_key)
    ]
    if unknown:
        raise SystemExit(_OTHERS.format(names=", ".join(unknown)))
