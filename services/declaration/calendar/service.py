"""The calendar of working days (BEY-10): ``shared.workdays`` fills the years that it knows, the province's administrator keeps holidays and
调休 as rows over it. A year that nobody has told of is said to be unknown, and nothing of it is guessed. Training hears of each
year that is kept, and proposes its dates by the same days (STAFF-05).
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.calendar import repository
from services.declaration.calendar.models import CalendarDay
from services.declaration.calendar.schemas import (
    CalendarDayRead,
    CalendarDayUpdate,
    CalendarYearRead,
    CalendarYearUpdate,
    YearSource,
)
from shared.db.history import RecordType
from shared.errors import Conflict, Forbidden
from shared.events.declaration import CalendarYearKept
from shared.events.log import record
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.wording import Word
from shared.workdays import Calendar, installed
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

CALENDAR: Final = RecordType(
    "calendar",
    words={"day": Word("日期"), "works": Word("是否上班"), "name": Word("说明"), "complete": Word("已录全")},
)
KEEPERS: Final = (Permission.DECLARATION_OVERSIGHT, Permission.ADMINISTRATION)
_WEEKDAYS: Final = "一二三四五六日"
_REFUSED: Final = Refusal("not_the_province", "工作日历由省级卫生健康部门维护，如有差错请与其联系")
_PUBLISHED: Final = "{year} 年的节假日和调休已由国务院办公厅发布，期限按此推算；如本省另有安排，可在下面调整。"
_KEPT: Final = "{year} 年的节假日和调休由管理员录全，期限按此推算。"
_UNKNOWN: Final = (
    "{year} 年的节假日和调休尚未录入：期限只按周六、周日和法律写明日期的节日推算，可能偏早。"
    "请在国务院办公厅发布后逐日录入，再点击“已录全”。"
)


class NothingKept(Conflict):
    code = "calendar_day_not_kept"
    detail = "这一天没有单独设置，按公布的日历执行"


async def calendar_of(session: AsyncSession) -> Calendar:
    """What this installation knows of working days."""
    return await repository.load(session)


async def read_year(session: AsyncSession, *, actor: Actor, year: int) -> CalendarYearRead:
    """The year's days that are otherwise than their weekday says."""
    own = {each.day: each for each in await repository.days_of(session, year)}
    told = await repository.get_year(session, year)
    published = {} if told else installed(year)
    refusal = refusal_of_keeping(actor)
    days = [_day(day, own.get(day), published.get(day), refusal) for day in sorted(own.keys() | published.keys())]
    source = YearSource.KEPT if told else YearSource.PUBLISHED if published else YearSource.UNKNOWN
    words = {YearSource.KEPT: _KEPT, YearSource.PUBLISHED: _PUBLISHED, YearSource.UNKNOWN: _UNKNOWN}[source]
    return CalendarYearRead(
        year=year,
        source=source,
        words=words.format(year=year),
        kept_by_name=told.kept_by_name if told else None,
        days=days,
        allowed_actions=[*_buttons(source, refusal)],
    )


def _buttons(source: YearSource, refusal: Refusal | None) -> Iterable[AllowedAction]:
    yield button("keep_day", "设置一天", refusal)
    if source is YearSource.UNKNOWN:
        yield button("tell_year", "已录全", refusal, consequence="该年从此按录入的节假日和调休推算期限。")
    if source is YearSource.KEPT:
        yield button("untell_year", "尚未录全", refusal, consequence="该年从此按未知年份提示，录入的日期保留。")


def _day(
    day: date, own: CalendarDay | None, published: tuple[bool, str] | None, refusal: Refusal | None
) -> CalendarDayRead:
    works, name = (own.works, own.name) if own else published or (True, "")
    return CalendarDayRead(
        day=day,
        weekday=f"周{_WEEKDAYS[day.weekday()]}",
        works=works,
        works_label="上班" if works else "休息",
        name=name,
        kept=own is not None,
        kept_by_name=own.kept_by_name if own else None,
        allowed_actions=[button("drop_day", "恢复公布的安排", refusal)] if own else [],
    )


def refusal_of_keeping(actor: Actor) -> Refusal | None:
    """The administrator of the province keeps it."""
    may = actor.level is Level.PROVINCE and actor.may(*KEEPERS)
    return None if may else _REFUSED


async def _hold(session: AsyncSession, actor: Actor) -> None:
    if refusal := refusal_of_keeping(actor):
        raise Forbidden(refusal.reason)
    await repository.hold(session)


async def _tell(session: AsyncSession, year: int) -> None:
    days = {each.day: each.works for each in await repository.days_of(session, year)}
    complete = await repository.get_year(session, year) is not None
    record(session, CalendarYearKept(year=year, complete=complete, days=days))


async def keep_day(session: AsyncSession, *, actor: Actor, day: date, body: CalendarDayUpdate) -> CalendarYearRead:
    """Sets one day. Raises ``Forbidden``."""
    await _hold(session, actor)
    await repository.keep_day(session, day, works=body.works, name=body.name, by=actor.person_name)
    _remember(session, actor, "keep", day=day.isoformat(), works=body.works, name=body.name)
    await _tell(session, day.year)
    return await read_year(session, actor=actor, year=day.year)


async def drop_day(session: AsyncSession, *, actor: Actor, day: date) -> CalendarYearRead:
    """The day is as published again. Raises ``Forbidden``, ``NothingKept``."""
    await _hold(session, actor)
    if await repository.get_day(session, day) is None:
        raise NothingKept
    await repository.drop_day(session, day)
    _remember(session, actor, "drop", day=day.isoformat())
    await _tell(session, day.year)
    return await read_year(session, actor=actor, year=day.year)


async def tell_year(session: AsyncSession, *, actor: Actor, year: int, body: CalendarYearUpdate) -> CalendarYearRead:
    """Says whether all days of a year are told. Raises ``Forbidden``."""
    await _hold(session, actor)
    if body.complete:
        await repository.keep_year(session, year, actor.person_name)
    else:
        await repository.drop_year(session, year)
    _remember(session, actor, "tell", day=str(year), complete=body.complete)
    await _tell(session, year)
    return await read_year(session, actor=actor, year=year)


def _remember(session: AsyncSession, actor: Actor, action: str, **after: object) -> None:
    CALENDAR.note(session, new_id(), action, actor=actor, after=after)
