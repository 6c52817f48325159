"""The regions: shown to everybody as they are valid on a day, kept by the province's account managers (ORG-13, FAQ-D20). Which organisation
stands in which region is the organisations' business.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.regions import repository
from services.auth.directory.regions.models import Region
from services.auth.directory.regions.rules import KINDS, end_problem, place_problem
from services.auth.directory.regions.schemas import RegionCreate, RegionRead, RegionUpdate
from shared.clock import beijing_today, now_utc
from shared.db.history import RecordType, history_of
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from shared.events.auth import RegionChanged
from shared.events.log import record
from shared.identity import Actor
from shared.reference.pinyin import folded, initials
from shared.roles import Level
from shared.web.histories import HistoryEntry, history_entries
from shared.web.versions import require_version
from shared.wording import Word
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

REGION = RecordType(
    "region",
    words={
        "code": Word("行政区划代码"),
        "name": Word("名称"),
        "parent": Word("上级"),
        "valid_from": Word("启用日期"),
        "valid_until": Word("停用日期"),
    },
)
FOUND_AT_MOST = 50
_KEPT_BY = "行政区划由省级账号管理人员维护，如需增设请与省级联系"


class RegionUnknown(NotFound):
    code = "region_unknown"


class RegionTaken(Conflict):
    code = "region_taken"


class RegionInUse(Conflict):
    code = "region_in_use"


async def list_regions(session: AsyncSession, parent: str, on: date | None) -> list[RegionRead]:
    """The level below ``parent`` on a day, today unless told. Raises RegionUnknown rather than give a drop-down that is blank for
    no reason: empty only where nothing stands below (FAQ-D20)."""
    day = on or _today()
    found = await repository.children_of(session, parent, day)
    if not found and not parent:
        raise RegionUnknown(f"{day:%Y-%m-%d} 没有行政区划数据，请换一个日期")
    if not found:
        await read_region(session, parent, day)
    return [_read(row) for row in found]


async def read_region(session: AsyncSession, code: str, on: date | None = None) -> RegionRead:
    """One region; with a day, as it is valid then. Raises RegionUnknown."""
    found = await repository.get_shown(session, code, on or _today())
    if found is None:
        raise RegionUnknown(f"没有代码为 {code} 的行政区划，请核对后重新选择")
    region = found[0]
    if on is not None and (region.valid_from > on or (region.valid_until is not None and region.valid_until < on)):
        raise RegionUnknown(f"{region.name}在 {on:%Y-%m-%d} 不是有效的行政区划，请重新选择")
    return _read(found)


async def search_regions(session: AsyncSession, query: str, on: date | None) -> list[RegionRead]:
    """Regions by a part of their name or by pinyin initials, higher levels first."""
    if not folded(query):
        return []
    return [_read(row) for row in await repository.search(session, query, on or _today(), FOUND_AT_MOST)]


async def create_region(session: AsyncSession, *, actor: Actor, body: RegionCreate) -> RegionRead:
    """A region more, below one of the actor's province. Raises Forbidden, RegionTaken, InvalidInput."""
    require_province(actor)
    known = await repository.by_codes(session, {body.code, body.parent})
    if body.code in known:
        raise RegionTaken(f"代码 {body.code} 已是{known[body.code].name}，请换一个代码")
    parent = known.get(body.parent)
    if parent is not None and not parent.code.startswith(actor.region_prefix):
        parent = None
    if problem := place_problem(body.code, parent, body.valid_from, body.valid_until):
        raise InvalidInput(errors=[problem])
    assert parent is not None
    with refused_as(lambda _: RegionTaken(f"代码 {body.code} 刚刚被使用，请刷新后再试")):
        await add_regions(session, actor, [new_region(body, parent)])
    return await read_region(session, body.code)


def new_region(body: RegionCreate, parent: Region) -> Region:
    """The row, not yet added."""
    values = body.model_dump()
    return Region(**values, level=parent.level + 1, kind=KINDS[parent.level], pinyin=initials(body.name).upper())


async def add_regions(session: AsyncSession, actor: Actor, regions: list[Region]) -> None:
    """Adds the rows, each with its history; emits ``RegionChanged``."""
    session.add_all(regions)
    await session.flush()
    for region in regions:
        after = {
            name: _plain(getattr(region, name)) for name in ("code", "name", "parent", "valid_from", "valid_until")
        }
        REGION.note(session, region.id, "create", actor=actor, after=after, version=0)
    await _tell(session, await repository.shown_among(session, {region.code for region in regions}, _today()))


async def update_region(
    session: AsyncSession, *, actor: Actor, code: str, expected: int, body: RegionUpdate
) -> RegionRead:
    """Another name or another last day. Raises NotFound (another province's), VersionMismatch, InvalidInput, RegionInUse."""
    require_province(actor)
    region = await repository.get_editable(session, actor, code)
    if region is None:
        raise NotFound
    await require_version(session, REGION, region, expected)
    news = {name: getattr(body, name) for name in body.model_fields_set}
    if problem := await change_problem(session, region, news):
        raise RegionInUse(problem.message) if problem.code == RegionInUse.code else InvalidInput(errors=[problem])
    await change_region(session, actor, region, news)
    return await read_region(session, code)


async def change_problem(session: AsyncSession, region: Region, news: dict[str, Any]) -> FieldError | None:
    """Why this change cannot be made; None when it can."""
    until = news.get("valid_until")
    if until is None or until == region.valid_until:
        return None
    if problem := end_problem(region.valid_from, until):
        return problem
    if number := await repository.active_organisations_in(session, region.code):
        message = f"{region.name}还有 {number} 个启用的单位，请先将其迁至其他行政区划或停用，再关闭"
        return FieldError("valid_until", RegionInUse.code, message)
    return None


async def change_region(session: AsyncSession, actor: Actor, region: Region, news: dict[str, Any]) -> bool:
    """Makes a change that ``change_problem`` allows; False when nothing differs. Emits ``RegionChanged``, of all below too when the
    name is part of theirs."""
    before = {name: getattr(region, name) for name, value in news.items() if value != getattr(region, name)}
    if not before:
        return False
    for name in before:
        setattr(region, name, news[name])
    region.pinyin = initials(region.name).upper()
    await session.flush()
    REGION.note(
        session,
        region.id,
        "update",
        actor=actor,
        before={name: _plain(value) for name, value in before.items()},
        after={name: _plain(news[name]) for name in before},
    )
    if "name" in before:
        changed = await repository.shown_within(session, region.code, _today())
    else:
        changed = await repository.shown_among(session, {region.code}, _today())
    await _tell(session, changed)
    return True


async def _tell(session: AsyncSession, rows: Iterable[repository.RegionRow]) -> None:
    for row in rows:
        fields = {name: getattr(row.region, name) for name in RegionChanged.model_fields if name != "full_name"}
        record(session, RegionChanged(full_name=row.full_name, **fields))
    await session.flush()


async def region_history(session: AsyncSession, actor: Actor, code: str) -> list[HistoryEntry]:
    """What was done with a region of the actor's province, oldest first (PLAT-04). Raises NotFound."""
    require_province(actor)
    region = await repository.get_editable(session, actor, code)
    if region is None:
        raise NotFound
    return history_entries(await history_of(session, REGION, region.id), actor, REGION)


async def region_actions(session: AsyncSession, actor: Actor, code: str) -> list[AllowedAction]:
    """What the actor may do with a region and below it. The regions themselves are told alike to everybody, and carry none (PLAT-02).
    Raises RegionUnknown."""
    region = await read_region(session, code)
    refusal = None
    if actor.level is not Level.PROVINCE:
        refusal = Refusal(Forbidden.code, _KEPT_BY)
    elif not region.code.startswith(actor.region_prefix):
        refusal = Refusal("other_province", f"{region.name}不在本省，由其所在省维护")
    return [button("create", "增设", refusal), button("update", "更名或关闭", refusal)]


async def check_region(session: AsyncSession, code: str, field: str = "region_code") -> Region:
    """The region, valid today, in which something new stands. Raises InvalidInput at ``field``."""
    region = await repository.get_valid(session, code, _today())
    if region is None:
        message = f"没有代码为 {code} 的行政区划，或其已停用，请重新选择"
        raise InvalidInput(errors=[FieldError(field, RegionUnknown.code, message)])
    return region


def require_province(actor: Actor) -> None:
    """Raises Forbidden: regions are kept by the province (FAQ-D20)."""
    if actor.level is not Level.PROVINCE:
        raise Forbidden(_KEPT_BY)


def _read(row: repository.RegionRow) -> RegionRead:
    return RegionRead.of(row.region, full_name=row.full_name, leaf=row.is_leaf)


def _today() -> date:
    return beijing_today(now_utc())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
