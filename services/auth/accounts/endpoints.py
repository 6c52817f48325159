"""Accounts for those who oversee them: list, one, history, enable, disable (STAFF-11)."""

from typing import Annotated
from uuid import UUID

from services.auth.accounts import service
from services.auth.accounts.schemas import AccountHistoryItem, AccountListItem, AccountRead
from services.auth.accounts.workflow import ACCOUNT, AccountStatus
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission, Portal
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf, page_of
from shared.web.route import Session
from shared.workflow.routes import add_action_routes

router = api_router(Service.AUTH, "accounts", "账号")
add_action_routes(router, ACCOUNT, service.act_on_account, AccountRead)
Manager = Annotated[Actor, caller(Permission.ACCOUNT_MANAGEMENT)]


@router.get("", summary="账号列表")
async def list_accounts(
    session: Session,
    actor: Manager,
    page: PageOf,
    status: AccountStatus | None = None,
    portal: Portal | None = None,
) -> Page[AccountListItem]:
    rows = await service.list_accounts(session, actor, status=status, portal=portal, page=page)
    return page_of(rows, lambda account: service.list_item(account, actor))


@router.get("/{account_id}", summary="账号详情")
async def get_account(account_id: UUID, session: Session, actor: Manager) -> AccountRead:
    return await service.get_account(session, actor, account_id)


@router.get("/{account_id}/history", summary="账号的变更与登录记录")
async def account_history(account_id: UUID, session: Session, actor: Manager) -> list[AccountHistoryItem]:
    return await service.account_history(session, actor, account_id)
