"""How the rows of a database come under the newest keys while people work on (PLAT-05): table by table, a few pages at a time, each in a
short transaction that locks what it changes and skips what somebody else holds; what was skipped or moved comes in the next round. It can
be ended anywhere and begun again. What is encrypted is found by the types of the columns; whether anything is left is asked of whole rows,
so that a column which is not declared as encrypted is not overlooked.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BIGINT,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Exists,
    LargeBinary,
    Row,
    RowMapping,
    Table,
    Text,
    TextClause,
    cast,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.blind_index import PLACES, placed
from shared.crypto import DecryptionFailed, FieldCipher, tokens_rotated
from shared.db.history import History
from shared.db.types import BlindIndex, EncryptedText, SealedText, Source, at_place

PAGES: Final = 16
# A row that is skipped is held by somebody for a moment; after so many rounds that change nothing it is left, and said to be.
IDLE_ROUNDS: Final = 5
PAUSE_SECONDS: Final = 0.5
# No token ever comes into the trail of what was done, and nobody may change it.
_UNTOUCHED = frozenset({History.__tablename__})
# How a Fernet token begins, in a text and in bytea as PostgreSQL writes it, and what it goes on with there.
_TOKEN, _HEX_TOKEN, _HEX_REST = "gAAAA", "6741414141", "(2d|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])"


class Progress(NamedTuple):
    """``share`` of the table that has been looked at, 0 to 1; ``rows`` changed so far in this round."""

    table: str
    share: float
    rows: int


class KeyedTable:
    """A table as what is under keys in it: encrypted columns, texts and JSON with sealed parts, blind indexes."""

    def __init__(self, table: Table, cipher: FieldCipher) -> None:
        self.name, self._table, self._cipher = table.name, table, cipher
        self._tokens = [each for each in table.columns if isinstance(each.type, EncryptedText)]
        self._texts = [each for each in table.columns if isinstance(each.type, SealedText | JSONB)]
        self._indexes = {each: each.type.source for each in table.columns if isinstance(each.type, BlindIndex)}

    def is_old(self) -> ColumnElement[bool]:
        """Whether anything in a row is a token under another key than the newest."""
        whole: ColumnElement[str] = cast(literal_column(f'"{self.name}"'), Text)
        # Taken out first: a pattern that looks behind itself takes fifty times as long.
        for newest in (self._cipher.newest.decode() + _TOKEN, self._cipher.newest.hex() + _HEX_TOKEN):
            whole = func.replace(whole, newest, "")
        return whole.regexp_match(f"{_TOKEN}[A-Za-z0-9_-]{{20}}|{_HEX_TOKEN}{_HEX_REST}{{20}}")

    def lacks(self, version: int) -> ColumnElement[bool]:
        """Whether an index of a row has no part of this version."""
        return or_(false(), *(_lacks(each, version) for each in self._indexes))

    def is_indexed_beside(self) -> ColumnElement[bool]:
        """Whether an index of a row has a part of a version that is not configured."""
        places = placed(key.version for key in self._cipher.index_keys)
        gone = (place for place in range(1, PLACES + 1) if place not in places)
        return or_(false(), *(at_place(each, place).is_not(None) for place in gone for each in self._indexes))

    def count(self, connection: Connection, condition: ColumnElement[bool]) -> int:
        """How many rows the condition is true of."""
        return connection.scalar(select(func.count()).select_from(self._table).where(condition)) or 0

    def pages(self, connection: Connection) -> int:
        """How many pages it has now; none when nothing in it is ever under keys."""
        if self.name in _UNTOUCHED or not (self._tokens or self._texts or self._indexes):
            return 0
        size = func.pg_relation_size(func.quote_ident(self.name)) / cast(func.current_setting("block_size"), BIGINT)
        return int(connection.scalar(select(size)) or 0)

    def rekey(self, connection: Connection, first_page: int) -> int:
        """The rows of ``PAGES`` pages, locked and put under the newest keys; how many were changed."""
        window = text("ctid >= CAST(:first AS tid) AND ctid < CAST(:end AS tid)")
        pages = window.bindparams(first=f"({first_page},0)", end=f"({first_page + PAGES},0)")
        found = select(*self._read()).where(pages, self._is_mendable())
        locked = found.with_for_update(key_share=True, skip_locked=True)
        changes = [change for row in connection.execute(locked) if (change := self._change(row))]
        if changes:
            connection.execute(self._written(), changes)
        return len(changes)

    def any_mendable(self) -> Exists:
        """Whether a round would change a row."""
        return exists().select_from(self._table).where(self._is_mendable())

    def _is_mendable(self) -> ColumnElement[bool]:
        versions = [key.version for key in self._cipher.index_keys]
        lacking = (_lacks(each, version) for each, source in self._indexes.items() if source for version in versions)
        return or_(self.is_old(), self.is_indexed_beside(), *lacking)

    def _read(self) -> Iterator[ColumnElement[Any]]:
        """Everything as it is stored: what cannot be decrypted must not hide the rest."""
        yield cast(literal_column("ctid"), Text).label("ctid")
        yield from (type_coerce(each, LargeBinary).label(each.name) for each in self._tokens)
        yield from (cast(each, Text).label(each.name) for each in self._texts)
        yield from (type_coerce(each, ARRAY(LargeBinary)).label(each.name) for each in self._indexes)
        sources = {source.column for source in self._indexes.values() if source}
        yield from (self._table.columns[name] for name in sources - {each.name for each in self._tokens})

    def _written(self) -> TextClause:
        """Not through the table, which would say that somebody has changed the row."""
        columns = (*self._tokens, *self._texts, *self._indexes)
        value = {each.name: f"CAST(:{each.name} AS jsonb)" for each in self._texts if isinstance(each.type, JSONB)}
        sets = ", ".join(f'"{each.name}" = {value.get(each.name, f":{each.name}")}' for each in columns)
        return text(f'UPDATE "{self.name}" SET {sets} WHERE ctid = CAST(:ctid AS tid)')  # noqa: S608  # names of tables

    def _change(self, row: Row[Any]) -> Mapping[str, Any] | None:
        """The row's new values; None where nothing changes, or where it cannot be read."""
        before = row._mapping
        try:
            after: dict[str, Any] = {
                each.name: self._rotated(before[each.name]) for each in (*self._tokens, *self._texts)
            }
            after |= {
                each.name: self._indexed(before[each.name], source, before) for each, source in self._indexes.items()
            }
        except DecryptionFailed:
            return None
        changed = any(before[name] != value for name, value in after.items())
        return {"ctid": before["ctid"], **after} if changed else None

    def _rotated(self, stored: bytes | str | None) -> bytes | str | None:
        if isinstance(stored, bytes):
            return stored if stored.startswith(self._cipher.newest) else self._cipher.rotate(stored)
        return stored and tokens_rotated(self._cipher, stored)

    def _indexed(
        self, stored: Sequence[bytes | None] | None, source: Source | None, before: RowMapping
    ) -> Sequence[bytes | None] | None:
        if stored is None:
            return None
        if source is None:
            places = placed(key.version for key in self._cipher.index_keys)
            return [part if place in places else None for place, part in enumerate(stored, 1)]
        clear = before[source.column]
        return BlindIndex.placed(source.made_by(self._cipher.decrypt(clear) if isinstance(clear, bytes) else clear))


def _lacks(index: Column[Any], version: int) -> ColumnElement[bool]:
    (place,) = placed([version])
    part = at_place(index, place)
    return index.is_not(None) & (func.coalesce(func.get_byte(part, 0), 0) != version)


def rounds(engine: Engine, table: KeyedTable) -> Iterator[Progress]:
    """Goes through the table until nothing is left to change, or nothing more can be, telling how far it is."""
    idle = 0
    while idle < IDLE_ROUNDS:
        changed = 0
        with engine.begin() as connection:
            pages = table.pages(connection)
        for first in range(0, pages, PAGES):
            with engine.begin() as connection:
                changed += table.rekey(connection, first)
            yield Progress(table.name, min((first + PAGES) / pages, 1.0), changed)
        with engine.begin() as connection:
            if not pages or not connection.scalar(select(table.any_mendable())):
                return
        idle = 0 if changed else idle + 1
        time.sleep(PAUSE_SECONDS if idle else 0)
