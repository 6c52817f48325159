"""Which keys the rows of a database are under: each key that a process was started with, until ``ops.rekey`` has seen that nothing needs it
any more. The list lies beside the rows, so that a backup brings along what it needs, and whoever starts without a key that is still
needed is told so at once and not by failures later. Nothing here can be turned back into a key.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from shared.crypto import key_id
from shared.db.base import KitBase
from shared.db.types import code_of
from shared.settings import PlatformSettings

KNOWN_KEYS_DDL_V1 = """
CREATE TABLE known_keys (
  use varchar(40) NOT NULL CONSTRAINT ck_known_keys_keyuse CHECK (use IN ('field', 'index', 'signing')),
  key_id varchar NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  CONSTRAINT pk_known_keys PRIMARY KEY (use, key_id))"""


class KeyUse(StrEnum):
    """What a key is for."""

    FIELD = "field"
    INDEX = "index"
    SIGNING = "signing"


SETTING_OF: Mapping[KeyUse, str] = {
    KeyUse.FIELD: "PLATFORM_FIELD_KEYS",
    KeyUse.INDEX: "PLATFORM_BLIND_INDEX_KEY",
    KeyUse.SIGNING: "PLATFORM_SIGNING_KEY",
}


class KnownKey(KitBase):
    """``retired_at`` is when nothing was under the key any more."""

    __tablename__ = "known_keys"

    use: Mapped[KeyUse] = mapped_column(code_of(KeyUse), primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]


class Missing(NamedTuple):
    """A key that rows are under and the settings lack."""

    use: KeyUse
    key_id: str

    def __str__(self) -> str:
        setting = SETTING_OF[self.use]
        return (
            f"{setting} 中缺少密钥 {self.key_id}，数据库中仍有数据要用它：请加回该密钥（放在最后），更换密钥见 docs/operations.md · "
            f"{setting} lacks the key {self.key_id}, which rows of this database still need: put it back, at the end"
        )


def ids_of(settings: PlatformSettings) -> dict[KeyUse, tuple[str, ...]]:
    """How each configured key is named, in the order of the settings. A use that the process is told no key for is left out: its service
    has nothing under one (``shared.services.INDEXED``)."""
    named = {
        KeyUse.FIELD: tuple(key_id("field", key) for key in settings.field_keys),
        KeyUse.INDEX: tuple(key_id("index", key.removeprefix("1:")) for key in settings.blind_index_key),
        KeyUse.SIGNING: tuple(key_id("signing", key) for key in settings.signing_key),
    }
    return {use: ids for use, ids in named.items() if ids}


def missing_keys(connection: Connection, ids: Mapping[KeyUse, tuple[str, ...]]) -> Iterator[Missing]:
    """What is needed and not configured."""
    needed = select(KnownKey.use, KnownKey.key_id).where(KnownKey.retired_at.is_(None)).order_by(KnownKey.noted_at)
    for use, known in connection.execute(needed):
        if known not in ids.get(use, (known,)):
            yield Missing(use, known)


def note_keys(connection: Connection, ids: Mapping[KeyUse, tuple[str, ...]]) -> None:
    """From now on rows may be under these keys. One that is not the first and that nothing needed any more stays retired: nothing new
    comes to depend on it alone."""
    for use, (first, *_) in ids.items():
        rows = [{"use": use, "key_id": each} for each in ids[use]]
        connection.execute(insert(KnownKey).values(rows).on_conflict_do_nothing())
        again = update(KnownKey).where(KnownKey.use == use, KnownKey.key_id == first, KnownKey.retired_at.is_not(None))
        connection.execute(again.values(retired_at=None))


def retire_all_but(connection: Connection, use: KeyUse, key: str) -> None:
    """Nothing needs another key for this use any more."""
    _retire(connection, KnownKey.use == use, KnownKey.key_id != key)


def retire(connection: Connection, use: KeyUse, key: str) -> None:
    """Nothing is to need this key any more."""
    _retire(connection, KnownKey.use == use, KnownKey.key_id == key)


def _retire(connection: Connection, *which: ColumnElement[bool]) -> None:
    known = update(KnownKey).where(*which, KnownKey.retired_at.is_(None))
    connection.execute(known.values(retired_at=func.now()))


def take_up(connection: Connection, settings: PlatformSettings) -> list[Missing]:
    """What a start needs and the settings lack; when that is nothing, these keys are noted."""
    ids = ids_of(settings)
    missing = list(missing_keys(connection, ids))
    if not missing:
        note_keys(connection, ids)
    return missing


def writer_name(settings: PlatformSettings) -> str:
    """How a process is called at the database, by what it writes with: so that one that still writes under older keys can be seen."""
    ids = ids_of(settings)
    return f"platform {ids[KeyUse.FIELD][0]} {'+'.join(sorted(ids.get(KeyUse.INDEX, ())))}"
