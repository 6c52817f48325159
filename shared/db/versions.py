"""On which version of a record a change was made: kept beside the values before it, so that whoever saves an older version is told what has
changed since (PLAT-03). The version is that which was committed, whatever one unit of work does to the record and however often.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Dialect, event, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.types import TypeDecorator

from shared.db.base import Versioned

# Stands among the values before a change, and is shown to nobody as one of them.
VERSION = "@version"
_COMMITTED = "committed_versions"


class _Values(dict[str, Any]):
    """Values before a change, and the version that had them."""

    version: int | None = None


class ValuesOfVersion(TypeDecorator[dict[str, Any]]):
    """A JSON object or nothing; the version stands in the database only."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        version = getattr(value, "version", None)
        return value if value is None or version is None else {**value, VERSION: version}

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        if value is None or VERSION not in value:
            return value
        return {name: each for name, each in value.items() if name != VERSION} or None


def of_version(values: Mapping[str, Any] | None, version: int | None) -> dict[str, Any]:
    """The values as a row of the history keeps them."""
    kept = _Values(values or {})
    kept.version = version
    return kept


class HistoryRow(Protocol):
    record_type: str
    record_id: UUID
    position: int | None
    before: dict[str, Any] | None


def note_committed(session: Session, record: object) -> int | None:
    """The version under which the record was committed before this unit of work; asked first of all before a statement raises it."""
    state = inspect(record)
    key = type(record), getattr(record, "id", None)
    now = state.committed_state.get("version", record.__dict__.get("version")) if state else None
    known: int | None = session.info.setdefault(_COMMITTED, {}).setdefault(key, now)
    return known


@event.listens_for(Session, "before_flush")
def _remember_versions(session: Session, _context: object, _objects: object) -> None:
    for record in session.dirty:
        if isinstance(record, Versioned):
            note_committed(session, record)
    for row in session.new:
        if getattr(row, "__tablename__", "") == "history":
            _fill(session, row)


@event.listens_for(Session, "pending_to_persistent")
def _remember_new(session: Session, record: object) -> None:
    """Nothing was committed before its insert: what is written of a record while it is made is a change of no version."""
    if isinstance(record, Versioned) and (own := getattr(record, "id", None)) is not None:
        session.info.setdefault(_COMMITTED, {}).setdefault((type(record), own), 0)


def _fill(session: Session, row: HistoryRow) -> None:
    if getattr(row.before, "version", None) is None and (record := _record_of(session, row)) is not None:
        row.before = of_version(row.before, note_committed(session, record))


def _record_of(session: Session, row: HistoryRow) -> object | None:
    """The record in this session. Where two records share an id, it is the one whose table has the name of the history."""
    found = [
        record
        for mapper in _versioned()
        if (record := session.identity_map.get(mapper.identity_key_from_primary_key((row.record_id,)))) is not None
    ]
    named = [record for record in found if str(inspect(type(record)).local_table).startswith(row.record_type)]
    return next(iter(named or found), None)


def _versioned() -> Iterator[Mapper[Any]]:
    for each in Versioned.__subclasses__():
        mapper = inspect(each, raiseerr=False)
        if mapper is not None and mapper.primary_key[0].key == "id":
            yield mapper
