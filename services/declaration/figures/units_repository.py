"""The units behind a figure: registered on the day, each with the declaration that was valid then."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import named
from services.declaration.figures.figures_repository import Narrowed
from services.declaration.figures.filters import FigureUnitFilter
from services.declaration.figures.models import FigureRecord, FigureUnit
from services.declaration.form.choices import DeclarationKind
from shared.db.paging import Columns, PageRequest, Rows, fetch_page
from shared.identity import Actor
from shared.roles import Permission

_COLUMNS: Columns = {
    "id": FigureUnit.employer_id,
    "region_code": FigureUnit.region_code,
    "employer_name": Employer.name,
    "exposed": func.coalesce(FigureRecord.exposed, -1),
    "exceeded": func.coalesce(FigureRecord.exceeded, -1),
}
_WHOLE_CODE = 6


class UnitRow(NamedTuple):
    """One row; ``record`` is None for a unit without a valid declaration, ``declared_in`` the region that stands in it."""

    unit: FigureUnit
    name: str
    credit_code: str
    record: FigureRecord | None
    declared_on: date | None
    kind: DeclarationKind | None
    declared_in: str | None

    @property
    def id(self) -> UUID:
        return self.unit.employer_id


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whoever reviews or oversees the region (PLAT-06)."""
    if actor.may(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT) and actor.region_prefix:
        return in_region(actor.region_prefix)
    return false()


def in_region(prefix: str) -> ColumnElement[bool]:
    """In a region whose code begins so."""
    if len(prefix) == _WHOLE_CODE:
        return FigureUnit.region_code == prefix
    return FigureUnit.region_code.startswith(prefix, autoescape=True)


def _on(day: date, model: type[FigureUnit] | type[FigureRecord]) -> ColumnElement[bool]:
    return and_(model.from_day <= day, or_(model.until_day.is_(None), model.until_day > day))


def _conditions(wanted: FigureUnitFilter, narrowed: Narrowed) -> Iterator[ColumnElement[bool]]:
    yield in_region(narrowed.scope)
    if narrowed.industry:
        yield FigureRecord.division.startswith(narrowed.industry)
    if narrowed.size:
        yield FigureRecord.size == narrowed.size
    code = narrowed.factor or narrowed.factor_class
    if code:
        yield FigureRecord.tags.contains([code])
    if wanted.over is not None:
        exceeded = FigureRecord.tags.contains([f"!{code}"]) if code else FigureRecord.exceeded > 0
        yield exceeded if wanted.over else ~exceeded
    if wanted.declared is not None:
        yield FigureRecord.id.is_not(None) if wanted.declared else FigureRecord.id.is_(None)
    if wanted.tested is not None:
        yield FigureRecord.tested.is_(wanted.tested)
    if wanted.employer_name.strip():
        yield named(wanted.employer_name)


async def list_units(
    session: AsyncSession, actor: Actor, wanted: FigureUnitFilter, narrowed: Narrowed, page: PageRequest
) -> Rows[UnitRow]:
    """One page by region and name."""
    record = and_(FigureRecord.employer_id == FigureUnit.employer_id, _on(narrowed.day, FigureRecord))
    statement = (
        select(
            FigureUnit,
            Employer.name,
            Employer.credit_code,
            FigureRecord,
            Declaration.declared_on,
            Declaration.kind,
            Declaration.region_code,
        )
        .join(Employer, Employer.id == FigureUnit.employer_id)
        .outerjoin(FigureRecord, record)
        .outerjoin(Declaration, Declaration.id == FigureRecord.declaration_id)
        .where(visible_to(actor), _on(narrowed.day, FigureUnit), *_conditions(wanted, narrowed))
    )
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="region_code,id", page=page, row=UnitRow)
