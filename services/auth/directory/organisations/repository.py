"""Every query about organisations. An account manager sees those of the region, a unit none (ORG-12, PLAT-06)."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.organisations.filters import OrganisationFilters
from services.auth.directory.organisations.models import Organisation
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.pinyin import folded, like_pattern, query_pieces
from shared.roles import Level, Permission

_COLUMNS = {
    "id": Organisation.id,
    "name": Organisation.name_initials,
    "region_code": Organisation.region_code,
    "created_at": Organisation.created_at,
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The organisations that this actor oversees, the own one included."""
    if actor.level is Level.UNIT or not actor.region_prefix or not actor.may(Permission.ACCOUNT_MANAGEMENT):
        return false()
    return Organisation.region_code.startswith(actor.region_prefix, autoescape=True)


def named(query: str) -> ColumnElement[bool]:
    """Organisations whose name contains ``query`` in any part, or whose pinyin initials do (PLAT-08)."""
    pattern = like_pattern(query)
    return and_(
        Organisation.name_pieces.contains(query_pieces(query)),
        or_(Organisation.name_folded.like(pattern), Organisation.name_initials.like(pattern)),
    )


async def list_organisations(
    session: AsyncSession, actor: Actor, *, filters: OrganisationFilters, page: PageRequest
) -> Rows[Organisation]:
    """One page of the organisations that the actor oversees."""
    statement = select(Organisation).where(visible_to(actor), *_conditions(filters))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="region_code,name", page=page)


def _conditions(filters: OrganisationFilters) -> list[ColumnElement[bool]]:
    code = Organisation.credit_code.startswith(folded(filters.q).upper(), autoescape=True)
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (filters.status, Organisation.status.in_(filters.status or [])),
        (filters.level, Organisation.level == filters.level),
        (filters.kind, Organisation.kinds.contains([filters.kind])),
        (filters.region_code or None, Organisation.region_code.startswith(filters.region_code, autoescape=True)),
        (folded(filters.q) or None, or_(named(filters.q), code)),
    ]
    return [condition for given, condition in asked if given is not None]


async def require_overseen(session: AsyncSession, actor: Actor, organisation_id: UUID) -> Organisation:
    """The organisation; raises NotFound when the actor does not oversee it."""
    found: Organisation | None = await session.scalar(
        select(Organisation).where(Organisation.id == organisation_id, visible_to(actor))
    )
    if found is None:
        raise NotFound
    return found


async def require_organisation(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """The organisation; raises NotFound."""
    organisation = await session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


async def require_for_change(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """The organisation as it is now, locked until the transaction ends; raises NotFound."""
    found: Organisation | None = await session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def get_by_code(session: AsyncSession, credit_code: str, branch_no: str) -> Organisation | None:
    """The organisation with this code and branch number (X22)."""
    found: Organisation | None = await session.scalar(
        select(Organisation).where(Organisation.credit_code == credit_code, Organisation.branch_no == branch_no)
    )
    return found
