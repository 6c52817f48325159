"""The list of the units behind a figure: the same filters, so that it has exactly as many rows."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.figures import units_repository
from services.declaration.figures.asking import narrowed
from services.declaration.figures.filters import FigureUnitFilter
from services.declaration.figures.schemas import DeclarationFigureUnit
from services.declaration.figures.units_repository import UnitRow
from services.declaration.regions.repository import names_of
from shared.addresses import address
from shared.db.paging import Page, PageRequest
from shared.identity import Actor
from shared.reference.tables import label
from shared.web.lists import page_of

_COUNTED = ("exposed", "measured", "exceeded", "exam_due", "exam_done")


async def list_units(
    session: AsyncSession, *, actor: Actor, wanted: FigureUnitFilter, page: PageRequest
) -> Page[DeclarationFigureUnit]:
    """One page. Raises ``InvalidInput`` as the figures do."""
    asked = await narrowed(session, actor, wanted)
    rows = await units_repository.list_units(session, actor, wanted, asked, page)
    names = await names_of(session, {each.unit.region_code for each in rows.items})
    return page_of(rows, lambda row: _item(row, names, actor))


def _item(row: UnitRow, names: Mapping[str, str], actor: Actor) -> DeclarationFigureUnit:
    record = row.record
    opens = record is not None and (row.declared_in or "").startswith(actor.region_prefix)
    return DeclarationFigureUnit(
        id=str(row.id),
        employer_name=row.name,
        credit_code=row.credit_code,
        region_code=row.unit.region_code,
        region_label=names.get(row.unit.region_code, row.unit.region_code),
        declared=record is not None,
        kind=row.kind,
        declared_on=row.declared_on,
        industry_label=label("industries", record.industry) if record and record.industry else None,
        size_label=label("enterprise_sizes", record.size) if record and record.size else None,
        path=address("declaration-review", record.declaration_id) if record and opens else None,
        **{name: getattr(record, name) if record else None for name in _COUNTED},
    )
