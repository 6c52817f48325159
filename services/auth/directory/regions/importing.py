"""Many regions from one sheet: looked through first, then taken whole or not at all (ORG-13, FAQ-D20). A row whose code is known renames
or closes that region; the same file again changes nothing.
"""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.regions import repository, service
from services.auth.directory.regions.models import Region
from services.auth.directory.regions.rules import place_problem
from services.auth.directory.regions.schemas import RegionImport
from services.auth.directory.regions.sheet import Place, RegionSheet
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.sheets import RowError


class ImportRefused(InvalidInput):
    code = "import_refused"


@dataclass
class _Plan:
    """What the sheet comes to; nothing of it has been written."""

    created: list[Region] = field(default_factory=list)
    changed: list[tuple[Region, dict[str, object]]] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


async def import_regions(session: AsyncSession, *, actor: Actor, sheet: RegionSheet, dry_run: bool) -> RegionImport:
    """Takes a sheet into the actor's province; a dry run changes nothing and tells every bad cell.

    Raises Forbidden, and ImportRefused with every bad cell when it is not a dry run.
    """
    service.require_province(actor)
    plan = await _plan(session, actor, sheet.places)
    errors = sorted([*sheet.errors, *plan.errors], key=lambda error: (error.row, error.column))
    if errors and not dry_run:
        told = [FieldError(f"{e.row}.{e.column}", e.code, f"第 {e.row} 行 {e.column}：{e.reason}") for e in errors]
        raise ImportRefused(f"表格中有 {len(errors)} 处错误，没有导入任何一行，请改正后重新上传", errors=told)
    if not dry_run:
        await service.add_regions(session, actor, plan.created)
        for region, news in plan.changed:
            await service.change_region(session, actor, region, news)
    return RegionImport(
        total=sheet.total,
        created=len(plan.created),
        changed=len(plan.changed),
        unchanged=plan.unchanged,
        errors=errors,
        applied=not dry_run,
    )


async def _plan(session: AsyncSession, actor: Actor, places: list[Place]) -> _Plan:
    plan = _Plan()
    codes = {place.body.code for place in places} | {place.body.parent for place in places}
    known = await repository.by_codes(session, codes)
    for place in sorted(places, key=lambda place: place.body.code):  # a city stands before what lies in it
        if not place.body.code.startswith(actor.region_prefix):
            plan.errors.append(place.error("code", "不属于本省的行政区划，不能维护", "other_province"))
        elif region := known.get(place.body.code):
            await _compare(session, plan, region, place)
        elif problem := _problem(place, known):
            plan.errors.append(place.error(problem.field, problem.message, problem.code))
        else:
            region = service.new_region(place.body, known[place.body.parent])
            known[region.code] = region
            plan.created.append(region)
    return plan


def _problem(place: Place, known: dict[str, Region]) -> FieldError | None:
    body = place.body
    return place_problem(body.code, known.get(body.parent), body.valid_from, body.valid_until)


async def _compare(session: AsyncSession, plan: _Plan, region: Region, place: Place) -> None:
    body = place.body
    for name, words in (("parent", "上级代码"), ("valid_from", "启用日期")):
        present = getattr(region, name)
        if getattr(body, name) != present:
            plan.errors.append(place.error(name, f"该代码已有，{words}为 {present}，不能修改", f"{name}_fixed"))
            return
    news = {
        name: getattr(body, name) for name in ("name", "valid_until") if getattr(body, name) != getattr(region, name)
    }
    if not news:
        plan.unchanged += 1
    elif problem := await service.change_problem(session, region, news):
        plan.errors.append(place.error(problem.field, problem.message, problem.code))
    else:
        plan.changed.append((region, news))
