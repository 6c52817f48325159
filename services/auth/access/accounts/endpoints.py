"""Accounts for those who oversee them (管理员管理): list, one, history, and an action for each row of the table (ORG-12, STAFF-11)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.auth.access.accounts import extending_service, service
from services.auth.access.accounts.filters import AccountFilters
from services.auth.access.accounts.schemas import AccountListItem, AccountRead, ExtendedMany, ExtendMany
from services.auth.access.accounts.workflow import ACCOUNT
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf, page_of, tagged
from shared.web.route import MAY_BE_LATE, Session

router = api_router(Service.AUTH, "accounts", "账号")
add_action_routes(router, ACCOUNT, service.act_on_account, AccountRead)
Manager = Annotated[Actor, caller(Permission.ACCOUNT_MANAGEMENT)]


@router.get("", summary="账号列表（管理员管理）", dependencies=[MAY_BE_LATE])
async def list_accounts(
    session: Session, actor: Manager, page: PageOf, filters: Annotated[AccountFilters, Query()]
) -> Page[AccountListItem]:
    rows = await service.list_accounts(session, actor, filters=filters, page=page)
    return page_of(rows, lambda account: service.list_item(account, actor))


@router.post("/extend", summary="批量延期，逐个返回结果")
async def extend_many(body: ExtendMany, session: Session, actor: Manager) -> ExtendedMany:
    return await extending_service.extend_many(session, actor=actor, body=body)


@router.get("/{account_id}", summary="账号详情")
async def get_account(account_id: UUID, session: Session, response: Response, actor: Manager) -> AccountRead:
    return tagged(response, await service.get_account(session, actor, account_id))


@router.get("/{account_id}/history", summary="账号的变更与登录记录")
async def account_history(account_id: UUID, session: Session, actor: Manager) -> list[HistoryEntry]:
    return await service.account_history(session, actor, account_id)
