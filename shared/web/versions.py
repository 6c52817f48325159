"""Who saves a record that somebody else has changed meanwhile is told which fields, by whom, from what to what (PLAT-03)."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.history import History, RecordType, changes_on
from shared.errors import VersionMismatch
from shared.web.histories import HistoryChange, changes_of_row
from shared.wording import NOTHING, Names

NamesOf = Callable[[AsyncSession], Awaitable[Names]]
# So many are named in the sentence; all of them stand in ``changes``.
_IN_THE_SENTENCE = 3
_EMPTY = "（空）"


class ChangedField(HistoryChange):
    """One field that others have changed since it was read: what it held then and holds now, and who was the last to change it."""

    actor_name: str
    at: datetime


class VersionedRecord(Protocol):
    @property
    def id(self) -> UUID: ...

    @property
    def version(self) -> int: ...


async def require_version(
    session: AsyncSession, of: RecordType, record: VersionedRecord, expected: int, names: NamesOf | None = None
) -> None:
    """Raises ``VersionMismatch`` when someone was faster (PLAT-03), with ``changes``; ``names`` finds what ids and codes are called that
    only the database knows."""
    if record.version != expected:
        known = await names(session) if names else NOTHING
        # One that never was has nothing that came after it.
        rows = await changes_on(session, of, record.id, expected) if 0 <= expected < record.version else ()
        raise changed_meanwhile(of, rows, known)


def changed_meanwhile(of: RecordType, rows: Sequence[History], names: Names = NOTHING) -> VersionMismatch:
    """The refusal that says what ``rows``, oldest first, have changed."""
    changes = changed_fields(of, rows, names)
    if not changes:
        return VersionMismatch(extra={"changes": []})
    told = "；".join(
        f"{each.actor_name}将“{each.label}”由“{each.before or _EMPTY}”改为“{each.after or _EMPTY}”"
        for each in changes[:_IN_THE_SENTENCE]
    )
    more = f"等 {len(changes)} 项" if len(changes) > _IN_THE_SENTENCE else ""
    detail = f"该记录刚刚被他人修改：{told}{more}。您的修改尚未保存，请刷新后核对再保存"
    return VersionMismatch(detail, extra={"changes": [each.model_dump(mode="json") for each in changes]})


def changed_fields(of: RecordType, rows: Iterable[History], names: Names = NOTHING) -> list[ChangedField]:
    """Each field once, in the order of the first change: what it held before that and what it holds after the last. What was changed and
    changed back is left out, except where a mask hides it."""
    merged: dict[str, ChangedField] = {}
    for row in rows:
        for change in changes_of_row(of, row, names):
            first = merged.get(change.field, change)
            told = change.model_copy(update={"before": first.before})
            merged[change.field] = ChangedField(**told.model_dump(), actor_name=row.actor_name, at=row.at)
    return [each for each in merged.values() if each.before != each.after or "*" in (each.after or "")]
