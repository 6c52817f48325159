"""统计 of declarations over HTTP (STAFF-12): figures by one thing, and the list of the units behind each."""

from typing import Annotated

from fastapi import Query

from services.declaration.figures import service, units_service
from services.declaration.figures.filters import FigureQuery, FigureUnitFilter
from services.declaration.figures.schemas import DeclarationFigures, DeclarationFigureUnit
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import Session

router = api_router(Service.DECLARATION, "figures", "申报统计")
Office = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)]


@router.get("", summary="按地区、行业、危害因素、规模或年度的申报数字，截至某一天")
async def read_declaration_figures(
    session: Session, actor: Office, wanted: Annotated[FigureQuery, Query()]
) -> DeclarationFigures:
    return await service.figures(session, actor=actor, dimension=wanted.dimension, wanted=wanted)


@router.get("/units", summary="某个数字对应的用人单位列表")
async def list_declaration_figure_units(
    session: Session, actor: Office, page: PageOf, wanted: Annotated[FigureUnitFilter, Query()]
) -> Page[DeclarationFigureUnit]:
    return await units_service.list_units(session, actor=actor, wanted=wanted, page=page)
