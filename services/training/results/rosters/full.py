"""The roster with numbers in clear, for the two things that cannot be done with masks: posting, and the 学分证 (STAFF-07). Each holds what
its purpose needs and no more; who fetched it and what for stands in the history of every person in it, and of the session (PLAT-05).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.workflow import CLASS_SESSION
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import EXPORTED, REGISTRATION
from services.training.people.personnel.columns import LISTED
from services.training.people.personnel.form import WORDS
from services.training.results.rosters import repository
from services.training.results.rosters.schemas import RosterPurpose
from services.training.results.rosters.service import COLUMNS, file_name, read_roster
from shared.errors import Conflict
from shared.identity import Actor
from shared.sheets.columns import Column
from shared.sheets.writing import write_sheet
from shared.wording import Word, reader_of

_USE = {"purpose": Word("用途", reader_of(RosterPurpose)), "remark": Word("用途说明")}
REGISTRATION.words.update(_USE)
CLASS_SESSION.words.update({**_USE, "people": Word("人数")})
_NAMED = tuple(column for column in COLUMNS if column.key in {"number", "name", "sex", "unit_name"})
_POSTED = tuple(column for column in COLUMNS if column.key.startswith("recipient_"))


class NobodyConcerned(Conflict):
    code = "nobody_concerned"


class Use(NamedTuple):
    """What the numbers are for."""

    purpose: RosterPurpose
    remark: str


class _Kind(NamedTuple):
    columns: Sequence[Column]
    concerns: Callable[[Registration], bool]
    clear: Callable[[Registration], Mapping[str, object]]
    nobody: str


_KINDS: Mapping[RosterPurpose, _Kind] = {
    RosterPurpose.POSTING: _Kind(
        (*_NAMED, *_POSTED),
        lambda _: True,
        lambda row: {column.key: getattr(row, column.key) for column in _POSTED},
        "本期还没有人员选班",
    ),
    RosterPurpose.CREDIT: _Kind(
        (*_NAMED, LISTED["resident_id"], LISTED["title"]),
        lambda row: bool(row.needs_credit),
        lambda row: {"resident_id": row.staff.resident_id, "title_label": WORDS["title"].of(row.staff.title)},
        "本期没有需要学分证的人员",
    ),
}


async def export_roster(session: AsyncSession, *, actor: Actor, class_session_id: UUID, use: Use) -> tuple[str, bytes]:
    """(file name, xlsx). Raises ``NotFound``, and ``NobodyConcerned`` where it would be empty."""
    kind = _KINDS[use.purpose]
    roster = await read_roster(session, actor=actor, class_session_id=class_session_id)
    people = [each for each in await repository.people_in(session, actor, class_session_id) if kind.concerns(each)]
    if not people:
        raise NobodyConcerned(f"{kind.nobody}，没有可导出的内容")
    told = {"purpose": use.purpose.value, "remark": use.remark}
    CLASS_SESSION.note_view(session, class_session_id, EXPORTED, actor=actor, after={**told, "people": len(people)})
    await REGISTRATION.note_views(session, [each.id for each in people], EXPORTED, actor=actor, after=told)
    rows = [{**_row(at, each), **kind.clear(each)} for at, each in enumerate(people, 1)]
    data = await asyncio.to_thread(write_sheet, "名册", kind.columns, rows)
    return file_name(roster, f"名册（{use.purpose.label}）", "xlsx"), data


def _row(number: int, row: Registration) -> dict[str, object]:
    return {"number": number, "name": row.staff.name, "sex": row.staff.sex, "unit_name": row.unit_name}
