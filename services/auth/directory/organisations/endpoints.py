"""Organisations for those who oversee them (机构管理): list, one, history (ORG-12). Switches and corrections reach the accounts too and
stand in oversight.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.auth.directory.organisations import service
from services.auth.directory.organisations.filters import OrganisationFilters
from services.auth.directory.organisations.schemas import OrganisationDetail, OrganisationListItem
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf, page_of, tagged
from shared.web.route import MAY_BE_LATE, Session

router = api_router(Service.AUTH, "organisations", "机构")
Manager = Annotated[Actor, caller(Permission.ACCOUNT_MANAGEMENT)]


@router.get("", summary="机构列表（机构管理）", dependencies=[MAY_BE_LATE])
async def list_organisations(
    session: Session, actor: Manager, page: PageOf, filters: Annotated[OrganisationFilters, Query()]
) -> Page[OrganisationListItem]:
    rows = await service.list_organisations(session, actor, filters=filters, page=page)
    return page_of(rows, lambda organisation: service.list_item(organisation, actor))


@router.get("/{organisation_id}", summary="机构详情")
async def get_organisation(
    organisation_id: UUID, session: Session, response: Response, actor: Manager
) -> OrganisationDetail:
    return tagged(response, await service.get_organisation(session, actor, organisation_id))


@router.get("/{organisation_id}/history", summary="机构的变更记录")
async def organisation_history(organisation_id: UUID, session: Session, actor: Manager) -> list[HistoryEntry]:
    return await service.organisation_history(session, actor, organisation_id)
